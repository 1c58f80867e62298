--- The regression of the momentum section with one optimizer: what scripts/sweeps varies.
local lab = require "optlab"

local p = lab.params {
  lr = {default = 0.005, min = 0, help = "learning rate"},
  momentum = {default = 0.9, min = 0, max = 1, help = "weight of the past"},
  epochs = {default = 2, min = 1, help = "passes over the data"},
}

lab.train.airfoil({"SGD", lr = p.lr, momentum = p.momentum}, {epochs = p.epochs, figure = "airfoil"})
