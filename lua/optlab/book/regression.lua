--- The regression on the airfoil data that every optimizer of the chapter is tried on.
--
-- Five features, standardised, predict the standardised sound pressure level of 1500 measurements: y ~ X w + b. The
-- loss is half the squared error; the least-squares optimum is 0.2417, and a noisy optimizer ends a little above it.
-- Every 200 examples the mean loss over all the data is noted, which gives the curve.
-- @module optlab.book.regression
local args = require "optlab.base.args"
local compiled = require "optlab.train.compiled"
local data = require "optlab.data"
local evaluate = require "optlab.train.evaluate"
local fit = require "optlab.train.fit"
local nn = require "optlab.nn"
local run_report = require "optlab.train.run_report"
local tensor = require("optlab.core").tensor
local update_function = require "optlab.train.update_function"

local M = {}

M.EVAL_EVERY = 200 -- examples

local AIRFOIL = args.declare("train.airfoil", {
  doc = "The minibatch regression of the book's optimization chapter: linear regression on data.airfoil.",
  positions = 1,
  { "how", "function|object|table", has = { "step", "zero_grad" }, required = true, what = update_function.WHAT,
    test = update_function.is_no_constructor,
    doc = "An update rule or an optimizer's table. A rule trains the model written out, a table nn.Linear." },
  { "batch_size", "integer", min = 1, default = 10, doc = "Number of rows in a batch." },
  { "epochs", "integer", min = 1,
    doc = "Number of passes over the data; by default 2 for an update rule and 4 for a table." },
  { "concise", "flag",
    doc = "true for a model of nn layers, false for one written with tensors; by default it depends on `how`." },
  { "figure", "path", doc = "A name; the run is printed, recorded in metrics.csv and drawn under it." },
  { "title", "string", doc = "The title of that figure, by default its name." },
  { "data", "dataset", doc = "Another data set {X = (n, 5), y = (n)}." },
})

local dataset

--- The data set, read once in a run of the program.
-- @treturn table {X = (1500, 5), y = (1500)}
function M.dataset()
  dataset = dataset or data.airfoil {n = 1500}
  return dataset
end

-- Half the squared error, averaged over the batch.
local function squared_loss(prediction, y)
  return ((prediction - y:reshape(prediction.shape)) ^ 2 / 2):mean()
end

-- The model written out: w (5, 1) ~ N(0, 0.01^2), b = 0.
local function from_scratch()
  local w = tensor.normal(0, 0.01, {5, 1})
  local b = tensor.zeros(1)
  w.requires_grad, b.requires_grad = true, true
  return function(X) return X:mm(w) + b end, {w, b}, squared_loss, squared_loss
end

-- The model made of the library's parts. As in the book, it is trained with MSELoss, which lacks the half, so a
-- gradient is twice as large as above; the reported loss has the half.
local function concise()
  local net = nn.Sequential(nn.Linear(5, 1))
  nn.init.normal_(net:parameters()[1], 0, 0.01)
  local mse = nn.MSELoss()
  local function loss(prediction, y) return mse(prediction, y:reshape(prediction.shape)) end
  return net, net:parameters(), loss, squared_loss
end

-- The loss curve of a run in the book's frame.
local function draw(name, history, title)
  if history.stand_in then title = title .. " (stand-in data)" end
  local fig = require("optlab.plot").figure {
    title = title, xlabel = "epoch", ylabel = "loss", xlim = {0, history.epochs_total}, ylim = {0.22, 0.35},
    xinteger = true,
  }
  fig:line(history.epochs, history.loss)
  fig:save(name)
end

--- Trains the linear regression and returns its loss curve.
--
-- With an update rule the model is written out (weights and a matrix product); with a table such as {"SGD", lr = 0.05}
-- it is nn.Linear with nn.MSELoss.
-- @tparam function|table how an update rule or an optimizer, see `optlab.train.update_function`
-- @tparam[opt] table options see the declaration above
-- @treturn table the history of `train.fit`, and `stand_in`: whether the data were made up by the program
-- @usage train.airfoil(function(w, g) return w - 0.05 * g end, {figure = "sgd"}) --> loss: 0.243, 0.00112 sec/epoch
function M.run(...)
  local opts = AIRFOIL:read(...)
  local how = opts.how
  local use_library = opts.concise
  if use_library == nil then use_library = type(how) ~= "function" end
  local model, params, loss, reported = (use_library and concise or from_scratch)()
  local epochs = opts.epochs or (use_library and 4 or 2)
  local ds = opts.data or M.dataset()
  local optimizer = update_function.optimizer(params, how)
  local history = fit.fit {
    model = model, loss = loss, optimizer = optimizer, epochs = epochs, compile = compiled.has_kernels(optimizer),
    data = data.loader(ds, {batch_size = opts.batch_size, shuffle = true}),
    eval_every = M.EVAL_EVERY, evaluate = function() return evaluate.mean_loss(model, reported, ds) end,
  }
  history.epochs_total, history.stand_in = epochs, ds.stand_in or false
  if opts.figure then
    run_report.report(opts.figure, history, opts.title)
    draw(opts.figure, history, opts.title or opts.figure)
  end
  return history
end

return M
