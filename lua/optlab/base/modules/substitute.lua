--- Calls in which other tensors stand for those of a module.
--
-- It speaks to modules by what their metatables offer (optlab.nn.module), so it needs nothing of optlab.nn.
-- @module optlab.base.modules.substitute
local core = require "optlab.core"

local M = {}

-- Where the keys of `others` are in m: a list of {module, name, tensor}.
local function places_of(m, others)
  local places = {}
  for _, each in ipairs(m:modules()) do
    local meta = getmetatable(each)
    for _, kind in ipairs { "own_parameters", "own_buffers" } do
      for _, entry in ipairs(meta[kind](each)) do
        if others[entry[2]] then places[#places + 1] = { each, entry[1], entry[2] } end
      end
    end
  end
  return places
end

local function put(place, t) getmetatable(place[1]).swap_tensor(place[1], place[2], t) end

--- Calls f(...) while other tensors stand for tensors of a module, also where they are shared.
-- @param m a module
-- @tparam table others tensor of the module -> tensor
function M.call(m, others, f, ...)
  local given, places, changed = table.pack(...), places_of(m, others), 0
  return core.ensure(function()
    for i, place in ipairs(places) do
      put(place, others[place[3]])
      changed = i
    end
    return f(table.unpack(given, 1, given.n))
  end, function()
    for i = changed, 1, -1 do put(places[i], places[i][3]) end
  end)
end

return M
