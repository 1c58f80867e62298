--- Descents from many points, one point after the other: for optimizers that do not treat each element by itself.
--
-- Each point is a parameter of its own, a vector, and takes the path that it takes alone. Steps are compiled where the
-- optimizer can be.
-- @module optlab.train.descend.one_by_one
local config = require "optlab.base.config"
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local kinds = require "optlab.base.kinds"
local mean = require "optlab.train.fit.mean"
local update_function = require "optlab.train.update_function"

local tensor, no_grad = core.tensor, core.autograd.no_grad

local M = {}

local FN = "train.descend"

local function coordinates(x)
  local list = {}
  for i = 1, x:numel() do list[i] = x:select(1, i) end
  return table.unpack(list)
end

-- f at a point, a tensor of one element.
local function value_at(f, x)
  local y = f(coordinates(x))
  if not tensor.is_tensor(y) or y:numel() ~= 1 then
    errors.raise("%s: with points, f must return a value for each point, got %s", FN, errors.shown(y))
  end
  return y:reshape({})
end

-- The optimizer of a point, with its own values of those hyperparameters that are given for each point.
local function optimizer_of(o, x, each, others, index)
  if not each then return update_function.optimizer({ x }, o.how) end
  local how = { o.how[1] }
  for name, value in pairs(others or {}) do how[name] = value end
  for name, list in pairs(each) do how[name] = list[index] end
  return update_function.optimizer({ x }, how)
end

local function step_of(o, x, optimizer)
  local needs = kinds.field(optimizer, "needs")
  local function closure(argument)
    optimizer:zero_grad()
    if o.grad then
      local list = { o.grad(coordinates(x:detach())) }
      for i, g in ipairs(list) do list[i] = g:detach():reshape({}) end
      x.grad = tensor.stack(list)
      return nil
    end
    local value = value_at(o.f, x)
    value:backward { create_graph = needs == "graph" and argument == true }
    return value
  end
  local function step()
    if needs then return optimizer:step(closure) end
    closure()
    optimizer:step()
  end
  if config.no_compile or needs == "closure" then return step end
  local compiled = require("optlab.compile")(function() step() end, { fallback = true })
  return function() compiled() end
end

-- Takes the point at `index` through all steps and writes what comes of it into `all`.
local function descend_point(o, all, optimizer, x, index)
  local step = step_of(o, x, optimizer)
  local path, arrived = all.path and all.path:select(2, index), nil
  local function look(t)
    if path and t % o.every == 0 then path:select(1, 1 + t // o.every):copy_(x:detach()) end
    if o.target and not arrived and no_grad(value_at, o.f, x):item() <= o.target then arrived = t end
  end
  look(0)
  for t = 1, o.steps do
    step()
    mean.at(optimizer, look, t)
  end
  mean.at(optimizer, function()
    all.points:select(1, index):copy_(x:detach())
    all.value:select(1, index):copy_(no_grad(value_at, o.f, x))
  end)
  if o.target then all.steps:select(1, index):fill_(arrived or 0 / 0) end
end

--- The descents of all points.
-- @tparam table o the options of train.descend
-- @tparam table all where results are written: `points` (n, d), at first the starting points, `value`, `steps`, `path`
-- @tparam ?{[string]=Tensor} each hyperparameters with a value for each point
-- @tparam ?table others the other ones
function M.descend(o, all, each, others)
  local lists = each and {}
  for name, value in pairs(each or {}) do lists[name] = value:tolist() end
  for index = 1, all.points.shape[1] do
    local x = all.points:select(1, index):clone():requires_grad_()
    descend_point(o, all, optimizer_of(o, x, lists, others, index), x, index)
  end
end

return M
