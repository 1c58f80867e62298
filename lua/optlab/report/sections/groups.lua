--- Groups of runs side by side: what they ended with, and how far their runs lie apart.
-- @module optlab.report.sections.groups
local h = require "optlab.report.page.html"
local outcomes = require "optlab.compare.outcomes"
local statistics = require "optlab.compare.statistics"
local styles = require "optlab.report.chart.style"
local tables = require "optlab.report.sections.table"
local values = require "optlab.compare.values"

local M = {}

-- --- the strip ------------------------------------------------------------------------------------------------------

local WIDTH, HEIGHT = 200, 22

-- A dot for each run on a scale that all groups share, and a stroke at the median.
local function strip(group, list, median, lo, hi)
  local function across(v) return ("%.1f"):format(4 + (v - lo) / (hi - lo) * (WIDTH - 8)):gsub(",", ".") end
  local dots = {}
  for i, v in ipairs(statistics.finite_ones(list)) do dots[i] = ("M%s 11h0"):format((across(v))) end
  return h.svg({ class = "strip", width = WIDTH, height = HEIGHT, viewBox = ("0 0 %d %d"):format(WIDTH, HEIGHT),
    role = "img", ["aria-label"] = ("%s of %s"):format(values.count(#dots, "run"), group.label) },
    h.path { class = "grid", d = ("M4 11h%d"):format(WIDTH - 8) },
    h.path { class = "dots " .. styles.classes(group.style), d = table.concat(dots) },
    statistics.finite(median) and h.path { class = "median", d = ("M%s 3v16"):format((across(median))) })
end

-- --- the table ------------------------------------------------------------------------------------------------------

local COLUMNS = {
  { title = "group" }, { title = "runs", number = true }, { title = "median", number = true },
  { title = "mean ± std", number = true }, { title = "lowest", number = true }, { title = "highest", number = true },
}

-- "1 diverged, 2 failed" of the runs that did not come to a good end, or have no value.
local function lost_of(model, group)
  local parts, without = {}, outcomes.without(model, group)
  for i, pair in ipairs(outcomes.lost(model, group)) do parts[i] = ("%d %s"):format(pair[2], pair[1]) end
  if without > 0 then parts[#parts + 1] = ("%d without %s"):format(without, model.metric.name) end
  return #parts > 0 and ", " .. table.concat(parts, ", ") or nil
end

local function spread_cell(list)
  local finite = statistics.finite_ones(list)
  if #finite == 0 then return values.NONE end
  local mean, deviation = statistics.moments(finite)
  local text = values.measured(mean) .. (deviation and " ± " .. values.measured(deviation, 2) or "")
  return tables.cell(text, mean)
end

local function limits_of(lists)
  local lo, hi = math.huge, -math.huge
  for _, list in ipairs(lists) do
    for _, v in ipairs(statistics.finite_ones(list)) do lo, hi = math.min(lo, v), math.max(hi, v) end
  end
  if lo > hi then return 0, 1 end
  if lo == hi then return lo - 0.5, hi + 0.5 end
  return lo, hi
end

local function row_of(model, group, list, lo, hi)
  local lost = lost_of(model, group)
  local name = h.list(h.span({ class = "group" }, group.label),
    lost and h.span({ class = "soft" }, lost))
  local row = { tables.cell(name, group.label), #group.members }
  if #list == 0 then return row end
  local median = statistics.median(list)
  row[3], row[4] = tables.cell(values.measured(median), median), spread_cell(list)
  row[5] = tables.cell(values.measured(list[1]), list[1])
  row[6] = tables.cell(values.measured(list[#list]), list[#list])
  row[7] = strip(group, list, median, lo, hi)
  return row
end

local function make_table(model, way, metric)
  local lists, rows = {}, {}
  for i, group in ipairs(way.groups) do lists[i] = outcomes.of_group(model, group) end
  local lo, hi = limits_of(lists)
  for i, group in ipairs(way.groups) do rows[i] = row_of(model, group, lists[i], lo, hi) end
  local columns = table.move(COLUMNS, 1, #COLUMNS, 1, {})
  columns[7] = { title = ("%s to %s"):format(values.measured(lo), values.measured(hi)) }
  return tables.make {
    caption = ("%s by %s"):format(metric.name, way.name), show_caption = true, columns = columns, rows = rows,
  }
end

-- How far the runs that came to their end went in the quantity that counts: the least and the most steps.
local function budgets(model, charts)
  local last, least, most, unit = {}, math.huge, -math.huge, nil
  for _, chart in ipairs(charts) do
    for _, line in ipairs(chart.quantity == model.metric.name and chart.lines or {}) do
      last[line.run] = math.max(last[line.run] or -math.huge, line.x[#line.x])
      unit = line.x_name
    end
  end
  for i, run in ipairs(model.runs) do
    if last[i] and run.status == "done" then least, most = math.min(least, last[i]), math.max(most, last[i]) end
  end
  return least, most, unit
end

local function warn_of_budgets(model, charts)
  local least, most, unit = budgets(model, charts)
  if least >= most then return nil end
  return h.p({ class = "note" }, h.strong("The budgets differ: "),
    ("runs go to %s %s to %s, so their last values are not of one length of training."):format(unit,
      values.measured(least), values.measured(most)))
end

local function note_of_repeats(model)
  if model.n_repeated == 0 then return nil end
  return h.p({ class = "note" }, ("%s not counted: a later run has the same script, parameters and seed."):format(
    values.count(model.n_repeated, "run")))
end

--- The section.
-- @tparam table model
-- @tparam {table,...} charts of the runs (curves.charts)
-- @treturn ?Markup nil where the runs make no groups
function M.make(model, charts)
  local metric, ways = model.metric, model.groupings
  if not metric or #ways == 0 then return nil end
  local blocks = {}
  for i, way in ipairs(ways) do blocks[i] = make_table(model, way, metric) end
  return h.section({ id = "groups" }, h.h2("Groups"),
    h.p({ class = "explain" }, ("The last %s of each run. "):format(metric.name),
      "Runs that diverged count as the worst for the median; mean and standard deviation are those of the others. ",
      "Runs that failed or did not end do not count."),
    warn_of_budgets(model, charts), note_of_repeats(model), blocks)
end

return M
