--- What the classes of recurrent layers and cells have in common: their arguments, and how an instance is made of them.
-- @module optlab.nn.recurrent.define
local args = require "optlab.base.args"
local class = require "optlab.nn.class"
local weights = require "optlab.nn.recurrent.weights"

local ROWS = {
  input_size = { "integer", min = 1, required = true, doc = "Size of the input at each step." },
  hidden_size = { "integer", min = 1, required = true, doc = "Size of the state." },
  num_layers = { "integer", min = 1, default = 1,
    doc = "Number of layers, each of which reads the outputs of the one before." },
  nonlinearity = { "choice", choices = { "tanh", "relu" }, default = "tanh", doc = "The function that is applied to "
    .. "the sum." },
  bias = { "flag", default = true, doc = "Whether to add two learned biases." },
  batch_first = { "flag", default = false,
    doc = "Sequences are (batch, steps, ...) instead of (steps, batch, ...); the shape of states is the same." },
  dropout = { "number", min = 0, max = 1, default = 0, doc = "Dropout between the layers, in training." },
  bidirectional = { "flag", default = false,
    doc = "Whether a second set of weights reads backwards; the outputs of both are concatenated." },
  dtype = { "float_dtype", doc = "Dtype of the parameters; by default the default dtype." },
}

-- A row of a declaration: a copy under its name.
local function row(name)
  local copy = { name, ROWS[name][1] }
  for key, value in pairs(ROWS[name]) do
    if key ~= 1 then copy[key] = value end
  end
  return copy
end

local function declare(name, doc, rows, kind)
  local declaration = { doc = doc, positions = kind and 3 or 4 }
  for _, each in ipairs(rows) do
    if each ~= "nonlinearity" or not kind then declaration[#declaration + 1] = row(each) end
  end
  return args.declare("nn." .. name, declaration)
end

--- A class of recurrent modules.
-- @tparam string name
-- @tparam string doc
-- @tparam table how {rows = names of arguments, make = what makes the parameters (weights.lua), forward, extra_repr}
-- @tparam ?string kind "lstm" or "gru"; nil: what the argument nonlinearity says
-- @tparam integer gates blocks of the weights
return function(name, doc, how, kind, gates)
  local ARGS = declare(name, doc, how.rows, kind)
  local Class = { name = name, forward = how.forward, extra_repr = how.extra_repr }

  function Class:init(...)
    local o = ARGS:read(...)
    for key, value in pairs(o) do
      if key ~= "dtype" then rawset(self, key, value) end
    end
    rawset(self, "callee", "nn." .. name)
    rawset(self, "kind", kind or o.nonlinearity)
    how.make(self, gates, o.dtype)
  end

  --- First values of all parameters: uniform within 1 / sqrt(hidden_size) of 0.
  function Class:reset_parameters() weights.reset(self) end

  return class.extend(class.Module, Class)
end
