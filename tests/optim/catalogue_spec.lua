--- Every optimizer of the catalogue: against its equation in plain tensors, the same bits whatever way a step runs.
local close = require "tests.support.close"
local core = require "optlab.core"
local equations = require "tests.support.equations"
local lab = require "optlab"
local problem = require "tests.support.problem"
local text = require "tests.support.text"

local optim = lab.optim

-- Names with the settings that are run.
local settings = {}
for name, entry in pairs(equations) do settings[name] = entry.settings end
for _, c in ipairs(problem.constructors) do
  settings[c[1]] = settings[c[1]] or {}
  if not equations[c[1]] then table.insert(settings[c[1]], c[2]) end
end
table.insert(settings.Yogi, { eps = 1e-2, maximize = true })
table.insert(settings.AdamW, { eps = 1e-4 })
table.insert(settings.Adam, { weight_decay = 0.1, decoupled_weight_decay = true, amsgrad = true })
table.insert(settings.NAdam, { weight_decay = 0.1, decoupled_weight_decay = true })
table.insert(settings.RAdam, { weight_decay = 0.1, decoupled_weight_decay = true, maximize = true })
local names = {}
for name in pairs(core.optim) do
  if name:match "^%u" then
    assert(settings[name], name .. " has no settings: its equation is missing in tests/support/equations.lua")
    names[#names + 1] = name
  end
end
table.sort(names)

-- Something that the loss may be.
local function loss_of(t) return 5 + 10 / t end

-- Gradients of a start that all have a part above and below 0.
local function gradients(like, t)
  return (lab.arange(like:numel()):to(like.dtype):reshape(like:size()) * 0.7 + t):sin() * 2 + like:detach() * 0.3
end

-- The parameters after some steps, and the optimizer.
local function run(name, o, way)
  lab.manual_seed(11)
  local dtype = way.dtype or "float32"
  local params = {}
  for i, shape in ipairs(way.shapes or { { 3, 5 }, { 7 } }) do
    params[i] = lab.randn(shape, { dtype = dtype }):requires_grad_()
  end
  if way.blocks then core.optim.blocks_only(true) end
  local opt = optim[name](params, o)
  core.optim.blocks_only(false)
  local loss = lab.zeros(1, { dtype = "float64" })
  local function step() opt:step(loss) end
  if way.compiled then step = lab.compile(step) end
  for t = 1, way.steps or 6 do
    if way.resume == t then
      local state = opt:state_dict()
      opt = optim[name](params, {})
      opt:load_state_dict(state)
    end
    loss:fill_(loss_of(t))
    for _, p in ipairs(params) do
      local g = gradients(p, t)
      if p.grad then p.grad:copy_(g) else p.grad = g end
    end
    step()
  end
  return params, opt
end

local function equal(x, y) return x:eq(y):to("float32"):amin():item() == 1 end

local function same(name, o, one, other)
  local a, b = run(name, o, one), run(name, o, other)
  for i, p in ipairs(a) do
    if not equal(p, b[i]) then
      error(("%s %s: parameter %d is another"):format(name, text.options(o), i), 2)
    end
  end
end

local function with(way, more)
  local copy = {}
  for k, v in pairs(way) do copy[k] = v end
  for k, v in pairs(more) do copy[k] = v end
  return copy
end

describe("the catalogue", function()
  for _, name in ipairs(names) do
    it("has settings for every option of " .. name, function()
      local seen = {}
      for _, o in ipairs(settings[name]) do
        for k in pairs(o) do seen[k] = true end
      end
      for k in pairs(optim[name]({ lab.zeros(1) }).defaults) do
        assert(seen[k], name .. " is never run with " .. k)
      end
    end)
  end

  for name, entry in pairs(equations) do
    for _, o in ipairs(entry.settings) do
      it(("follows the equation of %s %s"):format(name, text.options(o)), function()
        local a, b = problem.start()
        local opt = optim[name]({ a, b }, o)
        lab.manual_seed(5)
        for t = 1, 25 do
          problem.set_grads(a, b)
          opt:step(loss_of(t))
        end
        local c, d = problem.start()
        local h, S = opt.defaults, { {}, {} }
        lab.manual_seed(5)
        for t = 1, 25 do
          problem.set_grads(c, d)
          local P = { c:detach(), d:detach() }
          entry.step(P, { c.grad, d.grad }, S, h, t, loss_of(t))
          c, d = P[1]:detach():requires_grad_(), P[2]:detach():requires_grad_()
        end
        close.list(problem.state_of(c, d), problem.state_of(a, b), name, name == "COCOB" and 1e-9 or 1e-11)
      end)
    end
  end

  for _, name in ipairs(names) do
    it("gives the same bits in every way for " .. name, function()
      for _, o in ipairs(settings[name]) do
        for _, dtype in ipairs { "float32", "float64" } do
          local way = { dtype = dtype }
          same(name, o, way, with(way, { blocks = true }))
          for _, n in ipairs { 1, 511, 2049, 20001 } do
            local long = { dtype = dtype, shapes = { { n }, { 2, 3 } }, steps = 3 }
            same(name, o, long, with(long, { blocks = true }))
          end
          same(name, o, way, with(way, { compiled = true }))
          same(name, o, way, with(way, { resume = 4 }))
        end
      end
    end)
  end

  it("has AdamW as Adam with decoupled weight decay", function()
    for _, amsgrad in ipairs { false, true } do
      local a = run("Adam", { lr = 0.03, weight_decay = 0.1, decoupled_weight_decay = true, amsgrad = amsgrad }, {})
      local b = run("AdamW", { lr = 0.03, weight_decay = 0.1, amsgrad = amsgrad }, {})
      assert.is_true(equal(a[1], b[1]) and equal(a[2], b[2]))
    end
  end)

  it("gives the same bits for parameters that are longer than the caches", function()
    local long = { shapes = { { 300001 } }, steps = 2 }
    for _, name in ipairs { "AdaBelief", "LAMB", "Lion" } do
      same(name, settings[name][1], long, with(long, { blocks = true }))
    end
  end)

  it("gives the same bits on any number of threads", function()
    local before = lab.get_num_threads()
    for _, name in ipairs(names) do
      local o, results = settings[name][1], {}
      for threads = 1, 3 do
        lab.set_num_threads(threads)
        results[threads] = run(name, o, { shapes = { { 70001 }, { 40, 1000 } }, steps = 3 })
      end
      for i = 1, 2 do
        assert.is_true(equal(results[1][i], results[2][i]) and equal(results[1][i], results[3][i]), name)
      end
    end
    lab.set_num_threads(before)
  end)
end)

describe("optim.list", function()
  it("has every optimizer, with its defaults and what it needs", function()
    local by_name, all = {}, optim.list { wrappers = true }
    for i, entry in ipairs(all) do
      by_name[entry.name] = entry
      assert.is_true(i == 1 or all[i - 1].name:lower() < entry.name:lower())
      assert.equal("function", type(optim[entry.name]))
    end
    for _, name in ipairs(names) do assert.is_false(by_name[name].wraps, name) end
    assert.same({ 0.9, 0.999 }, by_name.Adam.defaults.betas)
    assert.equal(0.001, by_name.Adam.defaults.lr)
    assert.equal("closure", by_name.LBFGS.needs)
    assert.equal("loss", by_name.Polyak.needs)
    assert.is_nil(by_name.Adam.needs)
    assert.is_true(by_name.Lookahead.wraps)
    assert.is_nil(by_name.Ranger.defaults.params)
    assert.equal(#all, #optim.list() + 10)
    by_name.Adam.defaults.betas[1] = 0
    assert.equal(0.9, optim.Adam({ lab.zeros(1) }).betas[1])
  end)
end)
