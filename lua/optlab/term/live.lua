--- `--live`: the curves of the losses in the terminal, while a script trains.
--
-- Points come from train.fit (config.on_point) and from what a script records (config.on_row: lab.metrics,
-- train.record). Drawn is what has "loss" in its name. A point costs a microsecond; the chart is drawn at most ten
-- times a second, pictures four times, in the area of the terminal that belongs to no printed line
-- (optlab.base.terminal.area). Without a terminal on standard error there is nothing.
-- @module optlab.term.live
local area = require "optlab.base.terminal.area"
local capabilities = require "optlab.term.capabilities"
local chart = require "optlab.term.chart"
local config = require "optlab.base.config"
local core = require "optlab.core"

local M = {}

local INTERVAL = { kitty = 0.25, sixel = 0.25, braille = 0.1, text = 0.1 } -- seconds

local board = require("optlab.term.board").new()
local style -- of the terminal, once it has been asked

local function draw(columns, rows)
  return chart.draw(board:curves(), board.x_name, columns, rows, style)
end

-- The terminal is asked when there is something to draw.
local function begin()
  style = style or capabilities.find()
  style.id = capabilities.picture_id()
  if style.moves then area.show("curve", draw, INTERVAL[style.kind]) end
end

local function add(name, quantity, x, value, is_training)
  if config.is_follower then return end
  board:add(name, quantity, x, value, is_training)
  if not area.has("curve") then begin() end
  area.touch("curve")
end

--- A point of a training.
-- @tparam string name of the run
-- @tparam ?number epoch
-- @tparam ?number step
-- @tparam string quantity
-- @tparam number value
function M.point(name, epoch, step, quantity, value)
  if not board:takes(quantity) then return end
  board.x_name = epoch and "epoch" or "step"
  add(name, quantity, epoch or step, value, true)
end

local WINDOW = 0.1 -- seconds whose updates are one point of the running loss

local sum, updates, since = 0, 0, 0
local trains -- the name of the training that these are of

--- An update of a training that records its loss only once an epoch: the means over a tenth of a second are drawn.
-- @tparam string name
-- @tparam number epoch how many times the data have been seen, a fraction
-- @tparam number loss
function M.update(name, epoch, loss)
  local now = core.system.clock()
  if name ~= trains then trains, sum, updates, since = name, 0, 0, now end
  sum, updates = sum + loss, updates + 1
  if now - since < WINDOW then return end
  board.x_name = "epoch"
  add(name, board.RUNNING, epoch, sum / updates, true)
  sum, updates, since = 0, 0, core.system.clock()
end

-- A cell of a record as a number, or nil.
local function number_of(value)
  if type(value) == "userdata" and core.tensor.is_tensor(value) and value:numel() == 1 then value = value:item() end
  return type(value) == "number" and value or nil
end

local reported -- the name under which a training is recorded that has been drawn already

-- A row of the form run, epoch, quantity, value.
local function long_row(named, x)
  local value = number_of(named.value)
  if not value or not board:takes(named.quantity) or (reported and named.run == reported) then return end
  add(tostring(named.run or ""), named.quantity, x, value)
end

-- A row with a column for each quantity.
local function wide_row(columns, named, x)
  for _, column in ipairs(columns) do
    local value = board:takes(column) and number_of(named[column])
    if value then add(type(named.run) == "string" and named.run or "", column, x, value) end
  end
end

--- A row of a record: its first number counts along the horizontal axis.
-- @tparam {string,...} columns
-- @tparam table values by position
-- @tparam string path of the record
function M.row(columns, values, path)
  if path:match "/history%.csv$" then return end -- train.fit's, whose points have come already
  local named, x, name = {}, nil, nil
  for i, column in ipairs(columns) do
    named[column] = values[i]
    if not x and type(values[i]) == "number" then x, name = values[i], column end
  end
  if not x or board:takes(name) then return end
  board.x_name = name
  if type(named.quantity) == "string" and named.value ~= nil then
    long_row(named, x)
  else
    wide_row(columns, named, x)
  end
end

--- train.report gives a training a name: its curve has it from then on, and its rows are not drawn again.
-- @tparam string name
-- @tparam table result of train.fit, or another one, whose rows are drawn
function M.report(name, result)
  local losses = rawget(result, "loss") -- a path has none
  reported = nil
  if type(losses) ~= "table" then return end
  local known = board:rename(name, function(curve)
    local last = losses[#losses]
    return curve.count == #losses and (curve.last == last or last ~= last)
  end)
  reported = known and name or nil
  if reported then area.touch("curve") end
end

--- Begins to listen, where there is a terminal.
function M.start()
  if config.on_row or not core.system.isatty("stderr") then return end
  config.on_point, config.on_row, config.on_report = M.point, M.row, M.report
  config.on_update = M.update
end

--- Draws for the last time, at the end of the script; what is drawn stays. A terminal that cannot move its cursor
-- gets the curves here and only here.
function M.finish()
  if style and not style.moves and #board.runs > 0 then
    local columns, rows = core.terminal.size()
    local content = columns and draw(columns > 0 and columns or 80, rows > 0 and rows or 24)
    if content then core.terminal.write(table.concat(content.lines, "\r\n") .. "\r\n") end
    board = require("optlab.term.board").new()
  else
    area.leave()
  end
end

return M
