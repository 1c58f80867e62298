--- Views: each is a list that says which element of the tensor each element of the result is.
local number = require "tests.fuzz.programs.reference.number"
local T = require "tests.fuzz.programs.reference.tensor"

local M = {}
local methods, check = T.methods, T.check

local function identity(x)
  local from = {}
  for k = 1, #x._map do from[k] = k end
  return from
end

-- Sizes, one of which may be -1, for n elements.
local function fill_hole(sizes, n)
  local hole, known = nil, 1
  for d, size in ipairs(sizes) do
    if size == -1 and not hole then
      hole = d
    else
      check(size >= 0, "negative size")
      known = known * size
    end
  end
  if not hole then return check(known == n, "number of elements") end
  check(known > 0 and n % known == 0, "number of elements")
  sizes[hole] = n // known
end

-- A view where strides can say it. A tensor without elements is copied, which nobody can tell.
local function reshape(x, shape)
  check(#shape <= 8, "dimensions")
  return T.picked(x, shape, identity(x), not T.is_even(x._map, shape))
end

function methods.reshape(x, ...)
  local shape = T.list(...)
  fill_hole(shape, #x._map)
  return reshape(x, shape)
end

function methods.view(x, ...)
  local shape = T.list(...)
  fill_hole(shape, #x._map)
  check(T.is_even(x._map, shape), "view")
  return reshape(x, shape)
end

function methods.flatten(x, first, last)
  local n = #x._shape
  if n == 0 then
    check(first ~= 0 and last ~= 0, "dimension")
    return reshape(x, { 1 })
  end
  first, last = T.dim(first or 1, n), T.dim(last or -1, n)
  check(first <= last, "start_dim after end_dim")
  local shape, run = {}, 1
  for d = 1, n do
    if d >= first and d <= last then run = run * x._shape[d] end
    if d == last then shape[#shape + 1] = run end
    if d < first or d > last then shape[#shape + 1] = x._shape[d] end
  end
  return reshape(x, shape)
end

function methods.squeeze(x, dim)
  local only = dim and T.dim(dim, #x._shape)
  local shape = {}
  for d, size in ipairs(x._shape) do
    if size ~= 1 or (only and d ~= only) then shape[#shape + 1] = size end
  end
  return reshape(x, shape)
end

function methods.unsqueeze(x, dim)
  local shape = T.copy(x._shape)
  check(#shape < 8, "dimensions")
  table.insert(shape, T.dim(dim, #shape + 1), 1)
  return reshape(x, shape)
end

-- order[d]: the dimension of x that becomes dimension d.
local function permuted(x, order)
  local own, shape, step = T.row_steps(x._shape), {}, {}
  for d, from in ipairs(order) do shape[d], step[d] = x._shape[from], own[from] end
  return T.picked(x, shape, T.places(shape, 1, step))
end

function methods.transpose(x, a, b)
  local n, order = #x._shape, {}
  a, b = T.dim(a, n), T.dim(b, n)
  for d = 1, n do order[d] = d end
  order[a], order[b] = b, a
  return permuted(x, order)
end

function methods.t(x)
  check(#x._shape <= 2, "matrix")
  return permuted(x, #x._shape == 2 and { 2, 1 } or #x._shape == 1 and { 1 } or {})
end

function methods.permute(x, ...)
  local order, seen = T.list(...), {}
  check(#order == #x._shape, "dimensions")
  for d, from in ipairs(order) do
    from = T.dim(from, #x._shape)
    check(not seen[from], "twice")
    seen[from], order[d] = true, from
  end
  return permuted(x, order)
end

function methods.expand(x, ...)
  local shape, own, step = T.list(...), T.row_steps(x._shape), {}
  local lead = #shape - #x._shape
  check(lead >= 0 and #shape <= 8, "expand")
  for d, size in ipairs(shape) do
    local have = d > lead and x._shape[d - lead] or 1
    if size == -1 and d > lead then shape[d] = have end
    check(shape[d] >= 0 and (have == 1 or have == shape[d]), "expand")
    step[d] = d > lead and have ~= 1 and own[d - lead] or 0
  end
  return T.picked(x, shape, T.places(shape, 1, step))
end

--- The window of one range {start, length, step[, single]} a dimension; start counts from 0.
function M.window(x, ranges)
  local own, shape, step, first = T.row_steps(x._shape), {}, {}, 1
  for d, r in ipairs(ranges) do
    first = first + r[1] * own[d]
    if not r.single then
      shape[#shape + 1] = r[2]
      step[#step + 1] = own[d] * r[3]
    end
  end
  return T.picked(x, shape, T.places(shape, first, step))
end

local function everything(x)
  local ranges = {}
  for d, size in ipairs(x._shape) do ranges[d] = { 0, size, 1 } end
  return ranges
end

local function position(i, size)
  check(math.type(i) == "integer" and i ~= 0 and i >= -size and i <= size, "position")
  return i < 0 and size + i or i - 1
end

function methods.narrow(x, dim, start, length)
  dim = T.dim(dim, #x._shape)
  local ranges = everything(x)
  if length == 0 and start == x._shape[dim] + 1 then -- nothing, behind the end
    start = start - 1
  else
    start = position(start, x._shape[dim])
  end
  check(length >= 0 and start + length <= x._shape[dim], "length")
  ranges[dim] = { start, length, 1 }
  return M.window(x, ranges)
end

function methods.select(x, dim, i)
  dim = T.dim(dim, #x._shape)
  local ranges = everything(x)
  ranges[dim] = { position(i, x._shape[dim]), 1, 1, single = true }
  return M.window(x, ranges)
end

local function range(key, size)
  if type(key) ~= "table" then return { position(key, size), 1, 1, single = true } end
  if #key == 0 then return { 0, size, 1 } end
  check(#key <= 3, "range")
  local first = position(key[1], size)
  if #key == 1 then return { first, 1, 1 } end
  local last, step = position(key[2], size), key[3] or 1
  check(step >= 1, "step")
  return { first, last < first and 0 or (last - first) // step + 1, step }
end

-- The window of a key, the tensor in the key, and the dimension of the window where it stands.
local function keyed(x, key)
  local ranges, d, index, at, before = everything(x), 1, nil, nil, 0
  if type(key) ~= "table" or T.is_tensor(key) then
    check(#x._shape > 0 or T.is_tensor(key), "indices")
    key = { key }
  end
  for _, entry in ipairs(key) do
    if T.is_tensor(entry) then
      check(not index and (entry._dtype == "uint8" or entry._dtype == "int64"), "index")
      index, at = entry, before + 1
      local covered = entry._dtype == "uint8" and #entry._shape or 1
      d, before = d + covered, before + covered
    else
      check(d <= #x._shape, "indices")
      ranges[d] = range(entry, x._shape[d])
      before = before + (ranges[d].single and 0 or 1)
      d = d + 1
    end
  end
  check(d - 1 <= #x._shape, "indices")
  return M.window(x, ranges), index, at
end

function T.index(x, key)
  local y, index, at = keyed(x, key)
  if not index then return y end
  if index._dtype == "uint8" then return T.masked(y, index, at) end
  return methods.index_select(y, at, index)
end

-- value for each element of y of which the mask, from dimension `at` on, is 1.
local function assign_masked(y, mask, at, value)
  check(not T.repeats(y), "shared memory")
  local places = T.new("int64", y._shape, {}) -- which element is which
  for k = 1, #y._map do places._map[k], places._storage.data[k] = k, k end
  local chosen = T.masked(places, mask, at)
  local list, to, new = T.values(chosen), number.store[y._dtype], T.values(y)
  if not T.is_tensor(value) then value = T.new("float64", {}, { value }) end
  check(T.same_shape(T.broadcast(chosen._shape, value._shape), chosen._shape), "value's shape")
  local from = T.spread(value, chosen._shape)
  local given = T.values(value)
  for k = 1, #given do check(number.is_float(y._dtype) or number.fits(given[k], y._dtype), "value") end
  for k, place in ipairs(list) do new[place] = to(given[from[k]]) end
  T.write(y, new)
end

-- Floats go into integers where they are whole.
local function copy_exact(y, value)
  local fits = T.broadcast(y._shape, value._shape)
  check(T.same_shape(fits, y._shape), "broadcast")
  for _, v in ipairs(T.values(value)) do
    check(number.is_float(y._dtype) or number.fits(v, y._dtype), "value")
  end
  methods.copy_(y, value)
end

function T.assign(x, key, value)
  T.check_inplace(x, T.is_tensor(value) and value or nil)
  check(T.is_tensor(value) or type(value) == "number", "value")
  local old = T.grad_mode
  T.grad_mode = false
  local ok, y, index, at = pcall(keyed, x, key)
  T.grad_mode = old
  if not ok then error(y, 0) end
  check(T.is_tensor(value) or number.fits(value, y._dtype), "value")
  check(not index or index._dtype == "uint8", "positions")
  if index then
    assign_masked(y, index, at, value)
  elseif T.is_tensor(value) then
    copy_exact(y, value)
  else
    methods.fill_(y, value)
  end
end

function methods.detach(x) return T.alias(x) end

function methods.clone(x) return T.picked(x, x._shape, identity(x), true) end

function methods.contiguous(x) return T.is_contiguous(x) and x or methods.clone(x) end

return M
