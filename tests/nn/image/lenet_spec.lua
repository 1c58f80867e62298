--- The LeNet of the book against PyTorch: gradients, and the losses of 50 steps on made-up and on real images.
local lab = require "optlab"
local files = require "tests.support.files"
local formula = require "tests.support.formula"
local real_data = require "tests.support.real_data"
local nn, data, optim = lab.nn, lab.data, lab.optim
local reference = dofile "tests/reference/lenet_values.lua"

-- The network of tests/reference/lenet.py: weights uniform within Xavier's bound, biases within 0.05.
local function lenet(dtype)
  local net = lab.book.lenet():to(dtype)
  local start = 900000
  lab.no_grad(function()
    for _, p in ipairs(net:parameters()) do
      local shape = p.shape
      local taps = (shape[3] or 1) * (shape[4] or 1)
      local bound = #shape > 1 and math.sqrt(6 / (taps * (shape[1] + shape[2]))) or 0.05
      p:copy_(formula.centred(start, shape) * bound)
      start = start + p:numel()
    end
  end)
  return net
end

-- 1024 images: a pattern of 7 x 7 squares for each class, and noise; multiples of 1/256.
local function made_up()
  local pattern = formula.uniform(0, { 10, 7, 1, 7, 1 }):expand(10, 7, 4, 7, 4):reshape(10, 28, 28)
  local y = formula.whole(1000, { 1024 }, 1, 10):to "int64"
  local noise = formula.uniform(2048, { 1024, 28, 28 })
  local X = lab.floor(pattern:index_select(1, y) * 100 + noise * 155) / 256
  return { X = X:unsqueeze(2), y = y }
end

local function real()
  if not files.exists(real_data.images) then return nil end
  return { X = data.idx(real_data.images):unsqueeze(2), y = data.idx(real_data.labels):to "int64" + 1 }
end

-- Batches in order, the same again when they are used up: a function that gives the next X, y.
local function batches(ds, batch, dtype)
  local transform = ds.X.dtype == "uint8" and { dtype = dtype, scale = 1 / 255 } or nil
  local loader = data.loader(ds, { batch_size = batch, drop_last = true, transform = transform })
  local step, state, at = loader:batches()
  return function()
    local X, y = step(state, at)
    if not X then
      step, state, at = loader:batches()
      X, y = step(state, at)
    end
    return X:to(dtype), y
  end
end

describe("LeNet", function()
  it("starts with weights within Xavier's bound, and with biases at zero if asked", function()
    for _, zero_bias in ipairs { false, true } do
      for _, p in ipairs(lab.book.lenet({ zero_bias = zero_bias }):parameters()) do
        local shape, largest = p.shape, p:detach():abs():max():item()
        if #shape > 1 then
          local bound = math.sqrt(6 / ((shape[3] or 1) * (shape[4] or 1) * (shape[1] + shape[2])))
          assert.is_true(largest <= bound and largest > 0.9 * bound)
        else
          assert.are.equal(zero_bias, largest == 0)
        end
      end
    end
    assert.has_error(function() lab.book.lenet { zero_biases = true } end)
  end)

  it("has PyTorch's gradients in float64, all of them", function()
    local ds, want, net = made_up(), reference.gradients, lenet "float64"
    local out = net(ds.X[{ { 1, 256 } }])
    formula.assert_digest(want.output, out, 1e-12, "the output")
    nn.CrossEntropyLoss()(out, ds.y[{ { 1, 256 } }]):backward()
    local k = 0
    for name, p in net:named_parameters() do
      k = k + 1
      assert.equal(want.parameters[k].name, name)
      formula.assert_digest(want.parameters[k].digest, p.grad, 1e-11, name)
      local flat, values = p.grad:reshape(-1), want.parameters[k].values
      local n = flat:numel()
      for i, value in ipairs(values) do
        local at = n <= 200 and i or (i - 1) * (n - 1) // 199 + 1
        assert.near(value, flat[at]:item(), 1e-9, name .. " " .. at)
      end
    end
    assert.equal(#want.parameters, k)
  end)

  -- Calls visit(t, loss, net, X, y) after each backward.
  local function train(ds, run, steps, visit)
    local net, loss = lenet(run.dtype), nn.CrossEntropyLoss()
    local following = batches(ds, run.batch, run.dtype)
    local opt = optim.SGD(net:parameters(), { lr = run.lr })
    for t = 1, steps do
      local X, y = following()
      opt:zero_grad()
      local l = loss(net(X), y)
      l:backward()
      visit(t, l:item(), net, X, y)
      opt:step()
    end
    return net
  end

  -- A float32 network with the weights of `net`; its loss and gradients are those of `net` up to rounding.
  local function assert_narrow_agrees(narrow, t, loss, net, X, y)
    narrow:load_state_dict(net:state_dict())
    narrow:zero_grad()
    local l = nn.CrossEntropyLoss()(narrow(X:to "float32"), y)
    l:backward()
    assert.near(loss, l:item(), 2e-6, "loss of step " .. t)
    local wide = net:parameters()
    for k, p in ipairs(narrow:parameters()) do
      local off = (p.grad:to "float64" - wide[k].grad):norm():item()
      assert.is_true(off <= 1e-2 * wide[k].grad:norm():item(), ("step %d, parameter %d: off by %g"):format(t, k, off))
    end
  end

  -- In float64 to the last digits. In float32 rounding errors grow: see tests/reference/lenet.py.
  local function tolerance(dtype) return dtype == "float64" and 1e-9 or 1e-4 end

  for _, run in ipairs(reference.runs) do
    local title = ("has PyTorch's losses in %d steps on %s images with lr %g in %s"):format(#run.losses, run.images,
      run.lr, run.dtype)
    it(title .. (run.images == "real" and " #data" or ""), function()
      local ds = run.images == "real" and real() or run.images == "made up" and made_up()
      if not ds then return pending("the real images are missing: " .. real_data.images) end
      local narrow = run.dtype == "float64" and lenet "float32"
      train(ds, run, #run.losses, function(t, loss, ...)
        assert.near(run.losses[t], loss, tolerance(run.dtype), "loss of step " .. t)
        if narrow then assert_narrow_agrees(narrow, t, loss, ...) end
      end)
    end)
  end

  for _, batch in ipairs { 256, 37 } do
    it(("gives the same bits with 1, 2 and 3 threads, batches of %d"):format(batch), function()
      local before = lab.get_num_threads()
      finally(function() lab.set_num_threads(before) end)
      local run, ds, want = { lr = 0.3, batch = batch, dtype = "float32" }, made_up(), nil
      for threads = 1, 3 do
        lab.set_num_threads(threads)
        local got = {}
        local net = train(ds, run, 5, function(_, loss) got[#got + 1] = loss end)
        for _, p in ipairs(net:parameters()) do got[#got + 1] = p:reshape(-1):tolist() end
        want = want or got
        assert.same(want, got)
      end
    end)
  end
end)
