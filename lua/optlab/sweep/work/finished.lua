--- Runs that need not be made again: those of the same identity whose modules and data are still what they were.
-- @module optlab.sweep.work.finished
local config = require "optlab.base.config"
local runs = require "optlab.runs"

local M = {}

local GOOD = { done = true, diverged = true }

local Finished = {}
Finished.__index = Finished

local function by_identity(list, after)
  local found = {}
  for _, run in ipairs(list) do
    if run.cell and GOOD[run.status] and run.number > after and not run.continues then
      found[run.cell] = found[run.cell] or {}
      table.insert(found[run.cell], run)
    end
  end
  return found
end

--- Looks at all runs of the sweep's experiment.
-- @tparam table sweep
-- @tparam table words the command line
-- @treturn Finished
function M.new(sweep, words)
  local after = sweep.again and sweep.number or 0
  local others = not words.options.halving -- their trainings go on from checkpoints, which others do not have
  for _, word in ipairs(words.common) do others = others and not word:find "^%-%-data" end
  local list = others and runs.all { kind = "run", experiment = sweep.experiment } or {}
  return setmetatable({ found = by_identity(list, after), told = {}, changed = {} }, Finished)
end

local function has_stand_in(run)
  for _, sum in pairs(run.data) do
    if sum == "stand-in" then return true end
  end
  return false
end

-- Whether a run may stand for a cell. With --require-real-data one that read a stand-in may not. What has changed since
-- is noted, once for each file.
local function is_valid(self, run)
  if config.require_real_data and has_stand_in(run) then return false end
  local changed = runs.changed(run)
  for _, name in ipairs(changed) do
    if not self.told[name] then
      self.told[name] = true
      self.changed[#self.changed + 1] = name
    end
  end
  return #changed == 0
end

--- Whether a run that a cell's mark names is the cell's and is good.
-- @tparam table cell
-- @tparam ?table run
-- @treturn boolean
function Finished:accepts(cell, run)
  return run ~= nil and run.cell == cell.id and GOOD[run.status] ~= nil and is_valid(self, run)
end

--- A run that stands for a cell; the newest one.
-- @tparam table cell
-- @treturn ?table
function Finished:find(cell)
  local list = self.found[cell.id] or {}
  for i = #list, 1, -1 do
    if is_valid(self, list[i]) then return list[i] end
  end
  return nil
end

return M
