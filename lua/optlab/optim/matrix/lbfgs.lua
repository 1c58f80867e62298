--- L-BFGS with a closure, as torch.optim.LBFGS: all parameters are one vector.
--
-- A step makes up to max_iter iterations, each of them a direction from the last history_size changes of the gradient
-- and a step along it: lr, or by a line search that satisfies the strong Wolfe conditions.
local core = require "optlab.core"
local common = require "optlab.optim.matrix.common"
local errors = require "optlab.base.errors"
local wolfe = require "optlab.optim.matrix.strong_wolfe"

local tensor, autograd = core.tensor, core.autograd

-- --- vectors --------------------------------------------------------------------------------------------------------

local function flat_gradient(params)
  local parts = {}
  for i, p in ipairs(params) do parts[i] = (p.grad and p.grad:detach() or tensor.zeros_like(p)):reshape(-1) end
  return tensor.cat(parts)
end

local function add(params, direction, t)
  local at = 1
  for _, p in ipairs(params) do
    local n = p:numel()
    p:add_(direction:narrow(1, at, n):reshape(p.shape) * t)
    at = at + n
  end
end

local function dot(x, y) return x:dot(y):item() end
local function largest(x) return x:numel() > 0 and x:abs():amax():item() or 0 end

-- --- directions -----------------------------------------------------------------------------------------------------

-- Minus the inverse Hessian's approximation times g: the two-loop recursion.
local function direction(s, g)
  local q, a = -g, {}
  for i = #s.old_dirs, 1, -1 do
    a[i] = dot(s.old_stps[i], q) * s.ro[i]
    q = q - s.old_dirs[i] * a[i]
  end
  q = q * s.H_diag
  for i = 1, #s.old_dirs do q = q + s.old_stps[i] * (a[i] - dot(s.old_dirs[i], q) * s.ro[i]) end
  return q
end

-- Takes the last change of the gradient into the history.
local function remember(s, g, size)
  local y, step = g - s.prev_flat_grad, s.d * s.t
  local ys = dot(y, step)
  if ys <= 1e-10 then return end
  if #s.old_dirs == size then
    for _, list in ipairs { s.old_dirs, s.old_stps, s.ro } do table.remove(list, 1) end
  end
  table.insert(s.old_dirs, y)
  table.insert(s.old_stps, step)
  table.insert(s.ro, 1 / ys)
  s.H_diag = ys / dot(y, y)
end

-- --- one step -------------------------------------------------------------------------------------------------------

-- Moves along s.d; gives the loss and the gradient there, and evaluations.
local function search(o, s, params, evaluate, loss, g, slope)
  if o.line_search_fn == "strong_wolfe" then
    local start = {}
    for i, p in ipairs(params) do start[i] = p:detach():clone() end
    local function restore()
      for i, p in ipairs(params) do p:copy_(start[i]) end
    end
    local function phi(t)
      add(params, s.d, t)
      local value, gradient = evaluate()
      restore()
      return value, gradient, dot(gradient, s.d)
    end
    local value, gradient, t, count = wolfe.search(phi, s.t, largest(s.d), loss, g, slope)
    s.t = t
    add(params, s.d, t)
    return value, gradient, count
  end
  add(params, s.d, s.t)
  if o.iteration == o.max_iter then return loss, g, 0, true end
  local value, gradient = evaluate()
  return value, gradient, 1
end

local function is_done(o, s, g, loss, before, evaluations)
  if o.iteration == o.max_iter or evaluations >= o.max_evaluations then return true end
  if largest(g) <= o.tolerance_grad then return true end
  return largest(s.d * s.t) <= o.tolerance_change or math.abs(loss - before) < o.tolerance_change
end

local function begin(s)
  s.n_iter, s.func_evals, s.H_diag = 0, 0, 1
  s.old_dirs, s.old_stps, s.ro = {}, {}, {}
end

local function options(opt, closure)
  if not closure then
    errors.raise("optim.LBFGS: step needs a closure: opt:step(function() opt:zero_grad(); local loss = ...; "
      .. "loss:backward(); return loss end)")
  end
  if #opt > 1 then errors.raise("optim.LBFGS: all parameters must be in one group, there are %d groups", #opt) end
  local o = {}
  for _, name in ipairs { "lr", "max_iter", "max_eval", "tolerance_grad", "tolerance_change", "history_size",
    "line_search_fn" } do
    o[name] = opt[name]
  end
  o.max_evaluations = o.max_eval > 0 and o.max_eval or o.max_iter * 5 // 4
  return o
end

local function update(opt, states, closure)
  common.counted()
  local o, s = options(opt, closure), states[1]
  local params = opt.param_groups[1].params
  if not s.n_iter then begin(s) end
  local original
  local function evaluate()
    local loss = autograd.enable_grad(closure)
    original = original or loss
    return tensor.is_tensor(loss) and loss:item() or loss, flat_gradient(params)
  end
  local loss, g = evaluate()
  local evaluations = 1
  s.func_evals, o.iteration = s.func_evals + 1, 0
  if largest(g) <= o.tolerance_grad then return original end
  while o.iteration < o.max_iter do
    o.iteration, s.n_iter = o.iteration + 1, s.n_iter + 1
    if s.n_iter == 1 then
      s.d = -g
      s.t = math.min(1, 1 / g:abs():sum():item()) * o.lr
    else
      remember(s, g, o.history_size)
      s.d, s.t = direction(s, g), o.lr
    end
    s.prev_flat_grad = g
    local slope, before = dot(g, s.d), loss
    s.prev_loss = loss
    if slope > -o.tolerance_change then break end
    local count, last
    loss, g, count, last = search(o, s, params, evaluate, loss, g, slope)
    evaluations, s.func_evals = evaluations + count, s.func_evals + count
    if last or is_done(o, s, g, loss, before, evaluations) then break end
  end
  return original
end

return {
  name = "LBFGS",
  doc = "L-BFGS: directions from the last changes of the gradient, optionally with a line search.",
  use = "Use it for smooth losses of all the data, with up to millions of parameters; step(closure) evaluates the "
    .. "loss several times. lab.minimize has it for a function of one tensor.",
  paper = 'Nocedal, Wright, "Numerical optimization", 2006, chapters 3 and 7',
  equation = [[
d = -H g,  H from the last history_size changes of p and of g
p <- p + t d,  t = lr, at first lr min(1, 1 / sum(abs(g))),
               or what the line search finds from there
up to max_iter times a step]],
  args = {
    common.lr(1),
    { "max_iter", "integer", min = 1, default = 20, doc = "Iterations of a step at most." },
    { "max_eval", "integer", min = 0, default = 0, doc = "Evaluations of a step at most; 0: 5/4 of max_iter." },
    { "tolerance_grad", "number", min = 0, default = 1e-7, doc = "A largest gradient element that ends a step." },
    { "tolerance_change", "number", min = 0, default = 1e-9, doc = "A change of parameters or loss that ends a step." },
    { "history_size", "integer", min = 1, default = 100, doc = "How many changes are kept." },
    { "line_search_fn", "choice", choices = { "none", "strong_wolfe" }, default = "none",
      doc = "How far to go along a direction: lr, or by a line search." },
  },
  state = {
    { "old_dirs, old_stps, ro", "the history: y, s and 1 / (y s); of the first parameter, as all others", size = "2h" },
    { "d, t, H_diag", "the last direction and step, and the scale of H", size = "n" },
    { "prev_flat_grad, prev_loss", "the last gradient and loss", size = "n" },
    { "n_iter, func_evals", "iterations and evaluations so far", size = "" },
  },
  needs = "closure", evaluations = "1-25",
  update = update,
}
