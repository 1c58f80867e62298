--- lab.minimize with NLopt's methods: bounds, constraints, where it stops; the error where NLopt is missing.
local core = require "optlab.core"
local lab = require "optlab"
local errors = require "tests.support.errors"
local minimize = lab.minimize

local FLOAT64 = { dtype = "float64" }
local function rosenbrock(x, y) return (1 - x) ^ 2 + 100 * (y - x ^ 2) ^ 2 end

-- Problem 71 of Hock and Schittkowski, "Test examples for nonlinear programming codes", 1981.
local HS71 = {
  f = function(a, b, c, d) return a * d * (a + b + c) + c end,
  start = { 1, 5, 5, 1 }, bounds = { 1, 5 }, x = { 1, 4.74299963, 3.82114998, 1.37940829 }, value = 17.0140173,
  inequality = function(a, b, c, d) return 25 - a * b * c * d end,
  equality = function(a, b, c, d) return a ^ 2 + b ^ 2 + c ^ 2 + d ^ 2 - 40 end,
}

describe("lab.minimize without NLopt", function()
  local has = core.minimize.has_nlopt
  after_each(function() core.minimize.has_nlopt = has end)

  it("says what is missing, and where it is to be had", function()
    core.minimize.has_nlopt = function() return false, "it is a method of NLopt, which is not installed" end
    for _, method in ipairs { "bobyqa", "cobyla", "slsqp", "direct" } do
      errors.says(function() minimize(rosenbrock, { 0, 0 }, { method = method, bounds = { -1, 1 } }) end,
        "lab.minimize: " .. method .. ": it is a method of NLopt, which is not installed")
    end
  end)

  local CASES = {
    { { method = "bobyqa", equality = rosenbrock }, "lab.minimize: bobyqa has no equality; cobyla and slsqp have" },
    { { method = "bfgs", inequality = rosenbrock }, "lab.minimize: bfgs has no inequality; cobyla and slsqp have" },
    { { method = "direct" }, "lab.minimize: direct needs bounds = {low, high}" },
    { { method = "slsqp", inequality = 3 }, "lab.minimize: inequality must be" },
  }
  for _, case in ipairs(CASES) do
    it("says what is wrong: " .. case[2], function()
      errors.says(function() minimize(rosenbrock, { 0, 0 }, case[1]) end, case[2])
    end)
  end

  it("refuses bobyqa for one variable", function()
    errors.says(function() minimize(function(x) return x ^ 2 end, 1, { method = "bobyqa" }) end,
      "lab.minimize: bobyqa is for at least 2 variables, and x0 has 1")
  end)
end)

if not core.minimize.has_nlopt() then return end

describe("lab.minimize with NLopt", function()
  it("keeps within bounds", function()
    for _, method in ipairs { "bobyqa", "slsqp", "cobyla", "direct" } do
      local inside = true
      local r = minimize(function(x, y)
        inside = inside and x:item() <= 0.5 + 1e-12
        return rosenbrock(x, y)
      end, { -1.2, 0.4 }, { method = method, bounds = { -2, 0.5 } })
      assert.near(0.25, r.f, 1e-6)
      assert.near(0.5, r.x[1], 1e-6)
      assert.is_true(inside or method == "cobyla", method)
      assert.is_nil(r.violation)
    end
  end)

  it("keeps constraints", function()
    local p = HS71
    for method, digits in pairs { slsqp = 1e-6, cobyla = 1e-4 } do
      local r = minimize(p.f, p.start, { method = method, bounds = p.bounds, inequality = p.inequality,
        equality = p.equality, max_evaluations = 3000 })
      assert.near(p.value, r.f, digits)
      for i = 1, 4 do assert.near(p.x[i], r.x[i], 10 * digits) end
      assert.is_true(r.violation <= 1e-6, method .. ": " .. r.violation)
    end
  end)

  it("takes constraints as lists, tensors and numbers, and points of any shape", function()
    -- the point of a triangle that is nearest to (3, 2); the last constraint does not depend on x
    local r = minimize(function(x) return ((x - lab.tensor({ 3, 2 }, FLOAT64)) ^ 2):sum() end, lab.zeros(2, FLOAT64), {
      method = "slsqp", inequality = { function(x) return -x end, function(x) return x:sum() - 1 end,
        function() return -1 end },
    })
    assert.near(1, r.x[1]:item(), 1e-7)
    assert.near(0, r.x[2]:item(), 1e-7)
    assert.is_true(r.violation <= 1e-7)
    r = minimize(function(x) return (x - 3) ^ 2 end, 0, { method = "slsqp", inequality = function(x) return x - 2 end })
    assert.near(2, r.x, 1e-7)
  end)

  it("needs few evaluations where the function is smooth", function()
    local function quadratic(x) return ((x - 1) ^ 2 * lab.arange(10, FLOAT64):add(1)):sum() end
    local r = minimize(quadratic, lab.zeros(10, FLOAT64), { method = "bobyqa" })
    assert.near(0, r.f, 1e-10)
    assert.is_true(r.evaluations < 150, tostring(r))
    assert.equal(0, r.gradients)
    r = minimize(rosenbrock, { -1.2, 1 }, { method = "slsqp" })
    assert.near(0, r.f, 1e-12)
    assert.is_true(r.gradients > 20 and r.gradients <= r.evaluations)
  end)

  it("finds the least of many minima, the same each time", function()
    local function rastrigin(x) return (x ^ 2 - 10 * lab.cos(2 * math.pi * x) + 10):sum() end
    local options = { method = "direct", bounds = { -5, 4 } }
    local r = minimize(rastrigin, lab.full({ 2 }, 3.3, FLOAT64), options)
    assert.is_true(r.f < 1e-6, tostring(r))
    assert.same({ "evaluations", 4000 }, { r.reason, r.evaluations })
    assert.equal(r.f, minimize(rastrigin, lab.full({ 2 }, 3.3, FLOAT64), options).f)
  end)

  it("tells why it stopped", function()
    local function reason(options)
      options.method = options.method or "slsqp"
      return minimize(rosenbrock, { -1.2, 1 }, options)
    end
    assert.equal("evaluations", reason({ max_evaluations = 10 }).reason)
    assert.equal("steps", reason({ max_steps = 7 }).reason)
    assert.equal(8, reason({ max_steps = 7 }).evaluations)
    local r = reason { target = 1e-3 }
    assert.same({ "target", true }, { r.reason, r.converged })
    assert.is_true(r.f <= 1e-3)
    assert.equal("value", reason({ ftol = 1e-2, method = "bobyqa" }).reason)
    assert.equal("step", reason({}).reason)
    r = reason { callback = function(s) return s.step == 5 and "stop" or nil end, path = true }
    assert.same({ "callback", 6 }, { r.reason, #r.path })
  end)

  it("hands on an error of the function, and stops then", function()
    for _, method in ipairs { "bobyqa", "cobyla", "slsqp", "direct" } do
      local calls = 0
      local mine = {}
      local ok, message = pcall(minimize, function(x, y)
        calls = calls + 1
        if calls == 4 then error(mine) end
        return rosenbrock(x, y)
      end, { 0, 0 }, { method = method, bounds = { -2, 2 } })
      assert.is_false(ok)
      assert.equal(mine, message)
      assert.equal(4, calls)
    end
    errors.says(function() minimize(rosenbrock, { 0, 0 }, { method = "slsqp", equality = function() end }) end,
      "lab.minimize: equality must return a number or a tensor, got nothing")
    errors.says(function() minimize(rosenbrock, { 1, 2 }, { method = "slsqp", bounds = { 0, 1 } }) end,
      "lab.minimize: slsqp starts within the bounds; variable 2 of x0 is 2, and its bounds are 0 and 1")
  end)
end)
