--- An entry's equation, lines of text, as one display in TeX.
--
-- A line that is an assignment all through becomes one row, "left = right   if condition". In other lines the parts
-- that read as mathematics are set as such, and the words between them stay words.
-- @module site.math.equation
local functions = require "site.math.functions"
local parser = require "site.math.parser"
local symbols = require "site.math.symbols"
local tokens = require "site.math.tokens"

local M = {}

local function try(fn)
  local ok, result = pcall(fn)
  if ok then return result end
  if type(result) == "table" and result.no_equation then return nil end
  error(result, 0)
end

local function any_name() return true end

-- --- rows ------------------------------------------------------------------------------------------------------------

-- Names on the right of the first "=" or "<-".
local function assigns_itself(list, at)
  for i = at + 1, #list do
    if list[i].text == list[1].text then return true end
    if list[i].text == "if" then return false end
  end
  return false
end

-- A line of an update rule: {left, sign, right, condition}; nil where it is no such line.
local function assignment(line, map, numeric)
  local list = tokens.of(line)
  local second = list[2] and list[2].text
  if not (list[1] and list[1].kind == "word" and (second == "=" or second == "<-")) then return nil end
  return try(function()
    local reader = parser.new(list, 3, { map = map, is_name = any_name, numeric = numeric })
    local right = reader:condition()
    local condition = reader:take "if" and reader:condition() or nil
    if not reader:is_done() then error({ no_equation = true }, 0) end
    local sign = (second == "<-" or assigns_itself(list, 2)) and "\\leftarrow" or "="
    return { symbols.tex(list[1].text, map), sign, right, condition }
  end)
end

-- The options that are numbers.
local function numeric_of(entry)
  local set = {}
  for _, row in ipairs(entry.args) do set[row.name] = row.kind ~= "flag" end
  return set
end

-- The assignments of an equation, or nil where some line is none.
local function assignments(lines, map, numeric)
  local rows = {}
  for i, line in ipairs(lines) do
    -- Words side by side show that the line is a sentence: "u = x rounded down".
    local plain = line:gsub("%f[%w]and%f[%W]", "&"):gsub("%f[%w]or%f[%W]", "&"):gsub("%f[%w]not%f[%W]", "&")
    rows[i] = not plain:find("%a%l+ %a%l+") and assignment(line, map, numeric)
      or line:find(" if ") and assignment(line, map, numeric)
    if not rows[i] then return nil end
  end
  return rows
end

local function aligned(rows)
  local texts, has_condition = {}, false
  for _, row in ipairs(rows) do has_condition = has_condition or row[4] ~= nil end
  for i, row in ipairs(rows) do
    local condition = row[4] and "\\text{if } " .. row[4] or ""
    texts[i] = ("%s &%s %s%s"):format(row[1], row[2], row[3], has_condition and " &\\quad& " .. condition or "")
  end
  return "\\begin{aligned}\n" .. table.concat(texts, " \\\\\n") .. "\n\\end{aligned}"
end

-- --- sentences -------------------------------------------------------------------------------------------------------

local ENGLISH = { a = true, I = true }

-- The words that count as names in an entry's sentences: its options, what the lines define, signs.
local function names_of(entry, lines)
  local known = { pi = true }
  for _, row in ipairs(entry.args) do known[row.name] = true end
  for _, name in ipairs(entry.inputs or {}) do known[name] = true end
  for _, line in ipairs(lines) do
    local name = line:match "^(%a%w*) =" or line:match "^%a+ (%a%w*) ="
    if name then known[name] = true end
  end
  return function(word)
    if functions.prefixes[word] and word ~= "mean" then return true end
    return known[word] or symbols.is_sign(word)
  end
end

-- The longest statement that begins at a token: TeX and the token behind it; nil without one.
local function math_at(list, at, map, is_name)
  local token, follower = list[at], list[at + 1]
  local is_article = ENGLISH[token.text] and follower and follower.kind == "word" and not is_name(follower.text)
  if is_article or token.kind == "text" then return nil end
  local reader = parser.new(list, at, { map = map, is_name = is_name, numeric = {} })
  local tex = try(function() return reader:statement() end)
  if tex then return tex, reader.at end
  -- What follows a sign may be no mathematics: "x *" alone is a name.
  reader = parser.new(list, at, { map = map, is_name = is_name, numeric = {} })
  tex = try(function() return reader:power() end)
  return tex, tex and reader.at
end

local function sentence(line, map, is_name)
  local list, parts, at = tokens.of(line), {}, 1
  local words = {}
  local function flush()
    if #words > 0 then parts[#parts + 1] = symbols.text(table.concat(words)) end
    words = {}
  end
  local function blank(token) return token.gap > 1 and at > 1 and "\u{2003}" or token.gap > 0 and at > 1 and " "
    or "" end
  while at <= #list do
    local token = list[at]
    local tex, behind = math_at(list, at, map, is_name)
    if tex then
      words[#words + 1] = blank(token)
      flush()
      parts[#parts + 1], at = tex, behind
    else
      words[#words + 1] = blank(token) .. token.text:gsub("^'(.*)'$", "“%1”"):gsub('^"(.*)"$', "“%1”")
      at = at + 1
    end
  end
  flush()
  return (line:match "^ " and "\\quad " or "") .. table.concat(parts)
end

local function sentences(entry, lines, map)
  local is_name, texts = names_of(entry, lines), {}
  for i, line in ipairs(lines) do texts[i] = sentence(line, map, is_name) end
  return "\\begin{array}{l}\n" .. table.concat(texts, " \\\\\n") .. "\n\\end{array}"
end

-- --- all -------------------------------------------------------------------------------------------------------------

--- The equation of an entry as TeX.
-- @tparam table entry of optlab.reference.entries
-- @treturn string a display without its dollar signs
function M.tex(entry)
  local lines = {}
  for line in entry.equation:gmatch "[^\n]+" do lines[#lines + 1] = line end
  local map = symbols.of(entry)
  local rows = assignments(lines, map, numeric_of(entry))
  return rows and aligned(rows) or sentences(entry, lines, map)
end

--- The options that an equation writes as a letter: {{"\\eta", "lr"}, ...}.
-- @tparam table entry
-- @treturn {{string,string},...}
function M.letters(entry)
  local map, list = symbols.of(entry), {}
  for _, row in ipairs(entry.args) do
    local used = entry.equation:find("%f[%w_]" .. row.name .. "%f[^%w_]")
    if used and (map[row.name] or row.name == "eps") then
      list[#list + 1] = { map[row.name] or symbols.tex(row.name, map), row.name }
    end
  end
  return list
end

return M
