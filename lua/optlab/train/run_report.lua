--- What a run says about itself: the book's line on the terminal and the numbers in `<out>/metrics.csv`.
--
-- The file has a row a number: run, epoch (a step of a descent, or how many times the data have been seen), quantity,
-- value. Times are not among them, so that two runs with one seed write the same bytes.
-- @module optlab.train.run_report

local args = require "optlab.base.args"
local config = require "optlab.base.config"
local csvlog = require "optlab.base.csvlog"
local errors = require "optlab.base.errors"
local order = require "optlab.base.order"
local short = require "optlab.base.short"

local M = {}

local RUN = { "run", "string", required = true, doc = "The run's name in metrics.csv." }
local RESULT = { "result", "table", what = "a path or a history", required = true,
  doc = "What train.descend, train.fit or train.airfoil returned." }

local RECORD = args.declare("train.record", {
  doc = "Adds a row to metrics.csv.",
  positions = 3, RUN,
  { "epoch", "number", required = true, doc = "The step of a descent, or how many times the data have been seen." },
  { "values", "table", required = true, doc = "The numbers by name: {loss = 0.5}." },
})
local SUMMARY = args.declare("train.summary", {
  doc = "One line about a path or a history, which says so if it diverged.",
  positions = 1, RESULT,
})
local REPORT = args.declare("train.report", {
  doc = "Prints the summary of a path or a history and writes its numbers to metrics.csv.",
  positions = 3, RUN, RESULT,
  { "note", "string", doc = "Printed after the line, in parentheses." },
})
local DISTANCE = args.declare("train.distance", {
  doc = "The largest difference between two paths; inf if one of them is shorter because it diverged, nan if a "
    .. "coordinate of one alone is nan.",
  positions = 2,
  { "a", "table", required = true, doc = "A path." },
  { "b", "table", required = true, doc = "Another of the same length, unless one diverged." },
})

local metrics

-- Adds a row to metrics.csv for each value, by name.
local function record(run, epoch, values)
  metrics = metrics or csvlog {"run", "epoch", "quantity", "value"}
  for _, name in ipairs(order.names(values)) do metrics:row(run, epoch, name, values[name]) end
end

--- Writes numbers to metrics.csv.
-- @tparam string run a name
-- @tparam number epoch
-- @tparam table values {quantity = number}
function M.record(...)
  local o = RECORD:read(...)
  record(o.run, o.epoch, o.values)
end

-- The coordinates of a point of a path by name: x, or x1, x2, ...
local function named(point)
  if type(point) == "number" then return {x = point} end
  local values = {}
  for i, x in ipairs(point) do values["x" .. i] = x end
  return values
end

-- Six decimals as in the book; of numbers that would be too long, six digits.
local function coordinate(x)
  return (math.abs(x) < 1e9 and "%f" or "%.6g"):format(x)
end

local function path_summary(path)
  local last = path[#path]
  local parts = {("epoch %d"):format(#path - 1)}
  if type(last) == "number" then
    parts[2] = "x: " .. coordinate(last)
  else
    for i, x in ipairs(last) do parts[i + 1] = ("x%d: %s"):format(i, coordinate(x)) end
  end
  if path.diverged then parts[#parts + 1] = ("diverged at step %d"):format(path.diverged.step) end
  return table.concat(parts, ", ")
end

-- The book's line about a training with an accuracy: "train loss 0.386, train acc 0.857, test acc 0.848".
local function accuracy_summary(history)
  local last = #history.train_acc
  local line = ("train loss %s, train acc %s"):format(short.number(history.train_loss[last]),
    short.number(history.train_acc[last]))
  local test_acc = history.test_acc
  return test_acc and ("%s, test acc %s"):format(line, short.number(test_acc[#test_acc])) or line
end

local function loss_summary(history)
  local loss = history.loss[#history.loss] or history.train_loss[#history.train_loss]
  return ("loss: %s, %s sec/epoch"):format(short.number(loss), short.seconds(history.sec_per_epoch))
end

-- Whether a result is a history; else it is a path, which has no names.
local function is_history(result) return rawget(result, "loss") ~= nil end

--- The book's line about a run: "epoch 20, x1: 0.007188, x2: 0.002553" of a path, "loss: 0.243, 0.00112 sec/epoch" of a
-- history, "train loss 0.386, train acc 0.857, test acc 0.848" of one with an accuracy. Of a run that diverged: what it
-- reached, and where.
-- @tparam table result what `train.descend`, `train.fit` or `train.airfoil` returned
-- @treturn string
function M.summary(...)
  local result = SUMMARY:read(...).result
  if not is_history(result) then return path_summary(result) end
  local line = (result.train_acc and accuracy_summary or loss_summary)(result)
  local diverged = result.diverged
  if not diverged then return line end
  return ("%s, diverged at step %d (epoch %d)"):format(line, diverged.step, diverged.epoch)
end

-- The rows of a history with an accuracy: what is known at the end of each epoch, and at each point.
local function record_accuracies(run, history)
  for epoch, loss in ipairs(history.train_loss) do
    record(run, epoch, {train_loss = loss, train_acc = history.train_acc[epoch]})
  end
  for i, acc in ipairs(history.test_acc or {}) do
    record(run, history.epochs[i], {test_loss = history.test_loss[i], test_acc = acc})
  end
end

--- Prints the summary of a run and writes its points to metrics.csv.
-- @tparam string run its name in the file
-- @tparam table result a path or a history
-- @tparam[opt] string note printed behind the line, in parentheses
function M.report(...)
  local o = REPORT:read(...)
  local run, result, note = o.run, o.result, o.note
  if config.on_report then config.on_report(run, result) end
  print(M.summary(result) .. (note and ("  (%s)"):format(note) or ""))
  if not is_history(result) then
    for i, point in ipairs(result) do record(run, i - 1, named(point)) end
  elseif result.train_acc then
    record_accuracies(run, result)
  else
    for i, epoch in ipairs(result.epochs) do record(run, epoch, {loss = result.loss[i]}) end
  end
end

-- The difference of two numbers; 0 for the same infinity and for two nan.
local function difference(a, b)
  if a == b or (a ~= a and b ~= b) then return 0 end
  return math.abs(a - b)
end

--- The largest difference of a coordinate between two paths of the same length. Of paths that diverged at different
-- steps it is infinite; nan where a coordinate of one of them alone is nan.
-- @tparam table a
-- @tparam table b
-- @treturn number
function M.distance(...)
  local o = DISTANCE:read(...)
  local a, b = o.a, o.b
  if #a ~= #b and (a.diverged or b.diverged) then return math.huge end
  if #a ~= #b then errors.raise("train.distance: the paths have %d and %d points", #a, #b) end
  local largest = 0
  for i = 1, #a do
    local p, q = named(a[i]), named(b[i])
    for name, x in pairs(p) do
      local d = difference(x, q[name])
      if d ~= d then return d end
      largest = math.max(largest, d)
    end
  end
  return largest
end

return M
