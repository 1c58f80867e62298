--- Making tensors. Random ones have elements that are not known; the comparison takes them over.
local number = require "tests.fuzz.programs.reference.number"
local T = require "tests.fuzz.programs.reference.tensor"

local M = {}
local check, store = T.check, number.store

-- Sizes one by one or as a list, then options.
local function sized(...)
  local args, shape, options = table.pack(...), {}, {}
  for i = 1, args.n do
    local a = args[i]
    if type(a) == "number" then
      shape[#shape + 1] = a
    elseif a.dtype or a.requires_grad ~= nil then
      options = a
    else
      shape = T.copy(a)
    end
  end
  for _, size in ipairs(shape) do check(math.type(size) == "integer" and size >= 0, "size") end
  check(#shape <= 8, "dimensions")
  return shape, options
end

local function finished(t, options)
  if options and options.requires_grad then T.methods.requires_grad_(t) end
  return t
end

local function filled(shape, dtype, value)
  local values = {}
  check(number.fits(value, dtype), "value")
  value = store[dtype](value)
  for k = 1, T.numel(shape) do values[k] = value end
  return T.new(dtype, shape, values)
end

local function of_value(value)
  return function(...)
    local shape, options = sized(...)
    return finished(filled(shape, options.dtype or "float32", value), options)
  end
end
M.zeros, M.ones, M.empty = of_value(0), of_value(1), of_value(0)

function M.full(shape, value, options)
  shape = sized(shape)
  return finished(filled(shape, options and options.dtype or "float32", value), options)
end

local function like(value)
  return function(t, options)
    return finished(filled(t._shape, options and options.dtype or t._dtype, value), options)
  end
end
M.zeros_like, M.ones_like, M.empty_like = like(0), like(1), like(0)
function M.full_like(t, value, options) return like(value)(t, options) end

function M.eye(...)
  local shape, options = sized(...)
  check(#shape >= 1 and #shape <= 2, "size")
  local n, m, dtype = shape[1], shape[2] or shape[1], options.dtype or "float32"
  local t = filled({ n, m }, dtype, 0)
  for i = 1, math.min(n, m) do t._storage.data[(i - 1) * m + i] = store[dtype](1) end
  return finished(t, options)
end

function M.arange(start, stop, step, options)
  local dtype, values = options and options.dtype or "float32", {}
  check(step ~= 0 and (stop - start) / step >= 0, "step")
  for i = 0, math.ceil((stop - start) / step) - 1 do
    local v = start + i * step
    check(number.fits(v, dtype), "value")
    values[i + 1] = store[dtype](v)
  end
  return finished(T.new(dtype, { #values }, values), options)
end

local function random(low, high)
  return function(...)
    local shape, options = sized(...)
    local t = filled(shape, options.dtype or "float32", 0)
    check(number.is_float(t._dtype), "floats")
    t._unknown = { low, high }
    return finished(t, options)
  end
end
M.rand, M.randn = random(0, 1), random(-math.huge, math.huge)

function M.randint(low, high, shape)
  check(low < high, "range")
  local t = filled(shape, "int64", 0)
  t._unknown = { low, high - 1 }
  return t
end

function M.randperm(n)
  local t = filled({ n }, "int64", 0)
  t._unknown = { 1, n }
  return t
end

local function nested(x, depth, shape, values)
  if type(x) ~= "table" then
    check(depth == #shape, "depth")
    values[#values + 1] = x
    return
  end
  check(#x == shape[depth + 1], "lengths")
  for i = 1, #x do nested(x[i], depth + 1, shape, values) end
end

function M.tensor(x, options)
  if T.is_tensor(x) then return T.methods.clone(T.alias(x)) end
  local shape, values, at = {}, {}, x
  while type(at) == "table" do
    shape[#shape + 1] = #at
    at = at[1]
  end
  nested(x, 0, shape, values)
  local to = store[options and options.dtype or "float32"]
  for k = 1, #values do
    check(number.fits(values[k], options and options.dtype or "float32"), "value")
    values[k] = to(values[k])
  end
  return finished(T.new(options and options.dtype or "float32", shape, values), options)
end

return M
