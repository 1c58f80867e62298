--- A plain reference of optlab's tensors: the part of the table `lab` that random programs use, in Lua, element by
-- element, with doubles. A program is the same text for both: `lab` and tensors are these here and optlab's there.
--
-- It favours being evidently right: a tensor is a list of places in a storage (tensor.lua), a view is a list of which
-- element is which (views.lua), and each result says itself how far off another right answer may be.
-- Where a call must be refused, it raises a table {refused = why}.
local T = require "tests.fuzz.programs.reference.tensor"
require "tests.fuzz.programs.reference.views"
local E = require "tests.fuzz.programs.reference.elementwise"
require "tests.fuzz.programs.reference.reduce"
require "tests.fuzz.programs.reference.product"
local moves = require "tests.fuzz.programs.reference.moves"
local pick = require "tests.fuzz.programs.reference.pick"
local inplace = require "tests.fuzz.programs.reference.inplace"
local grad = require "tests.fuzz.programs.reference.grad"
local optimizers = require "tests.fuzz.programs.reference.optimizers"
local create = require "tests.fuzz.programs.reference.create"

local lab = { cat = pick.cat, stack = pick.stack, where = E.where, autograd = { grad = grad.grad },
  optim = optimizers, nn = { functional = { pad = moves.pad } } }
for name, f in pairs(create) do lab[name] = f end
for name, f in pairs(T.methods) do
  if not name:match("_$") and not lab[name] then lab[name] = f end
end

function lab.no_grad(f, ...) return inplace.plain(f, ...) end

function lab.is_tensor(x) return T.is_tensor(x) end

return lab
