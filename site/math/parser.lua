--- Equations of the declarations as TeX.
--
-- The grammar, from loose to tight:
--
--    statement   expression {("=" | "<-" | ".." | comparison) expression}
--    condition   comparisons joined by "and", "or", "not"
--    expression  product {("+" | "-") product}
--    product     power {("*" | "/" | nothing) power}      a / b * c is the fraction a c over b
--    power       primary ["^" primary]
--    primary     number, name, name(arguments), name[indices], (expression), |expression|
--
-- A name touches the parenthesis of its arguments; "lr (1 - c)" is a product. An error is raised where a text is no
-- equation; site.math.equation takes it for words then.
-- @module site.math.parser
local functions = require "site.math.functions"
local symbols = require "site.math.symbols"

local Parser = {}
Parser.__index = Parser

local M = {}

--- A parser of tokens.
-- @tparam {table,...} tokens of site.math.tokens
-- @tparam integer at where to begin
-- @tparam table options `map`: names -> TeX; `is_name`: says whether a word is a name, outside of parentheses;
-- `numeric`: the options that are numbers, where "if momentum" means that it is not 0
-- @treturn Parser
function M.new(tokens, at, options)
  return setmetatable({
    tokens = tokens, at = at, map = options.map, is_name = options.is_name, numeric = options.numeric, depth = 0,
  }, Parser)
end

local function fail() error({ no_equation = true }, 0) end

function Parser:peek(offset) return self.tokens[self.at + (offset or 0)] or { kind = "end", text = "", gap = 9 } end

function Parser:next()
  self.at = self.at + 1
  return self.tokens[self.at - 1] or fail()
end

function Parser:sees(text)
  local token = self:peek()
  return token.text == text and token.kind ~= "text"
end

function Parser:take(text)
  if not self:sees(text) then return false end
  self.at = self.at + 1
  return true
end

function Parser:want(text) return self:take(text) or fail() end

local KEYWORDS = { ["if"] = true, ["and"] = true, ["or"] = true, ["not"] = true, ["else"] = true }

-- Inside of parentheses every word counts as a name.
function Parser:is_word_a_name(token)
  if KEYWORDS[token.text] then return false end
  return self.depth > 0 or functions.calls[token.text] and self:peek(1).text == "(" or self.is_name(token.text)
end

-- --- primaries -------------------------------------------------------------------------------------------------------

function Parser:inside(close, read)
  self.depth = self.depth + 1
  local list = {}
  if not self:sees(close) then
    repeat list[#list + 1] = read(self) until not self:take ","
  end
  self:want(close)
  self.depth = self.depth - 1
  return list
end

-- where(c, a, where(d, b, e)): the cases a if c, b if d, e otherwise.
function Parser:where()
  local rows = {}
  while true do
    self.in_where = true
    local condition = self:condition()
    self.in_where = false
    self:want ","
    rows[#rows + 1] = ("%s & \\text{if } %s"):format(self:expression(), condition)
    self:want ","
    if not (self:sees "where" and self:peek(1).text == "(") then break end
    self.at = self.at + 2
    self.open_wheres = (self.open_wheres or 0) + 1
  end
  rows[#rows + 1] = self:expression() .. " & \\text{otherwise}"
  for _ = 1, self.open_wheres or 0 do self:want ")" end
  self.open_wheres = nil
  return "\\begin{cases} " .. table.concat(rows, " \\\\ ") .. " \\end{cases}"
end

function Parser:call(name)
  self:want "("
  if name == "where" then
    self.depth = self.depth + 1
    local saved = self.open_wheres
    self.open_wheres = nil
    local cases = self:where()
    self.open_wheres = saved
    self:want ")"
    self.depth = self.depth - 1
    return cases
  end
  local args = self:inside(")", Parser.statement)
  local make = functions.calls[name]
  if make then return make(args) end
  return symbols.tex(name, self.map) .. functions.parentheses(table.concat(args, ",\\, "))
end

-- "sum_c w[c] x", "cos u", "log max(a, b)".
function Parser:prefixed(head, below)
  local argument
  if below then
    return ("\\textstyle\\sum_{%s} "):format(below) .. self:product()
  elseif head == "\\sqrt" then
    argument = "{" .. self:power() .. "}"
  else
    argument = self:power()
  end
  return head .. " " .. argument
end

function Parser:name()
  local token = self:next()
  local name, follower = token.text, self:peek()
  local touches = follower.gap == 0
  if touches and follower.text == "(" and name:sub(-1) ~= "_" then return self:call(name) end
  if touches and follower.text == "(" then -- n_(c+1)
    self:want "("
    return ("%s_{%s}"):format(symbols.tex(name:sub(1, -2), self.map), self:inside(")", Parser.expression)[1])
  end
  if touches and follower.text == "[" then
    self:want "["
    local indices = table.concat(self:inside("]", Parser.expression), ", ")
    return ("%s_{%s}"):format(symbols.tex(name, self.map), indices)
  end
  local below = name:match "^sum_(%a)$"
  if below then return self:prefixed("", below) end
  if functions.prefixes[name] and self:starts_primary() then return self:prefixed(functions.prefixes[name]) end
  return symbols.tex(name, self.map)
end

function Parser:bars()
  self:want "|"
  self.in_bars = true
  local inner = self:expression()
  self.in_bars = false
  self:want "|"
  local order = self:peek()
  if order.text:match "^_" and order.gap == 0 then self.at = self.at + 1 end
  return "\\left| " .. inner .. " \\right|" .. (order.text:match "^_(%w)$" and order.text or "")
end

function Parser:primary()
  local token = self:peek()
  if token.kind == "number" then
    local follower = self:peek(1)
    if follower.kind == "word" and follower.gap == 0 then return self:next().text .. self:name() end -- 2k
    return (self:next().text:gsub("^(.-)[eE](%-?)0*(%d+)$", function(digits, minus, exponent)
      return (digits == "1" and "" or digits .. " \\cdot ") .. "10^{" .. minus .. exponent .. "}"
    end))
  elseif token.kind == "word" and self:is_word_a_name(token) then
    return self:name()
  elseif token.text == "(" then
    self:next()
    return functions.parentheses(table.concat(self:inside(")", Parser.condition), ",\\, "))
  elseif token.text == "[" and self.depth > 0 then
    self:next()
    return "[" .. table.concat(self:inside("]", Parser.expression), ", ") .. "]"
  elseif token.text == "|" and not self.in_bars then
    return self:bars()
  elseif token.text == "..." then
    self:next()
    return "\\ldots"
  end
  fail()
end

function Parser:starts_primary()
  local token = self:peek()
  if token.gap > 1 then return false end
  if token.kind == "number" or token.text == "(" or token.text == "..." then return true end
  if token.text == "|" then return not self.in_bars end
  return token.kind == "word" and self:is_word_a_name(token) and true or false
end

-- --- products --------------------------------------------------------------------------------------------------------

-- Without the parentheses that a fraction, a root or an exponent makes superfluous.
local function bare(tex)
  local inner = tex:match "^\\left%((.*)\\right%)$"
  if inner then return inner:find "\\right%).*\\left%(" and tex or inner end
  return tex:match "^%b()$" and tex:sub(2, -2) or tex
end

function Parser:exponent()
  local minus = self:take "-" and "-" or ""
  local tex = self:primary()
  if bare(tex) ~= tex then
    tex = bare(tex):gsub("\\frac{([^{}]*)}{([^{}]*)}", "%1/%2")
  end
  return minus .. tex
end

function Parser:power()
  local base = self:primary()
  if not self:take "^" then return base end
  if base:match "_{[^{}]*}$" or not base:match "%s" then return ("%s^{%s}"):format(base, self:exponent()) end
  return ("{%s}^{%s}"):format(base, self:exponent())
end

local function is_number(tex) return tex:match "^%d" ~= nil end

-- Factors side by side; a dot where a number would run into what stands before it.
local function join(factors)
  local text = factors[1]
  for i = 2, #factors do
    local words = factors[i]:match "^\\text" and factors[i - 1]:match "^\\text{[^}]*}$"
    local sign = is_number(factors[i]) and " \\cdot " or words and "\\ " or "\\, "
    text = text .. sign .. factors[i]
  end
  return text
end

local function fraction(above, below)
  if #below == 0 then return join(above) end
  local top = #above == 1 and bare(above[1]) or join(above)
  local bottom = #below == 1 and bare(below[1]) or join(below)
  return ("\\frac{%s}{%s}"):format(top, bottom)
end

-- a / b * c / d is a c over b d; but 2 / 3 x stays a number in front.
function Parser:product()
  local above, below = { self:power() }, {}
  while true do
    if self:sees "*" then
      self:next()
      above[#above + 1] = self:power()
    elseif self:sees "/" then
      self:next()
      below[#below + 1] = self:power()
    elseif self:starts_primary() then
      above[#above + 1] = self:power()
    elseif self:sees "." and self.depth > 0 then -- of two vectors
      self:next()
      above[#above + 1] = "\\cdot " .. self:power()
    else
      return fraction(above, below)
    end
  end
end

function Parser:expression()
  local text = self:take "-" and "-" or ""
  text = text .. self:product()
  while self:sees "+" or self:sees "-" do
    local sign = self:next().text
    text = ("%s %s %s"):format(text, sign, self:product())
  end
  return text
end

-- --- statements ------------------------------------------------------------------------------------------------------

local COMPARISONS = {
  ["="] = "=", ["<-"] = "\\leftarrow", ["<"] = "<", [">"] = ">", ["<="] = "\\le", [">="] = "\\ge", ["=="] = "=",
  ["~="] = "\\ne", [".."] = "\\ldots",
}

--- Expressions with = or comparisons between them.
-- @treturn string TeX
function Parser:statement()
  local text = self:expression()
  while self:peek().kind == "sign" and COMPARISONS[self:peek().text] do
    text = ("%s %s %s"):format(text, COMPARISONS[self:next().text], self:expression())
  end
  return text
end

-- A statement, or a name that stands for "it is not 0" or, behind "not", "it is 0".
function Parser:fact()
  local negated, from = self:take "not", self.at
  local text = self:statement()
  local alone = self.at == from + 1 and self.numeric[self.tokens[from].text]
  if alone and self.depth == 0 or alone and self.in_where then return text .. (negated and " = 0" or " \\ne 0") end
  return (negated and "\\text{not } " or "") .. text
end

--- Facts joined by "and", "or".
-- @treturn string TeX
function Parser:condition()
  local text = self:fact()
  while self:sees "and" or self:sees "or" do
    local word = self:next().text
    text = ("%s \\text{ %s } %s"):format(text, word, self:fact())
  end
  return text
end

--- Whether all tokens are read.
-- @treturn boolean
function Parser:is_done() return self.at > #self.tokens end

return M
