--- Conditions on runs: "lr < 0.1 and loss < 0.25", a Lua expression over what is known of a run.
--
-- A name means, the first that the run has: number, name, experiment, kind, status, seed, seconds, started, host,
-- sweep; `tags`, a table {[tag] = true}; a parameter; a final quantity. `parameters` and `final` are the tables of
-- these, for names that are not Lua names: `final["adam.loss"] < 0.25`. A run that lacks a name of the expression
-- does not match. A name that no run has is an error.
-- @module optlab.runs.where
local errors = require "optlab.base.errors"
local order = require "optlab.base.order"

local M = {}

--- What the status of a run may be.
M.STATUS = { "running", "done", "failed", "diverged", "interrupted", "damaged" }

--- Names that every run may have.
M.FIELDS = {
  "number", "name", "experiment", "kind", "status", "seed", "seconds", "started", "host", "sweep",
}

local FUNCTIONS = {
  abs = math.abs, ceil = math.ceil, exp = math.exp, floor = math.floor, huge = math.huge, log = math.log,
  max = math.max, min = math.min, sqrt = math.sqrt, tostring = tostring, tonumber = tonumber,
}

local KEYWORDS = {}
for word in ("and or not true false nil if then else end function local return while do for in repeat until goto break")
  :gmatch "%a+" do KEYWORDS[word] = true end

-- --- the expression -----------------------------------------------------------------------------------------------

-- The names in an expression, without those in strings and behind a dot.
local function names_in(text)
  local names, seen = {}, {}
  text = text:gsub("\\.", ""):gsub('"[^"]*"', '""'):gsub("'[^']*'", "''")
  for dot, name in text:gmatch "([.:]?)%f[%w_]([%a_][%w_]*)" do
    if dot == "" and not KEYWORDS[name] and not FUNCTIONS[name] and not seen[name] then
      names[#names + 1], seen[name] = name, true
    end
  end
  return names
end

-- What is wrong with an expression, in words that help.
local function explain(text, message)
  if text:find "!=" then return "inequality is written ~=" end
  if text:find "[^=<>~]=[^=]" then return "equality is written ==" end
  if text:find "&&" or text:find "||" then return "conditions are joined by 'and', 'or'" end
  return (message:gsub("^[^:]*:%d+: ", ""))
end

--- Reads an expression.
-- @tparam string text
-- @treturn ?table {names =, matches = function(get)}, or nil and a message. `get(name)` gives a run's value
function M.compile(text)
  if not text:find "%S" then return nil, "--where needs a condition, such as 'lr < 0.1'" end
  local env, get = setmetatable({}, {}), nil
  getmetatable(env).__index = function(_, name)
    if FUNCTIONS[name] then return FUNCTIONS[name] end
    local value = get(name)
    if value == nil then error(M, 0) end -- does not match
    return value
  end
  local fn, message = load("return " .. text, "=where", "t", env)
  if not fn then return nil, ("--where '%s': %s"):format(text, explain(text, message)) end
  return {
    names = names_in(text),
    matches = function(of_run)
      get = of_run
      local ok, result = pcall(fn)
      if ok then return result and true or false end
      if result == M then return false end
      if type(result) == "table" then error(result, 0) end -- of `get`
      return nil, ("--where '%s': %s"):format(text, tostring(result):gsub("^[^:]*:%d+: ", ""))
    end,
  }
end

-- --- a run's values -----------------------------------------------------------------------------------------------

local function set_of(list)
  local set = {}
  for _, name in ipairs(list) do set[name] = true end
  return set
end

--- The value of a name for a run.
-- @tparam table run
-- @tparam string name
-- @return a value, or nil
function M.value(run, name)
  if name == "tags" then return set_of(run.tags) end
  if name == "parameters" or name == "final" then return run[name] end
  for _, field in ipairs(M.FIELDS) do
    if field == name then return run[name] end
  end
  local value = run.parameters[name]
  if value == nil then value = run.final[name] end
  return value
end

--- The names that some runs have, for guesses.
-- @tparam {table,...} runs
-- @treturn {[string]=true,...}
function M.known(runs)
  local known = { tags = true, parameters = true, final = true }
  for _, field in ipairs(M.FIELDS) do known[field] = true end
  for _, run in ipairs(runs) do
    for name in pairs(run.parameters) do known[name] = true end
    for name in pairs(run.final) do known[name] = true end
  end
  return known
end

--- The message about a name that no run has; nil if all are known.
-- @tparam {string,...} names
-- @tparam {[string]=true,...} known
-- @tparam string option "--where" or "--sort"
-- @treturn ?string
function M.unknown(names, known, option)
  for _, name in ipairs(names) do
    if not known[name] then
      local list = order.names(known)
      local hint = errors.hint(name, list)
      if hint == "" then hint = "; there are: " .. table.concat(list, ", ") end
      return ("%s: no run has '%s'%s"):format(option, name, hint)
    end
  end
  return nil
end

return M
