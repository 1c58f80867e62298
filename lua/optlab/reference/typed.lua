--- The functions, methods and fields that no declaration describes, from the types for editors (lua/optlab/types).
--
-- A member is {callee =, space =, name =, signature =, doc =, args = {{name =, kind =, optional =}, ...}, returns =,
-- result =}, or for a field that is no function {callee =, ..., kind =, class =}; `result` and `class` are the classes
-- of the objects that they give.
-- @module optlab.reference.typed
local config = require "optlab.base.config"
local files = require "optlab.base.files"

local M = {}

-- Spaces whose class has another name; a function of `lab` that is a method of tensors belongs to both.
local SPACES = { optlab = "lab", ["optlab.functional"] = "nn.functional", ["optlab.init"] = "nn.init" }

local UNARY, BINARY = "optlab.UnaryMethod", "optlab.BinaryMethod"

-- --- reading the files -----------------------------------------------------------------------------------------------

-- "fun(x: a, b?: c): d Text." -> the type, the text behind it. Brackets and strings hold spaces.
local function split_type(text)
  local depth, i = 0, 1
  while i <= #text do
    local c = text:sub(i, i)
    if c:match("[(<{%[]") then depth = depth + 1 elseif c:match("[)>}%]]") then depth = depth - 1 end
    if c == '"' then i = text:find('"', i + 1, true) or #text end
    if c == " " and depth == 0 and not text:sub(1, i - 1):match("[:,|]$") then
      return text:sub(1, i - 1), text:sub(i + 1)
    end
    i = i + 1
  end
  return text, ""
end

-- "lab.exp = unary": functions of lab that take numbers, too.
local function read_assignment(line, classes)
  local name, how = line:match("^lab%.([%w_]+) = (%l+nary)$")
  if not name then return end
  classes.optlab = classes.optlab or {}
  table.insert(classes.optlab, { name = name, type = how == "unary" and UNARY or BINARY, doc = "", numbers = true })
end

-- One file: classes[name] = {parent =, {name =, type =, doc =}, ...}, aliases[name] = type.
local function read_file(text, classes, aliases)
  local class, doc = nil, {}
  for line in text:gmatch("[^\n]*") do
    local name, parent = line:match("^%-%-%-@class (optlab[%w_.]*):? ?([%w.]*)")
    local field, rest = line:match("^%-%-%-@field ([%a_][%w_]*%??) (.*)$")
    local alias, meaning = line:match("^%-%-%-@alias (optlab[%w_.]*) (.*)$")
    if name then
      class = classes[name] or { parent = parent ~= "" and parent or nil }
      classes[name], doc = class, {}
    elseif alias then
      aliases[alias] = split_type(meaning)
    elseif field and class then
      local kind, behind = split_type(rest)
      if behind ~= "" then doc[#doc + 1] = behind end
      class[#class + 1] = { name = field:gsub("%?", ""), type = kind, doc = table.concat(doc, " ") }
      doc = {}
    elseif line:match("^%-%-%-[^@]") then
      doc[#doc + 1] = line:sub(4)
    else
      doc = {}
      read_assignment(line, classes)
      if line == "" then class = nil end
    end
  end
end

local function read_all()
  local classes, aliases, folder = {}, {}, config.lib .. "types"
  for _, path in ipairs { folder, folder .. "/declared" } do
    for _, name in ipairs(files.list(path, "%.d%.lua$")) do
      read_file(assert(files.read(path .. "/" .. name)), classes, aliases)
    end
  end
  return classes, aliases
end

-- --- types as words --------------------------------------------------------------------------------------------------

-- Cuts at a sign outside of brackets.
local function cut(text, sign)
  local parts, depth, from = {}, 0, 1
  for i = 1, #text do
    local c = text:sub(i, i)
    if c:match("[(<{%[]") then depth = depth + 1 elseif c:match("[)>}%]]") then depth = depth - 1 end
    if c == sign and depth == 0 then
      parts[#parts + 1] = text:sub(from, i - 1):match("^%s*(.-)%s*$")
      from = i + 1
    end
  end
  parts[#parts + 1] = text:sub(from):match("^%s*(.-)%s*$")
  return parts
end

local WORDS = { ["function"] = "function", any = "anything" }

local function words_of_type(text, aliases)
  text = aliases[text] or text
  local parts = cut(text, "|")
  for i, part in ipairs(parts) do
    local maybe = part:match("^(.*)%?$")
    local inner = (maybe or part):match("^(.*)%[%]$")
    if inner then
      part = "list of " .. words_of_type(inner, aliases) .. "s"
    elseif part:match("^fun%(") then
      part = "function"
    elseif part:match("^optlab%.options%.") then
      part = "table of options"
    else
      part = WORDS[part] or aliases[part] and words_of_type(part, aliases) or (maybe or part):gsub("optlab%.", "")
    end
    parts[i] = part .. (maybe and " or nil" or "")
  end
  return table.concat(parts, " or ")
end

-- "fun(a: T, b?: U): R" -> {{name, kind, optional}, ...}, "R"; nil for other types.
local function signature_of(text, aliases)
  text = aliases[text] or text
  local inside = text:match("^fun(%b())")
  if not inside then return nil end
  local args, returned = {}, text:sub(#inside + 4):match("^:%s*(.*)$")
  for _, part in ipairs(cut(inside:sub(2, -2), ",")) do
    local name, optional, kind = part:match("^([%w_.]+)(%??):%s*(.*)$")
    if name then args[#args + 1] = { name = name, optional = optional ~= "", kind = words_of_type(kind, aliases) } end
  end
  local returns = {}
  for i, part in ipairs(cut(returned or "", ",")) do returns[i] = words_of_type(part, aliases) end
  return args, table.concat(returns, ", ")
end

-- "(a[, b])"
local function call_of(args)
  local text = ""
  for i, arg in ipairs(args) do
    local word = (i > 1 and ", " or "") .. arg.name
    text = text .. (arg.optional and "[" .. word .. "]" or word)
  end
  return "(" .. text .. ")"
end

-- --- members ---------------------------------------------------------------------------------------------------------

local GENERAL = {
  [UNARY] = "%s of each element.",
  [BINARY] = "%s of each element and of that of another tensor, or a number.",
}

local function doc_of(field)
  local general = GENERAL[field.type]
  if field.doc ~= "" or not general then return field.doc end
  local in_place = field.name:match("^(.*)_$")
  return general:format(in_place or field.name) .. (in_place and " Changes the tensor itself." or "")
end

-- A field of a class under the name that it has in a space.
local function member(space, sign, field, aliases)
  local args, returns = signature_of(field.type, aliases)
  local made = { space = space, name = field.name, doc = doc_of(field), class = field.type:match("^optlab%.%u%w*$") }
  made.callee = space .. (args and sign or ".") .. field.name
  if not args then
    made.kind = words_of_type(field.type, aliases)
    made.signature = made.callee
    return made
  end
  made.result = (aliases[field.type] or field.type):match("%):%s*(optlab%.%u%w*)")
  if sign == ":" then table.remove(args, 1) end
  if args[1] and args[1].name == "self" then args[1].name = "x" end
  if field.numbers then
    for _, arg in ipairs(args) do arg.kind = "Tensor or number" end
  end
  made.args, made.returns, made.signature = args, returns, made.callee .. call_of(args)
  return made
end

local function is_space(class) return SPACES[class] or class:match("^optlab%.%l+$") end

local function add_class(list, class, fields, aliases)
  local short = class:gsub("^optlab%.", "")
  for _, field in ipairs(fields) do
    local first = (aliases[field.type] or field.type):match("^fun%((%w+)")
    if class == "optlab.Functions" then
      list[#list + 1] = member("lab", ".", field, aliases)
      list[#list + 1] = member("Tensor", ":", field, aliases)
    elseif is_space(class) then
      if not is_space(field.type) then list[#list + 1] = member(SPACES[class] or short, ".", field, aliases) end
    elseif not short:find("%.") and not short:match("Options$") then
      local method = first == "self" or class == "optlab.Tensor" and first ~= nil
      list[#list + 1] = member(short, method and ":" or ".", field, aliases)
    end
  end
end

local cached, parents

--- All members, sorted by callee.
-- @treturn {table,...}
function M.all()
  if cached then return cached end
  local classes, aliases = read_all()
  local list = {}
  for class, fields in pairs(classes) do add_class(list, class, fields, aliases) end
  table.sort(list, function(a, b) return a.callee < b.callee end)
  cached, parents = list, {}
  for class, fields in pairs(classes) do
    parents[class:gsub("^optlab%.", "")] = fields.parent and fields.parent:gsub("^optlab%.", "")
  end
  return list
end

--- The member of a callee, "Tensor:mm".
-- @tparam string callee
-- @treturn ?table
function M.of(callee)
  for _, entry in ipairs(M.all()) do
    if entry.callee == callee then return entry end
  end
end

--- The members of a class and of those above it.
-- @tparam string class "Tensor"
-- @treturn {table,...}
function M.members(class)
  local all, found = M.all(), {}
  while class do
    for _, entry in ipairs(all) do
      if entry.space == class then found[#found + 1] = entry end
    end
    class = parents[class]
  end
  return found
end

return M
