--- The reference's tensor: a storage (a flat list of elements with a count of writes) and a map, the place of each
-- element in the storage, row by row. A view is another map onto the same storage, so aliasing needs no rule of its
-- own.
--
-- Fields begin with an underscore:
--   _dtype _shape _storage {data, version} _map
--   _requires, _node    as in optlab; a node is {inputs, back, seq, storages, versions}
--   _grad               a reference tensor or nil
--   _tolerance          a result that is not exact: how far each element may be from this one, or one number for all
--   _loose              a result whose zeros may have either sign
--   _unknown            random: {low, high}, the elements are not known at all
local number = require "tests.fuzz.programs.reference.number"

local M = { grad_mode = true }

local Tensor = {}
M.methods = {}
M.Tensor = Tensor

--- Raises what the reference raises where a call must be refused.
function M.refuse(text) error({ refused = text }, 0) end
local refuse = M.refuse

function M.check(condition, text) if not condition then refuse(text) end end

function M.is_tensor(x) return getmetatable(x) == Tensor end

function M.numel(shape)
  local n = 1
  for d = 1, #shape do n = n * shape[d] end
  return n
end

--- The places first + sum of index[d] * step[d] of all indices of a shape, row by row.
function M.places(shape, first, step)
  if M.numel(shape) == 0 then return {} end
  local list, n = { first }, 1
  for d = 1, #shape do
    local longer, m, by = {}, 0, step[d]
    for i = 1, n do
      local at = list[i]
      for _ = 1, shape[d] do
        m = m + 1
        longer[m] = at
        at = at + by
      end
    end
    list, n = longer, m
  end
  return list
end

--- Steps from one element to the next along each dimension, counted row by row.
function M.row_steps(shape)
  local step, run = {}, 1
  for d = #shape, 1, -1 do
    step[d] = run
    run = run * shape[d]
  end
  return step
end

local function make(dtype, shape, storage, map)
  return setmetatable(
    { _dtype = dtype, _shape = shape, _storage = storage, _map = map, _requires = false }, Tensor)
end

--- A tensor of its own memory; values are elements of that dtype, row by row.
function M.new(dtype, shape, values)
  local map = {}
  for k = 1, #values do map[k] = k end
  return make(dtype, shape, { data = values, version = 0 }, map)
end

--- The elements, row by row, as a new list.
function M.values(x)
  local data, map, list = x._storage.data, x._map, {}
  for k = 1, #map do list[k] = data[map[k]] end
  return list
end

--- Writes elements of x's dtype, row by row.
function M.write(x, values)
  local data, map = x._storage.data, x._map
  for k = 1, #map do data[map[k]] = values[k] end
  x._storage.version = x._storage.version + 1
end

--- A dimension as scripts give it, 1.. or -1 from the end, of n.
function M.dim(d, n)
  M.check(math.type(d) == "integer" and d ~= 0 and d >= -n and d <= n, "dimension")
  return d < 0 and n + 1 + d or d
end

function M.copy(list) return table.move(list, 1, #list, 1, {}) end

--- Arguments that are sizes or dimensions, one after another or in a list.
function M.list(...)
  if type(...) == "table" then return M.copy((...)) end
  return { ... }
end

function M.same_shape(a, b)
  if #a ~= #b then return false end
  for d = 1, #a do
    if a[d] ~= b[d] then return false end
  end
  return true
end

--- The shape to which shapes broadcast.
function M.broadcast(a, b)
  local n, shape = math.max(#a, #b), {}
  for i = 0, n - 1 do
    local p, q = a[#a - i] or 1, b[#b - i] or 1
    M.check(p == q or p == 1 or q == 1, "broadcast")
    shape[n - i] = p == 1 and q or p
  end
  return shape
end

--- For each element of a shape, which element of x it reads when x is broadcast to it.
function M.spread(x, shape)
  local own, step = M.row_steps(x._shape), {}
  local lead = #shape - #x._shape
  for d = 1, #shape do step[d] = d > lead and x._shape[d - lead] ~= 1 and own[d - lead] or 0 end
  return M.places(shape, 1, step)
end

--- Attaches a node to y, if gradients may be asked for. back(d, m) gets the gradient of y and its magnitude (grad.lua),
-- and returns for each input a gradient and a magnitude, or nil.
local seq = 0
function M.record(y, inputs, back)
  if not M.grad_mode or not number.is_float(y._dtype) then return y end
  local wanted = false
  for _, x in ipairs(inputs) do wanted = wanted or x._requires end
  if not wanted then return y end
  seq = seq + 1
  local node = { back = back, seq = seq, n = #y._map, unit = number.UNIT[y._dtype], storages = { y._storage },
    versions = { y._storage.version } }
  for i, x in ipairs(inputs) do
    node[i] = x._node or (x._requires and x) or false
    node.storages[i + 1], node.versions[i + 1] = x._storage, x._storage.version
  end
  y._requires, y._node = true, node
  y._storage.graph = true
  return y
end

--- Element k of the result is element from[k] of x: of the same memory, or copied.
function M.picked(x, shape, from, copied)
  local map, n, y = x._map, #x._map
  if copied then
    local data, values = x._storage.data, {}
    for k = 1, #from do values[k] = data[map[from[k]]] end
    y = M.new(x._dtype, shape, values)
  else
    local places = {}
    for k = 1, #from do places[k] = map[from[k]] end
    y = make(x._dtype, shape, x._storage, places)
  end
  return M.record(y, { x }, function(d, m)
    local dx, mx = {}, {}
    for k = 1, n do dx[k], mx[k] = 0.0, 0.0 end
    for k = 1, #from do
      local i = from[k]
      dx[i], mx[i] = dx[i] + d[k], mx[i] + m[k]
    end
    return { dx, mx }
  end)
end

function M.alias(x) return make(x._dtype, x._shape, x._storage, x._map) end

--- Whether several elements of x share memory.
function M.repeats(x)
  local seen = {}
  for _, place in ipairs(x._map) do
    if seen[place] then return true end
    seen[place] = true
  end
  return false
end

--- Whether a map, read in a shape, is first + sum of index[d] * step[d]: what strides can say.
function M.is_even(map, shape)
  if #map == 0 then return true end
  local own, step = M.row_steps(shape), {}
  for d = 1, #shape do step[d] = shape[d] > 1 and map[1 + own[d]] - map[1] or 0 end
  for k, place in ipairs(M.places(shape, map[1], step)) do
    if map[k] ~= place then return false end
  end
  return true
end

function M.is_contiguous(x)
  local map = x._map
  for k = 2, #map do
    if map[k] ~= map[k - 1] + 1 then return false end
  end
  return true
end

--- The results of an in-place operation on x: refused where a gradient is at stake.
function M.check_inplace(x, other)
  if not M.grad_mode then return end
  M.check(not x._requires, "in place")
  M.check(not (other and other._requires), "gradient lost")
end

function Tensor.__index(x, key)
  if type(key) ~= "string" then return M.index(x, key) end
  local method = M.methods[key]
  if method then return method end
  if key == "shape" then return x._shape end
  if key == "dtype" then return x._dtype end
  if key == "requires_grad" then return x._requires end
  if key == "grad" then return rawget(x, "_grad") end
  if key:sub(1, 1) == "_" then return nil end
  error("the reference has no " .. key)
end

function Tensor.__newindex(x, key, value)
  if type(key) ~= "string" then return M.assign(x, key, value) end
  if key == "grad" then key = "_grad" end
  rawset(x, key, value)
end

return M
