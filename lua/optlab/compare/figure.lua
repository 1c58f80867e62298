--- Curves of runs in one figure: a line for each run, or median and band for each group.
-- @module optlab.compare.figure
local band = require "optlab.compare.band"
local curves = require "optlab.compare.curves"
local errors = require "optlab.base.errors"
local model_of = require "optlab.compare.model"
local order = require "optlab.base.order"
local plot = require "optlab.plot"
local runs_room = require "optlab.runs"
local statistics = require "optlab.compare.statistics"

local M = {}

local MOST_LABELS = 20 -- ten colours, then dashes

-- --- what is drawn --------------------------------------------------------------------------------------------------

local function listed(name, names)
  local hint = errors.hint(name, names)
  if hint ~= "" then return hint end
  return #names > 0 and " (there are " .. table.concat(names, ", ") .. ")" or " (there is none)"
end

-- The lines of a quantity, in the order of the runs; nil and the names of the quantities.
local function lines_of(charts, quantity)
  local lines, names, seen = {}, {}, {}
  for _, chart in ipairs(charts) do
    if not seen[chart.quantity] then names[#names + 1] = chart.quantity end
    seen[chart.quantity] = true
    if chart.quantity == quantity then table.move(chart.lines, 1, #chart.lines, #lines + 1, lines) end
  end
  if #lines == 0 then return nil, names end
  return lines, names
end

-- Of a quantity whose lines have names ("adam", "sgd") in each run, those of one name.
local function only_line(lines, name)
  local kept, names, seen = {}, {}, {}
  for _, line in ipairs(lines) do
    local own = line.name or ""
    if own == name then kept[#kept + 1] = line end
    if not seen[own] then names[#names + 1] = own end
    seen[own] = true
  end
  if #kept > 0 then return kept end
  return nil, ("--line: no run has a line '%s'%s"):format(name, listed(name, order.sort(names)))
end

local function along(line, x_name)
  if not x_name or line.x_name == x_name then return line.x end
  if x_name == "step" then return line.steps end
  return nil
end

-- The lines over what is asked for: each {run =, name =, x =, y =}.
local function over(lines, x_name)
  local out, names, seen = {}, {}, {}
  for _, line in ipairs(lines) do
    local x = along(line, x_name)
    if x then out[#out + 1] = { run = line.run, name = line.name, x = x, y = line.y } end
    for _, name in ipairs { line.x_name, line.steps and "step" or nil } do
      if not seen[name] then names[#names + 1] = name end
      seen[name] = true
    end
  end
  if #out > 0 then return out, x_name or lines[1].x_name end
  return nil, ("--x: the curves are not recorded over '%s'%s"):format(x_name, listed(x_name, order.sort(names)))
end

local function several_names(lines)
  for _, line in ipairs(lines) do
    if (line.name or "") ~= (lines[1].name or "") then return true end
  end
  return false
end

-- --- numbers that a figure can show ---------------------------------------------------------------------------------

local NAN = 0 / 0

-- A list without what a logarithmic axis cannot show; gnuplot leaves gaps for infinite values itself.
local function shown(list, log)
  local out = {}
  for i, v in ipairs(list) do out[i] = (not log or v > 0) and v or NAN end
  return out
end

local function positive(list)
  for _, v in ipairs(list) do
    if v > 0 then return true end
  end
  return false
end

-- The edges of a band, within the limits of what did not diverge: what did would leave nothing else to be seen.
local function edges(found, limits, log)
  local low, high = {}, {}
  for i = 1, #found.x do
    low[i] = math.max(limits[1], math.min(limits[2], found.low[i]))
    high[i] = math.max(limits[1], math.min(limits[2], found.high[i]))
    local lost = not statistics.finite(found.median[i]) and low[i] == high[i]
    if lost or (log and low[i] <= 0) then low[i], high[i] = NAN, NAN end
  end
  return low, high
end

-- The least and the largest value of the lines, of those that diverged only where all did.
local function limits_of(lines, all)
  local lo, hi = math.huge, -math.huge
  for _, line in ipairs(lines) do
    for _, v in ipairs((all or not line.diverged) and line.y or {}) do
      if statistics.finite(v) then lo, hi = math.min(lo, v), math.max(hi, v) end
    end
  end
  if lo > hi and not all then return limits_of(lines, true) end
  return { lo, hi }
end

-- --- drawing --------------------------------------------------------------------------------------------------------

local function label_of(model, line, named)
  local run = model.runs[line.run]
  local text = model_of.describe(model, run)
  if text == "" and not (named and #model.runs == 1) then text = run.name end
  if not (named and line.name) then return text end
  return text == "" and line.name or line.name .. ", " .. text
end

local function draw_runs(fig, model, lines, o)
  local named = several_names(lines)
  for i, line in ipairs(lines) do
    fig:line(shown(line.x, o.logx), shown(line.y, o.logy), {
      label = #lines <= MOST_LABELS and label_of(model, line, named) or nil, style = i > 10 and "--" or "-" })
  end
  return #lines
end

-- The lines of a group by their names, in the order in which they come.
local function by_name(lines, group)
  local member, list, known = {}, {}, {}
  for _, i in ipairs(group.members) do member[i] = true end
  for _, line in ipairs(lines) do
    local name = line.name or ""
    if member[line.run] and not known[name] then
      known[name] = { name = name }
      list[#list + 1] = known[name]
    end
    if member[line.run] then table.insert(known[name], line) end
  end
  return list
end

local function draw_groups(fig, model, way, lines, o)
  for _, line in ipairs(lines) do line.diverged = model.runs[line.run].status == "diverged" end
  local named, limits, more = several_names(lines), limits_of(lines), model_of.more_is_better(o.y)
  local n, drawn = 0, 0
  for _, group in ipairs(way.groups) do
    for _, part in ipairs(by_name(lines, group)) do
      local found = band.of(part, more)
      local x, label = shown(found.x, o.logx), named and ("%s, %s"):format(group.label, part.name) or group.label
      fig:line(x, shown(found.median, o.logy), { label = ("%s (%d)"):format(label, #part) })
      if #part > 1 then fig:band(x, edges(found, limits, o.logy)) end
      n, drawn = n + 1, drawn + #part
    end
  end
  return n, drawn
end

local function check_log(lines, o)
  for _, axis in ipairs { "x", "y" } do
    local some = false
    for _, line in ipairs(lines) do some = some or positive(line[axis]) end
    if o["log" .. axis] and not some then
      return nil, ("--log%s: no value of %s is positive"):format(axis, axis == "y" and o.y or "x")
    end
  end
  return true
end

local function title_of(runs)
  local seen, names = {}, {}
  for _, run in ipairs(runs) do
    local name = run.experiment or run.name
    if not seen[name] then names[#names + 1] = name end
    seen[name] = true
  end
  return table.concat(names, ", ", 1, math.min(#names, 3)) .. (#names > 3 and ", ..." or "")
end

-- The lines that are drawn, and the name of their x.
local function choose(model, o)
  local charts = curves.charts(model.runs, runs_room.series, model.metric and model.metric.name)
  o.y = o.y or charts[1] and charts[1].quantity
  if not o.y then return nil, "the runs have no curves (lab.metrics and train.fit record them)" end
  local lines, names = lines_of(charts, o.y)
  if not lines then return nil, ("--y: no run has a curve of '%s'%s"):format(o.y, listed(o.y, names)) end
  local message
  if o.line then lines, message = only_line(lines, o.line) end
  if not lines then return nil, message end
  return over(lines, o.x)
end

--- The figure.
-- @tparam {Run,...} runs
-- @tparam table o `y`, the quantity (what counts); `x`, "epoch", "step" or another one that it was recorded over; `by`,
-- names of parameters whose groups are drawn as median and quartiles; `line`, the name of a line in each run; `logx`,
-- `logy`; `title`. `y` is set
-- @treturn ?Figure nil and a message
-- @treturn string what has been drawn
function M.make(runs, o)
  local model = model_of.new(runs)
  local lines, x_name = choose(model, o)
  if not lines then return nil, x_name end
  local ok, message = check_log(lines, o)
  if not ok then return nil, message end
  local way
  if o.by then
    way, message = model_of.grouping(model, o.by)
    if not way then return nil, message end
  end
  local fig = plot.figure { title = o.title or title_of(runs), xlabel = x_name, ylabel = o.y, logx = o.logx,
    logy = o.logy, size = { 720, 450 } }
  if not way then
    local n = draw_runs(fig, model, lines, o)
    return fig, ("%d %s%s"):format(n, n == 1 and "curve" or "curves",
      n > MOST_LABELS and ", too many for a legend (--by NAME makes groups)" or "")
  end
  local n, drawn = draw_groups(fig, model, way, lines, o)
  return fig, ("%d %s in %d %s, median and quartiles"):format(drawn, drawn == 1 and "curve" or "curves", n,
    n == 1 and "group" or "groups")
end

return M
