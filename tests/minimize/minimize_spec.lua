--- lab.minimize: the problems of Moré, Garbow and Hillstrom, each method's own ground, what a result tells.
local lab = require "optlab"
local errors = require "tests.support.errors"
local mgh = require "tests.support.mgh"
local minimize = lab.minimize

local FLOAT64 = { dtype = "float64" }
local function rosenbrock(x, y) return (1 - x) ^ 2 + 100 * (y - x ^ 2) ^ 2 end
local START = { -1.2, 1 }

-- Published minima have six digits; where one is 0, values this small count as it.
local function is_minimum(f, minima)
  for _, m in ipairs(minima) do
    if math.abs(f - m) <= (m == 0 and 1e-6 or 1e-5 * math.max(1e-3, math.abs(m))) then return true end
  end
  return false
end

describe("lab.minimize solves the problems of Moré, Garbow and Hillstrom:", function()
  for _, p in ipairs(mgh) do
    it(p.name, function()
      local function sum(x) return (p.residuals(x) ^ 2):sum() end
      for _, method in ipairs { "levenberg_marquardt", "bfgs", "lbfgs" } do
        local f = method == "levenberg_marquardt" and p.residuals or sum
        local r = minimize(f, p.start, { method = method, gtol = 1e-8, max_steps = 3000 })
        assert.is_true(is_minimum(r.f, p.minima), method .. ": " .. tostring(r))
        assert.near(r.f, sum(r.x):item(), 1e-9 * math.max(1, r.f))
      end
    end)
  end

  it("the least squares with few evaluations", function()
    local total = 0
    for _, p in ipairs(mgh) do
      total = total + minimize(p.residuals, p.start, { method = "levenberg_marquardt", gtol = 1e-8 }).evaluations
    end
    assert.is_true(total < 1500, total) -- 1352, where MINPACK has 1079, by its own tests
  end)

  it("with Hessians, and by values alone where there are few variables", function()
    for i = 1, 8 do
      local p = mgh[i]
      local function sum(x) return (p.residuals(x) ^ 2):sum() end
      for _, method in ipairs { "newton", "trust_region" } do
        local r = minimize(sum, p.start, { method = method, gtol = 1e-8, max_steps = 3000 })
        assert.is_true(is_minimum(r.f, p.minima), p.name .. ", " .. method .. ": " .. tostring(r))
        assert.is_true(r.hessians > 0)
      end
      local r = minimize(sum, p.start, { method = "nelder_mead" })
      assert.is_true(is_minimum(r.f, p.minima), p.name .. ", nelder_mead: " .. tostring(r))
      assert.equal(0, r.gradients)
    end
  end)
end)

describe("lab.minimize", function()
  it("takes a number, numbers and tensors of any shape, and gives the point back so", function()
    local r = minimize(function(x) return (x - 3) ^ 2 end, 0)
    assert.near(3, r.x, 1e-6)
    r = minimize(rosenbrock, START)
    assert.near(1, r.x[2], 1e-6)
    r = minimize(function(x) return ((x - 2) ^ 2):sum() end, lab.zeros(2, 3), { method = "lbfgs" })
    assert.same({ 2, 3 }, { r.x.shape[1], r.x.shape[2] })
    assert.near(12, r.x:sum():item(), 1e-6)
    assert.equal("float64", r.x.dtype)
  end)

  it("tells what it cost and why it stopped", function()
    local calls = 0
    local r = minimize(function(x, y)
      calls = calls + 1
      return rosenbrock(x, y)
    end, START, { path = true })
    assert.equal(calls, r.evaluations)
    assert.same({ "bfgs", "gradient", true, r.steps + 1 }, { r.method, r.reason, r.converged, #r.path })
    assert.same(START, r.path[1])
    assert.is_true(r.gradient_norm <= 1e-6)
    assert.matches("^f = .* after %d+ steps, %d+ evaluations: the gradient is within gtol$", tostring(r))
    local function reason(options)
      local result = minimize(rosenbrock, START, options)
      assert.equal(result.reason == "target" or result.reason == "value" or result.reason == "step", result.converged)
      return result.reason
    end
    assert.equal("steps", reason { max_steps = 3 })
    assert.equal("evaluations", reason { max_evaluations = 10 })
    assert.equal("target", reason { target = 1e-3 })
    assert.equal("value", reason { ftol = 1e-3 })
    assert.equal("step", reason { xtol = 1e-2 })
    assert.equal("callback", reason { callback = function(s) return s.step == 2 and "stop" or nil end })
    local jennrich = mgh[6]
    local function sum(x) return (jennrich.residuals(x) ^ 2):sum() end
    assert.equal("rounding", minimize(sum, jennrich.start, { gtol = 0 }).reason)
    r = minimize(sum, jennrich.start) -- the last steps change the value by less than its rounding
    assert.equal("gradient", r.reason)
    assert.is_true(r.evaluations < 80, tostring(r))
    assert.equal("not finite", minimize(function(x) return x / 0 - x / 0 end, 1).reason)
  end)

  it("uses a gradient that is given", function()
    local r = minimize(function(x) return (x - 3) ^ 2 end, 0, { grad = function(x) return 2 * (x - 3) end })
    assert.near(3, r.x, 1e-6)
    r = minimize(rosenbrock, START, { method = "lbfgs", grad = function(x, y)
      x, y = x:item(), y:item()
      return { -2 * (1 - x) - 400 * x * (y - x ^ 2), 200 * (y - x ^ 2) }
    end })
    assert.near(1, r.x[1], 1e-6)
    assert.equal(r.evaluations, r.gradients)
  end)

  it("leaves a saddle point with Newton's method", function()
    for _, method in ipairs { "newton", "trust_region" } do
      local r = minimize(function(x, y) return x ^ 2 - y ^ 2 + y ^ 4 / 2 end, { 1, 1e-3 }, { method = method })
      assert.near(-0.5, r.f, 1e-9)
      assert.near(1, math.abs(r.x[2]), 1e-5)
    end
    -- exactly on the ridge the gradient has no part downhill: the hard case of the trust region
    local r = minimize(function(x, y) return x ^ 2 - y ^ 2 + y ^ 4 / 2 end, { 1, 0 }, { method = "trust_region" })
    assert.near(-0.5, r.f, 1e-9)
  end)

  it("finds the least of many minima at random, the same for a seed", function()
    local function rastrigin(x) return (x ^ 2 - 10 * lab.cos(2 * math.pi * x) + 10):sum() end
    local x0 = lab.full({ 3 }, 3.3, FLOAT64)
    local function run(options)
      lab.manual_seed(5)
      return minimize(rastrigin, x0, options)
    end
    local r = run { method = "differential_evolution", bounds = { -5, 5 } }
    assert.near(0, r.f, 1e-6)
    assert.equal(r.f, run { method = "differential_evolution", bounds = { -5, 5 } }.f)
    r = run { method = "cma_es", sigma = 2, population = 120 }
    assert.near(0, r.f, 1e-6)
    r = minimize(rosenbrock, START, { method = "cma_es" })
    assert.near(0, r.f, 1e-9)
  end)

  it("minimizes a smooth function plus a simple one", function()
    lab.manual_seed(1)
    local A, b = lab.randn({ 20, 8 }, FLOAT64) * lab.logspace(0, -1, 8, FLOAT64), lab.randn(20, FLOAT64)
    local function loss(x) return ((A:matmul(x) - b) ^ 2):sum() / 2 end
    local l1 = 0.5
    local counts = {}
    for _, accelerate in ipairs { true, false } do
      local r = minimize(loss, lab.zeros(8, FLOAT64), {
        method = "proximal_gradient", l1 = l1, gtol = 1e-9, accelerate = accelerate,
      })
      -- the optimality conditions: |g_i| <= l1 where x_i = 0, g_i = -l1 sign(x_i) elsewhere
      local x, g = r.x:tolist(), A:t():matmul(A:matmul(r.x) - b):tolist()
      local zeros = 0
      for i = 1, 8 do
        if x[i] == 0 then
          zeros = zeros + 1
          assert.is_true(math.abs(g[i]) <= l1 + 1e-6)
        else
          assert.near(x[i] > 0 and -l1 or l1, g[i], 1e-6)
        end
      end
      assert.is_true(zeros > 0 and zeros < 8)
      counts[#counts + 1] = r.steps
    end
    assert.is_true(counts[1] < counts[2])
    local box = minimize(loss, lab.zeros(8, FLOAT64), {
      method = "proximal_gradient", bounds = { 0, lab.full({ 8 }, 0.2, FLOAT64) }, gtol = 1e-9,
    })
    local x, g = box.x:tolist(), A:t():matmul(A:matmul(box.x) - b):tolist()
    for i = 1, 8 do
      if x[i] == 0 then assert.is_true(g[i] >= -1e-6)
      elseif x[i] == 0.2 then assert.is_true(g[i] <= 1e-6)
      else assert.near(0, g[i], 1e-6) end
    end
    local own = minimize(loss, lab.zeros(8, FLOAT64), {
      method = "proximal_gradient", gtol = 1e-9, prox = function(v, t) return v / (1 + 2 * t) end,
      penalty = function(v) return (v ^ 2):sum():item() end,
    })
    local ridge = lab.linalg.solve(A:t():matmul(A) + 2 * lab.eye(8, FLOAT64), A:t():matmul(b))
    assert.near(0, (own.x - ridge):abs():amax():item(), 1e-7)
  end)

  it("goes along coordinates and directions", function()
    local function quadratic(x, y, z) return (x - 1) ^ 2 + 10 * (y + 2) ^ 2 + (z - x) ^ 2 end
    for _, method in ipairs { "coordinate_descent", "gradient_descent", "conjugate_gradient" } do
      local r = minimize(quadratic, { 5, 5, 5 }, { method = method, gtol = 1e-7 })
      assert.near(0, r.f, 1e-9)
    end
    local r = minimize(rosenbrock, START, { line_search = "backtracking" })
    assert.near(0, r.f, 1e-8)
  end)

  it("minimizes functions of one number", function()
    local function f(x) return (x - 2) ^ 4 + x end
    local want = 2 - 0.25 ^ (1 / 3)
    for _, method in ipairs { "golden", "brent", "bisection" } do
      assert.near(want, minimize(f, 0, { method = method }).x, 1e-6)
      local r = minimize(f, 0, { method = method, bracket = { 1, 3 } })
      assert.near(want, r.x, 1e-6)
    end
    local r = minimize(f, 0, { method = "golden", bracket = { 1, 3 }, simplex_xtol = 1e-3 })
    assert.is_true(r.evaluations <= 2 + math.ceil(math.log(2e3) / math.log(1.618)) + 1)
    assert.equal("not finite", minimize(function(x) return -x end, 0, { method = "brent" }).reason)
  end)

  local CASES = {
    { function() minimize(rosenbrock, START, { method = "adam" }) end, "lab.minimize: method must be one of" },
    { function() minimize(function() return 1 end, 1) end, "lab.minimize: f returned 1, not a tensor" },
    { function() minimize(function(x) return x * 2 end, lab.zeros(2)) end, "lab.minimize: f must return one number" },
    { function() minimize(rosenbrock, START, { method = "brent" }) end, "lab.minimize: brent is for one number" },
    { function() minimize(rosenbrock, START, { bounds = { 0, 1 } }) end, "lab.minimize: bfgs has no bounds" },
    { function() minimize(rosenbrock, START, { method = "differential_evolution" }) end,
      "lab.minimize: differential_evolution needs bounds = {low, high}" },
    { function() minimize(rosenbrock, START, { method = "proximal_gradient", bounds = { 2, 1 } }) end,
      "lab.minimize: bounds: a lower bound lies above the upper one" },
    { function() minimize(rosenbrock, START, { c1 = 0.9, c2 = 0.1 }) end, "lab.minimize: c1 must be below c2" },
    { function() minimize(rosenbrock, START, { grad = function() return { 1 } end }) end,
      "lab.minimize: grad must return a gradient like x0" },
    { function() minimize(rosenbrock, {}) end, "x0" },
    { function() minimize(function(x) return x.foo end, 1) end, "no field or method 'foo'" },
  }
  for _, case in ipairs(CASES) do
    it("says what is wrong: " .. case[2], function() errors.says(case[1], case[2]) end)
  end
end)
