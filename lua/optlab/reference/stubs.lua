--- Entries as stubs for the Lua language server (LuaLS).
-- @module optlab.reference.stubs
local call = require "optlab.reference.call"

local M = {}

-- --- types ----------------------------------------------------------------------------------------------------------

-- The types of the kinds of arguments; those of `choice` and `list` depend on the row.
local TYPES = {
  number = "number", integer = "integer", scalar = "number", dimension = "integer", flag = "boolean",
  ["false"] = "false", string = "string", path = "string", text = "string|number", color = "string", style = "string",
  palette = "string", font = "string", extent = "(number|string)[]", cycle = "string|string[]",
  sizes = "optlab.Pair", shape = "integer|integer[]", tuple = "number[]", integers = "integer|integer[]",
  pair = "number[]", span = "number[]", vector = "optlab.Numbers", points = "number[][]|optlab.Tensor",
  matrix = "table|optlab.Tensor", array = "table|optlab.Tensor", images = "table|optlab.Tensor", tick = "table",
  columns = "(integer|string)[]", dtype = "optlab.DType", float_dtype = "optlab.Float", tensor = "optlab.Tensor",
  module = "optlab.Module", dataset = "optlab.Dataset|table", schedule = "optlab.Schedule",
  schedules = "optlab.Schedule[]",
  ["function"] = "function", callable = "function|table", table = "table", object = "any", any = "any", value = "any",
}

local function type_of_kind(kind, row)
  if kind == "choice" then
    if not row.choices then return "string" end -- a member of a list
    local words = {}
    for i, word in ipairs(row.choices) do words[i] = call.value(word) end
    return table.concat(words, "|")
  end
  if kind == "list" then
    local of = row.of and M.type { kind = row.of } or "number"
    return of:find("|", 1, true) and "(" .. of .. ")[]" or of .. "[]"
  end
  return assert(TYPES[kind], kind)
end

--- The type of an argument: "number|function".
-- @tparam table row
-- @treturn string
function M.type(row)
  local types, seen = {}, {}
  for kind in row.kind:gmatch("[^|]+") do
    local name = type_of_kind(kind, row)
    if not seen[name] then types[#types + 1] = name end
    seen[name] = true
  end
  return table.concat(types, "|")
end

-- --- options --------------------------------------------------------------------------------------------------------

--- The class of a function's table of options: "optlab.options.train.fit".
-- @tparam string callee
-- @treturn string
function M.class(callee)
  return "optlab.options." .. callee:gsub(": ", "."):gsub(":", "."):gsub(" ", "_")
end

local function comment(row)
  local default = call.default(row)
  if row.required or default == "" then return row.doc end
  return ("%s Default: %s."):format(row.doc, default)
end

-- The type of a field; a table that is declared by itself has a class of its own.
local function field_type(entry, row, known)
  local own = entry.callee .. ": " .. row.name
  return known[own] and M.class(own) or M.type(row)
end

--- Whether a call can have a table of options.
-- @tparam table entry
-- @treturn boolean
function M.has_options(entry)
  return #entry.args > entry.positions
end

--- The class of an entry's options.
-- @tparam table entry
-- @tparam[opt] {[string]=table,...} known entries by callee
-- @treturn string
function M.options(entry, known)
  local lines = { "---@class " .. M.class(entry.callee) }
  for i = entry.positions + 1, #entry.args do
    local row = entry.args[i]
    lines[#lines + 1] = ("---@field %s%s %s %s"):format(row.name, row.required and "" or "?",
      field_type(entry, row, known or {}), comment(row))
  end
  return table.concat(lines, "\n") .. "\n"
end

-- --- functions ------------------------------------------------------------------------------------------------------

local INPUTS = { params = "optlab.Params", optimizer = "optlab.Optimizer" } -- the others are tensors

local function params_of(entry)
  local params = {}
  for _, name in ipairs(entry.inputs) do params[#params + 1] = { name, INPUTS[name] or "optlab.Tensor", "" } end
  for i, row in ipairs(entry.args) do
    if i > entry.positions then break end
    params[#params + 1] = { row.name .. (row.required and "" or "?"), M.type(row), " " .. comment(row) }
  end
  return params
end

-- The options of layers, functionals and initializers may be given by position too: the first one or the table.
local function add_options(params, entry, by_position)
  if not M.has_options(entry) then return end
  local class = M.class(entry.callee)
  if not by_position then
    local needed = entry.args[entry.positions + 1].required
    params[#params + 1] = { needed and "options" or "options?", class, "" }
    return
  end
  for i = entry.positions + 1, #entry.args do
    local row = entry.args[i]
    local types = M.type(row) .. (i == entry.positions + 1 and "|" .. class or "")
    params[#params + 1] = { row.name .. "?", types, " " .. comment(row) }
  end
end

--- A function of a space.
-- @tparam table entry
-- @tparam string returns its type
-- @tparam boolean by_position whether all arguments may be given by position
-- @treturn string
function M.definition(entry, returns, by_position)
  local lines = { "---" .. entry.doc }
  if entry.equation then
    lines[#lines + 1] = "---"
    for line in entry.equation:gmatch("[^\n]*") do lines[#lines + 1] = "---     " .. line end
    lines[#lines + 1] = "---"
  end
  local params, names = params_of(entry), {}
  add_options(params, entry, by_position)
  for i, param in ipairs(params) do
    lines[#lines + 1] = ("---@param %s %s%s"):format(param[1], param[2], param[3])
    names[i] = param[1]:gsub("%?$", "")
  end
  lines[#lines + 1] = "---@return " .. returns
  lines[#lines + 1] = ("function %s.%s(%s) end"):format(entry.space:match("[%w_]+$"), entry.name,
    table.concat(names, ", "))
  return table.concat(lines, "\n") .. "\n"
end

return M
