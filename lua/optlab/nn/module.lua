--- What every module can do, written once for built-in layers, containers and user-defined modules.
--
-- The metatable of a module answers four questions about it alone (not about what lies in it): `own_parameters(m)` and
-- `own_buffers(m)` give lists of {name, tensor}, `own_children(m)` a list of {name, module}, and `describe(m)` the
-- name of its class and the text between the parentheses. Everything else follows from these.
-- @module optlab.nn.module
local args = require "optlab.base.args"
local core = require "optlab.core".nn
local toggled = require "optlab.core".compile.toggled
local errors = require "optlab.base.errors"
local order = require "optlab.base.order"
local ordered_dict = require "optlab.nn.ordered_dict"

local M = {}

--- Whether a value is a module.
-- @treturn boolean
function M.is_module(value)
  local meta = getmetatable(value)
  return type(meta) == "table" and rawget(meta, "own_parameters") ~= nil
end

--- The name of a module's class and what PyTorch prints between the parentheses.
-- @treturn string
-- @treturn string
function M.describe(m)
  return getmetatable(m).describe(m)
end

local function nothing() return {} end

-- Calls enter(module, prefix) for m and all modules in it, each once, before what lies in it, and leave(module) after
-- that; prefix is "", "0.", "0.fc1.", ...
local function walk(m, enter, leave, prefix, seen)
  seen = seen or {}
  if seen[m] then return end
  seen[m] = true
  enter(m, prefix or "")
  for _, child in ipairs(getmetatable(m).own_children(m)) do
    walk(child[2], enter, leave, (prefix or "") .. child[1] .. ".", seen)
  end
  if leave then leave(m) end
end

-- The same, but a module with several names is entered under each of them. `open`: the modules around it; one that lies
-- in itself is an error.
local function walk_names(m, enter, prefix, open)
  if open[m] then errors.raise("%s: a module cannot contain itself; '%s' does", (M.describe(m)), prefix:sub(1, -2)) end
  open[m] = true
  enter(m, prefix)
  for _, child in ipairs(getmetatable(m).own_children(m)) do
    walk_names(child[2], enter, prefix .. child[1] .. ".", open)
  end
  open[m] = nil
end

-- All tensors of a kind ("own_parameters" or "own_buffers") by their full names; one that has two names counts once.
local function collect(m, kind)
  local all, seen = ordered_dict.new(), {}
  walk(m, function(each, prefix)
    for _, entry in ipairs(getmetatable(each)[kind](each)) do
      if not seen[entry[2]] then
        seen[entry[2]] = true
        all[prefix .. entry[1]] = entry[2]
      end
    end
  end)
  return all
end

-- The parameters alone, in the same order: sweeps ask for them once a run.
local function add_parameters(m, list, seen)
  if seen[m] then return list end
  seen[m] = true
  local meta = getmetatable(m)
  for _, entry in ipairs(meta.own_parameters(m)) do
    local p = entry[2]
    if not seen[p] then
      seen[p] = true
      list[#list + 1] = p
    end
  end
  for _, child in ipairs(meta.own_children(m)) do add_parameters(child[2], list, seen) end
  return list
end

local function values(d)
  local list = {}
  for _, value in pairs(d) do list[#list + 1] = value end
  return list
end

-- --- methods ------------------------------------------------------------------------------------------------------

local methods = {}
M.methods = methods

local function declare(name, rows) return args.declare("Module:" .. name, rows) end

-- The methods without arguments.
local NONE = {}
for name, doc in pairs {
  parameters = "All parameters, a list.",
  named_parameters = "All parameters by name; pairs visits them in order.",
  buffers = "Tensors that belong to the state but get no gradient, such as running means: a list.",
  named_buffers = "All buffers by name; pairs visits them in order.",
  children = "The modules directly inside, a list.",
  named_children = "The modules directly inside by name; pairs visits them in order.",
  modules = "The module itself and all modules inside, a list.",
  zero_grad = "Removes the gradients of all parameters.",
  eval = "Switches the module and all modules inside to evaluation mode; returns the module.",
  state_dict = "Copies of all parameters and buffers by name.",
} do
  NONE[name] = declare(name, { doc = doc })
end

local TRAIN = declare("train", {
  doc = "Switches the module and all modules inside to training mode; returns the module.",
  positions = 1, { "mode", "flag", default = true, doc = "true for training mode, false for evaluation mode." },
})
local APPLY = declare("apply", {
  doc = "Calls a function with every module inside, and with the module itself last; returns the module.",
  positions = 1, { "fn", "callable", required = true, doc = "Called with each module, the inner ones first." },
})
local REQUIRES_GRAD = declare("requires_grad_", {
  doc = "Says whether the parameters get gradients; returns the module.",
  positions = 1, { "on", "flag", default = true, doc = "Whether the parameters get gradients." },
})
local TO = declare("to", {
  doc = "Converts parameters and buffers to another dtype in place; returns the module.",
  positions = 1, { "dtype", "float_dtype", required = true, doc = "The new dtype of parameters and buffers." },
})
local LOAD_STATE_DICT = declare("load_state_dict", {
  doc = "Copies tensors into the parameters and buffers of the same names; returns the names missing on either side.",
  positions = 1,
  { "state", "table", required = true, doc = "Tensors by name, as state_dict returns them." },
  { "strict", "flag", default = true, doc = "Whether names that are missing on either side are an error." },
})

--- All parameters, in PyTorch's order: a plain list, as optimizers take it. The tensors are the same ones at every
-- call.
-- @treturn {Tensor,...}
function methods:parameters(...)
  NONE.parameters:read(...)
  if type(self) == "userdata" then return core.parameter_list(self) end
  return add_parameters(self, {}, {})
end

--- All parameters by name, in order.
-- @treturn table name -> tensor; `pairs` and `for name, p in m:named_parameters() do` keep the order
function methods:named_parameters(...)
  NONE.named_parameters:read(...)
  return collect(self, "own_parameters")
end

--- State without a gradient, such as running means.
-- @treturn {Tensor,...}
function methods:buffers(...)
  NONE.buffers:read(...)
  return values(self:named_buffers())
end

--- Buffers by name, in order.
-- @treturn table name -> tensor
function methods:named_buffers(...)
  NONE.named_buffers:read(...)
  return collect(self, "own_buffers")
end

--- The modules directly inside this one.
-- @treturn {Module,...}
function methods:children(...)
  NONE.children:read(...)
  return values(self:named_children())
end

--- The modules directly inside this one by name, in order.
-- @treturn table name -> module
function methods:named_children(...)
  NONE.named_children:read(...)
  local all = ordered_dict.new()
  for _, child in ipairs(getmetatable(self).own_children(self)) do all[child[1]] = child[2] end
  return all
end

--- This module and all modules inside it, parents first.
-- @treturn {Module,...}
function methods:modules(...)
  NONE.modules:read(...)
  local list = {}
  walk(self, function(m) list[#list + 1] = m end)
  return list
end

--- Forgets the gradients of all parameters (p.grad = nil).
function methods:zero_grad(...)
  NONE.zero_grad:read(...)
  getmetatable(self).clear_grads(self, {})
end

--- Training mode: dropout drops, batch norm uses the batch.
-- @tparam[opt=true] boolean mode
-- @return self
function methods:train(...)
  local mode = TRAIN:read(...).mode
  walk(self, function(m)
    if type(m) == "table" and m.training ~= mode then toggled(m) end
    m.training = mode
  end)
  return self
end

--- Evaluation mode: `train(false)`.
-- @return self
function methods:eval(...)
  NONE.eval:read(...)
  return self:train(false)
end

--- Calls fn(module) for every module inside, then for this one.
-- @tparam function fn
-- @return self
-- @usage net:apply(function(m) if m.class == nn.Linear then nn.init.normal_(m.weight, {std=0.01}) end end)
function methods:apply(...)
  local fn = APPLY:read(...).fn
  walk(self, nothing, fn)
  return self
end

--- Switches gradients of all parameters on or off, to freeze a part of a model.
-- @tparam[opt=true] boolean on
-- @return self
function methods:requires_grad_(...)
  local on = REQUIRES_GRAD:read(...).on
  for _, p in ipairs(self:parameters()) do p.requires_grad = on end
  return self
end

--- Converts all parameters and buffers in place, so that optimizers which hold them see it.
-- @tparam string dtype "float32" or "float64"
-- @return self
function methods:to(...)
  local dtype = TO:read(...).dtype
  for _, kind in ipairs { "own_parameters", "own_buffers" } do
    for _, t in pairs(collect(self, kind)) do core.convert_(t, dtype) end
  end
  return self
end

-- --- saving and loading -------------------------------------------------------------------------------------------

-- Parameters and buffers, module by module, as PyTorch orders them; what is shared has all its names.
local function state(m)
  local all = ordered_dict.new()
  walk_names(m, function(each, prefix)
    local meta = getmetatable(each)
    for _, entry in ipairs(meta.own_parameters(each)) do all[prefix .. entry[1]] = entry[2] end
    for _, entry in ipairs(meta.own_buffers(each)) do all[prefix .. entry[1]] = entry[2] end
  end, "", {})
  return all
end

--- Copies of all parameters and buffers by name, in order. Unlike PyTorch's, they do not change with later training.
-- @treturn table name -> tensor
function methods:state_dict(...)
  NONE.state_dict:read(...)
  local copies = ordered_dict.new()
  for name, t in pairs(state(self)) do copies[name] = t:detach():clone() end
  return copies
end

local function shape_text(t)
  return "(" .. table.concat(t.shape, ", ") .. ")"
end

local function check_entry(name, own, given)
  if core.kind(given) ~= "tensor" then
    errors.raise("Module:load_state_dict: '%s' must be a tensor, got %s", name, errors.shown(given))
  end
  if shape_text(own) ~= shape_text(given) then
    errors.raise("Module:load_state_dict: '%s' has shape %s here, %s in the table", name, shape_text(own),
      shape_text(given))
  end
end

-- Names in `a` that `b` lacks.
local function lacking(a, b)
  local names = {}
  for name in pairs(a) do
    if b[name] == nil then names[#names + 1] = tostring(name) end
  end
  order.sort(names)
  return names
end

--- Copies values into the parameters and buffers of these names. Nothing is changed unless all of it fits.
-- @tparam table source name -> tensor, as `state_dict` gives it
-- @tparam[opt] table options see the declaration above
-- @treturn {string,...} names that the table lacked
-- @treturn {string,...} names that the module lacks
function methods:load_state_dict(...)
  local options = LOAD_STATE_DICT:read(...)
  local source = options.state
  local own = state(self)
  local missing, unexpected = lacking(own, source), lacking(source, own)
  if options.strict and #missing + #unexpected > 0 then
    local parts = {}
    if #missing > 0 then parts[1] = "missing: " .. table.concat(missing, ", ") end
    if #unexpected > 0 then parts[#parts + 1] = "unknown: " .. table.concat(unexpected, ", ") end
    local what = table.concat(parts, "; ")
    errors.raise("Module:load_state_dict: the names do not fit (%s); {strict=false} loads what does", what)
  end
  for name, t in pairs(own) do
    if source[name] ~= nil then check_entry(name, t, source[name]) end
  end
  for name, t in pairs(own) do
    if source[name] ~= nil then core.copy_(t, source[name]) end
  end
  return missing, unexpected
end

-- --- printing -----------------------------------------------------------------------------------------------------

-- A module as PyTorch prints it: its class, its settings, and the modules inside, indented.
local function text_of(m, open)
  local name, extra = M.describe(m)
  local lines = {}
  if open[m] then return name .. "(...)" end -- it lies in itself
  open[m] = true
  for _, child in ipairs(getmetatable(m).own_children(m)) do
    lines[#lines + 1] = ("  (%s): %s"):format(child[1], (text_of(child[2], open):gsub("\n", "\n  ")))
  end
  open[m] = nil
  if #lines == 0 then return ("%s(%s)"):format(name, extra) end
  if extra ~= "" then table.insert(lines, 1, "  " .. extra) end
  return ("%s(\n%s\n)"):format(name, table.concat(lines, "\n"))
end

--- A module as PyTorch prints it.
-- @treturn string
function M.tostring(m) return text_of(m, {}) end

-- --- built-in layers ----------------------------------------------------------------------------------------------

for name, method in pairs(methods) do core.methods[name] = method end

core.metatable.own_parameters = core.own_parameters
core.metatable.own_buffers = core.own_buffers
core.metatable.own_children = nothing
core.metatable.clear_grads = core.clear_grads
core.metatable.swap_tensor = core.swap_tensor
core.metatable.describe = core.describe
core.metatable.__tostring = M.tostring

return M
