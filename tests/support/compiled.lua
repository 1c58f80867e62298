--- A training step as it is and compiled: both must leave the same bits.
local assert = require "luassert"
local lab = require "optlab"
local nn, optim = lab.nn, lab.optim

local M = {}

--- The bits of a tensor, NaN included, in one string.
function M.bits(t)
  if not t then return "none" end
  local list = t:detach():reshape(-1):tolist()
  for i, v in ipairs(list) do list[i] = ("%a"):format(v) end
  return table.concat(list, " ")
end
local bits = M.bits

-- What a training left: results of the steps, parameters, gradients, buffers.
local function traces(run, compiled)
  lab.manual_seed(5)
  local r = run()
  local fn = compiled and lab.compile(r.step) or r.step
  local log = {}
  for i = 1, r.steps or 8 do
    if r.before then r.before(i) end
    local results = table.pack(fn(r.args(i)))
    for k = 1, results.n do
      log[#log + 1] = lab.is_tensor(results[k]) and bits(results[k]) or tostring(results[k])
    end
    if r.after then log[#log + 1] = tostring(r.after(i)) end
  end
  for _, p in ipairs(r.tensors) do
    log[#log + 1] = bits(p) .. " / " .. bits(p.grad)
    p.grad = nil -- made with create_graph it would keep p alive, and p it
  end
  return log, fn
end

--- A run is a function that gives { step, args(i), tensors, steps, before(i), after(i) }: the step is called with
-- args(1), args(2), ..., once as it is and once compiled. Returns the compiled step, some calls of which were replayed.
function M.same(run)
  local eager = traces(run, false)
  local replayed, step = traces(run, true)
  assert.same(eager, replayed)
  assert.is_true(step.replays > 0, tostring(step))
  return step
end

--- n batches of random numbers, as a function of their number; sizes: a list of numbers of rows, used in turn.
function M.batches(n, features, outputs, sizes)
  local X, y = {}, {}
  for i = 1, n do
    local size = sizes and sizes[(i - 1) % #sizes + 1] or 4
    X[i], y[i] = lab.randn(size, features), lab.randn(size, outputs)
  end
  return function(i) return X[i], y[i] end
end

--- A run that trains a network: net(), loss(), opt(params) and args(n, features, outputs, sizes) make the parts that
-- shall be other ones; between(params) and finish(opt) are called in the step, before(i, opt, net) ahead of it.
function M.training(o)
  return function()
    local net = o.net and o.net() or nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    local loss, params = o.loss and o.loss() or nn.MSELoss(), net:parameters()
    local opt = o.opt and o.opt(params) or optim.SGD(params, { lr = 0.1 })
    local tensors = {}
    for _, list in ipairs { params, net:buffers() } do
      for _, t in ipairs(list) do tensors[#tensors + 1] = t end
    end
    return {
      step = function(X, y)
        opt:zero_grad()
        local l = loss(net(X), y)
        l:backward()
        if o.between then o.between(params) end
        opt:step()
        if o.finish then o.finish(opt) end
        return l
      end,
      args = (o.args or M.batches)(8, 3, 2, o.sizes), tensors = tensors,
      before = o.before and function(i) o.before(i, opt, net) end,
      after = function() return opt.lr end,
    }
  end
end

return M
