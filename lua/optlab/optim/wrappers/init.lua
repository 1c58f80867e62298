--- Optimizers around an optimizer: `optim.Lookahead(optim.Adam(params), {k = 5})`.
-- @module optlab.optim.wrappers
local M = {}

--- The file of each.
M.FILES = {
  ASAM = "sam", Cautious = "cautious", DecoupledWeightDecay = "decoupled", EMA = "averages",
  Extragradient = "extragradient", GradientCentralization = "centralized", KFAC = "kfac", Lookahead = "lookahead",
  Ranger = "ranger", SAM = "sam", SWA = "averages",
}

--- Loads a wrapper.
-- @tparam string name
-- @tparam string file the module with its definition
-- @treturn function constructor(optimizer, options)
function M.constructor(name, file)
  local found = require(file)
  if found.constructor then return found.constructor end
  for _, definition in ipairs(found.name and { found } or found) do
    if definition.name == name then return require("optlab.optim.wrappers.wrapper").new(definition) end
  end
end

return M
