--- The message of every mistake in the use of layers and losses.
local lab = require "optlab"
local errors = require "tests.support.errors"
local tensors = require "tests.support.tensors"
local nn, F = lab.nn, lab.nn.functional

local fails = errors.fails

describe("an error", function()
  local net = nn.Sequential(nn.Linear(3, 1), nn.Tanh())
  local mse = nn.MSELoss()

  it("names the layer, both shapes and the place", function()
    fails("nn.Linear: input is (10, 5), weight is (1, 3): the last dimension of the input must be 3 "
      .. "(layer 1 'Linear' of Sequential)", function() net(lab.ones(10, 5)) end)
    fails("nn.Linear: input is (), weight is (1, 3)", function() nn.Linear(3, 1)(lab.tensor(1)) end)
    local Net = nn.Module.extend { name = "Net", init = function(self) self.body = net end,
      forward = function(self, x) return self.body(x) end }
    local model = Net()
    fails("must be 3 (layer 1 'Linear' of Sequential, layer 'body' of Net)", function() model(lab.ones(10, 5)) end)
  end)

  it("says what an input should be", function()
    local model = nn.Sequential(nn.Linear(3, 1))
    fails("nn.Linear: input must be a tensor, got 3 (layer 1 'Linear' of Sequential)", model, 3)
    fails("nn.ReLU: input must be a tensor, got 'nn.ReLU'", nn.ReLU())
    fails("nn.ReLU: input must be a tensor, got an optlab.Module", nn.ReLU(), model)
    fails("nn.MSELoss: target must be a tensor, got 'nn.MSELoss'", mse, lab.ones(2))
    fails("nn.ReLU: too many arguments (2, at most 1)", nn.ReLU(), lab.ones(2), lab.ones(2))
    fails("nn.functional.relu: input must be a tensor, got 'x'", F.relu, "x")
    fails("nn.functional.linear: weight is (2), must be (out, in)", F.linear, lab.ones(2), lab.ones(2))
    fails("bias is (3), weight is (1, 2): the bias must be (1)", F.linear, lab.ones(2), lab.ones(1, 2), lab.ones(3))
  end)

  it("says what a constructor's argument should be", function()
    fails("nn.Linear: in_features is missing; it must be an integer of at least 1", nn.Linear)
    fails("nn.Linear: out_features must be an integer of at least 1, got 0", nn.Linear, 3, 0)
    fails("nn.Linear: out_features must be an integer of at least 1, got 1.5", nn.Linear, 3, 1.5)
    fails("nn.Linear: in_features must be an integer of at least 1, got '3'", nn.Linear, "3", 1)
    fails("nn.Linear: bias must be true or false, got 1", nn.Linear, 3, 1, { bias = 1 })
    fails("nn.Linear: dtype must be one of 'float32', 'float64', got 'int64'", nn.Linear, 3, 1, { dtype = "int64" })
    fails("nn.Linear: unknown option 'bais'; did you mean 'bias'?", nn.Linear, 3, 1, { bais = true })
    fails("nn.Linear: too many arguments (5, at most 4 and a table of options)",
      nn.Linear, 3, 1, true, "float32", 1)
    fails("nn.MSELoss: unknown option 'reducton'; did you mean 'reduction'?", nn.MSELoss, { reducton = "sum" })
    fails("nn.MSELoss: reduction must be one of 'none', 'mean', 'sum', got 'average'",
      nn.MSELoss, { reduction = "average" })
    fails("nn.Dropout: p must be a number in [0, 1], got 1.5", nn.Dropout, 1.5)
    fails("nn.Dropout: p must be a number in [0, 1], got 'x'", nn.Dropout, { p = "x" })
    fails("nn.HuberLoss: delta must be a number above 0, got 0", nn.HuberLoss, { delta = 0 })
    fails("nn.SmoothL1Loss: beta must be a number of at least 0, got -1", nn.SmoothL1Loss, { beta = -1 })
    fails("nn.CrossEntropyLoss: label_smoothing must be a number in [0, 1], got 2",
      nn.CrossEntropyLoss, { label_smoothing = 2 })
    fails("nn.CrossEntropyLoss: weight must be a tensor, got 1", nn.CrossEntropyLoss, { weight = 1 })
    for _, name in ipairs { "MSELoss", "CrossEntropyLoss", "BCEWithLogitsLoss" } do
      fails(("nn.%s: make it first, then call it: nn.%s()(input, target)"):format(name, name),
        nn[name], lab.ones(2), lab.ones(2))
    end
    fails("nn.ReLU: make it first, then call it: nn.ReLU()(input)", nn.ReLU, lab.ones(2))
    fails("nn.Linear: in_features must be an integer of at least 1, got a tensor", nn.Linear, lab.ones(2))
    assert.equal(2, nn.CrossEntropyLoss(lab.ones(2)).weight:numel())
    fails("nn.Softmax: dim must be a dimension (1, 2, ... or -1 for the last), got 0", nn.Softmax, 0)
    fails("nn.functional.huber_loss: delta must be a number above 0, got -2",
      F.huber_loss, lab.ones(1), lab.ones(1), -2)
    fails("nn.functional.dropout: p must be a number in [0, 1], got 7", F.dropout, lab.ones(1), 7)
  end)

  it("refuses a target that would be broadcast, and says how to reshape it", function()
    fails("nn.MSELoss: input is (4, 1), target is (4): reshape the target to match, y:reshape(-1, 1)",
      mse, lab.ones(4, 1), lab.ones(4))
    fails("input is (4), target is (4, 1): reshape the target to match, y:reshape(-1)",
      mse, lab.ones(4), lab.ones(4, 1))
    fails("input is (2, 2), target is (4): reshape the target to match, y:reshape(2, 2)",
      nn.L1Loss(), lab.ones(2, 2), lab.ones(4))
    fails("nn.HuberLoss: input is (4, 1), target is (3, 1): they must have the same shape",
      nn.HuberLoss(), lab.ones(4, 1), lab.ones(3, 1))
    for _, make in ipairs { nn.SmoothL1Loss, nn.BCELoss, nn.BCEWithLogitsLoss } do
      fails("y:reshape(-1, 1)", make(), lab.ones(4, 1), lab.ones(4))
    end
  end)

  it("names the row and the value of a bad label", function()
    local ce, x = nn.CrossEntropyLoss(), lab.zeros(3, 4)
    fails("nn.CrossEntropyLoss: target: row 2 is 5, class labels are whole numbers from 1 to 4",
      ce, x, tensors.int64 { 1, 5, 2 })
    fails("row 1 is 0, class labels are whole numbers from 1 to 4 (labels count from 1: add 1 to labels that start",
      ce, x, tensors.int64 { 0, 1, 2 })
    fails("target: row 3 is 1.5, class labels are whole numbers from 1 to 4", ce, x, lab.tensor { 1, 2, 1.5 })
    fails("target: row 1 is -3", ce, x, tensors.int64 { -3, 1, 1 })
    fails("nn.NLLLoss: target: row 2 is 9", nn.NLLLoss(), x, tensors.int64 { 1, 9, 1 })
    fails("input is (3, 4), target is (2): the target must be class labels of shape (3)", ce, x, tensors.int64 { 1, 2 })
    fails("input is (3, 4), target is (3, 1)", ce, x, tensors.int64 { { 1 }, { 2 }, { 3 } })
    fails("input is a single number", ce, lab.tensor(1), tensors.int64(1))
    fails("weight is (3), but there are 4 classes: it must be (4)",
      nn.CrossEntropyLoss { weight = lab.ones(3) }, x, tensors.int64 { 1, 2, 3 })
    fails("weight is (3), but there are 4 classes", nn.NLLLoss { weight = lab.ones(3) }, x, tensors.int64 { 1, 2, 3 })
    fails("nn.functional.one_hot: labels: row 2 is 4, class labels are whole numbers from 1 to 3",
      F.one_hot, tensors.int64 { 1, 4 }, 3)
  end)

  it("says what does not fit a loss", function()
    fails("nn.BCELoss: element 2 of the input is 1.5, must be a probability",
      nn.BCELoss(), lab.tensor { 0.5, 1.5 }, lab.ones(2))
    fails("pos_weight is (3), cannot be broadcast to the input's (2)",
      nn.BCEWithLogitsLoss { pos_weight = lab.ones(3) }, lab.ones(2), lab.ones(2))
  end)

  it("names a dimension that is out of range, counted from 1", function()
    fails("nn.Softmax: dim 3 is out of range for an input of shape (2, 2)", nn.Softmax(3), lab.ones(2, 2))
    fails("nn.LogSoftmax: dim -3 is out of range for an input of shape (2, 2)", nn.LogSoftmax(-3), lab.ones(2, 2))
    fails("nn.Flatten: start_dim 2 is out of range for an input of shape (4)", nn.Flatten(), lab.ones(4))
    fails("nn.Flatten: start_dim 3 comes after end_dim 2", nn.Flatten(3, 2), lab.ones(2, 2, 2))
  end)

  it("guards the fields of a layer", function()
    local m = nn.Linear(3, 2)
    fails("nn.Linear: 'weight' has shape (2, 3), cannot be replaced by a tensor of shape (3, 2)",
      function() m.weight = lab.ones(3, 2) end)
    fails("nn.Linear: 'weight' must be float32 or float64, got int64",
      function() m.weight = tensors.int64 { { 1, 2, 3 }, { 4, 5, 6 } } end)
    fails("nn.Linear: 'weight' must be a tensor of its own, not a computed one; use detach()",
      function() m.weight = m.weight * 2 end)
    fails("nn.Linear: bias must be a tensor, got nothing", function() m.bias = nil end)
    fails("this layer was made without 'bias'", function() nn.Linear(3, 2, { bias = false }).bias = lab.ones(2) end)
    fails("nn.Linear: cannot set 'wieght'; did you mean 'weight'?", function() m.wieght = lab.ones(2, 3) end)
    fails("nn.ReLU: cannot set 'colour' (only: 'training')", function() nn.ReLU().colour = "red" end)
    fails("nn.Linear: training must be true or false", function() m.training = 1 end)
  end)

  it("guards initialisation", function()
    fails("nn.init.xavier_uniform_: the fans of a tensor of shape (3) are not defined",
      nn.init.xavier_uniform_, lab.ones(3))
    fails("nn.init.kaiming_normal_: the fans of a tensor of shape (3)", nn.init.kaiming_normal_, lab.ones(3))
    fails("nn.init.normal_: std must be a number of at least 0, got -1", nn.init.normal_, lab.ones(3), 0, -1)
    fails("nn.init.uniform_: a = 2 is greater than b = 1", nn.init.uniform_, lab.ones(3), 2)
    fails("nn.init.xavier_normal_: gain must be a number of at least 0, got -1",
      nn.init.xavier_normal_, lab.ones(3, 3), -1)
    fails("nn.init.constant_: val is missing; it must be a number", nn.init.constant_, lab.ones(3))
    fails("nn.init.eye_: only a matrix can be the identity", nn.init.eye_, lab.ones(3))
    fails("nn.init.kaiming_normal_: mode must be one of 'fan_in', 'fan_out', got 'in'",
      nn.init.kaiming_normal_, lab.ones(3, 3), { mode = "in" })
    fails("nn.init.normal_: unknown option 'sdt'; did you mean 'std'?", nn.init.normal_, lab.ones(3), { sdt = 1 })
    fails("nn.init.normal_: tensor must be float32 or float64, got int64", nn.init.normal_, tensors.int64 { 1 })
    fails("nn.init.zeros_: tensor is missing; it must be a tensor", nn.init.zeros_, nil)
    fails("nn.init.calculate_gain: nonlinearity must be one of 'linear'", nn.init.calculate_gain, "reul")
  end)

  it("guards containers and classes", function()
    fails("nn.Sequential: layer 2 is missing; it must be a layer or a function",
      nn.Sequential, nn.ReLU(), nil, nn.ReLU())
    fails("nn.Sequential: layer 1 must be a layer or a function, got 3", nn.Sequential, 3)
    fails("nn.Sequential: there is no layer 9 to set, the next one is 3", function() net[9] = nn.ReLU() end)
    fails("nn.Module.extend: forward must be a function, got 3", nn.Module.extend, { forward = 3 })
    fails("N: '__init__' is called init here: function N:init(...)", nn.Module.extend,
      { name = "N", __init__ = function() end })
    fails("N: '__call__' is called forward here", function()
      local N = nn.Module.extend { name = "N" }
      function N:__call__() return self end
    end)
    fails("Sequential:forward: self must be a Sequential, got a tensor of shape (1)", nn.Sequential(nn.ReLU()).forward,
      lab.ones(1))
    fails("nn.Module.extend: name must be a string, got 3", nn.Module.extend, { name = 3 })
    local Empty = nn.Module.extend { name = "Empty" }
    fails("Empty: no forward is defined; write function Empty:forward(x) ... end", Empty(), lab.ones(1))
    fails("Module:register_buffer: tensor must be a tensor, got 1", function() Empty():register_buffer("x", 1) end)
  end)

  it("guards state and modes, and changes nothing when a state does not fit", function()
    local state = net:state_dict()
    local before = net[1].weight:tolist()
    state["0.weight"] = lab.zeros(1, 3)
    state["0.bias"] = lab.zeros(2)
    fails("Module:load_state_dict: '0.bias' has shape (1) here, (2) in the table",
      function() net:load_state_dict(state) end)
    assert.same(before, net[1].weight:tolist())
    state["0.bias"] = nil
    state["0.bais"] = lab.zeros(1)
    fails("the names do not fit (missing: 0.bias; unknown: 0.bais); {strict=false} loads what does",
      function() net:load_state_dict(state) end)
    state["0.bais"], state["0.bias"] = nil, 3
    fails("Module:load_state_dict: '0.bias' must be a tensor, got 3", function() net:load_state_dict(state) end)
    fails("Module:load_state_dict: unknown option 'strickt'",
      function() net:load_state_dict(state, { strickt = true }) end)
    fails("Module:to: dtype must be one of 'float32', 'float64', got 'int64'", function() net:to "int64" end)
    fails("Module:train: mode must be true or false, got 1", function() net:train(1) end)
    fails("Module:apply: fn is missing; it must be a function", function() net:apply() end)
  end)
end)
