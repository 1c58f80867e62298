--- The results of train.sweep as a list that can be grouped and summed up.
--
--    local results = train.sweep { ... }
--    for _, g in ipairs(results:group "lr") do print(g.run.lr, g:mean(), g:std(), g:median(), #g) end
--    print(results:table { by = { "lr" } })
--
-- A quantity is a number of each result ("loss"), or the last entry of a list ("train_loss", "test_acc"). A run that
-- diverged, or whose number is not finite, makes mean and standard deviation nan; the median takes it for the worst.
-- @module optlab.train.sweep_results
local args = require "optlab.base.args"
local errors = require "optlab.base.errors"
local order = require "optlab.base.order"
local short = require "optlab.base.short"
local statistics = require "optlab.base.statistics"
local table_text = require "optlab.base.text.table"

local M = {}

local Results = { __name = "optlab.SweepResults" }
Results.__index = errors.strict(Results, "the list of results", { run = false, shared = false })

local QUANTITY = { "quantity", "string", default = "loss",
  doc = "A number of each result, or a list, of which the last entry counts: \"loss\", \"train_loss\", \"test_acc\"." }

local function declare(name, doc)
  return args.declare("SweepResults:" .. name, { doc = doc, positions = 1, QUANTITY })
end

local MEAN = declare("mean", "The mean over the runs; nan if one of them diverged.")
local STD = declare("std",
  "The standard deviation over the runs (with n - 1); nan if one of them diverged, or is alone.")
local MEDIAN = declare("median", "The median over the runs, in which one that diverged counts as the worst.")

local GROUP = args.declare("SweepResults:group", {
  doc = "The results in groups with the same value of a parameter, in the order in which the values first occur; each "
    .. "group is such a list again, and its field `run` has the parameters that all of its runs have in common.",
  positions = 1,
  { "by", "string|list", of = { "string" }, required = true, doc = "A parameter's name, or several." },
})

local TABLE = args.declare("SweepResults:table", {
  doc = "A table as text with a row for each group: its parameters, the number of runs and of those that diverged, "
    .. "median, mean and standard deviation.",
  { "by", "string|list", of = { "string" },
    doc = "The parameters that make the groups; by default all but the seed." },
  QUANTITY,
  { "format", "choice", choices = table_text.FORMATS, default = "text", doc = "The form of the table." },
})

local NAN = -(0 / 0)

-- --- numbers --------------------------------------------------------------------------------------------------------

-- The number of a result; infinity, or minus infinity where more is better, for a run that diverged.
local function value_of(result, quantity)
  local value = rawget(result, quantity)
  if type(value) == "table" then value = value[#value] end
  if type(value) ~= "number" then
    local names = {}
    for name, other in pairs(result) do
      if type(other) == "number" or (type(other) == "table" and type(other[1]) == "number") then
        names[#names + 1] = name
      end
    end
    errors.raise("train.sweep: the results have no number '%s'%s (they have %s)", quantity,
      errors.hint(quantity, names), table.concat(order.sort(names), ", "))
  end
  if result.diverged or value ~= value then return nil end
  return value
end

local RISES = { acc = true }

local function worst(quantity)
  local metric = quantity:match("_(%w+)$") or quantity
  return (RISES[metric] or metric:match("^top%d+$")) and -math.huge or math.huge
end

local function values(self, quantity)
  local list, complete = {}, true
  for i, result in ipairs(self) do
    local value = value_of(result, quantity)
    complete = complete and value ~= nil and statistics.finite(value)
    list[i] = value or worst(quantity)
  end
  return list, complete and #list > 0
end

--- The mean.
-- @tparam[opt="loss"] string quantity
-- @treturn number
function Results:mean(...)
  local list, complete = values(self, MEAN:read(...).quantity)
  return complete and (statistics.moments(list)) or NAN
end

--- The standard deviation.
-- @tparam[opt="loss"] string quantity
-- @treturn number
function Results:std(...)
  local list, complete = values(self, STD:read(...).quantity)
  return complete and select(2, statistics.moments(list)) or NAN
end

--- The median.
-- @tparam[opt="loss"] string quantity
-- @treturn number
function Results:median(...)
  local list = values(self, MEDIAN:read(...).quantity)
  return #list > 0 and statistics.median(list) or NAN
end

-- --- groups ---------------------------------------------------------------------------------------------------------

-- The fields of a table that stand behind its list.
local function names_in(t)
  local names, by_name = {}, {}
  for key, value in pairs(t) do
    if math.type(key) ~= "integer" or key < 1 or key > #t then
      names[#names + 1], by_name[tostring(key)] = tostring(key), value
    end
  end
  return order.sort(names), by_name
end

-- A value as text; `write` writes what is no table.
local function text_of(value, write)
  if type(value) ~= "table" then return write(value) end
  local parts, names, by_name = {}, names_in(value)
  for i, member in ipairs(value) do parts[i] = text_of(member, write) end
  for _, name in ipairs(names) do parts[#parts + 1] = name .. " = " .. text_of(by_name[name], write) end
  return "{" .. table.concat(parts, ", ") .. "}"
end

-- As a table shows it: six digits.
local function shown(value)
  if value == nil then return "" end
  return math.type(value) == "float" and ("%.6g"):format(value) or tostring(value)
end

-- As part of a key: all digits, so that different values are different texts, and 1 is 1.0.
local function whole(value)
  if type(value) == "string" then return ("%q"):format(value) end
  return math.type(value) == "float" and ("%.17g"):format(value) or tostring(value)
end

local function key_of(run, names)
  local parts = {}
  for i, name in ipairs(names) do parts[i] = text_of(run[name], whole) end
  return table.concat(parts, "\0")
end

-- The names of all parameters: a run need not have each of them.
local function parameter_names(self)
  local seen, names = {}, {}
  for _, result in ipairs(self) do
    for name in pairs(result.run) do
      if not seen[name] then names[#names + 1] = name end
      seen[name] = true
    end
  end
  return names, seen
end

local function check_names(self, names)
  if #self == 0 then return end
  local known, is_known = parameter_names(self)
  for _, name in ipairs(names) do
    if not is_known[name] then
      local hint = errors.hint(name, known)
      if hint == "" then hint = (" (they have %s)"):format(table.concat(order.sort(known), ", ")) end
      errors.raise("SweepResults:group: the runs have no parameter '%s'%s", name, hint)
    end
  end
end

-- The parameters that all runs of a list have in common.
local function common(list)
  local run = {}
  for name, value in pairs(list[1].run) do
    local key, same = text_of(value, whole), true
    for _, result in ipairs(list) do same = same and text_of(result.run[name], whole) == key end
    if same then run[name] = value end
  end
  return run
end

--- The results in groups.
-- @tparam string|{string,...} by
-- @treturn {SweepResults,...}
function Results:group(...)
  local by = GROUP:read(...).by
  local names = type(by) == "table" and by or { by }
  check_names(self, names)
  local groups, place = {}, {}
  for _, result in ipairs(self) do
    local key = key_of(result.run, names)
    if not place[key] then
      place[key] = #groups + 1
      groups[#groups + 1] = {}
    end
    table.insert(groups[place[key]], result)
  end
  for i, list in ipairs(groups) do
    groups[i] = M.new(list)
    groups[i].run = common(list)
  end
  return groups
end

-- All parameters but the seed.
local function all_names(self)
  local names = {}
  for _, name in ipairs((parameter_names(self))) do
    if name ~= "seed" then names[#names + 1] = name end
  end
  return order.sort(names)
end

--- A table of the groups.
-- @tparam[opt] table options see the declaration above
-- @treturn string lines
function Results:table(...)
  local o = TABLE:read(...)
  local names = o.by == nil and all_names(self) or type(o.by) == "table" and o.by or { o.by }
  local columns, rows = {}, {}
  for i, name in ipairs(names) do columns[i] = { title = name, align = "right" } end
  for _, title in ipairs { "runs", "diverged", "median " .. o.quantity, "mean", "std" } do
    columns[#columns + 1] = { title = title, align = "right" }
  end
  for i, group in ipairs(self:group(names)) do
    local row, diverged = {}, 0
    for k, name in ipairs(names) do row[k] = text_of(group.run[name], shown) end
    for _, result in ipairs(group) do diverged = diverged + (result.diverged and 1 or 0) end
    table.move({
      tostring(#group), tostring(diverged), short.number(group:median(o.quantity)),
      short.number(group:mean(o.quantity)), short.number(group:std(o.quantity)),
    }, 1, 5, #names + 1, row)
    rows[i] = row
  end
  return table_text.render(columns, rows, { format = o.format })
end

function Results:__tostring() return ("results of train.sweep (%d runs)"):format(#self) end

-- All numbers of a result, as text.
local function numbers_of(result)
  local numbers, names = {}, names_in(result)
  for _, name in ipairs(names) do
    if name ~= "run" and name ~= "model" then numbers[#numbers + 1] = text_of(result[name], whole) end
  end
  return table.concat(numbers, " ")
end

--- A parameter whose values make no difference: wherever runs differ in it alone they have the same numbers, to the
-- bit. It is one that nothing reads.
-- @tparam {table,...} results
-- @tparam {string,...} names
-- @treturn ?string the first of them
function M.idle(results, names)
  for k, name in ipairs(names) do
    local others, first, pairs_seen, idle = table.move(names, 1, #names, 1, {}), {}, false, true
    table.remove(others, k)
    for _, result in ipairs(results) do
      local key = key_of(result.run, others)
      local seen = first[key] or result
      first[key] = seen
      if key_of(seen.run, { name }) ~= key_of(result.run, { name }) then
        pairs_seen, idle = true, numbers_of(seen) == numbers_of(result)
        if not idle then break end
      end
    end
    if pairs_seen and idle then return name end
  end
  return nil
end

--- Makes such a list.
-- @tparam {table,...} results of runs
-- @tparam ?integer shared how many of them went through a plan together with others
-- @treturn SweepResults the same table
function M.new(results, shared)
  results.shared = shared
  return setmetatable(results, Results)
end

return M
