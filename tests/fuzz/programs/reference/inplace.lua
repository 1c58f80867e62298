--- In-place operations: the result is computed from what was there before, then written.
local number = require "tests.fuzz.programs.reference.number"
local T = require "tests.fuzz.programs.reference.tensor"
local E = require "tests.fuzz.programs.reference.elementwise"

local M = {}
local methods, check = T.methods, T.check

local function fits(x, shape) check(T.same_shape(T.broadcast(x._shape, shape), x._shape), "broadcast") end

-- f() without a graph.
local function plain(f, ...)
  local old = T.grad_mode
  T.grad_mode = false
  local results = table.pack(pcall(f, ...))
  T.grad_mode = old
  if not results[1] then error(results[2], 0) end
  return table.unpack(results, 2, results.n)
end

-- Writes y, computed from x, into x.
local function take_over(x, y)
  T.write(x, T.values(E.cast(y, x._dtype)))
  x._tolerance, x._loose = y._tolerance, y._loose
  return x
end

for _, name in ipairs { "add", "sub", "mul", "div", "pow" } do
  methods[name .. "_"] = function(x, other, alpha)
    T.check_inplace(x, T.is_tensor(other) and other or nil)
    return plain(function()
      local u = E.operand(other, x)
      if alpha then u = methods.mul(u, alpha) end
      fits(x, u._shape)
      u = E.cast(u, x._dtype)
      check(number.is_float(x._dtype) or not E.binary[name].floats, "integers")
      local y = methods[name](x, u)
      return take_over(x, y)
    end)
  end
end

for _, name in ipairs { "exp", "log", "sqrt", "square", "abs", "neg", "clamp", "relu", "sigmoid", "tanh", "floor",
  "round" } do
  methods[name .. "_"] = function(x, ...)
    T.check_inplace(x)
    return take_over(x, plain(methods[name], x, ...))
  end
end

-- Integers have no gradient that could get lost.
function methods.copy_(x, other)
  T.check_inplace(x, number.is_float(x._dtype) and other or nil)
  fits(x, other._shape)
  local from, values, to, list = T.spread(other, x._shape), T.values(other), number.store[x._dtype], {}
  for k = 1, #from do list[k] = to(values[from[k]]) end
  T.write(x, list)
  return x
end

function methods.fill_(x, value)
  T.check_inplace(x)
  value = number.store[x._dtype](value)
  local list = {}
  for k = 1, #x._map do list[k] = value end
  T.write(x, list)
  return x
end

function methods.zero_(x) return methods.fill_(x, 0) end

function methods.uniform_(x, a, b)
  T.check_inplace(x)
  check(number.is_float(x._dtype), "floats")
  methods.fill_(x, 0)
  x._unknown = { a or 0, b or 1 }
  return x
end

function methods.normal_(x)
  T.check_inplace(x)
  check(number.is_float(x._dtype), "floats")
  methods.fill_(x, 0)
  x._unknown = { -math.huge, math.huge }
  return x
end

function methods.requires_grad_(x, on)
  if on == nil then on = true end
  check(not on or number.is_float(x._dtype), "floats")
  check(on or not x._node, "computed")
  x._requires = on
  return x
end

M.plain = plain
return M
