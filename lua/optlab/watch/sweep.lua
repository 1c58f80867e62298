--- A sweep that is watched: how many of its cells are done, run and failed, and the best ones, as a table.
--
-- The files `cells/0001`, ... of the sweep's directory say which run does a cell and, once it is over, what became of
-- it. Cells that are over are read once.
-- @module optlab.watch.sweep
local clock = require("optlab.core").system.clock
local order = require "optlab.base.order"
local reader = require "optlab.runs.reader"
local short = require "optlab.base.short"
local text_table = require "optlab.base.text.table"
local values = require "optlab.runs.text.values"

local Watched = {}
Watched.__index = Watched

local M = {}

local BEST = 8 -- rows of the best cells
local MOST_RUNNING = 6 -- rows of cells at work
local QUIET = 3 -- seconds without a cell at work after which nobody works on the sweep

-- The quantity that decides, and whether the greatest is best, from the sweep's command line.
local function metric_of(arguments)
  for i, word in ipairs(arguments) do
    local how, name = word:match "^%-%-(m%a+imize)=(.+)$"
    if not how then how, name = word:match "^%-%-(m%a+imize)$", arguments[i + 1] end
    if how and name then return name, how == "maximize" end
  end
  return nil, false
end

--- Begins to watch a sweep.
-- @tparam table sweep a run of kind "sweep"
-- @treturn Watched
function M.new(sweep)
  local metric, greatest = metric_of(sweep.arguments)
  return setmetatable({ run = sweep, folder = sweep.path:match "^(.*)/[^/]+/*$" or ".", cells = {}, over = {},
    metric = metric, greatest = greatest, start = clock(), last_work = clock() }, Watched)
end

-- The run and the status that the file of a cell names; nil while nobody has begun it.
local function read_mark(path, index)
  local file = io.open(("%s/cells/%04d"):format(path, index), "rb")
  if not file then return nil end
  local text = file:read "a"
  file:close()
  return text:match "^(%S+) ?(%a*)"
end

local function read_cell(self, index)
  if self.over[index] then return end
  local name, status = read_mark(self.run.path, index)
  if not name then return end
  local run = reader.read(self.folder .. "/" .. name)
  if status == "done" and run.status == "damaged" then run.status = "done" end -- deleted since
  self.cells[index] = run
  self.over[index] = run.status ~= "running" and run.status ~= "interrupted"
end

--- Reads what has come.
-- @treturn boolean true: the table may be another one
function Watched:read()
  for index = 1, self.run.cells or 0 do read_cell(self, index) end
  local count = { done = 0, running = 0, failed = 0 }
  for _, run in pairs(self.cells) do
    local kind = (run.status == "diverged" and "done") or (run.status == "damaged" and "failed") or run.status
    count[kind] = (count[kind] or 0) + 1
  end
  self.count = count
  self.first_done = self.first_done or count.done
  if count.running > 0 then self.last_work = clock() end
  return true
end

local function left_over(self) return (self.run.cells or 0) - self.count.done - self.count.failed end

--- Whether all cells are over, or nobody works on them.
-- @treturn boolean
function Watched:is_over()
  self.run = reader.read(self.run.path)
  if self.count.running > 0 then return false end
  if left_over(self) <= 0 then return true end
  return self.run.status ~= "running" and clock() - self.last_work > QUIET
end

-- --- the table ------------------------------------------------------------------------------------------------------

local function seeds_differ(runs)
  for _, run in ipairs(runs) do
    if run.seed ~= runs[1].seed then return true end
  end
  return false
end

-- The parameters in which cells differ, and whether their seeds do besides.
local function varying(runs)
  local seen, names = {}, {}
  for _, run in ipairs(runs) do
    for name, value in pairs(run.parameters) do
      local text = values.short(value)
      if seen[name] == nil then
        seen[name] = text
      elseif seen[name] ~= text then
        names[name] = true
      end
    end
  end
  return order.names(names), seen.seed == nil and seeds_differ(runs)
end

local function all_cells(self)
  local list = {}
  for index = 1, self.run.cells or 0 do list[#list + 1] = self.cells[index] end
  return list
end

local function metric_name(self, runs)
  if self.metric then return self.metric end
  for _, run in ipairs(runs) do
    local name = values.main_quantity(run)
    if name then return name end
  end
  return "loss"
end

-- Cells with a value, the best first.
local function ranked(self, runs, metric)
  local list = {}
  for _, run in ipairs(runs) do
    local value = run.status == "done" and run.final[metric]
    if value and value == value then list[#list + 1] = { run = run, value = value } end
  end
  table.sort(list, function(a, b)
    if a.value == b.value then return a.run.number < b.run.number end
    if self.greatest then return a.value > b.value end
    return a.value < b.value
  end)
  return list
end

local function shown(value) return value == nil and "" or values.short(value) end

local function row_of(run, names, with_seed, metric)
  local row = { run.name, run.status }
  for _, name in ipairs(names) do row[#row + 1] = shown(run.parameters[name]) end
  if with_seed then row[#row + 1] = tostring(run.seed) end
  local value = run.final[metric]
  row[#row + 1] = value and short.number(value) or ""
  row[#row + 1] = run.seconds and values.time(run.seconds) or ""
  return row
end

local function columns_of(names, with_seed, metric)
  local columns = { { title = "run", cut = true }, { title = "status" } }
  for _, name in ipairs(names) do columns[#columns + 1] = { title = name, align = "right", cut = true } end
  if with_seed then columns[#columns + 1] = { title = "seed", align = "right" } end
  columns[#columns + 1] = { title = metric, align = "right" }
  columns[#columns + 1] = { title = "time", align = "right" }
  return columns
end

-- "18/40 done, 2 running, 1 failed, 0:42 min left"
function Watched:line()
  local count, total = self.count, self.run.cells or 0
  local parts = { ("%s: %d/%d done"):format(self.run.name, count.done, total) }
  for _, kind in ipairs { "running", "failed", "interrupted" } do
    if (count[kind] or 0) > 0 then parts[#parts + 1] = ("%d %s"):format(count[kind], kind) end
  end
  local fresh, elapsed = count.done - self.first_done, clock() - self.start
  if fresh > 0 and count.running > 0 then
    parts[#parts + 1] = values.time(elapsed / fresh * left_over(self)) .. " left"
  end
  return table.concat(parts, ", ")
end

--- The table: the line, the best cells, the cells at work.
-- @tparam integer width
-- @tparam integer height
-- @treturn {string,...}
function Watched:table(width, height)
  local runs = all_cells(self)
  local names, with_seed = varying(runs)
  local metric = metric_name(self, runs)
  local rows, room = {}, math.max(1, height - 4)
  for _, entry in ipairs(ranked(self, runs, metric)) do
    if #rows == math.min(BEST, room) then break end
    rows[#rows + 1] = row_of(entry.run, names, with_seed, metric)
  end
  local at_work = 0
  for _, run in ipairs(runs) do
    if run.status == "running" and #rows < room and at_work < MOST_RUNNING then
      at_work = at_work + 1
      rows[#rows + 1] = row_of(run, names, with_seed, metric)
    end
  end
  local lines = self.is_last and {} or { self:line() } -- at the end `summary` says it
  if #rows == 0 then return lines end
  local text = text_table.render(columns_of(names, with_seed, metric), rows, { format = "text", width = width })
  for line in text:gmatch "[^\n]+" do lines[#lines + 1] = line end
  return lines
end

--- The last word about a sweep that is over.
-- @treturn string
function Watched:summary()
  local runs = all_cells(self)
  local metric = metric_name(self, runs)
  local best = ranked(self, runs, metric)[1]
  local text = self:line()
  return best and ("%s; best %s %s: %s"):format(text, metric, short.number(best.value), best.run.name) or text
end

return M
