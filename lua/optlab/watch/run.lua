--- A run that is watched: its curves, a line about it, and whether it is over.
-- @module optlab.watch.run
local boards = require "optlab.term.board"
local errors = require "optlab.base.errors"
local follow = require "optlab.watch.follow"
local order = require "optlab.base.order"
local reader = require "optlab.runs.reader"
local short = require "optlab.base.short"
local values = require "optlab.runs.text.values"

local Watched = {}
Watched.__index = Watched

local M = {}

local function followers(path)
  return { follow.new(path .. "/history.csv"), follow.new(path .. "/metrics.csv") }
end

--- Begins to watch a run.
-- @tparam table run
-- @tparam[opt] {string,...} quantities to draw, by default the losses
-- @treturn Watched
function M.new(run, quantities)
  return setmetatable({ run = run, quantities = quantities, known = {}, seen = {}, board = boards.new(quantities),
    files = followers(run.path) }, Watched)
end

--- What a run has instead of a quantity that it does not have.
-- @tparam string name
-- @treturn string "; did you mean 'loss'?" or ""
-- @treturn string the names of all, "nothing" without any
function Watched:others(name)
  local names = order.names(self.seen)
  return errors.hint(name, names), #names > 0 and table.concat(names, ", ") or "nothing"
end

-- A file was replaced: the run was begun again in its directory.
local function begin_anew(self)
  self.known, self.board, self.files = {}, boards.new(self.quantities), followers(self.run.path)
end

-- A curve of metrics.csv that train.report wrote is one that history.csv has; its name is the better one.
local function is_known(self, curve)
  if curve.file ~= "metrics" or self.known[curve.run] ~= nil then return self.known[curve.run] or false end
  if curve.quantity ~= "loss" then return false end
  local known = self.board:rename(curve.run, function(other) return other.first == curve.y[1] end)
  self.known[curve.run] = known
  return known
end

local function add(self, curve)
  self.seen[curve.quantity] = true
  if not self.board:takes(curve.quantity) or is_known(self, curve) then return false end
  self.board.x_name = curve.x_name
  for i, x in ipairs(curve.x) do
    self.board:add(curve.run, curve.quantity, x, curve.y[i], curve.file == "history")
  end
  return true
end

--- Reads what has come.
-- @treturn boolean whether something has
function Watched:read()
  local some = false
  for _, file in ipairs(self.files) do
    local curves, is_new = file:read()
    if is_new then
      begin_anew(self)
      return true
    end
    for _, curve in ipairs(curves) do some = add(self, curve) or some end
  end
  return some
end

--- Looks whether the run is over.
-- @treturn boolean
function Watched:is_over()
  self.run = reader.read(self.run.path)
  return self.run.status ~= "running"
end

-- Seconds since the run began, by its first line in run.json.
local function age(run)
  local y, mo, d, h, mi, s = (run.started or ""):match "^(%d+)-(%d+)-(%d+)T(%d+):(%d+):(%d+)"
  if not y then return nil end
  local now = os.time(os.date("!*t")) -- both as if local time were UTC
  return math.max(0, now - os.time { year = y, month = mo, day = d, hour = h, min = mi, sec = s, isdst = false })
end

--- A line: the run's name, status, time.
-- @treturn string
function Watched:line()
  local run = self.run
  local time = run.status == "running" and age(run) or run.seconds
  local parts = { run.name, run.status, time and values.time(time) or nil }
  if #self.board:curves() == 0 then parts[#parts + 1] = "no loss has been recorded yet" end
  return table.concat(parts, "  ")
end

--- The last word about a run that is over.
-- @treturn string
function Watched:summary()
  local run = self.run
  local name = values.main_quantity(run)
  local text = ("%s: %s"):format(run.name, run.status)
  if run.seconds then text = text .. " after " .. values.time(run.seconds) end
  if name then text = ("%s, %s %s"):format(text, name, short.number(run.final[name])) end
  return run.error and text .. "\n" .. run.error or text
end

return M
