--- Evaluation at the mean of an optimizer that keeps one (Schedule-Free): opt:eval() before, opt:train() after.
-- @module optlab.train.fit.mean
local core = require "optlab.core"
local field = require("optlab.base.kinds").field

local M = {}

-- The optimizers of a training: one, or several by name.
local function each(optimizer, method)
  if field(optimizer, method) then return optimizer[method](optimizer) end
  if type(optimizer) ~= "table" or field(optimizer, "step") then return end
  for _, one in pairs(optimizer) do
    if field(one, method) then one[method](one) end
  end
end

--- Calls f(...) with the means in place of the parameters, and returns its results.
-- @param optimizer
-- @tparam function f
function M.at(optimizer, f, ...)
  local arguments = table.pack(...)
  each(optimizer, "eval")
  return core.ensure(function() return f(table.unpack(arguments, 1, arguments.n)) end, function()
    each(optimizer, "train")
  end)
end

return M
