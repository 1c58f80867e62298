--- Problems for optimizers, with their published models, first values, batch sizes and numbers of epochs: those of
-- DeepOBS (Schneider, Balles and Hennig, ICLR 2019) and some classics.
--
--    local task = lab.problems.mlp { data = "fashion_mnist" }:build(1)
--    local history = task:fit { optimizer = { "Adam", lr = 1e-3 }, epochs = 5 }
-- @module optlab.problems
local M = {}

for _, name in ipairs { "planes", "classifiers", "vae", "texts", "classics" } do
  for key, make in pairs(require("optlab.problems." .. name)) do M[key] = make end
end

return require("optlab.base.errors").strict(M, "lab.problems")
