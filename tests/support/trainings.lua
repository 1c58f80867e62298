--- Small trainings with train.fit: a regression and a classifier; changes: options that shall be other ones.
local lab = require "optlab"
local nn, train = lab.nn, lab.train

local M = {}

local float64 = {dtype = "float64"}

--- A noiseless regression y = X (1, -2) + 3 with features that repeat; the loss can reach zero.
function M.toy()
  lab.manual_seed(3)
  local X = lab.randn(40, 2, float64)
  return {X = X, y = X:mm(lab.tensor({{1}, {-2}}, float64)) + 3}
end

--- A linear model and its parameters, all zero.
function M.toy_model()
  local w = lab.zeros({2, 1}, {dtype = "float64", requires_grad = true})
  local b = lab.zeros({1}, {dtype = "float64", requires_grad = true})
  return function(X) return X:mm(w) + b end, {w, b}
end

function M.mse(prediction, y) return ((prediction - y) ^ 2):mean() end

--- Trains the linear model; returns the history, the parameters and the data.
function M.fit(changes)
  local data = M.toy()
  local model, params = M.toy_model()
  local options = {
    model = model, loss = M.mse, optimizer = train.optimizer(params, {"SGD", lr = 0.1}), epochs = 3,
    data = lab.data.loader(data, {batch_size = 10, shuffle = true, seed = 1}),
  }
  for key, value in pairs(changes or {}) do options[key] = value end
  return train.fit(options), params, data
end

--- Points in three heaps, labels 1 to 3.
function M.heaps(n)
  lab.manual_seed(4)
  local y = lab.randint(1, 4, {n})
  local centres = lab.tensor {{0, 3}, {3, 0}, {-3, -3}}
  return {X = centres[y] + lab.randn(n, 2), y = y}
end

--- Trains a network to tell them apart; "none" stands for no option. Returns the history, the network and test data.
function M.classify(changes)
  local data, test = M.heaps(120), M.heaps(50)
  local net = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Dropout {p = 0.2}, nn.Linear(8, 3))
  local options = {
    model = net, loss = nn.CrossEntropyLoss(), optimizer = lab.optim.SGD(net:parameters(), {lr = 0.5}), epochs = 3,
    data = lab.data.loader(data, {batch_size = 50, shuffle = true, seed = 1}), eval_data = test, metric = "accuracy",
  }
  for key, value in pairs(changes or {}) do options[key] = value ~= "none" and value or nil end
  return train.fit(options), net, test
end

return M
