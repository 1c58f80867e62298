--- Recurrent layers and cells: PyTorch's numbers, derivatives of second order, equal bits, packed sequences, errors.
local lab = require "optlab"
local errors = require "tests.support.errors"
local formula = require "tests.support.formula"
local nn = lab.nn

local reference = dofile "tests/reference/recurrent_values.lua"
local F64 = { dtype = "float64" }

local function fill(net)
  for i, p in ipairs(net:parameters()) do
    lab.no_grad(function() p:copy_(formula.centred(10000 * i, p.shape)) end)
  end
end

local function leaf(first, shape) return formula.centred(first, shape):requires_grad_(true) end

-- h, of an LSTM {h, c}
local function states(c, shape, first)
  local h = leaf(first, shape)
  return c.name:match "LSTM" and { h, leaf(first + 1000, shape) } or h
end

local function listed(state) return lab.is_tensor(state) and { state } or state end

local function options_of(c)
  local o = { dtype = "float64" }
  for _, key in ipairs { "nonlinearity", "bias", "batch_first", "num_layers", "bidirectional" } do o[key] = c[key] end
  return o
end

local function state_shape(c, batch)
  return { (c.num_layers or 1) * (c.bidirectional and 2 or 1), batch, c.hidden }
end

-- Compares outputs and gradients; `wanted` without the parameters.
local function check(want, net, outputs, wanted)
  local loss = 0
  for i, o in ipairs(outputs) do
    formula.assert_digest(want.outputs[i], o, 1e-12, "output " .. i)
    loss = loss + (o * formula.centred(300000 + 1000 * (i - 1), o.shape)):sum()
  end
  for _, p in ipairs(net:parameters()) do wanted[#wanted + 1] = p end
  for _, create_graph in ipairs { false, true } do
    local grads = lab.autograd.grad(loss, wanted, { retain_graph = true, create_graph = create_graph })
    for i, g in ipairs(grads) do formula.assert_digest(want.grads[i], g, 1e-9, "gradient " .. i) end
  end
end

local function join(...)
  local all = {}
  for _, list in ipairs { ... } do
    for _, t in ipairs(list) do all[#all + 1] = t end
  end
  return all
end

describe("recurrent layers", function()
  for i, want in ipairs(reference.layers) do
    local c = want.case
    it(("give PyTorch's numbers (%d: %s)"):format(i, c.name), function()
      local net = nn[c.name](c.inputs, c.hidden, options_of(c))
      fill(net)
      local first = c.batch_first and { c.batch, c.steps } or { c.steps, c.batch }
      local x = leaf(0, { first[1], first[2], c.inputs })
      local state = c.state and states(c, state_shape(c, c.batch), 500000) or nil
      local y, last = net(x, state)
      check(want, net, join({ y }, listed(last)), join({ x }, state and listed(state) or {}))
    end)
  end

  for i, want in ipairs(reference.packed) do
    local c = want.case
    it(("take sequences of different lengths (%d: %s)"):format(i, c.name), function()
      local net = nn[c.name](c.inputs, c.hidden, options_of(c))
      fill(net)
      local batch, steps = #c.lengths, math.max(table.unpack(c.lengths))
      local x = leaf(0, { c.batch_first and batch or steps, c.batch_first and steps or batch, c.inputs })
      local state = states(c, state_shape(c, batch), 500000)
      local rnn = nn.utils.rnn
      local seq = rnn.pack_padded_sequence(x, c.lengths, { batch_first = c.batch_first, enforce_sorted = false })
      local y, last = net(seq, state)
      local padded, lengths = rnn.pad_packed_sequence(y,
        { batch_first = c.batch_first, padding_value = 0.5, total_length = steps + 1 })
      assert.same(c.lengths, lengths:tolist())
      check(want, net, join({ y.data, padded }, listed(last)), join({ x }, listed(state)))
    end)
  end

  for i, want in ipairs(reference.cells) do
    local c = want.case
    it(("have cells (%d: %s)"):format(i, c.name), function()
      local net = nn[c.name](c.inputs, c.hidden, { bias = c.bias, nonlinearity = c.nonlinearity, dtype = "float64" })
      fill(net)
      local x, state = leaf(0, { c.batch, c.inputs }), states(c, { c.batch, c.hidden }, 500000)
      local outputs = { net(x, state) }
      local one = { net(x[1], type(state) == "table" and { state[1][1], state[2][1] } or state[1]) }
      for k, o in ipairs(outputs) do assert.is_true((one[k] - o[1]):abs():max():item() < 1e-14) end
      check(want, net, outputs, join({ x }, listed(state)))
    end)
  end

  it("can be differentiated twice, by inputs, states and parameters", function()
    for _, name in ipairs { "RNN", "LSTM", "GRU" } do
      local net = nn[name](2, 2, { bidirectional = true, batch_first = name == "GRU", dtype = "float64" })
      fill(net)
      local x = leaf(0, { 2, 3, 2 })
      local h, c = leaf(500, { 2, name == "GRU" and 2 or 3, 2 }), leaf(600, { 2, 3, 2 })
      assert.is_true(lab.autograd.gradcheck(function(t, s, u)
        local y, last = net(t, name == "LSTM" and { s, u } or s)
        local all = (y ^ 2):sum() + (listed(last)[1] ^ 3):sum()
        return name == "LSTM" and all + (last[2] ^ 2):sum() or all + u:sum()
      end, { x, h, c }))
    end
  end)

  -- outputs, states and gradients as lists of numbers
  local function results(name, x, wrap)
    lab.manual_seed(3)
    local net = nn[name](x:size(3), 33, { num_layers = 2, bidirectional = true })
    local step = wrap(function(t)
      net:zero_grad()
      local y, last = net(t)
      local l = (y * y):sum() + listed(last)[1]:sum()
      l:backward()
      return l
    end)
    local all = {}
    for i = 1, 4 do all[i] = step(x):item() end
    for _, p in ipairs(net:parameters()) do all[#all + 1] = p.grad:tolist() end
    return all
  end

  it("give the same bits on any number of threads, and in compiled steps", function()
    local x, threads = lab.randn(9, 70, 40), lab.get_num_threads()
    for _, name in ipairs { "RNN", "LSTM", "GRU" } do
      local want
      for n = 1, 3 do
        lab.set_num_threads(n)
        local eager = results(name, x, function(f) return f end)
        want = want or eager
        assert.same(want, eager)
        assert.same(want, results(name, x, lab.compile))
      end
    end
    lab.set_num_threads(threads)
  end)

  it("give a sequence the same bits, wherever it stands in memory and in the batch", function()
    local net = nn.GRU(3, 20)
    local x = lab.randn(5, 4, 3)
    local y = net(x):detach()
    assert.same(y:tolist(), net(x:transpose(1, 2):contiguous():transpose(1, 2)):tolist())
    assert.same(y:tolist(), net(lab.cat({ x, x }, 3)[{ {}, {}, { 1, 3 } }]):tolist())
  end)

  it("compute in float32 what they compute in float64", function()
    for _, name in ipairs { "RNN", "LSTM", "GRU" } do
      local net = nn[name](37, 300, { batch_first = true })
      local x = lab.randn(2, 9, 37)
      local function run()
        net:zero_grad()
        local y = net(x)
        local l = (y * y):sum()
        l:backward()
        return y:detach():to("float64"), net.weight_hh_l0.grad:to("float64")
      end
      local y, g = run()
      net:to("float64")
      x = x:to("float64")
      local want, want_g = run()
      assert.is_true((y - want):abs():max():item() < 1e-6)
      assert.is_true((g - want_g):abs():max():item() < 1e-5 * want_g:abs():max():item())
    end
  end)

  it("go on from a state, and take a single sequence", function()
    for _, name in ipairs { "RNN", "LSTM", "GRU" } do
      local net = nn[name](3, 5, { num_layers = 2, dtype = "float64" })
      local x = lab.randn({ 6, 2, 3 }, F64)
      local whole, last = net(x)
      local first, state = net(x[{ { 1, 4 } }])
      local rest, again = net(x[{ { 5, 6 } }], state)
      assert.is_true((lab.cat({ first, rest }) - whole):abs():max():item() < 1e-14)
      assert.is_true((listed(last)[1] - listed(again)[1]):abs():max():item() < 1e-14)
      local one, of_one = net(x:select(2, 2))
      assert.same({ 6, 5 }, one.shape)
      assert.same({ 2, 5 }, listed(of_one)[1].shape)
      assert.is_true((one - whole:select(2, 2)):abs():max():item() < 1e-14)
    end
  end)

  it("drop between the layers in training alone", function()
    local net = nn.LSTM(3, 5, { num_layers = 2, dropout = 0.5 })
    local x = lab.randn(4, 2, 3)
    assert.not_same(net(x):tolist(), net(x):tolist())
    net:eval()
    assert.same(net(x):tolist(), net(x):tolist())
  end)

  it("hand the gradient of nan on through relu, as PyTorch's do", function()
    local rnn, x = lab.nn.RNN(1, 1, { nonlinearity = "relu" }), lab.tensor { { { 0 / 0 } } }
    x.requires_grad = true
    rnn(x):sum():backward()
    assert.is_true(x.grad:item() ~= 0)
  end)

  it("take no sequences, and no more memory than there is", function()
    local y, h = nn.GRU(3, 5)(lab.zeros(4, 0, 3))
    assert.same({ { 4, 0, 5 }, { 1, 0, 5 } }, { y.shape, h.shape })
    local net, x = nn.GRU(3, 5), lab.randn(4, 2, 3)
    local last
    for n = 1, 200 do
      lab.fail_allocation(n)
      local ok, why = pcall(function() net(x):sum():backward() end)
      lab.fail_allocation(0)
      if ok then break end
      last = why
    end
    assert.matches("memory", tostring(last))
    net:zero_grad()
    net(x):sum():backward()
  end)

  it("have PyTorch's names, and print themselves as PyTorch's do", function()
    local net = nn.LSTM(3, 5, { num_layers = 2, bidirectional = true, dropout = 0.25 })
    local names = {}
    for name in net:named_parameters() do names[#names + 1] = name end
    assert.same({ "weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0" }, { table.unpack(names, 1, 4) })
    assert.equal("weight_hh_l1_reverse", names[14])
    assert.same({ 20, 10 }, net.weight_ih_l1.shape)
    assert.equal("LSTM(3, 5, num_layers=2, dropout=0.25, bidirectional=True)", tostring(net))
    assert.equal("GRUCell(3, 5, bias=False)", tostring(nn.GRUCell(3, 5, { bias = false })))
    assert.equal("RNN(3, 5, batch_first=True)", tostring(nn.RNN(3, 5, { batch_first = true })))
  end)

  it("say what is wrong", function()
    local net = nn.LSTM(3, 5)
    local function message(f, ...)
      local given = { ... }
      return errors.text(function() f(table.unpack(given)) end)
    end
    assert.equal("nn.LSTM: input is (4, 2, 2), its last dimension must be 3", message(net, lab.zeros(4, 2, 2)))
    assert.equal("nn.LSTM: h is (1, 3, 5), must be (1, 2, 5)",
      message(net, lab.zeros(4, 2, 3), { lab.zeros(1, 3, 5), lab.zeros(1, 2, 5) }))
    assert.equal("nn.LSTM: input is (0, 2, 3), it must have at least one step", message(net, lab.zeros(0, 2, 3)))
    assert.equal("nn.LSTM: weight_ih is of dtype float32, input of float64; they must be the same",
      message(net, lab.zeros({ 4, 2, 3 }, F64)))
    assert.matches("state must be a list {h, c}", message(net, lab.zeros(4, 2, 3), lab.zeros(1, 2, 5)), 1, true)
    assert.matches("lengths%[2%] must be an integer", message(nn.utils.rnn.pack_padded_sequence, lab.zeros(4, 2, 3),
      { 4, 5 }))
    assert.equal("nn.LSTMCell: input is (4, 2), must be (batch, 3) or (3)", message(nn.LSTMCell(3, 5), lab.zeros(4, 2)))
    assert.matches("at least one sequence", message(nn.utils.rnn.pack_padded_sequence, lab.zeros(4, 0, 3), {}))
    assert.matches("pad_sequence: sequence 2 has shape %(2, 1%)",
      message(nn.utils.rnn.pad_sequence, { lab.zeros(3, 2), lab.zeros(2, 1) }))
    assert.matches("must not grow", message(nn.utils.rnn.pack_padded_sequence, lab.zeros(4, 2, 3), { 2, 3 }))
  end)

  it("pack and pad lists of sequences", function()
    local rnn = nn.utils.rnn
    local list = { lab.tensor { 1, 2 }, lab.tensor { 3 }, lab.tensor { 4, 5, 6 } }
    assert.same({ { 1, 2, 0 }, { 3, 0, 0 }, { 4, 5, 6 } }, rnn.pad_sequence(list, { batch_first = true }):tolist())
    assert.same({ { 1, 3, 4 }, { 2, -1, 5 }, { -1, -1, 6 } }, rnn.pad_sequence(list, { padding_value = -1 }):tolist())
    local p = rnn.pack_sequence(list, { enforce_sorted = false })
    assert.same({ { 4, 1, 3, 5, 2, 6 }, { 3, 2, 1 }, { 3, 1, 2 }, { 2, 3, 1 } },
      { p.data:tolist(), p.batch_sizes:tolist(), p.sorted_indices:tolist(), p.unsorted_indices:tolist() })
    local padded, lengths = rnn.pad_packed_sequence(p)
    assert.same({ { { 1, 3, 4 }, { 2, 0, 5 }, { 0, 0, 6 } }, { 2, 1, 3 } }, { padded:tolist(), lengths:tolist() })
  end)
end)
