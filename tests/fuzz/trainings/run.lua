--- Runs random trainings: many in one train.sweep, on one thread and on two, beside each by itself, in a sweep and in
-- train.fit that is not compiled. All must leave the same bits.
local lab = require "optlab"
local choose = require "tests.fuzz.programs.choose"
local new_loss = require "tests.fuzz.trainings.losses"
local said = require "tests.support.said"
local nn, optim, sched, train = lab.nn, lab.optim, lab.sched, lab.train

local ROWS, EPOCHS = 41, 2

local ACTIVATIONS = { "Tanh", "ReLU", "Sigmoid", "GELU", "SiLU", "Softplus", "ELU", "LeakyReLU" }
local OFTEN = { SGD = 8, Adam = 8, AdamW = 4, RMSprop = 4 } -- the others once
local LEFT_OUT = { LBFGS = true, SophiaG = true } -- several evaluations a step; needs the model

local OPTIMIZERS = {}
for _, entry in ipairs(optim.list()) do
  if not LEFT_OUT[entry.name] then table.insert(OPTIMIZERS, { OFTEN[entry.name] or 1, entry }) end
end

local Own = nn.Module.extend { name = "Own" } -- no part of the library
function Own:init(net) self.net = net end
function Own:forward(x) return self.net(x) end

-- A function that makes a network from 3 inputs to some outputs, of the same layers at each call.
local function new_model(c, outputs)
  local layers, width = {}, 3
  local function add(make) layers[#layers + 1] = make end
  for _ = 1, c:int(0, 3) do
    local from, to, bias = width, c:of { 2, 3, 5, 8, 9, 16, 17 }, c:chance(0.75)
    add(function() return nn.Linear(from, to, { bias = bias }) end)
    local between = c:int(1, 6)
    if between == 1 then add(function() return nn.LayerNorm(to) end) end
    if between == 2 then add(function() return nn.BatchNorm1d(to) end) end
    if between == 3 then add(function() return nn.Dropout(0.3) end) end
    add(nn[c:of(ACTIVATIONS)])
    width = to
  end
  add(function() return nn.Linear(width, outputs) end)
  local own, dtype = c:chance(0.2), c:of { "float32", "float32", "float64" }
  return function()
    local net = nn.Sequential()
    for _, make in ipairs(layers) do net:append(make()) end
    if own then net = Own(net) end
    return net:to(dtype)
  end, dtype
end

local function new_optimizer(c)
  local entry = c:weighted(OPTIMIZERS)
  local momentum = entry.name == "SGD" and c:chance(0.5) and 0.9 or nil
  local rate, grouped = entry.defaults.lr ~= nil, c:chance(0.3)
  return entry.name, function(params, run)
    local options = { lr = rate and run.lr or nil, momentum = momentum }
    if not (rate and grouped and #params > 1) then return optim[entry.name](params, options) end
    return optim[entry.name]({ { params = { params[1] }, lr = run.lr / 2 }, { params = { table.unpack(params, 2) } } },
      options)
  end, rate
end

local function new_scheduler(c)
  local steps = c:int(1, 6)
  return c:of {
    function(run) return sched.StepLR { base_lr = run.lr, step_size = steps, gamma = 0.7 } end,
    function(run) return sched.CosineAnnealingLR { base_lr = run.lr, T_max = 4 * steps } end,
    function(run) return sched.warmup(sched.ExponentialLR { base_lr = run.lr, gamma = 0.9 }, { steps = steps }) end,
  }
end

-- Inputs and targets, or labels, and the loss.
local function new_problem(c, outputs, dtype)
  local X = lab.randn(ROWS, 3, { dtype = dtype })
  if c:chance(0.3) then
    return { X = X, y = lab.randint(1, outputs + 1, { ROWS }) },
      nn.CrossEntropyLoss { label_smoothing = c:of { 0, 0.1 }, reduction = c:of { "mean", "sum" } }
  end
  return { X = X, y = lab.randn(ROWS, outputs, { dtype = dtype }) }, new_loss(c)
end

local function new_description(c)
  local outputs = c:int(1, 4)
  local model, dtype = new_model(c, outputs)
  local data, loss = new_problem(c, outputs, dtype)
  local name, optimizer, rate = new_optimizer(c)
  local runs = {}
  for i = 1, c:of { 2, 4, 5, 9, 16, 17 } do runs[i] = { seed = i, lr = 0.002 * i } end
  return {
    model = model, loss = loss, data = data, optimizer = optimizer, runs = runs, epochs = EPOCHS, evaluate = false,
    batch_size = c:of { 2, 5, 6, 7, 13, 16 }, drop_last = true, shuffle = c:chance(0.8),
    scheduler = rate and c:chance(0.2) and new_scheduler(c) or nil, eval_data = c:chance(0.2) and data or nil,
  }, name
end

local function by_fit(o, run)
  lab.manual_seed(run.seed)
  local net = o.model()
  train.fit {
    model = net, loss = o.loss, optimizer = o.optimizer(net:parameters(), run), epochs = EPOCHS, compile = false,
    data = lab.data.loader(o.data, { batch_size = o.batch_size, shuffle = o.shuffle, drop_last = true }),
    progress = false, scheduler = o.scheduler and o.scheduler(run), scheduler_unit = o.scheduler and "step" or nil,
  }
  return net
end

local function by_itself(o, run)
  local one = {}
  for name, value in pairs(o) do one[name] = value end
  one.runs = { run }
  return train.sweep(one)[1].model
end

-- Whether all parameters have the same bits; nan is nan.
local function same(a, b)
  local theirs = b:parameters()
  for i, p in ipairs(a:parameters()) do
    local equal = p:eq(theirs[i]):logical_or(p:isnan():logical_and(theirs[i]:isnan()))
    if equal:to("uint8"):min():item() == 0 then return false end
  end
  return true
end

local function sweep(o, threads)
  lab.set_num_threads(threads)
  return train.sweep(o)
end

local function difference(o)
  local one, two = sweep(o, 1), sweep(o, 2)
  for i, result in ipairs(one) do
    if not same(result.model, two[i].model) then return ("run %d on two threads"):format(i) end
    if not same(result.model, by_itself(o, o.runs[i])) then return ("run %d by itself"):format(i) end
    if not result.diverged and i <= 3 and not same(result.model, by_fit(o, o.runs[i])) then
      return ("run %d by train.fit, not compiled"):format(i)
    end
  end
end

-- Whether some run raises an error in any case, as optimizers do that decompose matrices when these are infinite.
local function raises_by_fit(o)
  for _, run in ipairs(o.runs) do
    if not pcall(by_fit, o, run) then return true end
  end
  return false
end

local function case(c)
  lab.manual_seed(c:int(1, 1 << 30))
  local o, name = new_description(c)
  local threads, random = lab.get_num_threads(), lab.get_rng_state()
  local ok, message, what = pcall(said, difference, o)
  if not ok and not raises_by_fit(o) then error(message, 0) end
  lab.set_num_threads(threads)
  lab.set_rng_state(random)
  return what and ("%s, %s, %d runs, batches of %d:\n%s"):format(what, name, #o.runs, o.batch_size, o.model())
end

local M = {}

--- Tries some trainings; how many, and a report of the first one that differs.
function M.run(cases, seed)
  for i = 1, cases do
    local ok, report = xpcall(case, debug.traceback, choose.new(seed * 1000003 + i))
    if report then return i, ("%s\nseed %d, case %d%s"):format(report, seed, i, ok and "" or " raised") end
  end
  return cases
end

return M
