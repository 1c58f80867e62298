--- Joining tensors, and picking elements by positions.
local T = require "tests.fuzz.programs.reference.tensor"
local E = require "tests.fuzz.programs.reference.elementwise"
local number = require "tests.fuzz.programs.reference.number"

local M = {}
local methods, check = T.methods, T.check

local function one_dtype(list)
  local dtype = list[1]._dtype
  for _, x in ipairs(list) do dtype = number.promote(dtype, x._dtype) end
  if dtype == "uint8" then dtype = "int64" end
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
