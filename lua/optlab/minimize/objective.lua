--- A function to be minimized: its values and derivatives at float64 vectors, counted.
--
-- The function is called as its starting point asks: f(x) for a number or a tensor, f(x1, x2, ...) for a list.
-- @module optlab.minimize.objective
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local tensor = core.tensor.tensor

local FLOAT64 = { dtype = "float64" }

-- How f is called with a float64 vector, for a starting point of each kind: f(x) or f(x1, x2, ...).
local CALL = {
  number = function(f, x) return f(x:select(1, 1)) end,
  list = function(f, x)
    local list = {}
    for i = 1, x:numel() do list[i] = x:select(1, i) end
    return f(table.unpack(list))
  end,
  tensor = function(f, x, shape) return f(x:reshape(shape)) end,
}

local Objective = {}
Objective.__index = Objective

--- The kind of a starting point: "number", "list" or "tensor".
function Objective.kind_of(x0)
  if type(x0) == "number" then return "number" end
  return type(x0) == "table" and "list" or "tensor"
end

--- Makes one.
-- @tparam table o f, x0, and grad, which is called like f and returns the gradient as x0 is, or nil
-- @treturn Objective with `start`, the starting vector, and the counts `evaluations` (of f), `gradients`, `hessians`
function Objective.new(o)
  local x0, kind = o.x0, Objective.kind_of(o.x0)
  local self = setmetatable({ f = o.f, grad = o.grad, kind = kind, evaluations = 0, gradients = 0, hessians = 0 },
    Objective)
  if kind == "tensor" then
    self.shape = x0.shape
    self.start = x0:detach():to("float64"):reshape(x0:numel()):clone()
  else
    self.start = tensor(kind == "number" and { x0 } or x0, FLOAT64)
  end
  if self.start:numel() == 0 then errors.raise("lab.minimize: x0 has no elements") end
  return self
end

--- A vector in the form of the starting point.
function Objective:point(x)
  if self.kind == "tensor" then return x:reshape(self.shape):clone() end
  local list = x:tolist()
  return self.kind == "number" and list[1] or list
end

-- What f returns at x, which must be a tensor with a graph where its derivatives are asked for.
local function call(self, x) return CALL[self.kind](self.f, x, self.shape) end

local function number_of(y)
  if type(y) == "number" then return y end
  if not core.tensor.is_tensor(y) or y:numel() ~= 1 then
    errors.raise("lab.minimize: f must return one number, got %s", errors.shown(y))
  end
  return y:item()
end

--- f at x, a number.
function Objective:value(x)
  self.evaluations = self.evaluations + 1
  return number_of(core.autograd.no_grad(call, self, x))
end

local function given_gradient(self, x)
  local g = CALL[self.kind](self.grad, x, self.shape)
  if type(g) == "number" then g = { g } end
  if type(g) == "table" then g = tensor(g, FLOAT64) end
  if not core.tensor.is_tensor(g) or g:numel() ~= x:numel() then
    errors.raise("lab.minimize: grad must return a gradient like x0, got %s", errors.shown(g))
  end
  return g:detach():to("float64"):reshape(x:numel())
end

-- y with a graph that leads to a leaf.
local function recorded(self, x)
  local leaf = x:detach():clone()
  leaf.requires_grad = true
  local y = call(self, leaf)
  if not core.tensor.is_tensor(y) then
    errors.raise("lab.minimize: f returned %s, not a tensor, so it has no derivative; compute it from its arguments "
      .. "with operators and lab.cos and its kin, or give grad = function", errors.shown(y))
  end
  return y, leaf
end

--- f and its gradient at x: a number and a vector.
function Objective:value_and_gradient(x)
  self.gradients = self.gradients + 1
  if self.grad then return self:value(x), given_gradient(self, x) end
  self.evaluations = self.evaluations + 1
  local y, leaf = recorded(self, x)
  local value = number_of(y)
  if not y.requires_grad then return value, core.tensor.zeros(x:numel(), FLOAT64) end -- a constant
  y:backward()
  return value, leaf.grad or core.tensor.zeros(x:numel(), FLOAT64)
end

--- The matrix of second derivatives at x.
function Objective:hessian(x)
  self.hessians = self.hessians + 1
  local func = require "optlab.autograd.func"
  return func.hessian(function(v) return call(self, v) end)(x:detach()):reshape(x:numel(), x:numel())
end

--- The residuals at x, a vector, for methods of least squares.
function Objective:residuals(x)
  self.evaluations = self.evaluations + 1
  local r = core.autograd.no_grad(call, self, x)
  if type(r) == "table" then
    for i, value in ipairs(r) do r[i] = number_of(value) end
    r = tensor(r, FLOAT64)
  end
  if not core.tensor.is_tensor(r) then
    errors.raise("lab.minimize: f must return the residuals, a tensor, for a method of least squares, got %s",
      errors.shown(r))
  end
  return r:detach():reshape(r:numel())
end

--- The matrix of the residuals' derivatives at x, a row for each residual.
function Objective:jacobian(x)
  self.gradients = self.gradients + 1
  local func = require "optlab.autograd.func"
  local J = func.jacobian(function(v) return (call(self, v)) end)(x:detach())
  return J:reshape(J:numel() // x:numel(), x:numel())
end

return Objective
