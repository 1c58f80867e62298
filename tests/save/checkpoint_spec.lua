--- lab.save_checkpoint and lab.load_checkpoint: trainings that go on.
local lab = require "optlab"
local close = require "tests.support.close"
local errors = require "tests.support.errors"
local files = require "tests.support.files"
local program = require "tests.support.program"
local contains = require("tests.support.text").contains
local nn, optim, sched = lab.nn, lab.optim, lab.sched

local dir

local function path(name) return dir .. "/" .. name end

-- A training of 4 epochs of 7 batches that can be broken off before any step; returns the objects.
local TRAINING = [[
local lab = require "optlab"
local nn, optim, sched, data = lab.nn, lab.optim, lab.sched, lab.data
local M = {}

function M.make(seed)
  lab.manual_seed(0)
  local X = lab.randn(50, 4)
  local y = X:sum(2, true):sin()
  lab.manual_seed(seed)
  local run = {}
  run.model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Dropout(0.3), nn.Linear(16, 1))
  run.optimizer = optim.Adam(run.model:parameters(), {lr = 0.01})
  run.scheduler = sched.attach(run.optimizer, sched.Cosine {base_lr = 0.01, max_update = 28, final_lr = 0.001})
  run.loader = data.loader({X = X, y = y}, {batch_size = 8, shuffle = true})
  return run
end

-- Trains to the end, or until stop(step) is true; called after each step.
function M.train(run, step, stop)
  while step < 4 * #run.loader do
    for X, y in run.loader:batches() do
      run.optimizer:zero_grad()
      nn.functional.mse_loss(run.model(X), y):backward()
      run.optimizer:step()
      run.scheduler:step()
      step = step + 1
      if stop and stop(step) then return end
    end
  end
end

return M
]]

describe("lab.save_checkpoint", function()
  local training
  before_each(function()
    dir = files.folder()
    training = load(TRAINING)()
  end)
  after_each(function() files.remove(dir) end)

  local function bits(run) return run.model:state_dict(), run.optimizer:state_dict().state end

  local function assert_same_bits(a, b)
    local model_a, state_a = bits(a)
    local model_b, state_b = bits(b)
    for name, t in pairs(model_a) do close.same(t, model_b[name]) end
    for i, s in ipairs(state_a) do
      close.same(s.exp_avg, state_b[i].exp_avg)
      close.same(s.exp_avg_sq, state_b[i].exp_avg_sq)
      assert.are.equal(s.step, state_b[i].step)
    end
    assert.are.equal(a.optimizer.lr, b.optimizer.lr)
  end

  for _, at in ipairs { 1, 7, 10, 27 } do
    it(("broken off after step %d goes on to the same bits"):format(at), function()
      local whole = training.make(11)
      training.train(whole, 0)
      local first = training.make(11)
      training.train(first, 0, function(step)
        if step < at then return false end
        first.extra = { step = step, note = "here" }
        lab.save_checkpoint(path("run.safetensors"), first)
        return true
      end)
      local second = training.make(99)
      lab.rand(3)
      local extra = lab.load_checkpoint(path("run.safetensors"), second)
      assert.are.same({ step = at, note = "here" }, extra)
      training.train(second, extra.step)
      assert_same_bits(whole, second)
    end)
  end

  it("survives SIGKILL in the middle of training", function()
    files.write(path("training.lua"), TRAINING)
    files.write(path("run.lua"), [[
      package.path = "./?.lua;" .. package.path
      local lab, training = require "optlab", require "training"
      local uv = require "luv"
      local run = training.make(11)
      local begin = io.open("run.safetensors") and lab.load_checkpoint("run.safetensors", run) or 0
      training.train(run, begin, function(step)
        run.extra = step
        lab.save_checkpoint("run.safetensors", run)
        if arg[1] == "kill" and step - begin == 9 then uv.kill(uv.os_getpid(), "sigkill") end
      end)
      lab.save("final.safetensors", {model = run.model:state_dict(), steps = 28 - begin})
    ]])
    for _ = 1, 2 do
      local status = program.run(dir, "run.lua", "kill")
      assert.are.equal(128 + 9, status)
    end
    local status, _, err = program.run(dir, "run.lua")
    assert.are.equal(0, status, err)
    local final = lab.load(path("final.safetensors"))
    assert.are.equal(10, final.steps)
    local whole = training.make(11)
    training.train(whole, 0)
    for name, t in pairs(whole.model:state_dict()) do close.same(t, final.model[name]) end
  end)

  it("keeps ReduceLROnPlateau, whose best may be infinite, and a rate set by hand", function()
    local net = nn.Linear(2, 1)
    local opt = optim.SGD(net:parameters(), { lr = 0.5, momentum = 0.9 })
    local plateau = sched.ReduceLROnPlateau(opt, { patience = 1 })
    local attached = sched.attach(opt, function(t) return 0.1 + t end)
    opt.lr = 0.25
    lab.save_checkpoint(path("p.safetensors"), { plateau = plateau, zopt = opt, asched = attached })
    local before = plateau:state_dict()
    plateau:step(1)
    attached:step()
    lab.load_checkpoint(path("p.safetensors"), { plateau = plateau, zopt = opt, asched = attached })
    assert.are.same(before, plateau:state_dict())
    assert.are.equal(0.25, opt.lr)
    assert.are.equal(0, attached.t)
  end)

  it("changes nothing unless everything fits", function()
    local run = training.make(11)
    lab.save_checkpoint(path("run.safetensors"), run)
    local other = training.make(12)
    other.optimizer = optim.SGD(other.model:parameters(), { lr = 0.1 })
    other.scheduler = sched.attach(other.optimizer, sched.Factor { base_lr = 0.1, factor = 0.5 })
    other.scheduler:step()
    local before, rng = other.model:state_dict(), lab.get_rng_state()
    contains(errors.message(lab.load_checkpoint, path("run.safetensors"), other), "lab.load_checkpoint: ",
      "run.safetensors", "'optimizer' does not fit", "Adam")
    for name, t in pairs(other.model:state_dict()) do close.same(t, before[name]) end
    assert.are.same({ 1, 0.05, rng }, { other.scheduler.t, other.optimizer.lr, lab.get_rng_state() })
  end)

  it("names what is missing", function()
    local run = training.make(1)
    local file = path("run.safetensors")
    lab.save_checkpoint(file, run)
    contains(errors.message(lab.load_checkpoint, file, { model = run.model }), "which must be given too")
    local more = { net = run.model }
    contains(errors.message(lab.load_checkpoint, file, more),
      "has no 'net' (it has loader, model, optimizer, scheduler)")
    contains(errors.message(lab.save_checkpoint, file, { scheduler = function() end }), "'scheduler'", "sched.attach")
    contains(errors.message(lab.save_checkpoint, path("run.npz"), run), "must end in .safetensors")
    contains(errors.message(lab.save_checkpoint, file, { rng = run.model }), "cannot be called 'rng'")
    lab.save(file, { 1 })
    contains(errors.message(lab.load_checkpoint, file, run), "not made by lab.save_checkpoint")
  end)
end)
