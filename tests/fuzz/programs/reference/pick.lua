--- Joining tensors, and picking elements by positions.
local T = require "tests.fuzz.programs.reference.tensor"
local E = require "tests.fuzz.programs.reference.elementwise"
local number = require "tests.fuzz.programs.reference.number"

local M = {}
local methods, check = T.methods, T.check

local function one_dtype(list)
  local dtype = number.result(list)
  local same = {}
  for i, x in ipairs(list) do same[i] = E.cast(x, dtype) end
  return same, dtype
end

local function joined_shape(list, dim)
  local shape = T.copy(list[1]._shape)
  for i = 2, #list do
    local other = list[i]._shape
    check(#other == #shape, "dimensions")
    for d = 1, #shape do check(d == dim or other[d] == shape[d], "sizes") end
    shape[dim] = shape[dim] + other[dim]
  end
  return shape
end

function M.cat(list, dim)
  check(#list > 0 and #list[1]._shape > 0, "nothing to join")
  dim = T.dim(dim or 1, #list[1]._shape)
  local shape = joined_shape(list, dim)
  local dtype
  list, dtype = one_dtype(list)
  local step, first, values, at = T.row_steps(shape), 1, {}, {}
  for i, x in ipairs(list) do
    at[i] = T.places(x._shape, first, step)
    local own = T.values(x)
    for k, place in ipairs(at[i]) do values[place] = own[k] end
    first = first + x._shape[dim] * step[dim]
  end
  return T.record(T.new(dtype, shape, values), list, function(d, m)
    local grads = {}
    for i in ipairs(list) do
      local dx, mx = {}, {}
      for k, place in ipairs(at[i]) do dx[k], mx[k] = d[place], m[place] end
      grads[i] = { dx, mx }
    end
    return table.unpack(grads)
  end)
end

function M.stack(list, dim)
  check(#list > 0, "nothing to stack")
  dim = T.dim(dim or 1, #list[1]._shape + 1)
  local higher = {}
  for i, x in ipairs(list) do
    check(T.same_shape(x._shape, list[1]._shape), "shapes")
    higher[i] = methods.unsqueeze(x, dim)
  end
  return M.cat(higher, dim)
end

local function positions(index, size)
  check(T.is_tensor(index) and index._dtype == "int64", "index")
  local list = T.values(index)
  for _, i in ipairs(list) do check(i >= 1 and i <= size, "position") end
  return list
end

function methods.index_select(x, dim, index)
  dim = T.dim(dim, #x._shape)
  check(#index._shape == 1, "index of one dimension")
  local list = positions(index, x._shape[dim])
  local shape, step = T.copy(x._shape), T.row_steps(x._shape)
  shape[dim] = #list
  local run = step[dim]
  step[dim] = 0
  local behind, from = 1, T.places(shape, 1, step)
  for d = dim + 1, #shape do behind = behind * shape[d] end
  for k = 1, #from do from[k] = from[k] + (list[(k - 1) // behind % #list + 1] - 1) * run end
  return T.picked(x, shape, from, true)
end

--- The elements of the dimensions `at` to `at + #mask.shape - 1` where a mask is 1.
function T.masked(x, mask, at)
  local shape, chosen = {}, {}
  for d = 1, at - 1 do shape[d] = x._shape[d] end
  shape[at] = #mask._map
  for d = at + #mask._shape, #x._shape do shape[#shape + 1] = x._shape[d] end
  check(#shape <= 8, "dimensions")
  for d, size in ipairs(mask._shape) do check(size == x._shape[at + d - 1], "sizes of the mask") end
  for k, v in ipairs(T.values(mask)) do
    check(v <= 1, "a mask of 0 and 1")
    if v == 1 then chosen[#chosen + 1] = k end
  end
  local rows = methods.reshape(x, shape)
  return methods.index_select(rows, at, T.new("int64", { #chosen }, chosen))
end

function methods.masked_select(x, mask)
  local shape = T.broadcast(x._shape, mask._shape)
  check(mask._dtype == "uint8", "mask")
  if #shape == 0 then shape = { 1 } end
  return T.masked(methods.expand(x, shape), methods.expand(mask, shape), 1)
end

--- value: a number, or a tensor without dimensions.
function methods.masked_fill(x, mask, value)
  check(mask._dtype == "uint8", "mask")
  for _, v in ipairs(T.values(mask)) do check(v <= 1, "a mask of 0 and 1") end
  if not T.is_tensor(value) then
    check(number.fits(value, x._dtype), "value")
    value = T.new(x._dtype, {}, { number.store[x._dtype](value) })
  else
    check(#value._shape == 0, "value")
    check(number.is_float(x._dtype) or not number.is_float(value._dtype), "result type")
    value = E.cast(value, x._dtype)
  end
  return E.where(mask, value, x)
end

--- A row of positions for each element that is not 0.
function methods.nonzero(x)
  local list, n, steps = {}, #x._shape, T.row_steps(x._shape)
  for k, v in ipairs(T.values(x)) do
    for d = 1, v ~= 0 and n or 0 do list[#list + 1] = (k - 1) // steps[d] % x._shape[d] + 1 end
  end
  local count = 0
  for _, v in ipairs(T.values(x)) do count = count + (v ~= 0 and 1 or 0) end
  return T.new("int64", { count, n }, list)
end

function methods.gather(x, dim, index)
  dim = T.dim(dim, #x._shape)
  check(T.is_tensor(index) and #index._shape == #x._shape, "index")
  for d = 1, #x._shape do check(d == dim or index._shape[d] <= x._shape[d], "index") end
  local list, step = positions(index, x._shape[dim]), T.row_steps(x._shape)
  local run = step[dim]
  step[dim] = 0
  local from = T.places(index._shape, 1, step)
  for k = 1, #from do from[k] = from[k] + (list[k] - 1) * run end
  return T.picked(x, index._shape, from, true)
end

return M
