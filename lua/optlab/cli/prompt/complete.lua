--- What Tab does at the prompt: names, fields, methods (also of what a call gives, without running it), options in a
-- call's table, names of the reference after `?`, files inside a string.
-- @module optlab.cli.prompt.complete
local explain = require "optlab.cli.prompt.explain"
local files = require "optlab.base.files"
local lazy = require "optlab.base.modules.lazy"
local lexer = require "optlab.cli.prompt.lexer"
local order = require "optlab.base.order"

local M = {}

local KEYWORDS = {
  "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil", "not",
  "or", "repeat", "return", "then", "true", "until", "while",
}

local function begins(name, head) return name:sub(1, #head) == head end

-- --- fields and methods ----------------------------------------------------------------------------------------------

-- The table of names behind __index. Tensors and modules have a C function there that keeps its methods as an upvalue.
local function index_table(value)
  local mt = debug.getmetatable(value)
  local index = mt and rawget(mt, "__index")
  if type(index) == "function" then index = select(2, debug.getupvalue(index, 1)) end
  return type(index) == "table" and index or nil
end

-- Adds the names of a table, and of the tables behind its __index, that begin with `head`.
local function collect(value, head, found)
  for _ = 1, 10 do
    if type(value) ~= "table" then value = index_table(value) end
    if type(value) ~= "table" then return end
    for name in next, value do
      if type(name) == "string" and begins(name, head) and name:match("^[%a_][%w_]*$")
        and (head ~= "" or name:sub(1, 1) ~= "_") then
        found[name] = true
      end
    end
    value = index_table(value)
  end
end

-- Names after a sign "." or ":": of the value before it, or of its class.
local function add_members(before, sign, head, scope, found)
  local path = before:match("[%a_][%w_.]*$")
  local value, known
  if path and not before:sub(1, -#path - 1):match("[.:]$") then value, known = explain.follow(path, scope) end
  if known then
    lazy.load_all(value)
    return collect(value, head, found)
  end
  local words = lexer.words(before)
  local class = require("optlab.cli.prompt.results").class_at(words, #words, scope)
  for _, member in ipairs(class and require("optlab.reference.typed").members(class) or {}) do
    if begins(member.name, head) and member.callee:find(sign, 1, true) then found[member.name] = true end
  end
end

-- --- options ---------------------------------------------------------------------------------------------------------

-- Adds the options of the call whose table the line ends in, each with " = ", without those that stand there already.
local function add_options(before, head, scope, found)
  local words = lexer.words(before)
  local last = words[#words]
  if not last or (last.text ~= "{" and last.text ~= ",") then return end
  local callee, at = require("optlab.cli.prompt.results").open_call(words, scope)
  if not callee then return end
  local there = {}
  for i = at, #words - 1 do
    if words[i + 1].text == "=" then there[words[i].text] = true end
  end
  for _, entry in ipairs(require("optlab.reference.entries").all()) do
    if entry.callee == callee then
      for _, row in ipairs(entry.args) do
        if begins(row.name, head) and not there[row.name] then found[row.name .. " = "] = true end
      end
    end
  end
end

-- --- other places ----------------------------------------------------------------------------------------------------

-- The names without a path before them: locals, globals, keywords.
local function add_plain(head, scope, found)
  collect(_G, head, found)
  for _, word in ipairs(KEYWORDS) do found[word] = begins(word, head) or nil end
  for _, name in ipairs(scope:names()) do found[name] = found[name] or begins(name, head) or nil end
end

local function add_help(head, found)
  for _, entry in ipairs(require("optlab.cli.help").all()) do
    if not entry.callee:find(" ", 1, true) then
      if begins(entry.callee, head) then found[entry.callee] = true end
      if head ~= "" and begins(entry.name, head) then found[entry.name] = true end
    end
  end
end

local function add_files(head, found)
  local folder, rest = head:match("^(.*/)"), head:match("[^/]*$")
  for _, name in ipairs(files.list(folder or ".")) do
    local path = (folder or "") .. name
    if begins(name, rest) and (rest ~= "" or not name:match("^%.")) then
      found[path .. (files.kind(path) == "directory" and "/" or "")] = true
    end
  end
end

-- Fills `found` with what may go on; gives what is typed of it.
local function look_up(text, scope, found)
  local asked = text:match("^%s*%?%s*(%S*)$")
  if asked then
    add_help(asked, found)
    return asked
  end
  local words = lexer.words(text)
  local last = words[#words]
  if last and last.open and last.kind == "string" then
    local head = last.text:match("^[\"'](.*)$")
    if head then add_files(head, found) end
    return head or ""
  end
  if last and last.kind == "comment" then return "" end
  local before, sign, head = text:match("^(.*)([.:])([%a_]?[%w_]*)$")
  if before and not before:match("[.:]$") then
    add_members(before, sign, head, scope, found)
    return head
  end
  head = text:match("[%a_]?[%w_]*$")
  add_options(text:sub(1, #text - #head), head, scope, found)
  if not next(found) then add_plain(head, scope, found) end
  return head
end

-- --- the answer ------------------------------------------------------------------------------------------------------

local function common_prefix(names)
  local prefix = names[1]
  for _, name in ipairs(names) do
    while name:sub(1, #prefix) ~= prefix do prefix = prefix:sub(1, -2) end
  end
  return prefix
end

-- Names in columns, as ls shows them.
local function in_columns(names)
  local width = 0
  for _, name in ipairs(names) do width = math.max(width, #name + 2) end
  local across = math.max(1, require("optlab.core").system.columns() // width)
  local down = (#names + across - 1) // across
  local lines = {}
  for row = 1, down do
    local cells = {}
    for i = row, #names, down do cells[#cells + 1] = names[i] .. (" "):rep(width - #names[i]) end
    lines[row] = table.concat(cells):gsub("%s+$", "")
  end
  return table.concat(lines, "\n")
end

-- Whether Tab indents: nothing has begun at the cursor.
local function is_blank(text)
  if text == "" then return true end
  if not text:match("%s$") or text:match("[{,]%s*$") then return false end
  local words = lexer.words(text)
  return not (#words > 0 and words[#words].open)
end

--- What Tab does.
-- @tparam string text the line up to the cursor
-- @tparam table scope the prompt's locals
-- @treturn string what to insert
-- @treturn ?string the names to choose from, when there are several
function M.complete(text, scope)
  if is_blank(text) then return "  " end
  local found = {}
  local head = look_up(text, scope, found)
  local names = order.names(found)
  if #names == 0 then return "" end
  local rest = common_prefix(names):sub(#head + 1)
  if #names > 1 and rest == "" then return "", in_columns(names) end
  return rest
end

return M
