--- `--live`: the curves of the losses in the terminal, while a script trains.
--
-- Points come from train.fit (config.on_point) and from what a script records (config.on_row: lab.metrics,
-- train.record). Drawn is what has "loss" in its name. A point costs a microsecond; the chart is drawn at most ten
-- times a second, pictures four times, in the area of the terminal that belongs to no printed line
-- (optlab.base.terminal.area). Without a terminal on standard error there is nothing.
-- @module optlab.term.live
local area = require "optlab.base.terminal.area"
local chart = require "optlab.term.chart"
local config = require "optlab.base.config"
local core = require "optlab.core"
local new_curve = require("optlab.term.curve").new

local M = {}

local INTERVAL = { kitty = 0.25, sixel = 0.25, braille = 0.1, text = 0.1 } -- seconds

local runs = {} -- in the order in which they came: {name =, curves = {...}, by_quantity = {...}}
local by_name = {}
local x_name = "epoch"
local style -- of the terminal, once it has been asked

-- --- which curves ---------------------------------------------------------------------------------------------------

-- The loss of train.fit is its test_loss where there are other data to measure it on, else about its train_loss.
local function is_shown(run, quantity)
  if not run.is_training then return true end
  if quantity == "loss" then return not run.by_quantity.test_loss end
  if quantity == "train_loss" then return run.by_quantity.test_loss or not run.by_quantity.loss end
  return true
end

local function shown_curves()
  local list = {}
  for _, run in ipairs(runs) do
    for _, curve in ipairs(run.curves) do
      if is_shown(run, curve.quantity) then list[#list + 1] = curve end
    end
  end
  return list
end

local function draw(columns, rows)
  return chart.draw(shown_curves(), x_name, columns, rows, style)
end

-- --- points ---------------------------------------------------------------------------------------------------------

local function new_run(name)
  local run = { name = name, curves = {}, by_quantity = {} }
  runs[#runs + 1], by_name[name] = run, run
  return run
end

local function curve_of(name, quantity)
  local run = by_name[name] or new_run(name)
  local curve = run.by_quantity[quantity]
  if not curve then
    curve = new_curve(name, quantity)
    run.by_quantity[quantity] = curve
    run.curves[#run.curves + 1] = curve
  end
  return curve
end

local pictures = 0

-- The terminal is asked when there is something to draw.
local function begin()
  style = style or require("optlab.term.capabilities").find()
  pictures = pictures + 1
  style.id = math.floor(core.system.clock() * 1000) % 0xFFFFF * 16 + pictures % 16 + 1
  if style.moves then area.show("curve", draw, INTERVAL[style.kind]) end
end

local function add(name, quantity, x, value)
  local curve = curve_of(name, quantity)
  if x < (curve.last_x or -math.huge) then -- another training of that name
    by_name[name] = nil
    curve = curve_of(name, quantity)
  end
  curve.last_x = x
  curve:add(x, value)
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
  if not quantity:find("loss", 1, true) then return end
  x_name = epoch and "epoch" or "step"
  add(name, quantity, epoch or step, value)
  by_name[name].is_training = true
end

-- A cell of a record as a number, or nil.
local function number_of(value)
  if type(value) == "userdata" and value.item then value = value:item() end
  return type(value) == "number" and value or nil
end

local reported -- the name under which a training is recorded that has been drawn already

-- A row of the form run, epoch, quantity, value.
local function long_row(named, x)
  local value = number_of(named.value)
  local is_loss = named.quantity:find("loss", 1, true)
  if value and is_loss and named.run ~= reported then add(tostring(named.run or ""), named.quantity, x, value) end
end

-- A row with a column for each quantity.
local function wide_row(columns, named, x)
  for _, column in ipairs(columns) do
    local value = column:find("loss", 1, true) and number_of(named[column])
    if value then add(type(named.run) == "string" and named.run or "", column, x, value) end
  end
end

--- A row of a record: its first number counts along the horizontal axis.
-- @tparam {string,...} columns
-- @tparam table values by position
function M.row(columns, values)
  local named, x, name = {}, nil, nil
  for i, column in ipairs(columns) do
    named[column] = values[i]
    if not x and type(values[i]) == "number" then x, name = values[i], column end
  end
  if not x or name:find("loss", 1, true) then return end
  x_name = name
  if type(named.quantity) == "string" and named.value ~= nil then
    long_row(named, x)
  else
    wide_row(columns, named, x)
  end
end

-- The run that has been drawn as a history, or nil.
local function drawn_run(history)
  local last = history.loss[#history.loss]
  for i = #runs, 1, -1 do
    local curve = runs[i].by_quantity.loss
    if curve and curve.count == #history.loss and (curve.last == last or last ~= last) then return runs[i] end
  end
  return nil
end

--- train.report gives a training a name: its curve has it from then on, and its rows are not drawn again.
-- @tparam string name
-- @tparam ?table history of train.fit, or nil: the rows of other results are drawn
function M.report(name, history)
  local run = history and type(history.loss) == "table" and drawn_run(history)
  reported = run and name or nil
  if not run or run.name == name then return end
  if by_name[run.name] == run then by_name[run.name] = nil end
  run.name, by_name[name] = name, run
  for _, curve in ipairs(run.curves) do curve.run = name end
  area.touch("curve")
end

--- Begins to listen, where there is a terminal.
function M.start()
  if config.on_row or not core.system.isatty("stderr") then return end
  config.on_point, config.on_row, config.on_report = M.point, M.row, M.report
end

--- Draws for the last time, at the end of the script; what is drawn stays. A terminal that cannot move its cursor
-- gets the curves here and only here.
function M.finish()
  if style and not style.moves and #runs > 0 then
    local columns, rows = core.terminal.size()
    local content = columns and draw(columns > 0 and columns or 80, rows > 0 and rows or 24)
    if content then core.terminal.write(table.concat(content.lines, "\r\n") .. "\r\n") end
    runs = {}
  else
    area.leave()
  end
end

return M
