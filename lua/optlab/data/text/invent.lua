--- A text made up by the program: sentences of words that follow each other with certain frequencies, so that a model
-- of characters has something to learn: spelling, word ends, which word follows which, punctuation.
--
-- It is a pure function of its length: the same text in every run, a longer one begins with the shorter ones.
-- @module optlab.data.text.invent
local STARTS = { "b", "br", "c", "ch", "d", "f", "g", "gr", "h", "l", "m", "n", "p", "pr", "r", "s", "sh", "st", "t",
  "th", "v", "w" }
local MIDDLES = { "a", "e", "i", "o", "u", "ea", "ou", "ai" }
local ENDS = { "", "n", "r", "s", "t", "nd", "st", "ll", "m", "ck" }
local SMALL = { "the", "of", "and", "to", "in", "a", "that", "was", "he", "it", "his", "with", "for", "had", "not",
  "but", "at", "by", "from", "they" }
local WORDS, FOLLOWERS = 600, 12

-- A generator of its own: 64 bits (Steele et al., SplitMix64).
local function generator(seed)
  local state = seed
  return function(n)
    state = state + 0x9E3779B97F4A7C15
    local z = state
    z = (z ~ (z >> 30)) * 0xBF58476D1CE4E5B9
    z = (z ~ (z >> 27)) * 0x94D049BB133111EB
    return ((z ~ (z >> 31)) >> 33) % n + 1
  end
end

local function word(draw)
  local parts = {}
  for _ = 1, draw(3) do
    parts[#parts + 1] = STARTS[draw(#STARTS)] .. MIDDLES[draw(#MIDDLES)]
  end
  return table.concat(parts) .. ENDS[draw(#ENDS)]
end

-- The words, and for each the words that follow it, the first ones more often.
local function language()
  local draw = generator(1869)
  local words, followers = { table.unpack(SMALL) }, {}
  while #words < WORDS do words[#words + 1] = word(draw) end
  for i = 1, WORDS do
    followers[i] = {}
    for k = 1, FOLLOWERS do
      local small = i > #SMALL and draw(3) == 1
      followers[i][k] = small and draw(#SMALL) or draw(WORDS)
    end
  end
  return words, followers
end

local function sentence(draw, words, followers)
  local parts, at = {}, draw(WORDS)
  for i = 1, 4 + draw(14) do
    local text = words[at]
    if i > 1 and draw(12) == 1 then parts[#parts] = parts[#parts] .. "," end
    parts[i] = i == 1 and text:sub(1, 1):upper() .. text:sub(2) or text
    at = followers[at][math.min(draw(FOLLOWERS), draw(FOLLOWERS))]
  end
  local mark = draw(10)
  return table.concat(parts, " ") .. (mark == 1 and "?" or mark == 2 and "!" or ".")
end

--- @tparam integer n characters
-- @treturn string
return function(n)
  local draw = generator(1812)
  local words, followers = language()
  local parts, length = {}, 0
  while length < n do
    local text = sentence(draw, words, followers) .. (draw(6) == 1 and "\n" or " ")
    parts[#parts + 1], length = text, length + #text
  end
  return table.concat(parts):sub(1, n)
end
