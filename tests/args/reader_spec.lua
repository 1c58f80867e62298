-- How calls are read by the declarations of their arguments: what each kind accepts and refuses, and in which words.
local core = require "optlab.core"
local data, lab, nn, optim, sched = require "optlab.data", require "optlab", require "optlab.nn",
  require "optlab.optim", require "optlab.sched"
local errors = require "tests.support.errors"
local fails = errors.fails
local F = nn.functional

local function weight() return lab.zeros(3, { requires_grad = true }) end

describe("an argument that is", function()
  it("a number", function()
    assert.equal(0.25, nn.LeakyReLU(0.25).negative_slope)
    assert.equal(3, nn.LeakyReLU { negative_slope = 3 }.negative_slope)
    assert.equal(0.01, nn.LeakyReLU().negative_slope)
    fails("nn.LeakyReLU: negative_slope must be a number, got '0.1'", nn.LeakyReLU, "0.1")
    fails("nn.LeakyReLU: negative_slope must be a number, got nan", nn.LeakyReLU, 0 / 0)
    fails("optim.SGD: dampening must be a finite number, got inf", optim.SGD, { weight() }, { dampening = math.huge })
    fails("optim.SGD: lr must be a number of at least 0, got -0.5", optim.SGD, { weight() }, { lr = -0.5 })
    fails("nn.HuberLoss: delta must be a number above 0, got 0", nn.HuberLoss, 0)
    fails("nn.Dropout: p must be a number in [0, 1], got 1.5", nn.Dropout, 1.5)
    fails("optim.SGD: lr must be a number of at least 0, got a table", optim.SGD, { weight() }, { lr = {} })
    fails("optim.SGD: lr must be a number of at least 0, got a function", optim.SGD, { weight() }, { lr = print })
    fails("optim.SGD: lr must be a number of at least 0, got true", optim.SGD, { weight() }, { lr = true })
    fails("optim.SGD: lr must be a number of at least 0, got a tensor of shape (3)", optim.SGD, { weight() },
      { lr = weight() })
    fails("optim.SGD: lr must be a number of at least 0, got an optlab.Optimizer", optim.SGD, { weight() },
      { lr = optim.SGD { weight() } })
  end)

  it("an integer", function()
    assert.equal("integer", math.type(nn.Linear(2.0, 1).in_features))
    fails("nn.Linear: in_features must be an integer of at least 1, got 2.5", nn.Linear, 2.5, 1)
    fails("nn.Linear: in_features must be an integer of at least 1, got 0", nn.Linear, 0, 1)
    fails("nn.Linear: in_features must be an integer of at least 1, got '2'", nn.Linear, "2", 1)
    fails("nn.Linear: in_features must be an integer of at least 1, got inf", nn.Linear, math.huge, 1)
    fails("nn.Linear: out_features is missing; it must be an integer of at least 1", nn.Linear, 2)
    local steps = { max_lr = 1, total_steps = 2 ^ 53 | 0 }
    assert.equal(2 ^ 53, sched.OneCycleLR(steps).options.total_steps)
    steps.total_steps = (2 ^ 53 | 0) + 1
    fails("sched.OneCycleLR: total_steps must be an integer from -2^53 to 2^53, got 9007199254740993",
      sched.OneCycleLR, steps)
  end)

  it("an integer of 64 bits", function()
    lab.manual_seed(math.mininteger)
    assert.equal(math.mininteger, lab.initial_seed())
    fails("lab.manual_seed: seed must be an integer, got 1.5", lab.manual_seed, 1.5)
    fails("lab.manual_seed: seed is missing; it must be an integer", lab.manual_seed)
    lab.manual_seed(1)
  end)

  it("true or false", function()
    assert.is_nil(nn.Linear(1, 1, false).bias)
    fails("nn.Linear: bias must be true or false, got 1", nn.Linear, 1, 1, 1)
  end)

  it("one of some words", function()
    assert.equal("sum", nn.MSELoss("sum").reduction)
    assert.equal("mean", nn.MSELoss().reduction)
    fails("nn.MSELoss: reduction must be one of 'none', 'mean', 'sum', got 'avg'", nn.MSELoss, "avg")
    fails("nn.MSELoss: reduction must be one of 'none', 'mean', 'sum', got 1", nn.MSELoss, 1)
  end)

  it("a tuple of numbers", function()
    local opt = optim.Adam({ weight() }, { betas = { 0.5, 0.75 } })
    assert.same({ 0.5, 0.75 }, opt.betas)
    assert.same({ 0.9, 0.999 }, optim.Adam({ weight() }).betas)
    fails("optim.Adam: betas must be a list of 2 numbers in [0, 1), got 0.9", optim.Adam, { weight() }, { betas = 0.9 })
    fails("optim.Adam: betas must be a list of 2 numbers in [0, 1), got a table", optim.Adam, { weight() },
      { betas = { 0.9 } })
    fails("optim.Adam: betas[2] must be a number in [0, 1), got 1", optim.Adam, { weight() }, { betas = { 0.9, 1 } })
    fails("optim.Adam: betas[1] must be a number in [0, 1), got 'x'", optim.Adam, { weight() },
      { betas = { "x", 0.5 } })
    fails("optim.Adam: betas[1] must be a number in [0, 1), got -1", function() opt.betas = { -1, 0 } end)
  end)

  it("a pair of sizes", function()
    assert.same({ 3, 3 }, nn.Conv2d(1, 1, 3).kernel_size)
    assert.same({ 2, 3 }, nn.Conv2d(1, 1, { 2, 3 }).kernel_size)
    assert.same({ 2, 3 }, nn.MaxPool2d({ 2, 3 }).stride)
    assert.same({ 1, 1 }, nn.Conv2d(1, 1, 3).stride)
    fails("nn.Conv2d: kernel_size must be an integer of at least 1 or a list of 2, got a table", nn.Conv2d, 1, 1,
      { 1, 2, 3 })
    fails("nn.Conv2d: kernel_size[2] must be an integer of at least 1, got 0", nn.Conv2d, 1, 1, { 1, 0 })
    fails("nn.MaxPool2d: padding must be an integer of at least 0 or a list of 2, got -1", nn.MaxPool2d, 2,
      { padding = -1 })
  end)

  it("a shape", function()
    assert.same({ 2, 3 }, lab.zeros(2, 3).shape)
    assert.same({ 2, 3 }, lab.zeros({ 2, 3 }).shape)
    assert.same({ 2, 3 }, lab.zeros { size = { 2, 3 } }.shape)
    assert.same({}, lab.zeros({}).shape)
    assert.same({ 4 }, lab.full(4, 1).shape)
    assert.same({ 6 }, lab.zeros(2, 3):reshape { -1 }.shape)
    fails("lab.zeros: size[2] must be an integer of at least 0, got -3", lab.zeros, 2, -3)
    fails("lab.zeros: size[1] must be an integer of at least 0, got 'a'", lab.zeros, { "a" })
    fails("lab.zeros: size is missing; it must be an integer of at least 0 or a list of them", lab.zeros)
    fails("lab.ones: a tensor has at most 8 dimensions", lab.ones, 1, 1, 1, 1, 1, 1, 1, 1, 1)
    fails("lab.ones: a tensor has at most 8 dimensions", lab.ones, { 1, 1, 1, 1, 1, 1, 1, 1, 1 })
  end)

  it("a list of any length", function()
    local milestones = {}
    for i = 1, 100 do milestones[i] = 101 - i end
    local s = sched.MultiStepLR { base_lr = 1, gamma = 0.5, milestones = milestones }
    assert.equal(100, #s.options.milestones)
    assert.equal(1, s.options.milestones[1])
    assert.equal(0.5 ^ 10, s(10))
    fails("sched.MultiStepLR: milestones[2] must be a number of at least 0, got -1", sched.MultiStepLR,
      { base_lr = 1, milestones = { 3, -1 } })
    fails("sched.MultiStepLR: milestones must be a list of numbers of at least 0, got 3", sched.MultiStepLR,
      { base_lr = 1, milestones = 3 })
    assert.equal(1, sched.MultiStepLR { base_lr = 1, milestones = {} }(1000))
  end)

  it("a dimension", function()
    assert.equal(-1, nn.Softmax().dim)
    assert.equal(1, nn.Softmax(1).dim)
    fails("nn.Softmax: dim must be a dimension (1, 2, ... or -1 for the last), got 0", nn.Softmax, 0)
    fails("nn.Softmax: dim must be a dimension (1, 2, ... or -1 for the last), got 1.5", nn.Softmax, 1.5)
    fails("Tensor:unsqueeze: dim must be in 1..2, or -1 for the last, for a tensor of 2 dimensions, got 4",
      function() return lab.ones(2):unsqueeze(4) end)
  end)

  it("a dtype", function()
    assert.equal("uint8", lab.ones(2, { dtype = "uint8" }).dtype)
    assert.equal("float64", nn.Linear(1, 1, { dtype = "float64" }).weight.dtype)
    fails("lab.ones: dtype must be one of 'float32', 'float64', 'int64', 'uint8', got 'int32'", lab.ones, 2,
      { dtype = "int32" })
    fails("nn.Linear: dtype must be one of 'float32', 'float64', got 'int64'", nn.Linear, 1, 1, { dtype = "int64" })
  end)

  it("a tensor", function()
    local w = lab.ones(2)
    assert.equal(w, nn.CrossEntropyLoss { weight = w }.weight)
    assert.equal(w, nn.CrossEntropyLoss(w).weight)
    fails("nn.CrossEntropyLoss: weight must be a tensor, got 3", nn.CrossEntropyLoss, 3)
    fails("Tensor:gather: index is missing; it must be a tensor", function() return w:gather(1) end)
  end)

  it("a string or a function", function()
    fails("data.npy: path must be a string, got 3", core.data.npy, 3)
    fails("data.download: progress must be a function, got 'x'", core.data.download, "http://localhost", "/x",
      { progress = "x" })
    fails("data.csv: delimiter must be a string, got 3", data.csv, "x.csv", { delimiter = 3 })
  end)
end)

describe("options", function()
  it("are a table of names at the end", function()
    local l = nn.Linear(2, { out_features = 3, bias = false })
    assert.same({ 3, 2 }, l.weight.shape)
    assert.is_nil(l.bias)
    assert.same({ 3, 2 }, nn.Linear { in_features = 2, out_features = 3 }.weight.shape)
    assert.same({ 3, 2 }, nn.Linear(2, 3, {}).weight.shape)
    assert.same({ 3, 2 }, nn.Linear(2, nil, { out_features = 3 }).weight.shape)
    fails("nn.Linear: the table of options must be the last argument", nn.Linear, 1, { bias = false }, 3)
    fails("nn.Linear: in_features must be an integer of at least 1, got a table", nn.Linear, { 2, 3 })
    fails("nn.Linear: options are given by name, got the key 1", nn.Linear, { 2, 3, bias = false })
    fails("optim.SGD: options must be a table, such as {lr = ...}, got 0.1", optim.SGD, { weight() }, 0.1)
  end)

  it("may stand in the table that holds a list", function()
    local t = lab.tensor { 1, 2, dtype = "float64" }
    assert.equal("float64", t.dtype)
    assert.same({ 1, 2 }, t:tolist())
    assert.is_true(lab.tensor { { 1 }, { 2 }, requires_grad = true }.requires_grad)
    local opt = optim.SGD { weight(), lr = 0.5 }
    assert.equal(0.5, opt.lr)
    assert.equal(1, #opt.param_groups[1])
    assert.equal(2, #optim.SGD { { params = weight() }, { params = weight(), lr = 3 }, lr = 0.5 })
    assert.equal(0.25, optim.Adam { params = { weight() }, lr = 0.25 }.lr)
    assert.equal("float64", lab.zeros { 2, 3, dtype = "float64" }.dtype)
    assert.same({ 1, 2 }, lab.cat { lab.ones(1, 1), lab.ones(1, 1), dim = 2 }.shape)
    assert.same({ 2, 1 }, lab.ones(2, 3):sum { 2, keepdim = true }.shape)
  end)

  it("are checked there as well", function()
    fails("lab.tensor: unknown option 'dtyp'; did you mean 'dtype'?", lab.tensor, { 1, 2, dtyp = "float64" })
    fails("optim.SGD: unknown option 'momentun'; did you mean 'momentum'?", optim.SGD, { weight(), momentun = 0.5 })
    fails("optim.SGD: unknown option 'param'; did you mean 'params'?", optim.SGD, { param = { weight() } })
    fails("optim.SGD: the table of options must be the last argument", optim.SGD, { weight(), lr = 0.5 },
      { momentum = 0.5 })
    fails("lab.tensor: the table of options must be the last argument", lab.tensor, { 1, dtype = "float64" },
      { requires_grad = true })
    fails("lab.tensor: 'dtype' stands in an inner table; options belong into the outermost one or a table of their own",
      lab.tensor, { { 1, 2, dtype = "float64" } })
  end)

  it("are refused where a function knows none", function()
    fails("lab.randint: unknown option 'foo' (options: low, high, size)", lab.randint, 1, 11, { 3 }, { foo = 1 })
    fails("Tensor:sum: unknown option 'unbiased' (options: dim, keepdim)",
      function() return lab.ones(2):sum { unbiased = true } end)
    fails("Tensor:numel: too many arguments (1, at most 0)", function() return lab.ones(2):numel { dim = 1 } end)
    fails("lab.cos: too many arguments (2, at most 1)", lab.cos, lab.ones(2), { dim = 1 })
    fails("Tensor:add: too many arguments (2, at most 1)", function() return lab.ones(2):add(1, { alpha = 2 }) end)
    fails("nn.ReLU: unknown option 'inplace' (there are no options)", nn.ReLU, { inplace = true })
    fails("nn.functional.relu: unknown option 'inplace' (there are no options)", F.relu, lab.ones(1),
      { inplace = true })
  end)

  it("do not repeat what was given by position", function()
    fails("nn.Linear: in_features is given twice, by position and by name", nn.Linear, 2, { in_features = 3 })
  end)

  it("come with a count of arguments that fits", function()
    fails("nn.Linear: too many arguments (5, at most 4 and a table of options)", nn.Linear, 1, 2, true, "float32", 5)
    fails("nn.ReLU: too many arguments (1, at most 0 and a table of options)", nn.ReLU, 1)
    fails("sched.StepLR: too many arguments (2, at most 1)", sched.StepLR, { base_lr = 1, step_size = 1 }, 3)
    fails("nn.MSELoss: too many arguments (3, at most 2)", nn.MSELoss(), lab.ones(1), lab.ones(1), lab.ones(1))
    assert.same({ 2, 3 }, nn.Linear(3, 2, true, nil, nil).weight.shape)
  end)
end)

describe("declarations", function()
  local function find(list, space, name)
    for _, d in ipairs(list) do
      if d.space == space and d.name == name then return d end
    end
  end

  it("describe layers", function()
    local d = find(core.nn.declarations(), "nn", "Conv2d")
    local args = {}
    for i, a in ipairs(d.args) do args[i] = a.name end
    assert.same({ "in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups", "bias",
      "dtype" }, args)
    assert.same({ name = "stride", kind = "sizes", what = "an integer of at least 1 or a list of 2",
      range = "[1, inf)", default = { 1, 1 }, required = false,
      doc = "Step from one window to the next: {down, right}." },
      d.args[4])
    assert.is_true(d.args[1].required)
    assert.same({ "input" }, d.inputs)
    assert.same("weight", d.state[1].name)
    assert.equal("parameter", d.state[1].kind)
    assert.equal("mse_loss", find(core.nn.declarations(), "nn", "MSELoss").functional)
  end)

  it("give every argument and every name a sentence", function()
    for _, library in ipairs { core.nn, core.optim, core.sched } do
      for _, d in ipairs(library.declarations()) do
        assert.is_truthy(d.doc and d.doc:find("%.$"), d.space .. "." .. d.name .. " has no sentence")
        for _, a in ipairs(d.args) do
          assert.is_string(a.doc, ("%s.%s: %s has no text"):format(d.space, d.name, a.name))
        end
      end
    end
  end)
end)
