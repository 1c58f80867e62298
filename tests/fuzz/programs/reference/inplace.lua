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
    local float = number.is_float(x._dtype)
    check(not T.repeats(x), "shared memory")
    check(float or number.fits(alpha or 1, x._dtype), "alpha")
    check(float or not E.binary[name].floats, "result type")
    check(float or not T.is_tensor(other) or not number.is_float(other._dtype), "result type")
    check(float or T.is_tensor(other) or number.fits(other, x._dtype), "number")
    return plain(function()
      local u = T.is_tensor(other) and other or E.number_tensor(other, x)
      fits(x, u._shape)
      if alpha then
        if not number.is_float(u._dtype) then u = E.cast(u, x._dtype) end
        u = methods.mul(u, alpha)
      end
      if float then u = E.cast(u, x._dtype) end -- in x's precision, as in PyTorch
      return take_over(x, methods[name](x, u))
    end)
  end
end

for _, name in ipairs { "exp", "log", "sqrt", "square", "abs", "neg", "clamp", "relu", "sigmoid", "tanh", "floor",
  "round" } do
  methods[name .. "_"] = function(x, ...)
    T.check_inplace(x)
    check(not T.repeats(x), "shared memory")
    local y = plain(methods[name], x, ...)
    check(number.is_float(x._dtype) or not number.is_float(y._dtype), "result type")
    return take_over(x, y)
  end
end

function methods.copy_(x, other)
  T.check_inplace(x, other)
  check(not T.repeats(x), "shared memory")
  fits(x, other._shape)
  local from, values, to, list = T.spread(other, x._shape), T.values(other), number.store[x._dtype], {}
  for k = 1, #from do list[k] = to(values[from[k]]) end
  T.write(x, list)
  return x
end

function methods.fill_(x, value)
  T.check_inplace(x)
  check(number.fits(value, x._dtype), "value")
  value = number.store[x._dtype](value)
  local list = {}
  for k = 1, #x._map do list[k] = value end
  T.write(x, list)
  return x
end

function methods.masked_fill_(x, mask, value)
  T.check_inplace(x, T.is_tensor(value) and value or nil)
  check(not T.repeats(x), "shared memory")
  local y = plain(methods.masked_fill, x, mask, value)
  fits(x, y._shape)
  return take_over(x, y)
end

function methods.zero_(x) return methods.fill_(x, 0) end

function methods.uniform_(x, a, b)
  T.check_inplace(x)
  check(number.is_float(x._dtype) and not T.repeats(x), "floats of their own memory")
  methods.fill_(x, 0)
  x._unknown = { a or 0, b or 1 }
  return x
end

function methods.normal_(x)
  T.check_inplace(x)
  check(number.is_float(x._dtype) and not T.repeats(x), "floats of their own memory")
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
