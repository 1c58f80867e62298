--- Modules written in Lua: `nn.Module.extend{name=, init=, forward=}` makes a class, calling the class makes a module.
--
--    local Net = nn.Module.extend{name = "Net"}
--    function Net:init(hidden)
--      self.fc1 = nn.Linear(1, hidden)
--      self.fc2 = nn.Linear(hidden, 1)
--      self.scale = lab.ones(1, {requires_grad=true})
--    end
--    function Net:forward(x) return self.fc2(lab.tanh(self.fc1(x))) * self.scale end
--    local net = Net(10)
--    net(x)
--
-- A field that is a module becomes a child, a leaf tensor that requires a gradient becomes a parameter, in the order of
-- assignment (optlab.nn.fields); so do those in a table in a field. `self:register_buffer(name, tensor)` adds state
-- without a gradient. Own methods go into the class; `extra_repr(self)` adds to what printing shows. A class has
-- `extend` too.
-- @module optlab.nn.class
local args = require "optlab.base.args"
local errors = require "optlab.base.errors"
local fields = require "optlab.nn.fields"
local module = require "optlab.nn.module"

local M = {}

local function clear_grads(self, seen)
  if seen[self] then return end
  seen[self] = true
  fields.visit(self, function(_, value, kind)
    if kind == "parameter" then value.grad = nil end
    if kind == "child" then getmetatable(value).clear_grads(value, seen) end
  end)
end

-- --- the class of all classes ---------------------------------------------------------------------------------------

local REGISTER_BUFFER = args.declare("Module:register_buffer", {
  doc = "Adds a tensor that belongs to the module's state but gets no gradient.",
  positions = 2,
  { "name", "string", required = true, doc = "The name of the field." },
  { "tensor", "tensor", required = true, doc = "The tensor." },
})
local EXTEND = args.declare("nn.Module.extend", {
  doc = "Makes a class of modules.",
  positions = 1, { "definition", "table", required = true,
    doc = "The methods of the class, init and forward among them, and its name." },
})

local Module = { name = "Module" }
for name, method in pairs(module.methods) do Module[name] = method end

--- Adds a tensor that belongs to the module's state but gets no gradient.
-- @tparam string name
-- @tparam Tensor tensor
function Module:register_buffer(...)
  local o = REGISTER_BUFFER:read(...)
  fields.set_buffer(self, o.name, o.tensor)
end

--- What the module computes; every class defines its own.
function Module:forward()
  errors.raise("%s: no forward is defined; write function %s:forward(x) ... end", self.class.name, self.class.name)
end

--- Settings to show when printed.
-- @treturn string
function Module:extra_repr() -- luacheck: ignore self
  return ""
end

local function call(self, ...)
  return self:forward(...)
end

local ROOT_META = {
  __name = "optlab.Module",
  __call = call,
  __newindex = fields.set,
  __tostring = module.tostring,
  own_parameters = fields.lister("parameter"),
  own_buffers = fields.lister("buffer"),
  own_children = fields.lister("child"),
  clear_grads = clear_grads,
  swap_tensor = fields.swap,
  describe = function(self) return self.class.name, self:extra_repr() end,
}

local meta_of = { [Module] = ROOT_META } -- class -> metatable of its instances

local function instantiate(class, ...)
  local self = setmetatable({ training = true }, meta_of[class])
  fields.start(self)
  if class.init then class.init(self, ...) end
  return self
end

-- Class.extend{...} and Class:extend{...} are the same.
local function extender(class)
  return function(first, ...)
    if first == class then return M.extend(class, EXTEND:read(...).definition) end
    return M.extend(class, EXTEND:read(first, ...).definition)
  end
end

-- Python's names of methods, which nothing calls here.
local MEANT = { __init = "init", __init__ = "init", __call__ = "forward", __repr__ = "extra_repr" }

-- What modules do must stay functions in a class of one's own.
local function check_member(class, key, value)
  local meant = MEANT[key]
  if meant then
    errors.raise("%s: '%s' is called %s here: function %s:%s(...)", class.name, key, meant, class.name, meant)
  end
  if type(value) ~= "function" and (module.methods[key] or Module[key]) and key ~= "name" then
    errors.raise("%s: '%s' is a method of modules and must be a function, got %s", class.name, tostring(key),
      errors.shown(value))
  end
end

-- A class below `parent`; `meta` adds to or replaces entries of the instances' metatable.
local function derive(parent, class, meta)
  local inherited = {}
  for key, value in pairs(meta_of[parent]) do inherited[key] = value end
  if rawget(class, "forward") then inherited.__call = call end
  for key, value in pairs(meta or {}) do inherited[key] = value end
  inherited.__index = class
  class.class = class
  class.super = parent
  meta_of[class] = inherited
  class.extend = extender(class)
  -- a forward that is written after extend{} is found by the inherited `call`, unless the parent has a call of its own
  return setmetatable(class, {
    __index = parent,
    __call = instantiate,
    __newindex = function(t, key, value)
      check_member(t, key, value)
      if key == "forward" then inherited.__call = call end
      rawset(t, key, value)
    end,
  })
end

--- A class below `parent`.
-- @tparam table parent a class
-- @tparam table definition {name=, init=function(self, ...), forward=function(self, ...), other methods}; becomes the
-- class
-- @tparam[opt] table meta entries of the instances' metatable (for containers)
-- @treturn table the class
function M.extend(parent, definition, meta)
  for key, kind in pairs { name = "string", init = "function", forward = "function", extra_repr = "function" } do
    if definition[key] ~= nil then args.check(EXTEND.callee, key, definition[key], kind) end
  end
  for key, value in pairs(definition) do check_member(definition.name and definition or parent, key, value) end
  return derive(parent, definition, meta)
end

ROOT_META.__index = Module
Module.class = Module
Module.extend = extender(Module)
M.instance_meta = ROOT_META -- what containers build on
M.Module = setmetatable(Module, { __call = instantiate })

return M
