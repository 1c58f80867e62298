--- Inputs for samples of ops: points away from corners and poles, float64 leaves.
local lab = require "optlab"
local tensors = require "tests.support.tensors"

local M = {}

local f64 = tensors.leaf

-- a and b broadcast.
function M.a() return f64 { { 0.3, -0.7, 1.2 }, { 0.9, 0.4, -1.1 } } end
function M.positive() return f64 { { 0.3, 0.7, 1.2 }, { 0.9, 0.4, 1.1 } } end
function M.b() return f64 { 0.5, -0.8, 1.7 } end
function M.m34() return f64 { { 0.1, 0.5, -0.3, 0.8 }, { -0.6, 0.2, 0.9, 0.4 }, { 0.7, -0.2, 0.3, -0.5 } } end
function M.batch(...) return lab.randn({ ... }, { dtype = "float64", requires_grad = true }) end

--- Numbers in a shuffled order, no two of them near each other: no winner of a window changes within gradcheck's step.
function M.distinct(...)
  local n = lab.zeros(...):numel()
  lab.manual_seed(11)
  return (lab.randperm(n):to("float64") / n):reshape(...):requires_grad_()
end

--- A function whose gradient by its `which`-th input is the op under test; squared: the gradient depends on all.
function M.gradient_of(f, which)
  return function(...)
    return lab.autograd.grad((f(...) ^ 2):sum(), (select(which, ...)), { create_graph = true })
  end
end

return M
