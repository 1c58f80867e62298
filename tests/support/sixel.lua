--- Reads sixels back: the pixels of a picture.
local M = {}

--- @return width, height, a function (x, y) that gives {r, g, b} in percent or nil
function M.decode(text)
  local width, height, body = text:match("^\27?P[%d;]*q\"1;1;(%d+);(%d+)([^\27]*)")
  assert(width, "no sixel picture")
  local colours, pixels, colour = {}, {}, nil
  local x, band, at = 0, 0, 1
  local function column(char, n)
    local bits = char:byte() - 63
    assert(bits >= 0 and bits < 64)
    for i = 0, n - 1 do
      for j = 0, 5 do
        if bits >> j & 1 == 1 then pixels[(6 * band + j) * 100000 + x + i] = assert(colours[colour]) end
      end
    end
    x = x + n
  end
  local rules = {
    { "^#(%d+);2;(%d+);(%d+);(%d+)()", function(i, r, g, b)
      colours[i] = { tonumber(r), tonumber(g), tonumber(b) }
    end },
    { "^#(%d+)()", function(i) colour = i end },
    { "^!(%d+)(.)()", function(n, char) column(char, tonumber(n)) end },
    { "^%$()", function() x = 0 end },
    { "^%-()", function() x, band = 0, band + 1 end },
    { "^([?-~])()", function(char) column(char, 1) end },
  }
  while at <= #body do
    local found
    for _, rule in ipairs(rules) do
      found = { body:match(rule[1], at) }
      if found[1] then
        rule[2](table.unpack(found))
        break
      end
    end
    at = assert(found[#found], "not a sixel: " .. body:sub(at, at + 10))
  end
  return tonumber(width), tonumber(height), function(px, py) return pixels[py * 100000 + px] end
end

return M
