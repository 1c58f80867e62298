--- Lua tables as JSON inside a page, where no text can end the element that holds it.
-- @module optlab.report.page.json
local html = require "optlab.report.page.html"
local json = require "optlab.base.json"
local number = require "optlab.base.number"
local order = require "optlab.base.order"

local M = {}

local write

local function write_list(out, list, n)
  out[#out + 1] = "["
  for i = 1, n do
    if i > 1 then out[#out + 1] = "," end
    write(out, list[i])
  end
  out[#out + 1] = "]"
end

local function write_object(out, object)
  out[#out + 1] = "{"
  for i, name in ipairs(order.names(object)) do
    out[#out + 1] = (i > 1 and "," or "") .. json.quote(html.clean(name)) .. ":"
    write(out, object[name])
  end
  out[#out + 1] = "}"
end

local function number_text(x)
  if x ~= x or x == math.huge or x == -math.huge then return "null" end
  return number.text(x, 14)
end

function write(out, value)
  local kind = type(value)
  if kind == "number" then
    out[#out + 1] = number_text(value)
  elseif kind == "string" then
    out[#out + 1] = json.quote(html.clean(value))
  elseif kind == "table" then
    local n = value.n or #value
    if n > 0 or next(value) == nil or value.n then write_list(out, value, n) else write_object(out, value) end
  else
    out[#out + 1] = kind == "boolean" and tostring(value) or "null"
  end
end

--- The text of a value. A table with members, or a field `n`, is a list (nil in it is null); numbers that are not
-- finite are null.
-- @param value
-- @treturn string without "<" and "&"
function M.encode(value)
  local out = {}
  write(out, value)
  return (table.concat(out):gsub("[<>&]", function(sign) return ("\\u%04x"):format(sign:byte()) end))
end

return M
