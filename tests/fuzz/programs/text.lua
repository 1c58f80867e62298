--- Numbers and sizes as Lua writes them.
local M = {}

--- A number that reads back as the same: integers without a point, floats with all digits that they need.
function M.number(v)
  if math.type(v) == "integer" then return v == math.mininteger and "math.mininteger" or ("%d"):format(v) end
  if v ~= v then return "0/0" end
  if v == 0 then return 1 / v < 0 and "-0.0" or "0.0" end
  if v == math.huge then return "1/0" end
  if v == -math.huge then return "-1/0" end
  local short = ("%.4g"):format(v)
  return tonumber(short) == v and short or ("%.17g"):format(v)
end

--- Sizes, one after another.
function M.sizes(shape) return table.concat(shape, ", ") end

return M
