--- The curves of some runs, sorted into charts: one for each quantity, and where several runs recorded it for the same
-- lines ("adam", "sgd"), one for each of these.
--
-- A chart is {quantity =, name = of the lines or nil, x_name =, lines =}; a line is {run = position in runs, name =,
-- x = finite numbers, y =, x_name =, steps = or nil}.
-- @module optlab.compare.curves
local order = require "optlab.base.order"
local statistics = require "optlab.base.statistics"

local M = {}

-- A quantity of history.csv is left out where the script recorded it itself. A single point is no curve, unless it is
-- all that a run came to before it diverged: then it counts in its group.
local function chosen(all, diverged)
  local least = diverged and 1 or 2
  local has = {}
  for _, series in ipairs(all) do
    if series.file ~= "history" and #series.x >= least then has[series.quantity] = true end
  end
  local list = {}
  for _, series in ipairs(all) do
    if #series.x >= least and not (series.file == "history" and has[series.quantity]) then list[#list + 1] = series end
  end
  return list
end

--- All that one run recorded, also single points: each {name = of the line or nil, quantity =, x_name =, x =, y =,
-- steps = or nil}.
-- @tparam Run run
-- @tparam function series_of a run's series, as runs.series gives them
-- @treturn {table,...}
function M.of_run(run, series_of)
  local lines = {}
  for i, series in ipairs(chosen(series_of(run), true)) do
    lines[i] = {
      name = series.run ~= "" and series.run or nil, quantity = series.quantity or series.file, x = series.x,
      y = series.y, x_name = series.x_name, steps = series.steps,
    }
  end
  return lines
end

-- x, y and steps without the points that have no place on an axis.
local function placed(series)
  local x, y, steps = {}, {}, series.steps and {}
  for i, at in ipairs(series.x) do
    if statistics.finite(at) and (not steps or statistics.finite(series.steps[i])) then
      x[#x + 1], y[#y + 1] = at, series.y[i]
      if steps then steps[#steps + 1] = series.steps[i] end
    end
  end
  return x, y, steps
end

-- quantity -> lines, in the order of the runs.
local function by_quantity(runs, series_of)
  local lines, names = {}, {}
  for i, run in ipairs(runs) do
    for _, series in ipairs(chosen(series_of(run), run.status == "diverged")) do
      local quantity, name = series.quantity or series.file, series.run ~= "" and series.run or nil
      local x, y, steps = placed(series)
      if #x > 0 and not lines[quantity] then
        lines[quantity] = {}
        names[#names + 1] = quantity
      end
      if #x > 0 then
        table.insert(lines[quantity], { run = i, name = name, x = x, y = y, x_name = series.x_name, steps = steps })
      end
    end
  end
  return lines, names
end

-- The lines of one chart: their names are told only where they differ.
local function make_chart(quantity, lines, name)
  local several = {}
  for _, line in ipairs(lines) do several[line.name or ""] = true end
  local n = 0
  for _ in pairs(several) do n = n + 1 end
  return { quantity = quantity, name = name, x_name = lines[1].x_name or "step", lines = lines, named = n > 1 }
end

-- Whether runs share the lines' names, so that a chart for each name compares them.
local function is_shared(lines)
  local run_of = {}
  for _, line in ipairs(lines) do
    local key = line.name or ""
    if run_of[key] and run_of[key] ~= line.run then return true end
    run_of[key] = line.run
  end
  return false
end

local function add_charts(charts, quantity, lines)
  if not is_shared(lines) then
    charts[#charts + 1] = make_chart(quantity, lines)
    return
  end
  local by_name, names = {}, {}
  for _, line in ipairs(lines) do
    local key = line.name or ""
    if not by_name[key] then
      by_name[key] = {}
      names[#names + 1] = key
    end
    table.insert(by_name[key], line)
  end
  for _, key in ipairs(names) do
    charts[#charts + 1] = make_chart(quantity, by_name[key], #names > 1 and key ~= "" and key or nil)
  end
end

-- The quantity that counts first, then those beginning like it, then the others by name.
local function sort_names(names, first)
  local rank = {}
  for _, name in ipairs(names) do
    rank[name] = name == first and 0 or first and name:find(first, 1, true) and 1 or 2
  end
  table.sort(names, function(a, b)
    if rank[a] ~= rank[b] then return rank[a] < rank[b] end
    return order.less(a, b)
  end)
end

--- The charts of some runs.
-- @tparam {Run,...} runs
-- @tparam function series_of a run's series, as runs.series gives them
-- @tparam[opt] string first the quantity that comes first
-- @treturn {table,...}
function M.charts(runs, series_of, first)
  local lines, names = by_quantity(runs, series_of)
  sort_names(names, first)
  local charts = {}
  for _, quantity in ipairs(names) do add_charts(charts, quantity, lines[quantity]) end
  return charts
end

return M
