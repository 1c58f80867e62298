--- Names as TeX: beta1 is \beta_1, weight_decay is \lambda in an optimizer's equations, others stand as they are.
-- @module site.math.symbols
local M = {}

local GREEK = {}
for name in ([[alpha beta gamma delta eta theta kappa lambda mu nu pi rho sigma tau phi chi psi omega]]):gmatch "%a+" do
  GREEK[name] = "\\" .. name
end
GREEK.eps, GREEK.lambd = "\\varepsilon", "\\lambda"

-- Options that textbooks write as one letter.
local LETTERS = { lr = "\\eta", weight_decay = "\\lambda", momentum = "\\mu" }

--- Words of running text with TeX's own signs escaped.
-- @tparam string text
-- @treturn string
function M.text(text)
  return "\\text{" .. text:gsub("[\\{}]", ""):gsub("[_&%%#$]", "\\%0"):gsub("%^", "\\^{}") .. "}"
end

local function roman(name) return "\\text{" .. name:gsub("_", "\\_") .. "}" end

-- "x", "beta": a name that is one sign, or nil.
local function single(name)
  return GREEK[name] or #name == 1 and name or nil
end

-- "beta1", "n_p", "x1_i", "r_inf": a sign with an index, or nil.
local function indexed(name)
  local head, digit, index = name:match "^(%a+)(%d?)_(%w+)$"
  if not head then head, digit, index = name:match "^(%a+)(%d)()$" end
  local sign = head and single(head)
  if not sign then return nil end
  if type(index) ~= "string" then return sign .. "_{" .. digit .. "}" end
  index = index == "inf" and "\\infty" or single(index) or tonumber(index) and index or roman(index)
  return ("%s_{%s}"):format(sign, digit ~= "" and digit .. "," .. index or index)
end

--- A table of symbols for one entry: the options that get a letter, unless another option has the same one.
-- @tparam table entry of optlab.reference.entries
-- @treturn {[string]=string,...} name -> TeX
function M.of(entry)
  local taken, map = {}, {}
  for _, row in ipairs(entry.args) do
    if GREEK[row.name] then taken[GREEK[row.name]] = true end
  end
  if entry.group ~= "optimizer" then return map end
  for _, row in ipairs(entry.args) do
    local letter = LETTERS[row.name]
    if letter and not taken[letter] then map[row.name] = letter end
  end
  map.x_1, map.x_2 = "\\times_1", "\\times_2" -- products along a dimension
  map.lr = map.lr or not taken["\\eta"] and "\\eta" or nil
  return map
end

--- A name as TeX.
-- @tparam string name may end in primes
-- @tparam {[string]=string,...} map of M.of
-- @treturn string
function M.tex(name, map)
  local bare, primes = name:match "^(.-)('*)$"
  local word, index = bare:match "^(%a%a+)_(%l)$"
  local tex = map[bare] or single(bare) or indexed(bare) or word and roman(word) .. "_{" .. index .. "}" or roman(bare)
  return tex .. primes
end

--- Whether a name is a sign of mathematics rather than a word of the language.
-- @tparam string name
-- @treturn boolean
function M.is_sign(name)
  local bare = name:gsub("'+$", "")
  return single(bare) ~= nil or bare:find("[_%d]") ~= nil
end

return M
