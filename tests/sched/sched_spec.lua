--- Learning-rate schedules: pure functions, compositions, attaching to an optimizer, error messages.
local lab = require "optlab"
local close = require "tests.support.close"
local errors = require "tests.support.errors"
local expected = dofile("tests/reference/sched_values.lua")
local optim, sched = lab.optim, lab.sched

-- Rates may be zero, where both sides differ by roundings of larger numbers.
local function near(want, got, what) close.number(want, got, what, 1e-9, 1e-16) end

local function optimizer(lr)
  return optim.SGD({ lab.zeros(2, { requires_grad = true }) }, { lr = lr or 0.4 })
end

describe("sched", function()
  describe("a schedule", function()
    it("is a pure function: any order of calls gives the same values", function()
      for _, case in ipairs(expected.schedules) do
        local s = sched[case.name](case.options)
        local forward = sched.values(s, 51)
        for t = 50, 0, -1 do assert.equal(forward[t + 1], s(t)) end
      end
    end)

    it("gives the book's Factor curve one update later", function()
      local s = sched.Factor { base_lr = 2.0, factor = 0.9, stop_factor_lr = 1e-2 }
      local lr = 2.0
      for t = 0, 80 do
        lr = math.max(1e-2, lr * 0.9) -- what the book's object answers at its call number t
        near(lr, s(t + 1), "t = " .. t)
      end
      assert.equal(2.0, s(0))
    end)

    it("warms up on a straight line or at a constant", function()
      local s = sched.Cosine { base_lr = 0.3, max_update = 20, final_lr = 0.01, warmup_steps = 5 }
      assert.equal(0, s(0))
      near(0.06, s(1), "t = 1")
      near(0.24, s(4), "t = 4")
      assert.equal(0.3, s(5))
      near(0.01, s(20), "t = 20")
      near(0.01, s(1000), "t = 1000")
      local c = sched.MultiFactor { base_lr = 0.5, step = {}, warmup_steps = 3, warmup_begin_lr = 0.1,
        warmup_mode = "constant" }
      assert.same({ 0.1, 0.1, 0.1, 0.5 }, sched.values(c, 4))
    end)

    it("takes fractional t: curves are smooth, staircases constant", function()
      local s = sched.Poly { base_lr = 1, max_update = 10, pwr = 2 }
      near(0.95 ^ 2, s(0.5), "Poly")
      assert.equal(0.4, sched.StepLR { base_lr = 0.4, step_size = 7 }(6.9))
    end)

    it("stays at the last rate after OneCycleLR's end", function()
      local s = sched.OneCycleLR { max_lr = 1, total_steps = 10 }
      assert.equal(s(9), s(10))
      near(1 / 25 / 1e4, s(9), "end")
      s = sched.OneCycleLR { max_lr = 1, total_steps = 5, pct_start = 1 }
      assert.same({ 1, 1 }, { s(4), s(5) })
      s = sched.OneCycleLR { max_lr = 1, total_steps = 10, pct_start = 0.7, three_phase = true }
      near(0.52, s(9), "in the second of three phases")
      assert.equal(s(9), s(1000))
    end)

    it("sorts the milestones of a list", function()
      assert.same(sched.values(sched.MultiStepLR { base_lr = 1, milestones = { 3, 5, 9 } }, 12),
        sched.values(sched.MultiStepLR { base_lr = 1, milestones = { 9, 3, 5 } }, 12))
    end)

    it("prints itself and shows its options", function()
      local s = sched.MultiFactor { base_lr = 0.5, step = { 15, 30 }, factor = 0.5 }
      assert.equal("MultiFactor(base_lr=0.5, factor=0.5, step={15, 30})", tostring(s))
      assert.equal("MultiFactor", s.name)
      assert.same({ 15, 30 }, s.options.step)
      assert.equal("linear", s.options.warmup_mode)
      assert.equal("CyclicLR(base_lr=0.1, max_lr=1, mode=exp_range)",
        tostring(sched.CyclicLR { base_lr = 0.1, max_lr = 1, mode = "exp_range" }))
      assert.equal("warmup(SquareRoot(base_lr=0.2), steps=3)",
        tostring(sched.warmup(sched.SquareRoot { base_lr = 0.2 }, { steps = 3 })))
    end)

    it("shows the parts of a composition", function()
      local a, f = sched.ConstantLR { base_lr = 1 }, function() return 1 end
      local s = sched.sequential { schedules = { a, sched.scale(f, 2) }, milestones = { 5 } }
      local wanted = ("sequential(%s, scale(%s, factor=2), milestones={5})"):format(tostring(a), tostring(f))
      assert.equal(wanted, tostring(s))
      assert.equal("sequential", s.name)
      assert.equal(a, s.options.schedules[1])
      assert.same({ 5 }, s.options.milestones)
      assert.equal(f, s.options.schedules[2].options.schedules[1])
    end)

    it("composes to the bits of the formulas, also between whole updates", function()
      local a = sched.ExponentialLR { base_lr = 0.3, gamma = 0.91 }
      local b = sched.CosineAnnealingLR { base_lr = 0.7, T_max = 9, eta_min = 0.01 }
      local cases = {
        { sched.scale(a, 1.7), function(t) return 1.7 * a(t) end },
        { sched.chain { a, b, a }, function(t) return a(t) * b(t) * a(t) end },
        { sched.warmup(b, { steps = 3, begin_lr = 0.05 }),
          function(t) return t >= 3 and b(t - 3) or 0.05 + (b(0) - 0.05) * t / 3 end },
        { sched.sequential { schedules = { a, b, a }, milestones = { 2, 6.5 } },
          function(t) return t < 2 and a(t) or t < 6.5 and b(t - 2) or a(t - 6.5) end },
      }
      for _, case in ipairs(cases) do
        for t = 0, 12, 0.25 do assert.equal(case[2](t), case[1](t)) end
      end
    end)

    it("warms up as the book's schedules do", function()
      local plain = { base_lr = 0.3, max_update = 20, final_lr = 0.01 }
      for _, mode in ipairs { "linear", "constant" } do
        local warm = { base_lr = 0.3, max_update = 24, final_lr = 0.01, warmup_steps = 4, warmup_begin_lr = 0.02,
          warmup_mode = mode }
        assert.same(sched.values(sched.Poly(warm), 30),
          sched.values(sched.warmup(sched.Poly(plain), { steps = 4, begin_lr = 0.02, mode = mode }), 30))
      end
    end)

    it("can be any Lua function, alone and in compositions", function()
      local s = function(t) return 1 / (t + 1) end
      assert.same({ 1, 1 / 2, 1 / 3 }, sched.values(s, 3))
      assert.same({ 1 / 2, 1 / 3 }, sched.values(s, 2, 1))
      assert.equal(0.25, sched.at(s, 3))
      assert.equal(0.5, sched.scale(s, 2)(3))
      assert.same({ 0.5, 0.75, 1, 1 / 2 }, sched.values(sched.warmup(s, { steps = 2, begin_lr = 0.5 }), 4))
      assert.same({ 0.1, 0.1, 1 }, sched.values(sched.warmup(s, { steps = 2, begin_lr = 0.1, mode = "constant" }), 3))
      assert.equal(1 / 3 * 1 / 3, sched.chain { s, s }(2))
      local twice = sched.sequential { schedules = { s, s }, milestones = { 2 } }
      assert.same({ 1, 1 / 2, 1, 1 / 2 }, sched.values(twice, 4))
    end)
  end)

  describe("attach", function()
    it("sets the first rate at once and moves with each step", function()
      local opt = optimizer(9)
      local scheduler = sched.attach(opt, sched.StepLR { base_lr = 0.4, step_size = 2, gamma = 0.5 })
      local seen = { opt.lr }
      for t = 1, 4 do
        assert.equal(scheduler:step(), opt.lr)
        assert.equal(t, scheduler.t)
        seen[#seen + 1] = opt.lr
      end
      assert.same({ 0.4, 0.4, 0.2, 0.2, 0.1 }, seen)
      assert.same({ 0.1 }, scheduler:get_last_lr())
    end)

    it("follows a Lua function, which gets whole numbers", function()
      local opt, types = optimizer(), {}
      local scheduler = sched.attach(opt, function(t)
        types[#types + 1] = math.type(t)
        return 1 / (1 + t)
      end)
      scheduler:step()
      assert.equal(0.5, opt.lr)
      assert.same({ "integer", "integer" }, types)
    end)

    it("keeps the ratios of several groups to the first", function()
      local a, b = lab.zeros(1, { requires_grad = true }), lab.zeros(1, { requires_grad = true })
      local opt = optim.SGD({ { params = a }, { params = b, lr = 0.05 } }, { lr = 0.2 })
      local scheduler = sched.attach(opt, sched.ExponentialLR { base_lr = 0.2, gamma = 0.5 })
      scheduler:step()
      near(0.1, opt.param_groups[1].lr, "first")
      near(0.025, opt.param_groups[2].lr, "second")
      assert.equal(2, #scheduler:get_last_lr())
    end)

    describe("takes a group that is added later,", function()
      local function grow(opt, lr)
        opt:add_param_group { params = { lab.zeros(1, { requires_grad = true }) }, lr = lr }
      end
      local function rates(opt) return { opt.param_groups[1].lr, opt.param_groups[2].lr } end

      it("which keeps the ratio to the first that it has at the next step", function()
        local opt = optimizer(1)
        local scheduler = sched.attach(opt, sched.ExponentialLR { base_lr = 1, gamma = 0.5 })
        scheduler:step()
        grow(opt, 0.25)
        scheduler:step()
        assert.same({ 0.25, 0.125 }, rates(opt))
        scheduler:step()
        assert.same({ 0.125, 0.0625 }, rates(opt))
        assert.same({ t = 3, ratios = { 1, 0.5 } }, scheduler:state_dict())
      end)

      it("also inside a compiled step", function()
        local opt = optimizer(1)
        local scheduler = sched.attach(opt, sched.ExponentialLR { base_lr = 1, gamma = 0.5 })
        local step = lab.compile(function(x)
          scheduler:step()
          return x + 1
        end)
        for _ = 1, 4 do step(lab.ones(1)) end
        grow(opt, 0.25)
        for _ = 1, 4 do step(lab.ones(1)) end
        assert.same({ 2 ^ -8, 2 ^ -6 }, rates(opt))
      end)

      it("also into its state before the next step", function()
        local opt = optimizer(1)
        local scheduler = sched.attach(opt, sched.ExponentialLR { base_lr = 1, gamma = 0.5 })
        grow(opt, 0.25)
        local state = scheduler:state_dict()
        assert.same({ t = 0, ratios = { 1, 0.25 } }, state)
        scheduler:load_state_dict { t = 1, ratios = { 1, 0.5 } }
        assert.same({ 0.5, 0.25 }, rates(opt))
      end)

      it("and refuses one that has no ratio to a rate of 0", function()
        local opt = optimizer(1)
        local scheduler = sched.attach(opt, sched.warmup(function() return 1 end, { steps = 2 }))
        grow(opt, 0.5)
        assert.equal("LRScheduler:step: the first group's lr is 0, so group 2 with lr 0.5 has no ratio to it",
          errors.text(scheduler.step, scheduler))
        assert.equal(0, scheduler.t)
      end)
    end)

    it("works with an optimizer written in Lua", function()
      local make = optim.define {
        name = "Plain", defaults = { lr = 1 }, step = function(p, g, _, h) p:sub_(g * h.lr) end,
      }
      local w = lab.tensor({ 1.0 }, { requires_grad = true })
      local opt = make { w }
      local scheduler = sched.attach(opt, function(t) return t == 0 and 0.5 or 0.25 end)
      w.grad = lab.tensor { 1.0 }
      opt:step()
      scheduler:step()
      opt:step()
      assert.equal(0.25, w:item())
    end)

    it("resumes from its state", function()
      local s = sched.Cosine { base_lr = 0.3, max_update = 20 }
      local scheduler = sched.attach(optimizer(), s)
      for _ = 1, 7 do scheduler:step() end
      local d = scheduler:state_dict()
      assert.equal(7, d.t)
      local opt = optimizer()
      local resumed = sched.attach(opt, s)
      resumed:load_state_dict(d)
      assert.equal(s(7), opt.lr)
      resumed:step()
      assert.equal(s(8), opt.lr)
      assert.equal("LRScheduler:load_state_dict: t must be a number of at least 0, the count of updates, got 'seven'",
        errors.text(resumed.load_state_dict, resumed, { t = "seven" }))
      assert.equal("LRScheduler:load_state_dict: ratios must be a list of numbers, got 'x'",
        errors.text(resumed.load_state_dict, resumed, { t = 1, ratios = "x" }))
      assert.equal("LRScheduler:load_state_dict: the state is for 2 groups, the optimizer has 1",
        errors.text(resumed.load_state_dict, resumed, { t = 1, ratios = { 1, 1 } }))
    end)

    it("names the function, its line and t when it gives no rate, at the line that asked", function()
      local function complaint(value)
        local line = debug.getinfo(1, "l").currentline + 1
        local scheduler = sched.attach(optimizer(), function(t) return t < 2 and 0.1 or value end)
        scheduler:step()
        local ok, message = pcall(function() scheduler:step() end)
        assert.is_false(ok)
        local at, defined, what = message:match("^.-sched_spec.lua:(%d+): the schedule function of .-:(%d+) gave (.*)$")
        assert.equal(line + 2, tonumber(at), message)
        assert.equal(line, tonumber(defined))
        assert.equal(1, scheduler.t)
        return what
      end
      assert.equal("'fast' at t = 2; it must be a finite number >= 0", complaint("fast"))
      assert.equal("nan (not a number) at t = 2; it must be a finite number >= 0", complaint(0 / 0))
      assert.equal("-0.5 at t = 2; it must be a finite number >= 0", complaint(-0.5))
      assert.equal("inf at t = 2; it must be a finite number >= 0", complaint(math.huge))
      assert.equal("a table at t = 2; it must be a finite number >= 0", complaint({}))
      assert.is_truthy(errors.text(sched.attach, optimizer(), function() end):find("gave nothing at t = 0", 1, true))
    end)

    it("leaves an error inside a schedule at its own line", function()
      local ok, message = pcall(sched.attach, optimizer(), function() error("oops") end)
      assert.is_false(ok)
      assert.is_truthy(message:find("sched_spec.lua:%d+: oops"))
    end)
  end)

  describe("ReduceLROnPlateau", function()
    it("takes one-element tensors, shows its counters and resumes", function()
      local opt = optimizer(1)
      local scheduler = sched.ReduceLROnPlateau(opt, { patience = 1, factor = 0.5 })
      scheduler:step(lab.tensor(2.0))
      scheduler:step(3)
      assert.equal(2, scheduler.best)
      assert.equal(1, scheduler.num_bad_epochs)
      local d = scheduler:state_dict()
      local opt2 = optimizer(1)
      local resumed = sched.ReduceLROnPlateau(opt2, { patience = 1, factor = 0.5 })
      resumed:load_state_dict(d)
      assert.is_true(resumed:step(3))
      assert.equal(0.5, opt2.lr)
      assert.same({ 0.5 }, resumed:get_last_lr())
      assert.equal(1, opt.lr)
    end)

    -- The step at which the rate is lowered first.
    local function lowered_at(options, metric)
      local scheduler = sched.ReduceLROnPlateau(optimizer(1), options)
      for i = 1, 20 do
        if scheduler:step(metric(i)) then return i end
      end
    end

    it("measures a relative threshold by the size of the best value, also of one below 0", function()
      local function worse(i) return -1 + i * 1e-5 end
      local function better(i) return -1 - i * 1e-2 end
      assert.equal(4, lowered_at({ patience = 2 }, worse))
      assert.is_nil(lowered_at({ patience = 2 }, better))
      assert.equal(4, lowered_at({ patience = 2, mode = "max" }, function(i) return -worse(i) end))
      assert.equal(4, lowered_at({ patience = 2, mode = "max" }, better))
      assert.is_nil(lowered_at({ patience = 2, mode = "max" }, function(i) return -1 + i * 1e-2 end))
      assert.equal(4, lowered_at({ patience = 2, threshold = 1 }, better))
      assert.equal(4, lowered_at({ patience = 2 }, function() return 0 end))
    end)

    it("takes nan for no improvement", function()
      assert.equal(3, lowered_at({ patience = 2 }, function() return 0 / 0 end))
      assert.equal(5, lowered_at({ patience = 2 }, function(i) return i == 1 and 0 / 0 or i == 2 and 1 or 0 / 0 end))
      assert.equal(4, lowered_at({ patience = 2, threshold = 2 }, function() return 1 end))
    end)

    it("checks its arguments", function()
      assert.equal("sched.ReduceLROnPlateau: factor must be a number in [0, 1), got 1",
        errors.text(sched.ReduceLROnPlateau, optimizer(), { factor = 1 }))
      assert.equal("sched.ReduceLROnPlateau: unknown option 'patients'; did you mean 'patience'?",
        errors.text(sched.ReduceLROnPlateau, optimizer(), { patients = 1 }))
      assert.equal("sched.ReduceLROnPlateau: opt must be an optimizer, got a table",
        errors.text(sched.ReduceLROnPlateau, {}))
      assert.equal("ReduceLROnPlateau:step: metric must be a number or a tensor of one element, got 'low'",
        errors.text(function() sched.ReduceLROnPlateau(optimizer()):step("low") end))
    end)
  end)

  describe("says what is wrong:", function()
    local s = sched.SquareRoot { base_lr = 0.1 }

    local CASES = {
      { "an unknown option", function() sched.StepLR { base_lr = 1, step_siz = 3 } end,
        "sched.StepLR: unknown option 'step_siz'; did you mean 'step_size'?" },
      { "a missing option", function() sched.StepLR { base_lr = 1 } end,
        "sched.StepLR: step_size is missing; it must be a number above 0" },
      { "a missing list", function() sched.MultiStepLR { base_lr = 1 } end,
        "sched.MultiStepLR: milestones is missing; it must be a list of numbers of at least 0" },
      { "a list with a string", function() sched.MultiFactor { step = { 1, "x" } } end,
        "sched.MultiFactor: step[2] must be a number of at least 0, got 'x'" },
      { "a negative milestone", function() sched.MultiFactor { step = { -1 } } end,
        "sched.MultiFactor: step[1] must be a number of at least 0, got -1" },
      { "PyTorch's way of passing the optimizer", function() sched.StepLR(optimizer(), 3) end,
        "sched.StepLR: a schedule is made by one table of options: sched.StepLR{base_lr = 0.1, ...}; "
        .. "sched.attach ties it to an optimizer" },
      { "a value out of range", function() sched.LinearLR { base_lr = 1, start_factor = 2 } end,
        "sched.LinearLR: start_factor must be a number in [0, 1], got 2" },
      { "a fraction for a whole number", function() sched.OneCycleLR { max_lr = 1, total_steps = 1.5 } end,
        "sched.OneCycleLR: total_steps must be an integer of at least 1, got 1.5" },
      { "an unknown choice", function() sched.CyclicLR { base_lr = 0.1, max_lr = 1, mode = "tri" } end,
        "sched.CyclicLR: mode must be one of 'triangular', 'triangular2', 'exp_range', got 'tri'" },
      { "no length", function() sched.OneCycleLR { max_lr = 1, epochs = 3 } end,
        "sched.OneCycleLR: give either total_steps or both epochs and steps_per_epoch" },
      { "a warm-up longer than the schedule", function() sched.Cosine { max_update = 5, warmup_steps = 5 } end,
        "sched.Cosine: max_update must be above warmup_steps, got 5 and 5" },
      { "a warm-up from above", function() sched.Factor { base_lr = 0.1, warmup_begin_lr = 0.2 } end,
        "sched.Factor: warmup_begin_lr must be at most base_lr, got 0.2 and 0.1" },
      { "a negative t", function() s(-1) end,
        "sched.SquareRoot: t must be a number of at least 0, the count of updates, got -1" },
      { "no t", function() s() end,
        "sched.SquareRoot: t is missing; it must be a number of at least 0, the count of updates" },
      { "an unknown field", function() return s.gamma end,
        "a schedule has the fields 'name' and 'options' and is called with t; it has no field 'gamma'" },
      { "a number for a schedule", function() sched.attach(optimizer(), 0.1) end,
        "sched.attach: schedule must be a function of t or one of sched.*, or a table of those by the names of "
        .. "hyperparameters, got 0.1" },
      { "a schedule for an optimizer", function() sched.attach(s, s) end,
        "sched.attach: opt must be an optimizer, got an optlab.Schedule" },
      { "groups without a ratio", function()
        local a, b = lab.zeros(1), lab.zeros(1)
        sched.attach(optim.SGD { { params = a, lr = 0 }, { params = b, lr = 1 } }, s)
      end, "sched.attach: the first group's lr is 0, so group 2 with lr 1.0 has no ratio to it" },
      { "too few milestones", function() sched.sequential { schedules = { s, s }, milestones = {} } end,
        "sched.sequential: 2 schedules need 1 milestones, got 0" },
      { "milestones out of order", function() sched.sequential { schedules = { s, s, s }, milestones = { 5, 3 } } end,
        "sched.sequential: milestones[2] must be a number of at least 5, got 3" },
      { "a number in a chain", function() sched.chain { s, 3 } end,
        "sched.chain: schedules[2] must be a function of t or one of sched.*, got 3" },
      { "a string from lr_lambda", function()
        sched.LambdaLR { base_lr = 1, lr_lambda = function() return "x" end }(4)
      end, nil, "gave 'x' at t = 4" },
      { "a warm-up without steps", function() sched.warmup(s, {}) end,
        "sched.warmup: steps is missing; it must be a number of at least 0" },
      { "a string for a schedule", function() sched.warmup("s", { steps = 3 }) end,
        "sched.warmup: schedule must be a function of t or one of sched.*, got 's'" },
      { "nothing to scale", function() sched.scale() end,
        "sched.scale: factor is missing; it must be a number of at least 0" },
      { "a list of no schedules", function() sched.chain {} end,
        "sched.chain: schedules must be a list of at least one schedule, got a table" },
      { "no list of schedules", function() sched.sequential { milestones = {} } end,
        "sched.sequential: schedules is missing; it must be a list of at least one schedule" },
      { "a negative factor", function() sched.scale(s, -1) end,
        "sched.scale: factor must be a number of at least 0, got -1" },
      { "compositions without end", function()
        local deep = s
        for _ = 1, 200 do deep = sched.scale(deep, 1) end
      end, "sched.scale: compositions may be nested at most 100 deep" },
      { "a part that gives no rate", function()
        sched.chain { s, function() return -1 end }(2)
      end, nil, "the schedule function of .*sched_spec.lua:%d+ gave %-1 at t = 2" },
    }
    for _, case in ipairs(CASES) do
      it(case[1], function()
        local message = errors.text(case[2])
        if case[3] then assert.equal(case[3], message) else assert.is_truthy(message:find(case[4]), message) end
      end)
    end
  end)
end)
