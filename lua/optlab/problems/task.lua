--- A model of a problem with its data: what `problem:build(seed)` gives.
--
-- `model`, a module; `loss(prediction, y)`, the mean over a batch that is reported; `objective(prediction, y)`, the
-- loss that is trained on, with a penalty on the weights where the problem has one; `data`, a loader; `train_set` and
-- `test`, data sets or loaders; `metric(prediction, y)` and `metric_name`, or nil; `batch_size`, `epochs`, `seed`,
-- `problem`.
-- @classmod Task
local args = require "optlab.base.args"
local evaluate = require "optlab.train.evaluate"
local metrics = require "optlab.train.metrics"
local rate = require "optlab.train.rate"
local train = require "optlab.train"

local Task = { __name = "Task" }
Task.__index = Task

local FIT = args.declare("Task:fit", {
  doc = "Trains the task's model by train.fit and returns the history; the loss on the test data is recorded.",
  { "optimizer", "table|function", required = true,
    what = "a list such as {\"Adam\", lr = 1e-3} or a function of parameters",
    doc = "The optimizer: its name and options, or a function(parameters) that makes it." },
  { "epochs", "integer", min = 1, doc = "Number of passes over the data; by default the problem's." },
  { "scheduler", "any", doc = "As train.fit's." },
  { "scheduler_unit", "choice", choices = rate.UNITS, default = "epoch", doc = "As train.fit's." },
  { "eval_every", "integer", min = 1, doc = "As train.fit's." },
  { "log", "callable", doc = "As train.fit's." },
  { "compile", "flag", doc = "As train.fit's; the metric is then not measured in training." },
  { "progress", "string|false", default = false, doc = "As train.fit's." },
})
local EVALUATE = args.declare("Task:evaluate", {
  doc = "The mean loss over the test data and the metric's value there, or nil; in evaluation mode.",
})

--- Makes one; see above for the fields.
function Task.new(fields)
  fields.objective = fields.objective or fields.loss
  return setmetatable(fields, Task)
end

local function optimizer(self, how)
  if type(how) == "function" then return how(self.model:parameters()) end
  return train.optimizer(self.model:parameters(), how)
end

-- The metric as train.fit takes it, which counts by the rows of predictions; there may be several for a row of y.
local function metrics_of(self)
  if not self.metric then return nil end
  if self.metric_name == "accuracy" then return { "accuracy" } end
  return { [self.metric_name] = function(prediction, y) return self.metric(prediction, y) * (#y / #prediction) end }
end

--- Trains the model.
-- @tparam table options see the declaration above
-- @treturn table history
-- @usage local history = lab.problems.mlp():build(1):fit { optimizer = { "Adam", lr = 1e-3 }, epochs = 2 }
function Task:fit(...)
  local o = FIT:read(...)
  if self.start then self.start() end
  return train.fit {
    model = self.model, loss = self.objective, optimizer = optimizer(self, o.optimizer), data = self.data,
    epochs = o.epochs or self.epochs, eval_data = self.test, scheduler = o.scheduler,
    scheduler_unit = o.scheduler_unit, eval_every = o.eval_every, log = o.log, compile = o.compile,
    progress = o.progress, on_epoch = self.start and function() self.start() end,
    metrics = not o.compile and metrics_of(self) or nil,
  }
end

--- The mean loss over the test data, and the metric there.
-- @treturn number
-- @treturn ?number
function Task:evaluate(...)
  EVALUATE:read(...)
  local measured = metrics.read(nil, metrics_of(self), "Task:evaluate")
  local loss, means = evaluate.measure(self.model, self.loss, measured, self.test, "Task:evaluate")
  return loss, means[1]
end

function Task:__tostring()
  local count = 0
  for _, p in ipairs(self.model:parameters()) do count = count + p:numel() end
  return ("Task %s: %d parameters, seed %d"):format(self.problem.name, count, self.seed)
end

return Task
