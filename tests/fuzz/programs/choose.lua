--- Random choices for programs: a generator of its own, so that a seed gives one program whatever else draws numbers.
local M = {}
M.__index = M

-- splitmix64
local function next_bits(self)
  self.state = self.state + 0x9E3779B97F4A7C15
  local z = self.state
  z = (z ~ z >> 30) * 0xBF58476D1CE4E5B9
  z = (z ~ z >> 27) * 0x94D049BB133111EB
  return z ~ z >> 31
end

function M.new(seed)
  local self = setmetatable({ state = seed }, M)
  self.state = next_bits(self) -- neighbouring seeds must not give neighbouring streams
  return self
end

--- An integer from a to b.
function M:int(a, b) return a + (next_bits(self) >> 1) % (b - a + 1) end

--- A number in [0, 1).
function M:unit() return (next_bits(self) >> 11) * 2.0 ^ -53 end

--- True with probability p.
function M:chance(p) return self:unit() < p end

--- One of a list.
function M:of(list) return list[self:int(1, #list)] end

--- One of {{weight, value}, ...}.
function M:weighted(list)
  local total = 0
  for _, entry in ipairs(list) do total = total + entry[1] end
  local at = self:unit() * total
  for _, entry in ipairs(list) do
    at = at - entry[1]
    if at < 0 then return entry[2] end
  end
  return list[#list][2]
end

--- The numbers 1..n in random order.
function M:order(n)
  local list = {}
  for i = 1, n do list[i] = i end
  for i = n, 2, -1 do
    local j = self:int(1, i)
    list[i], list[j] = list[j], list[i]
  end
  return list
end

return M
