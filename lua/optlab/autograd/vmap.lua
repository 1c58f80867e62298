--- vmap: a function of one sample as a function of a batch.
-- @module optlab.autograd.vmap
local args = require "optlab.base.args"
local core = require "optlab.core"
local errors = require "optlab.base.errors"

local tensor = core.tensor

local VMAP = args.declare("lab.vmap", {
  doc = "Returns f for batches: it is called for each position of a dimension, and its results are stacked.",
  positions = 1,
  { "f", "callable", required = true, doc = "A function of tensors that returns tensors." },
  { "in_dims", "any", doc = "The dimension that is gone through, 1 if not given; or a list, false for an argument that "
    .. "stays whole." },
  { "out_dims", "integer", default = 1, doc = "Where the results get that dimension." },
})

local function sizes_text(a, b) return ("%d and %d"):format(a, b) end

-- The dimension of argument i that is gone through, or nil.
local function dim_of(in_dims, i, value)
  local dim = 1
  if type(in_dims) == "table" then dim = in_dims[i] else dim = in_dims or dim end
  if dim == nil and type(in_dims) == "table" then dim = false end
  if dim and not tensor.is_tensor(value) then
    if type(in_dims) == "table" then errors.bad_value("lab.vmap", "argument " .. i, "a tensor", value) end
    return nil
  end
  if dim and (math.type(dim) ~= "integer" or dim == 0 or math.abs(dim) > value:dim()) then
    errors.raise("lab.vmap: argument %d has no dimension %s", i, tostring(dim))
  end
  return dim or nil
end

--- f for batches, by a loop: what f computes is recorded and differentiable as always.
-- @tparam function f of tensors
-- @treturn function of tensors with one dimension more
-- @usage local per_sample = lab.vmap(lab.func.grad(loss), {in_dims = {false, 1}})
return function(...)
  local o = VMAP:read(...)
  return function(...)
    local given, dims, n = table.pack(...), {}, nil
    for i = 1, given.n do
      dims[i] = dim_of(o.in_dims, i, given[i])
      local size = dims[i] and given[i]:size(dims[i])
      if size and n and size ~= n then
        errors.raise("lab.vmap: the arguments' sizes differ along the dimension: %s", sizes_text(n, size))
      end
      n = n or size
    end
    if not n then errors.raise("lab.vmap: no argument has a dimension to go through") end
    if n == 0 then errors.raise("lab.vmap: the dimension is empty, so the shape of the result is unknown") end
    local columns, count = {}, 1
    for k = 1, n do
      local sample = { table.unpack(given, 1, given.n) }
      for i in pairs(dims) do sample[i] = given[i]:select(dims[i], k) end
      local results = table.pack(o.f(table.unpack(sample, 1, given.n)))
      count = results.n
      for c = 1, count do
        local y = results[c]
        if type(y) == "number" then y = tensor.tensor(y) end
        if not tensor.is_tensor(y) then
          errors.raise("lab.vmap: the function must return tensors or numbers, got %s", errors.shown(y))
        end
        columns[c] = columns[c] or {}
        columns[c][k] = y
      end
    end
    for c = 1, count do columns[c] = tensor.stack(columns[c], o.out_dims) end
    return table.unpack(columns, 1, count)
  end
end
