--- Recurrent cells: RNNCell, LSTMCell and GRUCell, one step at a time.
--
--    local cell = nn.LSTMCell(8, 32)
--    local h, c = cell(x)              -- x (batch, 8) or (8)
--    h, c = cell(more, {h, c})
-- @module optlab.nn.recurrent.cells
local args = require "optlab.base.args"
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local define = require "optlab.nn.recurrent.define"
local weights = require "optlab.nn.recurrent.weights"

local M = {}

-- A state of one step: nil, or (batch, hidden_size), as a single one (hidden_size).
local function check_state(self, state, name, single)
  if state == nil then return nil end
  args.check(self.callee, name, state, "tensor")
  return single and state:dim() == 1 and state:unsqueeze(1) or state
end

local function forward(self, input, state)
  args.check(self.callee, "input", input, "tensor")
  local single = input:dim() == 1
  if not single and input:dim() ~= 2 or input:size(-1) ~= self.input_size then
    errors.raise("%s: input is (%s), must be (batch, %d) or (%d)", self.callee, table.concat(input.shape, ", "),
      self.input_size, self.input_size)
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

local CELL = {
  rows = { "input_size", "hidden_size", "bias", "nonlinearity", "dtype" },
  make = weights.make_cell, forward = forward, extra_repr = extra_repr,
}

M.RNNCell = define("RNNCell", "One step of an RNN: h = tanh(x W_ih' + b_ih + h W_hh' + b_hh), or relu.", CELL, nil, 1)
M.LSTMCell = define("LSTMCell", "One step of an LSTM; returns h and c.", CELL, "lstm", 4)
M.GRUCell = define("GRUCell", "One step of a GRU.", CELL, "gru", 3)

return M
