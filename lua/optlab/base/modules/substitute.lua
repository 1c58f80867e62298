--- Calls in which other tensors stand for those of a module.
--
-- It speaks to modules by what their metatables offer (optlab.nn.module), so it needs nothing of optlab.nn.
-- @module optlab.base.modules.substitute
local core = require "optlab.core"
local errors = require "optlab.base.errors"

local M = {}

-- Every tensor of m that is a key of `others` becomes the value there.
local function swap(m, others)
  for _, each in ipairs(m:modules()) do
    local meta = getmetatable(each)
    for _, kind in ipairs { "own_parameters", "own_buffers" } do
      for _, entry in ipairs(meta[kind](each)) do
        local other = others[entry[2]]
        if other then meta.swap_tensor(each, entry[1], other) end
      end
    end
  end
end

--- Calls f(...) while other tensors stand for tensors of a module, also where they are shared.
-- @param m a module
-- @tparam table others tensor of the module -> tensor
function M.call(m, others, f, ...)
  local back, given = {}, table.pack(...)
  for old, new in pairs(others) do
    if back[new] then errors.raise("a tensor cannot stand for two parameters at once; clone() it") end
    back[new] = old
  end
  swap(m, others)
  return core.ensure(function() return f(table.unpack(given, 1, given.n)) end, function() swap(m, back) end)
end

return M
