--- Gradients of recorded computations: `lab.autograd.grad`, `backward`, `gradcheck`, and the recording modes.
-- @module optlab.autograd
local core = require "optlab.core"

local M = { gradcheck = require("optlab.autograd.func").gradcheck }
for name, value in pairs(core.autograd) do M[name] = value end

return require("optlab.base.errors").strict(M, "lab.autograd")
