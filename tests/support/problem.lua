--- A problem for optimizers: two parameters, a (3, 2) and b (4), whose gradients are formulas of their values. It is
-- the problem of tests/reference/trajectory.py, operation by operation.
local lab = require "optlab"
local close = require "tests.support.close"

local M = {}

local CURVE, CENTRE = { 0.1, 2.0, 1.0, 0.5, 4.0, 0.02 }, { 0.3, -0.1, 2.0, 0.7, -0.4, 5.0 }

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

--- Both parameters at their first values.
function M.start(dtype)
  local opts = { dtype = dtype or "float64" }
  local a = lab.tensor({ { 1.0, -2.0 }, { 0.5, 3.0 }, { -1.5, 0.25 } }, opts)
  local b = lab.tensor({ -1.2, 1.0, 0.5, -0.3 }, opts)
  a.requires_grad, b.requires_grad = true, true
  return a, b
end

--- Gives both the gradients that belong to their values.
function M.set_grads(a, b, dtype)
  local opts = { dtype = dtype or "float64" }
  a.grad = lab.tensor(grad_a(close.flat(a)), opts):reshape(3, 2)
  b.grad = lab.tensor(grad_b(close.flat(b)), opts)
end

--- The numbers of both, in one list.
function M.state_of(a, b)
  local values = close.flat(a)
  for _, v in ipairs(close.flat(b)) do values[#values + 1] = v end
  return values
end

--- The trajectories of PyTorch, and their constructors and options.
M.cases, M.constructors = {}, {}
for _, name in ipairs { "optim_values", "optim_newer_values" } do
  for _, case in ipairs(dofile("tests/reference/" .. name .. ".lua")) do
    table.insert(M.cases, case)
    table.insert(M.constructors, { case.name, case.options })
  end
end

return M
