--- Many trainings of one small model at once, which differ in seed and hyperparameters.
--
--    local results = train.sweep {
--      model = function() return nn.Linear(5, 1) end, loss = loss,
--      optimizer = function(params, run) return optim.SGD(params, { lr = run.lr }) end,
--      data = data.airfoil(), batch_size = 10, epochs = 2,
--      grid = { lr = { 0.01, 0.02, 0.05 }, seed = { 1, 2, 3 } },
--    }
--    for _, r in ipairs(results) do print(r.run.lr, r.run.seed, r.loss) end
--
-- Each run has a model, an optimizer and an order of the data of its own, and its numbers are, to the bit, those of the
-- same training by itself after `lab.manual_seed(run.seed)`. The step is compiled (docs/compile.md); threads share the
-- runs. A run that diverges ends with its nan.
-- @module optlab.train.sweep
local arguments = require "optlab.base.arguments"
local config = require "optlab.base.config"
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local evaluation = require "optlab.train.evaluate"
local rate = require "optlab.train.rate"
local step = require "optlab.train.step"

local FN = "train.sweep"
local AT_ONCE = 64 -- models that exist at the same time

local OPTIONS = {
  "model", "loss", "optimizer", "data", "epochs", "batch_size", "shuffle", "drop_last", "runs", "grid", "scheduler",
  "step", "evaluate",
}

-- All combinations of the values of the lists in `grid`, by name; the first name in the alphabet varies slowest.
local function combinations(grid)
  local names, runs = {}, { {} }
  for name, values in pairs(grid) do
    errors.check_string(name, FN, "a name in grid")
    errors.check_table(values, FN, ("grid.%s"):format(name))
    names[#names + 1] = name
  end
  table.sort(names)
  for _, name in ipairs(names) do
    local more = {}
    for _, run in ipairs(runs) do
      for _, value in ipairs(grid[name]) do
        local longer = { [name] = value }
        for key, old in pairs(run) do longer[key] = old end
        more[#more + 1] = longer
      end
    end
    runs = more
  end
  return runs
end

local function check(o)
  errors.check_table(o, FN, "the description")
  errors.check_options(o, OPTIONS, FN)
  for _, name in ipairs { "model", "optimizer", "data", "epochs" } do
    if o[name] == nil then errors.raise("%s: the option '%s' is missing", FN, name) end
  end
  errors.check_function(o.model, FN, "model")
  errors.check_function(o.optimizer, FN, "optimizer")
  errors.check_integer(o.epochs, FN, "epochs", 1)
  if not o.loss and not o.step then errors.raise("%s: the option 'loss' is missing", FN) end
  if (o.runs == nil) == (o.grid == nil) then
    errors.raise("%s: give either 'runs', a list, or 'grid', lists by name", FN)
  end
  if o.step and o.scheduler then
    errors.raise("%s: give either 'step', which can attach a schedule and move it by itself, or 'scheduler'", FN)
  end
  local runs = o.runs or combinations(o.grid)
  for i, run in ipairs(errors.check_table(runs, FN, "runs")) do
    errors.check_table(run, FN, ("runs[%d]"):format(i))
    if run.seed ~= nil then errors.check_integer(run.seed, FN, ("runs[%d].seed"):format(i)) end
  end
  return runs
end

-- The model of a run and its training in C, made after the run's seed was set.
local function prepare(o, run, first)
  core.tensor.manual_seed(run.seed or config.seed)
  local net = o.model(run)
  local opt = o.optimizer(net:parameters(), run)
  local scheduler = o.scheduler and rate.scheduler(opt, o.scheduler(run), FN)
  local update = o.step and o.step(net, opt, run)
    or step.new { model = net, loss = o.loss, optimizer = opt, scheduler = scheduler }
  local loader = core.data.loader(o.data, {
    batch_size = o.batch_size or 1, shuffle = o.shuffle ~= false, drop_last = o.drop_last or false,
  })
  local compiled = core.compile.compile(update, true, first)
  return { run = run, model = net, training = core.compile.sweep_run(compiled, loader, o.epochs) }
end

local function result(o, prepared)
  local evaluate, loss = o.evaluate, nil
  prepared.training:continue()
  if evaluate then
    loss = evaluate(prepared.model, prepared.run)
  elseif evaluate == nil and o.loss then
    loss = evaluation.mean_loss(prepared.model, o.loss, o.data)
  end
  return { run = prepared.run, model = prepared.model, loss = loss, train_loss = prepared.training:losses() }
end

local M = {}

--- Trains every run to its end.
-- @tparam table o
--
-- * `model`: function(run) that makes a model
-- * `optimizer`: function(params, run) that makes its optimizer
-- * `loss`: loss(prediction, y), the mean over a batch
-- * `data`: a data set {X =, y =}; `batch_size` (1), `shuffle` (true), `drop_last` (false) as in data.loader
-- * `epochs`: how many
-- * `runs`: a list of tables, or `grid`: lists by name of which all combinations are made. `seed` in a run is its seed
--   (else the program's); everything else is for `model` and `optimizer` to read
-- * `scheduler`: function(run) that returns a schedule of the update count
-- * `step`: function(net, opt, run) that returns another step(X, y) instead of the usual one
-- * `evaluate`: function(model, run) that gives a result's `loss`; the mean loss over `data` unless given; false: none
--
-- @treturn {table,...} a result for each run, in order: `run`, `model`, `loss`, and `train_loss`, a list: the mean
--   training loss of each epoch
function M.sweep(o)
  arguments.settle()
  local runs, results = check(o), {}
  local random = core.tensor.get_rng_state()
  for from = 1, #runs, AT_ONCE do
    local group, trainings = {}, {}
    for i = from, math.min(from + AT_ONCE - 1, #runs) do
      group[#group + 1] = prepare(o, runs[i], i == 1)
      trainings[#trainings + 1] = group[#group].training
    end
    core.compile.advance(trainings, from)
    for _, prepared in ipairs(group) do results[#results + 1] = result(o, prepared) end
  end
  core.tensor.set_rng_state(random)
  return results
end

return M
