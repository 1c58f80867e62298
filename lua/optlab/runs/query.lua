--- Runs by what they are: filters, a condition, an order.
-- @module optlab.runs.query
local directory = require "optlab.runs.directory"
local config = require "optlab.base.config"
local reader = require "optlab.runs.reader"
local where = require "optlab.runs.where"

local M = {}

local function has_tag(run, tag)
  for _, other in ipairs(run.tags) do
    if other == tag then return true end
  end
  return false
end

local function passes(run, o)
  return (not o.kind or run.kind == o.kind) and (not o.experiment or run.experiment == o.experiment)
    and (not o.status or run.status == o.status) and (not o.sweep or run.sweep == o.sweep)
    and (not o.tag or has_tag(run, o.tag))
end

local function filter(runs, o)
  local kept = {}
  for _, run in ipairs(runs) do
    if passes(run, o) then kept[#kept + 1] = run end
  end
  return kept
end

local function satisfying(runs, condition)
  local kept = {}
  for _, run in ipairs(runs) do
    local matches, message = condition.matches(function(name) return where.value(run, name) end)
    if message then return nil, message end
    if matches then kept[#kept + 1] = run end
  end
  return kept
end

-- Numbers before texts before nothing, nan behind other numbers; the number of the run decides between equals.
local function rank(value)
  if type(value) == "number" then return value == value and 1 or 2 end
  return value ~= nil and 3 or 4
end

local function comes_before(a, b, falling)
  local ra, rb = rank(a), rank(b)
  if ra ~= rb then return ra < rb end
  if ra == 2 or ra == 4 then return nil end
  if ra == 3 then a, b = tostring(a), tostring(b) end
  if a == b then return nil end
  if falling then return b < a end
  return a < b
end

--- Sorts a list of runs by a value.
-- @tparam {table,...} runs in the order of their numbers
-- @tparam string by a name as in a condition, "loss"; "-loss" for the largest first
function M.sort(runs, by)
  local name, falling = by:gsub("^%-", ""), by:match "^%-" ~= nil
  local value, place = {}, {}
  for i, run in ipairs(runs) do value[run], place[run] = where.value(run, name), i end
  table.sort(runs, function(a, b)
    local before = comes_before(value[a], value[b], falling)
    if before == nil then return place[a] < place[b] end
    return before
  end)
end

--- All runs, read from their directories.
-- @treturn {table,...} in the order of their numbers
function M.read_all()
  local list = {}
  for i, name in ipairs((directory.names())) do list[i] = reader.read(config.runs .. "/" .. name) end
  return list
end

--- The runs of a list that a query asks for.
-- @tparam {table,...} runs
-- @tparam table o kind, experiment, status, sweep, tag, where, sort, limit
-- @treturn ?{table,...} or nil and a message
function M.among(runs, o)
  local condition, message
  local by = o.sort and o.sort:gsub("^%-", "")
  if o.where then
    condition, message = where.compile(o.where)
    if not condition then return nil, message end
  end
  if condition or by then
    local known = where.known(runs)
    message = condition and where.unknown(condition.names, known, "--where")
      or by and where.unknown({ by }, known, "--sort")
    if message and #runs > 0 then return nil, message end
  end
  local kept = filter(runs, o)
  if condition then
    kept, message = satisfying(kept, condition)
    if not kept then return nil, message end
  end
  if by then M.sort(kept, o.sort) end
  if o.limit and #kept > o.limit then kept = table.move(kept, 1, o.limit, 1, {}) end
  return kept
end

return M
