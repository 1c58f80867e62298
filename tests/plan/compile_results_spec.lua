--- lab.compile gives the bits of the step itself: layers, losses, optimizers, schedules, gradients of all kinds.
local lab = require "optlab"
local problem = require "tests.support.problem"
local steps = require "tests.support.compiled"
local text = require "tests.support.text"
local nn, optim, sched = lab.nn, lab.optim, lab.sched
local batches, same, training = steps.batches, steps.same, steps.training

describe("lab.compile", function()
  describe("gives the bits of the step itself:", function()
    it("a multilayer perceptron", function()
      local step = same(training {})
      assert.equal(2, step.recordings)
      assert.equal(6, step.replays)
    end)

    for _, case in ipairs(problem.cases) do
      it(case.name .. " " .. text.options(case.options), function()
        same(training { opt = function(params) return optim[case.name](params, case.options) end })
      end)
    end

    it("a deeper network, whose large temporaries share memory", function()
      local function wide()
        local layers = { nn.Linear(3, 64) }
        for i = 1, 6 do
          layers[#layers + 1] = i % 2 == 0 and nn.Tanh() or nn.ReLU()
          layers[#layers + 1] = nn.Linear(64, i == 6 and 2 or 64)
        end
        return nn.Sequential(table.unpack(layers))
      end
      same(training { net = wide, sizes = { 40 } })
      local net, loss = wide(), nn.MSELoss()
      local opt, X, y = optim.SGD(net:parameters()), lab.randn(40, 3), lab.randn(40, 2)
      local function live()
        collectgarbage()
        collectgarbage()
        return lab.memory().live
      end
      local before = live()
      local compiled = lab.compile(function(a, b)
        opt:zero_grad()
        local l = loss(net(a), b)
        l:backward()
        opt:step()
      end)
      for _ = 1, 3 do compiled(X, y) end
      assert.is_true(live() - before < 580e3) -- 710e3 if each temporary had its own
    end)

    it("two parameter groups with rates of their own", function()
      same(training { opt = function(params)
        return optim.SGD({ { params = { params[1] }, lr = 0.5 }, { params = { params[2], params[3] } } }, { lr = 0.1 })
      end })
    end)

    it("hyperparameters that change between steps", function()
      same(training {
        opt = function(params) return optim.SGD(params, { lr = 0.1, momentum = 0.9 }) end,
        before = function(i, opt)
          opt.lr = 0.1 / i
          opt.param_groups[1].momentum = 0.5 + 0.01 * i
          if i == 6 then opt.weight_decay = 0.1 end
        end,
      })
    end)

    it("momentum that is switched on later", function()
      same(training { before = function(i, opt) opt.momentum = i > 4 and 0.9 or 0 end })
    end)

    it("gradients clipped by norm and by value", function()
      same(training { between = function(params) optim.clip_grad_norm_(params, 0.1) end })
      same(training { between = function(params) optim.clip_grad_norm_(params, 0.1, { norm_type = math.huge }) end })
      same(training { between = function(params) optim.clip_grad_value_(params, 0.01) end })
    end)

    it("a schedule stepped inside", function()
      local attached
      same(training { opt = function(params)
        local opt = optim.SGD(params, { lr = 1 })
        attached = sched.attach(opt, sched.Cosine { base_lr = 0.3, max_update = 6, final_lr = 0.01 })
        return opt
      end, finish = function() attached:step() end })
      assert.equal(8, attached.t)
    end)

    it("a composition of schedules that moves inside the step", function()
      local function schedule()
        local cosine = sched.CosineAnnealingLR { base_lr = 0.3, T_max = 4 }
        return sched.warmup(sched.sequential {
          schedules = { cosine, sched.chain { cosine, sched.StepLR { base_lr = 0.5, step_size = 1 } } },
          milestones = { 2 },
        }, { steps = 3 })
      end
      local attached
      local step = same(training { opt = function(params)
        local opt = optim.SGD(params, { lr = 0.1 })
        attached = sched.attach(opt, schedule())
        return opt
      end, finish = function() attached:step() end })
      assert.equal(2, step.recordings)
      assert.equal(schedule()(8), attached:get_last_lr()[1])
    end)

    it("a schedule stepped outside, also one that is a Lua function", function()
      local attached
      same(training { opt = function(params)
        local opt = optim.SGD(params, { lr = 1 })
        attached = sched.attach(opt, function(t) return 0.1 / (t + 1) end)
        return opt
      end, before = function(i) if i > 1 then attached:step() end end })
    end)

    it("batches of another size now and then", function()
      local step = same(training { sizes = { 4, 4, 3 } })
      assert.equal(4, step.recordings)
    end)

    it("dropout, which goes on drawing where it stood", function()
      same(training { net = function()
        return nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 2))
      end })
    end)

    it("a new seed and older states set between the steps", function()
      local weights, state
      same(training {
        net = function() return nn.Sequential(nn.Linear(3, 8), nn.Dropout(0.5), nn.BatchNorm1d(8), nn.Linear(8, 2)) end,
        opt = function(params) return optim.Adam(params, { lr = 0.1 }) end,
        before = function(i, opt, net)
          if i == 3 then weights, state = net:state_dict(), opt:state_dict() end
          if i == 5 then lab.manual_seed(9) end
          if i == 6 then
            net:load_state_dict(weights)
            opt:load_state_dict(state)
          end
          if i == 7 then net[1]:reset_parameters() end
        end,
      })
    end)

    it("batch normalisation with its running statistics", function()
      same(training { net = function()
        return nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))
      end })
    end)

    it("layers that are switched between training and evaluation", function()
      local step = same(training { net = function()
        return nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.Dropout(0.3), nn.Linear(8, 2))
      end, before = function(i, _, net)
        if i == 4 then net:eval() end
        if i == 5 then net:train() end
      end })
      assert.equal(3, step.recordings)
    end)

    it("a small convolutional network with class labels", function()
      same(training {
        net = function()
          return nn.Sequential(nn.Conv2d(1, 2, 3, { padding = 1 }), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(2, 3, 3),
            nn.BatchNorm2d(3), nn.Sigmoid(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(3, 4))
        end,
        loss = function() return nn.CrossEntropyLoss() end,
        args = function(n)
          local X, y = {}, {}
          for i = 1, n do X[i], y[i] = lab.randn(5, 1, 8, 8), lab.randint(1, 5, { 5 }) end
          return function(i) return X[i], y[i] end
        end,
      })
    end)

    for _, n in ipairs { 3, 20 } do
      it(("convolutions of all kinds, %d images"):format(n), function()
        same(training {
          net = function()
            return nn.Sequential(nn.Conv2d(2, 4, 3, { padding = "same", dilation = 2 }), nn.ReLU(),
              nn.MaxPool2d(3, { stride = 2, padding = 1 }),
              nn.ConvTranspose2d(4, 4, 3, { stride = 2, groups = 2 }), nn.Tanh(),
              nn.Conv2d(4, 2, 3, { stride = 3 }), nn.Flatten(3), nn.Conv1d(2, 2, 3), nn.ConvTranspose1d(2, 1, 2),
              nn.Flatten(), nn.Linear(8, 2))
          end,
          args = function(count)
            local X, y = {}, {}
            for i = 1, count do X[i], y[i] = lab.randn(n, 2, 9, 9), lab.randn(n, 2) end
            return function(i) return X[i], y[i] end
          end,
        })
      end)
    end

    for name, make in pairs {
      L1Loss = function() return nn.L1Loss() end, HuberLoss = function() return nn.HuberLoss { delta = 0.5 } end,
      BCEWithLogitsLoss = function() return nn.BCEWithLogitsLoss() end,
      ["CrossEntropyLoss of probabilities"] = function() return nn.CrossEntropyLoss { label_smoothing = 0.1 } end,
    } do
      it(name, function() same(training { loss = make }) end)
    end

    it("activations and softmax", function()
      same(training { net = function()
        return nn.Sequential(nn.Linear(3, 6), nn.SiLU(), nn.ELU(), nn.Linear(6, 5), nn.LeakyReLU(), nn.Softplus(),
          nn.Linear(5, 2), nn.LogSoftmax())
      end })
    end)

    it("a module written in Lua, float64, weights drawn at random", function()
      local Net = nn.Module.extend { name = "Net" }
      function Net:init()
        self.w = lab.randn(3, 2, { dtype = "float64", requires_grad = true })
      end
      function Net:forward(x)
        return (x:to("float64") + 0.1 * lab.randn(4, 3, { dtype = "float64" })):matmul(self.w):sin()
      end
      same(training { net = Net, loss = function()
        return function(p, y) return ((p - y) ^ 2):mean() + lab.rand(1):sum() * 0 end
      end })
    end)

    it("an optimizer written in Lua that changes its state in place", function()
      local Momentum = optim.define {
        name = "Momentum", defaults = { lr = 0.02, beta = 0.9 }, state = { "v" },
        step = function(p, g, state, h)
          state.v:mul_(h.beta):add_(g)
          p:sub_(state.v * h.lr)
        end,
      }
      local step = same(training { opt = function(params) return Momentum(params) end })
      assert.equal(3, step.recordings) -- the state came with the first
      step = same(training {
        opt = function(params) return Momentum(params) end,
        before = function(i, opt) if i == 6 then opt.lr = 0.1 end end,
      })
      assert.equal(5, step.recordings) -- h.lr is a number: recorded anew
    end)

    it("gradients that add up over several steps", function()
      same(function()
        local w = lab.randn(3, { requires_grad = true })
        local data = batches(8, 3, 1)
        return {
          step = function(X) local l = (X * w):sum(); l:backward(); return l end,
          args = data, tensors = { w }, before = function(i) if i == 5 then w.grad = nil end end,
        }
      end)
    end)

    it("gradients of two batches before each update, dropped outside", function()
      same(function()
        local w = lab.randn(3, { requires_grad = true })
        local opt = optim.SGD({ w }, { lr = 0.1 })
        return {
          step = function(X) local l = (X * w):square():sum(); l:backward(); return l end,
          args = batches(16, 3, 1), tensors = { w }, steps = 16,
          before = function(i)
            if i % 2 == 0 then return end
            opt:step()
            opt:zero_grad()
          end,
        }
      end)
    end)

    it("gradients that are constant, or changed between the steps", function()
      same(function()
        local w = lab.randn(3, { requires_grad = true })
        return {
          step = function(X) w.grad = nil; (w:sum() * 2):backward(); return (X * w:detach()):sum() end,
          args = batches(8, 3, 1), tensors = { w },
          after = function() w.grad:mul_(0.5) return w.grad:sum():item() end,
        }
      end)
    end)

    it("zero_grad with zeros, and gradients dropped by hand at the end", function()
      for _, drop in ipairs { false, true } do
        same(function()
          local w = lab.randn(3, { requires_grad = true })
          local opt = optim.SGD({ w }, { lr = 0.1 })
          return {
            step = function(X)
              if not drop then opt:zero_grad { set_to_none = false } end
              local l = (X * w):square():sum()
              l:backward()
              opt:step()
              if drop then w.grad = nil end
              return l
            end,
            args = batches(8, 3, 1), tensors = { w },
          }
        end)
      end
    end)

    it("a rule from scratch: gradients read, parameters written in place", function()
      same(function()
        local w, b = lab.randn(3, 1, { requires_grad = true }), lab.zeros(1, { requires_grad = true })
        local v = lab.zeros(3, 1)
        return {
          step = function(X, y)
            local l = ((X:mm(w) + b - y) ^ 2 / 2):mean()
            l:backward()
            lab.no_grad(function()
              v:mul_(0.9):add_(w.grad, 0.1)
              w:sub_(0.05 * v)
              b:sub_(b.grad * 0.05)
              w.grad:zero_()
              b.grad = nil
            end)
            return l
          end,
          args = batches(8, 3, 1), tensors = { w, b, v },
        }
      end)
    end)

    it("second derivatives inside the step", function()
      same(function()
        local w = lab.randn(3, { requires_grad = true })
        local opt = optim.Adam({ w }, { lr = 0.1 })
        return {
          step = function(X)
            opt:zero_grad()
            local l = (lab.tanh(X * w)):sum()
            local g = lab.autograd.grad(l, w, { create_graph = true })
            local total = l + 0.1 * g:square():sum()
            total:backward { create_graph = true }
            opt:step()
            return total, g
          end,
          args = batches(8, 3, 1), tensors = { w },
        }
      end)
    end)

    it("indexing, sorting out and joining", function()
      same(function()
        local w = lab.randn(4, 3, { requires_grad = true })
        local seen = lab.zeros(2, 3)
        return {
          step = function(X)
            w.grad = nil
            local values, at = (X * w):max(2)
            local part = w[{ { 1, 2 } }] * 2
            local l = values:sum() + w[at]:sum() + lab.cat({ part, w[4]:reshape(1, 3) }, 1):square():mean()
              + lab.where(X:gt(0), w, -w):sum() + w:var() + w:norm() + w:amax() + (w ^ 3):sum(1):mean()
            l:backward()
            seen[1] = part[1]:detach()
            seen[{ 2, 3 }] = 7
            return l, at, lab.randperm(5), lab.randint(3, 9, { 4 }), nn.functional.one_hot(at, 3)
          end,
          args = batches(8, 3, 1), tensors = { w, seen },
        }
      end)
    end)
  end)

  it("makes the training loop of train.fit in pieces", function()
    local updates = require "optlab.train.compiled"
    local data = { X = lab.randn(47, 3), y = lab.randn(47, 2) }
    local function setting()
      lab.manual_seed(3)
      local net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
      return {
        model = net, loss = nn.MSELoss(), optimizer = optim.Adam(net:parameters()), epochs = 3,
        data = lab.data.loader(data, { batch_size = 5, shuffle = true }),
      }
    end
    local losses, o = {}, setting()
    o.on_step = function(s) losses[#losses + 1] = s.loss end
    lab.train.fit(o)
    local replayed, pieces, rows = {}, 0, 0
    o = setting()
    local step = updates.step(o)
    for _ = 1, 3 do
      updates.epoch(step, o.data, function(loss, n)
        replayed[#replayed + 1] = loss
        rows = rows + n
      end, function()
        pieces = pieces + 1
        return updates.batches_until(rows, 5, 20, 100)
      end)
    end
    assert.same(losses, replayed)
    assert.equal(3 * 47, rows)
    assert.equal(5, pieces)
    assert.is_true(step.replays > 20)
    assert.equal(4, updates.batches_until(0, 5, 20, 100))
    assert.equal(7, updates.batches_until(3, 5, 20, 7))
  end)

  it("knows that a convolution with its pool writes down the winners, though nobody reads its output", function()
    local x = lab.randn(16, 1, 6, 6)
    local function train(wrap)
      lab.manual_seed(4)
      local net = nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.MaxPool2d(2))
      local opt = lab.optim.SGD(net:parameters(), { lr = 0.01 })
      local step = wrap(function(X)
        opt:zero_grad()
        net(X):sum():backward()
        opt:step()
      end)
      for i = 1, 6 do step(x * i) end
      return net[1].weight:tolist()
    end
    assert.same(train(function(f) return f end), train(lab.compile))
  end)
end)
