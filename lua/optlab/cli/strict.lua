--- Reading a global that was never assigned is an error with a guess, instead of a nil that fails later or, as an
-- option's value, means the default; and so is reading what Lua's libraries do not have, math.inf.
--
-- Only in what the user runs: the script, -e, standard input, the lines of the prompt. Modules may ask for globals that
-- they do not know, as Lua's do (`unpack or table.unpack`). `rawget(_G, "x")` never fails.
-- @module optlab.cli.strict
local errors = require "optlab.base.errors"
local guess = require "optlab.cli.guess"
local python = require "optlab.cli.python"

local M = {}

local watched = {} -- by the chunk's source, {declared =, prefix =}

-- What is wrong with a name that a text does not know.
local function message_of(name, text)
  local declared = text.declared()
  if math.type(declared[name]) == "integer" then
    return ("'%s' is not defined here: the local of line %d is known only from its declaration to the end of its block")
      :format(name, declared[name])
  end
  local names = guess.globals()
  for known in pairs(declared) do names[#names + 1] = known end
  table.sort(names)
  return ("'%s' is not defined%s"):format(name, guess.global(name, names, text.prefix))
end

-- The watched text that reads a name, of the function at a level; nil of others.
local function reader(name, level)
  local info = type(name) == "string" and debug.getinfo(level + 1, "S")
  return info and watched[info.source] or nil
end

-- Unless the globals have a metatable of somebody else.
local function install()
  if getmetatable(_G) then return end
  setmetatable(_G, {
    __index = function(_, name)
      local text = reader(name, 2)
      if text then error(message_of(name, text), 2) end
      return nil
    end,
  })
end

-- The same of one of Lua's libraries, math.inf.
local function install_library(library)
  local t = package.loaded[library]
  if getmetatable(t) then return end
  setmetatable(t, {
    __index = function(_, name)
      if not reader(name, 2) then return nil end
      local hint = python.field(library, name)
      local names = {}
      for known in next, t do names[#names + 1] = known end
      table.sort(names)
      if hint == "" then hint = errors.hint(name, names) end
      return error(("%s has no '%s'%s"):format(library, name, hint), 2)
    end,
  })
end

--- Makes it so in a text.
-- @tparam string source as debug.getinfo gives it: "@x.lua", "=prompt"
-- @tparam function declared gives the names that the text declares, each with its line, or with true where it has none
-- @tparam[opt=""] string prefix of optlab's parts in a guess, "lab." in scripts
function M.watch(source, declared, prefix)
  watched[source] = { declared = declared, prefix = prefix }
  install()
  for _, library in ipairs { "coroutine", "debug", "io", "math", "os", "string", "table", "utf8" } do
    install_library(library)
  end
end

return M
