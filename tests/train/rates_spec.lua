--- The learning rates of a training: sched.attach alone moves them, by hand, in train.fit and in train.sweep.
local lab = require "optlab"
local fit = require("tests.support.trainings").fit
local nn, sched, train = lab.nn, lab.sched, lab.train

describe("train", function()
  describe("moves the rates of two groups as sched.attach by hand does:", function()
    local EPOCHS, BATCH = 3, 8

    local function start()
      lab.manual_seed(5)
      local net = nn.Linear(3, 2)
      local w, b = table.unpack(net:parameters())
      return net, lab.optim.SGD({{params = {w}, lr = 0.5}, {params = {b}, lr = 0.05}}, {momentum = 0.9})
    end

    local function end_of(net, optimizer)
      local groups = optimizer.param_groups
      return {groups[1].lr, groups[2].lr, net.weight:tolist(), net.bias:tolist()}
    end

    local function loader(data) return lab.data.loader(data, {batch_size = BATCH}) end

    local function by_hand(data, schedule, unit)
      local net, optimizer = start()
      local scheduler, loss = sched.attach(optimizer, schedule), nn.MSELoss()
      for _ = 1, EPOCHS do
        for X, y in loader(data):batches() do
          optimizer:zero_grad()
          loss(net(X), y):backward()
          optimizer:step()
          if unit == "step" then scheduler:step() end
        end
        if unit == "epoch" then scheduler:step() end
      end
      return end_of(net, optimizer)
    end

    local function by_fit(data, schedule, unit, compile, attach)
      local net, optimizer = start()
      fit {
        model = net, loss = nn.MSELoss(), optimizer = optimizer, data = loader(data), epochs = EPOCHS,
        scheduler = attach and sched.attach(optimizer, schedule) or schedule, scheduler_unit = unit, compile = compile,
      }
      return end_of(net, optimizer)
    end

    local function by_sweep(data, schedule)
      local optimizer
      local results = train.sweep {
        model = function() return (start()) end, data = data, batch_size = BATCH, shuffle = false, epochs = EPOCHS,
        loss = nn.MSELoss(), runs = {{}}, scheduler = function() return schedule end,
        optimizer = function(params)
          local groups = {{params = {params[1]}, lr = 0.5}, {params = {params[2]}, lr = 0.05}}
          optimizer = lab.optim.SGD(groups, {momentum = 0.9})
          return optimizer
        end,
      }
      return end_of(results[1].model, optimizer)
    end

    local SCHEDULES = {
      ["one in C"] = sched.Cosine {base_lr = 0.4, max_update = 11, final_lr = 0.03},
      ["a composition"] = sched.warmup(sched.ExponentialLR {base_lr = 0.4, gamma = 0.8}, {steps = 2, begin_lr = 0.1}),
      ["a Lua function"] = function(t) return 0.3 / (t + 1) end,
      ["a composition with a Lua function"] = sched.scale(function(t) return 0.3 / (t + 1) end, 1.5),
    }
    for name, schedule in pairs(SCHEDULES) do
      it(name, function()
        lab.manual_seed(1)
        local data = {X = lab.randn(36, 3), y = lab.randn(36, 2)}
        for unit, updates in pairs {epoch = EPOCHS, step = 5 * EPOCHS} do
          local want = by_hand(data, schedule, unit)
          assert.equal(schedule(updates), want[1])
          assert.equal(schedule(updates) * (0.05 / 0.5), want[2])
          for _, compile in ipairs {true, false} do
            assert.same(want, by_fit(data, schedule, unit, compile, false))
            assert.same(want, by_fit(data, schedule, unit, compile, true))
          end
        end
        assert.same(by_hand(data, schedule, "step"), by_sweep(data, schedule))
      end)
    end
  end)
end)
