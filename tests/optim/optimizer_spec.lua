--- What every optimizer can do: groups, hyperparameters, gradients, closures, memory.
local lab = require "optlab"
local close = require "tests.support.close"
local errors = require "tests.support.errors"
local problem = require "tests.support.problem"
local optim = lab.optim

describe("optim", function()
  describe("an optimizer", function()
    it("minimises through backward, zero_grad and step", function()
      local w = lab.tensor({ 5.0, -3.0 }, { dtype = "float64", requires_grad = true })
      local opt = optim.SGD({ w }, { lr = 0.1, momentum = 0.5 })
      for _ = 1, 200 do
        opt:zero_grad();
        ((w - 1) ^ 2):sum():backward()
        opt:step()
      end
      close.list({ 1, 1 }, close.flat(w), "minimum", 1e-9)
    end)

    it("keeps PyTorch's defaults", function()
      local a = problem.start()
      assert.same({ lr = 1e-3, momentum = 0, dampening = 0, weight_decay = 0, nesterov = false, maximize = false },
        optim.SGD({ a }).defaults)
      assert.same({ lr = 1e-2, weight_decay = 0, lr_decay = 0, initial_accumulator_value = 0, eps = 1e-10,
        maximize = false }, optim.Adagrad({ a }).defaults)
      assert.same({ lr = 1e-2, alpha = 0.99, eps = 1e-8, weight_decay = 0, momentum = 0, centered = false,
        maximize = false }, optim.RMSprop({ a }).defaults)
      assert.same({ lr = 1, rho = 0.9, eps = 1e-6, weight_decay = 0, maximize = false },
        optim.Adadelta({ a }).defaults)
      local adam = { lr = 1e-3, betas = { 0.9, 0.999 }, eps = 1e-8, weight_decay = 0, decoupled_weight_decay = false,
        amsgrad = false, maximize = false }
      assert.same(adam, optim.Adam({ a }).defaults)
      adam.weight_decay, adam.decoupled_weight_decay = 1e-2, nil
      assert.same(adam, optim.AdamW({ a }).defaults)
      assert.same({ lr = 1e-2, betas = { 0.9, 0.999 }, eps = 1e-3, initial_accumulator = 1e-6, weight_decay = 0,
        maximize = false }, optim.Yogi({ a }).defaults)
    end)

    it("reads and writes lr and the other hyperparameters, for all groups or for one", function()
      local a, b = problem.start()
      local opt = optim.SGD({ { params = { a } }, { params = b, lr = 0.5, momentum = 0.9 } }, { lr = 0.1 })
      local first, second = opt.param_groups[1], opt.param_groups[2]
      assert.equal(0.1, opt.lr)
      assert.equal(0.5, second.lr)
      assert.equal(0, first.momentum)
      second.lr = 0.25
      assert.equal(0.25, opt.param_groups[2].lr)
      assert.equal(0.1, opt.lr)
      opt.lr = 0.01
      assert.equal(0.01, first.lr)
      assert.equal(0.01, second.lr)
      assert.equal(0.5, second.initial_lr)
      opt.weight_decay = 0.3
      assert.equal(0.3, second.weight_decay)
      assert.equal("SGD", opt.name)
      assert.equal(2, #opt)
    end)

    it("gives back the very tensors it was made with", function()
      local a, b = problem.start()
      local opt = optim.Adam { a, b }
      assert.is_true(rawequal(a, opt.param_groups[1].params[1]))
      assert.is_true(rawequal(b, opt.param_groups[1].params[2]))
      assert.equal(opt.param_groups[1], opt.param_groups[1])
    end)

    it("lists a group's hyperparameters with pairs", function()
      local seen = {}
      for k, v in pairs(optim.Adam({ (problem.start()) }, { lr = 0.5 }).param_groups[1]) do seen[k] = v end
      assert.equal(0.5, seen.lr)
      assert.same({ 0.9, 0.999 }, seen.betas)
    end)

    it("accepts more parameters later", function()
      local a, b = problem.start()
      local opt = optim.SGD({ a }, { lr = 0.1 })
      opt:add_param_group { params = { b }, lr = 0.2 }
      problem.set_grads(a, b)
      local before, g = close.flat(b), close.flat(b.grad)
      opt:step()
      for i, v in ipairs(close.flat(b)) do close.number(before[i] - 0.2 * g[i], v, "b") end
      assert.equal("Optimizer:add_param_group: unknown option 'momentun'; did you mean 'momentum'?",
        errors.text(opt.add_param_group, opt, { params = { (problem.start()) }, momentun = 1 }))
      assert.equal("optim.SGD: parameter 1 is already in another group",
        errors.text(opt.add_param_group, opt, { params = { a } }))
      assert.equal(2, #opt)
    end)

    it("leaves a parameter without a gradient alone", function()
      local a, b = problem.start()
      local opt = optim.Adam { a, b }
      opt:step()
      problem.set_grads(a, b)
      b.grad = nil
      opt:step()
      assert.same({ -1.2, 1.0, 0.5, -0.3 }, close.flat(b))
      assert.is_nil(opt:state_dict().state[2])
      assert.equal(1, opt:state_dict().state[1].step)
    end)

    it("drops gradients with zero_grad, or fills them with zeros", function()
      local a, b = problem.start()
      local opt = optim.SGD { a, b }
      problem.set_grads(a, b)
      opt:zero_grad { set_to_none = false }
      assert.same({ 0, 0, 0, 0 }, close.flat(b.grad))
      opt:zero_grad()
      assert.is_nil(a.grad)
      assert.is_nil(b.grad)
    end)

    it("calls a closure with recording on and returns its loss", function()
      local w = lab.tensor({ 2.0 }, { dtype = "float64", requires_grad = true })
      local opt = optim.SGD({ w }, { lr = 0.1 })
      local function closure()
        opt:zero_grad()
        local loss = (w * w):sum()
        loss:backward()
        return loss
      end
      local loss = lab.no_grad(function() return opt:step(closure) end)
      assert.equal(4, loss:item())
      close.number(1.6, w:item(), "w")
      assert.is_nil(opt:step())
      assert.equal("in my closure", errors.text(function() opt:step(function() error("in my closure") end) end))
      assert.is_true(lab.autograd.is_grad_enabled())
    end)

    it("turns momentum on in the middle as PyTorch does: the buffer starts with the gradient", function()
      local w = lab.tensor({ 1.0 }, { dtype = "float64", requires_grad = true })
      local opt = optim.SGD({ w }, { lr = 0.1 })
      local x, buffer = 1.0, nil
      for t = 1, 6 do
        if t == 3 then opt.momentum = 0.9 end
        w.grad = lab.tensor({ x }, { dtype = "float64" })
        opt:step()
        if t >= 3 then buffer = buffer and 0.9 * buffer + x or x end
        x = x - 0.1 * (buffer or x)
        close.number(x, w:item(), "t = " .. t, 1e-14)
      end
    end)

    it("prints like PyTorch's", function()
      assert.equal("SGD (\nParameter Group 1\n    dampening: 0\n    lr: 0.1\n    maximize: false\n    momentum: 0.9\n"
        .. "    nesterov: true\n    weight_decay: 0\n)",
        tostring(optim.SGD({ (problem.start()) }, { lr = 0.1, momentum = 0.9, nesterov = true })))
      assert.is_truthy(tostring(optim.Adam { (problem.start()) }):find("betas: (0.9, 0.999)", 1, true))
    end)

    it("can be closed, and says so afterwards", function()
      local a = problem.start()
      local opt = optim.Adam { a }
      local group = opt.param_groups[1]
      do
        local closed <close> = opt
        assert.equal(1, #closed)
      end
      assert.equal("Optimizer:step: this optimizer was closed and cannot be used any more", errors.text(opt.step, opt))
      assert.equal("this group's optimizer was closed and cannot be used any more",
        errors.text(function() return group.lr end))
      assert.equal("optimizer (closed)", tostring(opt))
      assert.same({ 1.0, -2.0, 0.5, 3.0, -1.5, 0.25 }, close.flat(a))
    end)

    it("allocates nothing once its state exists", function()
      local a, b = problem.start()
      local opt = optim.Adam({ a, b }, { amsgrad = true })
      problem.set_grads(a, b)
      opt:step()
      local before = lab.memory()
      for _ = 1, 1000 do opt:step() end
      local after = lab.memory()
      assert.equal(before.live, after.live)
      assert.equal(before.mallocs, after.mallocs)
    end)

    it("changes nothing when there is no memory for its state", function()
      for n = 1, 20 do
        local a, b = problem.start()
        local opt = optim.Adam({ a, b }, { amsgrad = true })
        problem.set_grads(a, b)
        lab.fail_allocation(n)
        local ok, message = pcall(opt.step, opt)
        lab.fail_allocation(0)
        if ok then
          assert.equal(13, n) -- two allocations for each of three state tensors of two parameters
          return
        end
        assert.is_truthy(message:find("out of memory", 1, true), message)
        assert.same({ 1.0, -2.0, 0.5, 3.0, -1.5, 0.25, -1.2, 1.0, 0.5, -0.3 }, problem.state_of(a, b))
        opt:step()
        local a2, b2 = problem.start()
        local other = optim.Adam({ a2, b2 }, { amsgrad = true })
        problem.set_grads(a2, b2)
        other:step()
        assert.same(problem.state_of(a2, b2), problem.state_of(a, b))
      end
      error("the step never succeeded")
    end)
  end)
end)
