--- Recurrent cells: RNNCell, LSTMCell and GRUCell, one step at a time.
--
--    local cell = nn.LSTMCell(8, 32)
--    local h, c = cell(x)              -- x (batch, 8) or (8)
--    h, c = cell(more, {h, c})
-- @module optlab.nn.recurrent.cells
local args = require "optlab.base.args"
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local class = require "optlab.nn.class"
local weights = require "optlab.nn.recurrent.weights"

local M = {}

local function rows(with_nonlinearity)
  local list = {
    { "input_size", "integer", min = 1, required = true, doc = "Numbers that enter at each step." },
    { "hidden_size", "integer", min = 1, required = true, doc = "Numbers of the state." },
    { "bias", "flag", default = true, doc = "Whether to add two learned biases." },
    with_nonlinearity
      and { "nonlinearity", "choice", choices = { "tanh", "relu" }, default = "tanh", doc = "What follows the sum." }
      or nil,
  }
  list[#list + 1] = { "dtype", "float_dtype", doc = "Dtype of the parameters; by default the default dtype." }
  return list
end

-- A state of one step: nil, or (batch, hidden_size), as a single one (hidden_size).
local function check_state(self, state, name, single)
  if state == nil then return nil end
  args.check(self.callee, name, state, "tensor")
  return single and state:dim() == 1 and state:unsqueeze(1) or state
end

local function forward(self, input, state)
  args.check(self.callee, "input", input, "tensor")
  local single = input:dim() == 1
  if not single and input:dim() ~= 2 then
    errors.raise("%s: input must be (batch, input_size) or (input_size)", self.callee)
  end
  local h, c = state, nil
  if self.kind == "lstm" and state ~= nil then
    if type(state) ~= "table" or #state ~= 2 then errors.bad_value(self.callee, "state", "a list {h, c}", state) end
    h, c = state[1], state[2]
  end
  local w = weights.of(self)
  local x = (single and input:unsqueeze(1) or input):unsqueeze(1)
  local _, last_h, last_c = core.nn.rnn(self.callee, self.kind,
    { x, nil, check_state(self, h, "h", single), check_state(self, c, "c", single), w[1], w[2], w[3], w[4] })
  if not single then return last_h, last_c end
  return last_h:squeeze(1), last_c and last_c:squeeze(1)
end

-- What PyTorch prints.
local function extra_repr(self)
  local text = ("%d, %d"):format(self.input_size, self.hidden_size)
  if not self.bias then text = text .. ", bias=False" end
  if self.kind == "relu" then text = text .. ", nonlinearity=relu" end
  return text
end

local function define(name, doc, kind, gates)
  local declaration = rows(not kind)
  declaration.doc, declaration.positions = doc, kind and 3 or 4
  local ARGS = args.declare("nn." .. name, declaration)
  local Cell = { name = name, forward = forward, extra_repr = extra_repr }

  function Cell:init(...)
    local o = ARGS:read(...)
    for key, value in pairs(o) do
      if key ~= "dtype" then rawset(self, key, value) end
    end
    rawset(self, "callee", "nn." .. name)
    rawset(self, "kind", kind or o.nonlinearity)
    weights.make_cell(self, gates, o.dtype)
  end

  --- First values of all parameters: uniform within 1 / sqrt(hidden_size) of 0.
  function Cell:reset_parameters() weights.reset(self) end

  return class.extend(class.Module, Cell)
end

M.RNNCell = define("RNNCell", "One step of an RNN: h = tanh(x W_ih' + b_ih + h W_hh' + b_hh), or relu.", nil, 1)
M.LSTMCell = define("LSTMCell", "One step of an LSTM; returns h and c.", "lstm", 4)
M.GRUCell = define("GRUCell", "One step of a GRU.", "gru", 3)

return M
