--- What a script declares about its parameters: a list of entries {name, kind, default, help, choices, min, max},
-- sorted by name.
-- @module optlab.params.declaration
local args = require "optlab.base.args"
local errors = require "optlab.base.errors"
local json = require "optlab.base.json"
local options = require "optlab.params.options"
local order = require "optlab.base.order"
local values = require "optlab.params.values"

local M = {}

local FN = "lab.params"
local KINDS = { "integer", "number", "boolean", "string", "list" }

local ENTRY = args.declare(FN .. ": a parameter", {
  doc = "A parameter of lab.params that is written as a table.",
  { "default", "any", doc = "The value without an option on the command line; its type is the parameter's." },
  { "help", "string", doc = "A line for --help." },
  { "choices", "list", of = { "any" }, doc = "The values that are allowed." },
  { "min", "number", doc = "The least number that is allowed." },
  { "max", "number", doc = "The greatest number that is allowed." },
  { "type", "choice", choices = KINDS,
    doc = "The type, if there is no default or if it differs from the default's." },
})
local FIELDS = ENTRY:names()

-- --- declarations -------------------------------------------------------------------------------------------------

local function kind_of(default)
  local kind = math.type(default) == "float" and "number" or math.type(default) or type(default)
  return kind == "table" and "list" or kind
end

local function is_description(value)
  if type(value) ~= "table" then return false end
  for _, field in ipairs(FIELDS) do
    if value[field] ~= nil then return true end
  end
  return false
end

local function check_name(name)
  if type(name) ~= "string" or not name:match("^%a[%w_]*$") then
    errors.raise("%s: a parameter is written name = default, got the name %s", FN, errors.shown(name))
  end
  local flag = "--" .. name:gsub("_", "-")
  for _, row in ipairs(options.COMMON) do
    if row[1] == flag and flag ~= "--seed" then
      errors.raise("%s: '%s' is an option of every script; use another name", FN, name)
    end
  end
  if name == "help" then errors.raise("%s: 'help' is taken by --help; use another name", FN) end
end

-- One entry of the caller's table as {name, kind, default, help, choices, min, max}.
local function declare(name, value)
  check_name(name)
  local fn = FN .. ": " .. name
  local entry = ENTRY:called(fn):read(is_description(value) and value or { default = value })
  if entry.default == nil and not entry.type then errors.raise("%s: give a default or a type", fn) end
  entry.name = name
  entry.kind = args.check(fn, "type", entry.type or kind_of(entry.default), "choice", { choices = KINDS })
  return entry
end

local function check_default(entry)
  local wrong = entry.default ~= nil and values.violation(entry, entry.default)
  if not wrong then return end
  errors.raise("%s: the default of '%s' must be %s, got %s", FN, entry.name, wrong, values.text(entry.default))
end

--- Reads the table of a script's parameters; raises an error where it means nothing.
-- @tparam table spec defaults or descriptions by name
-- @treturn {table,...} entries
function M.read(spec)
  local list = {}
  for name, value in pairs(spec) do list[#list + 1] = declare(name, value) end
  table.sort(list, function(a, b) return order.less(a.name, b.name) end)
  for _, entry in ipairs(list) do check_default(entry) end
  return list
end

--- The entry of --seed, which every script has.
M.SEED = { name = "seed", kind = "integer", default = 0, min = 0, help = "seed of all random numbers" }

--- The declaration for another program: `optlab x.lua --parameters`.
-- @tparam {table,...} list entries
-- @treturn string JSON: a list of {"name", "type", "default", "min", "max", "choices", "help"}
function M.encode(list)
  local rows = {}
  for i, entry in ipairs(list) do
    local default = type(entry.default) == "table" and json.array(entry.default) or entry.default
    rows[i] = {
      name = entry.name, type = entry.kind, default = default, min = entry.min, max = entry.max, help = entry.help,
      choices = entry.choices and json.array(entry.choices),
    }
  end
  return json.encode(json.array(rows))
end

--- The entries of such a text.
-- @tparam string text
-- @treturn ?{table,...} entries, or nil and a message
function M.decode(text)
  local rows, message = json.decode(text)
  if not rows then return nil, message end
  if not json.is_array(rows) then return nil, "it is no list" end
  rows = json.plain(rows)
  for _, row in ipairs(rows) do row.kind, row.type = row.type, nil end
  return rows
end

return M
