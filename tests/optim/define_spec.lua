--- Optimizers written in Lua, with optim.define.
local lab = require "optlab"
local close = require "tests.support.close"
local errors = require "tests.support.errors"
local files = require "tests.support.files"
local problem = require "tests.support.problem"
local program = require "tests.support.program"
local optim = lab.optim

describe("optim", function()
  describe("define", function()
    local function momentum(in_place)
      return optim.define {
        name = "Momentum", defaults = { lr = 0.02, beta = 0.9 }, state = { "v" },
        step = function(p, g, state, h)
          state.v:mul_(h.beta):add_(g)
          if not in_place then return p - state.v * h.lr end
          p:sub_(state.v * h.lr)
        end,
      }
    end

    it("makes an optimizer that follows the built-in one, in place or by returning the new value", function()
      for _, in_place in ipairs { true, false } do
        local a, b = problem.start()
        local a2, b2 = problem.start()
        local own, built_in = momentum(in_place) { a, b }, optim.SGD({ a2, b2 }, { lr = 0.02, momentum = 0.9 })
        for _ = 1, 25 do
          problem.set_grads(a, b)
          problem.set_grads(a2, b2)
          own:step()
          built_in:step()
          own:zero_grad()
        end
        close.list(problem.state_of(a2, b2), problem.state_of(a, b), "own", 1e-13)
        assert.is_nil(a.grad)
        assert.is_true(a.requires_grad and a.is_leaf)
      end
    end)

    it("gives it groups, fields, a printed form and states of its own", function()
      local a, b = problem.start()
      local opt = momentum(true)({ { params = { a } }, { params = { b }, lr = 0.5, beta = 0 } }, { lr = 0.1 })
      assert.equal("Momentum", opt.name)
      assert.equal(0.1, opt.lr)
      assert.equal(0.5, opt.param_groups[2].lr)
      assert.is_truthy(tostring(opt):find("Momentum (\nParameter Group 1\n    beta: 0.9\n    lr: 0.1", 1, true))
      opt.lr = 0.3
      assert.equal(0.3, opt.param_groups[2].lr)
      assert.equal("Momentum has no field 'betta'; did you mean 'beta'?", errors.text(function() return opt.betta end))
      assert.equal("optim.Momentum: unknown option 'nesterov' (options: lr, beta)",
        errors.text(momentum(true), { a }, { nesterov = true }))
      assert.equal("optim.Momentum: lr must be a number of at least 0, got -1",
        errors.text(momentum(true), { a }, { lr = -1 }))
    end)

    it("passes the update count, lists and booleans, and lets state be a function", function()
      local seen = {}
      local make = optim.define {
        name = "Probe", defaults = { lr = 1, betas = { 0.5, 0.25 }, flip = true },
        state = function(p, h) return { count = 10, start = p:clone(), lr = h.lr } end,
        step = function(_, _, state, h, t)
          state.count = state.count + 1
          seen = { t = t, count = state.count, start = state.start:tolist(), lr = state.lr, beta = h.betas[2],
            flip = h.flip, recording = lab.autograd.is_grad_enabled() }
        end,
      }
      local w = lab.tensor({ 7.0 }, { requires_grad = true })
      local opt = make({ w }, { lr = 3 })
      opt:step()
      assert.same({}, seen)
      for _ = 1, 2 do
        w.grad = lab.tensor { 1.0 }
        opt:step()
      end
      assert.same({ t = 2, count = 12, start = { 7 }, lr = 3, beta = 0.25, flip = true, recording = false }, seen)
      assert.is_true(lab.autograd.is_grad_enabled())
    end)

    it("resumes from a state_dict", function()
      local make = momentum(true)
      local a, b = problem.start()
      local opt = make { a, b }
      for _ = 1, 3 do
        problem.set_grads(a, b)
        opt:step()
      end
      local d = opt:state_dict()
      assert.same({ 3, 3 }, d.param_groups[1].updates)
      local a2, b2 = a:detach():clone(), b:detach():clone()
      a2.requires_grad, b2.requires_grad = true, true
      local resumed = make { a2, b2 }
      resumed:load_state_dict(d)
      for _ = 1, 2 do
        problem.set_grads(a, b)
        problem.set_grads(a2, b2)
        opt:step()
        resumed:step()
      end
      assert.same(problem.state_of(a, b), problem.state_of(a2, b2))
    end)

    it("leaves an error in the step at its line and recording switched on", function()
      local line
      local make = optim.define {
        name = "Broken", defaults = { lr = 1 },
        step = function()
          line = debug.getinfo(1, "l").currentline + 1
          error("my own mistake")
        end,
      }
      local w = lab.tensor({ 1.0 }, { requires_grad = true })
      w.grad = lab.tensor { 1.0 }
      local ok, message = pcall(function() make({ w }):step() end)
      assert.is_false(ok)
      assert.is_truthy(message:find(("define_spec.lua:%d: my own mistake"):format(line), 1, true), message)
      assert.is_true(lab.autograd.is_grad_enabled())
    end)

    describe("a first update that changes nothing", function()
      local dir
      before_each(function() dir = files.folder() end)
      after_each(function() files.remove(dir) end)

      -- What is said of an optimizer of that function whose parameters have these gradients.
      local function said(kind, body, more)
        files.write(dir .. "/a.lua", ([[
          local lab = require "optlab"
          local O = lab.optim.define {name = "O", defaults = {lr = 1}, %s = function(p, g, state, h, t) %s end}
          local a, b = lab.ones(2, {requires_grad = true}), lab.ones(2, {requires_grad = true})
          local opt = O({a, b}, {lr = %s})
          local function step()
            a.grad, b.grad = lab.full({2}, %s), lab.zeros(2)
            opt:step()
          end
          %s
          step() step() step()]]):format(kind, body, more.lr or 1, more.g or 1, more.before or ""))
        local status, _, err = program.run(dir, "--no-keep", "a.lua")
        assert.equal(0, status, err)
        return err
      end
      local ALL = "for _, q in ipairs(p.param_groups[1].params) do %s end" -- of update(opt, states)

      it("is reported once", function()
        local line = "optlab: O: the function of a.lua:2 has changed no parameter in its first update: an assignment "
          .. "to the local p has no effect; change p in place, p:sub_(...), or let step return its new value\n"
        assert.equal(line, said("step", "p = p - h.lr * g", {}))
        assert.equal(line, said("step", "p:sub(h.lr * g)", {}))
        assert.equal(line, said("step", "p:sub(g)", {
          before = "a.grad, b.grad = lab.ones(2), lab.zeros(2) step = lab.compile(function() opt:step() end)",
        }))
        assert.equal(line, said("update", ALL:format "q = q - 1", {}))
      end)

      it("is no news where it changed or returned something, or had no reason to", function()
        for _, body in ipairs {
          "p:sub_(0 * g)", "return p", "return p - g", "p[1] = p[1] - 1", "p:view(-1):sub_(g)",
          "if t == 1 then return p end p:sub_(g)", "if p[1]:item() == 1 then p:sub_(g) end",
        } do
          assert.equal("", said("step", body, {}), body)
        end
        assert.equal("", said("step", "", { g = 0 }))
        assert.equal("", said("step", "", { lr = 0 }))
        assert.equal("", said("step", "", { before = "function step() opt:step() end" })) -- no gradients
        assert.equal("", said("update", ALL:format "q:sub_(1)", {}))
      end)

      it("is none where another parameter moved, or after a step that did", function()
        assert.equal("", said("step", "if g[1]:item() ~= 0 then p:sub_(g) end", {}))
        assert.equal("", said("step", "if t == 1 then p:sub_(g) end", {}))
      end)
    end)

    it("refuses what a step must not return", function()
      local w = lab.tensor({ 1.0, 2.0 }, { requires_grad = true })
      w.grad = lab.tensor { 1.0, 1.0 }
      local function result(value)
        local make = optim.define { name = "R", defaults = { lr = 1 }, step = function() return value end }
        return errors.text(function() make({ w }):step() end)
      end
      assert.is_truthy(result("fast"):find("^R: step %(defined at .-define_spec.lua:%d+%) "
        .. "must return nothing or the parameter's new value, got 'fast'$"))
      assert.equal("R: step returned a tensor of shape (3) for a parameter of shape (2)", result(lab.zeros(3)))
      local make = optim.define { name = "R", defaults = { lr = 1 }, state = function() end, step = function() end }
      assert.is_truthy(errors.text(function() make({ w }):step() end):find("must return a table, got nothing", 1, true))
    end)

    it("checks the definition", function()
      local function define(spec) return errors.text(optim.define, spec) end
      local step = function() end
      assert.equal("optim.define: unknown option 'steps'; did you mean 'step'?", define { name = "X", steps = step })
      assert.equal("optim.define: name is missing; it must be a string", define { step = step, defaults = { lr = 1 } })
      assert.equal("optim.define: step must be a function, got 3",
        define { name = "X", step = 3, defaults = { lr = 1 } })
      assert.equal("optim.define: defaults must hold lr, a number (schedules move it)",
        define { name = "X", step = step, defaults = {} })
      assert.equal("optim.define: a hyperparameter cannot be called 'params'",
        define { name = "X", step = step, defaults = { lr = 1, params = 2 } })
      assert.is_truthy(define { name = "X", step = step, defaults = { lr = 1, mode = "fast" } }:find(
        "the default of 'mode' must be a number, true or false, or a list of numbers", 1, true))
      assert.equal("optim.define: state must be a list of names or a function(p, h): write {\"v\"}, got 'v'",
        define { name = "X", step = step, defaults = { lr = 1 }, state = "v" })
    end)
  end)
end)
