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
  { "=%s*%([%s%d.e-]+,", "lists are written {1, 2, 3}" },
  { "%f[%w]in%s*%[", "lists are written {1, 2, 3}, and a loop: for i, x in ipairs(list) do ... end" },
  { "%f[%w_]function%f[^%w_][^()]*%b()%s*[%w_.]+%s*[-+*/^%%<>]",
    "a value is returned by 'return': function(x) return x end" },
}

local NAMED = "named arguments are written in a table: f(x, {lr = 0.1})"

-- Names of Python that are nil in Lua.
local NAMES = {
  None = "nil", True = "true", False = "false", range = "for i = 1, n do ... end", len = "#x", str = "tostring(x)",
  int = "x // 1", float = "tonumber(x)", enumerate = "for i, x in ipairs(list) do ... end",
  abs = "lab.abs(x) of a tensor, math.abs(x) of a number",
  max = "math.max(a, b) of numbers, math.max(table.unpack(list)) of a list, x:max() of a tensor",
  min = "math.min(a, b) of numbers, math.min(table.unpack(list)) of a list, x:min() of a tensor",
  sum = "x:sum() of a tensor, lab.tensor(list):sum():item() of a list", dict = "{name = value}", list = "{1, 2, 3}",
  tuple = "{1, 2, 3}", zip = "for i, x in ipairs(xs) do local y = ys[i] ... end", round = "math.floor(x + 0.5)",
  time = "os.clock()", random = "math.random(), lab.rand(n)", plt = "lab.plot",
  sorted = "table.sort(list)", torch = "lab", np = "lab",
  f = '("%.3f"):format(x)', isinstance = "type(x)", input = "io.read()", open = "io.open(path)",
  lab = 'local lab = require "optlab"', self = "function Net:forward(x), with a colon, has self",
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

local NAMED_ARGUMENT = "%f[%a_][%w_]+%s*=[^=]"

-- Whether a call on the line has arguments by name: f(g(), {1}, lr=0.1), also one inside of a table.
local function has_named(line)
  local found = false
  line = line:gsub("%f[%w_]function%f[^%w_].*", "")
  repeat -- the innermost parentheses and braces first
    local count
    line, count = line:gsub("([({])([^(){}]*)[)}]", function(open, inner)
      found = found or (open == "(" and inner:find(NAMED_ARGUMENT) ~= nil)
      return ""
    end)
  until count == 0 or found
  return found or line:find("%([^(){}]*" .. NAMED_ARGUMENT) ~= nil
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

-- Functions of Lua's libraries by the names of Python's.
local FIELDS = {
  math = {
    inf = "math.huge", nan = "0 / 0", pow = "x ^ y", round = "math.floor(x + 0.5)", fabs = "math.abs(x)",
    tanh = "lab.tanh(x)", log10 = "math.log(x, 10)", log2 = "math.log(x, 2)", isnan = "x ~= x",
    mean = "lab.tensor(list):mean():item()", sum = "lab.tensor(list):sum():item()",
  },
  string = {
    split = "s:gmatch '[^,]+'", strip = "s:match '^%s*(.-)%s*$'", join = "table.concat(list, ', ')",
    replace = "s:gsub(what, with)", startswith = "s:find('^' .. head)", endswith = "s:find(tail .. '$')",
  },
  table = { append = "table.insert(list, x)", len = "#list", keys = "for name, x in pairs(t) do ... end" },
  os = { path = "folder .. '/' .. name" },
}

-- Methods of Python's lists and dictionaries.
local METHODS = {
  append = "list[#list + 1] = x", extend = "table.move(other, 1, #other, #list + 1, list)",
  insert = "table.insert(list, i, x)", pop = "table.remove(list)", sort = "table.sort(list)",
  items = "for name, x in pairs(t) do ... end", keys = "for name in pairs(t) do ... end",
  values = "for _, x in pairs(t) do ... end", get = "t[name] or default", copy = "lab.deepcopy(t)",
}

-- What Lua's strings do not do by operators: the name of the operation in messages.
local OF_STRINGS = {
  add = "strings are joined by '..'", mod = 'in Lua: ("%.3f"):format(x)', mul = "in Lua: s:rep(n)",
}

--- The hint for a name that one of Lua's libraries does not have, or "".
-- @tparam string library "math"
-- @tparam string name
-- @treturn string
function M.field(library, name)
  local here = FIELDS[library] and FIELDS[library][name]
  return here and "; in Lua: " .. here or ""
end

--- The hint for a call of a field that is nil, or "".
-- @tparam string name
-- @treturn string
function M.method(name) return METHODS[name] and "; in Lua: " .. METHODS[name] or "" end

--- The hint for an operation on a string, or nil.
-- @tparam string message "attempt to mod a 'string' with a 'number'"
-- @treturn ?string
function M.operation(message)
  local operation = message:match "attempt to (%a+) a 'string' with"
    or message:match "attempt to (%a+) a '%a+' with a 'string'"
  local here = OF_STRINGS[operation]
  return here and "; " .. here
end

--- The hint for an undefined global: "; in Lua: #x", or nil.
-- @tparam string name
-- @treturn ?string
function M.name(name) return NAMES[name] and "; in Lua: " .. NAMES[name] end

return M
