--- lab.problems: sizes, seeds, what tasks offer; that each learns.
local lab = require "optlab"
local message = require("tests.support.errors").message
local contains = require("tests.support.text").contains
local P = lab.problems

-- A small form of each problem; the loss that a short training has to reach, as a share of the first one.
local SMALL = {
  rosenbrock = { {}, { "SGD", lr = 1e-3 }, 10, 0.2 },
  beale = { {}, { "SGD", lr = 1e-5 }, 10, 0.01 },
  branin = { {}, { "SGD", lr = 1e-2 }, 10, 0.2 },
  quadratic_deep = { {}, { "SGD", lr = 1e-2 }, 10, 0.2 },
  logreg = { { n = 500, n_test = 200 }, { "SGD", lr = 0.1 }, 4, 0.7 },
  mlp = { { n = 500, n_test = 100, data = "kmnist" }, { "Adam", lr = 1e-3 }, 2, 0.95 },
  net_2c2d = { { n = 256, n_test = 64, data = "mnist", batch_size = 32 }, { "Adam", lr = 1e-3 }, 2, 0.95 },
  net_3c3d = { { n = 128, n_test = 64, batch_size = 32, augment = false }, { "Adam", lr = 1e-3 }, 4, 0.99 },
  vae = { { n = 64, n_test = 32, batch_size = 16 }, { "Adam", lr = 1e-3 }, 3, 0.8 },
  char_rnn = { { n = 6000, hidden = 24, batch_size = 10, length = 20 }, { "Adam", lr = 1e-2 }, 3, 0.9 },
  gpt = { { n = 4000, length = 16, width = 16, batch_size = 16 }, { "AdamW", lr = 1e-2 }, 2, 0.9 },
  matrix_factorization = { {}, { "Adam", lr = 1e-2 }, 10, 0.3 },
  two_spirals = { { n = 100 }, { "Adam", lr = 1e-2 }, 60, 0.98 },
  pinn = { { n = 64, waves = 1 }, { "Adam", lr = 1e-2 }, 60, 0.1 },
}

local SIZES = {
  rosenbrock = 2, beale = 2, branin = 2, quadratic_deep = 100, logreg = 7850, mlp = 1336610, net_2c2d = 3274634,
  net_3c3d = 895210, vae = 10151489, two_spirals = 1218, pinn = 1153, matrix_factorization = 900,
}

local function count(task)
  local n = 0
  for _, p in ipairs(task.model:parameters()) do n = n + p:numel() end
  return n
end

describe("lab.problems", function()
  for name, size in pairs(SIZES) do
    it(name .. " has its published number of parameters", function()
      local o = SMALL[name][1]
      assert.equal(size, count(P[name] { n = o.n, n_test = o.n_test }:build()))
    end)
  end

  for name, small in pairs(SMALL) do
    it(name .. " learns, and repeats itself for a seed, compiled too", function()
      local options, optimizer, epochs, share = table.unpack(small)
      local function trained(compile)
        local task = P[name](options):build(3)
        local before = task:evaluate()
        local history = task:fit { optimizer = optimizer, epochs = epochs, compile = compile }
        return before, history.loss[#history.loss], task
      end
      local before, after, task = trained()
      assert.is_true(after < before * share, ("%g -> %g"):format(before, after))
      assert.equal(after, select(2, trained(true)))
      local loss, metric = task:evaluate()
      if name ~= "vae" then assert.near(after, loss, 1e-6 * math.abs(after)) end -- a vae draws codes there too
      if task.metric then assert.is_true(metric >= 0 and metric <= 1) end
    end)
  end

  it("starts at the published points", function()
    local function start(name)
      local model = P[name]():build().model
      return { model.u:item(), model.v:item() }
    end
    assert.same({ -0.5, 1.5 }, start "rosenbrock")
    assert.same({ -4.5, 4.5 }, start "beale")
    assert.same({ 2.5, 12.5 }, start "branin")
    assert.near(1.5 ^ 2 + 100 * (1.5 - 0.25) ^ 2, (P.rosenbrock():build():evaluate()), 1e-4)
    local minimum = P.branin():build()
    lab.no_grad(function() minimum.model.u:fill_(math.pi) minimum.model.v:fill_(2.275) end)
    assert.near(0.397887, (minimum:evaluate()), 1e-5)
    minimum = P.beale():build()
    lab.no_grad(function() minimum.model.u:fill_(3) minimum.model.v:fill_(0.5) end)
    assert.near(0, (minimum:evaluate()), 1e-9)
  end)

  it("draws weights that are cut off at two deviations", function()
    local model = P.mlp { n = 1, n_test = 1 }:build(1).model
    local w = model[1].weight
    assert.is_true(w:abs():amax():item() <= 0.06)
    assert.near(0.03 * 0.8796, w:std():item(), 3e-4) -- the deviation of the normal distribution cut off there
    assert.equal(0, model[1].bias:abs():amax():item())
  end)

  it("keeps a state from batch to batch in training only", function()
    local task = P.char_rnn(SMALL.char_rnn[1]):build(1)
    local X = task.data:batches()()
    local model = task.model
    model:train()
    model.drop:eval()
    local first = model(X):detach():clone()
    local second = model(X):detach():clone()
    assert.is_true((first - second):abs():amax():item() > 1e-4)
    model:reset()
    model:eval()
    local zero = model(X)
    assert.is_true((zero - model(X)):abs():amax():item() == 0)
  end)

  it("adds the penalty to what is trained on alone", function()
    local task = P.net_3c3d { n = 4, n_test = 4, l2 = 1 }:build()
    local X, y = lab.zeros(2, 3, 32, 32), lab.tensor({ 1, 2 }, { dtype = "int64" })
    local prediction = task.model(X)
    local difference = (task.objective(prediction, y) - task.loss(prediction, y)):item()
    local sum = 0
    for name, p in task.model:named_parameters() do
      if name:match "weight$" then sum = sum + p:square():sum():item() / 2 end
    end
    assert.near(sum, difference, 1e-3 * sum)
    task.model:eval()
    assert.equal(task.loss(prediction, y):item(), task.objective(prediction, y):item())
  end)

  it("says what is wrong", function()
    contains(message(P.mlp, { data = "cifar10" }), "problems.mlp: data must be")
    contains(message(P.gpt { width = 10 }.build, P.gpt { width = 10, n = 2000 }), "4 heads do not divide a width of 10")
    contains(message(function() P.beale():build():fit {} end), "Task:fit: optimizer is missing")
    contains(message(function() return P.bale end), "lab.problems has no 'bale'")
  end)
end)
