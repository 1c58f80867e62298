--- What lab.compile refuses, and that it names the line of the script.
local lab = require "optlab"
local errors = require "tests.support.errors"
local nn, optim, sched = lab.nn, lab.optim, lab.sched

local function line() return debug.getinfo(2, "l").currentline end

describe("lab.compile", function()
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
      assert.is_truthy(message:find(("compile_refusals_spec.lua:%d: "):format(at), 1, true), message)
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
      assert.is_truthy(errors.message(step):find("the results of the step that are no tensors differ", 1, true))
      step = lab.compile(function(X) return { X } end)
      assert.is_truthy(errors.message(step, w:detach()):find("result 1 of the step is a table", 1, true))
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
      assert.is_truthy(message:find(("compile_refusals_spec.lua:%d: the number"):format(at), 1, true), message)
    end)
    it("pow with a tensor of one element as exponent whose value backward reads", function()
      local e = lab.tensor(3)
      local at = line() + 1
      refuses(function(X) w.grad = nil; (w ^ e * X):sum():backward() end, at, "reads a value")
    end)
    it("arguments it cannot copy", function()
      local step = lab.compile(function() end)
      local at = line() + 1
      local message = errors.message(function() step(w) end)
      local expected = ("compile_refusals_spec.lua:%d: a compiled step: argument 1 requires a gradient"):format(at)
      assert.is_truthy(message:find(expected, 1, true), message)
      message = errors.message(step, {})
      assert.is_truthy(message:find("argument 1 is a table; arguments are tensors, numbers", 1, true))
      assert.is_truthy(errors.message(lab.compile, 3):find("lab.compile: step must be a function, got 3", 1, true))
      assert.is_truthy(errors.message(lab.compile, print, { fallbak = 1 }):find("did you mean 'fallback'", 1, true))
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
      local expected = ("tests/plan/compile_refusals_spec.lua:%d: my mistake"):format(at)
      assert.equal(expected, errors.message(step, lab.ones(3)))
      fail = false
      for _ = 1, 4 do assert.same({ 2, 2, 2 }, step(lab.ones(3)):tolist()) end
      assert.is_truthy(errors.message(lab.compile(function() coroutine.yield() end)):find("yield", 1, true))
      at = line() + 1
      assert.is_truthy(errors.message(lab.compile(function(X) return X:mm(X) end), lab.ones(2)):find(
        ("compile_refusals_spec.lua:%d: Tensor:mm: shapes"):format(at), 1, true))
    end)
    it("labels that are none, at replay as in the step", function()
      local net, loss = nn.Linear(3, 2), nn.CrossEntropyLoss()
      local step = lab.compile(function(X, y) return loss(net(X), y) end)
      local X = lab.ones(2, 3)
      for _ = 1, 3 do step(X, lab.tensor({ 1, 2 }, { dtype = "int64" })) end
      assert.is_truthy(errors.message(step, X, lab.tensor({ 1, 3 }, { dtype = "int64" })):find("row 2 is 3", 1, true))
    end)
  end)
end)
