--- Trains one of lab.problems with several seeds and prints the loss on its test data before and after, a line a seed;
-- writes the data for problems.py, which does the same in PyTorch.
local lab = require "optlab"
local p = lab.params { problem = "mlp", seeds = 3, epochs = 1, n = 0, n_test = 0, optimizer = "SGD", lr = 0.1,
  arrays = { default = "", help = "the .npz file to write" } }

local options = { epochs = p.epochs }
if p.n > 0 then options.n = p.n end
if p.n_test > 0 then options.n_test = p.n_test end
local problem = lab.problems[p.problem](options)

-- What PyTorch counts from 0.
local function from_zero(t) return t and (t.dtype == "int64" and t - 1 or t) end

local function export(task)
  local arrays = { X = from_zero(task.train_set.X), y = from_zero(task.train_set.y), X_test = from_zero(task.test.X),
    y_test = from_zero(task.test.y), batch = lab.tensor({ task.batch_size }, { dtype = "int64" }),
    vocabulary = task.text and lab.tensor({ #task.text.vocabulary }, { dtype = "int64" }) or nil }
  if p.problem == "quadratic_deep" then arrays.hessian = task.model.hessian end
  lab.save(p.arrays, arrays)
end

for seed = 1, p.seeds do
  local task = problem:build(seed)
  if seed == 1 and p.arrays ~= "" then export(task) end
  local before = task:evaluate()
  task:fit { optimizer = { p.optimizer, lr = p.lr }, epochs = p.epochs }
  print(("%.6g %.6g"):format(before, (task:evaluate())))
end
