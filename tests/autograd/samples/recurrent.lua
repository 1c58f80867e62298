-- Samples of recurrent layers: one or more per op, { function of the inputs, inputs... }.
local lab = require "optlab"
local inputs = require "tests.autograd.samples.inputs"

local batch = inputs.batch

-- All outputs of a layer as a function of the input and the state.
local function outputs(name, options)
  options.dtype = "float64"
  lab.manual_seed(5)
  local net = lab.nn[name](2, 2, options)
  return function(x, h, c)
    local y, last = net(x, c and { h, c } or h)
    if not c then return lab.cat({ y:reshape(-1), last:reshape(-1) }, 1) end
    return lab.cat({ y:reshape(-1), last[1]:reshape(-1), last[2]:reshape(-1) }, 1)
  end
end

return {
  rnn = {
    { outputs("RNN", {}), batch(3, 2, 2), batch(1, 2, 2) },
    { outputs("RNN", { nonlinearity = "relu", bias = false, batch_first = true }), batch(2, 3, 2), batch(1, 2, 2) },
    { outputs("LSTM", { bidirectional = true }), batch(3, 1, 2), batch(2, 1, 2), batch(2, 1, 2) },
    { outputs("GRU", { batch_first = true, num_layers = 2 }), batch(2, 3, 2), batch(2, 2, 2) },
  },
}
