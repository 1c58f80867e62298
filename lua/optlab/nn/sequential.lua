--- Sequential(layer, layer, ...): hands its input through its layers in turn.
--
-- Layers are modules or plain Lua functions; `net[i]` is the i-th (from 1, also to replace it), `#net` their number,
-- `net:append(layer)` adds one. The names of parameters count layers from 0, as PyTorch's do.
-- @classmod optlab.nn.Sequential
local class = require "optlab.nn.class"
local core = require "optlab.core".nn
local errors = require "optlab.base.errors"
local module = require "optlab.nn.module"
local module_path = require "optlab.nn.module_path"

-- A plain function as a layer.
local Lambda = class.Module.extend {
  name = "Lambda",
  init = function(self, fn) self.fn = fn end,
  forward = function(self, ...) return self.fn(...) end,
}

-- Checks a new layer and records its path.
local function take(self, i, layer)
  if type(layer) == "function" then layer = Lambda(layer) end
  if not module.is_module(layer) then
    errors.bad_value("nn.Sequential", "layer " .. i, "a layer or a function", layer)
  end
  module_path.adopt(self, layer, ("%d '%s'"):format(i, (module.describe(layer))))
  return layer
end

local Sequential = { name = "Sequential" }

function Sequential:init(...)
  local layers, n = { ... }, select("#", ...)
  if n == 1 and type(layers[1]) == "table" and not getmetatable(layers[1]) then
    layers, n = layers[1], #layers[1]
    for key, value in next, layers do
      if type(key) == "string" and key ~= "n" then -- table.pack counts so
        errors.raise("nn.Sequential: a list of layers has no names, got %s = %s", key, errors.shown(value))
      end
    end
  end
  for i = 1, n do rawset(self, i, take(self, i, layers[i])) end
end

--- Adds a layer at the end.
-- @param layer a module or a function
-- @return self
function Sequential:append(layer)
  local i = #self + 1
  rawset(self, i, take(self, i, layer))
  require("optlab.core").compile.changed()
  return self
end

--- The output of the last layer.
Sequential.forward = core.run_chain

local inherited = class.instance_meta

local function set_layer(self, i, layer)
  if math.type(i) ~= "integer" then return inherited.__newindex(self, i, layer) end
  local new = #self + 1
  if i ~= new then errors.raise("nn.Sequential: there is no layer %d to set, the next one is %d", i, new) end
  self:append(layer)
end

-- The layers, then whatever modules a subclass keeps in fields.
local function own_children(self)
  local list = {}
  for i = 1, #self do list[i] = { tostring(i - 1), self[i] } end
  for _, child in ipairs(inherited.own_children(self)) do list[#list + 1] = child end
  return list
end

local function clear_grads(self, seen)
  if seen[self] then return end
  for i = 1, #self do getmetatable(self[i]).clear_grads(self[i], seen) end
  inherited.clear_grads(self, seen)
end

return class.extend(class.Module, Sequential, {
  __call = core.run_chain,
  __newindex = set_layer,
  own_children = own_children,
  clear_grads = clear_grads,
})
