--- Time of many trainings at once (train.sweep).
--   trainings   the airfoil regression, 2 epochs of batches of 10, each run with a rate and a seed of its own: seconds
--               for all, set-up included; --check compares some of them with the same training alone
--   lockstep    microseconds of one step of one run of that, without the set-up and, but for
--               --shuffle, without a random order of the rows
--   lenet       8 LeNets, 2 epochs of 4 batches of 64: seconds side by side, and one after the other on all threads
local lab = require "optlab"
local nn, optim, train = lab.nn, lab.optim, lab.train
local p = lab.params {
  what = { default = "trainings", choices = { "trainings", "lockstep", "lenet" } },
  runs = { default = 1000, help = "trainings" }, check = false,
  shuffle = { default = false, help = "lockstep: each run takes the rows in a random order of its own" },
  adam = { default = false, help = "Adam instead of SGD" },
}

local mse = nn.MSELoss()
local function loss(prediction, y) return mse(prediction, y:reshape(-1, 1)) end
local function linear() return nn.Linear(5, 1) end
local function sgd(params, run) return (p.adam and optim.Adam or optim.SGD)(params, { lr = run.lr }) end

local runs = {}
for i = 1, p.runs do runs[i] = { lr = 0.001 * (1 + i % 50), seed = i } end

-- A sweep of the regression and its seconds.
local function regressions(data, more)
  local o = { model = linear, loss = loss, optimizer = sgd, data = data, batch_size = 10, epochs = 2, runs = runs }
  for name, value in pairs(more or {}) do o[name] = value end
  local start = lab.clock()
  return train.sweep(o), lab.clock() - start
end

local function check(data, results)
  for i = 1, p.runs, 97 do
    lab.manual_seed(runs[i].seed)
    local net = linear()
    local history = train.fit {
      model = net, loss = loss, optimizer = sgd(net:parameters(), runs[i]), epochs = 2, progress = false,
      data = lab.data.loader(data, { batch_size = 10, shuffle = true }),
    }
    assert(history.train_loss[2] == results[i].train_loss[2] and train.mean_loss(net, loss, data) == results[i].loss)
  end
end

local function lenets(run_list)
  local data = { X = lab.randn(256, 1, 28, 28), y = lab.randint(1, 11, { 256 }) }
  local function sweep(list)
    train.sweep {
      model = function() return lab.book.lenet() end, loss = nn.CrossEntropyLoss(), optimizer = sgd, data = data,
      batch_size = 64, epochs = 2, runs = list, evaluate = false,
    }
  end
  local start = lab.clock()
  sweep(run_list)
  local together = lab.clock() - start
  start = lab.clock()
  for _, run in ipairs(run_list) do sweep { run } end
  return together, lab.clock() - start
end

if p.what == "lenet" then
  local together, alone = lenets { table.unpack(runs, 1, 8) }
  print(("8 LeNets side by side in %.3f s, one after the other in %.3f s on %d threads"):format(together, alone,
    lab.get_num_threads()))
elseif p.what == "lockstep" then
  local data, quiet = lab.data.airfoil { n = 1500 }, { shuffle = p.shuffle, evaluate = false, epochs = 2 }
  local _, few = regressions(data, quiet)
  quiet.epochs = 22
  local _, many = regressions(data, quiet)
  local us = (many - few) / (p.runs * 20 * 150) * 1e6
  print(("%.4f us a step of a run on %d threads"):format(us, lab.get_num_threads()))
else
  local data = lab.data.airfoil { n = 1500 }
  local results, seconds = regressions(data)
  print(("%d trainings in %.3f s on %d threads"):format(p.runs, seconds, lab.get_num_threads()))
  if p.check then check(data, results) end
end
