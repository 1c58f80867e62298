--- Reading a global that was never assigned is an error with a guess, instead of a nil that fails later or, as an
-- option's value, means the default.
--
-- Only in what the user runs: the script, -e, standard input, the lines of the prompt. Modules may ask for globals that
-- they do not know, as Lua's do (`unpack or table.unpack`). `rawget(_G, "x")` never fails.
-- @module optlab.cli.strict
local guess = require "optlab.cli.guess"

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

-- Unless the globals have a metatable of somebody else.
local function install()
  if getmetatable(_G) then return end
  setmetatable(_G, {
    __index = function(_, name)
      local info = type(name) == "string" and debug.getinfo(2, "S")
      local text = info and watched[info.source]
      if text then error(message_of(name, text), 2) end
      return nil
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
end

return M
