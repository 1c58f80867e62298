--- Hooks of modules: functions that are called before and after forward, and with the gradients in backward.
--
-- A module without hooks costs nothing: only one that has some is called through `call` below. Built-in modules have a
-- flag for it, those written in Lua get a metatable of their own.
-- @module optlab.nn.hooks
local args = require "optlab.base.args"
local class = require "optlab.nn.class"
local core = require "optlab.core".nn
local changed = require "optlab.core".compile.changed
local errors = require "optlab.base.errors"
local module = require "optlab.nn.module"
local autograd = require "optlab.core".autograd
local tensor = require "optlab.core".tensor

local M = {}

local KINDS = { "before", "after", "backward" }

local function declare(name, doc, fn)
  return args.declare("Module:" .. name, {
    doc = doc, positions = 1, { "hook", "callable", required = true, doc = fn },
  })
end

local BEFORE = declare("register_forward_pre_hook", "Adds a function that is called before forward; returns a handle.",
  "hook(module, inputs), inputs being a list; may return other inputs, one or a list.")
local AFTER = declare("register_forward_hook", "Adds a function that is called after forward; returns a handle.",
  "hook(module, inputs, output); may return another output.")
local BACKWARD = declare("register_full_backward_hook",
  "Adds a function that is called when the module's gradients are known; returns a handle.",
  "hook(module, grad_inputs, grad_outputs), two lists; may return other gradients of the inputs.")

local hooks_of = setmetatable({}, { __mode = "k" }) -- module -> {before = {...}, after = {...}, backward = {...}}
local bare_of = setmetatable({}, { __mode = "k" }) -- module written in Lua -> its class's metatable

--- The metatable of a module's class, whether it has hooks or not.
function M.bare_metatable(m)
  return bare_of[m] or getmetatable(m)
end

local function bare_call(m, ...)
  if core.kind(m) == "module" then return m:forward(...) end
  return M.bare_metatable(m).__call(m, ...)
end

local function is_list(value) return type(value) == "table" and getmetatable(value) == nil end

-- What a hook returned in the place of several values.
local function values_of(value)
  if is_list(value) then return table.pack(table.unpack(value)) end
  return table.pack(value)
end

-- Calls use(hook) for the hooks of a kind that there are now; they may take away each other, and themselves.
local function each_hook(m, kind, use)
  local list = hooks_of[m] and hooks_of[m][kind] or {}
  for _, entry in ipairs({ table.unpack(list) }) do
    if not entry.removed then use(entry.hook) end
  end
end

-- The tensors of a list as one vector, and how it is taken apart again: elements of one dtype.
local function join(given)
  local parts = {}
  for i, x in ipairs(given) do parts[i] = x:detach():reshape(-1) end
  return tensor.cat(parts)
end

local function split(vector, given)
  local parts, at = {}, 1
  for i, x in ipairs(given) do
    local n = x:numel()
    local part = n > 0 and vector:narrow(1, at, n) or vector:narrow(1, 1, 0)
    parts[i] = part:reshape(x.shape):to(x.dtype)
    at = at + n
  end
  return parts
end

-- The tensors of a list once more; in backward, fn gets the list of their gradients and returns such a list.
local function identity(given, fn)
  if #given == 1 then
    return { autograd.custom(given[1]:detach(), given, function(d) return fn { d } end) }
  end
  return split(autograd.custom(join(given), given, function(d) return fn(split(d, given)) end), given)
end

local function call_before(m, inputs)
  each_hook(m, "before", function(hook)
    local others = hook(m, inputs)
    if others ~= nil then inputs = values_of(others) end
  end)
  return inputs
end

-- Calls see(gradient) when the gradient of y is known; see's result is not looked at.
local function watch_output(y, see)
  if tensor.is_tensor(y) and y.requires_grad then y:register_hook(function(g) see(g) end) end
  return y
end

-- The gradients of n inputs that a hook returned.
local function other_gradients(others, n)
  local list = values_of(others)
  if list.n ~= n then
    errors.raise("Module:register_full_backward_hook: the hook must return %d gradients, one for each input, or nil; "
      .. "got %d", n, list.n)
  end
  return list
end

-- Gradients of a module's inputs and outputs pass through identities; the one at the inputs runs last and calls.
local function watch_gradients(m, inputs)
  local places, given, of_outputs = {}, {}, {}
  for i = 1, inputs.n do
    local x = inputs[i]
    if tensor.is_tensor(x) and x.requires_grad then places[#places + 1], given[#given + 1] = i, x end
  end
  if #given == 0 then
    return inputs, function(g)
      each_hook(m, "backward", function(hook) hook(m, {}, { g }) end)
    end
  end
  local passed = identity(given, function(grads)
    each_hook(m, "backward", function(hook)
      local others = hook(m, grads, of_outputs)
      if others ~= nil then grads = other_gradients(others, #grads) end
    end)
    of_outputs = {} -- nothing of this backward is kept
    return grads
  end)
  local replaced = table.pack(table.unpack(inputs, 1, inputs.n))
  for k, i in ipairs(places) do replaced[i] = passed[k] end
  return replaced, function(g) of_outputs = { g } end
end

local function call(m, ...)
  local inputs = call_before(m, table.pack(...))
  local see
  if hooks_of[m] and #hooks_of[m].backward > 0 then inputs, see = watch_gradients(m, inputs) end
  local outputs = table.pack(bare_call(m, table.unpack(inputs, 1, inputs.n)))
  if see then outputs[1] = watch_output(outputs[1], see) end
  each_hook(m, "after", function(hook)
    local other = hook(m, inputs, outputs.n > 1 and outputs or outputs[1])
    if other ~= nil then outputs = values_of(other) end
  end)
  return table.unpack(outputs, 1, outputs.n)
end

core.set_hook_caller(call)

-- Calls of m go through `call` from now on, or no longer.
local function set_hooked(m, on)
  changed()
  if core.kind(m) == "module" then return core.set_hooked(m, on) end
  if on == (bare_of[m] ~= nil) then return end
  local bare = M.bare_metatable(m)
  if not on then
    setmetatable(m, bare)
    bare_of[m] = nil
    return
  end
  local own = {}
  for key, value in pairs(bare) do own[key] = value end
  own.__call = call
  bare_of[m] = bare
  setmetatable(m, own)
end

local Handle = { __name = "optlab.HookHandle" }
Handle.__index = Handle

--- Takes the hook away.
function Handle:remove()
  local hooks, entry = hooks_of[self.module], self.entry
  if entry.removed then return end
  entry.removed = true
  for i, each in ipairs(hooks[self.kind]) do
    if each == entry then
      table.remove(hooks[self.kind], i)
      break
    end
  end
  for _, kind in ipairs(KINDS) do
    if #hooks[kind] > 0 then return end
  end
  hooks_of[self.module] = nil
  set_hooked(self.module, false)
end

local function register(m, kind, hook)
  if not module.is_module(m) then errors.bad_value("Module:register_hook", "self", "a module", m) end
  local hooks = hooks_of[m] or { before = {}, after = {}, backward = {} }
  local entry = { hook = hook }
  table.insert(hooks[kind], entry)
  hooks_of[m] = hooks
  set_hooked(m, true)
  return setmetatable({ module = m, kind = kind, entry = entry }, Handle)
end

local methods = {}

--- Adds a function that is called before forward.
-- @tparam function hook hook(module, inputs)
-- @treturn HookHandle with remove()
function methods:register_forward_pre_hook(...)
  return register(self, "before", BEFORE:read(...).hook)
end

--- Adds a function that is called after forward.
-- @tparam function hook hook(module, inputs, output)
-- @treturn HookHandle with remove()
function methods:register_forward_hook(...)
  return register(self, "after", AFTER:read(...).hook)
end

--- Adds a function that is called with the gradients of inputs and outputs.
-- @tparam function hook hook(module, grad_inputs, grad_outputs)
-- @treturn HookHandle with remove()
function methods:register_full_backward_hook(...)
  return register(self, "backward", BACKWARD:read(...).hook)
end

for name, method in pairs(methods) do
  module.methods[name] = method
  core.methods[name] = method
  class.Module[name] = method
end

return M
