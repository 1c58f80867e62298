--- Optimizers: PyTorch's trajectories, groups, state, clipping, optimizers written in Lua, and their error messages.
local lab = require "optlab"
local expected = dofile("tests/reference/optim_values.lua")
local optim = lab.optim

-- One case of each built-in optimizer and each set of its options.
local CONSTRUCTORS = {}
for i, case in ipairs(expected) do CONSTRUCTORS[i] = { case.name, case.options } end

local STEPS, KEPT = 25, { 1, 2, 5, 25 }
local CURVE, CENTRE = { 0.1, 2.0, 1.0, 0.5, 4.0, 0.02 }, { 0.3, -0.1, 2.0, 0.7, -0.4, 5.0 }

-- The problem of tests/reference/optim.py, operation by operation.
local function grad_a(a)
  local g = {}
  for i = 1, 6 do g[i] = CURVE[i] * (a[i] - CENTRE[i]) end
  return g
end

local function grad_b(b)
  local g = { 0, 0, 0, 0 }
  for i = 1, 3 do
    local r = b[i + 1] - b[i] * b[i]
    g[i] = g[i] - 20.0 * b[i] * r - 2.0 * (1.0 - b[i])
    g[i + 1] = g[i + 1] + 10.0 * r
  end
  return g
end

local function start(dtype)
  local opts = { dtype = dtype or "float64" }
  local a = lab.tensor({ { 1.0, -2.0 }, { 0.5, 3.0 }, { -1.5, 0.25 } }, opts)
  local b = lab.tensor({ -1.2, 1.0, 0.5, -0.3 }, opts)
  a.requires_grad, b.requires_grad = true, true
  return a, b
end

local function numbers(t) return t:detach():reshape(-1):tolist() end

local function set_grads(a, b, dtype)
  local opts = { dtype = dtype or "float64" }
  a.grad = lab.tensor(grad_a(numbers(a)), opts):reshape(3, 2)
  b.grad = lab.tensor(grad_b(numbers(b)), opts)
end

local function state_of(a, b)
  local values = numbers(a)
  for _, v in ipairs(numbers(b)) do values[#values + 1] = v end
  return values
end

local function close(want, got, what, tolerance)
  local scale = math.max(math.abs(want), math.abs(got))
  assert(math.abs(want - got) <= (tolerance or 1e-9) * scale + 1e-300,
    ("%s: expected %.17g, got %.17g"):format(what, want, got))
end

local function same(want, got, what, tolerance)
  assert.equal(#want, #got)
  for i = 1, #want do close(want[i], got[i], ("%s, value %d"):format(what, i), tolerance) end
end

local function contains(list, value)
  for _, v in ipairs(list or {}) do
    if v == value then return true end
  end
  return false
end

local function shown(options)
  local words = {}
  for k, v in pairs(options) do
    words[#words + 1] = k .. "=" .. (type(v) == "table" and table.concat(v, "/") or tostring(v))
  end
  table.sort(words)
  return table.concat(words, " ")
end

-- The message of an error that must come, with the position cut off after checking that it names this file.
local function message_of(f, ...)
  local ok, message = pcall(f, ...)
  assert.is_false(ok)
  local position, text = tostring(message):match("^(.-:%d+: )(.*)$")
  assert.is_truthy(position, message)
  assert.is_truthy(position:find("optim_spec.lua", 1, true), message)
  return text
end

describe("optim", function()
  describe("follows PyTorch over 25 steps in float64:", function()
    for _, case in ipairs(expected) do
      local title = case.name .. " " .. shown(case.options)
      if case.b_options then title = title .. ", group of b: " .. shown(case.b_options) end
      it(title, function()
        local a, b = start()
        local params = { a, b }
        if case.b_options then
          local group = { params = { b } }
          for k, v in pairs(case.b_options) do group[k] = v end
          params = { { params = { a } }, group }
        end
        local opt = optim[case.name](params, case.options)
        local checksum, kept = 0, 0
        for t = 1, STEPS do
          set_grads(a, b)
          if contains(case.missing, t) then b.grad = nil end
          opt:step()
          local values = state_of(a, b)
          for _, v in ipairs(values) do checksum = checksum + math.abs(v) end
          if t == KEPT[kept + 1] then
            kept = kept + 1
            same(case.kept[kept], values, ("update %d"):format(t))
          end
        end
        assert.equal(4, kept)
        close(case.checksum, checksum, "checksum")
      end)
    end

    it("has a case for every built-in optimizer and for every option of each", function()
      local seen = {}
      for _, case in ipairs(expected) do
        seen[case.name] = seen[case.name] or {}
        for _, options in ipairs { case.options, case.b_options } do
          for k in pairs(options) do seen[case.name][k] = true end
        end
      end
      local a = start()
      for name in pairs(optim) do
        if not name:match "^%u" then goto continue end -- clip_grad_norm_, define
        assert(seen[name], name .. " is never run")
        for k in pairs(optim[name]({ a }).defaults) do
          assert(seen[name][k] or (name == "Yogi" and (k == "maximize" or k == "eps"))
            or (name == "AdamW" and k == "eps"), name .. " is never run with " .. k)
        end
        ::continue::
      end
    end)
  end)

  describe("gives the same numbers", function()
    it("in float32 to single precision", function()
      for _, c in ipairs(CONSTRUCTORS) do
        local runs = {}
        for i, dtype in ipairs { "float64", "float32" } do
          local a, b = start(dtype)
          local opt = optim[c[1]]({ a, b }, c[2])
          for _ = 1, 5 do
            set_grads(a, b, dtype)
            opt:step()
          end
          runs[i] = state_of(a, b)
        end
        for i = 1, #runs[1] do
          assert(math.abs(runs[1][i] - runs[2][i]) < 2e-5 * (1 + math.abs(runs[1][i])), c[1] .. " value " .. i)
        end
      end
    end)

    it("for strided gradients and strided parameters", function()
      for _, c in ipairs(CONSTRUCTORS) do
        local plain = lab.tensor({ { 1, 2, 3 }, { 4, 5, 6 } }, { dtype = "float64", requires_grad = true })
        local strided = lab.tensor({ { 1, 4 }, { 2, 5 }, { 3, 6 } }, { dtype = "float64" }):t():detach()
        strided.requires_grad = true
        local one, two = optim[c[1]]({ plain }, c[2]), optim[c[1]]({ strided }, c[2])
        for t = 1, 4 do
          local g = lab.tensor({ { 1, -2 }, { 0.5, t }, { 3, 1 } }, { dtype = "float64" })
          plain.grad = g:t():contiguous()
          strided.grad = g:t()
          one:step()
          two:step()
        end
        assert.same(numbers(plain), numbers(strided:contiguous()))
      end
    end)

    it("for one thread and for two, on long parameters", function()
      local threads = lab.get_num_threads and lab.get_num_threads() or 1
      for _, c in ipairs(CONSTRUCTORS) do
        local results = {}
        for n = 1, 2 do
          lab.set_num_threads(n)
          lab.manual_seed(3)
          local p = lab.randn(70001)
          p.requires_grad = true
          local opt = optim[c[1]]({ p }, c[2])
          for _ = 1, 3 do
            p.grad = lab.randn(70001)
            opt:step()
          end
          results[n] = p:detach()
        end
        assert.equal(0, (results[1] - results[2]):abs():max():item())
      end
      lab.set_num_threads(threads)
    end)

    it("as the book's Yogi when the accumulator starts at zero", function()
      local p = lab.tensor({ 1.0, -2.0 }, { dtype = "float64", requires_grad = true })
      local opt = optim.Yogi({ p }, { lr = 0.01, initial_accumulator = 0 })
      local x, v, s = { 1.0, -2.0 }, { 0, 0 }, { 0, 0 }
      for t = 1, 20 do
        p.grad = p:detach() * 0.5
        opt:step()
        for i = 1, 2 do
          local g = 0.5 * x[i]
          local d = g * g - s[i]
          v[i] = 0.9 * v[i] + 0.1 * g
          s[i] = s[i] + (1 - 0.999) * (d > 0 and 1 or d < 0 and -1 or 0) * g * g
          x[i] = x[i] - 0.01 * (v[i] / (1 - 0.9 ^ t)) / (math.sqrt(s[i] / (1 - 0.999 ^ t)) + 1e-3)
        end
      end
      same(x, numbers(p), "Yogi", 1e-12)
    end)
  end)

  describe("an optimizer", function()
    it("minimises through backward, zero_grad and step", function()
      local w = lab.tensor({ 5.0, -3.0 }, { dtype = "float64", requires_grad = true })
      local opt = optim.SGD({ w }, { lr = 0.1, momentum = 0.5 })
      for _ = 1, 200 do
        opt:zero_grad();
        ((w - 1) ^ 2):sum():backward()
        opt:step()
      end
      same({ 1, 1 }, numbers(w), "minimum", 1e-9)
    end)

    it("keeps PyTorch's defaults", function()
      local a = start()
      assert.same({ lr = 1e-3, momentum = 0, dampening = 0, weight_decay = 0, nesterov = false, maximize = false },
        optim.SGD({ a }).defaults)
      assert.same({ lr = 1e-2, weight_decay = 0, lr_decay = 0, initial_accumulator_value = 0, eps = 1e-10,
        maximize = false }, optim.Adagrad({ a }).defaults)
      assert.same({ lr = 1e-2, alpha = 0.99, eps = 1e-8, weight_decay = 0, momentum = 0, centered = false,
        maximize = false }, optim.RMSprop({ a }).defaults)
      assert.same({ lr = 1, rho = 0.9, eps = 1e-6, weight_decay = 0, maximize = false },
        optim.Adadelta({ a }).defaults)
      local adam = { lr = 1e-3, betas = { 0.9, 0.999 }, eps = 1e-8, weight_decay = 0, amsgrad = false,
        maximize = false }
      assert.same(adam, optim.Adam({ a }).defaults)
      adam.weight_decay = 1e-2
      assert.same(adam, optim.AdamW({ a }).defaults)
      assert.same({ lr = 1e-2, betas = { 0.9, 0.999 }, eps = 1e-3, initial_accumulator = 1e-6, weight_decay = 0,
        maximize = false }, optim.Yogi({ a }).defaults)
    end)

    it("reads and writes lr and the other hyperparameters, for all groups or for one", function()
      local a, b = start()
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
      local a, b = start()
      local opt = optim.Adam { a, b }
      assert.is_true(rawequal(a, opt.param_groups[1].params[1]))
      assert.is_true(rawequal(b, opt.param_groups[1].params[2]))
      assert.equal(opt.param_groups[1], opt.param_groups[1])
    end)

    it("lists a group's hyperparameters with pairs", function()
      local seen = {}
      for k, v in pairs(optim.Adam({ (start()) }, { lr = 0.5 }).param_groups[1]) do seen[k] = v end
      assert.equal(0.5, seen.lr)
      assert.same({ 0.9, 0.999 }, seen.betas)
    end)

    it("accepts more parameters later", function()
      local a, b = start()
      local opt = optim.SGD({ a }, { lr = 0.1 })
      opt:add_param_group { params = { b }, lr = 0.2 }
      set_grads(a, b)
      local before, g = numbers(b), numbers(b.grad)
      opt:step()
      for i, v in ipairs(numbers(b)) do close(before[i] - 0.2 * g[i], v, "b") end
      assert.equal("add_param_group: unknown option 'momentun'; did you mean 'momentum'?",
        message_of(opt.add_param_group, opt, { params = { (start()) }, momentun = 1 }))
      assert.equal("optim.SGD: parameter 1 is already in another group",
        message_of(opt.add_param_group, opt, { params = { a } }))
      assert.equal(2, #opt)
    end)

    it("leaves a parameter without a gradient alone", function()
      local a, b = start()
      local opt = optim.Adam { a, b }
      opt:step()
      set_grads(a, b)
      b.grad = nil
      opt:step()
      assert.same({ -1.2, 1.0, 0.5, -0.3 }, numbers(b))
      assert.is_nil(opt:state_dict().state[2])
      assert.equal(1, opt:state_dict().state[1].step)
    end)

    it("drops gradients with zero_grad, or fills them with zeros", function()
      local a, b = start()
      local opt = optim.SGD { a, b }
      set_grads(a, b)
      opt:zero_grad { set_to_none = false }
      assert.same({ 0, 0, 0, 0 }, numbers(b.grad))
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
      close(1.6, w:item(), "w")
      assert.is_nil(opt:step())
      assert.is_truthy(message_of(function() opt:step(function() error("in my closure") end) end):find("in my closure"))
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
        close(x, w:item(), "t = " .. t, 1e-14)
      end
    end)

    it("prints like PyTorch's", function()
      assert.equal("SGD (\nParameter Group 1\n    dampening: 0\n    lr: 0.1\n    maximize: false\n    momentum: 0.9\n"
        .. "    nesterov: true\n    weight_decay: 0\n)",
        tostring(optim.SGD({ (start()) }, { lr = 0.1, momentum = 0.9, nesterov = true })))
      assert.is_truthy(tostring(optim.Adam { (start()) }):find("betas: (0.9, 0.999)", 1, true))
    end)

    it("can be closed, and says so afterwards", function()
      local a = start()
      local opt = optim.Adam { a }
      local group = opt.param_groups[1]
      do
        local closed <close> = opt
        assert.equal(1, #closed)
      end
      assert.equal("step: this optimizer was closed and cannot be used any more", message_of(opt.step, opt))
      assert.equal("this group's optimizer was closed and cannot be used any more",
        message_of(function() return group.lr end))
      assert.equal("optimizer (closed)", tostring(opt))
      assert.same({ 1.0, -2.0, 0.5, 3.0, -1.5, 0.25 }, numbers(a))
    end)

    it("allocates nothing once its state exists", function()
      local a, b = start()
      local opt = optim.Adam({ a, b }, { amsgrad = true })
      set_grads(a, b)
      opt:step()
      local before = lab.memory()
      for _ = 1, 1000 do opt:step() end
      local after = lab.memory()
      assert.equal(before.live, after.live)
      assert.equal(before.mallocs, after.mallocs)
    end)

    it("changes nothing when there is no memory for its state", function()
      for n = 1, 20 do
        local a, b = start()
        local opt = optim.Adam({ a, b }, { amsgrad = true })
        set_grads(a, b)
        lab.fail_allocation(n)
        local ok, message = pcall(opt.step, opt)
        lab.fail_allocation(0)
        if ok then
          assert.equal(13, n) -- two allocations for each of three state tensors of two parameters
          return
        end
        assert.is_truthy(message:find("out of memory", 1, true), message)
        assert.same({ 1.0, -2.0, 0.5, 3.0, -1.5, 0.25, -1.2, 1.0, 0.5, -0.3 }, state_of(a, b))
        opt:step()
        local a2, b2 = start()
        local other = optim.Adam({ a2, b2 }, { amsgrad = true })
        set_grads(a2, b2)
        other:step()
        assert.same(state_of(a2, b2), state_of(a, b))
      end
      error("the step never succeeded")
    end)
  end)

  describe("state", function()
    local function run(opt, a, b, steps)
      for _ = 1, steps do
        set_grads(a, b)
        opt:step()
      end
    end

    it("goes through state_dict into a fresh optimizer without a trace, for every optimizer", function()
      for _, c in ipairs(CONSTRUCTORS) do
        local a, b = start()
        local whole = optim[c[1]]({ a, b }, c[2])
        run(whole, a, b, 4)
        local a2, b2 = a:detach():clone(), b:detach():clone()
        a2.requires_grad, b2.requires_grad = true, true
        local resumed = optim[c[1]] { a2, b2 }
        resumed:load_state_dict(whole:state_dict())
        run(whole, a, b, 3)
        run(resumed, a2, b2, 3)
        assert.same(state_of(a, b), state_of(a2, b2))
      end
    end)

    it("is a copy under PyTorch's names", function()
      local a, b = start()
      local opt = optim.Adam({ { params = { a } }, { params = { b }, lr = 0.5 } }, { amsgrad = true })
      run(opt, a, b, 2)
      local d = opt:state_dict()
      assert.equal("Adam", d.name)
      assert.equal(2, d.state[1].step)
      assert.same({ 1 }, d.param_groups[1].params)
      assert.same({ 2 }, d.param_groups[2].params)
      assert.equal(0.5, d.param_groups[2].lr)
      local m = numbers(d.state[2].exp_avg)
      assert.is_truthy(d.state[1].exp_avg_sq and d.state[1].max_exp_avg_sq)
      run(opt, a, b, 1)
      assert.same(m, numbers(d.state[2].exp_avg))
    end)

    it("that does not fit is refused with what differs, and nothing changes", function()
      local a, b = start()
      local opt = optim.Adam { a, b }
      run(opt, a, b, 2)
      local d = opt:state_dict()
      local before = opt:state_dict().state[1].exp_avg
      assert.equal("load_state_dict: this is the state of an optimizer Adam, it cannot be loaded into SGD",
        message_of(function() optim.SGD({ a, b }):load_state_dict(d) end))
      assert.equal("load_state_dict: group 1 of the state has 2 parameters, the optimizer's has 1",
        message_of(function() optim.Adam({ a }):load_state_dict(d) end))
      assert.equal("load_state_dict: the state has 1 parameter group, the optimizer has 2",
        message_of(function() optim.Adam({ { params = a }, { params = b } }):load_state_dict(d) end))
      assert.equal("load_state_dict: 'exp_avg' of parameter 1 has shape (3, 2), the parameter has shape (4)",
        message_of(function()
          local only = opt:state_dict()
          only.state[1].exp_avg_sq, only.state[2] = nil, nil
          optim.Adam({ b, a }):load_state_dict(only)
        end))
      d.state[1].exp_avgs = d.state[1].exp_avg
      assert.equal("load_state_dict: Adam has no state 'exp_avgs' (parameter 1)",
        message_of(function() opt:load_state_dict(d) end))
      d = opt:state_dict()
      d.param_groups[1].lr = -1
      assert.equal("load_state_dict: lr must be >= 0, got -1", message_of(function() opt:load_state_dict(d) end))
      d = opt:state_dict()
      d.state[1].step = "two"
      assert.equal("load_state_dict: parameter 1 needs a count of updates, got two",
        message_of(function() opt:load_state_dict(d) end))
      d.state = nil
      assert.equal("load_state_dict: the state has no table 'state'; it must come from state_dict()",
        message_of(function() opt:load_state_dict(d) end))
      assert.same(numbers(before), numbers(opt:state_dict().state[1].exp_avg))
    end)
  end)

  describe("clipping", function()
    local function with_grads()
      local p = lab.zeros(2, { dtype = "float64", requires_grad = true })
      local q = lab.zeros(1, { dtype = "float64", requires_grad = true })
      local free = lab.zeros(1, { requires_grad = true })
      p.grad = lab.tensor({ 3.0, -4.0 }, { dtype = "float64" })
      q.grad = lab.tensor({ 12.0 }, { dtype = "float64" })
      return p, q, free
    end

    it("scales all gradients together to the largest norm and returns the norm before", function()
      local p, q, free = with_grads()
      assert.equal(13, optim.clip_grad_norm_({ p, q, free }, 6.5))
      same({ 3 * 6.5 / 13.000001, -4 * 6.5 / 13.000001 }, numbers(p.grad), "p", 1e-14)
      same({ 12 * 6.5 / 13.000001 }, numbers(q.grad), "q", 1e-14)
    end)

    it("leaves small gradients as they are", function()
      local p, q = with_grads()
      assert.equal(13, optim.clip_grad_norm_({ p, q }, 20))
      assert.same({ 3.0, -4.0 }, numbers(p.grad))
    end)

    it("knows other norms", function()
      local p, q = with_grads()
      assert.equal(19, optim.clip_grad_norm_({ p, q }, 100, { norm_type = 1 }))
      assert.equal(12, optim.clip_grad_norm_({ p, q }, 100, { norm_type = math.huge }))
      close((27 + 64 + 1728) ^ (1 / 3), optim.clip_grad_norm_({ p, q }, 100, { norm_type = 3 }), "3-norm", 1e-14)
      assert.equal(5, optim.clip_grad_norm_(p, 100))
    end)

    it("works on float32 and on strided gradients", function()
      local p = lab.zeros(50, 3)
      p.requires_grad = true
      p.grad = lab.full({ 3, 50 }, 2.0):t()
      close(math.sqrt(600), optim.clip_grad_norm_({ p }, 1), "norm", 1e-7)
      close(1, optim.clip_grad_norm_({ p }, 10), "norm after", 1e-6)
    end)

    it("refuses a norm that is not finite only if asked", function()
      local p = with_grads()
      p.grad = lab.tensor({ 0 / 0, 1.0 }, { dtype = "float64" })
      assert.is_truthy(message_of(optim.clip_grad_norm_, { p }, 1, { error_if_nonfinite = true }):find(
        "clip_grad_norm_: the total norm of the gradients is %-?nan, so they cannot be clipped"))
      local norm = optim.clip_grad_norm_({ p }, 1)
      assert.is_true(norm ~= norm)
    end)

    it("by value limits each element", function()
      local p, q = with_grads()
      optim.clip_grad_value_({ p, q }, 3.5)
      assert.same({ 3.0, -3.5 }, numbers(p.grad))
      assert.same({ 3.5 }, numbers(q.grad))
    end)

    it("checks its arguments", function()
      local p = with_grads()
      assert.equal("clip_grad_norm_: max_norm must be >= 0, got -1", message_of(optim.clip_grad_norm_, { p }, -1))
      assert.equal("clip_grad_norm_: norm_type must be > 0 (or math.huge), got 0",
        message_of(optim.clip_grad_norm_, { p }, 1, { norm_type = 0 }))
      assert.equal("clip_grad_value_: clip_value must be >= 0, got -2", message_of(optim.clip_grad_value_, { p }, -2))
      assert.equal("bad argument #2 to 'clip_grad_norm_' (expected the largest norm, a number, got nil)",
        message_of(optim.clip_grad_norm_, { p }, nil))
      assert.equal("clip_grad_norm_: unknown option 'norm'; did you mean 'norm_type'?",
        message_of(optim.clip_grad_norm_, { p }, 1, { norm = 2 }))
    end)
  end)

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
        local a, b = start()
        local a2, b2 = start()
        local own, built_in = momentum(in_place) { a, b }, optim.SGD({ a2, b2 }, { lr = 0.02, momentum = 0.9 })
        for _ = 1, STEPS do
          set_grads(a, b)
          set_grads(a2, b2)
          own:step()
          built_in:step()
          own:zero_grad()
        end
        same(state_of(a2, b2), state_of(a, b), "own", 1e-13)
        assert.is_nil(a.grad)
        assert.is_true(a.requires_grad and a.is_leaf)
      end
    end)

    it("gives it groups, fields, a printed form and states of its own", function()
      local a, b = start()
      local opt = momentum(true)({ { params = { a } }, { params = { b }, lr = 0.5, beta = 0 } }, { lr = 0.1 })
      assert.equal("Momentum", opt.name)
      assert.equal(0.1, opt.lr)
      assert.equal(0.5, opt.param_groups[2].lr)
      assert.is_truthy(tostring(opt):find("Momentum (\nParameter Group 1\n    beta: 0.9\n    lr: 0.1", 1, true))
      opt.lr = 0.3
      assert.equal(0.3, opt.param_groups[2].lr)
      assert.equal("Momentum has no field 'betta'; did you mean 'beta'?", message_of(function() return opt.betta end))
      assert.equal("optim.Momentum: unknown option 'nesterov' (it takes: lr, beta)",
        message_of(momentum(true), { a }, { nesterov = true }))
      assert.equal("optim.Momentum: lr must be >= 0, got -1", message_of(momentum(true), { a }, { lr = -1 }))
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
      local a, b = start()
      local opt = make { a, b }
      for _ = 1, 3 do
        set_grads(a, b)
        opt:step()
      end
      local d = opt:state_dict()
      assert.same({ 3, 3 }, d.param_groups[1].updates)
      local a2, b2 = a:detach():clone(), b:detach():clone()
      a2.requires_grad, b2.requires_grad = true, true
      local resumed = make { a2, b2 }
      resumed:load_state_dict(d)
      for _ = 1, 2 do
        set_grads(a, b)
        set_grads(a2, b2)
        opt:step()
        resumed:step()
      end
      assert.same(state_of(a, b), state_of(a2, b2))
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
      assert.is_truthy(message:find(("optim_spec.lua:%d: my own mistake"):format(line), 1, true), message)
      assert.is_true(lab.autograd.is_grad_enabled())
    end)

    it("refuses what a step must not return", function()
      local w = lab.tensor({ 1.0, 2.0 }, { requires_grad = true })
      w.grad = lab.tensor { 1.0, 1.0 }
      local function result(value)
        local make = optim.define { name = "R", defaults = { lr = 1 }, step = function() return value end }
        return message_of(function() make({ w }):step() end)
      end
      assert.is_truthy(result("fast"):find(
        "^R: step %(defined at .-optim_spec.lua:%d+%) must return nothing or the parameter's new value, got a string$"))
      assert.equal("R: step returned a tensor of shape (3) for a parameter of shape (2)", result(lab.zeros(3)))
      local make = optim.define { name = "R", defaults = { lr = 1 }, state = function() end, step = function() end }
      assert.is_truthy(message_of(function() make({ w }):step() end):find("must return a table, got a nil", 1, true))
    end)

    it("checks the definition", function()
      local function define(spec) return message_of(optim.define, spec) end
      local step = function() end
      assert.equal("optim.define: unknown option 'steps'; did you mean 'step'?", define { name = "X", steps = step })
      assert.equal("optim.define: name must be a string, got nothing", define { step = step, defaults = { lr = 1 } })
      assert.equal("optim.define: step must be a function, got 3",
        define { name = "X", step = 3, defaults = { lr = 1 } })
      assert.equal("optim.define: defaults must hold lr, a number (schedules move it)",
        define { name = "X", step = step, defaults = {} })
      assert.equal("optim.define: a hyperparameter cannot be called 'params'",
        define { name = "X", step = step, defaults = { lr = 1, params = 2 } })
      assert.is_truthy(define { name = "X", step = step, defaults = { lr = 1, mode = "fast" } }:find(
        "the default of 'mode' must be a number, true or false, or a list of one to four numbers", 1, true))
      assert.equal("optim.define: state must be a list of names or a function(p, h), got \"v\"",
        define { name = "X", step = step, defaults = { lr = 1 }, state = "v" })
    end)
  end)

  describe("says what is wrong:", function()
    local a, b = start()

    local CASES = {
      { "an unknown option", function() optim.SGD({ a }, { momentun = 0.9 }) end,
        "optim.SGD: unknown option 'momentun'; did you mean 'momentum'?" },
      { "a negative learning rate", function() optim.Adam({ a }, { lr = -1 }) end,
        "optim.Adam: lr must be >= 0, got -1" },
      { "an infinite learning rate", function() optim.Adam({ a }, { lr = math.huge }) end,
        "optim.Adam: lr must be >= 0, got inf" },
      { "a beta of 1", function() optim.Adam({ a }, { betas = { 0.9, 1 } }) end,
        "optim.Adam: betas[2] must be >= 0 and < 1, got 1" },
      { "one beta", function() optim.Adam({ a }, { betas = 0.9 }) end,
        "optim.Adam: betas must be a list of 2 numbers, got 0.9" },
      { "a rho above 1", function() optim.Adadelta({ a }, { rho = 1.5 }) end,
        "optim.Adadelta: rho must be from 0 to 1, got 1.5" },
      { "a number for a boolean", function() optim.Adam({ a }, { amsgrad = 1 }) end,
        "optim.Adam: amsgrad must be true or false, got 1" },
      { "a string for a number", function() optim.Adam({ a }, { lr = "0.1" }) end,
        "optim.Adam: lr must be a number, got a string ('0.1')" },
      { "Nesterov without momentum", function() optim.SGD({ a }, { nesterov = true }) end,
        "optim.SGD: nesterov needs momentum > 0 and dampening = 0, got momentum 0 and dampening 0" },
      { "no parameters", function() optim.SGD {} end, "optim.SGD: the list of parameters is empty" },
      { "no list", function() optim.SGD(nil, { lr = 1 }) end,
        "optim.SGD: expected a list of parameters such as {w, b} or model:parameters(), got a nil" },
      { "a number among the parameters", function() optim.SGD { a, 3 } end,
        "optim.SGD: parameter 2 is a number, expected a tensor" },
      { "a parameter given twice", function() optim.SGD { a, b, a } end,
        "optim.SGD: parameters 1 and 3 are the same tensor" },
      { "an integer parameter", function() optim.SGD { lab.zeros(2, { dtype = "int64" }) } end,
        "optim.SGD: parameter 1 is int64; only float32 and float64 tensors can be optimized" },
      { "a computed parameter", function() optim.SGD { a * 2 } end,
        "optim.SGD: parameter 1 is the result of an operation; only leaf tensors can be optimized "
        .. "(create it with requires_grad=true, or detach it)" },
      { "a group without params", function() optim.SGD { { params = { a } }, { lr = 1 } } end,
        "optim.SGD: a parameter group needs a field 'params'" },
      { "a group among tensors", function() optim.SGD { { params = { a } }, b } end,
        "optim.SGD: entry 2 is a optlab.Tensor; either all or no entries are groups" },
      { "an unknown field", function() return optim.SGD({ a }).momenum end,
        "SGD has no field 'momenum'; did you mean 'momentum'?" },
      { "an unknown field of a group", function() optim.SGD({ a }).param_groups[1].lrr = 1 end,
        "SGD has no field 'lrr'; did you mean 'lr'?" },
      { "a field that cannot be set", function() optim.SGD({ a }).param_groups = {} end,
        "SGD: the field 'param_groups' cannot be set" },
      { "a bad value for a field", function() optim.SGD({ a }).lr = -3 end, "SGD: lr must be >= 0, got -3" },
      { "a closure that is no function", function() optim.SGD({ a }):step(4) end,
        "bad argument #2 to 'step' (expected a function that returns the loss, got number)" },
      { "a method without its optimizer", function() optim.SGD({ a }).step() end,
        "bad argument #1 to 'step' (expected an optimizer, got nothing)" },
      { "an unknown option of zero_grad", function() optim.SGD({ a }):zero_grad { none = true } end,
        "zero_grad: unknown option 'none' (it takes: set_to_none)" },
    }
    for _, case in ipairs(CASES) do
      it(case[1], function() assert.equal(case[3], message_of(case[2])) end)
    end
  end)
end)
