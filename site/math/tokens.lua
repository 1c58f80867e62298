--- The words and signs of an equation as the declarations write it: "p <- p - lr m / (1 - beta1^t)   if nesterov".
-- @module site.math.tokens
local M = {}

-- Longer signs before shorter ones.
local SIGNS = { "...", "<-", "<=", ">=", "==", "~=", "..", "+", "-", "*", "/", "^", "(", ")", "[", "]", "{", "}", "|",
  ",", ";", ":", "=", "<", ">", "." }

local function sign_at(text, at)
  for _, sign in ipairs(SIGNS) do
    if text:sub(at, at + #sign - 1) == sign then return sign end
  end
end

-- The token that begins at a place: its kind, its text.
local function token_at(text, at)
  local number = text:match("^%d+%.?%d*[eE]%-?%d+", at) or text:match("^%d+%.%d+", at) or text:match("^%d+", at)
  if number then return "number", number end
  local quoted = text:match("^'[^' ]*'", at) or text:match('^"[^"]*"', at)
  if quoted then return "text", quoted end
  -- A hyphen or an apostrophe joins words, "k-th", "layer's"; other apostrophes are primes.
  local word = text:match("^%a[%w_]*%-%l%l+", at) or text:match("^%a[%w_]*'%l+", at) or text:match("^%a[%w_]*'*", at)
  if word then return "word", word end
  local sign = sign_at(text, at)
  if sign then return "sign", sign end
  return "text", text:match(utf8.charpattern, at)
end

--- The tokens of a line: {kind = "number", "word", "sign" or "text", text =, gap = blanks before it}.
-- @tparam string line
-- @treturn {table,...}
function M.of(line)
  local list, at = {}, 1
  while true do
    local from = line:find("%S", at)
    if not from then return list end
    local kind, text = token_at(line, from)
    list[#list + 1] = { kind = kind, text = text, gap = from - at }
    at = from + #text
  end
end

return M
