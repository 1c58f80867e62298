--- The parameters of recurrent layers and cells, with PyTorch's names: weight_ih_l0, bias_hh_l1_reverse, weight_ih, ...
-- @module optlab.nn.recurrent.weights
local core = require "optlab.core"

local M = {}

local Tensor = core.tensor
local NAMES = { "weight_ih", "weight_hh", "bias_ih", "bias_hh" }

-- layer nil: of a cell.
local function name_of(i, layer, direction)
  if not layer then return NAMES[i] end
  return ("%s_l%d%s"):format(NAMES[i], layer - 1, direction == 2 and "_reverse" or "")
end

local function add(self, gates, inputs, dtype, layer, direction)
  local rows = gates * self.hidden_size
  local sizes = { { rows, inputs }, { rows, self.hidden_size }, { rows }, { rows } }
  for i = 1, self.bias and 4 or 2 do
    self[name_of(i, layer, direction)] = Tensor.empty(sizes[i], { dtype = dtype, requires_grad = true })
  end
end

--- Gives every parameter its first value: uniform within 1 / sqrt(hidden_size) of 0.
function M.reset(self)
  local k = 1 / math.sqrt(self.hidden_size)
  for _, p in ipairs(self:parameters()) do core.nn.init.uniform_(p, -k, k) end
end

--- The parameters of a layer with self.num_layers, self.bidirectional, ...
function M.make(self, gates, dtype)
  rawset(self, "directions", self.bidirectional and 2 or 1)
  for layer = 1, self.num_layers do
    local inputs = layer == 1 and self.input_size or self.hidden_size * self.directions
    for direction = 1, self.directions do add(self, gates, inputs, dtype, layer, direction) end
  end
  M.reset(self)
end

--- The parameters of a cell.
function M.make_cell(self, gates, dtype)
  add(self, gates, self.input_size, dtype)
  M.reset(self)
end

--- {weight_ih, weight_hh, bias_ih, bias_hh} of one direction of one layer, or of a cell (layer nil).
function M.of(self, layer, direction)
  local w = {}
  for i = 1, self.bias and 4 or 2 do w[i] = self[name_of(i, layer, direction)] end
  return w
end

return M
