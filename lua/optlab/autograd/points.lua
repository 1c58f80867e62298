--- What functions are differentiated at: numbers, tensors, lists of these, modules. As leaves, and back in their form.
-- @module optlab.autograd.points
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local substitute = require "optlab.base.modules.substitute"

local tensor = core.tensor
local M = {}

local function is_module(value)
  local meta = getmetatable(value)
  return type(meta) == "table" and rawget(meta, "own_parameters") ~= nil
end

local function is_list(value) return type(value) == "table" and getmetatable(value) == nil end

local function new_leaf(t) return tensor.clone(t:detach()):requires_grad_() end

local point

-- A list or table of points, which the function gets as a table of leaves.
local function list_point(value, fn, i)
  local members, names, given = {}, {}, {}
  for key in next, value do names[#names + 1] = key end
  table.sort(names, function(a, b)
    if type(a) == type(b) then return a < b end
    return type(a) == "number"
  end)
  for k, key in ipairs(names) do
    members[k] = point(value[key], fn, i)
    given[key] = members[k].given
  end
  return {
    given = given,
    visit = function(see)
      for _, member in ipairs(members) do member.visit(see) end
    end,
    form = function(take)
      local out = {}
      for k, key in ipairs(names) do out[key] = members[k].form(take) end
      return out
    end,
    around = function(f)
      for _, member in ipairs(members) do f = member.around(f) end
      return f
    end,
  }
end

local function around_nothing(f) return f end

-- A module stays itself; leaves stand for its parameters while the function runs.
local function module_point(value)
  local named, leaves, others = value:named_parameters(), {}, {}
  local names = {}
  for name, p in pairs(named) do
    names[#names + 1] = name
    leaves[name] = new_leaf(p)
    others[p] = leaves[name]
  end
  return {
    given = value,
    visit = function(see)
      for _, name in ipairs(names) do see(leaves[name]) end
    end,
    form = function(take)
      local out = {}
      for _, name in ipairs(names) do out[name] = take() end
      return out
    end,
    around = function(f)
      return function(...) return substitute.call(value, others, f, ...) end
    end,
  }
end

-- given: what the function gets; visit(see): see(leaf) for each leaf; form(take): the leaves' results, taken in order,
-- in the form of the value; around(f): f as it has to be called.
function point(value, fn, i)
  if is_module(value) then return module_point(value) end
  if is_list(value) then return list_point(value, fn, i) end
  local number = type(value) == "number"
  if not number and not tensor.is_tensor(value) then
    errors.raise("%s: argument %d of the function must be a number, a tensor, a list of these or a module, got %s",
      fn, i, errors.shown(value))
  end
  local leaf = number and tensor.tensor(value, { dtype = "float64", requires_grad = true }) or new_leaf(value)
  return {
    given = leaf,
    visit = function(see) see(leaf) end,
    form = function(take)
      local t = take()
      return number and t:item() or t
    end,
    around = around_nothing,
  }
end

--- The arguments of a function as points.
-- @tparam string fn for messages
-- @treturn table {n=, [i] = leaf, points = {...}, call = function(f) -> f at the points}
function M.read(fn, ...)
  local values, xs = table.pack(...), { n = 0, points = {} }
  if values.n == 0 then errors.raise("%s: the function was called without an argument", fn) end
  for i = 1, values.n do
    xs.points[i] = point(values[i], fn, i)
    xs.points[i].visit(function(leaf)
      xs.n = xs.n + 1
      xs[xs.n] = leaf
    end)
  end
  if xs.n == 0 then errors.raise("%s: the arguments hold no tensor", fn) end
  function xs.call(f)
    local given = {}
    for i, p in ipairs(xs.points) do
      given[i] = p.given
      f = p.around(f)
    end
    return f(table.unpack(given, 1, values.n))
  end
  return xs
end

--- One result for each leaf, in the forms of the arguments: a value for each of them.
-- @tparam table results tensors in the order of the leaves
function M.forms(xs, results)
  local k, out = 0, {}
  local function take()
    k = k + 1
    return results[k]:detach()
  end
  for i, p in ipairs(xs.points) do out[i] = p.form(take) end
  return table.unpack(out, 1, #xs.points)
end

-- The tensors in v that correspond to the leaves of a point, appended to list.
local function tensors_of(v, list)
  if is_module(v) then v = v:named_parameters() end
  if tensor.is_tensor(v) or type(v) == "number" then
    list[#list + 1] = v
  elseif type(v) == "table" then
    for _, each in pairs(v) do tensors_of(each, list) end
  end
end

--- A vector of the points' form, or one vector of all their elements: a tensor for each leaf.
function M.directions(fn, xs, v)
  local list = {}
  local flat = tensor.is_tensor(v) and xs.n > 1
  if flat then
    local at = 1
    for i = 1, xs.n do
      local n = xs[i]:numel()
      if at + n - 1 > v:numel() then break end
      list[i] = v[{ { at, at + n - 1 } }]:reshape(xs[i].shape)
      at = at + n
    end
    if at ~= v:numel() + 1 then list = {} end
  elseif is_list(v) then
    local k = 0
    M.read(fn, v).points[1].visit(function(leaf)
      k = k + 1
      list[k] = leaf:detach()
    end)
  else
    tensors_of(v, list)
  end
  local fits = #list == xs.n
  for i, t in ipairs(list) do
    if type(t) == "number" then list[i] = tensor.tensor(t, { dtype = xs[i] and xs[i].dtype }) end
    fits = fits and table.concat(list[i].shape, ",") == table.concat(xs[i].shape, ",")
  end
  if not fits then errors.raise("%s: v must have the form of x, or be a vector of all its elements", fn) end
  return list, flat
end

return M
