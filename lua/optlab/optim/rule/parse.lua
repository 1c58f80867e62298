--- The text of an update rule, read into a tree.
--
-- A rule is a list of assignments, one a line:
--
--     g = g + weight_decay * p   if weight_decay
--     m = beta1 * m + (1 - beta1) * g
--     p = p - lr * m             -- a comment
--
-- Expressions are Lua's, with `^`, comparisons, `and`, `or` and `not`; a line goes on while a parenthesis is open or
-- after an operator. `if` ends an assignment that is made only where a number is not 0. Several names before the `=`
-- take the results of one function.
--
-- What comes back knows nothing of optimizers: see `optlab.optim.rule.compile`.
-- @module optlab.optim.rule.parse
local M = {}

local OPERATORS = { "==", "~=", "!=", "<=", ">=", "+", "-", "*", "/", "^", "(", ")", ",", "=", "<", ">" }
local WORDS = { ["and"] = true, ["or"] = true, ["not"] = true, ["if"] = true }

-- Binary operators: their name in the tree, and how strongly they bind to the left and to the right.
local BINARY = {
  ["or"] = { "or", 1, 2 }, ["and"] = { "and", 3, 4 },
  ["=="] = { "eq", 5, 6 }, ["~="] = { "ne", 5, 6 }, ["!="] = { "ne", 5, 6 },
  ["<"] = { "lt", 5, 6 }, ["<="] = { "le", 5, 6 }, [">"] = { "gt", 5, 6 }, [">="] = { "ge", 5, 6 },
  ["+"] = { "add", 7, 8 }, ["-"] = { "sub", 7, 8 },
  ["*"] = { "mul", 9, 10 }, ["/"] = { "div", 9, 10 },
  ["^"] = { "pow", 14, 13 },
}
local UNARY = 11 -- between products and powers: -x^2 is -(x^2)

--- Raises about a place in a rule's text; `M.tree` returns it as an error object.
-- @tparam integer pos
-- @tparam string fmt
function M.fail(pos, fmt, ...)
  error({ pos = pos, message = select("#", ...) > 0 and fmt:format(...) or fmt }, 0)
end

--- Where a place lies: line, column, and the line with a mark under the place.
-- @tparam string text
-- @tparam integer pos
-- @treturn integer line
-- @treturn integer column
-- @treturn string
function M.place(text, pos)
  local line, start = 1, 1
  for at in text:gmatch "()\n" do
    if at >= pos then break end
    line, start = line + 1, at + 1
  end
  local whole = text:match("[^\n]*", start)
  local column = pos - start + 1
  local pad = whole:sub(1, column - 1):gsub("[^\t]", " ")
  return line, column, ("    %s\n    %s^"):format(whole, pad)
end

-- --- words ----------------------------------------------------------------------------------------------------------

local function operator_at(text, at)
  for _, op in ipairs(OPERATORS) do
    if text:sub(at, at + #op - 1) == op then return op end
  end
  return nil
end

local function number_at(text, at)
  for _, pattern in ipairs { "^0[xX]%x+", "^%d+%.?%d*[eE][+-]?%d+", "^%.%d+[eE][+-]?%d+", "^%d+%.?%d*", "^%.%d+" } do
    local word = text:match(pattern, at)
    if word then
      local name = text:match("^[%a_][%w_]*", at + #word)
      if name and not name:find "^[eE]%d*$" then
        M.fail(at, "'%s%s' is not a number; a product is written %s * %s", word, name, word, name)
      end
      if text:find("^[%w_.]", at + #word) then M.fail(at, "'%s' is not a number", text:match("^[%w_.]+", at)) end
      return word
    end
  end
  return nil
end

-- How the language has what other notations write: what begins at a place that no word of the language fits.
local HABITS = {
  { "^|", "the size of a number is written abs(g)" },
  { "^%.%s*grad%f[^%w_]", "the gradient is called g" },
  { "^%.%s*[%a_]", "functions are called by their name alone: abs(g)" },
  { "^%[", "the members of a list 'betas' are beta1, beta2" },
  { "^%*%*", "powers are written x ^ y" },
}

local function refuse(text, at)
  for _, row in ipairs(HABITS) do
    local found = text:match(row[1], at)
    if found then M.fail(at, "'%s' is not part of the language; %s", found:match "^%p+", row[2]) end
  end
  M.fail(at, "'%s' is not part of the language", text:match("^[%z\1-\127\194-\253][\128-\191]*", at))
end

-- Tokens {kind, text, pos}; kinds: name, number, end of line ("\n"), end of text ("end"), and each operator and word.
local function tokens_of(text)
  local list, at, depth = {}, 1, 0
  local function add(kind, word)
    list[#list + 1] = { kind = kind, text = word, pos = at }
    at = at + #word
  end
  while at <= #text do
    local c = text:sub(at, at)
    if c == "\n" or c == ";" then
      if depth == 0 then add("\n", c) else at = at + 1 end
    elseif c:find "%s" then
      at = at + 1
    elseif text:find("^%-%-", at) or c == "#" then
      at = text:find("\n", at, true) or #text + 1
    elseif c:find "[%a_]" then
      local word = text:match("^[%w_]+", at)
      add(WORDS[word] and word or "name", word)
    elseif number_at(text, at) then
      add("number", number_at(text, at))
    else
      local op = not text:find("^%*%*", at) and operator_at(text, at)
      if not op then refuse(text, at) end
      depth = op == "(" and depth + 1 or op == ")" and math.max(depth - 1, 0) or depth
      add(op, op)
    end
  end
  list[#list + 1] = { kind = "end", text = "", pos = #text:match "^(.-)%s*$" + 1 }
  return list
end

-- --- expressions ----------------------------------------------------------------------------------------------------

local Reader = {}
Reader.__index = Reader

local function shown(token)
  if token.kind == "end" then return "the end" end
  return token.kind == "\n" and "the end of the line" or ("'%s'"):format(token.text)
end

function Reader:peek() return self.list[self.at] end

function Reader:next()
  local token = self.list[self.at]
  self.at = self.at + 1
  return token
end

function Reader:expect(kind, what)
  local token = self:next()
  if token.kind ~= kind then M.fail(token.pos, "%s was expected, got %s", what, shown(token)) end
  return token
end

-- Ends of lines after an operator belong to the expression.
function Reader:skip_lines()
  while self:peek().kind == "\n" do self.at = self.at + 1 end
end

function Reader:arguments()
  local list = {}
  if self:peek().kind == ")" then
    self:next()
    return list
  end
  repeat
    list[#list + 1] = self:expression(0)
    local token = self:next()
    if token.kind ~= "," and token.kind ~= ")" then
      M.fail(token.pos, "',' or ')' was expected, got %s", shown(token))
    end
  until token.kind == ")"
  return list
end

function Reader:primary()
  local token = self:next()
  if token.kind == "number" then return { op = "number", value = tonumber(token.text) + 0.0, pos = token.pos } end
  if token.kind == "name" then
    if self:peek().kind ~= "(" then return { op = "name", name = token.text, pos = token.pos } end
    self:next()
    return { op = "call", name = token.text, args = self:arguments(), pos = token.pos }
  end
  if token.kind == "(" then
    local inner = self:expression(0)
    self:expect(")", "')'")
    return inner
  end
  if token.kind == "-" or token.kind == "not" then
    return { op = token.kind == "-" and "neg" or "not", self:expression(UNARY), pos = token.pos }
  end
  return M.fail(token.pos, "a number, a name or '(' was expected, got %s", shown(token))
end

function Reader:expression(least)
  self:skip_lines()
  local left = self:primary()
  while true do
    local token = self:peek()
    local rank = BINARY[token.kind]
    if not rank or rank[2] < least then return left end
    self:next()
    left = { op = rank[1], left, self:expression(rank[3]), pos = token.pos }
  end
end

-- --- assignments ----------------------------------------------------------------------------------------------------

-- The '=' behind a name, which may be Python's '-=', or the name a word such as return.
function Reader:expect_equals(name)
  local token, after = self:peek(), self.list[self.at + 1]
  local operator = BINARY[token.kind] and after and after.kind == "=" and token.kind
  local hint = operator and ("; write %s = %s %s ..."):format(name, name, operator)
    or name == "return" and "; a rule assigns to p: p = ..." or nil
  if hint then M.fail(token.pos, "'=' after '%s' was expected, got %s%s", name, shown(token), hint) end
  self:expect("=", ("'=' after '%s'"):format(name))
end

function Reader:statement()
  local first = self:expect("name", "a name to assign to")
  local targets = { { name = first.text, pos = first.pos } }
  while self:peek().kind == "," do
    self:next()
    local token = self:expect("name", "a name to assign to")
    targets[#targets + 1] = { name = token.text, pos = token.pos }
  end
  self:expect_equals(targets[#targets].name)
  local statement = { targets = targets, value = self:expression(0), pos = first.pos }
  if self:peek().kind == "if" then
    self:next()
    statement.guard = self:expression(0)
  end
  local stop = self:next()
  if stop.kind ~= "\n" and stop.kind ~= "end" then
    M.fail(stop.pos, "an operator, 'if' or the end of the line was expected, got %s", shown(stop))
  end
  if stop.kind == "end" then self.at = self.at - 1 end
  return statement
end

--- Reads a rule.
-- @tparam string text
-- @treturn {table,...} assignments `{targets = {{name, pos}, ...}, value = tree, guard = tree or nil, pos}`; a tree is
-- a table with `op` ("number", "name", "call", "add", ...), its operands in the list part, and `pos`
-- @raise an error object `{pos, message}`
function M.tree(text)
  local reader = setmetatable({ list = tokens_of(text), at = 1 }, Reader)
  local list = {}
  reader:skip_lines()
  while reader:peek().kind ~= "end" do
    list[#list + 1] = reader:statement()
    reader:skip_lines()
  end
  if #list == 0 then M.fail(1, "the rule is empty") end
  return list
end

--- Reads one expression.
-- @tparam string text
-- @treturn table its tree
-- @raise an error object `{pos, message}`
function M.expression(text)
  local reader = setmetatable({ list = tokens_of(text), at = 1 }, Reader)
  local tree = reader:expression(0)
  reader:expect("end", "an operator or the end")
  return tree
end

--- The names in a tree, each once, in the order in which they appear.
-- @tparam table tree
-- @treturn {string,...}
function M.names(tree, list)
  list = list or {}
  if tree.op == "name" and not list[tree.name] then
    list[#list + 1] = tree.name
    list[tree.name] = true
  end
  for _, child in ipairs(tree) do M.names(child, list) end
  for _, child in ipairs(tree.args or {}) do M.names(child, list) end
  return list
end

return M
