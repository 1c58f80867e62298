--- nn: layers and losses against PyTorch's numbers, modules and containers, initialisation, every error message.
local lab = require "optlab"
local nn = require "optlab.nn"
local F = nn.functional
local reference = dofile "tests/reference/nn_values.lua"

local function f64(values) return lab.tensor(values, { dtype = "float64" }) end
local function int64(values) return lab.tensor(values, { dtype = "int64" }) end

-- A reference entry {shape=, values=} as a tensor.
local function stored(entry)
  local t = f64(entry.values)
  return #entry.shape == 0 and t:reshape {} or t:reshape(entry.shape)
end

local function shape_text(t) return table.concat(t.shape, "x") end

local function flat(t) return t:detach():reshape(-1):tolist() end

-- Equal shapes, and values within tol of the reference, relative where it is large.
local function assert_close(want, got, tol, what)
  assert.equal(shape_text(want), shape_text(got), what .. ": shape")
  local a, b = flat(want), flat(got)
  for i = 1, #a do
    local error = math.abs(a[i] - b[i])
    local message = ("%s: element %d is %.17g, expected %.17g"):format(what, i, b[i], a[i])
    assert.is_true(error <= tol * math.max(1, math.abs(a[i])), message)
  end
end

-- f() raises at a line of this file, once, with a message in which `text` stands.
local function fails(text, f, ...)
  local ok, message = pcall(f, ...)
  assert.is_false(ok, "expected an error: " .. text)
  assert.matches("nn_spec%.lua:%d+: ", message)
  assert.is_truthy(message:find(text, 1, true), ("%q\n  does not contain %q"):format(message, text))
  local _, count = message:gsub("nn_spec", "")
  assert.equal(1, count)
end

local function eval(source, env)
  return assert(load("return " .. source, source, "t", setmetatable(env or {}, {
    __index = { lab = lab, nn = nn, F = F, f64 = f64, math = math },
  })))()
end

-- A pure float64 copy of the reference's layer, with its parameters and buffers.
local function build(case)
  local m = eval(case.lua):to "float64"
  local params = {}
  for _, entry in ipairs(case.params) do params[entry[1]] = stored(entry[2]) end
  for _, entry in ipairs(case.buffers or {}) do params[entry[1]] = stored(entry[2]) end
  m:load_state_dict(params, { strict = #case.params > 0 })
  return m, params
end

local function input_tensors(case)
  local a = stored(case.inputs[1])
  a.requires_grad = true
  return a, case.inputs[2] and stored(case.inputs[2])
end

describe("a layer or loss gives PyTorch's", function()
  for i, case in ipairs(reference.cases) do
    local inputs = {}
    for k, entry in ipairs(case.inputs) do inputs[k] = "(" .. table.concat(entry.shape, ", ") .. ")" end
    local title = ("%d: %s of %s"):format(i, case.lua, table.concat(inputs, ", "))

    it("output and gradients, " .. title, function()
      local m = build(case)
      local a, b = input_tensors(case)
      local out = m(a, b)
      assert_close(stored(case.output), out, 1e-12, "output")
      out:backward(stored(case.cotangent))
      assert_close(stored(case.grads[1]), a.grad, 1e-12, "gradient of the input")
      local names = {}
      for name, p in m:named_parameters() do
        names[#names + 1] = name
        assert.equal(case.params[#names][1], name)
        assert_close(stored(case.grads[#names + 1]), p.grad, 1e-12, "gradient of " .. name)
      end
      assert.equal(#case.params, #names)
      for _, entry in ipairs(case.buffers_after or {}) do
        assert_close(stored(entry[2]), m:named_buffers()[entry[1]], 1e-12, entry[1])
      end
    end)

    if case.functional then
      it("output as a function, " .. title, function()
        local _, params = build(case)
        local a, b = input_tensors(case)
        local out = eval(case.functional, { a = a, b = b, p = params })
        assert_close(stored(case.output), out, 1e-12, case.functional)
      end)
    end
  end
end)

describe("cross_entropy", function()
  local function with_gradient(f, x)
    local loss = f(x)
    return loss, lab.autograd.grad((loss * lab.cos(lab.arange(loss:numel())):reshape(loss.shape)):sum(), x)
  end

  -- The same by way of the logarithms of all probabilities.
  local function slow(y, options)
    return function(x) return F.nll_loss(F.log_softmax(x, 2), y, options) end
  end

  it("agrees with log_softmax and nll_loss for any number of rows and classes, in any memory order", function()
    lab.manual_seed(5)
    for _, rows in ipairs { 1, 15, 16, 17, 300 } do
      for _, classes in ipairs { 1, 2, 10, 33 } do
        local y = lab.randint(1, classes + 1, { rows })
        for dtype, tol in pairs { float32 = 2e-6, float64 = 1e-14 } do
          local x = (lab.randn({ rows, classes }, { dtype = dtype }) * 5):requires_grad_()
          local turned = x:detach():t():contiguous():t():requires_grad_()
          for _, options in ipairs { {}, { reduction = "none" } } do
            local loss, grad = with_gradient(slow(y, options), x)
            for _, scores in ipairs { x, turned } do
              local got, got_grad = with_gradient(function(a) return F.cross_entropy(a, y, options) end, scores)
              assert_close(loss, got, tol, "loss")
              assert_close(grad, got_grad, tol, "gradient")
            end
          end
        end
      end
    end
  end)

  it("overflows nowhere, and keeps NaN to its row", function()
    local x = lab.tensor({ { 1e4, -1e4, 0 }, { 0, 0, -math.huge }, { 1, 0 / 0, 2 } }, { requires_grad = true })
    local loss = F.cross_entropy(x, int64 { 2, 1, 1 }, { reduction = "none" })
    assert.equal(2e4, loss[1]:item())
    assert.near(math.log(2), loss[2]:item(), 1e-6)
    assert.is_true(loss[3]:item() ~= loss[3]:item())
    loss[{ { 1, 2 } }]:sum():backward()
    assert.same({ { 1, -1, 0 }, { -0.5, 0.5, 0 } }, x.grad[{ { 1, 2 } }]:tolist())
    assert.equal(0, F.cross_entropy(lab.zeros(0, 3), int64 {}, { reduction = "sum" }):item())
  end)

  it("gives a row the same bits wherever it stands, for any number of threads", function()
    local x, y = lab.randn(5000, 37), lab.randint(1, 38, { 5000 })
    local before = lab.get_num_threads()
    finally(function() lab.set_num_threads(before) end)
    local function bits(scores, labels)
      scores = scores:clone():requires_grad_()
      local each = F.cross_entropy(scores, labels, { reduction = "none", label_smoothing = 0.1 })
      local mean = F.cross_entropy(scores, labels, { label_smoothing = 0.1 })
      return { each:tolist(), mean:item(), lab.autograd.grad(each:sum(), scores):tolist() }
    end
    lab.set_num_threads(1)
    local one = bits(x, y)
    lab.set_num_threads(2)
    assert.same(one, bits(x, y))
    local part = bits(x[{ { 1235, 1260 } }], y[{ { 1235, 1260 } }])
    assert.same({ table.unpack(one[1], 1235, 1260) }, part[1])
    assert.same({ table.unpack(one[3], 1235, 1260) }, part[3])
  end)
end)

describe("gradcheck through layers, first and second order:", function()
  local x = f64 { { 0.3, -0.7, 1.2, 0.5 }, { -0.9, 0.4, 2.1, -1.4 }, { 0.8, -0.2, 0.6, 1.3 } }
  x.requires_grad = true
  local y = f64 { { 0.1, 0.6, -0.2, 0.9 }, { 0.3, -0.5, 1.7, 0.2 }, { -0.4, 0.8, 0.1, 2.2 } }
  local q = F.softmax(y, 2)
  local labels = int64 { 2, 4, 1 }

  local smooth = {
    "nn.LeakyReLU()", "nn.ELU()", "nn.SiLU()", "nn.GELU()", "nn.GELU('tanh')", "nn.Softplus()",
    "nn.Sigmoid()", "nn.Tanh()", "nn.Softmax()",
    "nn.LogSoftmax(1)", "nn.Flatten(1)", "nn.Linear(4, 2, {dtype='float64'})",
    "nn.Sequential(nn.Linear(4, 3, {dtype='float64'}), nn.Tanh(), nn.Linear(3, 1, {dtype='float64'}))",
  }
  for _, source in ipairs(smooth) do
    it(source, function()
      local m = eval(source)
      local inputs = { x, table.unpack(m:parameters()) }
      assert.is_true(lab.autograd.gradcheck(function(a) return m(a) end, inputs))
    end)
  end

  local losses = {
    { "nn.MSELoss()", y }, { "nn.L1Loss()", y }, { "nn.HuberLoss{delta=0.7}", y }, { "nn.SmoothL1Loss{beta=0.45}", y },
    { "nn.CrossEntropyLoss()", labels }, { "nn.CrossEntropyLoss{label_smoothing=0.2}", labels },
    { "nn.CrossEntropyLoss{reduction='sum'}", q }, { "nn.NLLLoss()", labels }, { "nn.BCEWithLogitsLoss()", q },
  }
  for _, entry in ipairs(losses) do
    local source, target = table.unpack(entry)
    it(source, function()
      local loss = eval(source)
      assert.is_true(lab.autograd.gradcheck(function(a) return loss(a, target) end, { x }))
    end)
  end

  it("nn.BCELoss()", function()
    local p = F.sigmoid(x):detach():requires_grad_()
    local loss = nn.BCELoss()
    assert.is_true(lab.autograd.gradcheck(function(a) return loss(a, q) end, { p }))
  end)

  it("nn.Dropout() with one mask", function()
    local drop = nn.Dropout(0.4)
    local function masked(a)
      lab.manual_seed(3)
      return drop(a * a)
    end
    assert.is_true(lab.autograd.gradcheck(masked, { x }))
  end)
end)

describe("Linear", function()
  it("starts as U(-k, k) with k = 1 / sqrt(in)", function()
    lab.manual_seed(0)
    local m = nn.Linear(100, 400)
    local k = 0.1
    for _, p in ipairs(m:parameters()) do
      assert.is_true(lab.max(lab.abs(p)):item() <= k)
    end
    assert.is_true(lab.max(lab.abs(m.weight)):item() > 0.999 * k)
    assert.is_true(math.abs(m.weight:mean():item()) < 0.001)
    assert.is_true(math.abs(m.weight:std():item() - k / math.sqrt(3)) < 0.001)
  end)

  it("has the shapes, dtype and fields of PyTorch's", function()
    local m = nn.Linear(3, 2, { dtype = "float64" })
    assert.equal("2x3", shape_text(m.weight))
    assert.equal("2", shape_text(m.bias))
    assert.equal("float64", m.weight.dtype)
    assert.is_true(m.weight.requires_grad)
    assert.equal(3, m.in_features)
    assert.equal(2, m.out_features)
    assert.is_true(m.training)
    assert.equal(nn.Linear, m.class)
    assert.is_nil(m.no_such_field)
    assert.is_nil(nn.Linear(3, 2, { bias = false }).bias)
    assert.equal("float32", nn.Linear(1, 1).weight.dtype)
  end)

  it("depends on the seed alone", function()
    lab.manual_seed(5)
    local a = nn.Linear(3, 2)
    lab.manual_seed(5)
    lab.rand(10) -- another stream
    local b = nn.Linear(3, 2)
    assert.same(a.weight:tolist(), b.weight:tolist())
    assert.not_same(a.weight:tolist(), nn.Linear(3, 2).weight:tolist())
    lab.manual_seed(5)
    assert.same(a.weight:tolist(), b:reset_parameters().weight:tolist())
  end)

  it("takes a parameter of the same shape, and gives that one back", function()
    local m = nn.Linear(3, 2)
    local w = lab.ones(2, 3)
    m.weight = w
    assert.equal(w, m.weight)
    assert.equal(w, m:parameters()[1])
    assert.is_true(w.requires_grad)
    assert_close((3 + m.bias):reshape(1, 2), m(lab.ones(1, 3)), 1e-6, "output")
  end)
end)

describe("Dropout", function()
  it("zeroes about p of the elements and scales the others in training", function()
    lab.manual_seed(1)
    local out = nn.Dropout(0.25)(lab.ones(10000)):tolist()
    local zeros = 0
    for _, v in ipairs(out) do
      if v == 0 then
        zeros = zeros + 1
      else
        assert.is_true(math.abs(v - 4 / 3) < 1e-6)
      end
    end
    assert.is_true(math.abs(zeros - 2500) < 150, zeros .. " zeros")
  end)

  it("is the identity in eval mode, for p = 0, and as a function with training = false", function()
    local x = lab.randn(50)
    local m = nn.Dropout()
    assert.same(x:tolist(), m:eval()(x):tolist())
    assert.not_same(x:tolist(), m:train()(x):tolist())
    assert.same(x:tolist(), nn.Dropout(0)(x):tolist())
    assert.same(x:tolist(), F.dropout(x, 0.5, false):tolist())
    assert.same(x:tolist(), F.dropout(x, { training = false }):tolist())
    assert.equal(0, lab.abs(F.dropout(x, 1)):sum():item())
  end)

  it("draws from a stream of its own", function()
    lab.manual_seed(2)
    local a = F.dropout(lab.ones(20)):tolist()
    lab.manual_seed(2)
    nn.Linear(4, 4)
    lab.randn(7)
    assert.same(a, F.dropout(lab.ones(20)):tolist())
  end)
end)

describe("a loss", function()
  it("takes labels of any dtype that holds whole numbers", function()
    local x = lab.randn(3, 4)
    local want = nn.CrossEntropyLoss()(x, int64 { 2, 4, 1 }):item()
    for _, dtype in ipairs { "uint8", "float32", "float64" } do
      assert.equal(want, nn.CrossEntropyLoss()(x, lab.tensor({ 2, 4, 1 }, { dtype = dtype })):item())
    end
  end)

  it("promotes the dtypes of input and target", function()
    local x, y = lab.tensor { 1, 2 }, f64 { 1.5, 2.25 }
    assert.equal("float64", nn.MSELoss()(x, y).dtype)
    assert.equal((0.25 + 0.0625) / 2, nn.MSELoss()(x, y):item())
    assert.equal(0.375, nn.L1Loss()(y, int64 { 1, 2 }):item())
  end)

  it("keeps its class weights as a buffer", function()
    local loss = nn.CrossEntropyLoss { weight = lab.tensor { 1, 2, 3 } }
    assert.same({ 1, 2, 3 }, loss.weight:tolist())
    assert.equal(0, #loss:parameters())
    assert.equal(1, #loss:buffers())
    assert.equal("float64", loss:to("float64").weight.dtype)
  end)

  it("does not overflow for large scores", function()
    local x = lab.tensor { { 1000, -1000 }, { -1000, 1000 } }
    assert.equal(1000, nn.CrossEntropyLoss()(x, int64 { 1, 1 }):item())
    assert.equal(1000, nn.BCEWithLogitsLoss { reduction = "mean" }(x, 1 - lab.tensor { { 1, 0 }, { 0, 1 } }):item())
    assert.equal(50, nn.BCELoss()(lab.tensor { 0, 1 }, lab.tensor { 1, 1 }):item())
  end)
end)

describe("one_hot", function()
  it("marks labels, counted from 1", function()
    local t = F.one_hot(int64 { 1, 3, 2 })
    assert.same({ { 1, 0, 0 }, { 0, 0, 1 }, { 0, 1, 0 } }, t:tolist())
    assert.equal("int64", t.dtype)
    assert.same({ { { 0, 1, 0, 0 } } }, F.one_hot(int64 { { 2 } }, 4):tolist())
    assert.same({ { 0, 1 } }, F.one_hot(lab.tensor { 2 }, { num_classes = 2 }):tolist())
  end)
end)

describe("Sequential", function()
  it("is a list of layers", function()
    local a, b = nn.Linear(2, 3), nn.Tanh()
    local net = nn.Sequential(a, b)
    assert.equal(2, #net)
    assert.equal(a, net[1])
    assert.equal(b, net[2])
    assert.equal(net, net:append(nn.Linear(3, 1)))
    assert.equal("4x1", shape_text(net(lab.ones(4, 2))))
    net[2] = nn.ReLU()
    assert.equal("ReLU", nn.type(net[2]))
    net[4] = nn.Flatten(1)
    assert.equal("4", shape_text(net(lab.ones(4, 2))))
    assert.equal(3, #nn.Sequential { a, b, nn.ReLU() })
  end)

  it("gives its input back when empty", function()
    local x = lab.ones(2)
    assert.equal(x, nn.Sequential()(x))
  end)

  it("takes plain functions and modules of one's own between built-in layers", function()
    local Double = nn.Module.extend { name = "Double", forward = function(_, x) return 2 * x end }
    local net = nn.Sequential(nn.ReLU(), lab.exp, nn.Identity(), Double(), nn.Flatten(1))
    local x = lab.tensor { { 0, 1 }, { -1, 2 } }
    assert.same((2 * lab.exp(lab.relu(x))):reshape(-1):tolist(), net(x):tolist())
    assert.is_truthy(tostring(net):find("(1): Lambda()", 1, true))
  end)

  it("names parameters as PyTorch does and always gives the same tensors", function()
    local net = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Sequential(nn.Linear(3, 1, { bias = false })))
    local names = {}
    for name in net:named_parameters() do names[#names + 1] = name end
    assert.same({ "0.weight", "0.bias", "2.0.weight" }, names)
    local again = {}
    for name in pairs(net:named_parameters()) do again[#again + 1] = name end
    assert.same(names, again)
    local first, second = net:parameters(), net:parameters()
    for i = 1, 3 do assert.equal(first[i], second[i]) end
    assert.equal(net[1].weight, first[1])
    assert.equal(net[1].weight, net:named_parameters()["0.weight"])
  end)

  it("counts a layer that is used twice once", function()
    local shared = nn.Linear(2, 2)
    local net = nn.Sequential(shared, nn.Tanh(), shared)
    assert.equal(2, #net:parameters())
    assert.equal(3, #net:modules())
    local other = nn.Linear(2, 2)
    other.weight = shared.weight
    assert.equal(3, #nn.Sequential(shared, other):parameters())
  end)
end)

describe("every module", function()
  local function make()
    return nn.Sequential(nn.Linear(2, 3), nn.Dropout(), nn.Sequential(nn.Linear(3, 1)))
  end

  it("switches between training and evaluation, all the way down", function()
    local net = make()
    assert.equal(net, net:eval())
    for _, m in ipairs(net:modules()) do assert.is_false(m.training) end
    net:train()
    for _, m in ipairs(net:modules()) do assert.is_true(m.training) end
  end)

  it("forgets gradients with zero_grad", function()
    local net = make()
    net(lab.ones(4, 2)):sum():backward()
    assert.is_truthy(net[1].weight.grad)
    net:zero_grad()
    for _, p in ipairs(net:parameters()) do assert.is_nil(p.grad) end
  end)

  it("applies a function to children first, then to itself", function()
    local net, names = make(), {}
    net:apply(function(m) names[#names + 1] = nn.type(m) end)
    assert.same({ "Linear", "Dropout", "Linear", "Sequential", "Sequential" }, names)
    net:apply(function(m)
      if m.class == nn.Linear then nn.init.constant_(m.weight, 0.5) end
    end)
    assert.same({ { 0.5, 0.5, 0.5 } }, net[3][1].weight:tolist())
  end)

  it("lists its children", function()
    local net = make()
    assert.equal(3, #net:children())
    assert.equal(net[2], net:children()[2])
    local names = {}
    for name in net:named_children() do names[#names + 1] = name end
    assert.same({ "0", "1", "2" }, names)
    assert.equal(0, #nn.ReLU():children())
  end)

  it("converts its parameters in place", function()
    local net = make():eval()
    local w = net[1].weight
    local before = w:tolist()
    net(lab.ones(1, 2)):sum():backward()
    assert.equal(net, net:to "float64")
    assert.equal(w, net[1].weight)
    assert.equal("float64", w.dtype)
    assert.equal("float64", w.grad.dtype)
    assert.same(before, w:tolist())
    assert.is_true(w.requires_grad)
    assert.equal("float64", net(lab.ones(1, 2, { dtype = "float64" })).dtype)
  end)

  it("does not let a graph made before to() run backwards over converted values", function()
    local net = make():eval()
    local out = net(lab.ones(1, 2)):sum()
    net:to "float64"
    fails("changed in place", function() out:backward() end)
  end)

  it("saves its state as copies and loads it back", function()
    lab.manual_seed(0)
    local net, other = make(), make()
    local state = net:state_dict()
    local names = {}
    for name, t in pairs(state) do
      names[#names + 1] = name
      assert.is_false(t.requires_grad)
    end
    assert.same({ "0.weight", "0.bias", "2.0.weight", "2.0.bias" }, names)
    local w = net[1].weight:tolist()
    assert.not_same(w, other[1].weight:tolist())
    local kept = other[1].weight
    other:load_state_dict(state)
    assert.same(w, other[1].weight:tolist())
    assert.equal(kept, other[1].weight)
    nn.init.zeros_(net[1].weight)
    assert.same(w, state["0.weight"]:tolist())
    net:load_state_dict(state)
    assert.same(w, net[1].weight:tolist())
  end)

  it("loads what fits with strict = false and says what did not", function()
    local net = make()
    local partly = { ["0.bias"] = lab.tensor { 1, 2, 3 }, x = lab.ones(1) }
    local missing, unexpected = net:load_state_dict(partly, { strict = false })
    assert.same({ "0.weight", "2.0.bias", "2.0.weight" }, missing)
    assert.same({ "x" }, unexpected)
    assert.same({ 1, 2, 3 }, net[1].bias:tolist())
  end)

  it("freezes and unfreezes", function()
    local net = make():requires_grad_(false)
    assert.is_false(net(lab.ones(1, 2)).requires_grad)
    assert.equal(4, #net:parameters())
    assert.is_true(net:requires_grad_()(lab.ones(1, 2)).requires_grad)
  end)

  for _, entry in ipairs(reference.texts) do
    it("prints as in PyTorch: " .. entry.lua, function()
      assert.equal(entry.text, tostring(eval(entry.lua)))
    end)
  end

  it("prints dimensions counted from 1", function()
    assert.equal("Flatten(start_dim=2, end_dim=-1)", tostring(nn.Flatten()))
    assert.equal("Softmax(dim=2)", tostring(nn.Softmax(2)))
  end)
end)

describe("Module.extend", function()
  local Net = nn.Module.extend { name = "Net" }
  function Net:init(hidden)
    self.fc1 = nn.Linear(2, hidden)
    self.scale = lab.ones(1, { requires_grad = true })
    self.body = nn.Sequential(nn.Tanh(), nn.Linear(hidden, 1))
    self:register_buffer("calls", lab.zeros(1))
    self.note = "not a parameter"
    self.constant = lab.ones(3)
  end
  function Net:forward(x)
    self.last = self.body(self.fc1(x)) * self.scale
    return self.last
  end

  it("makes modules whose fields are parameters, buffers and children, in order", function()
    local net = Net(4)
    local names = {}
    for name in net:named_parameters() do names[#names + 1] = name end
    assert.same({ "scale", "fc1.weight", "fc1.bias", "body.1.weight", "body.1.bias" }, names)
    assert.equal(1, #net:buffers())
    net(lab.ones(5, 2)):sum():backward()
    assert.equal(5, #net:parameters()) -- `last` is no leaf
    for _, p in ipairs(net:parameters()) do assert.is_truthy(p.grad) end
    assert.equal(Net, net.class)
    assert.equal("Net", nn.type(net))
    assert.is_true(nn.is_module(net))
    assert.is_false(nn.is_module({}))
    assert.is_false(nn.is_module(lab.ones(1)))
    assert.is_nil(nn.type("Net"))
  end)

  it("gives modules everything that built-in ones have", function()
    local net = Net(3):to("float64"):eval()
    assert.is_false(net.body[2].training)
    assert.equal("float64", net.scale.dtype)
    assert.equal("float64", net.calls.dtype)
    local state = net:state_dict()
    assert.is_truthy(state.calls)
    local other = Net(3)
    other:load_state_dict(state)
    assert.same(net.fc1.weight:to("float32"):tolist(), other.fc1.weight:tolist())
    net(lab.ones(1, 2, { dtype = "float64" })):sum():backward()
    net:zero_grad()
    assert.is_nil(net.scale.grad)
    assert.equal(4, #net:modules() - 1)
  end)

  it("trains like a built-in one", function()
    lab.manual_seed(0)
    local net = Net(8)
    local x = lab.randn(32, 2)
    local y = (x:sum(2, { keepdim = true })):detach()
    local loss = nn.MSELoss()
    local function descend()
      net:zero_grad()
      local l = loss(net(x), y)
      l:backward()
      lab.no_grad(function()
        for _, p in ipairs(net:parameters()) do p:sub_(0.1 * p.grad) end
      end)
      return l:item()
    end
    local first, last = descend(), nil
    for _ = 1, 100 do last = descend() end
    assert.is_true(last < 0.1 * first, ("loss went from %g to %g"):format(first, last))
  end)

  it("prints names and extra_repr", function()
    local Scale = nn.Module.extend { name = "Scale", extra_repr = function(self) return "by=" .. self.by end }
    local m = Scale()
    m.by = 3
    assert.equal("Scale(by=3)", tostring(m))
    assert.equal("Net(\n  (fc1): Linear(in_features=2, out_features=3, bias=True)\n  (body): Sequential(\n"
      .. "    (0): Tanh()\n    (1): Linear(in_features=3, out_features=1, bias=True)\n  )\n)", tostring(Net(3)))
  end)

  it("makes classes below classes", function()
    local Twice = Net.extend { name = "Twice" }
    function Twice:forward(x) return 2 * Twice.super.forward(self, x) end
    lab.manual_seed(1)
    local a = Net(3)
    lab.manual_seed(1)
    local b = Twice(3)
    local x = lab.ones(2, 2)
    assert.same((2 * a(x)):tolist(), b(x):tolist())
    local Residual = nn.Sequential.extend { name = "Residual" }
    function Residual:forward(v) return v + nn.Sequential.forward(self, v) end
    local r = Residual(nn.ReLU())
    assert.same({ 2, -1 }, r(lab.tensor { 1, -1 }):tolist())
    assert.same({ 2, -1 }, nn.Sequential(r)(lab.tensor { 1, -1 }):tolist())
    r.gain, r.extra = lab.ones(1, { requires_grad = true }), nn.Linear(1, 1)
    assert.equal(3, #r:parameters())
    r.gain:backward()
    r:zero_grad()
    assert.is_nil(r.gain.grad)
    r.gain, r.extra = nil, nil
    assert.equal("Residual(\n  (0): ReLU()\n)", tostring(r))
  end)

  it("takes several arguments and gives several results", function()
    local Two = nn.Module.extend { forward = function(_, a, b) return a + b, a - b end }
    local s, d = Two()(lab.tensor { 3 }, lab.tensor { 1 })
    assert.equal(4, s:item())
    assert.equal(2, d:item())
  end)

  it("may be written with a colon", function()
    local A = nn.Module:extend { name = "A" }
    local B = A:extend { name = "B", forward = function() return 7 end }
    assert.equal(7, B()())
    assert.equal("B()", tostring(B()))
  end)
end)

describe("nn.init", function()
  local function moments(t)
    return t:mean():item(), t:std():item(), lab.max(lab.abs(t)):item()
  end

  for _, entry in ipairs(reference.stds) do
    it("draws with PyTorch's width: " .. entry.lua:format("*"), function()
      lab.manual_seed(7)
      for _, kind in ipairs { "uniform", "normal" } do
        local t = lab.zeros(table.unpack(entry.shape))
        local returned = eval("nn.init." .. entry.lua:format(kind), { t = t })
        assert.equal(t, returned)
        local mean, std, most = moments(t)
        assert.is_true(math.abs(mean) < 0.1 * entry.std, kind .. " mean")
        assert.is_true(math.abs(std / entry.std - 1) < 0.04, kind .. " std")
        if kind == "uniform" then
          local bound = math.sqrt(3) * entry.std
          assert.is_true(most <= bound * (1 + 1e-6) and most > 0.98 * bound, "bound")
        else
          assert.is_true(most > 2.5 * entry.std, "tails")
        end
      end
    end)
  end

  for _, entry in ipairs(reference.gains) do
    it(("knows the gain of %s, %s"):format(entry.name, entry.param), function()
      assert_close(f64(entry.gain), f64(nn.init.calculate_gain(entry.name, entry.param)), 1e-15, "gain")
    end)
  end

  it("uniform_ and normal_ take their arguments by position or by name", function()
    lab.manual_seed(0)
    local a = nn.init.uniform_(lab.zeros(1000), -2, 6)
    assert.is_true(math.abs(a:mean():item() - 2) < 0.3)
    assert.is_true(a:min():item() >= -2 and a:max():item() < 6)
    lab.manual_seed(0)
    assert.same(a:tolist(), nn.init.uniform_(lab.zeros(1000), { b = 6, a = -2 }):tolist())
    local n = nn.init.normal_(lab.zeros(1000), { std = 0.01 })
    assert.is_true(math.abs(n:std():item() - 0.01) < 0.001)
    assert.is_true(math.abs(nn.init.normal_(lab.zeros(1000), 5, 0.1):mean():item() - 5) < 0.02)
  end)

  it("fills with constants", function()
    assert.same({ 1, 1 }, nn.init.ones_(lab.zeros(2)):tolist())
    assert.same({ 0, 0 }, nn.init.zeros_(lab.ones(2)):tolist())
    assert.same({ 2.5, 2.5 }, nn.init.constant_(lab.ones(2), 2.5):tolist())
    assert.same({ { 1, 0, 0 }, { 0, 1, 0 } }, nn.init.eye_(lab.ones(2, 3)):tolist())
    assert.same({ { 1, 0 }, { 0, 1 } }, nn.init.eye_(lab.ones(3, 2):narrow(1, 1, 2)):tolist())
  end)

  it("works on parameters and on views of any strides", function()
    local m = nn.Linear(3, 2)
    nn.init.zeros_(m.weight)
    assert.same({ { 0, 0, 0 }, { 0, 0, 0 } }, m.weight:tolist())
    assert.is_true(m.weight.requires_grad)
    local t = lab.zeros(2, 3)
    nn.init.ones_(t:t()[2])
    assert.same({ { 0, 1, 0 }, { 0, 1, 0 } }, t:tolist())
  end)
end)

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
    fails("nn.ReLU: the input must be a tensor, got nothing", nn.ReLU())
    fails("nn.ReLU: the input must be a tensor, got optlab.Module", nn.ReLU(), model)
    fails("nn.MSELoss: the target must be a tensor, got nothing", mse, lab.ones(2))
    fails("nn.ReLU: takes 1 input, got 2", nn.ReLU(), lab.ones(2), lab.ones(2))
    fails("nn.functional.relu: the input must be a tensor, got string", F.relu, "x")
    fails("nn.functional.linear: weight is (2), must be (out, in)", F.linear, lab.ones(2), lab.ones(2))
    fails("bias is (3), weight is (1, 2): the bias must be (1)", F.linear, lab.ones(2), lab.ones(1, 2), lab.ones(3))
  end)

  it("says what a constructor's argument should be", function()
    fails("nn.Linear: in_features is missing; it must be an integer of at least 1", nn.Linear)
    fails("nn.Linear: out_features must be a whole number from 1 up, got 0", nn.Linear, 3, 0)
    fails("nn.Linear: out_features must be a whole number from 1 up, got 1.5", nn.Linear, 3, 1.5)
    fails("nn.Linear: in_features must be a whole number from 1 up, got '3'", nn.Linear, "3", 1)
    fails("nn.Linear: bias must be true or false, got 1", nn.Linear, 3, 1, { bias = 1 })
    fails("nn.Linear: dtype must be 'float32' or 'float64', got 'int64'", nn.Linear, 3, 1, { dtype = "int64" })
    fails("nn.Linear: unknown option 'bais'; did you mean 'bias'?", nn.Linear, 3, 1, { bais = true })
    fails("nn.Linear: too many arguments (5, at most 4 and a table of options)",
      nn.Linear, 3, 1, true, "float32", 1)
    fails("nn.MSELoss: unknown option 'reducton'; did you mean 'reduction'?", nn.MSELoss, { reducton = "sum" })
    fails("nn.MSELoss: reduction must be one of 'none', 'mean', 'sum', got 'average'",
      nn.MSELoss, { reduction = "average" })
    fails("nn.Dropout: p is a probability, from 0 to 1; got 1.5", nn.Dropout, 1.5)
    fails("nn.Dropout: p must be a number, got 'x'", nn.Dropout, { p = "x" })
    fails("nn.HuberLoss: delta must be greater than 0, got 0", nn.HuberLoss, { delta = 0 })
    fails("nn.SmoothL1Loss: beta must not be negative, got -1", nn.SmoothL1Loss, { beta = -1 })
    fails("nn.CrossEntropyLoss: label_smoothing lies between 0 and 1, got 2",
      nn.CrossEntropyLoss, { label_smoothing = 2 })
    fails("nn.CrossEntropyLoss: weight must be a tensor, got 1", nn.CrossEntropyLoss, { weight = 1 })
    fails("nn.Softmax: dim must be a dimension (1, 2, ... or -1 for the last), got 0", nn.Softmax, 0)
    fails("nn.functional.huber_loss: delta must be greater than 0, got -2", F.huber_loss, lab.ones(1), lab.ones(1), -2)
    fails("nn.functional.dropout: p is a probability, from 0 to 1; got 7", F.dropout, lab.ones(1), 7)
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
      ce, x, int64 { 1, 5, 2 })
    fails("row 1 is 0, class labels are whole numbers from 1 to 4 (labels count from 1: add 1 to labels that start",
      ce, x, int64 { 0, 1, 2 })
    fails("target: row 3 is 1.5, class labels are whole numbers from 1 to 4", ce, x, lab.tensor { 1, 2, 1.5 })
    fails("target: row 1 is -3", ce, x, int64 { -3, 1, 1 })
    fails("nn.NLLLoss: target: row 2 is 9", nn.NLLLoss(), x, int64 { 1, 9, 1 })
    fails("input is (3, 4), target is (2): the target must be class labels of shape (3)", ce, x, int64 { 1, 2 })
    fails("input is (3, 4), target is (3, 1)", ce, x, int64 { { 1 }, { 2 }, { 3 } })
    fails("input is a single number", ce, lab.tensor(1), int64(1))
    fails("weight is (3), but there are 4 classes: it must be (4)",
      nn.CrossEntropyLoss { weight = lab.ones(3) }, x, int64 { 1, 2, 3 })
    fails("weight is (3), but there are 4 classes", nn.NLLLoss { weight = lab.ones(3) }, x, int64 { 1, 2, 3 })
    fails("nn.functional.one_hot: labels: row 2 is 4, class labels are whole numbers from 1 to 3",
      F.one_hot, int64 { 1, 4 }, 3)
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
      function() m.weight = int64 { { 1, 2, 3 }, { 4, 5, 6 } } end)
    fails("nn.Linear: 'weight' must be a tensor of its own, not a computed one; use detach()",
      function() m.weight = m.weight * 2 end)
    fails("nn.Linear: bias is missing; it must be a tensor", function() m.bias = nil end)
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
    fails("nn.init.xavier_normal_: gain must not be negative, got -1", nn.init.xavier_normal_, lab.ones(3, 3), -1)
    fails("nn.init.constant_: val is missing, must be a number", nn.init.constant_, lab.ones(3))
    fails("nn.init.eye_: only a matrix can be the identity", nn.init.eye_, lab.ones(3))
    fails("nn.init.kaiming_normal_: mode must be one of 'fan_in', 'fan_out', got 'in'",
      nn.init.kaiming_normal_, lab.ones(3, 3), { mode = "in" })
    fails("nn.init.normal_: unknown option 'sdt'; did you mean 'std'?", nn.init.normal_, lab.ones(3), { sdt = 1 })
    fails("nn.init.normal_: the tensor must be float32 or float64, got int64", nn.init.normal_, int64 { 1 })
    fails("nn.init.zeros_: the first argument must be a tensor, got nil", nn.init.zeros_, nil)
    fails("nn.init.calculate_gain: nonlinearity must be one of 'linear'", nn.init.calculate_gain, "reul")
  end)

  it("guards containers and classes", function()
    fails("nn.Sequential: layer 2 must be a layer or a function, got nothing", nn.Sequential, nn.ReLU(), nil, nn.ReLU())
    fails("nn.Sequential: layer 1 must be a layer or a function, got 3", nn.Sequential, 3)
    fails("nn.Sequential: there is no layer 9 to set, the next one is 3", function() net[9] = nn.ReLU() end)
    fails("nn.Module.extend: forward must be a function, got 3", nn.Module.extend, { forward = 3 })
    fails("nn.Module.extend: name must be a string, got 3", nn.Module.extend, { name = 3 })
    local Empty = nn.Module.extend { name = "Empty" }
    fails("Empty: no forward is defined; write function Empty:forward(x) ... end", Empty(), lab.ones(1))
    fails("register_buffer: 'x' must be a tensor, got 1", function() Empty():register_buffer("x", 1) end)
  end)

  it("guards state and modes, and changes nothing when a state does not fit", function()
    local state = net:state_dict()
    local before = net[1].weight:tolist()
    state["0.weight"] = lab.zeros(1, 3)
    state["0.bias"] = lab.zeros(2)
    fails("load_state_dict: '0.bias' has shape (1) here, (2) in the table", function() net:load_state_dict(state) end)
    assert.same(before, net[1].weight:tolist())
    state["0.bias"] = nil
    state["0.bais"] = lab.zeros(1)
    fails("load_state_dict: the names do not fit (missing: 0.bias; unknown: 0.bais); {strict=false} loads what does",
      function() net:load_state_dict(state) end)
    state["0.bais"], state["0.bias"] = nil, 3
    fails("load_state_dict: '0.bias' must be a tensor, got 3", function() net:load_state_dict(state) end)
    fails("load_state_dict: unknown option 'strickt'", function() net:load_state_dict(state, { strickt = true }) end)
    fails("to: dtype must be one of float32, float64, got \"int64\"", function() net:to "int64" end)
    fails("train: mode must be true or false, got 1", function() net:train(1) end)
    fails("apply: fn must be a function, got nothing", function() net:apply() end)
  end)
end)

describe("memory", function()
  local function live()
    collectgarbage()
    collectgarbage()
    return lab.memory().live
  end

  local x = lab.randn(4, 3, { requires_grad = true })
  local y, q, labels = lab.randn(4, 3), lab.rand(4, 3), int64 { 1, 2, 3, 1 }
  local images = lab.randn({ 2, 1, 6, 6 }, { requires_grad = true })
  local makers = {
    function() return nn.Conv2d(1, 2, { 3, 2 }), nn.BatchNorm2d(2) end,
    function()
      local net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.MaxPool2d(2), nn.AvgPool2d(2, 1))
      return lab.autograd.grad(net(images):sum(), { images, net[1].weight })
    end,
    function() return nn.Linear(3, 2) end,
    function() return nn.Linear(3, 2):to("float64") end,
    function() return nn.Sequential(nn.Linear(3, 2), lab.exp, nn.Softplus(), nn.Dropout(), nn.Flatten(1))(x) end,
    function() return nn.Sequential(nn.LeakyReLU(), nn.ELU(), nn.SiLU(), nn.GELU(), nn.Softmax(), nn.Sigmoid(),
      nn.Tanh())(x) end,
    function() return nn.HuberLoss()(x, y) end,
    function() return nn.SmoothL1Loss()(x, y) end,
    function() return nn.BCELoss()(q, q) end,
    function() return nn.BCEWithLogitsLoss { pos_weight = q }(x, q) end,
    function() return nn.CrossEntropyLoss { weight = lab.ones(3), label_smoothing = 0.1 }(x, labels) end,
    function() return nn.CrossEntropyLoss { label_smoothing = 0.1 }(x, q) end,
    function() return nn.NLLLoss { weight = lab.ones(3) }(x, labels) end,
    function() return F.one_hot(labels) end,
    function() return nn.Linear(3, 2):state_dict() end,
  }
  it("that runs out leaves an error behind, no leak and no crash, wherever it happens", function()
    for _, make in ipairs(makers) do
      make()
      local before, done, tries = live(), false, 0
      while not done do
        tries = tries + 1
        lab.fail_allocation(tries)
        local message
        done, message = pcall(make)
        lab.fail_allocation(0)
        if not done then assert.matches("nn_spec.lua:%d+: .*memory", message) end
        message = nil -- luacheck: ignore
        assert.equal(before, live())
      end
      assert.is_true(tries > 1)
    end
  end)

  it("of layers and losses is given back", function()
    local function work()
      local model = nn.Sequential(nn.Linear(50, 50), nn.Dropout(), nn.ReLU(), nn.Linear(50, 10))
      local loss = nn.CrossEntropyLoss { weight = lab.ones(10), label_smoothing = 0.1 }
      loss(model(lab.ones(8, 50)), int64 { 1, 2, 3, 4, 5, 6, 7, 8 }):backward()
    end
    work()
    local before = live()
    for _ = 1, 50 do work() end
    assert.equal(before, live())
  end)
end)
