--- Descents from many points at once: train.descend{points = true}.
--
-- The points lie coordinate by coordinate: f gets d tensors and returns a value for each point, and the optimizer has d
-- parameters. As all is element-wise, each point takes the path that it takes alone. The steps are compiled, and
-- points go through all steps in parts that stay in the caches, a piece of a part a thread. Other optimizers take one
-- point after the other (optlab.train.descend.one_by_one).
-- @module optlab.train.descend.points
local config = require "optlab.base.config"
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local mean = require "optlab.train.fit.mean"
local update_function = require "optlab.train.update_function"

local tensor, no_grad = core.tensor, core.autograd.no_grad

local M = {}

local FN = "train.descend"
local PART = 4 * 16384 -- points: pieces of kernels/blocks; whatever the threads are, for each part draws its numbers

-- --- what is given --------------------------------------------------------------------------------------------------

-- The points as a matrix (n, d), and the shape of all that has one value a point.
local function points_of(x0)
  if type(x0) ~= "userdata" or x0:dim() < 2 then
    errors.raise("%s: with points, x0 must be a tensor of shape (..., d), a point in its last dimension, got %s", FN,
      errors.shown(x0))
  end
  local shape = x0.shape
  local d = table.remove(shape)
  if x0:numel() == 0 then errors.raise("%s: with points, x0 must hold at least one point", FN) end
  return x0:detach():to("float64"):reshape(-1, d), shape
end

-- The tensors among the options of an optimizer, one value a point; and the other options.
local function split_options(how, shape)
  if type(how) ~= "table" or how.step then return nil end
  local each, others
  for key, value in pairs(how) do
    if key ~= 1 and tensor.is_tensor(value) and value:numel() > 1 then
      local ok, full = pcall(function() return value:detach():to("float64"):expand(shape):reshape(-1) end)
      if not ok then
        errors.raise("%s: %s must be a number or have a value for each point, shape (%s), got %s", FN, tostring(key),
          table.concat(shape, ", "), errors.shown(value))
      end
      each = each or {}
      each[key] = full
    else
      others = others or {}
      if key ~= 1 then others[key] = value end
    end
  end
  return each, others
end

local function slice(t, from, n) return t:narrow(1, from, n) end

-- Of these the mean is evaluated, which is no part of the compiled step.
local KEEPS_MEAN = { ScheduleFreeAdamW = true, ScheduleFreeSGD = true }

-- Whether all points go through the steps together: the optimizer treats each element by itself, as update rules do,
-- and hyperparameters that differ from point to point are possible in its rule. Else it is made anew for each point.
local function are_together(o, each)
  if type(o.how) == "function" then return true end
  local made = type(o.how) == "table" and not o.how.step
  local optimizer = o.how
  if made then
    local how = require("optlab.optim.each").sample(o.how, each or {})
    optimizer = update_function.optimizer({ tensor.zeros(1, { dtype = "float64" }) }, how)
  end
  local elementwise = type(optimizer) == "userdata" and optimizer.elementwise and not optimizer.needs
    and not KEEPS_MEAN[optimizer.name]
  if elementwise and not each then return true end
  if elementwise and type(o.how[1]) == "string" then
    return require("optlab.optim.each").is_possible(FN, o.how[1], each)
  end
  if made then return false end
  errors.raise("%s: with points, give the optimizer as a table, {\"SGD\", lr = 0.1}, so that each point has its own",
    FN)
end

local function optimizer_of(o, x, each, others, from)
  if not each then return update_function.optimizer(x, o.how) end
  local mine = {}
  for key, value in pairs(each) do mine[key] = slice(value, from, x[1]:numel()) end
  return require("optlab.optim.each").optimizer(FN, x, o.how[1], others or {}, mine)
end

-- --- a part of the points -------------------------------------------------------------------------------------------

-- f at the points, a value for each.
local function values(f, x)
  local y = f(table.unpack(x))
  if not tensor.is_tensor(y) or y:numel() ~= x[1]:numel() then
    errors.raise("%s: with points, f gets %d tensors of %d values and must return one with a value for each point, "
      .. "got %s", FN, #x, x[1]:numel(), errors.shown(y))
  end
  return y:reshape(-1)
end

local function set_gradients(o, x)
  if not o.grad then return values(o.f, x):sum():backward() end
  for i, g in ipairs { o.grad(table.unpack(x)) } do x[i].grad = g:detach() end
end

-- Counts steps of points that have not come to the target.
local function count_steps(o, x, part)
  no_grad(function()
    part.away:copy_(tensor.where(values(o.f, x):le(o.target), part.zero, part.away))
    part.steps:add_(part.away)
  end)
end

local function step_of(o, x, part, optimizer)
  local function step()
    if o.target then count_steps(o, x, part) end
    optimizer:zero_grad()
    set_gradients(o, x)
    optimizer:step()
  end
  if type(optimizer) ~= "userdata" or config.no_compile then return step end
  return require("optlab.compile")(step)
end

local function put(x, into)
  for i, coordinate in ipairs(x) do into:select(2, i):copy_(coordinate:detach()) end
end

-- Takes the points from, ..., from + n - 1 through all steps and writes what comes of it into `all`.
local function descend_part(o, all, each, others, from, n)
  local x, part = {}, { zero = tensor.zeros({}, { dtype = "float64" }) }
  for i = 1, all.points.shape[2] do
    x[i] = slice(all.points, from, n):select(2, i):clone():requires_grad_()
  end
  if o.target then
    part.away, part.steps = tensor.ones(n, { dtype = "float64" }), tensor.zeros(n, { dtype = "float64" })
  end
  local optimizer = optimizer_of(o, x, each, others, from)
  local step = step_of(o, x, part, optimizer)
  if o.every then put(x, slice(all.path[1], from, n)) end
  for t = 1, o.steps do
    step()
    if o.every and t % o.every == 0 then mean.at(optimizer, put, x, slice(all.path[1 + t // o.every], from, n)) end
  end
  mean.at(optimizer, no_grad, function()
    put(x, slice(all.points, from, n))
    local y = values(o.f, x)
    slice(all.value, from, n):copy_(y)
    if not o.target then return end
    local never = part.away:gt(0):logical_and(y:le(o.target):eq(0))
    slice(all.steps, from, n):copy_(tensor.where(never, tensor.full({}, 0 / 0, { dtype = "float64" }), part.steps))
  end)
end

-- --- the whole ------------------------------------------------------------------------------------------------------

-- 1 where a coordinate is infinite or nan.
local function diverged(points)
  local finite = points:isfinite():to("float64"):sum(2)
  return finite:lt(points.shape[2])
end

-- The number of the minimum that is nearest to each point; 0 where a point has diverged.
local function nearest(points, minima, lost)
  local best, least
  for k = 1, minima.shape[1] do
    local distance = (points - minima:narrow(1, k, 1)):square():sum(2)
    if k == 1 then
      best, least = tensor.ones(points.shape[1], { dtype = "int64" }), distance
    else
      local closer = distance:lt(least)
      best = tensor.where(closer, tensor.full({}, k, { dtype = "int64" }), best)
      least = tensor.where(closer, distance, least)
    end
  end
  return tensor.where(lost, tensor.zeros({}, { dtype = "int64" }), best)
end

local function minima_of(o, d)
  local minima = tensor.is_tensor(o.minima) and o.minima:detach():to("float64")
    or tensor.tensor(o.minima, { dtype = "float64" })
  if minima:dim() ~= 2 or minima.shape[2] ~= d then
    errors.raise("%s: minima must be a list of points of %d numbers, got shape (%s)", FN, d,
      table.concat(minima.shape, ", "))
  end
  return minima
end

--- The descents of all points.
-- @tparam table o the options of train.descend
-- @treturn table `points`, `value`, `diverged`; `path` with `every`, `steps` with `target`, `nearest` with `minima`
function M.descend(o)
  local start, shape = points_of(o.x0)
  local n, d = start.shape[1], start.shape[2]
  local minima = o.minima and minima_of(o, d)
  local each, others = split_options(o.how, shape)
  local all = { points = start:clone(), value = tensor.zeros(n, { dtype = "float64" }) }
  if o.target then all.steps = tensor.zeros(n, { dtype = "float64" }) end
  if o.every then all.path = tensor.zeros({ 1 + o.steps // o.every, n, d }, { dtype = "float64" }) end
  if are_together(o, each) then
    for from = 1, n, PART do descend_part(o, all, each, others, from, math.min(PART, n - from + 1)) end
  else
    require("optlab.train.descend.one_by_one").descend(o, all, each, others)
  end
  all.diverged = diverged(all.points)
  if minima then all.nearest = nearest(all.points, minima, all.diverged) end
  local lost = all.diverged:sum():item()
  if lost > 0 and o.on_divergence == "error" then errors.raise("%s: %d of %d points diverged", FN, lost, n) end
  for name, t in pairs(all) do
    local full = { table.unpack(shape) }
    if name == "points" or name == "path" then full[#full + 1] = d end
    if name == "path" then table.insert(full, 1, t.shape[1]) end
    all[name] = t:reshape(full)
  end
  return errors.strict(all, "the result of train.descend", { path = false, steps = false, nearest = false })
end

return M
