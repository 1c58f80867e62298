--- Reductions, softmax, positions of extremes.
--
-- Tolerances. A sum of n numbers in any order is within n units of the sum of their sizes (u sum|x| n, Higham), and its
-- result is rounded once. The others follow from that: variance(), norm(), softmax() say how.
local number = require "tests.fuzz.programs.reference.number"
local T = require "tests.fuzz.programs.reference.tensor"
local E = require "tests.fuzz.programs.reference.elementwise"

local M = {}
local methods, check, is_float, store = T.methods, T.check, number.is_float, number.store

-- dim, keepdim, and options, from the arguments of a call.
local function options(dim, keepdim, more)
  if type(dim) == "table" and (dim.dim or dim.keepdim ~= nil or dim.unbiased ~= nil) then
    return dim.dim, dim.keepdim, dim
  end
  if type(keepdim) == "table" then return dim, nil, keepdim end
  return dim, keepdim, more or {}
end

--- group[k]: the element of the result to which element k belongs; the result's shape; how many there are of each.
local function groups(x, dim, keepdim)
  local reduced, shape, kept, count = {}, {}, {}, 1
  local dims = dim == nil and {} or type(dim) == "table" and dim or { dim }
  for d = 1, #x._shape do reduced[d] = dim == nil end
  for _, d in ipairs(dims) do reduced[T.dim(d, #x._shape)] = true end
  for d, size in ipairs(x._shape) do
    kept[d] = reduced[d] and 1 or size
    if reduced[d] then count = count * size end
    if not reduced[d] or keepdim then shape[#shape + 1] = kept[d] end
  end
  local step = T.row_steps(kept)
  for d in ipairs(kept) do
    if reduced[d] then step[d] = 0 end
  end
  return T.places(x._shape, 1, step), shape, count, T.numel(kept)
end

local function filled(n, value)
  local list = {}
  for i = 1, n do list[i] = value end
  return list
end

-- Sums of list[k] and of their sizes, by group.
local function sums(list, group, n)
  local integer = math.type(list[1]) == "integer"
  local s, size = filled(n, integer and 0 or 0.0), filled(n, 0.0)
  for k = 1, #group do
    local i, v = group[k], list[k]
    s[i] = s[i] + v
    size[i] = size[i] + math.abs(v)
  end
  return s, size
end

local function stored(dtype, list)
  local to, values = store[dtype], {}
  for k = 1, #list do values[k] = to(list[k]) end
  return values
end

local function result(dtype, shape, values, tolerance)
  local y = T.new(dtype, shape, stored(dtype, values))
  if not is_float(dtype) then return y end
  for i = 1, #values do
    tolerance[i] = tolerance[i] + 2 * number.UNIT[dtype] * math.abs(values[i]) + number.TINY[dtype]
  end
  y._tolerance = tolerance
  y._out = T.values(y)
  return y
end

local function as_float(x) return is_float(x._dtype) and x or E.cast(x, "float32") end
local function as_wide(x) return x._dtype == "uint8" and E.cast(x, "int64") or x end

-- The gradient of each element of a result, times factor(i, k), to the elements of its group.
local function spread_back(group, factor)
  return function(d, m)
    local dx, mx = {}, {}
    for k = 1, #group do
      local i = group[k]
      local j, size = factor(i, k)
      dx[k], mx[k] = d[i] * j, m[i] * size
    end
    return { dx, mx }
  end
end

local function sum_or_mean(mean)
  return function(x, ...)
    local dim, keepdim = options(...)
    x = mean and as_float(x) or as_wide(x)
    local group, shape, count, n = groups(x, dim, keepdim)
    local s, size = sums(T.values(x), group, n)
    local unit = (number.UNIT[x._dtype] or 0) * (count + 1)
    local by = mean and count or 1
    if #group == 0 and not is_float(x._dtype) then s = filled(n, 0) end
    for i = 1, n do
      if mean then s[i] = s[i] / by end
      size[i] = size[i] > (number.MAX[x._dtype] or 0) and math.huge or size[i] * unit / by
    end
    local y = result(x._dtype, shape, s, size)
    return T.record(y, { x }, spread_back(group, function() return 1 / by, 1 / by end))
  end
end
methods.sum = sum_or_mean(false)
methods.mean = sum_or_mean(true)

--- Running sums: each is off as a sum of its length.
function methods.cumsum(x, dim)
  dim = T.dim(dim, #x._shape)
  x = as_wide(x)
  local n, run, values = x._shape[dim], T.row_steps(x._shape)[dim], T.values(x)
  local sum, size = {}, {}
  local unit = (number.UNIT[x._dtype] or 0) * (n + 1)
  for k, v in ipairs(values) do
    local first = (k - 1) // run % n == 0
    sum[k] = first and v or sum[k - run] + v
    size[k] = (first and 0 or size[k - run]) + math.abs(v)
  end
  local tolerance = {}
  for k, s in ipairs(size) do tolerance[k] = s > (number.MAX[x._dtype] or 0) and math.huge or s * unit end
  local y = result(x._dtype, T.copy(x._shape), sum, tolerance)
  return T.record(y, { x }, function(d, m)
    local dx, mx = {}, {}
    for k = #values, 1, -1 do
      local last = (k - 1) // run % n == n - 1
      dx[k], mx[k] = d[k] + (last and 0 or dx[k + run]), m[k] + (last and 0 or mx[k + run])
    end
    return { dx, mx }
  end)
end

-- Computed in float64. Each deviation is off by the mean's error and its own rounding; squares and their sum follow.
local function variance(x, dim, keepdim, more)
  x = as_float(x)
  local group, shape, count, n = groups(x, dim, keepdim)
  local values, u = T.values(x), number.UNIT.float64
  local s, size = sums(values, group, n)
  local by = more.unbiased == false and count or count - 1
  local v, off, mean = filled(n, 0.0), filled(n, 0.0), {}
  for i = 1, n do mean[i] = s[i] / count end
  for k = 1, #group do
    local i = group[k]
    local d = math.abs(values[k] - mean[i])
    local e = u * ((count + 2) * size[i] / count + 2 * d)
    if math.max(d * d, e * e, size[i]) > number.MAX.float64 then e = math.huge end
    v[i] = v[i] + d * d
    off[i] = off[i] + 2 * d * e + e * e + (count + 2) * u * d * d
  end
  for i = 1, n do
    v[i], off[i] = by > 0 and v[i] / by or v[i] / 0.0, off[i] / by
  end
  local function back(d_out) -- 2 (x - mean) / by times d_out(i)
    return spread_back(group, function(i, k)
      local f, g = d_out(i)
      return f * 2 * (values[k] - mean[i]) / by, g * 2 * (math.abs(values[k]) + size[i] / count) / by
    end)
  end
  return x, v, off, shape, back
end

function methods.var(x, ...)
  local v, off, shape, back
  x, v, off, shape, back = variance(x, options(...))
  return T.record(result(x._dtype, shape, v, off), { x }, back(function() return 1.0, 1.0 end))
end

function methods.std(x, ...)
  local v, off, shape, back
  x, v, off, shape, back = variance(x, options(...))
  for i = 1, #v do
    local s = math.sqrt(v[i])
    off[i] = off[i] > 0.25 * v[i] and 2 * math.sqrt(v[i] + off[i]) or off[i] / s
    v[i] = s
  end
  local y = result(x._dtype, shape, v, off)
  local out = y._out
  -- An element's share of a small deviation is as uncertain as the deviation itself.
  return T.record(y, { x }, back(function(i) return 0.5 / out[i], 0.5 / out[i] * (1 + off[i] / out[i]) end))
end

-- A sum of n positive terms, each a few units off, has a relative error of n units and these few.
function methods.norm(x, p, ...)
  local dim, keepdim = options(...)
  p = p or 2
  x = as_float(x)
  local group, shape, count, n = groups(x, dim, keepdim)
  local values, u, s = T.values(x), number.UNIT[x._dtype], filled(n, 0.0)
  for k = 1, #group do s[group[k]] = s[group[k]] + math.abs(values[k]) ^ p end
  local off = {}
  for i = 1, n do
    local over = s[i] > number.MAX[x._dtype]
    s[i] = s[i] ^ (1 / p)
    off[i] = over and math.huge or s[i] * (count + 32) * u + (count * number.TINY[x._dtype]) ^ (1 / p)
  end
  local y = result(x._dtype, shape, s, off)
  local out = y._out
  return T.record(y, { x }, spread_back(group, function(i, k)
    local v = values[k]
    if out[i] == 0 then return 0.0, p > 1 and 0.0 or 0 / 0 end
    local j = (v > 0 and 1 or v < 0 and -1 or 0) * math.abs(v / out[i]) ^ (p - 1)
    return j, math.abs(j)
  end))
end

-- The extreme of each group and its first place; nan wins.
local function extremes(values, group, n, wins)
  local best, at = {}, {}
  for k = 1, #group do
    local i, v = group[k], values[k]
    local b = best[i]
    if b == nil or (b == b and (wins(v, b) or v ~= v)) then best[i], at[i] = v, k end
  end
  check(#best == n, "nothing to choose from")
  return best, at
end

local function greater(a, b) return a > b end
local function less(a, b) return a < b end

-- Ties share the gradient.
local function extreme_value(wins)
  return function(x, ...)
    local dim, keepdim = options(...)
    local group, shape, count, n = groups(x, dim, keepdim)
    check(count > 0, "nothing to choose from")
    local values = T.values(x)
    local best = extremes(values, group, n, wins)
    local y = T.new(x._dtype, shape, best)
    y._loose = true
    local ties = filled(n, 0)
    for k = 1, #group do
      if values[k] == best[group[k]] then ties[group[k]] = ties[group[k]] + 1 end
    end
    return T.record(y, { x }, spread_back(group, function(i, k)
      local share = values[k] == best[i] and 1 / ties[i] or 0.0 / ties[i] -- nan where nothing equals nan
      return share, share
    end))
  end
end
methods.amax, methods.amin = extreme_value(greater), extreme_value(less)

-- Positions along a dimension, or counted row by row over everything.
local function places(x, wins, dim, keepdim)
  if dim == nil then x, dim, keepdim = methods.flatten(x), 1, false end
  dim = T.dim(dim, #x._shape)
  check(x._shape[dim] > 0, "nothing to choose from")
  local group, shape, _, n = groups(x, dim, keepdim)
  local _, at = extremes(T.values(x), group, n, wins)
  local run, index = T.row_steps(x._shape)[dim], {}
  for i = 1, n do index[i] = (at[i] - 1) // run % x._shape[dim] + 1 end
  return T.new("int64", shape, index), at, shape
end

local function arg(wins)
  return function(x, ...)
    local dim, keepdim = options(...)
    return (places(T.alias(x), wins, dim, keepdim))
  end
end
methods.argmax, methods.argmin = arg(greater), arg(less)

local function extreme(wins, whole, pair)
  return function(x, dim, keepdim)
    if T.is_tensor(dim) then return methods[pair](x, dim) end
    local keep
    dim, keep = options(dim, keepdim)
    if dim == nil then return methods[whole](x) end
    local index, at, shape = places(x, wins, dim, keep)
    return T.picked(x, shape, at, true), index
  end
end
methods.max, methods.min = extreme(greater, "amax", "maximum"), extreme(less, "amin", "minimum")

-- exp(x - top) is off by |x - top| units, the sum of n of them by n units more.
local function softmax(log)
  return function(x, dim)
    dim = T.dim(dim, #x._shape)
    x = as_float(x)
    local group, _, count, n = groups(x, dim, true)
    local values, u = T.values(x), number.UNIT[x._dtype]
    if #group == 0 then return T.record(T.new(x._dtype, x._shape, {}), { x }, function() return { {}, {} } end) end
    local top = extremes(values, group, n, greater)
    local s, y, off = filled(n, 0.0), {}, {}
    for k = 1, #group do s[group[k]] = s[group[k]] + math.exp(values[k] - top[group[k]]) end
    for k = 1, #group do
      local i = group[k]
      local t = values[k] - top[i]
      local spread = (count + 24) * u
      y[k] = log and t - math.log(s[i]) or math.exp(t) / s[i]
      off[k] = log and 2 * u * (-t + math.log(s[i])) + 8 * spread or y[k] * (spread + 4 * u * -t)
    end
    local r = result(x._dtype, x._shape, y, off)
    local out = r._out
    return T.record(r, { x }, function(d, m)
      local total, size = filled(n, 0.0), filled(n, 0.0)
      for k = 1, #group do
        local w = log and 1 or out[k]
        total[group[k]] = total[group[k]] + d[k] * w
        size[group[k]] = size[group[k]] + m[k] * w
      end
      local dx, mx = {}, {}
      for k = 1, #group do
        local i = group[k]
        if log then
          local p = math.exp(out[k])
          dx[k], mx[k] = d[k] - p * total[i], m[k] + p * size[i] * (1 - out[k])
        else
          dx[k], mx[k] = out[k] * (d[k] - total[i]), out[k] * (m[k] + size[i])
        end
      end
      return { dx, mx }
    end)
  end
end
methods.softmax, methods.log_softmax = softmax(false), softmax(true)

return M
