--- vmap: a function of one sample as a function of a batch.
-- @module optlab.autograd.vmap
local args = require "optlab.base.args"
local core = require "optlab.core"
local errors = require "optlab.base.errors"

local tensor = core.tensor

local VMAP = args.declare("lab.vmap", {
  doc = "Returns f for batches: it is called for each position of a dimension, and its results are stacked.",
  positions = 1,
  { "f", "callable", required = true, doc = "A function of tensors that returns tensors, or tables of them." },
  { "in_dims", "any", doc = "The dimension over which f is mapped, by default 1; or a list, with false for an "
    .. "argument that is passed whole." },
  { "out_dims", "integer", default = 1, doc = "Where the results get that dimension." },
})

-- The dimension of argument i that is gone through, or nil.
local function dim_of(in_dims, i, value)
  local dim = 1
  if type(in_dims) == "table" then dim = in_dims[i] else dim = in_dims or dim end
  if dim == nil and tensor.is_tensor(value) then
    errors.raise("lab.vmap: in_dims has no entry for argument %d; false leaves it whole", i)
  end
  if dim and not tensor.is_tensor(value) then
    if type(in_dims) == "table" then errors.bad_value("lab.vmap", "argument " .. i, "a tensor", value) end
    return nil
  end
  if dim and (math.type(dim) ~= "integer" or dim == 0 or math.abs(dim) > value:dim()) then
    errors.raise("lab.vmap: argument %d has no dimension %s", i, tostring(dim))
  end
  return dim or nil
end

-- The dimensions that are gone through, a table by argument, and their size.
local function dims_of(in_dims, given)
  local dims, n = {}, nil
  for i = 1, given.n do
    dims[i] = dim_of(in_dims, i, given[i])
    local size = dims[i] and given[i]:size(dims[i])
    if size and n and size ~= n then
      errors.raise("lab.vmap: the arguments' sizes differ along the dimension: %d and %d", n, size)
    end
    n = n or size
  end
  if not n then errors.raise("lab.vmap: no argument has a dimension to go through") end
  if n == 0 then errors.raise("lab.vmap: the dimension is empty, so the shape of the result is unknown") end
  return dims, n
end

-- The results of f at position k.
local function call_at(f, given, dims, k)
  local sample = { table.unpack(given, 1, given.n) }
  for i in pairs(dims) do sample[i] = given[i]:select(dims[i], k) end
  return table.pack(f(table.unpack(sample, 1, given.n)))
end

local function is_plain(value) return type(value) == "table" and getmetatable(value) == nil end

-- One result of n positions in one tensor; of tables, key by key.
local function joined(list, n, dim)
  local all = {}
  if is_plain(list[1]) then
    for key in pairs(list[1]) do
      local column = {}
      for k = 1, n do column[k] = is_plain(list[k]) and list[k][key] or nil end
      all[key] = joined(column, n, dim)
    end
    return all
  end
  for k = 1, n do
    local y = list[k]
    all[k] = type(y) == "number" and tensor.tensor(y) or y
    if not tensor.is_tensor(all[k]) then
      errors.raise("lab.vmap: the function must return tensors, numbers or tables of them, got %s", errors.shown(y))
    end
  end
  return tensor.stack(all, dim)
end

--- f for batches, by a loop: what f computes is recorded and differentiable as always.
-- @tparam function f of tensors
-- @treturn function of tensors with one dimension more
-- @usage local per_sample = lab.vmap(lab.func.grad(loss), {in_dims = {false, 1}})
return function(...)
  local o = VMAP:read(...)
  return function(...)
    local given = table.pack(...)
    local dims, n = dims_of(o.in_dims, given)
    local rows, columns = {}, {}
    for k = 1, n do
      rows[k] = call_at(o.f, given, dims, k)
      if rows[k].n ~= rows[1].n then
        errors.raise("lab.vmap: the function returned %d results, then %d", rows[1].n, rows[k].n)
      end
    end
    for c = 1, rows[1].n do
      local column = {}
      for k = 1, n do column[k] = rows[k][c] end
      columns[c] = joined(column, n, o.out_dims)
    end
    return table.unpack(columns, 1, rows[1].n)
  end
end
