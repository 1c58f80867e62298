--- A problem for optimizers: what is trained, on what, and how it is measured.
--
-- `define` makes a function of `lab.problems`; calling it with options gives a problem, and `problem:build(seed)` a
-- task: a fresh model with its data. The published batch size and number of epochs are the defaults.
-- @module optlab.problems.problem
local args = require "optlab.base.args"
local core = require "optlab.core"
local data = require "optlab.data"
local errors = require "optlab.base.errors"
local Task = require "optlab.problems.task"

local M = {}

local Problem = { __name = "Problem" }
Problem.__index = Problem

local BUILD = args.declare("Problem:build", {
  doc = "A new model of the problem with its data, loss and metric: a task. The seed sets lab.manual_seed and the "
    .. "order of the batches.",
  positions = 1,
  { "seed", "integer", default = 0,
    doc = "Seed of the weights, of the order of the data and of random numbers in training." },
})

--- A fresh model with its data.
-- @tparam[opt=0] integer seed
-- @treturn Task
function Problem:build(...)
  local seed = BUILD:read(...).seed
  core.tensor.manual_seed(seed)
  local o = self.options
  local fields = self.make(o)
  fields.problem, fields.seed, fields.batch_size, fields.epochs = self, seed, o.batch_size, o.epochs
  fields.data = fields.data or data.loader(fields.train_set, {
    batch_size = math.min(o.batch_size, #fields.train_set.X), seed = seed,
    shuffle = fields.in_order == nil, drop_last = not fields.in_order, augment = fields.augment,
  })
  return Task.new(fields)
end

function Problem:__tostring()
  return ("Problem %s: batches of %d, %d epochs"):format(self.name, self.options.batch_size, self.options.epochs)
end

--- Makes a function that makes problems.
-- @tparam string name
-- @tparam table declaration `doc`, `batch_size`, `epochs` and further rows (optlab.base.args)
-- @tparam function make make(options) gives the fields of a task
-- @treturn function
function M.define(name, declaration, make)
  local rows = { doc = declaration.doc, equation = declaration.equation, table.unpack(declaration) }
  rows[#rows + 1] = { "batch_size", "integer", min = 1, default = declaration.batch_size,
    doc = "Number of examples in a batch; by default the published one." }
  rows[#rows + 1] = { "epochs", "integer", min = 1, default = declaration.epochs,
    doc = "Number of passes over the data that the problem is meant for." }
  local declared = args.declare("problems." .. name, rows)
  return function(...)
    local o = declared:read(...)
    local fields = { name = name, options = o, make = make, batch_size = o.batch_size, epochs = o.epochs }
    return setmetatable(fields, Problem)
  end
end

--- Rows for data sets of images: how many examples to train and to test on.
M.N = { "n", "integer", min = 1, doc = "Number of examples to train on; by default all." }
M.N_TEST = { "n_test", "integer", min = 1, doc = "Number of examples to test on; by default all." }

--- The images of a data set to train and to test on.
-- @tparam string name "mnist", "fashion_mnist", "kmnist", "cifar10", "cifar100" or "svhn"
-- @tparam table o `n`, `n_test`
-- @tparam[opt] boolean flatten
function M.images(name, o, flatten)
  if name == "fashion_mnist" then
    return data.fashion_mnist_pair { n = o.n, n_test = o.n_test, flatten = flatten }
  end
  return data[name] { n = o.n, flatten = flatten }, data[name] { split = "test", n = o.n_test, flatten = flatten }
end

return errors.strict(M, "optlab.problems.problem")
