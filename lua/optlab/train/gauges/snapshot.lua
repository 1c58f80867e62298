--- States of objects that are kept for a while and put back: models, optimizers, loaders.
-- @module optlab.train.gauges.snapshot
local core = require "optlab.core"
local field = require("optlab.base.kinds").field

local M = {}

-- A copy of a state, tensors included.
local function copy(state)
  if core.tensor.is_tensor(state) then return state:detach():clone() end
  if type(state) ~= "table" then return state end
  local result = {}
  for name, value in pairs(state) do result[name] = copy(value) end
  return result
end

--- A loader of the same batches whose passes the given one does not see; a loader of the script's own as it is.
-- @tparam Loader loader
-- @treturn Loader
function M.apart(loader)
  return type(loader) == "userdata" and core.data.loader_copy(loader) or loader
end

--- Copies the state of each object that has one.
-- @tparam {object,...} objects
-- @treturn table for `restore`
function M.keep(objects)
  local kept = {}
  for _, object in ipairs(objects) do
    if field(object, "state_dict") then kept[#kept + 1] = { object = object, state = copy(object:state_dict()) } end
  end
  return kept
end

--- Puts the states back.
-- @tparam table kept
function M.restore(kept)
  for _, k in ipairs(kept) do k.object:load_state_dict(k.state) end
end

return M
