--- The curves of a report, as many as it has room for.
-- @module optlab.report.sections.curves
local curves = require "optlab.compare.curves"
local drawing = require "optlab.report.chart.drawing"
local h = require "optlab.report.page.html"
local picture = require "optlab.report.chart.picture"

local M = {}

local MOST_CHARTS = 24
local ALL_POINTS = 40000 -- of all lines together
local FEWEST, MOST = 40, 400 -- of one line
local MOST_LINES = ALL_POINTS // FEWEST
local ALL_BAND_POINTS = 16000 -- of the bands of all groups together
local FEWEST_OF_A_BAND, MOST_OF_A_BAND = 24, 120

local function points_of_a_line(charts)
  local lines = 0
  for _, chart in ipairs(charts) do lines = lines + #chart.lines end
  return math.max(FEWEST, math.min(MOST, ALL_POINTS // math.max(lines, 1)))
end

local function points_of_a_band(model, charts)
  local groups = 0
  for _, way in ipairs(model.groupings) do groups = groups + #way.groups end
  local share = ALL_BAND_POINTS // math.max(groups * #charts, 1)
  return math.max(FEWEST_OF_A_BAND, math.min(MOST_OF_A_BAND, share))
end

local GROUPED = "Thick lines are medians over the runs of a group, bands reach from the lower to the upper quartile, "
  .. "thin lines are single runs."

local function notes(drawings, most, left_out)
  local sentences = {}
  for _, one in ipairs(drawings) do
    if one.way > 0 then
      sentences[1] = GROUPED
      break
    end
  end
  for _, one in ipairs(drawings) do
    if one.thinned then
      sentences[#sentences + 1] = ("Curves with more than %d points are thinned: of each interval of steps the lowest "
        .. "and the highest value are kept. All points are in the runs' files."):format(most)
      break
    end
  end
  if #left_out > 0 then
    sentences[#sentences + 1] = ("Not drawn, because there are many: %s (optlab report --y NAME draws a quantity).")
      :format(table.concat(left_out, ", "))
  end
  return #sentences > 0 and h.p({ class = "note" }, table.concat(sentences, " ")) or nil
end

local function title_of(chart)
  return chart.name and ("%s of %s"):format(chart.quantity, chart.name) or chart.quantity
end

--- All charts that the runs give.
-- @tparam table model
-- @tparam function series_of a run's series, as runs.series gives them
-- @treturn {table,...}
function M.charts(model, series_of)
  return curves.charts(model.runs, series_of, model.metric and model.metric.name)
end

--- The quantities of charts, each once.
-- @tparam {table,...} charts
-- @treturn {string,...}
function M.quantities(charts)
  local names, seen = {}, {}
  for _, chart in ipairs(charts) do
    if not seen[chart.quantity] then names[#names + 1] = chart.quantity end
    seen[chart.quantity] = true
  end
  return names
end

-- The charts that are drawn, and the titles of the others: those for which there is no room.
local function choose(charts, only)
  local wanted = {}
  for _, name in ipairs(only or {}) do wanted[name] = true end
  local shown, left_out, lines = {}, {}, 0
  for _, chart in ipairs(charts) do
    if next(wanted) == nil or wanted[chart.quantity] then
      lines = lines + #chart.lines
      if #shown < MOST_CHARTS and (#shown == 0 or lines <= MOST_LINES) then
        shown[#shown + 1] = chart
      else
        left_out[#left_out + 1] = title_of(chart)
      end
    end
  end
  return shown, left_out
end

--- The section, and what the page's script needs for it.
-- @tparam table model
-- @tparam {table,...} charts
-- @tparam[opt] {string,...} only the quantities to draw
-- @treturn ?Markup nil where no run has a curve
-- @treturn {table,...} data of the charts
function M.make(model, charts, only)
  local shown, left_out = choose(charts, only)
  if #shown == 0 then return nil, {} end
  local most, most_of_a_band = points_of_a_line(shown), points_of_a_band(model, shown)
  local figures, data, drawings = {}, {}, {}
  for i, chart in ipairs(shown) do
    drawings[i] = drawing.new(model, chart, ("chart-%d"):format(i), most, most_of_a_band)
    figures[i] = picture.chart(drawings[i])
    data[i] = drawing.data(drawings[i])
  end
  return h.section({ id = "curves" }, h.h2("Curves"), h.div { id = "group-by", class = "controls" },
    notes(drawings, most, left_out), h.div({ class = #figures > 1 and "charts" or "charts alone" }, figures)), data
end

return M
