--- The diagonal of the Hessian by Hutchinson's estimate z * (H z), and steps over all parameters that use it.
-- @module optlab.optim.matrix.hessian
local core = require "optlab.core"
local errors = require "optlab.base.errors"

local tensor, autograd = core.tensor, core.autograd

local M = {}

--- A tensor of random signs like p, or of other numbers with mean 0 and variance 1; specs put their own here.
function M.signs(p) return tensor.rand(p.shape, { dtype = p.dtype }):lt(0.5):to(p.dtype) * 2 - 1 end

--- All parameters that have a gradient: {p, g, s, h}, with the state and the group of each.
-- @tparam Optimizer opt
-- @tparam {table,...} states
-- @tparam function start start(p) makes the state of a parameter at its first update
-- @treturn {table,...}
function M.entries(opt, states, start)
  local list, k = {}, 0
  for _, group in ipairs(opt.param_groups) do
    for _, p in ipairs(group.params) do
      k = k + 1
      local g = p.grad
      if g then
        if next(states[k]) == nil then
          for name, value in pairs(start(p)) do states[k][name] = value end
        end
        list[#list + 1] = { p = p, g = g, s = states[k], h = group }
      end
    end
  end
  return list
end

--- Calls a closure, if there is one, with recording for backward.
-- @tparam ?function closure
-- @param argument what it gets
-- @return the loss
function M.evaluate(closure, argument)
  if closure then return autograd.enable_grad(closure, argument) end
end

--- z * (H z) of each parameter, from gradients that have a graph.
-- @tparam string name of the optimizer
-- @tparam {table,...} list what `entries` gave
-- @treturn {Tensor,...}
function M.diagonal(name, list)
  local grads, params, z = {}, {}, {}
  for i, e in ipairs(list) do
    params[i], z[i] = e.p, M.signs(e.p)
    if e.g.requires_grad then grads[#grads + 1] = e.g end
  end
  if #grads == 0 then
    errors.raise("optim.%s: step needs gradients that can be differentiated: loss:backward{create_graph = true}, or a "
      .. "closure that takes this from its argument, opt:step(function(graph) opt:zero_grad(); local loss = ...; "
      .. "loss:backward{create_graph = graph}; return loss end)", name)
  end
  local weights = {}
  for i, e in ipairs(list) do
    if e.g.requires_grad then weights[#weights + 1] = z[i] end
  end
  local product = autograd.grad(grads, params, { grad_outputs = weights, allow_unused = true, retain_graph = true })
  for i, p in ipairs(params) do z[i] = product[i] and z[i] * product[i]:detach() or tensor.zeros_like(p) end
  for _, e in ipairs(list) do e.g = e.g:detach() end
  return z
end

return M
