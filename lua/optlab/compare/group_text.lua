--- Groups of runs as tables: for a terminal, CSV, Markdown, LaTeX.
-- @module optlab.compare.group_text
local statistics = require "optlab.compare.statistics"
local tables = require "optlab.base.text.table"
local values = require "optlab.compare.values"
local whole = require "optlab.runs.text.values".whole

local M = {}

local function right(title) return { title = title, align = "right" } end

local function measured(x, digits) return x and values.measured(x, digits) or "" end

local function signed(x) return (x > 0 and "+" or "") .. values.measured(x) end

local function lost_text(entry)
  local parts = {}
  for i, pair in ipairs(entry.lost) do parts[i] = ("%d %s"):format(pair[2], pair[1]) end
  return table.concat(parts, ", ")
end

-- --- tables to be read ----------------------------------------------------------------------------------------------

local function any(groups, test)
  for _, entry in ipairs(groups) do
    if test(entry) then return true end
  end
  return false
end

local function group_rows(result)
  local columns = {
    { title = result.by }, right "runs", right "median", right "25 % to 75 %", right "mean ± std", right "lowest",
    right "highest",
  }
  local configurations = any(result.groups, function(entry) return entry.tried > 1 end)
  local chosen = configurations and any(result.groups, function(entry) return entry.chosen end)
  local lost = any(result.groups, function(entry) return #entry.lost > 0 end)
  if configurations then columns[#columns + 1] = right "configurations" end
  if chosen then columns[#columns + 1] = { title = "the best one" } end
  if lost then columns[#columns + 1] = { title = "lost" } end
  local rows = {}
  for i, entry in ipairs(result.groups) do
    local row = { entry.name, ("%d"):format(entry.runs), measured(entry.median) }
    row[4] = entry.median and ("%s to %s"):format(measured(entry.q25), measured(entry.q75)) or ""
    row[5] = entry.mean and measured(entry.mean) .. (entry.std and " ± " .. measured(entry.std, 2) or "") or ""
    row[6], row[7] = measured(entry.lowest), measured(entry.highest)
    if configurations then row[#row + 1] = ("%d"):format(entry.tried) end
    if chosen then row[#row + 1] = entry.chosen end
    if lost then row[#row + 1] = lost_text(entry) end
    rows[i] = row
  end
  return columns, rows
end

local function pair_rows(result)
  local columns = { { title = result.by }, right "pairs", right "mean difference", right "95 % interval",
    right "better in" }
  local rows = {}
  for _, entry in ipairs(result.groups) do
    local found = entry.paired
    if found and found.pairs > 0 then
      rows[#rows + 1] = {
        entry.name, ("%d"):format(found.pairs), found.mean and signed(found.mean) or "",
        found.low and ("%s to %s"):format(signed(found.low), signed(found.high)) or "",
        ("%d of %d"):format(found.better, found.pairs),
      }
    end
  end
  return columns, rows
end

local function readable(result, format, width)
  local columns, rows = group_rows(result)
  local options = { format = format, width = width }
  local text = { ("%s (%s is better)\n\n"):format(result.metric.name, result.metric.more and "higher" or "lower") }
  if format == "latex" then text[1] = "% " .. text[1]:gsub("\n\n", "\n") end
  text[2] = tables.render(columns, rows, options)
  columns, rows = pair_rows(result)
  if #rows == 0 then return table.concat(text) end
  local title = ("%s minus that of %s, in pairs of the same seed\n\n"):format(result.metric.name, result.reference)
  text[3] = "\n" .. (format == "latex" and "% " .. title:gsub("\n\n", "\n") or title)
  text[4] = tables.render(columns, rows, options)
  return table.concat(text)
end

-- --- a table for programs -------------------------------------------------------------------------------------------

local NUMBERS = { "median", "q25", "q75", "mean", "std", "lowest", "highest" }
local PAIRED = { "pairs", "mean", "low", "high", "better" }

local function csv(result)
  local columns = { { title = "group" }, { title = "metric" }, { title = "runs" }, { title = "counted" },
    { title = "configurations" } }
  for _, name in ipairs(NUMBERS) do columns[#columns + 1] = { title = name } end
  columns[#columns + 1] = { title = "against" }
  for _, name in ipairs(PAIRED) do columns[#columns + 1] = { title = "difference_" .. name } end
  local rows = {}
  for i, entry in ipairs(result.groups) do
    local row = { entry.label, result.metric.name, entry.runs, #entry.values, entry.tried }
    for _, name in ipairs(NUMBERS) do row[#row + 1] = entry[name] and whole(entry[name]) or "" end
    row[#row + 1] = entry.paired and result.reference or ""
    for _, name in ipairs(PAIRED) do
      local value = entry.paired and entry.paired[name]
      row[#row + 1] = value and whole(value) or ""
    end
    rows[i] = row
  end
  return tables.render(columns, rows, { format = "csv" })
end

--- The tables.
-- @tparam table result of optlab.compare.groups
-- @tparam string format "text", "csv", "markdown" or "latex"
-- @tparam[opt] integer width of the terminal
-- @treturn string
function M.text(result, format, width)
  if format == "csv" then return csv(result) end
  return readable(result, format, width)
end

--- What has to be said with the differences.
-- @tparam table result
-- @treturn ?string nil where there are none
function M.note(result)
  if not any(result.groups, function(entry) return entry.paired and entry.paired.low end) then return nil end
  return ("The interval of the mean difference is by bootstrap (%d resamples, always the same).\n"
    .. "If it contains 0, the difference may be chance."):format(statistics.RESAMPLES)
end

return M
