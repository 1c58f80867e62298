--- How far apart two colours are to the eye, as the colour-blind see them too.
-- Deficiencies are those of Machado, Oliveira and Fernandes (2009), in full; distances are CIEDE2000 (Sharma, Wu and
-- Dalal, 2005), where about 2 can just be seen between areas that touch.
local M = {}

M.VISIONS = {
  { "normal", { 1, 0, 0, 0, 1, 0, 0, 0, 1 } },
  { "protanopia", { 0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998 } },
  { "deuteranopia", { 0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881 } },
  { "tritanopia", { 1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900 } },
}

local function product(m, v)
  local out = {}
  for i = 0, 2 do out[i + 1] = m[3 * i + 1] * v[1] + m[3 * i + 2] * v[2] + m[3 * i + 3] * v[3] end
  return out
end

-- "#rrggbb" in amounts of light.
local function linear(color)
  local out = {}
  for hex in color:gmatch("%x%x") do
    local c = tonumber(hex, 16) / 255
    out[#out + 1] = c <= 0.04045 and c / 12.92 or ((c + 0.055) / 1.055) ^ 2.4
  end
  return out
end

local XYZ = { 0.4124564, 0.3575761, 0.1804375, 0.2126729, 0.7151522, 0.0721750, 0.0193339, 0.1191920, 0.9503041 }

local function curve(t)
  return t > 216 / 24389 and t ^ (1 / 3) or (24389 / 27 * t + 16) / 116
end

--- CIELAB of a colour.
-- @string color "#rrggbb"
-- @tparam {number,...} vision a matrix of @{VISIONS}
-- @treturn {number,number,number} L, a, b
function M.lab(color, vision)
  local light = product(vision, linear(color))
  for i, v in ipairs(light) do light[i] = math.max(0, math.min(1, v)) end
  local xyz = product(XYZ, light)
  local x, y, z = curve(xyz[1] / 0.95047), curve(xyz[2]), curve(xyz[3] / 1.08883)
  return { 116 * y - 16, 500 * (x - y), 200 * (y - z) }
end

--- The contrast of two colours as the Web's accessibility guidelines define it, 1 to 21.
function M.contrast(p, q)
  local function luminance(color) return product(XYZ, linear(color))[2] end
  local a, b = luminance(p), luminance(q)
  return (math.max(a, b) + 0.05) / (math.min(a, b) + 0.05)
end

local function hue(a, b) return math.deg(math.atan(b, a)) % 360 end

--- CIEDE2000 of two colours in CIELAB.
function M.distance(p, q)
  local seventh = ((math.sqrt(p[2] ^ 2 + p[3] ^ 2) + math.sqrt(q[2] ^ 2 + q[3] ^ 2)) / 2) ^ 7
  local stretch = 1.5 - 0.5 * math.sqrt(seventh / (seventh + 25 ^ 7))
  local a1, a2 = p[2] * stretch, q[2] * stretch
  local c1, c2 = math.sqrt(a1 ^ 2 + p[3] ^ 2), math.sqrt(a2 ^ 2 + q[3] ^ 2)
  local h1, h2 = hue(a1, p[3]), hue(a2, q[3])
  local turn = c1 * c2 == 0 and 0 or (h2 - h1 + 180) % 360 - 180
  local dl, dc, dh = q[1] - p[1], c2 - c1, 2 * math.sqrt(c1 * c2) * math.sin(math.rad(turn / 2))
  local l, c, h = (p[1] + q[1]) / 2, (c1 + c2) / 2, h1 + turn / 2
  local function cosine(angle) return math.cos(math.rad(angle)) end
  local t = 1 - 0.17 * cosine(h - 30) + 0.24 * cosine(2 * h) + 0.32 * cosine(3 * h + 6) - 0.2 * cosine(4 * h - 63)
  local sl = 1 + 0.015 * (l - 50) ^ 2 / math.sqrt(20 + (l - 50) ^ 2)
  local sc, sh = 1 + 0.045 * c, 1 + 0.015 * c * t
  local turned = 30 * math.exp(-(((h % 360) - 275) / 25) ^ 2)
  local rotation = -2 * math.sqrt(c ^ 7 / (c ^ 7 + 25 ^ 7)) * math.sin(math.rad(2 * turned))
  return math.sqrt((dl / sl) ^ 2 + (dc / sc) ^ 2 + (dh / sh) ^ 2 + rotation * dc / sc * dh / sh)
end

return M
