--- Runs by what they are: filters, a condition, an order.
--
-- A query asks a source, which is the index, or, where there is none, the directories themselves. A source has
-- `keys(o, last)`, `count(o)`, `value(key, name)`, `known()`, `load(keys)`, `statuses(sweep)` and `close()`.
-- @module optlab.runs.query
local config = require "optlab.base.config"
local directory = require "optlab.runs.directory"
local index = require "optlab.runs.index"
local reader = require "optlab.runs.reader"
local uv = require "luv"
local values = require "optlab.runs.text.values"
local where = require "optlab.runs.where"

local M = {}

-- --- the directories as a source ----------------------------------------------------------------------------------

local Directories = {}
Directories.__index = Directories

local function has_tag(run, tag)
  for _, other in ipairs(run.tags) do
    if other == tag then return true end
  end
  return false
end

-- Whether a run stands for itself in a list: it is no cell of a sweep that is there.
local function is_top(self, run) return not (run.sweep and self.sweeps[run.sweep]) end

local function passes(self, run, o)
  return (not o.kind or run.kind == o.kind) and (not o.experiment or run.experiment == o.experiment)
    and (not o.status or run.status == o.status) and (not o.sweep or run.sweep == o.sweep)
    and (not o.tag or has_tag(run, o.tag)) and (not o.top or is_top(self, run))
end

function Directories:keys(o, last)
  local keys = {}
  for _, run in ipairs(self.runs) do
    if passes(self, run, o) then keys[#keys + 1] = run end
  end
  if last and #keys > last then keys = table.move(keys, #keys - last + 1, #keys, 1, {}) end
  return keys
end

function Directories:count(o) return #self:keys(o) end

function Directories:value(run, name) return where.value(run, name) end -- luacheck: ignore 212

function Directories:known() return where.known(self.runs) end

function Directories:statuses(sweep)
  local counts = {}
  for _, run in ipairs(self:keys { sweep = sweep }) do counts[run.status] = (counts[run.status] or 0) + 1 end
  return counts
end

function Directories:load(runs) return runs end -- luacheck: ignore 212

function Directories:close() end -- luacheck: ignore 212

local function read_directories()
  local runs, sweeps = {}, {}
  for _, name in ipairs((directory.names())) do
    local run = reader.read(config.runs .. "/" .. name)
    if uv.fs_stat(run.path) then runs[#runs + 1] = run end -- it may have been removed since the names were read
    if run.kind == "sweep" then sweeps[name] = true end
  end
  return setmetatable({ runs = runs, sweeps = sweeps }, Directories)
end

-- --- order --------------------------------------------------------------------------------------------------------

-- Numbers before texts before nothing, nan behind other numbers; the place in the list decides between equals.
local function rank(value)
  if type(value) == "number" then return value == value and 1 or 2 end
  return value ~= nil and 3 or 4
end

local function comes_before(a, b, falling)
  local ra, rb = rank(a), rank(b)
  if ra ~= rb then return ra < rb end
  if ra == 2 or ra == 4 then return nil end
  if ra == 3 then a, b = values.short(a), values.short(b) end
  if a == b then return nil end
  if falling then return b < a end
  return a < b
end

local function sort(source, keys, by)
  local name, falling = by:gsub("^%-", ""), by:match "^%-" ~= nil
  local of, place = {}, {}
  for i, key in ipairs(keys) do of[key], place[key] = source:value(key, name), i end
  table.sort(keys, function(a, b)
    local before = comes_before(of[a], of[b], falling)
    if before == nil then return place[a] < place[b] end
    return before
  end)
end

-- --- the query ----------------------------------------------------------------------------------------------------

local function satisfying(source, keys, condition)
  local kept = {}
  for _, key in ipairs(keys) do
    local matches, message = condition.matches(function(name) return source:value(key, name) end)
    if message then return nil, message end
    if matches then kept[#kept + 1] = key end
  end
  return kept
end

-- The message about a name that no run has.
local function unknown(source, condition, by)
  local names, option = condition and condition.names or {}, "--where"
  local known = source:known()
  local message = where.unknown(names, known, option)
  return message or by and where.unknown({ by }, known, "--sort")
end

-- What has become of the cells of the sweeps among some runs.
local function count_cells(source, runs)
  for _, run in ipairs(runs or {}) do
    if run.kind == "sweep" then run.counts = source:statuses(run.name) end
  end
end

local function select(source, o, condition)
  if not condition and not o.sort then
    return source:load(source:keys(o, o.last)), o.last and source:count(o)
  end
  if source:count {} == 0 then return {}, 0 end
  local message = unknown(source, condition, o.sort and o.sort:gsub("^%-", ""))
  if message then return nil, message end
  local keys = source:keys(o)
  if condition then
    keys, message = satisfying(source, keys, condition)
    if not keys then return nil, message end
  end
  local total = #keys
  if o.sort then sort(source, keys, o.sort) end
  if o.limit and o.limit < total then keys = table.move(keys, 1, o.limit, 1, {}) end
  if o.last and o.last < #keys then keys = table.move(keys, #keys - o.last + 1, #keys, 1, {}) end
  return source:load(keys), total
end

local function ask(source, o, condition)
  local runs, total = select(source, o, condition)
  if o.counts then count_cells(source, runs) end
  return runs, total
end

-- The results of `ask` after true, or false and an error: {message =} of an index that cannot be read.
local function try(source, o, condition)
  local ok, runs, total = pcall(ask, source, o, condition)
  source:close()
  return ok, runs, total
end

--- The runs that a query asks for.
-- @tparam table o `kind`, `experiment`, `status`, `sweep`, `tag`, `where`, `sort`, `limit`; `last`: only so many, the
-- last ones; `top`: without the cells of sweeps; `counts`: a sweep's field `counts` is to say how many cells have
--   which status
-- @treturn ?{table,...} or nil and a message
-- @treturn ?integer how many there are without `limit` and `last`, where these are given
function M.find(o)
  local condition, message
  if o.where then
    condition, message = where.compile(o.where)
    if not condition then return nil, message end
  end
  local source = index.open()
  local ok, runs, total = try(source or read_directories(), o, condition)
  if not ok and source and type(runs) == "table" then
    ok, runs, total = try(index.reopen(source, runs.message) or read_directories(), o, condition)
  end
  if not ok then error(type(runs) == "table" and runs.message or runs, 0) end
  if runs and o.limit and not condition and not o.sort and #runs > o.limit then
    runs = table.move(runs, 1, o.limit, 1, {})
  end
  return runs, total
end

return M
