--- Derivatives of Lua functions: gradient, Jacobian, Hessian, Hessian-vector product, and a numerical check of
-- gradients.
--
-- A function may take numbers, tensors, lists of these and modules. Given numbers, its derivatives come back as numbers
-- (computed in float64); given tensors, as tensors; given a module, by the names of its parameters. All of
-- them are exact: they run the graph of the function, recorded once more for the second
-- order.
--
-- Derivatives of derivatives: f may itself call these functions, `func.grad(func.grad(f))(x)`. Results have a graph
-- where f belongs to another derivative or the point was computed with recording, otherwise none.
--
-- @module optlab.autograd.func

local args = require "optlab.base.args"
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local points = require "optlab.autograd.points"

local tensor, autograd = core.tensor, core.autograd
local M = {}

local F = { "f", "callable", required = true, doc = "A function of numbers or tensors that returns one value." }

local GRAD = args.declare("func.grad", {
  doc = "Returns a function that gives the gradient of f with respect to each argument.",
  positions = 1, F,
})
local HESSIAN = args.declare("func.hessian", {
  doc = "Returns a function that gives the matrix of second derivatives of f.",
  positions = 1, F,
})
local JACOBIAN = args.declare("func.jacobian", {
  doc = "Returns a function that gives the matrix of first derivatives of f, a row for each value.",
  positions = 1,
  { "f", "callable", required = true, doc = "A function of numbers or tensors that returns a tensor or a number." },
})
local POINT = { "x", "any", required = true, doc = "The point: a number, a tensor, a list of these, or a module." }
local DIRECTION = { "v", "any", required = true, doc = "The vector, of the point's form or of all its elements." }
local HVP = args.declare("func.hvp", {
  doc = "The product of the Hessian of f at x with v, without the matrix.",
  positions = 3, F, POINT, DIRECTION,
})
local ANY_F = { "f", "callable", required = true, doc = "A function of the point that returns a tensor or a number." }
local JVP = args.declare("func.jvp", {
  doc = "The value of f at x, and the product of its Jacobian with v.",
  positions = 3, ANY_F, POINT, DIRECTION,
})
local VJP = args.declare("func.vjp", {
  doc = "The value of f at x, and the product of v with its Jacobian.",
  positions = 3, ANY_F, POINT,
  { "v", "tensor", doc = "A tensor of the value's shape; 1 if not given, for one value." },
})
local GRADCHECK = args.declare("autograd.gradcheck", {
  doc = "Compares the gradients of a function with central differences.",
  positions = 2,
  { "f", "callable", required = true, doc = "A function of the inputs that returns a tensor." },
  { "inputs", "tensor|list", of = { "tensor" }, required = true,
    doc = "A contiguous float64 leaf, or a list of them; those with requires_grad are checked." },
  { "eps", "number", above = 0, default = 1e-6, doc = "The step of the central differences." },
  { "atol", "number", min = 0, default = 1e-5, doc = "The absolute difference that is allowed." },
  { "rtol", "number", min = 0, default = 1e-3, doc = "The relative difference that is allowed." },
  { "second_order", "flag", default = true, doc = "Whether second derivatives are checked as well." },
  { "raise", "flag", default = true, doc = "Whether a mismatch is an error." },
})

-- The value of f at the points; a constant becomes a tensor whose gradient is zero.
local function value_of(f, xs, fn, scalar)
  local y = xs.call(f)
  if type(y) == "number" then y = tensor.tensor(y, { dtype = "float64" }) end
  if not tensor.is_tensor(y) then
    errors.raise("%s: the function must return a number or a tensor, got %s", fn, errors.shown(y))
  end
  if scalar and y:numel() ~= 1 then
    errors.raise("%s: the function must return one value, got %s", fn, errors.shown(y))
  end
  return y
end

-- Gradients of y with respect to xs; zeros where y does not depend on one.
local function gradients(y, xs, create_graph, weight)
  local list = {}
  for i = 1, xs.n do list[i] = xs[i] end
  if not y.requires_grad then
    for i = 1, xs.n do list[i] = tensor.zeros_like(xs[i]) end
    return list
  end
  local g = autograd.grad(y, list,
    { grad_outputs = weight, create_graph = create_graph, retain_graph = true, allow_unused = true })
  for i = 1, xs.n do g[i] = g[i] or tensor.zeros_like(xs[i]) end
  return g
end

--- The gradient of a function with one value.
-- @tparam function f of numbers, tensors, lists of these, modules; returning one number or a one-element tensor
-- @treturn function of the same arguments, returning one gradient for each: a list for a list, tensors by name for a
--   module's parameters
-- @usage local g = lab.func.grad(function(x) return lab.cosh(0.5 * x) end); print(g(10))
function M.grad(...)
  local f = GRAD:read(...).f
  return function(...)
    local xs = points.read("func.grad", ...)
    local g = autograd.enable_grad(function() return gradients(value_of(f, xs, "func.grad", true), xs, xs.recorded) end)
    return points.forms(xs, g)
  end
end

-- Rows d(gi)/d(xs), each flattened and joined: one row of a Hessian or Jacobian.
local function flat_row(gi, xs)
  local parts = gradients(gi, xs, xs.recorded)
  for i, p in ipairs(parts) do parts[i] = p:reshape(-1) end
  return tensor.cat(parts)
end

local function matrix_of(values, xs)
  local rows, columns = {}, 0
  for i = 1, xs.n do columns = columns + xs[i]:numel() end
  for _, v in ipairs(values) do
    local flat = v:reshape(-1)
    for i = 1, flat:numel() do rows[#rows + 1] = flat_row(flat[i], xs) end
  end
  if #rows == 0 then return tensor.zeros({ 0, columns }, { dtype = xs[1].dtype }) end
  return xs.result(tensor.stack(rows))
end

-- A matrix of one element as a number, or without dimensions where it has a graph.
local function number_of(matrix)
  return matrix.requires_grad and matrix:reshape {} or matrix:item()
end

--- The Hessian of a function with one value.
-- @tparam function f as for grad
-- @treturn function of the same arguments: a number for one number, otherwise the (n, n) matrix over all elements of
--   all arguments, in their order
-- @usage lab.func.hessian(function(x) return lab.cosh(0.5 * x) end)(10)
function M.hessian(...)
  local f = HESSIAN:read(...).f
  return function(...)
    local first, xs = ..., points.read("func.hessian", ...)
    return autograd.enable_grad(function()
      local g = gradients(value_of(f, xs, "func.hessian", true), xs, true)
      local h = matrix_of(g, xs)
      return xs.n == 1 and type(first) == "number" and number_of(h) or h
    end)
  end
end

--- The Jacobian of a function with any number of values.
-- @tparam function f of numbers, tensors, lists of these, modules; returning a tensor or a number
-- @treturn function of the same arguments: the (m, n) matrix of d(value i)/d(element j), or a number for one number
--   and one value
function M.jacobian(...)
  local f = JACOBIAN:read(...).f
  return function(...)
    local first, xs = ..., points.read("func.jacobian", ...)
    return autograd.enable_grad(function()
      local y = value_of(f, xs, "func.jacobian", false)
      local j = matrix_of({ y }, xs)
      return xs.n == 1 and type(first) == "number" and y:numel() == 1 and number_of(j) or j
    end)
  end
end

-- Results for the leaves in the form in which v was given.
local function like_direction(xs, results, flat)
  if not flat then return (points.forms(xs, results)) end
  for i, t in ipairs(results) do results[i] = t:reshape(-1) end
  return xs.result(tensor.cat(results))
end

--- Hessian times vector without the Hessian: the gradient of (gradient of f) . v.
-- @tparam function f of one argument, returning one value
-- @param x the point: a number, a tensor, a list of these, a module
-- @param v the vector, of x's form, or a tensor of all elements in one dimension
-- @return of v's form
function M.hvp(...)
  local o = HVP:read(...)
  local xs = points.read("func.hvp", o.x)
  local v, flat = points.directions("func.hvp", xs, o.v)
  return autograd.enable_grad(function()
    local g, along = gradients(value_of(o.f, xs, "func.hvp", true), xs, true), 0
    for i = 1, xs.n do along = along + (g[i] * v[i]):sum() end
    return like_direction(xs, gradients(along, xs, xs.recorded), flat)
  end)
end

--- The value of a function, and vector times Jacobian.
-- @tparam function f of one argument, returning a tensor or a number
-- @param x the point, as for hvp
-- @param v a tensor of the value's shape; 1 if not given, for one value
-- @treturn Tensor the value
-- @return of x's form
function M.vjp(...)
  local o = VJP:read(...)
  local xs = points.read("func.vjp", o.x)
  return autograd.enable_grad(function()
    local y = value_of(o.f, xs, "func.vjp", o.v == nil)
    local v = o.v and o.v:to(y.dtype)
    return xs.result(y), (points.forms(xs, gradients(y, xs, xs.recorded, v)))
  end)
end

--- The value of a function, and Jacobian times vector: how the value changes along v. By two passes backward.
-- @tparam function f of one argument, returning a tensor or a number
-- @param x the point, as for hvp
-- @param v the direction, as for hvp
-- @treturn Tensor the value
-- @treturn Tensor the derivative, of the value's shape
function M.jvp(...)
  local o = JVP:read(...)
  local xs = points.read("func.jvp", o.x)
  local v = points.directions("func.jvp", xs, o.v)
  return autograd.enable_grad(function()
    local y = value_of(o.f, xs, "func.jvp", false)
    if not y.requires_grad then return y, tensor.zeros_like(y) end
    local u = tensor.zeros_like(y):requires_grad_()
    local g, along = gradients(y, xs, true, u), 0
    for i = 1, xs.n do along = along + (g[i] * v[i]):sum() end
    return xs.result(y), xs.result(gradients(along, { u, n = 1 }, xs.recorded)[1])
  end)
end

-- Compares one analytic gradient with central differences; returns nil or a description of the first mismatch.
local function mismatch(f, inputs, k, analytic, o)
  local x = inputs[k]
  local flat, expected = x:detach():reshape(-1), analytic:reshape(-1)
  for i = 1, flat:numel() do
    local old = flat[i]:item()
    local up, down = core.ensure(function()
      flat[i] = old + o.eps
      local above = f(table.unpack(inputs)):sum():item()
      flat[i] = old - o.eps
      return above, f(table.unpack(inputs)):sum():item()
    end, function() flat[i] = old end)
    local numeric, exact = (up - down) / (2 * o.eps), expected[i]:item()
    local agree = math.abs(numeric - exact) <= o.atol + o.rtol * math.abs(numeric) -- false for NaN
    if not agree then
      return string.format("input %d, element %d: analytic %.10g, numeric %.10g", k, i, exact, numeric)
    end
  end
end

--- Checks the gradients of f at some inputs against central differences, by default in the second order as well.
-- Inputs must be contiguous float64 leaves; those with requires_grad are checked.
-- @tparam function f of the inputs, returning a tensor
-- @tparam table inputs list of tensors
-- @tparam[opt] table options see the declaration above
-- @treturn boolean whether all agree; and if not (and raise is false) the first mismatch
function M.gradcheck(...)
  local o = GRADCHECK:read(...)
  local f, inputs = o.f, o.inputs
  if tensor.is_tensor(inputs) then inputs = { inputs } end
  local wanted, where = {}, {}
  for k, x in ipairs(inputs) do
    if x.requires_grad then
      if x.dtype ~= "float64" then
        errors.raise("autograd.gradcheck: input %d is %s, central differences need float64", k, x.dtype)
      end
      wanted[#wanted + 1], where[#wanted + 1] = x, k
    end
  end
  if #wanted == 0 then errors.raise("autograd.gradcheck: no input requires a gradient") end

  -- A weighted sum, so that an error in one output is not hidden by another.
  local function weighted(...)
    local y = f(...)
    local w = tensor.linspace(0.5, 1.5, math.max(y:numel(), 1), { dtype = "float64" }):reshape(table.unpack(y.shape))
    return (y * w):sum()
  end
  local function first(...)
    return autograd.grad(weighted(...), wanted, { create_graph = true, allow_unused = true })
  end

  local problem
  autograd.enable_grad(function()
    local g = first(table.unpack(inputs))
    for i, k in ipairs(where) do
      local gi = g[i] or tensor.zeros_like(wanted[i])
      problem = problem or mismatch(weighted, inputs, k, gi, o)
    end
    if problem or not o.second_order then return end
    local function norm_of_gradient(...)
      local sum = tensor.zeros({}, { dtype = "float64" })
      for i, gi in pairs(first(...)) do sum = sum + (gi * (0.3 + 0.2 * i) + gi * gi):sum() end
      return sum
    end
    local y = norm_of_gradient(table.unpack(inputs))
    if not y.requires_grad then return end
    local gg = autograd.grad(y, wanted, { allow_unused = true })
    for i, k in ipairs(where) do
      local gi = gg[i] or tensor.zeros_like(wanted[i])
      local bad = mismatch(function(...) return norm_of_gradient(...):detach() end, inputs, k, gi, o)
      problem = problem or bad and "second order, " .. bad
    end
  end)
  if problem and o.raise then errors.raise("autograd.gradcheck: %s", problem) end
  return problem == nil, problem
end

--- `lab.vmap` under the name that PyTorch has for it.
M.vmap = require "optlab.autograd.vmap"

return errors.strict(M, "lab.func")
