--- Gradients of recorded computations: `lab.autograd.grad`, `backward`, `gradcheck`, and the recording modes.
-- @module optlab.autograd
local core = require "optlab.core"

require "optlab.autograd.hooks"

local M = {
  gradcheck = require("optlab.autograd.func").gradcheck,
  Function = require "optlab.autograd.custom",
}
local PRIVATE = {
  custom = true, add_hook = true, remove_hook = true, set_leaf_hooks = true, version = true, computing_ops = true,
  observe_ops = true,
}
for name, value in pairs(core.autograd) do
  if not PRIVATE[name] then M[name] = value end
end

return require("optlab.base.errors").strict(M, "lab.autograd")
