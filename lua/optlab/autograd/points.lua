--- What functions are differentiated at: numbers, tensors, lists of these, modules. As leaves, and back in their form.
--
-- A derivative that is taken inside of a function that is itself being differentiated, or at a tensor that was computed
-- with recording, is recorded: its points are views of what was given, and its results have a graph.
-- @module optlab.autograd.points
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local substitute = require "optlab.base.modules.substitute"

local autograd, tensor = core.autograd, core.tensor
local depth = 0 -- functions being differentiated around the one at hand
local M = {}

local function is_module(value)
  local meta = getmetatable(value)
  return type(meta) == "table" and rawget(meta, "own_parameters") ~= nil
end

local function is_list(value) return type(value) == "table" and getmetatable(value) == nil end

-- Whether what is computed from t now belongs to the graph of another derivative.
local function is_recorded(t)
  return t.requires_grad and autograd.is_grad_enabled() and (depth > 0 or not t.is_leaf)
end

local function new_leaf(t)
  if is_recorded(t) then return t:reshape(t.shape) end
  return tensor.clone(t:detach()):requires_grad_()
end

local function match_tensor(v, take)
  if not tensor.is_tensor(v) and type(v) ~= "number" then return false end
  take(v)
  return true
end

-- match(k, v[names[k]]) for all names, which have to be all that v has.
local function match_names(v, names, match)
  if type(v) ~= "table" or is_module(v) then return false end
  local count = 0
  for _ in pairs(v) do count = count + 1 end
  if count ~= #names then return false end
  for k, name in ipairs(names) do
    if not match(k, v[name]) then return false end
  end
  return true
end

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
    match = function(v, take)
      return match_names(v, names, function(k, each) return members[k].match(each, take) end)
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
    match = function(v, take)
      if is_module(v) then v = v:named_parameters() end
      return match_names(v, names, function(_, t) return match_tensor(t, take) end)
    end,
  }
end

-- given: what the function gets; visit(see): see(leaf) for each leaf; form(take): the leaves' results, taken in order,
-- in the form of the value; around(f): f as it has to be called; match(v, take): take(t) for each tensor or number in
-- v, in the order of the leaves, or false where v has another form.
function point(value, fn, i)
  if is_module(value) then return module_point(value) end
  if is_list(value) then return list_point(value, fn, i) end
  local number = type(value) == "number"
  if not number and not tensor.is_tensor(value) then
    errors.raise("%s: argument %d of the function must be a number, a tensor, a list of these or a module, got %s",
      fn, i, errors.shown(value))
  end
  if not number and value.dtype ~= "float32" and value.dtype ~= "float64" then
    errors.raise("%s: argument %d of the function is %s, which has no derivatives; let the function use it from "
      .. "outside", fn, i, value.dtype)
  end
  local leaf = number and tensor.tensor(value, { dtype = "float64", requires_grad = true }) or new_leaf(value)
  return {
    given = leaf,
    visit = function(see) see(leaf) end,
    form = function(take)
      local t = take()
      return number and not t.requires_grad and t:item() or t
    end,
    around = around_nothing,
    match = match_tensor,
  }
end

local function deeper(f, ...)
  local given = table.pack(...)
  depth = depth + 1
  return core.ensure(function() return f(table.unpack(given, 1, given.n)) end, function() depth = depth - 1 end)
end

--- The arguments of a function as points.
-- @tparam string fn for messages
-- @treturn table {n=, [i] = leaf, points = {...}, call = function(f) -> f at the points, recorded = whether the
--   derivatives belong to another graph}
function M.read(fn, ...)
  local values, xs = table.pack(...), { n = 0, points = {}, recorded = depth > 0 and autograd.is_grad_enabled() }
  if values.n == 0 then errors.raise("%s: the function was called without an argument", fn) end
  for i = 1, values.n do
    xs.points[i] = point(values[i], fn, i)
    xs.points[i].visit(function(leaf)
      xs.n = xs.n + 1
      xs[xs.n] = leaf
      xs.recorded = xs.recorded or not leaf.is_leaf
    end)
  end
  if xs.n == 0 then errors.raise("%s: the arguments hold no tensor", fn) end
  function xs.call(f)
    local given = {}
    for i, p in ipairs(xs.points) do
      given[i] = p.given
      f = p.around(f)
    end
    return deeper(f, table.unpack(given, 1, values.n))
  end
  --- A result, without its graph unless that belongs to another one.
  function xs.result(t) return xs.recorded and t or t:detach() end
  return xs
end

--- One result for each leaf, in the forms of the arguments: a value for each of them.
-- @tparam table results tensors in the order of the leaves
function M.forms(xs, results)
  local k, out = 0, {}
  local function take()
    k = k + 1
    return xs.result(results[k])
  end
  for i, p in ipairs(xs.points) do out[i] = p.form(take) end
  return table.unpack(out, 1, #xs.points)
end

local function same_shape(a, b) return table.concat(a.shape, ",") == table.concat(b.shape, ",") end

-- The parts of a vector with an element for each of the points'.
local function parts_of(xs, v)
  local list, at = {}, 1
  for i = 1, xs.n do
    local n = xs[i]:numel()
    if at + n - 1 > v:numel() then return {} end
    list[i] = n > 0 and v[{ { at, at + n - 1 } }]:reshape(xs[i].shape) or tensor.zeros_like(xs[i])
    at = at + n
  end
  return at == v:numel() + 1 and list or {}
end

--- A vector of the points' form, or one vector of all their elements: a tensor for each leaf.
function M.directions(fn, xs, v)
  local list, flat = {}, tensor.is_tensor(v) and v:dim() == 1 and not (xs.n == 1 and same_shape(v, xs[1]))
  if flat then
    list = parts_of(xs, v)
  elseif not xs.points[1].match(v, function(t) list[#list + 1] = t end) then
    list = {}
  end
  local fits = #list == xs.n
  for i, t in ipairs(list) do
    if type(t) == "number" then list[i] = tensor.tensor(t, { dtype = xs[i] and xs[i].dtype }) end
    fits = fits and same_shape(list[i], xs[i])
  end
  if not fits then errors.raise("%s: v must have the form of x, or be a vector of all its elements", fn) end
  return list, flat
end

return M
