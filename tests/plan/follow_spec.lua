--- Runs that do what the first one does: they are recorded once and borrow its plan.
local lab = require "optlab"
local compiled = require "optlab.train.compiled"
local core = require "optlab.core"
local nn, optim, train = lab.nn, lab.optim, lab.train

lab.manual_seed(5)
local DATA = { X = lab.randn(60, 3), y = lab.randn(60, 2) }
local mse = nn.MSELoss()

local function step_of(net, opt, factor)
  return function(X, y)
    local loss
    opt:step(function(graph)
      opt:zero_grad()
      loss = mse(net(X), y)
      if factor then loss = loss * factor end
      loss:backward { create_graph = graph == true }
      return loss
    end)
    return loss
  end
end

-- Runs as train.sweep makes them: {step =, training =, model =}, one for each seed.
local function runs_of(seeds, more)
  local runs = {}
  for i, seed in ipairs(seeds) do
    lab.manual_seed(seed)
    local net = more.model and more.model(i) or nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    local options = { lr = 0.01 * i, momentum = more.momentum and more.momentum(i) or nil }
    local opt = (more.optimizer or optim.Adam)(net:parameters(), options)
    local step = core.compile.compile(step_of(net, opt, more.factor and more.factor(i)), true)
    local loader = core.data.loader(DATA, { batch_size = more.batch_size or 10, shuffle = true })
    local modules = more.twins and compiled.in_line(net) or nil
    local training = core.compile.sweep_run(step, loader, 3, false, more.follows, modules, opt)
    runs[i] = { step = step, model = net, training = training }
  end
  return runs
end

local function trainings(runs)
  local list = {}
  for i, run in ipairs(runs) do list[i] = run.training end
  return list
end

-- Trains runs that may follow the first one, and others that may not; the numbers are the same. How often each step was
-- recorded.
local function recordings(more)
  local counts, seeds = {}, { 1, 2, 3, 4, 5, 6 }
  local random = lab.get_rng_state()
  more.follows = true
  local follow = runs_of(seeds, more)
  core.compile.advance(trainings(follow))
  more.follows = false
  local alone = runs_of(seeds, more)
  core.compile.advance(trainings(alone))
  lab.set_rng_state(random)
  for i, run in ipairs(follow) do
    assert.same(alone[i].training:losses(), run.training:losses())
    for k, p in ipairs(run.model:parameters()) do
      assert.same(alone[i].model:parameters()[k]:tolist(), p:tolist())
      local grad = alone[i].model:parameters()[k].grad
      assert.same(grad and grad:tolist(), p.grad and p.grad:tolist())
    end
    counts[i] = run.step.recordings
  end
  return counts
end

describe("runs that follow the first one", function()
  it("are recorded once", function()
    assert.same({ 2, 1, 1, 1, 1, 1 }, recordings {})
    assert.same({ 2, 1, 1, 1, 1, 1 }, recordings { optimizer = optim.SGD })
  end)

  it("make steps of their own where they go alone", function()
    local threads = lab.get_num_threads()
    lab.set_num_threads(1)
    assert.same({ 2, 1, 1, 1, 1, 1 }, recordings { batch_size = 20 }) -- epochs of three batches
    assert.same({ 4, 3, 3, 3, 3, 3 }, recordings { batch_size = 16 }) -- the last one is another step
    lab.set_num_threads(threads)
  end)

  it("are not recorded at all where they are built as the first one is", function()
    local ALIKE = { 2, 0, 0, 0, 0, 0 }
    assert.same(ALIKE, recordings { twins = true })
    assert.same(ALIKE, recordings { twins = true, optimizer = optim.SGD })
    assert.same(ALIKE, recordings { twins = true, optimizer = optim.AdamW, batch_size = 20 })
    assert.same({ 4, 2, 2, 2, 2, 2 }, recordings { twins = true, batch_size = 16 })
    assert.same(ALIKE, recordings { twins = true, model = function() return nn.Linear(3, 2) end })
    assert.same(ALIKE, recordings { twins = true, model = function()
      return nn.Sequential(nn.Linear(3, 6), nn.Sequential(nn.BatchNorm1d(6), nn.ReLU()), nn.Dropout(0.3),
        nn.Linear(6, 300), nn.LayerNorm(300), nn.Linear(300, 2))
    end })
  end)

  it("make their steps on several threads, which count no references to what they share", function() -- scripts/tsan
    local threads, seeds = lab.get_num_threads(), {}
    lab.set_num_threads(4)
    for i = 1, 64 do seeds[i] = i end
    for _ = 1, 4 do
      local runs = runs_of(seeds, { follows = true, twins = true, batch_size = 6, model = function()
        return nn.Sequential(nn.Linear(3, 4), nn.ELU(), nn.Dropout(0.3), nn.Linear(4, 2))
      end })
      core.compile.advance(trainings(runs))
      assert.equal(0, runs[64].step.recordings)
    end
    lab.set_num_threads(threads)
  end)

  it("have the constants of events that the first one leaves out", function()
    for _, layer in ipairs { nn.Softplus, nn.ELU } do -- they multiply by 1
      assert.same({ 2, 0, 0, 0, 0, 0 }, recordings { twins = true, batch_size = 20, model = function()
        return nn.Sequential(nn.Linear(3, 4), layer(), nn.Linear(4, 2))
      end })
    end
  end)

  it("are compared part by part", function()
    local function sgd(momentum) return { twins = true, optimizer = optim.SGD, momentum = momentum } end
    assert.same({ 2, 1, 1, 1, 1, 1 }, recordings(sgd(function() return 0.9 end))) -- its first update is another one
    assert.same({ 2, 1, 0, 1, 0, 1 }, recordings(sgd(function(i) return i % 2 == 0 and 0.5 or 0 end)))
    assert.same({ 2, 0, 3, 0, 1, 0 }, recordings { twins = true, model = function(i)
      if i == 3 then return nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)) end
      local net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
      if i == 5 then net[1]:register_forward_hook(function() end) end
      return net
    end })
    assert.same({ 2, 0, 0, 3, 0, 0 }, recordings { twins = true, model = function(i)
      return nn.Sequential(nn.Linear(3, 4), nn.LeakyReLU(i == 4 and 0.5 or 0.1), nn.Linear(4, 2))
    end })
    assert.same({ 2, 0, 0, 3, 0, 0 }, recordings { twins = true, model = function(i)
      local first, last = nn.Linear(3, 3), nn.Linear(3, 2)
      local tanh = nn.Tanh()
      return i == 4 and nn.Sequential(first, tanh, first, last) or nn.Sequential(first, tanh, last)
    end })
    local frozen = recordings { twins = true, model = function(i)
      local net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
      if i == 2 then net[1].weight:requires_grad_(false) end
      return net
    end }
    assert.is_true(frozen[2] > 0 and frozen[3] == 0)
  end)

  it("know layers with memory and random numbers of their own", function()
    local function model()
      return nn.Sequential(nn.Linear(3, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Dropout(0.3), nn.Linear(6, 2))
    end
    assert.same({ 2, 1, 1, 1, 1, 1 }, recordings { model = model })
    local function wide() return nn.Sequential(nn.Linear(3, 300), nn.Tanh(), nn.Sigmoid(), nn.Linear(300, 2)) end
    assert.same({ 2, 1, 1, 1, 1, 1 }, recordings { model = wide, batch_size = 20 }) -- chains in blocks
  end)

  it("are recorded as others are where they do something else", function()
    local function model(i)
      return nn.Sequential(nn.Linear(3, 4), i % 2 == 0 and nn.ReLU() or nn.Tanh(), nn.Linear(4, 2))
    end
    assert.same({ 2, 3, 1, 3, 1, 3 }, recordings { model = model })
    assert.same({ 2, 3, 3, 3, 3, 3 }, recordings { factor = function(i) return i end })
    assert.same({ 2, 1, 3, 1, 1, 1 }, recordings { factor = function(i) return i == 3 and 2 or 1 end })
    local function tied(i)
      local first = nn.Linear(3, 3)
      return nn.Sequential(first, nn.Tanh(), i == 4 and first or nn.Linear(3, 3), nn.Linear(3, 2))
    end
    assert.same({ 2, 1, 1, 3, 1, 1 }, recordings { model = tied })
  end)

  it("may end before the first one and be used after it is gone", function()
    local runs = runs_of({ 1, 2, 3 }, { follows = true })
    core.compile.advance(trainings(runs), 1, 1)
    table.remove(runs, 1)
    collectgarbage()
    core.compile.advance(trainings(runs))
    local alone = runs_of({ 1, 2, 3 }, { follows = false })
    core.compile.advance(trainings(alone))
    for i, run in ipairs(runs) do assert.same(alone[i + 1].training:losses(), run.training:losses()) end
  end)

  it("keep a gradient that the script holds", function()
    local runs = runs_of({ 1, 2, 3 }, { follows = true })
    core.compile.advance(trainings(runs), 1, 1)
    local held = runs[2].model[1].weight.grad
    local before = held:tolist()
    core.compile.advance(trainings(runs))
    assert.same(before, held:tolist())
    assert.not_same(before, runs[2].model[1].weight.grad:tolist())
  end)

  it("say that there is no memory", function()
    local function ones() return nn.Sequential(nn.Linear(3, 4), nn.ELU(), nn.Dropout(0.3), nn.Linear(4, 2)) end
    for _, optimizer in ipairs { optim.Adam, optim.AdaHessian } do
      for n = 1, 700, 3 do
        local runs = runs_of({ 1, 2, 3 }, { follows = true, twins = n % 2 == 0, batch_size = 25, model = ones,
          optimizer = optimizer })
        lab.fail_allocation(n)
        local ok, message = pcall(core.compile.advance, trainings(runs))
        lab.fail_allocation(0)
        if not ok then assert.matches("out of memory", tostring(message), 1, true) end
      end
    end
  end)
end)

describe("an evaluation", function()
  it("between epochs leaves the plans valid", function()
    local runs = runs_of({ 1, 2, 3 }, { follows = true })
    for epoch = 1, 3 do
      core.compile.advance(trainings(runs), 1, epoch)
      for _, run in ipairs(runs) do
        train.mean_loss(run.model, mse, DATA)
        assert.is_true(run.model.training and run.model[2].training)
      end
    end
    for i, run in ipairs(runs) do assert.equal(i == 1 and 2 or 1, run.step.recordings) end
  end)
end)

describe("train.sweep", function()
  it("lets runs follow only where all that they do is the library's", function()
    local Counting = nn.Module.extend { name = "Counting" } -- counts in one run, and not in the first
    function Counting:init(counts) self.counts, self.n, self.layer = counts, 0, nn.Linear(3, 2) end
    function Counting:forward(x)
      self.n = self.n + 1
      return self.layer(x) * (self.counts and 1 / self.n or 1)
    end
    local o = {
      model = function(run) return Counting(run.seed == 3) end, loss = mse, data = DATA, batch_size = 10, epochs = 2,
      optimizer = function(params) return optim.SGD(params, { lr = 0.01 }) end, evaluate = false,
      grid = { seed = { 1, 2, 3, 4 } },
    }
    for i, result in ipairs(train.sweep(o)) do
      lab.manual_seed(i)
      local net = Counting(i == 3)
      local history = train.fit {
        model = net, loss = mse, optimizer = o.optimizer(net:parameters()), epochs = 2, progress = false,
        data = lab.data.loader(DATA, { batch_size = 10, shuffle = true }), compile = false,
      }
      assert.same(history.train_loss, result.train_loss)
    end
  end)
end)
