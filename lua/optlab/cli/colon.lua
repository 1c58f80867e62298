--- Methods that were called with a dot: net.parameters() in place of net:parameters().
-- @module optlab.cli.colon
local errors = require "optlab.base.errors"

local M = {}

-- The variable of that name as the function at a level sees it.
local function variable(level, name)
  local found, value
  for i = 1, 250 do
    local other, it = debug.getlocal(level + 1, i)
    if not other then break end
    if other == name then found, value = true, it end -- the last one of a name is the innermost
  end
  if found then return value end
  local fn = debug.getinfo(level + 1, "f").func
  for i = 1, 255 do
    local other, it = debug.getupvalue(fn, i)
    if not other then break end
    if other == name then return it end
  end
  return rawget(_G, name)
end

local function is_object(value)
  local mt = (type(value) == "userdata" or type(value) == "table") and debug.getmetatable(value)
  local name = type(mt) == "table" and rawget(mt, "__name")
  return type(name) == "string" and name:find("^optlab") ~= nil
end

local function field(value, name)
  local ok, it = pcall(function() return value[name] end)
  return ok and it or nil
end

-- What a path such as net.fc1 leads to from the function at a level.
local function value_of(level, path)
  local value
  for name in path:gmatch "[^.]+" do
    if value == nil then value = variable(level + 1, name) else value = field(value, name) end
    if value == nil then return nil end
  end
  return value
end

local function is_method(object, name)
  return is_object(object) and type(field(object, name)) == "function"
    and not (type(object) == "table" and rawget(object, name))
end

-- The script's line that was at work at a level.
local function source_line(info)
  local path = info.source:match "^@(.*)"
  local f = path and io.open(path)
  if not f then return "" end
  local number, found = 0, ""
  for line in f:lines() do
    number = number + 1
    if number == info.currentline then
      found = line
      break
    end
  end
  f:close()
  return found
end

--- "; methods are called with a colon: net:parameters(...)", or "" where that is not what is wrong.
-- @tparam integer level of the function that failed, 1 being the caller
-- @treturn string
function M.hint(level)
  for i = level + 1, 200 do
    local info = debug.getinfo(i, "Sl")
    if not info then return "" end
    if info.currentline > 0 and not errors.is_own(info) then
      for path, name in source_line(info):gmatch "%f[%w_.]([%a_][%w_.]*)%.([%a_][%w_]*)%s*[({\"']" do
        if is_method(value_of(i, path), name) then
          return ("; methods are called with a colon: %s:%s(...)"):format(path, name)
        end
      end
      return ""
    end
  end
  return ""
end

return M
