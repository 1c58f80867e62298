--- Reads a piece of LaTeX's mathematics.
-- What is read is a list of atoms, {kind =, ...}:
--
--    sign      char, class          a letter, digit, operator, bracket
--    name      name                 \log
--    group     list                 {...}
--    face      face, list           \mathbf{x}
--    text      text                 \text{for all}
--    fraction  over, under          \frac{a}{b}
--    root      list                 \sqrt{x}
--    accent    name, atom           \hat{x}
--    space     command
--    fenced    left, right, list    \left( ... \right)
--
-- each of which may have `sub` and `sup`, lists of atoms. Nothing else is read: what is written for LaTeX is made of
-- these atoms, never of the user's own commands.
-- @module optlab.plot.math.parse
local errors = require "optlab.base.errors"
local symbols = require "optlab.plot.math.symbols"

local CLASSES = {
  ["+"] = "binary", ["-"] = "binary", ["*"] = "binary", ["/"] = "ordinary", ["="] = "relation", ["<"] = "relation",
  [">"] = "relation", [","] = "punctuation", [";"] = "punctuation", [":"] = "relation", ["("] = "open", [")"] = "close",
  ["["] = "open", ["]"] = "close", ["|"] = "fence", ["!"] = "close",
}

-- --- tokens --------------------------------------------------------------------------------------------------------

-- A list of "\name", "\,", "{" and characters; blanks are left out, and kept inside \text{...}.
local function tokens(source)
  local out, at = {}, 1
  while at <= #source do
    local text = source:match("^\\text%s*{([^{}\\$]*)}", at) or source:match("^\\textrm%s*{([^{}\\$]*)}", at)
    local name, behind = source:match("^\\operatorname%s*{(%a+)}()", at)
    local command = source:match("^\\%a+", at) or source:match("^\\.", at)
    local char = source:match("^[%z\1-\127\xC2-\xF4][\x80-\xBF]*", at)
    if text then
      out[#out + 1] = { text = text }
      at = source:match("^\\text%a*%s*{[^{}]*}()", at)
    elseif name then
      out[#out + 1], at = { name = name }, behind
    elseif command then
      out[#out + 1], at = command, at + #command
    else
      if char ~= " " then out[#out + 1] = char end
      at = at + #char
    end
  end
  return out
end

-- --- the reader ----------------------------------------------------------------------------------------------------

local Reader = {}
Reader.__index = Reader

-- Ends the reading; `math.parse` returns the message.
local function fail(message, ...) error({ message = message:format(...) }, 0) end

function Reader:peek() return self.list[self.at] end

function Reader:take()
  local token = self.list[self.at]
  self.at = self.at + 1
  return token
end

local function known_commands()
  local names = { "frac", "sqrt", "text", "left", "right", "operatorname" }
  for _, source in ipairs { symbols.symbols, symbols.names, symbols.accents, symbols.faces } do
    for name in pairs(source) do names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

-- What stands in braces, or one atom.
function Reader:argument(command)
  local token = self:peek()
  if token == nil then fail("%s needs an argument", command) end
  if token == "{" then
    self:take()
    return self:sequence("}")
  end
  return { self:atom() }
end

local function fence_of(token)
  if token == "." then return { char = "", latex = "." } end
  local name = type(token) == "string" and token:match "^\\(.+)$"
  if name and symbols.signs[name] then return { char = symbols.signs[name], latex = token } end
  local symbol = name and symbols.symbols[name]
  if symbol and (symbol.class == "open" or symbol.class == "close" or symbol.class == "fence") then
    return { char = symbol.char, latex = symbol.latex or token }
  end
  if type(token) == "string" and token:find "^[%(%)%[%]|]$" then return { char = token, latex = token } end
  fail("\\left and \\right need a bracket")
end

function Reader:fenced()
  local left = fence_of(self:take())
  local list = self:sequence("\\right")
  return { kind = "fenced", left = left, right = fence_of(self:take()), list = list }
end

function Reader:command(name)
  if symbols.symbols[name] then
    local symbol = symbols.symbols[name]
    return { kind = "sign", char = symbol.char, class = symbol.class, latex = symbol.latex or "\\" .. name }
  elseif symbols.names[name] then
    return { kind = "name", name = name }
  elseif symbols.spaces[name] then
    return { kind = "space", command = name }
  elseif symbols.signs[name] then
    local class = name == "|" and "fence" or "ordinary"
    return { kind = "sign", char = symbols.signs[name], class = class, latex = "\\" .. name }
  elseif symbols.accents[name] then
    return { kind = "accent", name = name, list = self:argument("\\" .. name) }
  elseif symbols.faces[name] then
    return { kind = "face", name = name, face = symbols.faces[name], list = self:argument("\\" .. name) }
  elseif name == "frac" then
    local over = self:argument "\\frac"
    return { kind = "fraction", over = over, under = self:argument "\\frac" }
  elseif name == "sqrt" then
    return { kind = "root", list = self:argument "\\sqrt" }
  elseif name == "left" then
    return self:fenced()
  end
  fail("\\%s is unknown%s", name, errors.hint(name, known_commands()))
end

function Reader:atom()
  local token = self:take()
  if type(token) == "table" then
    return token.name and { kind = "name", name = token.name } or { kind = "text", text = token.text }
  end
  if token == "{" then return { kind = "group", list = self:sequence("}") } end
  if token == "}" then fail("} closes nothing") end
  if token == "^" or token == "_" then fail("%s stands behind nothing", token) end
  if token:sub(1, 1) == "\\" then return self:command(token:sub(2)) end
  if token == "'" then return { kind = "sign", char = "′", class = "ordinary", latex = "'" } end
  if token == "~" then return { kind = "space", command = " " } end
  if token:find "^[%%#&$]$" then fail("%s is written as \\%s", token, token) end
  return { kind = "sign", char = token, class = CLASSES[token] or (token:find "^%a$" and "letter") or "ordinary" }
end

-- The scripts behind an atom, in either order.
function Reader:scripts(atom)
  while self:peek() == "^" or self:peek() == "_" do
    local token = self:take()
    local name = token == "^" and "sup" or "sub"
    if atom[name] then fail("two %s stand behind one sign", token) end
    atom[name] = self:argument(token)
  end
  return atom
end

-- Atoms up to a token, or to the end.
function Reader:sequence(last)
  local out = {}
  self.depth = self.depth + 1
  if self.depth > 30 then fail("braces are nested too deep") end
  while self:peek() ~= last do
    if self:peek() == nil then fail("%s is missing", last) end
    out[#out + 1] = self:scripts(self:atom())
  end
  if last then self:take() end
  self.depth = self.depth - 1
  return out
end

--- Reads mathematics.
-- @string source what stands between two dollars
-- @treturn ?{table,...} atoms; nil and a message where it cannot be read
local function parse(source)
  local reader = setmetatable({ list = tokens(source), at = 1, depth = 0 }, Reader)
  local ok, result = pcall(reader.sequence, reader, nil)
  if ok then return result end
  if type(result) ~= "table" then error(result, 0) end
  return nil, result.message
end

return parse
