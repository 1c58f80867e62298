local lab = require "optlab"
local nn, optim, sched = lab.nn, lab.optim, lab.sched

-- The bits of a tensor, NaN included, in one string.
local function bits(t)
  if not t then return "none" end
  local list = t:detach():reshape(-1):tolist()
  for i, v in ipairs(list) do list[i] = ("%a"):format(v) end
  return table.concat(list, " ")
end

-- What a training left: results of the steps, parameters, gradients, buffers.
local function traces(run, compiled)
  lab.manual_seed(5)
  local r = run()
  local fn = compiled and lab.compile(r.step) or r.step
  local log = {}
  for i = 1, r.steps or 8 do
    if r.before then r.before(i) end
    local results = table.pack(fn(r.args(i)))
    for k = 1, results.n do
      log[#log + 1] = lab.is_tensor(results[k]) and bits(results[k]) or tostring(results[k])
    end
    if r.after then log[#log + 1] = tostring(r.after(i)) end
  end
  for _, p in ipairs(r.tensors) do
    log[#log + 1] = bits(p) .. " / " .. bits(p.grad)
    p.grad = nil -- made with create_graph it would keep p alive, and p it
  end
  return log, fn
end

local function same(run)
  local eager = traces(run, false)
  local replayed, step = traces(run, true)
  assert.same(eager, replayed)
  assert.is_true(step.replays > 0, tostring(step))
  return step
end

local function batches(n, features, outputs, sizes)
  local X, y = {}, {}
  for i = 1, n do
    local size = sizes and sizes[(i - 1) % #sizes + 1] or 4
    X[i], y[i] = lab.randn(size, features), lab.randn(size, outputs)
  end
  return function(i) return X[i], y[i] end
end

-- A training of `net` with an optimizer; more: what else the step does.
local function training(o)
  return function()
    local net = o.net and o.net() or nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    local loss, params = o.loss and o.loss() or nn.MSELoss(), net:parameters()
    local opt = o.opt and o.opt(params) or optim.SGD(params, { lr = 0.1 })
    local tensors = {}
    for _, list in ipairs { params, net:buffers() } do
      for _, t in ipairs(list) do tensors[#tensors + 1] = t end
    end
    return {
      step = function(X, y)
        opt:zero_grad()
        local l = loss(net(X), y)
        l:backward()
        if o.between then o.between(params) end
        opt:step()
        if o.finish then o.finish(opt) end
        return l
      end,
      args = (o.args or batches)(8, 3, 2, o.sizes), tensors = tensors,
      before = o.before and function(i) o.before(i, opt, net) end,
      after = function() return opt.lr end,
    }
  end
end

-- The message of the error that f raises, with the file's name and the line left in.
local function error_of(f, ...)
  local ok, message = pcall(f, ...)
  assert.is_false(ok)
  return tostring(message)
end

local function line() return debug.getinfo(2, "l").currentline end

describe("lab.compile", function()
  describe("gives the bits of the step itself:", function()
    it("a multilayer perceptron", function()
      local step = same(training {})
      assert.equal(2, step.recordings)
      assert.equal(6, step.replays)
    end)

    for _, o in ipairs(dofile("tests/reference/optim_values.lua")) do
      local options = o.options
      local keys = {}
      for key, value in pairs(options) do
        keys[#keys + 1] = key .. "=" .. (type(value) == "table" and table.concat(value, "/") or tostring(value))
      end
      table.sort(keys)
      it(o.name .. " " .. table.concat(keys, " "), function()
        same(training { opt = function(params) return optim[o.name](params, options) end })
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

  describe("is called like a function:", function()
    local w
    before_each(function() w = lab.ones(3, { requires_grad = true }) end)

    it("returned tensors are copies, other results are what they were", function()
      local step = lab.compile(function(X, scale) return X * w * scale, "text", nil, 4, w, scale end)
      local kept = {}
      for i = 1, 5 do
        local y, text, none, four, same_w, scale = step(lab.full({ 3 }, i), 2)
        kept[i] = y
        assert.equal("text", text)
        assert.is_nil(none)
        assert.equal(4, four)
        assert.is_true(rawequal(same_w, w) or same_w == w)
        assert.equal(2, scale)
        assert.is_false(y.requires_grad)
      end
      for i = 1, 5 do assert.same({ 2 * i, 2 * i, 2 * i }, kept[i]:tolist()) end
      assert.equal(3, step.replays)
    end)

    it("a number, a string or a boolean as argument has a plan of its own for each value", function()
      local step = lab.compile(function(X, scale, what, on)
        return what == "double" and X * 2 * scale or on and X * scale or X - scale
      end)
      local X = lab.ones(2)
      for _ = 1, 4 do
        assert.same({ 6, 6 }, step(X, 3, "double", true):tolist())
        assert.same({ 3, 3 }, step(X, 3, "plain", true):tolist())
        assert.same({ -2, -2 }, step(X, 3, "plain", false):tolist())
        assert.same({ 5, 5 }, step(X, 5, "plain", true):tolist())
        assert.same({ 5, 5 }, step(X:to("float64"), 5, "plain", true):tolist())
      end
      assert.equal(10, step.recordings)
      assert.equal(10, step.replays)
    end)

    it("derivatives with respect to an argument", function()
      local step = lab.compile(function(X)
        X.requires_grad = true
        ;(X * X * w:detach()):sum():backward()
        return X.grad
      end)
      for i = 1, 4 do assert.same({ 2 * i, 2 * i, 2 * i }, step(lab.full({ 3 }, i)):tolist()) end
      assert.equal(2, step.replays)
      step = lab.compile(function(X)
        local p = w:detach()
        p.requires_grad = true
        ;(X * p * p):sum():backward()
        return p.grad
      end)
      for i = 1, 4 do assert.same({ 2 * i, 2 * i, 2 * i }, step(lab.full({ 3 }, i)):tolist()) end
      assert.equal(2, step.replays)
    end)

    it("arguments that are not contiguous", function()
      local step = lab.compile(function(X) return X * w end)
      for i = 1, 4 do
        local X = lab.arange(6):reshape(3, 2):t() * i
        assert.same((X * w):tolist(), step(X):tolist())
      end
      assert.equal(2, step.replays)
    end)

    it("a gradient that the script keeps keeps its numbers", function()
      local step = lab.compile(function(X) w.grad = nil; (X * w):sum():backward() end)
      local kept = {}
      for i = 1, 6 do
        step(lab.full({ 3 }, i))
        kept[i] = w.grad
      end
      for i = 1, 6 do assert.same({ i, i, i }, kept[i]:tolist()) end
    end)

    it("in-place changes count for graphs outside", function()
      local step = lab.compile(function(X) lab.no_grad(function() w:add_(X) end) end)
      for _ = 1, 3 do step(lab.ones(3)) end
      local outside = (w * w):sum()
      step(lab.ones(3))
      assert.is_truthy(error_of(outside.backward, outside):find("was changed in place", 1, true))
    end)

    it("inside another compiled step, in a coroutine and under no_grad", function()
      local inner = lab.compile(function(X) return X * w end)
      local outer = lab.compile(function(X) return inner(X):sum() end)
      for i = 1, 4 do assert.equal(3 * i, outer(lab.full({ 3 }, i)):item()) end
      assert.equal(0, inner.recordings)
      local co = coroutine.wrap(function()
        for i = 1, 4 do coroutine.yield(inner(lab.full({ 3 }, i)):sum():item()) end
      end)
      for i = 1, 4 do assert.equal(3 * i, co()) end
      local grad = lab.compile(function(X) return lab.is_grad_enabled(), X:sum() end)
      for _ = 1, 3 do
        assert.is_true((grad(w:detach())))
        assert.is_false((lab.no_grad(function() return grad(w:detach()) end)))
      end
    end)

    it("by itself", function()
      for _, fallback in ipairs { false, true } do
        local depth, step = 0, nil
        step = lab.compile(function(X)
          depth = depth + 1
          return depth % 2 == 1 and step(X) * 3 or X * 2
        end, { fallback = fallback })
        for i = 1, 5 do assert.equal(18 * i, step(lab.full({ 3 }, i)):sum():item()) end
        assert.equal(3, step.replays)
      end
    end)

    it("a tensor that is converted or frozen afterwards is recorded anew", function()
      local net = nn.Linear(3, 1)
      local step = lab.compile(function(X) net:zero_grad(); local l = net(X):sum(); l:backward(); return l end)
      local X = lab.ones(1, 3)
      for _ = 1, 3 do step(X) end
      net.bias.requires_grad = false
      net:zero_grad()
      for _ = 1, 3 do step(X) end
      assert.is_nil(net.bias.grad)
      assert.is_truthy(net.weight.grad)
      net:to("float64")
      for _ = 1, 3 do assert.equal("float64", step(X:to("float64")).dtype) end
      net.weight = lab.ones(1, 3, { dtype = "float64" })
      for _ = 1, 3 do assert.equal(3 + net.bias:item(), step(X:to("float64")):item()) end
    end)

    it("a layer added to a Sequential is seen", function()
      local net = nn.Sequential(nn.Linear(3, 2))
      local step = lab.compile(function(X) return net(X) end)
      for _ = 1, 3 do assert.equal(2, step(lab.ones(1, 3)).shape[2]) end
      net:append(nn.Linear(2, 5))
      for _ = 1, 3 do assert.equal(5, step(lab.ones(1, 3)).shape[2]) end
    end)

    it("variables from outside that are assigned anew", function()
      local scale, offset, other = 2, lab.ones(3), w
      local function shifted(X) return X * scale + offset end
      local step = lab.compile(function(X) return shifted(X) * other end)
      local function check(factor, shift)
        for i = 1, 4 do
          local v = i * factor + shift
          assert.same({ v, v, v }, step(lab.full({ 3 }, i)):tolist())
        end
      end
      check(2, 1)
      scale = 3
      check(3, 1)
      offset = lab.full({ 3 }, 5)
      check(3, 5)
      other = lab.ones(3)
      check(3, 5)
      assert.equal(8, step.recordings)
      local sum = lab.compile(function(X) return (X * scale):sum() end)
      local loader = lab.data.loader({ X = lab.ones(4, 3) }, { batch_size = 2 })
      for _ = 1, 3 do assert.same({ 18, 18 }, sum:run(loader):tolist()) end
      scale = 5
      for _ = 1, 3 do assert.same({ 30, 30 }, sum:run(loader):tolist()) end
    end)

    it("keeps at most sixteen plans and goes on", function()
      local step = lab.compile(function(X) return X:sum() end)
      for _ = 1, 3 do
        for n = 1, 20 do
          for _ = 1, 3 do assert.equal(n, step(lab.ones(n)):item()) end
        end
      end
    end)

    it("makes no allocation and needs no memory once it runs", function()
      local net = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Dropout(0.2), nn.Linear(8, 1))
      local opt, loss = optim.Adam(net:parameters()), nn.MSELoss()
      local step = lab.compile(function(X, y)
        opt:zero_grad()
        local l = loss(net(X), y)
        l:backward()
        opt:step()
        return l
      end)
      local data = { X = lab.randn(5000, 3), y = lab.randn(5000, 1) }
      local loader = lab.data.loader(data, { batch_size = 10, shuffle = true })
      for _ = 1, 2 do
        step:run(loader)
        collectgarbage()
      end
      local pass = step:pass(loader)
      pass:run(10)
      collectgarbage()
      local before = lab.memory()
      pass:run(400)
      local after = lab.memory()
      assert.equal(before.mallocs, after.mallocs)
      assert.is_true(after.live - before.live <= 8192) -- the losses
    end)

    it("frees everything with the step", function()
      collectgarbage()
      collectgarbage()
      local before = lab.memory().live
      do
        local step = lab.compile(function(X) w.grad = nil; (X * w):sum():backward(); return X * 2 end)
        for n = 1, 4 do
          for _ = 1, n do step(lab.ones(3)) end
          for _ = 1, n do step(lab.ones(2, 3)) end
        end
      end
      w.grad = nil
      collectgarbage()
      collectgarbage()
      assert.equal(before, lab.memory().live)
    end)

    it("runs out of memory without a trace", function()
      for n = 1, 60 do
        local v = lab.ones(3, { requires_grad = true })
        local opt = optim.SGD({ v }, { lr = 0.1, momentum = 0.9 })
        local step = lab.compile(function(X)
          opt:zero_grad()
          local l = (X * v):square():sum()
          l:backward()
          opt:step()
          return l
        end)
        local X = lab.ones(3)
        lab.fail_allocation(n)
        local ok, message = true, nil
        for _ = 1, 3 do
          ok, message = pcall(step, X)
          if not ok then break end
        end
        lab.fail_allocation(0)
        if not ok then assert.is_truthy(tostring(message):find("out of memory", 1, true), message) end
        for _ = 1, 4 do assert.equal("number", type(step(X):item())) end
      end
    end)
  end)

  describe("over a loader", function()
    local function setting()
      lab.manual_seed(7)
      local loader = lab.data.loader({ X = lab.randn(23, 3), y = lab.randn(23, 1) }, { batch_size = 5, shuffle = true })
      local net, loss = nn.Linear(3, 1), nn.MSELoss()
      local opt = optim.SGD(net:parameters(), { lr = 0.1 })
      local function step(X, y)
        opt:zero_grad()
        local l = loss(net(X), y)
        l:backward()
        opt:step()
        return l
      end
      return step, loader, net
    end

    it("gives the losses and the parameters of the loop in Lua", function()
      local step, loader, net = setting()
      local losses = {}
      for _ = 1, 4 do
        for X, y in loader:batches() do losses[#losses + 1] = step(X, y):item() end
      end
      local step2, loader2, net2 = setting()
      local compiled, replayed = lab.compile(step2), {}
      for epoch = 1, 4 do
        if epoch % 2 == 1 then
          for _, v in ipairs(compiled:run(loader2):tolist()) do replayed[#replayed + 1] = v end
        else
          local pass = compiled:pass(loader2)
          assert.equal(5, #pass)
          while true do
            local part = pass:run(2)
            if not part then break end
            assert.is_true(#part <= 2)
            for _, v in ipairs(part:tolist()) do replayed[#replayed + 1] = v end
          end
        end
      end
      assert.same(losses, replayed)
      assert.equal(bits(net.weight), bits(net2.weight))
      assert.equal(4, loader2.epoch)
      assert.equal("CompiledStep(plans=2, recordings=4, replays=16)", tostring(compiled))
    end)

    it("needs no more memory for many epochs", function()
      local X = lab.randn(3000, 3)
      local step = lab.compile(function(a) return a:sum() end)
      local loader = lab.data.loader({ X = X }, { batch_size = 1000, shuffle = true })
      for _ = 1, 100 do step:run(loader) end
      collectgarbage()
      local before = lab.memory()
      for _ = 1, 1000 do step:run(loader) end
      assert.is_true(lab.memory().live - before.live < 1e6) -- their orders alone would be 24 MB
    end)

    it("goes on in the middle of an epoch", function()
      local step, loader = setting()
      local compiled = lab.compile(step)
      compiled:run(loader)
      compiled:pass(loader):run(2)
      local state = loader:state_dict()
      assert.equal(2, state.position)
      loader:load_state_dict(state)
      assert.equal(3, #compiled:run(loader))
    end)

    it("converts bytes on the way", function()
      local X, y = lab.randint(0, 256, { 40, 6 }):to("uint8"), lab.randn(40)
      local loader = lab.data.loader({ X = X, y = y }, { batch_size = 8, transform = { scale = 1 / 255 } })
      local step = lab.compile(function(a, b) return a:sum() + b:sum() end)
      local first = step:run(loader)
      assert.same(first:tolist(), step:run(loader):tolist())
      assert.equal(8, step.replays)
    end)

    it("says what it needs", function()
      local step, loader = setting()
      local compiled = lab.compile(function() return 3 end)
      assert.is_truthy(error_of(compiled.run, compiled, loader):find(
        "must return the loss first, a tensor of one element; it returned number", 1, true))
      assert.is_truthy(error_of(lab.compile(step).run, step, loader):find("expected a compiled step", 1, true))
      assert.is_truthy(error_of(compiled.run, compiled, {}):find("expected a loader", 1, true))
      assert.is_truthy(error_of(function() return compiled.plan end):find("has no field 'plan'", 1, true))
    end)
  end)

  describe("refuses, at the line of the script,", function()
    local w
    before_each(function() w = lab.ones(3, { requires_grad = true }) end)

    -- Calls the step until it fails; the message must name this file, the line and hold the text.
    local function refuses(fn, at, text, calls)
      local step = lab.compile(fn)
      local message
      for i = 1, calls or 3 do
        local ok, err = pcall(step, lab.full({ 3 }, i), lab.randn(3))
        if not ok then
          message = tostring(err)
          break
        end
      end
      assert.is_truthy(message, "no error")
      assert.is_truthy(message:find(("compile_spec.lua:%d: "):format(at), 1, true), message)
      assert.is_truthy(message:find(text, 1, true), message)
      assert.is_true(lab.is_grad_enabled())
      assert.equal(9, lab.compile(function(X) return (X * 3):sum() end)(lab.ones(3)):item()) -- nothing is left over
    end

    it("item", function()
      local at = line() + 1
      refuses(function(X) return X:sum():item() end, at, "item() reads a value")
    end)
    it("tolist", function()
      local at = line() + 1
      refuses(function(X) return #X:tolist() end, at, "tolist() reads a value")
    end)
    it("printing", function()
      local at = line() + 1
      refuses(function(X) return tostring(X) end, at, "printing a tensor reads a value")
    end)
    it("a new seed and the state of the generators", function()
      local at = line() + 1
      refuses(function() lab.manual_seed(3) end, at, "a new seed is set")
      at = line() + 1
      refuses(function() return lab.get_rng_state().user end, at, "the state of the random numbers is read")
    end)
    it("a batch taken from a loader inside", function()
      local loader = lab.data.loader({ X = lab.randn(6, 3) }, { batch_size = 2 })
      local at = line() + 1
      refuses(function() return (loader:batches()()) end, at, "a loader starts an epoch")
      local next_batch = loader:batches()
      at = line() + 1
      refuses(function() return (next_batch()) end, at, "a loader gives a batch")
    end)
    it("writing into an argument", function()
      local at = line() + 1
      refuses(function(X) X:mul_(2) end, at, "changes argument 1 of the step in place")
    end)
    it("a learning rate set inside", function()
      local opt = optim.SGD { w }
      local at = line() + 1
      refuses(function() opt.lr = 0.5 end, at, "a hyperparameter is set inside the step")
    end)
    it("files, conversions in place and other states", function()
      local path = os.tmpname() .. ".npy"
      local at = line() + 1
      refuses(function(X) lab.save(path, X) end, at, "a file is written")
      os.remove(path)
      local net = nn.Linear(3, 1)
      at = line() + 1
      refuses(function() net:to("float64") end, at, "a tensor changes its dtype in place")
      local opt = optim.SGD { w }
      at = line() + 1
      refuses(function() return opt:state_dict() end, at, "an optimizer's state is read")
      local state = opt:state_dict()
      at = line() + 1
      refuses(function() opt:load_state_dict(state) end, at, "an optimizer's state is loaded")
      at = line() + 1
      refuses(function() return pairs(opt.param_groups[1]) and 1 end, at, "all hyperparameters of a group")
      local attached = sched.attach(opt, sched.ConstantLR { base_lr = 1 })
      at = line() + 1
      refuses(function() return attached.t end, at, "the count of a schedule is read")
      at = line() + 1
      refuses(function() return #attached:get_last_lr() end, at, "learning rates are read as numbers")
      at = line() + 1
      refuses(function() sched.attach(opt, sched.ConstantLR { base_lr = 1 }) end, at, "a schedule is attached")
    end)
    it("a schedule that is a Lua function, and ReduceLROnPlateau", function()
      local opt = optim.SGD { w }
      local attached = sched.attach(opt, function() return 0.1 end)
      local at = line() + 1
      refuses(function() attached:step() end, at, "a schedule that is a Lua function")
      attached = sched.attach(opt, sched.scale(function() return 0.1 end, 2))
      refuses(function() attached:step() end, at + 2, "a schedule that is a Lua function")
      local plateau = sched.ReduceLROnPlateau(opt)
      at = line() + 1
      refuses(function() plateau:step(0.3) end, at, "ReduceLROnPlateau looks at a metric")
    end)
    it("a number that changes from call to call", function()
      local t, at = 0, line() + 3
      refuses(function(X)
        t = t + 1
        return X * (1 - 0.9 ^ t)
      end, at, "the number 0.271 was 0.19 in the call before")
    end)
    it("a tensor of numbers that change", function()
      local t, at = 0, line() + 3
      refuses(function(X)
        t = t + 1
        return X + lab.tensor { t, 2, 3 }
      end, at, "the numbers of a tensor made here differ between two calls")
    end)
    it("a state that lives in a Lua variable", function()
      local v, at = nil, line() + 2
      refuses(function(X)
        v = (v or 0) * 0.9 + X
        return v * 2
      end, at, "uses another tensor than in the call before")
    end)
    it("a history that grows", function()
      local history, at = {}, line() + 2
      refuses(function(X)
        local l = (X * w):sum()
        history[#history + 1] = l
        return l
      end, at, "a tensor made in the step is kept outside of it")
    end)
    it("a branch that goes another way", function()
      local t, at = 0, line() + 4
      refuses(function(X)
        t = t + 1
        if t % 2 == 0 then return X + 1 end
        return X - 1
      end, at, "the step does 'sub' where the call before did 'add'")
    end)
    it("results that are no tensors and differ, or are tables", function()
      local t = 0
      local step = lab.compile(function() t = t + 1; return t end)
      step()
      step()
      assert.is_truthy(error_of(step):find("the results of the step that are no tensors differ", 1, true))
      step = lab.compile(function(X) return { X } end)
      assert.is_truthy(error_of(step, w:detach()):find("result 1 of the step is a table", 1, true))
    end)
    it("the update count of an optimizer written in Lua, where it makes numbers", function()
      local at
      local Slow = optim.define { name = "Slow", defaults = { lr = 0.1 }, step = function(p, g, _, h, t)
        at = line() + 1
        p:sub_(g * (h.lr / t))
      end }
      local opt = Slow { w }
      local step = lab.compile(function(X) opt:zero_grad(); (X * w):sum():backward(); opt:step() end)
      local message
      for _ = 1, 3 do
        local ok, err = pcall(step, lab.ones(3))
        message = not ok and err or message
      end
      assert.is_truthy(message:find(("compile_spec.lua:%d: the number"):format(at), 1, true), message)
    end)
    it("pow with a tensor of one element as exponent whose value backward reads", function()
      local e = lab.tensor(3)
      local at = line() + 1
      refuses(function(X) w.grad = nil; (w ^ e * X):sum():backward() end, at, "reads a value")
    end)
    it("arguments it cannot copy", function()
      local step = lab.compile(function() end)
      local at = line() + 1
      local message = error_of(function() step(w) end)
      assert.is_truthy(message:find(("compile_spec.lua:%d: a compiled step: argument 1 requires a gradient"):format(at),
        1, true), message)
      message = error_of(step, {})
      assert.is_truthy(message:find("argument 1 is a table; arguments are tensors, numbers", 1, true))
      assert.is_truthy(error_of(lab.compile, 3):find("lab.compile: the step must be a function, got 3", 1, true))
      assert.is_truthy(error_of(lab.compile, print, { fallbak = 1 }):find("did you mean 'fallback'", 1, true))
    end)
    it("a step whose conditions change at each call", function()
      local opt = optim.SGD { w }
      local step = lab.compile(function(X) return X * opt.lr end)
      local message
      for i = 1, 100 do
        opt.lr = i
        local ok, err = pcall(step, lab.ones(3))
        if not ok then
          message = err
          break
        end
      end
      assert.is_truthy(message:find("recorded 32 times in a row and never replayed, because lr", 1, true), message)
    end)
    it("errors of the step itself as they are, and works afterwards", function()
      local fail, at = true, line() + 2
      local step = lab.compile(function(X)
        if fail then error("my mistake") end
        return X * 2
      end)
      assert.equal(("tests/compile_spec.lua:%d: my mistake"):format(at), error_of(step, lab.ones(3)))
      fail = false
      for _ = 1, 4 do assert.same({ 2, 2, 2 }, step(lab.ones(3)):tolist()) end
      assert.is_truthy(error_of(lab.compile(function() coroutine.yield() end)):find("yield", 1, true))
      at = line() + 1
      assert.is_truthy(error_of(lab.compile(function(X) return X:mm(X) end), lab.ones(2)):find(
        ("compile_spec.lua:%d: mm: shapes"):format(at), 1, true))
    end)
    it("labels that are none, at replay as in the step", function()
      local net, loss = nn.Linear(3, 2), nn.CrossEntropyLoss()
      local step = lab.compile(function(X, y) return loss(net(X), y) end)
      local X = lab.ones(2, 3)
      for _ = 1, 3 do step(X, lab.tensor({ 1, 2 }, { dtype = "int64" })) end
      assert.is_truthy(error_of(step, X, lab.tensor({ 1, 3 }, { dtype = "int64" })):find("row 2 is 3", 1, true))
    end)
  end)

  it("makes the training loop of train.fit in pieces", function()
    local compiled = require "optlab.train.compiled"
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
    local step = compiled.step(o)
    for _ = 1, 3 do
      compiled.epoch(step, o.data, function(loss, n)
        replayed[#replayed + 1] = loss
        rows = rows + n
      end, function()
        pieces = pieces + 1
        return compiled.batches_until(rows, 5, 20, 100)
      end)
    end
    assert.same(losses, replayed)
    assert.equal(3 * 47, rows)
    assert.equal(5, pieces)
    assert.is_true(step.replays > 20)
    assert.equal(4, compiled.batches_until(0, 5, 20, 100))
    assert.equal(7, compiled.batches_until(3, 5, 20, 7))
  end)

  it("with fallback goes on as plain Lua where it cannot record", function()
    local step = lab.compile(function(X) return X:sum():item() end, { fallback = true })
    for i = 1, 4 do assert.equal(3 * i, step(lab.full({ 3 }, i))) end
    assert.is_true(step.eager)
    assert.is_truthy(step.reason:find("item() reads a value", 1, true))
  end)

  it("survives optimizers that are closed or dropped", function()
    local w = lab.ones(3, { requires_grad = true })
    local opt = optim.SGD({ w }, { lr = 1 })
    local step = lab.compile(function(X) opt:zero_grad(); (X * w):sum():backward(); opt:step() end)
    for _ = 1, 3 do step(lab.ones(3)) end
    assert.same({ -2, -2, -2 }, w:tolist())
    do local closing <close> = opt end -- luacheck: ignore
    assert.is_truthy(error_of(step, lab.ones(3)):find("this optimizer was closed", 1, true))
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
