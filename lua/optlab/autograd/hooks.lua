--- Hooks of tensors: functions that see, and may change, a gradient on its way.
--
-- A computed tensor's hook runs in backward as soon as the tensor's gradient is complete. That of a leaf (a parameter)
-- runs when backward has come to its end, with what this backward adds to .grad.
-- @module optlab.autograd.hooks
local args = require "optlab.base.args"
local core = require "optlab.core"
local errors = require "optlab.base.errors"

local autograd, tensor = core.autograd, core.tensor
local changed = core.compile.changed -- compiled steps have the hooks that there were

local REGISTER = args.declare("Tensor:register_hook", {
  doc = "Adds a function that is called with the gradient in each backward pass; returns a handle.",
  positions = 1,
  { "hook", "callable", required = true, doc = "hook(gradient); may return another gradient of the same shape." },
})

local leaves = setmetatable({}, { __mode = "k" }) -- leaf -> list of its hooks, each {hook=}, with its `number`
local last_number = 0 -- of the leaves, in the order in which they got their first hook

local Handle = { __name = "optlab.TensorHook" }
Handle.__index = Handle

local function shape_text(t) return table.concat(t.shape, ", ") end

-- A gradient that a hook returned instead of g.
local function checked(other, g)
  if not tensor.is_tensor(other) then
    errors.raise("Tensor:register_hook: the hook must return a tensor or nil, got %s", errors.shown(other))
  end
  if other.dtype ~= g.dtype or shape_text(other) ~= shape_text(g) then
    errors.raise("Tensor:register_hook: the hook must return a %s tensor of shape (%s), got %s of shape (%s)",
      g.dtype, shape_text(g), other.dtype, shape_text(other))
  end
  return other
end

-- What the hooks of a leaf make of its gradient; recorded where the gradient is.
local function through(list, g, create_graph)
  if not create_graph then return autograd.no_grad(through, list, g, true) end
  for _, entry in ipairs({ table.unpack(list) }) do
    local other = entry.hook(g)
    if other ~= nil then g = checked(other, g) end
  end
  return g
end

local around

local function set_hooks(leaf, list)
  leaves[leaf] = list
  autograd.set_leaf_hooks(next(leaves) ~= nil, around)
end

local function grad_of(leaf) return leaf.grad end

-- The leaves with hooks, without their .grad, which stands beside them: {leaf, .grad or nil}.
local function take_grads()
  local taken = {}
  for leaf, list in pairs(leaves) do
    local is_open, grad = pcall(grad_of, leaf)
    if is_open then taken[#taken + 1] = { leaf, grad, number = list.number } else set_hooks(leaf, nil) end
  end
  table.sort(taken, function(a, b) return a.number < b.number end)
  for _, each in ipairs(taken) do each[1].grad = nil end
  return taken
end

local function add_to_grad(leaf, g, create_graph)
  if not leaf.grad then
    leaf.grad = g
  elseif create_graph then
    leaf.grad = leaf.grad + g
  else
    autograd.no_grad(leaf.grad.add_, leaf.grad, g)
  end
end

-- Puts back what was taken, and adds to it what came instead, through the hooks unless backward failed.
local function give_grads(taken, create_graph, failed)
  for _, each in ipairs(taken) do
    local leaf = each[1]
    each.new, leaf.grad = leaf.grad, each[2]
  end
  for _, each in ipairs(taken) do
    local leaf, new = each[1], each.new
    if new then
      local g = failed and new or through(leaves[leaf] or {}, new, create_graph)
      add_to_grad(leaf, rawequal(g, new) and g or g:clone(), create_graph)
    end
  end
end

local function through_all(inputs, create_graph, gradients)
  if tensor.is_tensor(inputs) then
    return leaves[inputs] and gradients and through(leaves[inputs], gradients, create_graph) or gradients
  end
  for i, x in ipairs(inputs) do
    if leaves[x] and gradients[i] then gradients[i] = through(leaves[x], gradients[i], create_graph) end
  end
  return gradients
end

-- See set_leaf_hooks in src/lua/autograd/lautogradlib.c.
function around(what, create_graph, result)
  if what == "before" then return take_grads() end
  if type(result) == "boolean" then return give_grads(what, create_graph, result) end
  return through_all(what, create_graph, result)
end

--- Takes the hook away.
function Handle:remove()
  local t = self.tensor
  self.tensor = nil
  if not t then return end
  if self.place then return autograd.remove_hook(t, self.place) end
  local list = leaves[t] or {}
  for i, entry in ipairs(list) do
    if entry == self.entry then
      table.remove(list, i)
      changed()
      if #list == 0 then set_hooks(t, nil) end
      return
    end
  end
end

--- Adds a function that is called with the gradient.
-- @tparam function hook hook(gradient), which may return another gradient
-- @treturn TensorHook with remove()
-- @usage net[1].weight:register_hook(function(g) return g:clamp(-1, 1) end)
local function register_hook(t, ...)
  local hook = REGISTER:read(...).hook
  if not t.requires_grad then
    errors.raise("Tensor:register_hook: a tensor that does not require a gradient has none to call a hook with")
  end
  if not t.is_leaf then
    return setmetatable({ tensor = t, place = autograd.add_hook(t, hook) }, Handle)
  end
  if not leaves[t] then
    last_number = last_number + 1
    set_hooks(t, { number = last_number })
  end
  local entry = { hook = hook }
  table.insert(leaves[t], entry)
  changed()
  return setmetatable({ tensor = t, entry = entry }, Handle)
end

return { register_hook = register_hook }
