--- Optimizers of matrices, those that look at all parameters, and wrappers: against trajectories, in every way.
local close = require "tests.support.close"
local common = require "optlab.optim.matrix.common"
local errors = require "tests.support.errors"
local hessian = require "optlab.optim.matrix.hessian"
local lab = require "optlab"
local reference = dofile("tests/reference/matrix_values.lua")
local lbfgs_values = dofile("tests/reference/lbfgs_values.lua")
local valley = require "tests.support.valley"

local optim = lab.optim

-- The signs of the trajectories with a Hessian.
local function fixed_signs(p)
  local z = #p.shape == 1 and { 1, -1, 1, 1 } or { { 1, -1, -1 }, { -1, 1, 1 } }
  return lab.tensor(z, { dtype = p.dtype })
end

-- Those of the trajectory with normal numbers.
local function fixed_normal(x) return (lab.arange(x:numel()):to(x.dtype) + 1):cos():reshape(x.shape) end

local function SGD(params) return optim.SGD(params, { lr = 0.01, momentum = 0.9 }) end

-- Each makes the optimizers of a trajectory: a list, stepped one after another.
local MAKE = {
  ["Muon"] = function(a, b)
    return { optim.Muon({ a, b }, { lr = 0.02, weight_decay = 0, lr_1d = 0.02 }) }
  end,
  ["Muon (torch)"] = function(a, b) return { optim.Muon({ b }, { lr = 0.02 }), optim.SGD({ a }, { lr = 0.01 }) } end,
  ["Shampoo"] = function(a, b) return { optim.Shampoo { a, b } } end,
  ["SOAP"] = function(a, b) return { optim.SOAP({ a, b }, { lr = 0.05 }) } end,
  ["SophiaG"] = function(a, b)
    return { optim.SophiaG({ a, b }, { lr = 0.1, betas = { 0.965, 0.99 }, gamma = 0.04, batch_size = 5120,
      weight_decay = 0.1, eps = 1e-15 }) }
  end,
  ["Sophia-H"] = function(a, b) return { optim.SophiaH({ a, b }, { lr = 0.02, weight_decay = 0 }) } end,
  ["AdaHessian"] = function(a, b) return { optim.AdaHessian { a, b } } end,
  ["GaLore AdamW"] = function(a, b) return { optim.GaLore({ a, b }, { lr = 0.05, rank = 1 }) } end,
  ["PSGD Kron"] = function(a, b) return { optim.Kron({ a, b }, { lr = 0.02 }) } end,
  ["Lookahead(SGD)"] = function(a, b) return { optim.Lookahead(SGD { a, b }) } end,
  ["Lookahead(Adam)"] = function(a, b) return { optim.Lookahead(optim.Adam({ a, b }, { lr = 0.05 })) } end,
  ["SAM(SGD)"] = function(a, b) return { optim.SAM(SGD { a, b }) } end,
  ["ASAM(SGD)"] = function(a, b) return { optim.ASAM(SGD { a, b }, { min_ndim = 1 }) } end,
  ["Ranger"] = function(a, b) return { optim.Ranger({ a, b }, { lr = 0.05 }) } end,
  ["Cautious Lion"] = function(a, b)
    return { optim.Cautious(optim.Lion({ a, b }, { lr = 0.01, betas = { 0.95, 0.98 } })) }
  end,
}

-- The program adds eps to the norm where PyTorch's takes the larger of both.
local AGREEMENT = { Muon = 1e-8 }

-- Every optimizer of this file, with options with which it takes 300 updates.
local ALL = {
  Muon = function(p) return optim.Muon(p, { lr = 0.02, lr_1d = 0.03, weight_decay = 0 }) end,
  Shampoo = function(p) return optim.Shampoo(p, { lr = 0.3 }) end,
  ShampooMean = function(p) return optim.Shampoo(p, { lr = 0.02, beta = 0.9, momentum = 0.5, weight_decay = 1e-3 }) end,
  SOAP = function(p) return optim.SOAP(p, { lr = 0.03 }) end,
  SOAP1d = function(p) return optim.SOAP(p, { lr = 0.03, precondition_1d = true, normalize_grads = true }) end,
  GaLore = function(p) return optim.GaLore(p, { lr = 0.05, rank = 1, scale = 1, update_proj_gap = 3 }) end,
  Kron = function(p) return optim.Kron(p, { lr = 0.03 }) end,
  SophiaH = function(p) return optim.SophiaH(p, { lr = 0.02, weight_decay = 0, update_interval = 1 }) end,
  SophiaG = function(p) return optim.SophiaG(p, { lr = 0.02, weight_decay = 0, update_interval = 1 }) end,
  AdaHessian = function(p) return optim.AdaHessian(p, { lr = 0.1 }) end,
  LBFGS = function(p) return optim.LBFGS(p, { max_iter = 4, line_search_fn = "strong_wolfe" }) end,
  Lookahead = function(p) return optim.Lookahead(SGD(p), { k = 3 }) end,
  SAM = function(p) return optim.SAM(SGD(p)) end,
  ASAM = function(p) return optim.ASAM(SGD(p), { rho = 0.1 }) end,
  EMA = function(p) return optim.EMA(SGD(p), { decay = 0.9 }) end,
  SWA = function(p) return optim.SWA(optim.Adam(p, { lr = 0.03 })) end,
  SWALate = function(p) return optim.SWA(SGD(p), { start = 2, every = 2 }) end,
  Cautious = function(p) return optim.Cautious(optim.AdamW(p, { lr = 0.03, weight_decay = 0.01 })) end,
  GradientCentralization = function(p)
    return optim.SWA(optim.GradientCentralization(optim.SGD(p, { lr = 0.01, momentum = 0.5 })))
  end,
  DecoupledWeightDecay = function(p)
    return optim.DecoupledWeightDecay(optim.SGD(p, { lr = 0.01, momentum = 0.5 }), { weight_decay = 1e-3 })
  end,
  Ranger = function(p) return optim.Ranger(p, { lr = 0.02, k = 2, alpha = 0.9, use_gc = false }) end,
  Extragradient = function(p) return optim.Extragradient(optim.SGD(p, { lr = 0.01 })) end,
}
-- What happens at some updates only.
local COUNTS = {}
for name in ("GaLore Kron LBFGS Lookahead Ranger SOAP SOAP1d SWALate"):gmatch "%w+" do COUNTS[name] = true end

local BESIDE = { KFAC = "kfac_spec.lua" }

local names = {}
for name in pairs(ALL) do names[#names + 1] = name end
table.sort(names)

local function all_values(a, b)
  local list = close.flat(a)
  for _, x in ipairs(close.flat(b)) do list[#list + 1] = x end
  return list
end

describe("trajectories of", function()
  for name, make in pairs(MAKE) do
    it(name .. " are those of the program or the equations", function()
      local want, signs, normal = reference[name], hessian.signs, common.normal
      local function restore() hessian.signs, common.normal = signs, normal end
      hessian.signs, common.normal = fixed_signs, fixed_normal
      local a, b = valley.start()
      local list = make(a, b)
      local losses = {}
      for t = 1, 30 do
        losses[t] = valley.loss(a, b):item()
        local ok, message = pcall(function()
          if #list > 1 then valley.closure(list[1], valley.loss, a, b)() end
          for _, opt in ipairs(list) do
            opt:step(#list == 1 and valley.closure(opt, valley.loss, a, b) or nil)
            if #list > 1 and opt == list[#list] then opt:zero_grad() end
          end
        end)
        if not ok then
          restore()
          error(message, 0)
        end
      end
      restore()
      local values = all_values(a, b)
      local tol = math.max(1e-12, 20 * (AGREEMENT[name] or want.agreement), 1e-14 * want.amplification)
      for t = 1, 30 do close.number(want.losses[t], losses[t], name .. ", loss " .. t, 10 * tol) end
      for i, x in ipairs(want.a) do close.number(x, values[i], "a", 10 * tol, tol) end
      for i, x in ipairs(want.b) do close.number(x, values[4 + i], "b", 10 * tol, tol) end
    end)
  end

  for i, case in ipairs(lbfgs_values) do
    it("LBFGS are PyTorch's, case " .. i, function()
      local a, b = valley.start()
      local o = {}
      for k, v in pairs(case.options) do o[k] = v end
      local opt = optim.LBFGS({ a, b }, o)
      local t = 0
      for _, want in ipairs(case.steps) do
        repeat
          opt:step(valley.closure(opt, valley.loss, a, b))
          t = t + 1
        until t == want.step
        local got = all_values(a, b)
        for k, x in ipairs(want.values) do close.number(x, got[k], ("step %d, value %d"):format(t, k), 1e-9, 1e-9) end
        local s = opt:state_dict().state[1]
        assert.equal(want.n_iter, s.n_iter)
        assert.equal(want.func_evals, s.func_evals)
      end
    end)
  end
end)

describe("every optimizer in Lua", function()
  it("is among those below", function()
    for _, folder in ipairs { "matrix", "wrappers" } do
      for name in pairs(require("optlab.optim." .. folder).FILES) do
        assert(ALL[name] or BESIDE[name], name .. " is missing in ALL")
      end
    end
  end)
end)

describe("on small problems", function()
  for _, name in ipairs(names) do
    it(name .. " goes down", function()
      for _, f in ipairs { valley.quadratic, valley.loss } do
        lab.manual_seed(3)
        local a, b = valley.start()
        local opt = ALL[name] { a, b }
        local first = f(a, b):item()
        for _ = 1, 300 do opt:step(valley.closure(opt, f, a, b)) end
        local last = f(a, b):item()
        if name == "GradientCentralization" then first = 2 * first end
        assert(last < 0.1 * first, ("%s: from %g to %g"):format(name, first, last))
      end
    end)
  end

  it("Extragradient finds a saddle point from which gradient steps lead away", function()
    local x, y = lab.tensor({ 1 }, { requires_grad = true }), lab.tensor({ 1 }, { requires_grad = true })
    local opt = optim.Extragradient(optim.SGD({ x, y }, { lr = 0.3 }))
    for _ = 1, 300 do
      opt:step(function()
        opt:zero_grad()
        local f = (x * y):sum()
        f:backward()
        y.grad:neg_()
        return f
      end)
    end
    assert.is_true(math.abs(x:item()) + math.abs(y:item()) < 1e-3)
  end)
end)

-- --- every way ------------------------------------------------------------------------------------------------------

local function equal(x, y) return x:eq(y):to("float32"):amin():item() == 1 end

-- Parameters after some updates of a small network.
local function run(name, way)
  lab.manual_seed(11)
  local dtype = way.dtype or "float32"
  local sizes = way.sizes or { 5, 7, 3 }
  local o = { dtype = dtype }
  local params = {
    lab.randn({ sizes[2], sizes[1] }, o):mul_(0.5):requires_grad_(), lab.zeros({ sizes[2] }, o):requires_grad_(),
    lab.randn({ sizes[3], sizes[2] }, o):mul_(0.5):requires_grad_(),
  }
  local opt = ALL[name](params)
  local X, y = lab.randn({ 16, sizes[1] }, o), lab.randn({ 16, sizes[3] }, o)
  local function step(x)
    return opt:step(function(graph)
      opt:zero_grad()
      local h = (x:matmul(params[1]:t()) + params[2]):tanh()
      local loss = ((h:matmul(params[3]:t()) - y) ^ 2):mean()
      loss:backward { create_graph = graph == true }
      return loss
    end)
  end
  local fn = way.compiled and lab.compile(step) or step
  for t = 1, way.steps or 7 do
    if way.resume == t then
      local state = opt:state_dict()
      opt = ALL[name](params)
      opt:load_state_dict(state)
    end
    fn(X)
  end
  if way.compiled then assert(fn.replays > 0, tostring(fn)) end
  for _, p in ipairs(params) do p.grad = nil end
  return params, opt
end

local function same(name, one, other)
  local p, q = run(name, one), run(name, other)
  for i = 1, #p do assert(equal(p[i], q[i]), ("%s: parameter %d is another"):format(name, i)) end
end

describe("the bits", function()
  for _, name in ipairs(names) do
    it("of " .. name .. " are the same after resuming, and compiled", function()
      for _, dtype in ipairs { "float32", "float64" } do
        same(name, { dtype = dtype }, { dtype = dtype, resume = 5 })
        if COUNTS[name] then
          local message = errors.message(run, name, { dtype = dtype, compiled = true })
          assert.matches("only at some updates", message)
        else
          same(name, { dtype = dtype }, { dtype = dtype, compiled = true })
        end
      end
    end)
  end

  it("are the same on any number of threads", function()
    local before = lab.get_num_threads()
    for _, name in ipairs(names) do
      local results = {}
      for threads = 1, 3 do
        lab.set_num_threads(threads)
        results[threads] = run(name, { sizes = { 90, 130, 60 }, steps = 3 })
      end
      for i = 1, 3 do
        assert(equal(results[1][i], results[2][i]) and equal(results[1][i], results[3][i]), name)
      end
    end
    lab.set_num_threads(before)
  end)
end)

-- --- as built-in ones -----------------------------------------------------------------------------------------------

describe("like a built-in optimizer", function()
  local function network()
    lab.manual_seed(2)
    return lab.nn.Sequential(lab.nn.Linear(4, 8), lab.nn.Tanh(), lab.nn.Linear(8, 1))
  end

  for _, name in ipairs(names) do
    it(name .. " trains with train.fit and a schedule", function()
      local net = network()
      local opt = ALL[name](net:parameters())
      lab.manual_seed(4)
      local X = lab.randn(64, 4)
      local y = (X:sum(2, true) * 0.5):sin()
      local loader = lab.data.loader({ X = X, y = y }, { batch_size = 16, shuffle = true })
      local rate = opt.lr
      local history = lab.train.fit { model = net, loss = lab.nn.MSELoss(), optimizer = opt, data = loader, epochs = 4,
        scheduler = lab.sched.StepLR { base_lr = rate, step_size = 1, gamma = 0.5 }, progress = false }
      assert.is_true(history.loss[#history.loss] < history.loss[1], name)
      assert.is_true(math.abs(opt.lr - rate / 16) < 1e-12)
      assert.equal(rate, opt.param_groups[1].initial_lr)
    end)
  end

  it("they have groups, fields and errors", function()
    local a, b = valley.start()
    local opt = optim.Muon({ { params = { a } }, { params = { b }, lr = 0.5 } }, { lr = 0.1 })
    assert.equal(0.5, opt.param_groups[2].lr)
    assert.equal("original", opt.adjust_lr_fn)
    opt.adjust_lr_fn = "match_rms_adamw"
    assert.equal("match_rms_adamw", opt.param_groups[2].adjust_lr_fn)
    assert.same({ 0.9, 0.95 }, opt.betas_1d)
    assert.matches("ns_steps must be an integer of at least 1", errors.message(optim.Muon, { a }, { ns_steps = 0.5 }))
    assert.matches("momentum must be", errors.message(optim.Muon, { a }, { momentum = 1 }))
    assert.matches("adjust_lr_fn must be", errors.message(optim.Muon, { a }, { adjust_lr_fn = "none" }))
    assert.matches("did you mean 'nesterov'", errors.message(optim.Muon, { a }, { nesterof = true }))
    assert.equal("closure", optim.LBFGS({ a }).needs)
    assert.is_nil(optim.SGD({ a }).needs)
    assert.matches("needs a closure", errors.message(function() optim.LBFGS({ a }):step() end))
    assert.matches("needs a closure", errors.message(function() optim.SAM(optim.SGD { a }):step() end))
    valley.loss(a, b):backward()
    assert.matches("create_graph", errors.message(function() optim.AdaHessian({ a, b }):step() end))
    local wrapped = optim.Lookahead(optim.SGD({ a }, { lr = 0.1 }), { k = 2 })
    assert.matches("alpha must be", errors.message(optim.Lookahead, optim.SGD { b }, { alpha = 2 }))
    assert.matches("optimizer must be an optimizer", errors.message(optim.Lookahead, { a }))
    wrapped.lr = 0.2
    assert.equal(0.2, wrapped.optimizer.lr)
    assert.matches("no field 'rate'", errors.message(function() return wrapped.rate end))
    wrapped:add_param_group { params = { b } }
    assert.equal(2, #wrapped)
    local state = wrapped:state_dict()
    assert.matches("this is the state of Lookahead", errors.message(function()
      optim.EMA(optim.SGD { a }):load_state_dict(state)
    end))
    local scheduler = lab.sched.attach(wrapped, lab.sched.StepLR { base_lr = 0.2, step_size = 1, gamma = 0.5 })
    scheduler:step()
    assert.equal(0.1, wrapped.lr)
  end)

  it("they can be watched, and hand the loss on", function()
    for _, make in ipairs { ALL.SAM, ALL.LBFGS, ALL.AdaHessian, ALL.Lookahead, ALL.SOAP, ALL.EMA,
      function(p) return optim.SAM(optim.Polyak(p)) end, function(p) return optim.EMA(optim.Polyak(p)) end } do
      local results = {}
      for k, watch in ipairs { false, { "update_ratio", "cos(g, m)", "effective_lr" } } do
        local net = network()
        local X = lab.randn(64, 4)
        local data = lab.data.loader({ X = X, y = X:sum(2, true) }, { batch_size = 16 })
        local history = lab.train.fit { model = net, loss = lab.nn.MSELoss(), optimizer = make(net:parameters()),
          data = data, epochs = 2, watch = watch or nil, progress = false }
        results[k] = history.loss
        if watch then assert.is_true(history.update_ratio[2] > 0) end
      end
      assert.same(results[1], results[2])
    end
    assert.matches("optim.SAM: it evaluates the loss by itself, and so does LBFGS",
      errors.message(function() optim.SAM(optim.LBFGS(network():parameters())) end))
  end)

  it("train.fit refuses what they cannot do, train.descend gives them what they need", function()
    local net = network()
    local data = lab.data.loader({ X = lab.zeros(8, 4), y = lab.zeros(8, 1) }, { batch_size = 2 })
    assert.matches("the optimizer SAM%(SGD%) asks for the loss by itself, so neither accumulate nor distributed",
      errors.message(lab.train.fit, { model = net, loss = lab.nn.MSELoss(), data = data, epochs = 1, accumulate = 2,
        optimizer = optim.SAM(optim.SGD(net:parameters())) }))
    local function f(x) return (x - 3) ^ 2 end
    for _, how in ipairs { { "LBFGS" }, { "AdaHessian", lr = 0.5 }, { "SophiaH", lr = 0.1, weight_decay = 0 } } do
      local path = lab.train.descend(f, 0.5, how, 60)
      assert.is_true(math.abs(path[#path] - 3) < (how[1] == "SophiaH" and 2 or 0.3), how[1])
    end
  end)

  it("a SAM whose second loss raises puts the weights back", function()
    local a = lab.tensor({ 1, 2 }, { requires_grad = true })
    local opt, calls = optim.SAM(optim.SGD { a }), 0
    local message = errors.message(function()
      opt:step(function()
        calls = calls + 1
        if calls == 2 then error("mine", 0) end
        opt:zero_grad()
        local loss = (a * a):sum()
        loss:backward()
        return loss
      end)
    end)
    assert.matches("mine", message)
    assert.same({ 1, 2 }, a:tolist())
  end)

  it("averages are of the weights, and can be exchanged with them", function()
    local a = lab.tensor({ 4 }, { dtype = "float64", requires_grad = true })
    local opt = optim.SWA(optim.SGD({ a }, { lr = 1 }))
    for t = 1, 3 do
      a.grad = lab.tensor({ t }, { dtype = "float64" })
      opt:step()
    end
    assert.same({ -2 }, a:tolist()) -- 3, 1, -2
    assert.is_true(math.abs(2 / 3 - opt:with_averages(function() return a:item() end)) < 1e-12)
    assert.same({ -2 }, a:tolist())
    opt:swap()
    assert.is_true(math.abs(2 / 3 - a:item()) < 1e-12)
  end)

  it("a definition with update has states, and step returns what it returns", function()
    local Mine = optim.define { name = "Mine", defaults = { lr = 0.1 }, update = function(opt, states, closure)
      local loss = lab.enable_grad(closure)
      for i, p in ipairs(opt.param_groups[1].params) do
        states[i].n = (states[i].n or 0) + 1
        p:sub_(p.grad * opt.lr)
      end
      return loss
    end }
    local a, b = valley.start()
    local opt = Mine { a, b }
    local loss = opt:step(valley.closure(opt, valley.quadratic, a, b))
    assert.is_true(loss:item() > 0)
    local state = opt:state_dict()
    assert.equal(1, state.state[2].n)
    assert.same({ 1, 1 }, state.param_groups[1].updates)
    local again = Mine { a, b }
    again:load_state_dict(state)
    assert.same(state, again:state_dict())
    assert.matches("not both", errors.message(optim.define, { name = "X", defaults = { lr = 1 }, step = print,
      update = print }))
  end)
end)
