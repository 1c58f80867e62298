--- Differences between groups, measured in pairs: runs with the same seed that agree in everything but the group.
-- @module optlab.report.sections.differences
local h = require "optlab.report.page.html"
local outcomes = require "optlab.compare.outcomes"
local pairs_of = require "optlab.compare.pairs"
local statistics = require "optlab.compare.statistics"
local styles = require "optlab.report.chart.style"
local tables = require "optlab.report.sections.table"
local values = require "optlab.compare.values"

local M = {}

-- --- the table ------------------------------------------------------------------------------------------------------

local WIDTH, HEIGHT = 200, 22

-- The interval as a line with the mean on it, beside the line of no difference.
local function picture(found, group, lo, hi)
  if not found.low then return nil end
  local function across(v) return ("%.1f"):format(4 + (v - lo) / (hi - lo) * (WIDTH - 8)):gsub(",", ".") end
  local zero, low, high, mean = (across(0)), (across(found.low)), (across(found.high)), (across(found.mean))
  return h.svg({ class = "strip", width = WIDTH, height = HEIGHT, viewBox = ("0 0 %d %d"):format(WIDTH, HEIGHT),
    role = "img", ["aria-label"] = ("interval of %s"):format(group.label) },
    h.path { class = "zero", d = ("M%s 1v20"):format(zero) },
    h.path { class = "line " .. styles.classes(group.style % 6), d = ("M%s 11H%s"):format(low, high) },
    h.path { class = "spot " .. styles.classes(group.style % 6), d = ("M%s 11h0"):format(mean) })
end

local function signed(x)
  return (x > 0 and "+" or x < 0 and "\u{2212}" or "") .. values.measured(math.abs(x))
end

local function row_of(group, found, lo, hi, more)
  local better = more and found.higher or found.lower
  local name = h.list(h.span({ class = "group" }, group.label),
    found.pairs < pairs_of.FEW and h.span({ class = "soft" }, ", few pairs"))
  return {
    tables.cell(name, group.label), found.pairs,
    found.mean and tables.cell(signed(found.mean), found.mean) or values.NONE,
    found.low and ("%s to %s"):format(signed(found.low), signed(found.high)) or values.NONE,
    tables.cell(("%d of %d"):format(better, found.pairs), better / math.max(found.pairs, 1)),
    picture(found, group, lo, hi),
  }
end

local function limits_of(all)
  local lo, hi = 0, 0
  for _, found in ipairs(all) do
    if found.low then lo, hi = math.min(lo, found.low), math.max(hi, found.high) end
  end
  if lo == hi then return -1, 1 end
  return lo, hi
end

local function make_table(the_model, way)
  local reference = outcomes.best_group(the_model, way)
  if not reference then return nil end
  local others, all = {}, {}
  for _, group in ipairs(way.groups) do
    local found = group ~= reference and pairs_of.paired(the_model, way, group, reference)
    if found and found.pairs > 0 then others[#others + 1], all[#all + 1] = group, found end
  end
  if #all == 0 then return nil end
  local lo, hi = limits_of(all)
  local rows = {}
  for i, group in ipairs(others) do rows[i] = row_of(group, all[i], lo, hi, the_model.metric.more) end
  return tables.make {
    caption = ("%s minus that of %s"):format(the_model.metric.name, reference.label), show_caption = true, rows = rows,
    columns = {
      { title = "group" }, { title = "pairs", number = true }, { title = "mean difference", number = true },
      { title = "95 % interval", number = true }, { title = "better in", number = true },
      { title = ("%s to %s"):format(signed(lo), signed(hi)) },
    },
  }
end

--- The section.
-- @tparam table the_model
-- @treturn ?Markup nil where there are no groups with common seeds
function M.make(the_model)
  if not the_model.metric then return nil end
  local blocks = {}
  for _, way in ipairs(the_model.groupings) do
    if #way.groups > 1 then blocks[#blocks + 1] = make_table(the_model, way) end
  end
  if #blocks == 0 then return nil end
  return h.section({ id = "differences" }, h.h2("Paired differences"),
    h.p({ class = "explain" }, "Each group against the one with the best median, over pairs of runs that agree in ",
      "the seed and in all parameters that do not go with the group. The interval is that of the mean ",
      "difference by bootstrap (",
      statistics.RESAMPLES, " resamples, always the same); if it contains 0, the difference may be chance. ",
      "Pairs in which a run diverged count in ", h.q("better in"), " alone."), blocks)
end

return M
