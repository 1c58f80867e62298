--- The end of a sweep: tables and the figure in its directory, the summary on the terminal, the link out/x-sweep.
-- @module optlab.sweep.ending
local config = require "optlab.base.config"
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local files = require "optlab.base.files"
local link = require "optlab.runs.keep.link"
local order = require "optlab.base.order"
local record = require "optlab.runs.record"
local results = require "optlab.sweep.results"
local runs = require "optlab.runs"
local screen = require "optlab.sweep.screen"
local shown = require "optlab.runs.text.values"
local tables = require "optlab.sweep.tables"
local uv = require "luv"
local warnings = require "optlab.compare.warnings"
local table_text = require "optlab.base.text.table"

local M = {}

local MOST = 20 -- rows of the table on the terminal
local MOST_FAILURES = 3

-- --- what is said ---------------------------------------------------------------------------------------------------

local function names_of(entries)
  local names = {}
  for i, entry in ipairs(entries) do names[i] = entry.name end
  return names
end

-- With halving the number of epochs is a column, too.
local function columns_of(plan)
  if not plan.halving then return plan.varied end
  return table.move(plan.varied, 1, #plan.varied, 2, { plan.halving.entry })
end

local function best_line(o, best)
  local where = screen.describe(names_of(columns_of(o.plan)), best.values)
  local of = best.n > 1 and (", the median of %d seeds"):format(best.n) or ""
  return ("best: %s%s %s%s"):format(where ~= "" and where .. ": " or "", o.metric, shown.short(best.median), of)
end

local function count_failures(o)
  local failed = {}
  for _, cell in ipairs(o.cells) do
    if cell.state == "failed" then failed[#failed + 1] = cell end
  end
  return failed
end

local function failure_lines(o, failed)
  local lines = {}
  for i = 1, math.min(#failed, MOST_FAILURES) do
    local cell = failed[i]
    lines[i] = ("failed: %s: %s"):format(screen.describe(o.plan.names, cell.values), cell.run and cell.run.error or "")
  end
  if #failed > MOST_FAILURES then lines[#lines + 1] = ("and %d more failed"):format(#failed - MOST_FAILURES) end
  return lines
end

local function runs_of(cells)
  local list = {}
  for _, cell in ipairs(cells) do list[#list + 1] = cell.run end
  return list
end

local function all_diverged(groups, sign)
  for _, group in ipairs(groups) do
    local best = sign > 0 and group.least or sign < 0 and group.greatest
    if best and best - best == 0 then return false end
  end
  return true
end

-- A sentence about data that the program made up; cells keep their notes about it to themselves.
local function about_stand_ins(list)
  local known, names = {}, {}
  for _, run in ipairs(list) do
    for name, sum in pairs(run.data) do
      if sum == "stand-in" and not known[name] then known[name], names[#names + 1] = true, name end
    end
  end
  if #names == 0 then return nil end
  return ("no real data: cells read a stand-in made by the program for %s (see --data, --require-real-data)"):format(
    table.concat(order.sort(names), ", "))
end

-- The sentences below the table.
local function remarks(o, ranked, failed)
  local lines, best = {}, ranked[1]
  if o.metric and best and best.median then
    if best.median - best.median == 0 then
      lines[1] = best_line(o, best)
      local idle, used = results.idle(o.plan.varied, ranked)
      for _, name in ipairs(idle) do
        lines[#lines + 1] = ("%s makes no difference: does the script use its value?"):format(name)
      end
      for _, line in ipairs(results.edges(used, ranked, best)) do lines[#lines + 1] = line end
      if results.seed_is_idle(ranked) then
        lines[#lines + 1] = "the seed makes no difference: does the script set its own (lab.manual_seed)?"
      end
    else
      lines[1] = all_diverged(ranked, o.sign) and "every cell diverged"
        or ("the median %s of every row is infinite, because cells diverged"):format(o.metric)
    end
  end
  local list = runs_of(o.cells)
  lines[#lines + 1] = warnings.of_data(list) or about_stand_ins(list)
  for _, line in ipairs(failure_lines(o, failed)) do lines[#lines + 1] = line end
  return lines
end

local function print_table(columns, rows, folder)
  local few = table.move(rows, 1, math.min(#rows, MOST), 1, {})
  local width = core.system.isatty "stdout" and core.system.columns() or nil
  io.write(table_text.render(columns, few, { width = width }))
  if #rows > MOST then io.write(("... %d more rows in %s/table.txt\n"):format(#rows - MOST, folder)) end
end

-- --- what is written ------------------------------------------------------------------------------------------------

local function run_names(cells)
  local list = {}
  for i, cell in ipairs(cells) do list[i] = cell.run and cell.run.name or "" end
  return list
end

local function final_of(o, ranked)
  local best = ranked[1]
  if not (o.metric and best and best.median) then return {} end
  return { [o.metric] = best.median }
end

local function write_record(o, ranked, failed)
  local fields = record.read(o.sweep.path)
  if not fields then return nil, o.sweep.path .. " was removed while the sweep went on" end
  fields.status = #failed > 0 and "failed" or "done"
  fields.error = #failed > 0 and ("%d of %d cells failed"):format(#failed, #o.cells) or nil
  fields.cells, fields.runs, fields.definition = #o.cells, run_names(o.cells), o.sweep.definition
  fields.definition[o.sign < 0 and "maximize" or "minimize"] = o.metric
  fields.final = final_of(o, ranked)
  fields.varied = names_of(o.plan.varied)
  return runs.write(o.sweep.path, fields)
end

-- The groups that have the same number of epochs: all choices.
local function first_round(groups)
  local list = {}
  for _, group in ipairs(groups) do
    if group.round == 0 then list[#list + 1] = group end
  end
  return list
end

-- Moves what was drawn into the sweep's directory.
local function move(folder, target)
  if not files.kind(folder) then return true end -- nothing was drawn
  for _, name in ipairs(files.list(folder)) do
    local ok, message = uv.fs_rename(folder .. "/" .. name, target .. "/" .. name)
    if not ok then return nil, message end
  end
  return uv.fs_rmdir(folder)
end

-- The figure, drawn in a folder of this process's own: another one may come to the sweep's end in the same moment. What
-- goes wrong there is said; the numbers are safe.
local function draw(o, groups, ranked)
  config.out = ("%s/.drawing-%d"):format(o.sweep.path, uv.os_getpid())
  local ok, problem = pcall(require("optlab.sweep.figure").draw, o, groups, ranked)
  if ok then ok, problem = require("optlab.plot").wait() end
  local moved, why = move(config.out, o.sweep.path)
  if ok and not moved then ok, problem = moved, why end
  if not ok then io.stderr:write("optlab: ", errors.visible(tostring(problem)), "\n") end
end

local function write_tables(o, columns, rows)
  local ok, message = tables.write(o.sweep.path .. "/table", columns, rows)
  if not ok then return nil, message end
  local all_columns, all_rows = tables.all(o.plan.names, o.cells)
  return files.replace(o.sweep.path .. "/cells.csv", table_text.render(all_columns, all_rows, { format = "csv" }))
end

--- Writes and prints the end of a sweep.
-- @tparam table o `plan`, `words`, `sweep`, `cells` with their `run` and `state`
-- @treturn ?boolean true, or nil and a message: what failed
function M.conclude(o)
  local metric, sign = results.metric(o.cells, o.words.options)
  local message
  if metric then o.metric, o.sign = metric, sign else o.sign, message = 1, sign end
  local groups, ranked = results.groups(o.plan.varied, o.cells, o.metric, o.sign)
  local columns, rows = tables.summary(columns_of(o.plan), ranked, o.metric)
  local failed = count_failures(o)
  local ok, wrong = write_tables(o, columns, rows)
  if not ok then return nil, wrong end
  if o.metric then draw(o, first_round(groups), first_round(ranked)) end
  ok, wrong = write_record(o, ranked, failed)
  if not ok then return nil, wrong end
  link.point(config.default_out(o.sweep.experiment) .. "-sweep", o.sweep.path)
  print_table(columns, rows, o.sweep.path)
  for _, line in ipairs(remarks(o, ranked, failed)) do print(errors.visible(line)) end
  print(("table, figure and cells: %s/ (a page of it: optlab report %d)"):format(o.sweep.path, o.sweep.number))
  if message and #failed < #o.cells then return nil, message end
  if #failed == 0 then return true end
  return nil, ("%d of %d cells failed; the same command runs them again"):format(#failed, #o.cells)
end

return M
