--- What those who come from Python write by habit, and how Lua has it: hints behind the messages of errors.
-- @module optlab.cli.python
local lexer = require "optlab.cli.prompt.lexer"

local M = {}

-- Patterns of a line that Lua cannot read, without its strings and comments; the first that fits gives the hint.
local LINES = {
  { "^%s*import%f[%W]", 'modules are loaded by: local lab = require "optlab"' },
  { "^%s*from%f[%W]", 'modules are loaded by: local lab = require "optlab"' },
  { "^%s*def%f[%W]", "a function is written: local function f(x) return x end" },
  { "^%s*class%f[%W]", "Lua has no classes; nn.Module.extend makes modules" },
  { "^%s*assert%s+[^%s({]", "'assert' is a function: assert(a == b)" },
  { "%f[%w_]function%f[^%w_][^()]*%b()%s*:", "a function has no ':' behind its arguments: function f(x) return x end" },
  { "[%w_%]%)]%s*[-+*/%%]=[^=]", "Lua has no '+=': write x = x + 1" },
  { "!=", "'not equal' is written '~='" },
  { "%*%*", "powers are written 'x ^ y'" },
  { "%f[%w]lambda%f[%W]", "a function is written: function(x) return x end" },
  { "^%s*elif%f[%W]", "'elif' is written 'elseif ... then'" },
  { "^%s*try%s*:", "errors are caught by: local ok, err = pcall(f, x)" },
  { "^%s*for%f[%W].-%f[%w]in%s+range%f[%W]", "a loop is written: for i = 1, n do ... end" },
  { "^%s*for%f[%W].*:%s*$", "a loop is written: for i, x in ipairs(list) do ... end" },
  { "^%s*while%f[%W].*:%s*$", "a loop is written: while condition do ... end" },
  { "^%s*if%f[%W].*:%s*$", "a branch is written: if condition then ... end" },
  { "^%s*else%s*:%s*$", "a branch is written: if condition then ... else ... end" },
  { "%f[%w]is%s+not%f[%W]", "write x ~= nil" },
  { "%f[%w]is%f[%W]", "write x == nil" },
  { "^%s*continue%s*$", "Lua has no 'continue': put the rest of the loop's body into an 'if'" },
  { "^%s*pass%s*$", "an empty block needs no word" },
  { "#[%s!]", "comments begin with '--'" },
  { "#.*[%w_]%s+[%w_]", "comments begin with '--'" },
  { "%[[^%[%]]*:[^%[%]]*%]", "parts of a tensor are written t[{{}, {1, 2}}]" },
  { "[%w_%)%]]%[[^%[%]{}]*,", "an element of a tensor is written t[{1, 2}]" },
  { "[=(,{]%s*%[", "lists are written {1, 2, 3}" },
}

local NAMED = "named arguments are written in a table: f(x, {lr = 0.1})"

-- Names of Python that are nil in Lua.
local NAMES = {
  None = "nil", True = "true", False = "false", range = "for i = 1, n do ... end", len = "#x", str = "tostring(x)",
  int = "x // 1", float = "tonumber(x)", enumerate = "for i, x in ipairs(list) do ... end",
  abs = "lab.abs(x) of a tensor, math.abs(x) of a number",
  max = "math.max(a, b)", min = "math.min(a, b)", sorted = "table.sort(list)", torch = "lab", np = "lab",
  f = '("%.3f"):format(x)', isinstance = "type(x)", input = "io.read()", open = "io.open(path)",
  lab = 'local lab = require "optlab"',
}

-- A text with its strings and comments blanked; lines keep their numbers.
local function bare(text)
  local parts, at = {}, 1
  local function blank(part) return (part:gsub("[^\n]", " ")) end
  for _, word in ipairs(lexer.words(text)) do
    parts[#parts + 1] = blank(text:sub(at, word.at - 1))
    parts[#parts + 1] = (word.kind == "string" or word.kind == "comment") and blank(word.text) or word.text
    at = word.at + #word.text
  end
  return table.concat(parts)
end

local function line_of(text, number)
  local i = 0
  for line in (text .. "\n"):gmatch("([^\n]*)\n") do
    i = i + 1
    if i == number then return line end
  end
  return ""
end

-- Whether a call on the line has arguments by name: f(g(), {1}, lr=0.1).
local function has_named(line)
  line = line:gsub("%f[%w_]function%f[^%w_].*", ""):gsub("%b{}", "")
  local count
  repeat line, count = line:gsub("%([^()=]*%)", "") until count == 0
  return line:find "%([^(){}]*%f[%a_][%w_]+%s*=[^=]" ~= nil
end

local function hint_of(line)
  for _, row in ipairs(LINES) do
    if line:find(row[1]) then return "; " .. row[2] end
  end
  return has_named(line) and "; " .. NAMED or nil
end

-- The hint for the last line up to one that ends in a colon, which Lua takes for the start of a method's call.
local function colon_hint(code, number)
  for i = number, 1, -1 do
    local line = line_of(code, i)
    if line:find ":%s*$" then return hint_of(line) end
  end
  return nil
end

--- The hint for a message of Lua's compiler: "; powers are written 'x ^ y'", or "".
-- @tparam string message "x.lua:3: unexpected symbol near '*'"
-- @tparam string text the script
-- @treturn string
function M.syntax(message, text)
  local number = math.tointeger(message:match ":(%d+): ")
  if not number then return "" end
  local code = bare(text)
  local open = message:find "'do' expected" or message:find "'then' expected"
  return open and colon_hint(code, number) or hint_of(line_of(code, number)) or hint_of(line_of(code, number - 1)) or ""
end

--- The hint for an undefined global: "; in Lua: #x", or nil.
-- @tparam string name
-- @treturn ?string
function M.name(name) return NAMES[name] and "; in Lua: " .. NAMES[name] end

return M
