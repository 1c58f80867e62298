--- Loops over what is no iterator: for x in list do.
-- @module optlab.cli.iterator
local errors = require "optlab.base.errors"

local M = {}

-- What the innermost loop at a level runs over: the first of the four hidden variables that Lua gives such a loop.
local function looped(level)
  local hidden = {}
  for i = 1, 250 do
    local name, value = debug.getlocal(level + 1, i)
    if not name then break end
    if name == "(for state)" then hidden[#hidden + 1] = { value } end
  end
  local first = hidden[#hidden - 3]
  return first and first[1]
end

local function has_batches(value)
  local ok, it = pcall(function() return value.batches end)
  return ok and type(it) == "function"
end

--- "; in Lua: for i, x in ipairs(list) do ... end", or what fits the value in the list's place.
-- @tparam integer level of the function that failed, 1 being the caller
-- @treturn string
function M.hint(level)
  local value
  for i = level + 1, 200 do
    local info = debug.getinfo(i, "Sl")
    if not info then break end
    if info.currentline > 0 and not errors.is_own(info) then
      value = looped(i)
      break
    end
  end
  if has_batches(value) then return "; in Lua: for X, y in loader:batches() do ... end" end
  local named = type(value) == "table" and rawlen(value) == 0 and next(value) ~= nil
  if named then return "; in Lua: for name, x in pairs(table) do ... end" end
  return "; in Lua: for i, x in ipairs(list) do ... end"
end

return M
