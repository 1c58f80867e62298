--- Hooks of tensors: functions that see, and may change, a gradient on its way.
--
-- A computed tensor's hook runs in backward as soon as the tensor's gradient is complete. That of a leaf (a parameter)
-- runs when backward has come to its end, with what this backward adds to .grad.
-- @module optlab.autograd.hooks
local args = require "optlab.base.args"
local core = require "optlab.core"
local errors = require "optlab.base.errors"

local autograd, tensor = core.autograd, core.tensor

local REGISTER = args.declare("Tensor:register_hook", {
  doc = "Adds a function that is called with the gradient in each backward; returns a handle.",
  positions = 1,
  { "hook", "callable", required = true, doc = "hook(gradient); may return another gradient of the same shape." },
})

local leaves = setmetatable({}, { __mode = "k" }) -- leaf -> list of hooks
local count = 0 -- hooks of leaves that were not taken away
local before -- leaf -> its .grad before the backward under way

local Handle = { __name = "optlab.TensorHook" }
Handle.__index = Handle

-- What the hooks of a leaf make of its gradient.
local function through(list, g)
  for _, hook in ipairs({ table.unpack(list) }) do
    local other = hook(g)
    if other ~= nil then
      if not tensor.is_tensor(other) then
        errors.raise("Tensor:register_hook: the hook must return a tensor or nil, got %s", errors.shown(other))
      end
      g = other
    end
  end
  return g
end

local function take_grads()
  before = {}
  for leaf in pairs(leaves) do
    before[leaf] = leaf.grad or false
    leaf.grad = nil
  end
end

-- Puts back what was there, and adds what came.
local function give_grads(hooked)
  local old = before
  before = nil
  for leaf, grad in pairs(old) do
    local new = leaf.grad
    if new and hooked and leaves[leaf] then new = through(leaves[leaf], new) end
    if grad and new then new = grad + new end
    leaf.grad = new or grad or nil
  end
end

local function through_all(inputs, gradients)
  if tensor.is_tensor(inputs) then
    return leaves[inputs] and gradients and through(leaves[inputs], gradients) or gradients
  end
  for i, x in ipairs(inputs) do
    if leaves[x] and gradients[i] then gradients[i] = through(leaves[x], gradients[i]) end
  end
  return gradients
end

local function around(what, gradients)
  if what == "before" then return take_grads() end
  if what == "after" or what == "failed" then return give_grads(what == "after") end
  return through_all(what, gradients)
end

local function count_hooks(by)
  count = count + by
  autograd.set_leaf_hooks(count > 0, around)
end

--- Takes the hook away.
function Handle:remove()
  local t = self.tensor
  self.tensor = nil
  if not t then return end
  if self.place then return autograd.remove_hook(t, self.place) end
  for i, hook in ipairs(leaves[t] or {}) do
    if hook == self.hook then
      table.remove(leaves[t], i)
      if #leaves[t] == 0 then leaves[t] = nil end
      return count_hooks(-1)
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
    return setmetatable({ tensor = t, hook = hook, place = autograd.add_hook(t, hook) }, Handle)
  end
  leaves[t] = leaves[t] or {}
  table.insert(leaves[t], hook)
  count_hooks(1)
  return setmetatable({ tensor = t, hook = hook }, Handle)
end

return { register_hook = register_hook }
