--- How well one colour can be seen on another, as the Web's accessibility guidelines (WCAG 2) define it.
-- @module optlab.plot.look.contrast
local M = {}

local function linear(c)
  c = c / 255
  return c <= 0.04045 and c / 12.92 or ((c + 0.055) / 1.055) ^ 2.4
end

--- The luminance of a colour, from 0 (black) to 1 (white).
-- @tparam number r from 0 to 255
-- @tparam number g
-- @tparam number b
-- @treturn number
function M.luminance(r, g, b) return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b) end

--- The contrast of two luminances, from 1 (none) to 21.
-- @tparam number a
-- @tparam number b
-- @treturn number
function M.ratio(a, b) return (math.max(a, b) + 0.05) / (math.min(a, b) + 0.05) end

return M
