--- The lines of an SVG picture in fewer bytes: gnuplot writes each point in full, here it is the way from the point
-- before. No digit is lost, for the ways are computed in hundredths of a pixel, as gnuplot writes points.
-- @module optlab.plot.draw.svg
local M = {}

-- Hundredths of a pixel as SVG takes them at the shortest: "12", "-.5", "3.07".
local texts = setmetatable({}, { __index = function(self, v)
  local whole, rest = math.abs(v) // 100, math.abs(v) % 100
  local digits = rest == 0 and "" or rest % 10 == 0 and (".%d"):format(rest // 10) or (".%02d"):format(rest)
  local text = (v < 0 and "-" or "") .. (whole == 0 and digits ~= "" and "" or ("%d"):format(whole)) .. digits
  if math.abs(v) < 10000 then self[v] = text end
  return text
end })

local function hundredths(text)
  return math.floor(tonumber(text) * 100 + 0.5)
end

-- The way to a point, after "l" or another way: a minus sign separates numbers, too.
local function way(dx, dy, first)
  local x, y = texts[dx], texts[dy]
  return (first and "l" or dx < 0 and "" or " ") .. x .. (dy < 0 and "" or ",") .. y
end

-- A path of straight lines, or nil where it has others.
local function shorter(path)
  if path:find "[^MLZ%d%.,%-%s]" then return nil end
  local out, x0, y0, first = {}, 0, 0, true
  for command, x, y, close in path:gmatch "([ML])%s*(%-?[%d%.]+),(%-?[%d%.]+)%s*(Z?)" do
    x, y = hundredths(x), hundredths(y)
    if command == "M" then
      out[#out + 1], first = "M" .. texts[x] .. "," .. texts[y], true
    else
      out[#out + 1], first = way(x - x0, y - y0, first), false
    end
    if close == "Z" then out[#out + 1] = close end
    x0, y0 = x, y
  end
  return "d='" .. table.concat(out) .. "'"
end

--- The picture in fewer bytes.
-- @string bytes of gnuplot's svg terminal
-- @treturn string
function M.shorter(bytes)
  return (bytes:gsub("%f[%w]d='([^']*)'", shorter))
end

return M
