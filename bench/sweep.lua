--- Time of many trainings at once (train.sweep): the airfoil regression, 2 epochs of batches of 10; each run has a rate
-- and a seed of its own. Prints seconds, set-up included; --check compares some of them with the same training alone.
local lab = require "optlab"
local nn, optim, train = lab.nn, lab.optim, lab.train
local p = lab.params { runs = { default = 1000, help = "trainings" }, check = false }

local data = lab.data.airfoil { n = 1500 }
local mse = nn.MSELoss()
local function loss(prediction, y) return mse(prediction, y:reshape(-1, 1)) end
local function model() return nn.Linear(5, 1) end
local function optimizer(params, run) return optim.SGD(params, { lr = run.lr }) end

local runs = {}
for i = 1, p.runs do runs[i] = { lr = 0.001 * (1 + i % 50), seed = i } end

local start = lab.clock()
local results = train.sweep {
  model = model, loss = loss, optimizer = optimizer, data = data, batch_size = 10, epochs = 2, runs = runs,
}
print(("%d trainings in %.3f s on %d threads"):format(p.runs, lab.clock() - start, lab.get_num_threads()))

for i = 1, p.check and p.runs or 0, 97 do
  lab.manual_seed(runs[i].seed)
  local net = model()
  local history = train.fit {
    model = net, loss = loss, optimizer = optimizer(net:parameters(), runs[i]), epochs = 2, progress = false,
    data = lab.data.loader(data, { batch_size = 10, shuffle = true }),
  }
  assert(history.train_loss[2] == results[i].train_loss[2] and train.mean_loss(net, loss, data) == results[i].loss)
end
