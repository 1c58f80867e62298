--- What came of a sweep: a value for each cell, and groups of cells that differ in their seeds alone.
-- @module optlab.sweep.results
local errors = require "optlab.base.errors"
local order = require "optlab.base.order"
local statistics = require "optlab.compare.statistics"
local values = require "optlab.params.values"

local M = {}

-- --- the quantity that decides --------------------------------------------------------------------------------------

-- The quantities that the runs recorded, those of a part of a run ("adam.loss") behind the others.
local function quantities(cells)
  local known, whole, parts = {}, {}, {}
  for _, cell in ipairs(cells) do
    for name in pairs(cell.run and cell.run.final or {}) do
      if not known[name] then
        known[name] = true
        local into = name:find(".", 1, true) and parts or whole
        into[#into + 1] = name
      end
    end
  end
  return known, order.sort(whole), order.sort(parts)
end

local NOTHING = "the cells recorded no number (train.record, lab.metrics, train.fit)"

local function choose(cells)
  local known, whole, parts = quantities(cells)
  if known.loss then return "loss" end
  local names = table.move(parts, 1, #parts, #whole + 1, { table.unpack(whole) })
  if #whole == 1 or #names == 1 then return names[1] end
  if #names == 0 then return nil, NOTHING end
  return nil, "say which quantity decides, --minimize NAME or --maximize NAME: " .. table.concat(names, ", ")
end

--- The quantity that decides, as far as it can be known from the cells that are done.
-- @tparam {table,...} cells with their `run`
-- @tparam table options `minimize`, `maximize`
-- @treturn ?string its name, or nil and a message
-- @treturn number 1 if the least value is best, -1 if the greatest is
function M.metric(cells, options)
  local name = options.minimize or options.maximize
  if not name then
    local chosen, message = choose(cells)
    return chosen, message or 1
  end
  local known, whole, parts = quantities(cells)
  if not next(known) then return nil, NOTHING end
  if not known[name] then
    local names = table.move(parts, 1, #parts, #whole + 1, whole)
    local hint = errors.hint(name, names)
    return nil, ("no cell recorded '%s'%s"):format(name, hint ~= "" and hint or "; they recorded "
      .. table.concat(names, ", "))
  end
  return name, options.maximize and -1 or 1
end

-- --- groups ---------------------------------------------------------------------------------------------------------

--- The value of a cell; the worst there is for a run that diverged.
-- @tparam table cell
-- @tparam string metric
-- @tparam number sign
-- @treturn ?number nil for a cell that has none
function M.value(cell, metric, sign)
  local run = cell.run
  if not run or cell.state ~= "done" then return nil end
  local x = run.final[metric]
  if run.status == "diverged" or (x and x ~= x) then return sign * math.huge end
  return x
end

local function key_of(varied, cell)
  local parts = {}
  for i, entry in ipairs(varied) do parts[i] = values.text(cell.values[entry.name]) end
  parts[#parts + 1] = cell.round
  return table.concat(parts, "\0")
end

local function summarise(group, metric, sign)
  local list = {}
  for _, cell in ipairs(group.cells) do
    local x = metric and M.value(cell, metric, sign)
    if x then list[#list + 1] = x end
    if cell.run and cell.run.status == "diverged" and cell.state == "done" then group.diverged = group.diverged + 1 end
    if cell.state == "failed" then group.failed = group.failed + 1 end
  end
  group.n = #list
  if #list == 0 then return end
  local sorted = statistics.sorted(list)
  group.low, group.high = statistics.quantile(sorted, 0.25), statistics.quantile(sorted, 0.75)
  group.median = statistics.quantile(sorted, 0.5)
  group.least, group.greatest = sorted[1], sorted[#sorted]
end

-- The best first, those of a later round before the others; those without a value last; the order of the cells decides
-- between equals.
local function rank(groups, sign)
  local list = table.move(groups, 1, #groups, 1, {})
  local function worth(group) return group.median and sign * group.median or nil end
  table.sort(list, function(a, b)
    local x, y = worth(a), worth(b)
    if a.round ~= b.round then return a.round > b.round end
    if x and y and x ~= y then return x < y end
    if (x == nil) ~= (y == nil) then return x ~= nil end
    return a.order < b.order
  end)
  return list
end

--- Groups the cells that have the same parameters.
-- @tparam {table,...} varied entries of the parameters that vary
-- @tparam {table,...} cells with `run` and `state`
-- @tparam ?string metric
-- @tparam number sign
-- @treturn {table,...} in the order of the cells: {order =, values =, cells =, n = cells with a value, median =, low =
--   and high = quartiles, diverged = and failed = numbers of cells}
-- @treturn {table,...} the same, the best first
function M.groups(varied, cells, metric, sign)
  local groups, known = {}, {}
  for _, cell in ipairs(cells) do
    local key = key_of(varied, cell)
    local group = known[key]
    if not group then
      group = { order = #groups + 1, values = cell.values, cells = {}, diverged = 0, failed = 0, n = 0,
        round = cell.round or 0 }
      known[key], groups[#groups + 1] = group, group
    end
    group.cells[#group.cells + 1] = cell
  end
  for _, group in ipairs(groups) do summarise(group, metric, sign) end
  return groups, rank(groups, sign)
end

--- Whether cells that differ in their seeds alone have the same value, all of them: the script then sets its own seed,
-- or draws no random numbers.
-- @tparam {table,...} groups with their quartiles
-- @treturn boolean
function M.seed_is_idle(groups)
  local several = false
  for _, group in ipairs(groups) do
    if group.n > 1 then
      several = true
      if group.least ~= group.greatest then return false end
    end
  end
  return several
end

-- Whether groups that differ in one entry alone have the same values, and there are some.
local function is_idle(entry, varied, groups)
  local others, first, several = {}, {}, false
  for _, other in ipairs(varied) do
    if other ~= entry then others[#others + 1] = other end
  end
  for _, group in ipairs(groups) do
    local key = key_of(others, { values = group.values, round = group.round })
    local seen = first[key]
    first[key] = seen or group
    if seen then
      several = true
      if not group.median or group.median ~= seen.median or group.least ~= seen.least then return false end
    end
  end
  return several
end

--- The parameters whose values make no difference: the script does not use them.
-- @tparam {table,...} varied
-- @tparam {table,...} groups with their quartiles
-- @treturn {string,...} names
-- @treturn {table,...} the entries of the others
function M.idle(varied, groups)
  local names, others = {}, {}
  for _, entry in ipairs(varied) do
    if is_idle(entry, varied, groups) then names[#names + 1] = entry.name else others[#others + 1] = entry end
  end
  return names, others
end

-- --- the edge of a range --------------------------------------------------------------------------------------------

local function range_of(groups, name)
  local low, high = math.huge, -math.huge
  for _, group in ipairs(groups) do
    local x = group.values[name]
    low, high = math.min(low, x), math.max(high, x)
  end
  return low, high
end

--- The parameters whose best value is the least or the greatest that was tried, although more are allowed.
-- @tparam {table,...} varied
-- @tparam {table,...} groups
-- @tparam ?table best a group
-- @treturn {string,...} sentences
function M.edges(varied, groups, best)
  local lines = {}
  for _, entry in ipairs(varied) do
    local x = best and best.values[entry.name]
    if type(x) == "number" and not entry.choices then
      local low, high = range_of(groups, entry.name)
      local text = values.text(x)
      if x == low and not (entry.min and x <= entry.min) then
        lines[#lines + 1] = ("the best %s, %s, is the least that was tried; a lower one may be better"):format(
          entry.name, text)
      elseif x == high and not (entry.max and x >= entry.max) then
        lines[#lines + 1] = ("the best %s, %s, is the greatest that was tried; a higher one may be better"):format(
          entry.name, text)
      end
    end
  end
  return lines
end

return M
