--- What train.fit says when the loss is no number.
local lab = require "optlab"
local errors = require "tests.support.errors"
local rules = require "tests.support.rules"
local train = lab.train
local nn = lab.nn
local gd = rules.gd

describe("train.fit with a loss that is no number", function()
  local function diverge(changes, data)
    return function()
      local net = changes.net or nn.Sequential(nn.Linear(2, 4), nn.Linear(4, 1))
      train.fit {
        model = net, loss = changes.loss or nn.MSELoss(), epochs = 3, optimizer = changes.optimizer
          or lab.optim.SGD(net:parameters(), {lr = changes.lr or 0.1}), scheduler = changes.scheduler,
        data = lab.data.loader(data or {X = lab.ones(6, 2), y = lab.zeros(6, 1)}, {batch_size = 2}),
      }
    end
  end

  it("names the parameter, the step, the epoch and the learning rate", function()
    errors.says(diverge {lr = 1e39}, "divergence_spec.lua:", "train.fit: the loss is ", "at step 2 (epoch 1)",
      "parameter '0.weight' is not finite after the update before", "a smaller learning rate than 1e+39")
    errors.says(diverge {lr = 0.01, scheduler = function(t) return t < 2 and 0.01 or 1e30 end}, "at step 8 (epoch 3)")
  end)

  it("tells bad first values from bad data", function()
    local net = nn.Sequential(nn.Linear(2, 4), nn.Linear(4, 1))
    lab.no_grad(function() net[2].bias:fill_(1 / 0) end)
    errors.says(diverge {net = net}, "at step 1 ", "parameter '1.bias' is not finite before the first update")
    local X = lab.ones(6, 2)
    X[{4, 1}] = 0 / 0
    errors.says(diverge({}, {X = X, y = lab.zeros(6, 1)}), "the loss is", "at step 2", "the batch itself")
  end)

  it("looks at gradients when the parameters are finite", function()
    local function loss(prediction) return lab.log(prediction - prediction):mean() end
    errors.says(diverge {loss = loss}, "the loss is -inf at step 1 ", "the gradient of '0.weight' is not")
  end)

  it("has the optimizer's places for parameters without names", function()
    local w = lab.full({2, 1}, 1e38, {requires_grad = true})
    local function net(X) return X:mm(w) end
    errors.says(diverge {net = net, optimizer = train.optimizer({w}, gd(1e30))}, "the loss is inf at step 1 (epoch 1)",
      "the gradient of 1 is not", "a smaller learning rate, ")
  end)
end)
