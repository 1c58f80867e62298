--- train.fit with a checkpoint: trainings that are broken off and go on.
local lab = require "optlab"
local errors = require "tests.support.errors"
local files = require "tests.support.files"
local program = require "tests.support.program"
local train = lab.train
local trainings = require "tests.support.trainings"
local nn = lab.nn
local fit, heaps, classify = trainings.fit, trainings.heaps, trainings.classify

-- A training of a small convolutional network: 4 epochs of 6 batches.
local TRAINING = [[
local lab = require "optlab"
local nn = lab.nn
return function(options)
  lab.manual_seed(7)
  local data = {X = (lab.rand(72, 1, 8, 8) * 255):to("uint8"), y = lab.randint(1, 4, {72})}
  data.transform = {scale = 1 / 255}
  local net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
    nn.Dropout {p = 0.2}, nn.Linear(36, 3))
  local opt = lab.optim.SGD(net:parameters(), {lr = 0.1, momentum = 0.9})
  local history = lab.train.fit {
    model = net, loss = nn.CrossEntropyLoss(), optimizer = opt, epochs = options.epochs or 4, metric = "accuracy",
    data = lab.data.loader(data, {batch_size = 13, shuffle = true}), eval_data = data, checkpoint = options.checkpoint,
    scheduler = lab.sched.Cosine {base_lr = 0.1, max_update = 4}, on_step = options.on_step,
  }
  return {
    model = net:state_dict(), optimizer = opt:state_dict(), rng = lab.get_rng_state(),
    losses = {history.train_loss, history.train_acc, history.test_loss, history.test_acc, history.steps},
  }
end
]]

describe("train.fit with a checkpoint", function()
  local dir, training
  before_each(function()
    dir = files.folder()
    training = load(TRAINING)()
  end)
  after_each(function() files.remove(dir) end)

  -- Two values of nested tables, numbers and tensors, the same to the last bit.
  local function assert_same_bits(a, b, path)
    path = path or "state"
    if lab.is_tensor(a) then
      assert.is_true(lab.is_tensor(b) and a:eq(b):to("int64"):sum():item() == a:numel(), path)
    elseif type(a) == "table" then
      for key, value in pairs(a) do assert_same_bits(value, b[key], path .. "." .. tostring(key)) end
    else
      assert.equal(a, b, path)
    end
  end

  it("goes on to the same bits after SIGKILL, in the middle of an epoch and between two", function()
    files.write(dir .. "/training.lua", TRAINING)
    files.write(dir .. "/run.lua", [[
      package.path = "./?.lua;" .. package.path
      local lab, training, uv = require "optlab", require "training", require "luv"
      local deadly = tonumber(arg[1])
      local steps = 0
      local state = training {
        checkpoint = {path = "new/run.safetensors", every_steps = 4, resume = true},
        on_step = function(info)
          steps = steps + 1
          if info.step == deadly then uv.kill(uv.os_getpid(), "sigkill") end
        end,
      }
      state.done = steps
      lab.save("final.safetensors", state)
    ]])
    for _, step in ipairs {"3", "9", "13", "20"} do
      assert.equal(128 + 9, (program.run(dir, "run.lua", step)), "killed at " .. step)
    end
    local status, _, err = program.run(dir, "run.lua")
    assert.equal(0, status, err)
    local final = lab.load(dir .. "/final.safetensors")
    assert.equal(24 - 18, final.done) -- the checkpoint before step 20 is that of the epoch's end
    assert_same_bits(training {}, final)
  end)

  it("saves every so many epochs and at the end; a finished training is not repeated but may be prolonged", function()
    local path, steps = dir .. "/run.safetensors", 0
    local function on_step(info)
      steps = info.step
      if steps == 18 then assert.equal(12, lab.load(path).extra.place.steps) end
    end
    local whole = training {checkpoint = {path = path, every = 2}, on_step = on_step}
    assert.equal(24, steps)
    steps = 0
    local again = training {checkpoint = {path = path, resume = true}, on_step = on_step}
    assert.equal(0, steps)
    assert_same_bits(whole, again)
    training {epochs = 5, checkpoint = {path = path, resume = true}, on_step = on_step}
    assert.equal(30, steps)
  end)

  it("begins at the beginning without resume, or without a file", function()
    local path, steps = dir .. "/run.safetensors", 0
    local function on_step() steps = steps + 1 end
    training {checkpoint = {path = path, resume = true}, on_step = on_step}
    training {checkpoint = {path = path}, on_step = on_step}
    assert.equal(48, steps)
  end)

  it("keeps an attached schedule and one that needs feedback", function()
    local function run(epochs, kind, path)
      lab.manual_seed(1)
      local net = nn.Linear(2, 1)
      local opt = lab.optim.SGD(net:parameters(), {lr = 0.1})
      local s = kind == "plateau" and lab.sched.ReduceLROnPlateau(opt, {patience = 0, threshold = 10})
        or lab.sched.attach(opt, lab.sched.ExponentialLR {base_lr = 0.1, gamma = 0.5})
      local rates = {}
      train.fit {
        model = net, loss = nn.MSELoss(), optimizer = opt, scheduler = s, epochs = epochs,
        data = lab.data.loader({X = lab.ones(4, 2), y = lab.zeros(4, 1)}, {batch_size = 2}),
        checkpoint = path and {path = path, resume = true}, on_epoch = function(info) rates[info.epoch] = opt.lr end,
      }
      return rates
    end
    for _, kind in ipairs {"plateau", "attached"} do
      local path = ("%s/%s.safetensors"):format(dir, kind)
      local whole = run(4, kind)
      run(2, kind, path)
      local rates = run(4, kind, path)
      assert.same({whole[3], whole[4]}, {rates[3], rates[4]})
      assert.is_true(whole[4] < whole[1])
    end
  end)

  it("says what it cannot save or continue", function()
    local path = dir .. "/run.safetensors"
    errors.says(function() fit {checkpoint = {path = path}} end, "tests/support/trainings.lua:",
      "the model must have state_dict()", "got a function")
    errors.says(function() classify {checkpoint = {paht = path}} end, "paht", "path")
    errors.says(function() classify {checkpoint = {}} end, "checkpoint: path is missing; it must be a string")
    errors.says(function() classify {checkpoint = {path = path, every = 0}} end,
      "every must be an integer of at least 1, got 0")
    files.write(dir .. "/file", "")
    errors.says(function() classify {checkpoint = {path = dir .. "/file/a.safetensors"}} end, "cannot make the folder")
    classify {checkpoint = {path = path}}
    local resume = {path = path, resume = true}
    local smaller = lab.data.loader(heaps(120), {batch_size = 20, seed = 1, shuffle = true})
    errors.says(function() classify {checkpoint = resume, data = smaller} end,
      "was made with 3 batches an epoch, now there are 6")
    classify {checkpoint = {path = path}, metric = "none", eval_data = "none"}
    errors.says(function() classify {checkpoint = resume} end, "was it made without metric or eval_data?")
    lab.save_checkpoint(path, {model = nn.Linear(1, 1)})
    errors.says(function() classify {checkpoint = resume} end, "run.safetensors has no '")
  end)
end)
