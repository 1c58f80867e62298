--- At the prompt, reading a global that there is not is an error with a guess, instead of a nil that fails later.
--
-- Only for what was typed there: files may ask for globals that they do not know, as Lua's do (`unpack or
-- table.unpack`). `rawget(_G, "x")` never fails.
-- @module optlab.cli.prompt.strict
local guess = require "optlab.cli.guess"

local M = {}

local function is_typed(level)
  local info = debug.getinfo(level + 1, "S")
  return info ~= nil and info.source == "=prompt"
end

--- Makes it so, unless the globals have a metatable already.
-- @tparam table scope the prompt's locals, which a guess may name
function M.install(scope)
  if getmetatable(_G) then return end
  setmetatable(_G, {
    __index = function(_, name)
      if type(name) ~= "string" or not is_typed(2) then return nil end
      local names = guess.globals()
      table.move(scope:names(), 1, #scope:names(), #names + 1, names)
      table.sort(names)
      return error(("there is no '%s'%s"):format(name, guess.hint(name, names)), 2)
    end,
  })
end

return M
