--- What a sweep shows while it runs: a table that is drawn again and again on a terminal, else a line for each cell
-- that ends, on standard error.
-- @module optlab.sweep.screen
local area = require "optlab.base.terminal.area"
local config = require "optlab.base.config"
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local results = require "optlab.sweep.results"
local shown = require "optlab.runs.text.values"
local params = require "optlab.params.values"
local table_text = require "optlab.base.text.table"
local uv = require "luv"

local M = {}

local Screen = {}
Screen.__index = Screen

--- The parameters of a cell in a line; a line break within a text becomes a blank.
-- @tparam {string,...} names
-- @tparam table values by name
-- @treturn string "lr 0.1, momentum 0.9"
function M.describe(names, values)
  local parts = {}
  for i, name in ipairs(names) do
    parts[i] = ("%s %s"):format(name, (params.text(values[name]):gsub("%c", " ")))
  end
  return table.concat(parts, ", ")
end

-- --- numbers of the moment ------------------------------------------------------------------------------------------

-- Seconds until the rest is done, if it goes on as since the start.
local function left(self)
  local count, finished = self.worker.count, self.ended
  local open = count.open + count.running + count.away
  if finished == 0 then return nil end
  return (core.system.clock() - self.start) / finished * open
end

local function best_so_far(self)
  local cells = self.cells_with_runs()
  local metric, sign = results.metric(cells, self.options)
  if not metric then return "" end
  local _, ranked = results.groups(self.plan.varied, cells, metric, sign)
  local best = ranked[1]
  if not (best and best.median) then return "" end
  local names = {}
  for i, entry in ipairs(self.plan.varied) do names[i] = entry.name end
  local where = M.describe(names, best.values)
  return ("%s %s%s"):format(metric, shown.short(best.median), where ~= "" and " at " .. where or "")
end

-- --- on a terminal --------------------------------------------------------------------------------------------------

local COLUMNS = {
  { title = "done", align = "right" }, { title = "running", align = "right" }, { title = "failed", align = "right" },
  { title = "left", align = "right" }, { title = "best so far", cut = true },
}

local function draw(self, columns)
  local count = self.worker.count
  local seconds = left(self)
  if self.dirty then self.best, self.dirty = best_so_far(self), false end
  local row = {
    ("%d of %d"):format(count.done, #self.worker.cells), ("%d"):format(count.running + count.away),
    ("%d"):format(count.failed), seconds and shown.time(seconds) or "", self.best,
  }
  local lines = {}
  for line in table_text.render(COLUMNS, { row }, { width = columns - 1 }):gmatch "[^\n]+" do
    lines[#lines + 1] = line
  end
  return { lines = lines }
end

local function show(self)
  require("optlab.base.terminal.guard").install()
  area.show("table", function(columns) return draw(self, columns) end, 0.2)
  self.ticker = uv.new_timer()
  self.ticker:start(1000, 1000, function() area.touch "table" end)
  self.ticker:unref()
end

-- --- lines ----------------------------------------------------------------------------------------------------------

local function line_about(self, cell, state)
  local run, count = self.worker.run[cell.index], self.worker.count
  local where = M.describe(self.plan.names, cell.values)
  local metric = self.options.minimize or self.options.maximize
  if not metric and state == "done" and run then metric = shown.main_quantity(run) end
  local what = ""
  if state == "failed" then
    what = ": failed: " .. (run and run.error or "")
  elseif run and run.status == "diverged" then
    what = ": diverged"
  elseif metric and run.final[metric] then
    what = (": %s %s"):format(metric, shown.short(run.final[metric]))
  end
  return ("%d of %d  %s%s"):format(count.done + count.failed, #self.worker.cells, where, what)
end

local function write(text) io.stderr:write(errors.visible(text), "\n") end

-- --- the face -------------------------------------------------------------------------------------------------------

--- A cell's state has changed.
-- @tparam table cell
-- @tparam string state
function Screen:note(cell, state)
  local ended = state == "done" or state == "failed"
  if ended then
    self.dirty = true
    if self.begun then self.ended = self.ended + 1 end
  end
  if self.on_terminal then
    area.touch "table"
    if state == "failed" then write("optlab: " .. line_about(self, cell, state)) end
  elseif ended and self.begun and not config.quiet then
    write(line_about(self, cell, state))
  end
end

--- From here on cells end because they have run.
function Screen:begin()
  self.begun, self.start = true, core.system.clock()
  if self.on_terminal then show(self) end
end

--- Takes the table off the screen.
function Screen:close()
  if not self.on_terminal then return end
  if self.ticker then self.ticker:close() end
  self.ticker = nil
  area.hide "table"
end

--- A screen that shows nothing, for ranks other than the first.
M.SILENT = { note = function() end, begin = function() end, close = function() end }

--- Makes a screen.
-- @tparam table o `plan`, `options`, `cells_with_runs()`; `worker` is set before it begins
-- @treturn Screen
function M.new(o)
  local self = setmetatable({ ended = 0, best = "", dirty = true, start = core.system.clock() }, Screen)
  for key, value in pairs(o) do self[key] = value end
  self.on_terminal = core.system.isatty "stderr" and not (config.quiet or config.no_progress)
  return self
end

return M
