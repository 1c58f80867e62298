--- What `?name` says at the prompt: the reference, or what the user's own name stands for.
-- @module optlab.cli.prompt.explain
local errors = require "optlab.base.errors"
local files = require "optlab.base.files"
local help = require "optlab.cli.help"
local lazy = require "optlab.base.modules.lazy"

local M = {}

--- The parts of lab that are globals at the prompt.
M.PARTS = { "nn", "optim", "sched", "data", "plot", "train", "autograd", "func", "linalg", "runs", "dist" }

-- --- what a name stands for ------------------------------------------------------------------------------------------

--- The class of an object as the reference calls it, "Tensor".
-- @param value
-- @treturn ?string nil for what is no object
function M.class_of(value)
  local mt = debug.getmetatable(value)
  local name = type(mt) == "table" and rawget(mt, "__name")
  return type(name) == "string" and name:gsub("^optlab%.", "") or nil
end

-- The value of the first name of a path, and whether there is one.
local function first_value(name, scope)
  local value, known = scope:get(name)
  if known then return value, true end
  value = rawget(_G, name)
  return value, value ~= nil
end

--- Follows "a.b.c" from a local of the prompt or a global. Calls nothing of the user's.
-- @tparam string path
-- @tparam table scope the prompt's locals
-- @return the value
-- @treturn boolean whether there is one
function M.follow(path, scope)
  local names = {}
  for name in path:gmatch("[%a_][%w_]*") do names[#names + 1] = name end
  local value, known = first_value(names[1] or "", scope)
  for i = 2, #names do
    if type(value) ~= "table" then return nil, false end
    value = lazy.get(value, names[i])
    known = value ~= nil
  end
  return value, known
end

-- --- the user's functions --------------------------------------------------------------------------------------------

local typed_source = setmetatable({}, { __mode = "k" })

--- Remembers the line that functions come from, for those that a line has just defined.
-- @tparam table scope
-- @tparam string text of the line
function M.remember(scope, text)
  if not text:find("function", 1, true) then return end
  local function note(value)
    if type(value) == "function" and not typed_source[value] and debug.getinfo(value, "S").source == "=prompt" then
      typed_source[value] = text
    end
  end
  for _, value in next, _G do note(value) end
  for _, name in ipairs(scope:names()) do note((scope:get(name))) end
end

--- How a function is called: "(a, b)".
-- @tparam function fn
-- @treturn string
function M.arguments_of(fn)
  local info, names = debug.getinfo(fn, "u"), {}
  for i = 1, info.nparams do names[i] = debug.getlocal(fn, i) end
  if info.isvararg then names[#names + 1] = "..." end
  return "(" .. table.concat(names, ", ") .. ")"
end

-- The lines first..last of a text, and the comment above them.
local function lines_of(text, first, last)
  local lines, shown = {}, {}
  for line in (text .. "\n"):gmatch("([^\n]*)\n") do lines[#lines + 1] = line end
  while first > 1 and lines[first - 1]:match("^%s*%-%-") do first = first - 1 end
  for i = first, math.min(last, #lines) do shown[#shown + 1] = lines[i] end
  return table.concat(shown, "\n")
end

-- A function that is neither optlab's nor C: how it is called, where it is defined, its text.
local function about_function(name, fn)
  local info = debug.getinfo(fn, "S")
  if info.what == "C" or errors.is_own(info) then return nil end
  local head = ("%s%s: a function, defined "):format(name, M.arguments_of(fn))
  local path = info.source:match("^@(.*)")
  local text = path and files.read(path) or typed_source[fn]
  local where = path and ("in %s:%d"):format(path, info.linedefined) or "at the prompt"
  if not text then return head .. where .. "\n" end
  return ("%s%s\n\n%s\n"):format(head, where, lines_of(text, info.linedefined, info.lastlinedefined))
end

local STANDARD = { "coroutine", "debug", "io", "math", "os", "string", "table", "utf8" }

-- A function of Lua's own: where its manual explains it.
local function about_standard(name, fn)
  local known
  for key, value in next, _G do
    if value == fn then known = key end
  end
  for _, space in ipairs(STANDARD) do
    for key, value in next, _G[space] do
      if value == fn then known = space .. "." .. key end
    end
  end
  return known and ("%s: a function of Lua\n\nhttps://www.lua.org/manual/5.4/manual.html#pdf-%s\n"):format(name, known)
end

-- --- the library's functions and objects under the user's names ------------------------------------------------------

--- How a function or a table of the library is called: "nn.functional.relu" for the function that it is.
-- @param value
-- @treturn ?string nil for other values
function M.name_of(value)
  local lab = require "optlab"
  if value == lab then return "lab" end
  local spaces = { lab = lab, ["nn.functional"] = lab.nn.functional, ["nn.init"] = lab.nn.init }
  for _, name in ipairs(M.PARTS) do
    if lab[name] == value then return name end
    spaces[name] = lab[name]
  end
  for space, members in pairs(spaces) do
    if members == value then return space end
  end
  if type(value) ~= "function" then return nil end
  for space, members in pairs(spaces) do
    for name, member in next, members do
      if member == value then return space .. "." .. name end
    end
  end
end

local function kind_of_object(value)
  local class = M.class_of(value)
  if class == "Optimizer" then return value.name end
  if class == "Module" then return require("optlab").nn.type(value) end
  return class
end

-- An object of the library: what it prints, and the help on its kind.
local function about_object(name, value)
  local kind = kind_of_object(value)
  local text = kind and help.about(kind)
  if not text then return nil end
  local shown = require("optlab.cli.prompt.show").text(value)
  return ("%s = %s\n\n%s"):format(name, shown, text)
end

local function about_value(name, value)
  if type(value) == "function" then
    local text = about_function(name, value) or debug.getinfo(value, "S").what == "C" and about_standard(name, value)
    if text then return text end
  end
  local known = (type(value) == "function" or type(value) == "table") and M.name_of(value)
  if known then return (help.about(known)) end
  if type(value) == "table" or type(value) == "userdata" then
    return about_object(name, value) or ("%s = %s\n"):format(name, require("optlab.cli.prompt.show").text(value))
  end
  return ("%s = %s\n"):format(name, require("optlab.cli.prompt.show").text(value))
end

-- "t:mm" and "opt.step" where the name before belongs to the user: the help on the method of its class.
local function about_method(path, scope)
  local owner, method = path:match("^(.*)[.:]([%a_][%w_]*)$")
  if not owner then return nil end
  local value, known = M.follow(owner, scope)
  local class = known and M.class_of(value)
  return class and (help.about(class .. ":" .. method))
end

--- Explains a name.
-- @tparam string name a name, or a path "a.b:c"
-- @tparam table scope the prompt's locals
-- @treturn string
function M.text(name, scope)
  if name == "" then return help.overview() end
  name = name:gsub("%(%)$", "")
  local value, known = M.follow(name, scope)
  if known then return about_value(name, value) end
  local method = about_method(name, scope)
  if method then return method end
  local text, message = help.about(name)
  return text or message .. "\n"
end

return M
