--- Optimizers: the built-in ones, gradient clipping, and optimizers of your own.
--
-- Hyperparameters, their defaults and the numbers are PyTorch's; the update of each stands in its file in
-- `lua/optlab/optim/rules/`, `matrix/` or `wrappers/`. `params` is a list of tensors, or a list of groups
-- `{params = ..., lr = ...}`.
--
--     local opt = optim.Adam(model:parameters(), {lr = 0.01})
--     opt:zero_grad()
--     loss:backward()
--     opt:step()
--
-- `opt.lr` and every other hyperparameter can be read (from the first group) and written (to all groups);
-- `opt.param_groups[i]` is a live view of one group.
-- @module optlab.optim
local core = require "optlab.core"
local matrix = require "optlab.optim.matrix"
local wrappers = require "optlab.optim.wrappers"

local M = {}
for name, value in pairs(core.optim) do M[name] = value end
-- For the reference, for define.lua, for tests, for wrappers.
M.declarations, M.define_rule, M.on_idle, M.blocks_only, M.counted = nil, nil, nil, nil, nil
M.define = nil -- below

-- What is written in Lua is loaded when it is first used.
local LAZY = { define = { "optlab.optim.define", "define" }, list = { "optlab.optim.list", "list" } }
for name, file in pairs(matrix.FILES) do
  LAZY[name] = function() return matrix.constructor(name, "optlab.optim.matrix." .. file) end
end
for name, file in pairs(wrappers.FILES) do
  LAZY[name] = function() return wrappers.constructor(name, "optlab.optim.wrappers." .. file) end
end

local lab_optim = require("optlab.base.modules.lazy").fields(M, "lab.optim", LAZY)

-- What PyTorch has and cannot be here.
local index = getmetatable(lab_optim).__index
getmetatable(lab_optim).__index = function(module, name)
  if name == "SparseAdam" then
    require("optlab.base.errors").raise("lab.optim has no 'SparseAdam': there are no sparse gradients here, the "
      .. "gradient of an Embedding is a whole tensor; Adam and Adagrad take it")
  end
  return index(module, name)
end

return lab_optim
