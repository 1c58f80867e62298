--- What Tab does at the prompt.
-- @module optlab.cli.prompt.complete
local M = {}

local KEYWORDS = {
  "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil", "not",
  "or", "repeat", "return", "then", "true", "until", "while",
}

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
      if type(name) == "string" and name:sub(1, #head) == head and name:match("^[%a_][%w_]*$")
        and (head ~= "" or name:sub(1, 1) ~= "_") then
        found[name] = true
      end
    end
    value = index_table(value)
  end
end

-- What the path before "a.b:c" stands for: a local of the prompt or a global, and its fields. Calls nothing.
local function owner_of(path, scope)
  local value = _G
  for name in path:gmatch("[%a_][%w_]*") do
    if value == _G and scope then
      local own, known = scope:get(name)
      value = known and own or rawget(_G, name)
    else
      if type(value) ~= "table" then return nil end
      value = rawget(value, name)
    end
    if value == nil then return nil end
  end
  return value
end

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

local function begins(name, head) return name:sub(1, #head) == head end

-- The names without a path before them: locals, globals, keywords.
local function add_plain(head, scope, found)
  for _, word in ipairs(KEYWORDS) do found[word] = begins(word, head) or nil end
  for _, name in ipairs(scope and scope:names() or {}) do found[name] = begins(name, head) or nil end
end

--- What Tab does.
-- @tparam string text the line up to the cursor
-- @tparam ?table scope the prompt's locals
-- @treturn string what to insert
-- @treturn ?string the names to choose from, when there are several
function M.complete(text, scope)
  local path, head = text:match("([%a_][%w_%.]*[%.:])([%w_]*)$")
  if not path then path, head = "", text:match("[%a_]?[%w_]*$") end
  if text == "" or text:match("\n?[ \t]+$") then return "  " end
  local found, names = {}, {}
  collect(owner_of(path, scope), head, found)
  if path == "" then add_plain(head, scope, found) end
  for name in pairs(found) do names[#names + 1] = name end
  if #names == 0 then return "" end
  table.sort(names)
  local rest = common_prefix(names):sub(#head + 1)
  if #names > 1 and rest == "" then return "", in_columns(names) end
  return rest
end

return M
