--- What is switched while a function runs is set back when it fails, also where the error ends a coroutine, and no
-- coroutine can leave it switched by yielding.
local lab = require "optlab"
local errors = require "tests.support.errors"
local nn, optim = lab.nn, lab.optim

local function fail() error("boom") end
local function yield() coroutine.yield() end

-- Every way in which the library runs a function of the script with something switched: call(f) does that.
local w = lab.ones(1, { requires_grad = true })
local net = nn.Sequential(nn.Linear(1, 1), nn.Dropout())
local data = { X = lab.ones(4, 1), y = lab.ones(4, 1) }
local function with_gradient(opt)
  (w * w):sum():backward()
  return opt
end
local calls = {
  no_grad = lab.no_grad,
  enable_grad = function(f) lab.no_grad(lab.enable_grad, f) end,
  closure = function(f)
    local opt = with_gradient(optim.SGD { w, lr = 0.1 })
    lab.no_grad(function() opt:step(f) end)
  end,
  ["a step of optim.define"] = function(f)
    local My = optim.define { name = "My", defaults = { lr = 0.1 }, step = f }
    with_gradient(My { w }):step()
  end,
  ["a state of optim.define"] = function(f)
    local My = optim.define { name = "My", defaults = { lr = 0.1 }, state = f, step = function() end }
    with_gradient(My { w }):step()
  end,
  ["func.grad"] = function(f) lab.no_grad(function() lab.func.grad(f)(2) end) end,
  ["func.hessian"] = function(f) lab.no_grad(function() lab.func.hessian(f)(2) end) end,
  ["func.jacobian"] = function(f) lab.no_grad(function() lab.func.jacobian(f)(2) end) end,
  ["func.hvp"] = function(f) lab.no_grad(function() lab.func.hvp(f, lab.ones(2), lab.ones(2)) end) end,
  gradcheck = function(f)
    lab.no_grad(lab.autograd.gradcheck, f, { lab.ones({ 2 }, { dtype = "float64", requires_grad = true }) })
  end,
  ["lab.compile"] = function(f) lab.compile(f)() end,
  ["train.mean_loss"] = function(f) lab.train.mean_loss(net, f, data) end,
  ["train.accuracy"] = function(f)
    lab.train.accuracy(nn.Sequential(net, f), data)
  end,
  ["train.sweep"] = function(f)
    lab.train.sweep { runs = { { seed = 3 } }, data = data, epochs = 1, loss = nn.MSELoss(),
      model = function() return nn.Sequential(nn.Linear(1, 1), nn.Dropout()) end,
      optimizer = function(params) return f() or optim.SGD(params, { lr = 0.1 }) end }
  end,
}

local function modes()
  return { grad = lab.is_grad_enabled(), dtype = lab.get_default_dtype(), random = lab.get_rng_state(),
    training = net.training and net[2].training }
end

describe("the modes", function()
  for name, call in pairs(calls) do
    it("are set back after an error under " .. name, function()
      local before = modes()
      assert.is_false((pcall(call, fail)))
      assert.same(before, modes())
    end)

    it("are set back after an error under " .. name .. " that ends a coroutine", function()
      local before = modes()
      local co = coroutine.create(function() call(fail) end)
      assert.is_false((coroutine.resume(co)))
      assert.same(before, modes())
      assert.is_true((lab.compile(function(x) return x * 2 end)(lab.ones(1)) ~= nil)) -- nothing is being recorded
    end)

    it("cannot stay switched through a yield under " .. name, function()
      local before = modes()
      local co = coroutine.create(function() call(yield) end)
      local ok, message = coroutine.resume(co)
      assert.is_false(ok)
      assert.matches("attempt to yield across a C%-call boundary", message)
      assert.equal("dead", coroutine.status(co))
      assert.same(before, modes())
    end)
  end

  it("are those of the caller inside a coroutine that no_grad resumes", function()
    local x = lab.ones(1, { requires_grad = true })
    local inner = coroutine.wrap(function()
      while true do coroutine.yield((x * 2).requires_grad) end
    end)
    assert.is_true(inner())
    assert.is_false(lab.no_grad(inner))
    assert.is_true(inner())
  end)
end)

describe("gradcheck", function()
  it("puts its inputs back when the function fails in the middle", function()
    local x = lab.ones({ 2 }, { dtype = "float64", requires_grad = true })
    local calls_left = 2
    local function f(v)
      calls_left = calls_left - 1
      if calls_left == 0 then error("boom") end
      return v * v
    end
    errors.says(function() lab.autograd.gradcheck(f, { x }) end, "boom")
    assert.same({ 1, 1 }, x:tolist())
  end)
end)

describe("load_state_dict of", function()
  -- Loads under every possible failure of memory; after each, describe() must give what it gave before.
  local function is_all_or_nothing(load, describe_state)
    local before, n, ok = describe_state(), 0
    repeat
      n = n + 1
      lab.fail_allocation(n)
      local done, message = pcall(load)
      lab.fail_allocation(0)
      ok = done
      if not ok then
        assert.matches("out of memory", message)
        assert.same(before, describe_state())
      end
    until ok
    assert.is_true(n > 1)
    assert.is_not.same(before, describe_state())
  end

  -- Tables of numbers all the way down.
  local function plain(value)
    if lab.is_tensor(value) then return value:tolist() end
    if type(value) ~= "table" then return value end
    local copy = {}
    for k, v in pairs(value) do copy[k] = plain(v) end
    return copy
  end

  local function trained(make, steps)
    local a, b = lab.ones(2, { requires_grad = true }), lab.ones(3, { requires_grad = true })
    local opt = make { a, b }
    for _ = 1, steps do
      opt:zero_grad()
      ;(a:square():sum() + b:square():sum()):backward()
      opt:step()
    end
    return opt
  end
  local My = optim.define {
    name = "My", defaults = { lr = 0.1 }, state = { "m" },
    step = function(p, g, state, h)
      state.m:add_(g)
      return p - h.lr * state.m
    end,
  }

  for name, make in pairs { Adam = optim.Adam, ["an optimizer in Lua"] = My } do
    it(name .. " changes nothing unless it succeeds", function()
      local opt = trained(make, 2)
      local state = trained(make, 3):state_dict()
      state.param_groups[1].lr = 0.5
      is_all_or_nothing(function() opt:load_state_dict(state) end, function() return plain(opt:state_dict()) end)
    end)

    it(name .. " refuses counts that are out of range", function()
      local opt = trained(make, 2)
      local before = plain(opt:state_dict())
      for _, count in ipairs { math.maxinteger, 2 ^ 53 + 2, -1, 1.5, "3" } do
        local state = opt:state_dict()
        if state.state[2].step then state.state[2].step = count end
        if state.param_groups[1].updates then state.param_groups[1].updates[2] = count end
        errors.fails("parameter 2 needs a count of updates, an integer from 0 to 2^53", function()
          opt:load_state_dict(state)
        end)
        assert.same(before, plain(opt:state_dict()))
      end
    end)
  end

  it("Adam counts no further than 2^53", function()
    local opt = trained(optim.Adam, 1)
    local state = opt:state_dict()
    state.state[1].step = 1 << 53
    opt:load_state_dict(state)
    opt:step()
    assert.equal(1 << 53, opt:state_dict().state[1].step)
    assert.equal(2, opt:state_dict().state[2].step)
  end)

  it("a schedule changes nothing where the schedule fails", function()
    local opt = optim.SGD({ { params = { lab.ones(1) } }, { params = { lab.ones(1) }, lr = 0.2 } }, { lr = 0.1 })
    local s = lab.sched.attach(opt, function(t) return t < 5 and 0.1 or error("too late") end)
    local before = plain(s:state_dict())
    errors.says(function() s:load_state_dict { t = 7, ratios = { 1, 3 } } end, "too late")
    errors.fails("ratios[2] must be a number of at least 0", function()
      s:load_state_dict { t = 1, ratios = { 1, -3 } }
    end)
    assert.same(before, plain(s:state_dict()))
    assert.equal(0.2, opt.param_groups[2].lr)
  end)

  it("ReduceLROnPlateau refuses counts below 0", function()
    local s = lab.sched.ReduceLROnPlateau(optim.SGD { lab.ones(1), lr = 0.1 })
    local before = plain(s:state_dict())
    errors.fails("num_bad_epochs must be", function() s:load_state_dict { best = 3, num_bad_epochs = -2 } end)
    assert.same(before, plain(s:state_dict()))
  end)

  it("a loader refuses an epoch that it cannot count beyond", function()
    local loader = lab.data.loader({ X = lab.ones(4, 1), y = lab.ones(4, 1) }, { batch_size = 2 })
    local before = plain(loader:state_dict())
    errors.fails("no such place", function() loader.epoch = math.maxinteger end)
    errors.says(function() loader:load_state_dict { epoch = math.maxinteger, position = 1 } end, "epoch")
    assert.same(before, plain(loader:state_dict()))
    loader.epoch = 1 << 53
    for _ in loader:batches() do assert.equal(1 << 53, loader.epoch) end
  end)

  it("a module changes nothing unless all of it fits", function()
    local whole = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
    local before = plain(whole:state_dict())
    local state = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1)):state_dict()
    local names = {}
    for name in pairs(state) do names[#names + 1] = name end
    local broken = {}
    for _, name in ipairs(names) do broken[name] = state[name] end
    broken[names[#names]] = lab.ones(7)
    assert.is_false((pcall(whole.load_state_dict, whole, broken)))
    assert.same(before, plain(whole:state_dict()))
  end)
end)
