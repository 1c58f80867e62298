--- Optimizers around an optimizer: `optim.Lookahead(optim.Adam(params), {k = 5})`.
-- @module optlab.optim.wrappers
local wrapper = require "optlab.optim.wrappers.wrapper"

local FILES = { "averages", "cautious", "centralized", "decoupled", "extragradient", "kfac", "lookahead", "sam" }

local M = {}
for _, file in ipairs(FILES) do
  local found = require("optlab.optim.wrappers." .. file)
  for _, definition in ipairs(found.name and { found } or found) do M[definition.name] = wrapper.new(definition) end
end
M.Ranger = require "optlab.optim.wrappers.ranger" (M)

return M
