--- A training's numbers while it goes on: rows of history.csv in the directory of a kept run, and whoever draws them.
--
-- A row is run, epoch, step, quantity, value. The rows are made from the history, so that a training which goes on from
-- a checkpoint writes those of an unbroken one.
-- @module optlab.train.fit.log
local config = require "optlab.base.config"
local csvlog = require "optlab.base.csvlog"

local M = {}

local COLUMNS = { "run", "epoch", "step", "quantity", "value" }

local trainings = 0 -- of this program
local record        -- of the run; false where there is none

-- The record in the run's directory, which all trainings share.
local function open_record()
  if record == nil then
    record = config.run and not csvlog.is_taken(config.run .. "/history.csv")
      and csvlog.at(config.run .. "/history.csv", COLUMNS) or false
  end
  return record
end

--- Begins to note a training.
-- @tparam ?string name
-- @tparam {string,...} points names of the history's lists with an entry for each point, in the order of their rows
-- @treturn table
function M.start(name, points)
  trainings = trainings + 1
  return { name = name or ("fit-%d"):format(trainings), points = points, at = 0, epoch = 0 }
end

local function write(log, epoch, step, quantity, value)
  if value == nil then return end
  local rows = open_record()
  if rows then rows:row(log.name, epoch, step, quantity, value) end
  if config.on_point then config.on_point(log.name, epoch, step, quantity, value) end
end

local function write_point(log, history)
  log.at = log.at + 1
  for _, quantity in ipairs(log.points) do
    write(log, history.epochs[log.at], history.steps[log.at], quantity, history[quantity][log.at])
  end
end

local function write_epoch(log, history, per_epoch, updates)
  log.epoch = log.epoch + 1
  for _, quantity in ipairs(per_epoch) do
    write(log, log.epoch, log.epoch * updates, quantity, history[quantity][log.epoch])
  end
end

--- Writes what the history has and was not written yet: points, and after those of an epoch the numbers of the epoch.
-- @tparam table log what `start` gave
-- @tparam table history
-- @tparam {string,...} per_epoch names of the history's lists with an entry for each epoch
-- @tparam integer updates in an epoch
function M.write(log, history, per_epoch, updates)
  while true do
    local step = history.steps[log.at + 1]
    local over = history.train_loss[log.epoch + 1] ~= nil
    if step and not (over and step > (log.epoch + 1) * updates) then
      write_point(log, history)
    elseif over then
      write_epoch(log, history, per_epoch, updates)
    else
      return
    end
  end
end

return M
