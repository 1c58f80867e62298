--- Recurrent layers: RNN, LSTM and GRU over whole sequences.
--
--    local lstm = nn.LSTM(8, 32, {num_layers = 2, batch_first = true})
--    local y, state = lstm(x)          -- x (batch, steps, 8), y (batch, steps, 32)
--    y, state = lstm(more, state)      -- goes on where the sequences ended
--
-- The state is h, of an LSTM the list {h, c}, each (num_layers x directions, batch, hidden_size); without one it is 0.
-- Sequences are (steps, batch, input_size), with batch_first (batch, steps, input_size), a single one (steps,
-- input_size); or of different lengths, packed (optlab.nn.recurrent.packed).
-- @module optlab.nn.recurrent.layers
local args = require "optlab.base.args"
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local define = require "optlab.nn.recurrent.define"
local packed = require "optlab.nn.recurrent.packed"
local weights = require "optlab.nn.recurrent.weights"

local Tensor = core.tensor
local dropout = core.nn.functional.dropout

local M = {}

-- --- states ---------------------------------------------------------------------------------------------------------

local function shape_text(shape) return "(" .. table.concat(shape, ", ") .. ")" end

-- One state tensor, checked, as (layers, batch, hidden); nil stays nil. run: what the call is about.
local function check_state(self, run, state, name)
  if state == nil then return nil end
  args.check(self.callee, name, state, "tensor")
  local want = { self.num_layers * self.directions, run.batch, self.hidden_size }
  if run.single then table.remove(want, 2) end
  local given = state.shape
  if shape_text(given) ~= shape_text(want) then
    errors.raise("%s: %s is %s, must be %s", self.callee, name, shape_text(given), shape_text(want))
  end
  if run.single then state = state:unsqueeze(2) end
  return run.order and state:index_select(2, run.order) or state
end

-- h and, of an LSTM, c
local function read_state(self, run, state)
  if self.kind ~= "lstm" or state == nil then return check_state(self, run, state, "h") end
  if type(state) ~= "table" or #state ~= 2 then
    errors.bad_value(self.callee, "state", "a list {h, c}", state)
  end
  return check_state(self, run, state[1], "h"), check_state(self, run, state[2], "c")
end

-- The states of all layers as the caller gets them.
local function join_states(run, list)
  if #list == 0 then return nil end
  local all = Tensor.stack(list, 1)
  if run.single then return all:squeeze(2) end
  return run.back and all:index_select(2, run.back) or all
end

-- --- running --------------------------------------------------------------------------------------------------------

-- What a call is about: x as the layers read it, whether it is one sequence without a batch, sizes of packed ones.
local function start(self, input)
  if packed.is_packed(input) then
    return { x = input.data, sizes = input.batch_sizes, batch = #input.lengths, order = input.sorted_indices,
      back = input.unsorted_indices, packed = input }
  end
  args.check(self.callee, "input", input, "tensor", { what = "a tensor or a packed sequence" })
  local n = input:dim()
  if n ~= 2 and n ~= 3 then
    errors.raise("%s: input is %s, must be %s or (steps, input_size)", self.callee, shape_text(input.shape),
      self.batch_first and "(batch, steps, input_size)" or "(steps, batch, input_size)")
  end
  local batch_at = self.batch_first and 1 or 2
  local x = n == 2 and input:unsqueeze(batch_at) or input
  return { x = x, single = n == 2, batch = x:size(batch_at), batch_at = batch_at }
end

local function part(state, i) return state and state:select(1, i) or nil end

-- One layer: its output, and its last states behind those in the lists hs and cs.
local function run_layer(self, run, layer, x, h, c, hs, cs)
  local outputs = {}
  for direction = 1, self.directions do
    local i = (layer - 1) * self.directions + direction
    local w = weights.of(self, layer, direction)
    local y, last_h, last_c = core.nn.rnn(self.callee, self.kind,
      { x, run.sizes, part(h, i), part(c, i), w[1], w[2], w[3], w[4] }, self.batch_first, direction == 2)
    outputs[direction], hs[i], cs[i] = y, last_h, last_c
  end
  return #outputs == 1 and outputs[1] or Tensor.cat(outputs, -1)
end

local function forward(self, input, state)
  local run = start(self, input)
  local h, c = read_state(self, run, state)
  local x, hs, cs = run.x, {}, {}
  for layer = 1, self.num_layers do
    if layer > 1 and self.dropout > 0 then x = dropout(x, self.dropout, self.training) end
    x = run_layer(self, run, layer, x, h, c, hs, cs)
  end
  if run.single then x = x:squeeze(run.batch_at) end
  if run.packed then x = packed.like(run.packed, x) end
  h, c = join_states(run, hs), join_states(run, cs)
  return x, self.kind == "lstm" and { h, c } or h
end

-- --- the classes ----------------------------------------------------------------------------------------------------

-- What PyTorch prints: the sizes, then what is not the default.
local function extra_repr(self)
  local parts = { ("%d, %d"):format(self.input_size, self.hidden_size) }
  if self.num_layers ~= 1 then parts[#parts + 1] = "num_layers=" .. self.num_layers end
  if not self.bias then parts[#parts + 1] = "bias=False" end
  if self.batch_first then parts[#parts + 1] = "batch_first=True" end
  if self.dropout ~= 0 then parts[#parts + 1] = ("dropout=%.14g"):format(self.dropout) end
  if self.bidirectional then parts[#parts + 1] = "bidirectional=True" end
  return table.concat(parts, ", ")
end

local LAYER = {
  rows = { "input_size", "hidden_size", "num_layers", "nonlinearity", "bias", "batch_first", "dropout", "bidirectional",
    "dtype" },
  make = weights.make, forward = forward, extra_repr = extra_repr,
}

M.RNN = define("RNN", "A recurrent layer: h = tanh(x W_ih' + b_ih + h W_hh' + b_hh), or relu.", LAYER, nil, 1)
M.LSTM = define("LSTM", "A layer of long short-term memory: gates decide what the state c keeps, takes in and shows.",
  LAYER, "lstm", 4)
M.GRU = define("GRU", "A layer of gated recurrent units: a gate says how far h moves towards new values.",
  LAYER, "gru", 3)

return M
