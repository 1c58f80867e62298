--- Update rules: optim.define with `rule`.
local core = require "optlab.core"
local contains = require("tests.support.text").contains
local errors = require "tests.support.errors"
local lab = require "optlab"

local optim = lab.optim

local function leaf(values) return lab.tensor(values, { dtype = "float64", requires_grad = true }) end

-- Parameters after some steps with given gradients.
local function run(make, o, steps, dtype, n)
  lab.manual_seed(3)
  local p = lab.randn({ n or 37 }, { dtype = dtype or "float64" }):requires_grad_()
  local opt = make({ p }, o)
  for _ = 1, steps or 4 do
    p.grad = lab.randn({ n or 37 }, { dtype = dtype or "float64" })
    opt:step()
  end
  return p:detach(), opt
end

local MOMENTUM = { name = "M", defaults = { lr = 0.1, beta = 0.9 }, state = { "v" }, rule = [[
  v = beta * v + g
  p = p - lr * v
]] }

describe("a rule", function()
  it("does what its text says", function()
    local p = leaf { 1, -2 }
    local opt = optim.define(MOMENTUM)({ p })
    p.grad = lab.tensor({ 0.5, 1 }, { dtype = "float64" })
    opt:step()
    opt:step()
    assert.same({ 1 - 0.1 * 0.5 - 0.1 * (0.9 * 0.5 + 0.5), -2 - 0.1 * 1 - 0.1 * (0.9 * 1 + 1) }, p:tolist())
    assert.same({ 0.9 * 0.5 + 0.5, 1.9 }, opt:state_dict().state[1].v:tolist())
  end)

  it("computes sums, means, norms and extremes over a parameter", function()
    local p = leaf { 3, -4, 0 }
    local opt = optim.define { name = "S", defaults = { lr = 1 }, state = { { "d", number = true } }, rule = [[
      d = sum(g) + 10 * mean(g) + 100 * norm(p) + 1000 * dot(p, g) + 10000 * amax(p) + 100000 * amin(p) + numel(p) / 8
      p = p - lr * g
    ]] } ({ p })
    p.grad = lab.tensor({ 1, 2, 3 }, { dtype = "float64" })
    opt:step()
    assert.equal(6 + 20 + 500 + 1000 * (3 - 8) + 30000 - 400000 + 0.375, opt:state_dict().state[1].d:item())
  end)

  it("has the bits of lab's sums, on any number of threads", function()
    local make = optim.define { name = "S", defaults = { lr = 1 }, state = { { "d", number = true } }, rule = [[
      d = sum(g * p)
      p = p - lr * g
    ]] }
    for _, n in ipairs { 1, 15, 2047, 2049, 16385, 100003 } do
      for _, dtype in ipairs { "float32", "float64" } do
        local before = lab.get_num_threads()
        for threads = 1, 3 do
          lab.set_num_threads(threads)
          lab.manual_seed(n)
          local p = lab.randn({ n }, { dtype = dtype }):requires_grad_()
          local opt = make { p }
          p.grad = lab.randn({ n }, { dtype = dtype })
          local want = (p:detach() * p.grad):sum():item()
          opt:step()
          local sum = opt:state_dict().state[1].d
          assert.equal(want, sum:to(dtype):item())
        end
        lab.set_num_threads(before)
      end
    end
  end)

  it("knows totals over all parameters before it updates the first", function()
    local make = optim.define { name = "T", defaults = { lr = 0.5 }, rule = "p = p - lr / total_norm(g) * g" }
    local a, b = leaf { 1 }, leaf { 2, 3 }
    local opt = make { a, b }
    a.grad, b.grad = lab.tensor({ 2 }, { dtype = "float64" }), lab.tensor({ 4, 4 }, { dtype = "float64" })
    opt:step()
    assert.same({ 1 - 0.5 / 6 * 2 }, a:tolist())
    assert.same({ 2 - 0.5 / 6 * 4, 3 - 0.5 / 6 * 4 }, b:tolist())
  end)

  it("keeps values for a later stage", function()
    local make = optim.define { name = "K", defaults = { lr = 1 }, rule = [[
      d = g * 2
      p = p - lr * d / norm(d)
    ]] }
    local p = leaf { 0, 0 }
    local opt = make { p }
    p.grad = lab.tensor({ 3, 4 }, { dtype = "float64" })
    opt:step()
    assert.same({ -0.6, -0.8 }, p:tolist())
  end)

  it("makes an assignment only where its condition holds, and state only where it is asked for", function()
    local make = optim.define { name = "C", defaults = { lr = 1, momentum = 0, sign = false },
      state = { { "b", when = "momentum" } }, rule = [[
        g = sign(g)                          if sign
        b = where(new(b), g, momentum * b + g)  if momentum
        p = p - lr * where(momentum, b, g)
      ]] }
    local plain, opt = run(make, {}, 3)
    assert.is_nil(opt:state_dict().state[1].b)
    assert.same(run(optim.SGD, { lr = 1 }, 3):tolist(), plain:tolist())
    assert.same(run(optim.SGD, { lr = 1, momentum = 0.5 }, 3):tolist(), run(make, { momentum = 0.5 }, 3):tolist())
    local signs = run(make, { sign = true }, 1)
    local start = run(make, { lr = 0 }, 1)
    assert.same({ 1 }, ((signs - start):abs() - 1):abs():lt(1e-12):amin():reshape(1):tolist())
  end)

  it("works in groups, with schedules, state dicts and compiled steps as a built-in does", function()
    local make = optim.define(MOMENTUM)
    local a, b = leaf { 1 }, leaf { 2 }
    local opt = make { { params = { a }, lr = 0.5 }, { params = { b }, beta = 0 } }
    a.grad, b.grad = lab.tensor({ 1 }, { dtype = "float64" }), lab.tensor({ 1 }, { dtype = "float64" })
    opt:step()
    opt:step()
    assert.same({ 1 - 0.5 - 0.5 * 1.9 }, a:tolist())
    assert.same({ 2 - 0.1 - 0.1 }, b:tolist())
    local copy = make { { params = { leaf { 1 } }, lr = 0.5 }, { params = { leaf { 2 } } } }
    copy:load_state_dict(opt:state_dict())
    assert.same({ 1.9 }, copy:state_dict().state[1].v:tolist())
    assert.equal(0, copy.param_groups[2].beta)
    assert.equal("M", opt:state_dict().name)
  end)

  it("gives a compiled step the bits of the plain one", function()
    local make = optim.define(MOMENTUM)
    local function train(compiled)
      local w = leaf { 0.5, -1, 2 }
      local opt = make { w }
      local function step(x)
        local loss = ((w * x) ^ 2):sum()
        opt:zero_grad()
        loss:backward()
        opt:step()
        return loss
      end
      if compiled then step = lab.compile(step) end
      for i = 1, 6 do step(lab.tensor({ i, 1, 0.1 }, { dtype = "float64" })) end
      return w:tolist()
    end
    assert.same(train(false), train(true))
  end)
end)

describe("what a rule reads besides", function()
  it("is the loss, which the step must be given then", function()
    local p = leaf { 1 }
    local opt = optim.define { name = "L", defaults = { lr = 1 }, rule = "p = p - lr * loss * g" } ({ p })
    p.grad = lab.tensor({ 2 }, { dtype = "float64" })
    assert.equal("optim.L: step needs the loss that the gradients are of: step(loss), or a closure that returns it",
      errors.text(opt.step, opt))
    opt:step(lab.tensor(3))
    opt:step(0.5)
    local returned = opt:step(function() return lab.tensor(1) end)
    assert.equal(1, returned:item())
    assert.same({ 1 - 6 - 1 - 2 }, p:tolist())
    optim.SGD({ p }):step(lab.tensor(3)) -- others do not look at it
  end)

  it("is the first lr of the group, and the number of dimensions", function()
    local p = leaf { { 1 } }
    local opt = optim.define { name = "L", defaults = { lr = 1 }, rule = "p = p - lr / initial_lr * ndim(p) * g" }
    opt = opt({ p }, { lr = 4 })
    p.grad = lab.tensor({ { 1 } }, { dtype = "float64" })
    opt.lr = 2
    opt:step()
    assert.same({ { 0 } }, p:tolist())
  end)

  it("is noise from the run's generator, the same on any number of threads", function()
    local make = optim.define { name = "N", defaults = { lr = 1 }, rule = "p = p + normal()" }
    local before = lab.get_num_threads()
    for threads = 1, 3 do
      lab.set_num_threads(threads)
      local p = lab.zeros(40000):requires_grad_()
      p.grad = lab.zeros(40000)
      lab.manual_seed(9)
      make({ p }):step()
      lab.manual_seed(9)
      assert.equal(1, p:detach():eq(lab.randn(40000)):amin():item())
    end
    lab.set_num_threads(before)
  end)
end)

describe("rows and columns", function()
  it("have means and extremes, which all their elements hold", function()
    for rule, want in pairs {
      ["p = row_mean(g)"] = { { 2, 2, 2 }, { 5, 5, 5 } },
      ["p = col_mean(g)"] = { { 2.5, 3.5, 4.5 }, { 2.5, 3.5, 4.5 } },
      ["p = row_max(-g)"] = { { -1, -1, -1 }, { -4, -4, -4 } }, ["p = col_max(g)"] = { { 4, 5, 6 }, { 4, 5, 6 } },
      ["p = matrix_mean(g) + 0 * p"] = { { 3.5, 3.5, 3.5 }, { 3.5, 3.5, 3.5 } },
    } do
      local p = leaf { { 0, 0, 0 }, { 0, 0, 0 } }
      local opt = optim.define { name = "R", defaults = { lr = 1 }, rule = rule } ({ p })
      p.grad = lab.tensor({ { 1, 2, 3 }, { 4, 5, 6 } }, { dtype = "float64" })
      opt:step()
      assert.same(want, p:tolist(), rule)
    end
  end)

  it("may have a state each, which a state dict keeps", function()
    local make = optim.define { name = "R", defaults = { lr = 1 }, rule = [[
      r = r + row_mean(g)
      c = c + col_max(g)
      p = p - lr * (r + c)
    ]], state = { { "r", per = "row" }, { "c", per = "column" } } }
    local p = leaf { { 0, 0, 0 }, { 0, 0, 0 } }
    local opt = make { p }
    p.grad = lab.tensor({ { 1, 2, 3 }, { 4, 5, 6 } }, { dtype = "float64" })
    opt:step()
    assert.same({ { { -6, -7, -8 }, { -9, -10, -11 } } }, { p:tolist() })
    local state = opt:state_dict().state[1]
    assert.same({ { { 2 }, { 5 } }, { { 4, 5, 6 } } }, { state.r:tolist(), state.c:tolist() })
    local other = make { p }
    other:load_state_dict(opt:state_dict())
    other:step()
    assert.same({ { 4 }, { 10 } }, other:state_dict().state[1].r:tolist())
  end)

  it("are those of each matrix of a stack; there may be none", function()
    local stack = lab.randn(3, 4, 5):requires_grad_()
    stack.grad = lab.randn(3, 4, 5)
    local single, none = {}, lab.zeros(0, 3):requires_grad_()
    none.grad = lab.zeros(0, 3)
    for i = 1, 3 do
      single[i] = stack:detach():select(1, i):clone():requires_grad_()
      single[i].grad = stack.grad:select(1, i)
    end
    local opt, others = optim.SM3 { stack, none }, optim.SM3(single)
    for _ = 1, 3 do
      opt:step()
      others:step()
    end
    for i = 1, 3 do assert.same(single[i]:tolist(), stack:detach():select(1, i):tolist()) end
  end)
end)

describe("the built-ins", function()
  local settings = {
    SGD = { {}, { momentum = 0.9 }, { momentum = 0.9, nesterov = true, weight_decay = 0.1 }, { maximize = true } },
    Adam = { {}, { amsgrad = true }, { weight_decay = 0.1, maximize = true } },
    AdamW = { {}, { amsgrad = true, weight_decay = 0 } }, NAdam = { {}, { weight_decay = 0.1 } },
    RMSprop = { {}, { centered = true }, { momentum = 0.9 }, { centered = true, momentum = 0.9, weight_decay = 0.1 } },
    Adagrad = { {}, { lr_decay = 0.1, initial_accumulator_value = 0.5 } }, Adadelta = { {}, { rho = 0.5 } },
    Yogi = { {}, { weight_decay = 0.1 } },
  }
  for name, list in pairs(settings) do
    it(name .. " has the same bits in one generated loop and as kernels on blocks", function()
      for _, o in ipairs(list) do
        for _, n in ipairs { 1, 16, 511, 513, 20000 } do
          for _, dtype in ipairs { "float32", "float64" } do
            local loop = run(optim[name], o, 3, dtype, n)
            core.optim.blocks_only(true)
            local blocks = run(optim[name], o, 3, dtype, n)
            core.optim.blocks_only(false)
            assert.is_true(loop:eq(blocks):amin():item() == 1, ("%d elements, %s"):format(n, dtype))
          end
        end
      end
    end)
  end
end)

it("the built-ins have the same bits in both ways with gradients of any size", function()
  local n = 5000
  local scale = lab.tensor(10.0):pow(lab.linspace(-46, 39, n))
  scale[17], scale[1033], scale[3000] = 0 / 0, math.huge, 0
  local function update(name, blocks, betas)
    core.optim.blocks_only(blocks)
    local p = lab.ones(n):requires_grad_()
    local o = optim[name]({ p }, betas and { betas = betas } or {})
    lab.manual_seed(4)
    for _ = 1, 3 do
      p.grad = lab.randn(n) * scale
      o:step()
    end
    core.optim.blocks_only(false)
    return p:detach()
  end
  local cases = { { "Adam" }, { "Adam", { 0.9, 0 } }, { "Adam", { 0, 1 - 1e-15 } }, { "RMSprop" }, { "Adagrad" } }
  for _, case in ipairs(cases) do
    local a, b = update(case[1], false, case[2]), update(case[1], true, case[2])
    assert.equal(0, a:ne(b):logical_and(a:eq(a):logical_or(b:eq(b))):sum():item(), case[1])
  end
end)

describe("mistakes in a rule", function()
  local function message(rule, state)
    return errors.text(optim.define, { name = "X", defaults = { lr = 0.1, betas = { 0.9, 0.99 }, k = 0, decay = 0 },
      state = state, rule = rule })
  end

  it("are shown where they stand", function()
    assert.equal([[optim.define: X: rule, line 2, column 11: 'bta1' is not known here; did you mean 'beta1'?
      p = p - bta1 * g
              ^]], message "\n  p = p - bta1 * g")
  end)

  for rule, what in pairs {
    ["p = p - "] = "a number, a name or '%(' was expected, got the end",
    ["p = p - lr g"] = "an operator, 'if' or the end of the line was expected, got 'g'",
    ["p = p - foo(g)"] = "there is no function 'foo'",
    ["p = p - sqrt(g, 2)"] = "sqrt takes 1 argument, got 2",
    ["p = 3"] = "'p' has elements, and this is a number",
    ["g = g"] = "the rule never assigns to p",
    ["lr = 2\np = p - g"] = "'lr' is a hyperparameter; a rule cannot change it",
    ["t = 2\np = p - g"] = "t counts updates",
    ["p = p - g if g > 0"] = "`if` takes a condition on numbers; for elements write where",
    ["x = g if k\np = p - x"] = "'x' has no value where the condition does not hold",
    ["p = p - sum(lr) * g"] = "sum adds up elements, and this is a number",
    ["p = p - row_mean(lr) * g"] = "row_mean is of elements, and this is a number",
    ["p = p - new(g) * g"] = "new%(%) asks about a state",
    ["p = p - 1.2.3 * g"] = "'1.2.3' is not a number",
    ["p = p ? g"] = "'%?' is not part of the language\n",
    ["p = p - lr * |g|"] = "'|' is not part of the language; the size of a number is written abs%(g%)",
    ["p = p - np.abs(g)"] = "'%.' is not part of the language; functions are called by their name alone: abs%(g%)",
    ["p = p - g.abs()"] = "functions are called by their name alone: abs%(g%)",
    ["p -= lr * g"] = "'=' after 'p' was expected, got '%-'; write p = p %- ...",
    ["return p - g"] = "got 'p'; a rule assigns to p: p = ...",
    ["p = p - betas[0] * g"] = "'%[' is not part of the language; the members of a list 'betas' are beta1, beta2",
    ["p = p - lr * p.grad"] = "'%.' is not part of the language; the gradient is called g",
    ["p = p - 2g"] = "'2g' is not a number; a product is written 2 %* g",
    ["p = p - g**2"] = "'%*%*' is not part of the language; powers are written x ^ y",
    ["p = p - abs(grad)"] = "'grad' is not known here; the gradient is called g",
    [""] = "the rule is empty",
  } do
    it(("such as %q are explained"):format(rule), function() assert.matches(what, message(rule)) end)
  end

  it("such as more than fits at once are told", function()
    local sum = {}
    for i = 1, 25 do sum[i] = ("exp(g + %d)"):format(i) end
    assert.matches("needs %d+ results of elements at once, at most 24", message("p = p - (" .. table.concat(sum, " + (")
      .. (")"):rep(25)))
    for i = 1, 17 do sum[i] = ("sum(g + %d)"):format(i) end
    assert.matches("needs 17 sums at once, at most 16",
      message("p = p - (" .. table.concat(sum, " + ", 1, 17) .. ") * g"))
  end)

  it("in its state, too", function()
    assert.matches("'w' is there only where k is not 0", message("w = w + g\np = p - w if k", { { "w", when = "k" } }))
    assert.matches("there is no hyperparameter 'decy'; did you mean 'decay'%?",
      message("p = p - g", { { "w", when = "decy" } }))
  end)

  it("such as state that is never assigned are told, with what is never used", function()
    assert.matches("state 'a' is never assigned; 'v' is never used",
      message("v = decay * a + g\np = p - lr * g", { "a" }))
    assert.matches("state 'a' is never assigned; 'v', 'w' are never used",
      message("v = a\nw = g\nw = p\np = p - g", { "a" }))
    assert.matches("state 'a' is never assigned\n", message("p = p - lr * a", { { "a", number = true } }))
    for _, state in ipairs { { "a", start = "p" }, { "a", start = 1, number = true } } do
      optim.define { name = "X", defaults = { lr = 0.1 }, state = { state }, rule = "p = p - lr * (g + a)" }
    end
    optim.define { name = "X", defaults = { lr = 0.1 }, state = { "a" }, rule = "p = p - where(new(a), g, 0 * g)" }
  end)

  it("such as state whose names have values are told", function()
    assert.equal('optim.define: state must be a list of names, got names with values; write state = {"a", "m"}',
      message("p = p - g", { m = 0, a = 0 }))
  end)

  it("leave nothing half defined", function()
    assert.equal("optim.define: give a rule or a step, not both",
      errors.text(optim.define, { name = "X", defaults = { lr = 1 }, rule = "p = p - g", step = print }))
    contains(errors.text(optim.define, { name = "X", defaults = { lr = 1 }, rule = print }),
      "rule must be a string; a function is given as step, got a function")
    contains(errors.text(optim.define, { name = "X", defaults = { lr = 1 }, rule = "p = m", state = "m" }),
      'state must be a list of names or a function(p, h): write {"m"}, got \'m\'')
    contains(errors.text(optim.define, { name = "X", lr = 1, rule = "p = p - g" }),
      "unknown option 'lr'; write defaults = {lr = ...}")
    assert.matches("a rule is missing", errors.text(optim.define, { name = "X", defaults = { lr = 1 } }))
  end)
end)
