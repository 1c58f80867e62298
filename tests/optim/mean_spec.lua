--- opt:eval() and opt:train(): the mean that Schedule-Free keeps (src/optim/mean.h).
local close = require "tests.support.close"
local errors = require "tests.support.errors"
local lab = require "optlab"
local problem = require "tests.support.problem"

local nn, optim = lab.nn, lab.optim

local BETAS = { ScheduleFreeSGD = { momentum = 0.8 }, ScheduleFreeAdamW = { betas = { 0.8, 0.99 } } }

local function raises(what, f) assert.truthy(errors.message(f):find(what, 1, true)) end

-- The parameters after some steps and the optimizer; each(opt) is called after every step.
local function run(name, dtype, each)
  local a, b = problem.start(dtype)
  local options = { lr = 0.02 }
  for key, value in pairs(BETAS[name]) do options[key] = value end
  local opt = optim[name]({ a, b }, options)
  for _ = 1, 10 do
    problem.set_grads(a, b, dtype)
    opt:step()
    if each then each(opt) end
  end
  return { a, b }, opt
end

describe("the mean of", function()
  for name in pairs(BETAS) do
    for _, dtype in ipairs { "float32", "float64" } do
      it(("%s in %s is evaluated, and training goes on as if nobody had looked"):format(name, dtype), function()
        local plain, tol = run(name, dtype), dtype == "float32" and 1e-5 or 1e-13
        local looked, opt = run(name, dtype, function(opt)
          opt:eval()
          opt:eval()
          opt:train()
          opt:train()
        end)
        local z = {}
        for i = 1, 2 do z[i] = opt:state_dict().state[i].z end
        opt:eval()
        for i, p in ipairs(looked) do
          local y = plain[i]:detach()
          close.list(close.flat(y + (1 - 1 / 0.8) * (z[i] - y)), close.flat(p), "mean", tol)
        end
        opt:train()
        for i, p in ipairs(looked) do assert.same(close.flat(plain[i]), close.flat(p)) end
      end)
    end
  end

  it("a strided parameter is the same", function()
    local results = {}
    for k = 1, 2 do
      local p = lab.tensor({ { 1, 4 }, { 2, 5 }, { 3, 6 } }, { dtype = "float64" }):t():detach()
      if k == 2 then p = p:contiguous() end
      p.requires_grad = true
      local opt = optim.ScheduleFreeSGD({ p }, { lr = 0.1 })
      for _ = 1, 3 do
        p.grad = p:detach():contiguous() * 0.5
        opt:step()
      end
      opt:eval()
      results[k] = close.flat(p:contiguous())
    end
    assert.same(results[2], results[1])
  end)

  it("parameters without an update are those", function()
    local a, b = problem.start()
    local opt = optim.ScheduleFreeSGD { a, b }
    local before = problem.state_of(a, b)
    opt:eval()
    assert.same(before, problem.state_of(a, b))
    opt:train()
    problem.set_grads(a, b)
    b.grad = nil
    opt:step()
    opt:eval()
    assert.same({ before[7], before[8], before[9], before[10] }, close.flat(b))
  end)

  it("other optimizers is nothing, and wrappers ask the one inside", function()
    local a, b = problem.start()
    local opt = optim.Adam { a, b }
    problem.set_grads(a, b)
    opt:step()
    local before = problem.state_of(a, b)
    opt:eval()
    assert.same(before, problem.state_of(a, b))
    opt:step()
    local inner = optim.ScheduleFreeSGD({ a, b }, { lr = 0.01 })
    local around = optim.DecoupledWeightDecay(inner)
    around:step()
    around:eval()
    raises("call opt:train() first", function() inner:step() end)
    around:train()
    around:step()
  end)

  it("an optimizer is not mixed up with its training", function()
    local params, opt = run("ScheduleFreeSGD")
    local state = opt:state_dict()
    opt:eval()
    local message = "ScheduleFreeSGD: the parameters hold the mean, for evaluation; call opt:train() first"
    raises(message, function() opt:step() end)
    raises(message, function() opt:state_dict() end)
    raises(message, function() opt:load_state_dict(state) end)
    opt:train()
    opt:load_state_dict(state)
    opt.momentum = 0
    local before = close.flat(params[1])
    raises("ScheduleFreeSGD: with momentum 0 there is no mean to evaluate", function() opt:eval() end)
    assert.same(before, close.flat(params[1]))
    opt.momentum = 0.9
    raises("takes the place of the parameters", lab.compile(function() opt:eval() end))
  end)

  it("parameters that no memory is left for stays away", function()
    local params, opt = run("ScheduleFreeAdamW")
    local before = { close.flat(params[1]), close.flat(params[2]) }
    for n = 1, 10 do
      lab.fail_allocation(n)
      local ok = pcall(opt.eval, opt)
      lab.fail_allocation(0)
      if ok then break end
      assert.same(before, { close.flat(params[1]), close.flat(params[2]) })
    end
    opt:train()
    assert.same(before, { close.flat(params[1]), close.flat(params[2]) })
  end)

  it("a training is what train.fit evaluates", function()
    lab.manual_seed(1)
    local X = lab.randn(40, 3)
    local set = { X = X, y = X:mm(lab.tensor { { 1 }, { -2 }, { 0.5 } }) + 0.3 * lab.randn(40, 1) }
    local function fit(more)
      lab.manual_seed(2)
      local net = nn.Linear(3, 1)
      local o = { model = net, loss = nn.MSELoss(), optimizer = optim.ScheduleFreeSGD(net:parameters(), { lr = 0.1 }),
        data = lab.data.loader(set, { batch_size = 8 }), epochs = 4, progress = false }
      for key, value in pairs(more) do o[key] = value end
      return lab.train.fit(o), o
    end
    local _, plain = fit {}
    local history, o = fit { eval_data = set }
    assert.same(close.flat(plain.model.weight), close.flat(o.model.weight))
    o.optimizer:eval()
    local loss = lab.no_grad(function() return nn.MSELoss()(o.model(set.X), set.y):item() end)
    assert.equal(loss, history.test_loss[4])
    local _, best = fit { eval_data = set, early_stopping = { patience = 1, monitor = "test_loss" } }
    local at_best = lab.no_grad(function() return nn.MSELoss()(best.model(set.X), set.y):item() end)
    assert.equal(loss, at_best)
  end)
end)
