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
  return bare_of[m].__call(m, ...)
end

local function is_list(value) return type(value) == "table" and getmetatable(value) == nil end

-- The tensors of a list once more; in backward, fn gets the list of their gradients and returns such a list.
local function identity(given, fn)
  local parts, from = {}, 1
  for i, x in ipairs(given) do parts[i] = x:detach():reshape(-1) end
  local joined = autograd.custom(tensor.cat(parts), given, function(d)
    local grads, at = {}, 1
    for i, x in ipairs(given) do
      grads[i] = d:narrow(1, at, x:numel()):reshape(x.shape)
      at = at + x:numel()
    end
    return fn(grads)
  end)
  local passed = {}
  for i, x in ipairs(given) do
    passed[i] = joined:narrow(1, from, x:numel()):reshape(x.shape)
    from = from + x:numel()
  end
  return passed
end

local function call_before(m, hooks, inputs)
  for _, hook in ipairs(hooks.before) do
    local others = hook(m, inputs)
    if others ~= nil then inputs = is_list(others) and table.pack(table.unpack(others)) or table.pack(others) end
  end
  return inputs
end

-- Gradients of a module's inputs and outputs pass through identities; the one at the inputs runs last and calls.
local function watch_gradients(m, hooks, inputs)
  local watched, seen = {}, { inputs = {}, outputs = {} }
  for i = 1, inputs.n do
    local x = inputs[i]
    if tensor.is_tensor(x) and x.requires_grad then watched[#watched + 1] = i end
  end
  if #watched == 0 then
    return inputs, function(y)
      if tensor.is_tensor(y) and y.requires_grad then
        y:register_hook(function(g)
          for _, hook in ipairs(hooks.backward) do hook(m, {}, { g }) end
        end)
      end
      return y
    end
  end
  local given = {}
  for k, i in ipairs(watched) do given[k] = inputs[i] end
  local passed = identity(given, function(grads)
    for _, hook in ipairs(hooks.backward) do
      local others = hook(m, grads, seen.outputs)
      if others ~= nil then grads = is_list(others) and others or { others } end
    end
    return grads
  end)
  local replaced = table.pack(table.unpack(inputs, 1, inputs.n))
  for k, i in ipairs(watched) do replaced[i] = passed[k] end
  return replaced, function(y)
    if tensor.is_tensor(y) and y.requires_grad then
      y:register_hook(function(g) seen.outputs = { g } end)
    end
    return y
  end
end

local function call(m, ...)
  local hooks = hooks_of[m]
  local inputs = call_before(m, hooks, table.pack(...))
  local watch
  if #hooks.backward > 0 then inputs, watch = watch_gradients(m, hooks, inputs) end
  local outputs = table.pack(bare_call(m, table.unpack(inputs, 1, inputs.n)))
  if watch then outputs[1] = watch(outputs[1]) end
  for _, hook in ipairs(hooks.after) do
    local output = outputs[1]
    if outputs.n > 1 then output = outputs end
    local other = hook(m, inputs, output)
    if other ~= nil then outputs = is_list(other) and table.pack(table.unpack(other)) or table.pack(other) end
  end
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
  local hooks = hooks_of[self.module]
  for i, hook in ipairs(hooks and hooks[self.kind] or {}) do
    if hook == self.hook then
      table.remove(hooks[self.kind], i)
      break
    end
  end
  for _, kind in ipairs(KINDS) do
    if hooks and #hooks[kind] > 0 then return end
  end
  if hooks then
    hooks_of[self.module] = nil
    set_hooked(self.module, false)
  end
end

local function register(m, kind, hook)
  if not module.is_module(m) then errors.bad_value("Module:register_hook", "self", "a module", m) end
  local hooks = hooks_of[m] or { before = {}, after = {}, backward = {} }
  table.insert(hooks[kind], hook)
  hooks_of[m] = hooks
  set_hooked(m, true)
  return setmetatable({ module = m, kind = kind, hook = hook }, Handle)
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
