--- The curves of one or several trainings, as their points come in, and which of them are drawn.
-- @module optlab.term.board
local new_curve = require("optlab.term.curve").new

local Board = {}
Board.__index = Board

--- The quantity of the loss between two points that train.fit records.
Board.RUNNING = "running loss"

local M = {}

--- An empty board.
-- @tparam[opt] {string,...} quantities to draw; by default all with "loss" in their name
-- @treturn Board
function M.new(quantities)
  local self = setmetatable({ runs = {}, by_name = {}, x_name = "epoch" }, Board)
  if quantities then
    self.wanted = {}
    for _, name in ipairs(quantities) do self.wanted[name] = true end
  end
  return self
end

local function is_loss(quantity) return quantity:find("loss", 1, true) ~= nil end

--- Whether points of a quantity are taken.
-- @tparam string quantity
-- @treturn boolean
function Board:takes(quantity)
  if self.wanted then return self.wanted[quantity] == true end
  return is_loss(quantity)
end

local function run_of(self, name)
  local run = self.by_name[name]
  if not run then
    run = { name = name, curves = {}, by_quantity = {} }
    self.runs[#self.runs + 1], self.by_name[name] = run, run
  end
  return run
end

local function curve_of(run, quantity)
  local curve = run.by_quantity[quantity]
  if not curve then
    curve = new_curve(run.name, quantity)
    run.by_quantity[quantity] = curve
    run.curves[#run.curves + 1] = curve
  end
  return curve
end

--- Adds a point. One that lies left of the last one begins another run of that name.
-- @tparam string name of the run
-- @tparam string quantity one that the board takes
-- @tparam number x
-- @tparam number value
-- @tparam[opt] boolean is_training whether the run is one of train.fit, of whose losses not all are drawn
function Board:add(name, quantity, x, value, is_training)
  local run = run_of(self, name)
  local curve = curve_of(run, quantity)
  if curve.last_x and x < curve.last_x then
    self.by_name[name] = nil
    run = run_of(self, name)
    curve = curve_of(run, quantity)
  end
  run.is_training = is_training
  curve.last_x = x
  curve:add(x, value)
end

--- Gives a training another name, the newest one whose loss passes a test.
-- @tparam string name
-- @tparam function test test(curve): whether it is the one; a curve has `first`, `last` and `count`
-- @treturn boolean whether there is such a training
function Board:rename(name, test)
  for i = #self.runs, 1, -1 do
    local run = self.runs[i]
    local curve = run.is_training and run.by_quantity.loss
    if curve and test(curve) then
      if self.by_name[run.name] == run then self.by_name[run.name] = nil end
      run.name, self.by_name[name] = name, run
      for _, other in ipairs(run.curves) do other.run = name end
      return true
    end
  end
  return false
end

-- The loss of train.fit is its test_loss where there are other data to measure it on, else about its train_loss.
local function is_shown(run, quantity)
  if not run.is_training then return true end
  if quantity == "loss" then return not run.by_quantity.test_loss end
  if quantity == "train_loss" then
    return not run.by_quantity[Board.RUNNING] and (run.by_quantity.test_loss or not run.by_quantity.loss)
  end
  return true
end

--- The curves to draw, in the order in which they began.
-- @treturn {Curve,...}
function Board:curves()
  local list = {}
  for _, run in ipairs(self.runs) do
    for _, curve in ipairs(run.curves) do
      if curve.count > 0 and (self.wanted or is_shown(run, curve.quantity)) then list[#list + 1] = curve end
    end
  end
  return list
end

return M
