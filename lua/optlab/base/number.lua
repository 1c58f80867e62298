--- Numbers as text with a decimal point, in every locale. Whatever goes into a file, or comes from one, goes through
-- here: Lua's own `format`, `tostring` and `tonumber` obey os.setlocale, also a host program's.
-- @module optlab.base.number
local system = require("optlab.core").system

local M = {}

--- A number with at most `digits` significant digits, as %.9g writes it; an integer in full.
-- @tparam number x
-- @tparam integer digits
-- @treturn string
function M.text(x, digits)
  if math.type(x) == "integer" then return ("%d"):format(x) end
  return system.format_number(x, digits)
end

--- A number as `tostring` writes it: 14 digits, 2.0 with its fraction.
-- @tparam number x
-- @treturn string
function M.shown(x)
  local text = M.text(x, 14)
  return math.type(x) == "float" and text:find("^-?%d+$") and text .. ".0" or text
end

--- The number that a decimal text stands for: an integer where it is written as one and fits, else a float.
-- @function parse
-- @tparam string text `[+-] digits [. digits] [e [+-] digits]`
-- @treturn ?number nil if it is none
M.parse = system.parse_number

return M
