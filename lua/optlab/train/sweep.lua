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
-- same training by itself after `lab.manual_seed(run.seed)`. The step is compiled
-- (docs/explanation/compile.md); threads share the runs. A run that diverges goes on with its nan; its result says
-- `diverged`, and a line on standard error names it.
-- @module optlab.train.sweep
local args = require "optlab.base.args"
local arguments = require "optlab.base.script_arguments"
local compiled_step = require "optlab.train.compiled"
local config = require "optlab.base.config"
local core = require "optlab.core"
local diagnose = require "optlab.train.diagnose"
local errors = require "optlab.base.errors"
local divergence = require "optlab.train.divergence"
local eval_sets = require "optlab.train.eval_sets"
local evaluation = require "optlab.train.evaluate"
local module = require "optlab.nn.module"
local notice = require "optlab.base.notice"
local order = require "optlab.base.order"
local loss_mean = require "optlab.train.loss_mean"
local mean_at = require("optlab.train.fit.mean").at
local metrics = require "optlab.train.metrics"
local rate = require "optlab.train.rate"
local step = require "optlab.train.step"
local sweep_results = require "optlab.train.sweep_results"

local FN = "train.sweep"
local AT_ONCE = 64 -- models that exist at the same time

local SWEEP = args.declare(FN, {
  doc = "Trains many small models side by side that differ in seed and hyperparameters.",
  { "model", "callable", required = true, doc = "model(run) returns a new model." },
  { "optimizer", "callable", required = true, doc = "optimizer(params, run) returns the model's optimizer." },
  { "data", "dataset", required = true, doc = "The data set to train on." },
  { "epochs", "integer", min = 1, required = true, doc = "Number of passes over the data." },
  { "loss", "callable",
    doc = "A loss; a function loss(prediction, y) of your own returns the mean over the batch. Required unless `step` "
      .. "is given." },
  { "batch_size", "integer", min = 1, default = 1, doc = "Number of rows in a batch." },
  { "shuffle", "flag", default = true, doc = "Whether the rows are put in a new random order in each epoch." },
  { "replacement", "flag", default = false, doc = "Whether each row is drawn from all rows, with replacement, as by "
    .. "data.loader." },
  { "drop_last", "flag", default = false, doc = "Whether a last batch that is not full is left out." },
  { "runs", "list", of = { "table" },
    doc = "A table for each run; `seed` is its seed, and the functions above read the rest." },
  { "grid", "table", doc = "Alternative to runs: lists by name; a run is made of each combination." },
  { "scheduler", "callable", doc = "scheduler(run) returns a schedule of the update count." },
  { "step", "callable", doc = "step(net, opt, run) returns a function step(X, y) that replaces the usual step." },
  { "eval_data", "object|table", has = { "batches" }, what = eval_sets.WHAT,
    doc = "Data on which each model is evaluated after each epoch: a data set, a loader, or several by name. The loss "
      .. "of a result is then that of `valid`, else of `test`, else of the first in the alphabet." },
  { "metrics", "table",
    doc = "What is also measured on eval_data: {\"accuracy\", \"top5\", mae = function(prediction, y) ... end}." },
  { "evaluate", "callable|false",
    doc = "evaluate(model, run) returns a result's loss; by default the mean loss over the data; false for none." },
  divergence.OPTION,
})

-- All combinations of the values of the lists in `grid`, by name; the first name in the alphabet varies slowest.
local function combinations(grid)
  local names, runs = {}, { {} }
  for name, values in pairs(grid) do
    args.check(FN, "a name in grid", name, "string")
    args.check(FN, ("grid.%s"):format(name), values, "list", { of = { "any" } })
    names[#names + 1] = name
  end
  order.sort(names)
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

-- The options and the list of runs.
local function read_options(...)
  local o = SWEEP:read(...)
  if not o.loss and not o.step then errors.raise("%s: loss is missing; it must be a function", FN) end
  if (o.runs == nil) == (o.grid == nil) then
    errors.raise("%s: give either 'runs', a list, or 'grid', lists by name", FN)
  end
  if o.step and o.scheduler then
    errors.raise("%s: give either 'step', which can attach a schedule and move it by itself, or 'scheduler'", FN)
  end
  if module.is_module(o.model) then
    errors.raise("%s: model must be a function that returns a new model for each run, function(run) return "
      .. "nn.Linear(2, 1) end, got a model", FN)
  end
  o.mean = loss_mean.of(not o.step and o.loss, FN)
  o.loader = core.data.loader(o.data, {
    batch_size = o.batch_size, shuffle = o.shuffle, replacement = o.replacement, drop_last = o.drop_last,
  })
  o.sets, o.measured = eval_sets.read(o.eval_data, FN), metrics.read(nil, o.metrics, FN)
  if #o.measured > 0 and #o.sets == 0 then errors.raise("%s: metrics are measured on eval_data; give it too", FN) end
  if #o.sets > 0 and not o.loss then errors.raise("%s: eval_data needs the option loss", FN) end
  local runs = o.runs or combinations(o.grid)
  for i, run in ipairs(runs) do
    if run.seed ~= nil and math.type(run.seed) ~= "integer" then
      args.check(FN, ("runs[%d].seed"):format(i), run.seed, "integer")
    end
  end
  return o, runs
end

-- Lists for what is measured after each epoch: test_loss, test_acc, ...
local function new_curves(o)
  local curves = {}
  for _, set in ipairs(o.sets) do
    curves[set.name .. "_loss"] = {}
    for _, metric in ipairs(o.measured) do curves[set.name .. "_" .. metric.name] = {} end
  end
  return curves
end

-- Calls f(...) with the mean of an optimizer that keeps one (Schedule-Free) in place of the parameters.
local function at_mean(prepared, f, ...)
  if prepared.mean_of then return mean_at(prepared.mean_of, f, ...) end
  return f(...)
end

-- Measures a model after an epoch.
local function measure(o, prepared, epoch)
  for _, set in ipairs(o.sets) do
    local loss, means = evaluation.measure(prepared.model, o.loss, o.measured, set.data, FN)
    prepared.curves[set.name .. "_loss"][epoch] = loss
    for i, metric in ipairs(o.measured) do prepared.curves[set.name .. "_" .. metric.name][epoch] = means[i] end
  end
end

-- Trains a group of runs to their end. Where something is measured they stop after each epoch.
local function train_group(o, group, from)
  local trainings = {}
  for i, prepared in ipairs(group) do trainings[i] = prepared.training end
  if #o.sets == 0 then return core.compile.advance(trainings, from) end
  for epoch = 1, o.epochs do
    core.compile.advance(trainings, from, epoch)
    for _, prepared in ipairs(group) do at_mean(prepared, measure, o, prepared, epoch) end
  end
end

-- The model of a run and its training in C, made after the run's seed was set.
local function prepare(o, run, first)
  local mean = o.mean
  core.tensor.manual_seed(run.seed or config.seed)
  local net = o.model(run)
  local params = net:parameters()
  local opt = o.optimizer(params, run)
  local scheduler = o.scheduler and rate.scheduler(opt, o.scheduler(run), FN)
  local update = o.step and o.step(net, opt, run)
    or step.new { model = net, loss = o.loss, optimizer = opt, scheduler = scheduler, weigh = mean.weigh, fn = FN }
  local compiled = core.compile.compile(update, true, first, mean.weigh ~= nil)
  local follows = not o.step and compiled_step.is_built_in(net) and compiled_step.has_kernels(opt)
  local modules = follows and not scheduler and compiled_step.in_line(net) or nil
  local training = core.compile.sweep_run(compiled, o.loader, o.epochs, mean.sums, follows, modules, opt)
  local mean_of = core.compile.keeps_mean(opt) and opt or nil
  return { run = run, model = net, params = params, training = training, curves = new_curves(o), mean_of = mean_of }
end

-- Whether a run diverged: a mean loss of an epoch, the result's loss or a parameter is infinite or nan.
local function has_diverged(losses, loss, prepared)
  if not divergence.is_finite(losses) then return true end
  if type(loss) == "number" and not divergence.is_finite(loss) then return true end
  if core.compile.all_finite(prepared.params) then return false end
  return diagnose.bad_parameter { model = prepared.model } ~= nil
end

-- Increasing numbers with the ends of each stretch: "2, 5 to 9".
local function stretches(numbers)
  local out, i = {}, 1
  while i <= #numbers do
    local k = i
    while numbers[k + 1] == numbers[k] + 1 do k = k + 1 end
    if k < i + 2 then k = i end
    out[#out + 1] = k == i and tostring(numbers[i]) or ("%d to %d"):format(numbers[i], numbers[k])
    i = k + 1
  end
  return table.concat(out, ", ")
end

local function tell_diverged(how, numbers, count)
  if #numbers == 0 then return end
  divergence.settle(how, ("%s: %d of %d runs diverged: %s"):format(FN, #numbers, count, stretches(numbers)))
end

-- What a result need not have.
local OTHERS = { loss = false, test_loss = false, test_acc = false, valid_loss = false, valid_acc = false }

local function result(o, prepared)
  local evaluate, loss = o.evaluate, nil
  prepared.training:continue()
  if evaluate then
    loss = at_mean(prepared, evaluate, prepared.model, prepared.run)
  elseif o.sets[1] then
    loss = prepared.curves[o.sets[1].name .. "_loss"][o.epochs]
  elseif evaluate == nil and o.loss then
    loss = at_mean(prepared, evaluation.measure, prepared.model, o.loss, {}, o.data, FN)
  end
  local losses = prepared.training:losses()
  local found = {
    run = prepared.run, model = prepared.model, loss = loss, train_loss = losses,
    diverged = has_diverged(losses, loss, prepared),
  }
  errors.counted(losses)
  for name, list in pairs(prepared.curves) do found[name] = errors.counted(list) end
  return errors.strict(found, "a result of " .. FN, OTHERS)
end

-- A name that the functions of the sweep misspell is nil to them, which as an option means the default.
local function tell_idle(results, grid)
  local names = {}
  for name in pairs(grid or {}) do names[#names + 1] = name end
  local idle = sweep_results.idle(results, order.sort(names))
  if not idle then return end
  notice("%s: all values of '%s' gave the same numbers; does a function read run.%s?", FN, idle, idle)
end

local M = {}

--- Trains every run to its end.
-- @tparam table options see the declaration above
-- @treturn {table,...} a result for each run, in order: `run`, `model`, `loss`, `train_loss`, a list: the mean training
--   loss of each epoch, with eval_data the lists `test_loss`, `test_acc`, ... likewise, and `diverged`, true or false:
--   whether one of these or a parameter is infinite or nan. The list has the methods `group`, `mean`, `std`, `median`
--   and `table` (optlab.train.sweep_results), and the field `shared`: how many runs went through a plan together
function M.sweep(...)
  arguments.settle()
  local o, runs = read_options(...)
  local results, diverged, shared = {}, {}, 0
  local function train_all()
    for from = 1, #runs, AT_ONCE do
      local group = {}
      for i = from, math.min(from + AT_ONCE - 1, #runs) do group[#group + 1] = prepare(o, runs[i], i == 1) end
      train_group(o, group, from)
      for _, prepared in ipairs(group) do
        results[#results + 1] = result(o, prepared)
        if prepared.training:shared() then shared = shared + 1 end
        if results[#results].diverged then diverged[#diverged + 1] = #results end
      end
    end
  end
  local random = core.tensor.get_rng_state()
  core.ensure(train_all, function() core.tensor.set_rng_state(random) end)
  tell_diverged(o.on_divergence, diverged, #runs)
  tell_idle(results, o.grid)
  return sweep_results.new(results, shared)
end

return M
