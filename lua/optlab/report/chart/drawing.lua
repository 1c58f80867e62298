--- Everything that a chart's picture is made of: thinned lines, bands of groups, axes. The page's script has the same
-- as JSON and draws it anew when something is switched.
-- @module optlab.report.chart.drawing
local axes = require "optlab.report.chart.axes"
local band = require "optlab.report.chart.band"
local model = require "optlab.compare.model"
local statistics = require "optlab.compare.statistics"
local thin = require "optlab.report.chart.thin"

local M = {}

-- "12 · lr 0.1, seed 3 · adam"; of a report of one run the line's name alone.
local function label_of(the_model, chart, line)
  local run = the_model.runs[line.run]
  local name = chart.named and line.name or nil
  if #the_model.runs == 1 then return name or run.name end
  local parts, about = { tostring(run.number or run.name) }, model.describe(the_model, run)
  if about ~= "" then parts[#parts + 1] = about end
  if name then parts[#parts + 1] = name end
  return table.concat(parts, " · ")
end

local function make_line(the_model, chart, line, style, most)
  local x, y = thin.curve(line.x, line.y, most)
  return {
    run = line.run, label = label_of(the_model, chart, line), style = style, x = x, y = y,
    thinned = #x < #line.x, diverged = the_model.runs[line.run].status == "diverged" or not statistics.finite(y[#y]),
  }
end

-- The groups of one way to cut the runs that have a line in the chart. The colour is the group's in every chart.
local function make_groups(chart, way, lines, more, most)
  local groups, lines_of = {}, {}
  for i, line in ipairs(lines) do
    lines_of[line.run] = lines_of[line.run] or {}
    table.insert(lines_of[line.run], i)
  end
  for _, group in ipairs(way.groups) do
    local members, full = {}, {}
    for _, run in ipairs(group.members) do
      for _, i in ipairs(lines_of[run] or {}) do
        members[#members + 1] = i
        full[#full + 1] = { x = chart.lines[i].x, y = chart.lines[i].y, diverged = lines[i].diverged }
      end
    end
    if #members > 0 then
      local found = band.of(full, more, most)
      groups[#groups + 1] = { label = group.label, style = group.style, members = members, band = found }
    end
  end
  return groups
end

-- Ways in which a group has several lines; not where lines differ by more than their runs.
local function make_ways(the_model, chart, lines, most)
  local ways = {}
  if chart.named then return ways end
  for _, way in ipairs(the_model.groupings) do
    local groups = make_groups(chart, way, lines, model.more_is_better(chart.quantity), most)
    if #groups < #lines then ways[#ways + 1] = { name = way.name, groups = groups } end
  end
  return ways
end

local MOST_STYLES = 12 -- more runs than this cannot be told apart; those of a group look alike then

-- Colours follow the runs, so that a run looks the same in every chart; in a chart of one run they follow the lines.
local function style_of(the_model, chart, line, i)
  if chart.named or #the_model.runs == 1 then return i - 1 end
  local way = the_model.groupings[1]
  if #the_model.runs <= MOST_STYLES or not way then return line.run - 1 end
  for _, group in ipairs(way.groups) do
    for _, member in ipairs(group.members) do
      if member == line.run then return group.style end
    end
  end
  return line.run - 1 -- a run that a later one repeats is in no group
end

local function preferred(the_model, ways)
  if not the_model.by then return #ways > 0 and 1 or 0 end
  for i, way in ipairs(ways) do
    if way.name == the_model.by then return i end
  end
  return 0
end

--- The drawing of a chart.
-- @tparam table the_model
-- @tparam table chart one of curves.charts
-- @tparam string id
-- @tparam integer most points of a line
-- @tparam integer most_of_a_band points of a group's median and band
-- @treturn table id, title, quantity, name, lines, ways, way (the one shown first, or 0), x, linear, log (or nil),
-- log_first, x_name, thinned
function M.new(the_model, chart, id, most, most_of_a_band)
  local lines, thinned = {}, false
  for i, line in ipairs(chart.lines) do
    lines[i] = make_line(the_model, chart, line, style_of(the_model, chart, line, i), most)
    thinned = thinned or lines[i].thinned
  end
  local linear, log, log_first = axes.y(lines)
  local ways = make_ways(the_model, chart, lines, most_of_a_band)
  return {
    id = id, quantity = chart.quantity, name = chart.name, x_name = chart.x_name, lines = lines, ways = ways,
    way = preferred(the_model, ways), x = axes.x(lines), linear = linear, log = log, log_first = log_first,
    thinned = thinned,
  }
end

-- x of many lines is often the same: one list of them, and for each line its position there.
local function pool()
  local list, position = {}, {}
  return list, function(x)
    local key = table.concat(x, " ")
    if not position[key] then
      list[#list + 1] = x
      position[key] = #list - 1
    end
    return position[key]
  end
end

local function sealed(list) -- also where values are missing or there are none
  list.n = #list
  return list
end

local function way_data(way, position)
  local groups = {}
  for i, group in ipairs(way.groups) do
    local members = {}
    for k, line in ipairs(group.members) do members[k] = line - 1 end
    groups[i] = {
      label = group.label, style = group.style, members = sealed(members), x = position(group.band.x),
      median = group.band.median, low = group.band.low, high = group.band.high,
    }
  end
  return { name = way.name, groups = groups }
end

--- What the page's script needs of a drawing.
-- @tparam table drawing
-- @treturn table for JSON
function M.data(drawing)
  local steps, position = pool()
  local lines, ways = {}, {}
  for i, line in ipairs(drawing.lines) do
    lines[i] = { label = line.label, style = line.style, x = position(line.x), y = line.y }
  end
  for i, way in ipairs(drawing.ways) do ways[i] = way_data(way, position) end
  return {
    id = drawing.id, steps = steps, lines = lines, ways = ways, way = drawing.way, x = drawing.x,
    x_name = drawing.x_name, linear = drawing.linear, log = drawing.log, log_first = drawing.log_first,
  }
end

return M
