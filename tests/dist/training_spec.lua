-- train.fit{distributed}: ranks that share each batch.
local files = require "tests.support.files"
local lab = require "optlab"
local ranks = require "tests.support.ranks"

local dir
local function on_ranks(name, fn)
  it(name, function()
    if ranks.missing then return pending(ranks.missing) end
    fn()
  end)
end

before_each(function() dir = files.folder() end)
after_each(function() files.remove(dir) end)

-- A classifier with running statistics and dropout, and what a training leaves: the history and the parameters as text.
local TRAINING = [[
  local nn = lab.nn
  lab.manual_seed(2)
  local X, y = lab.randn(150, 10), lab.randint(1, 6, {150})
  local function net()
    lab.manual_seed(5)
    return nn.Sequential(nn.Linear(10, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 5))
  end
  local function train(options)
    local model = options.model or net()
    local o = {
      model = model, loss = nn.CrossEntropyLoss(), optimizer = lab.optim.Adam(model:parameters(), {lr = 0.01}),
      data = lab.data.loader({X, y}, {batch_size = 32, shuffle = true}), epochs = 2, metric = "accuracy",
      eval_data = {X = X, y = y}, progress = false,
    }
    for name, value in pairs(options) do o[name] = value end
    lab.manual_seed(7)
    local history = lab.train.fit(o)
    local lines, names = {}, {}
    for name, list in pairs(history) do
      if type(list) == "table" and type(list[1]) == "number" and name ~= "seconds" then names[#names + 1] = name end
    end
    table.sort(names)
    for _, name in ipairs(names) do
      for _, x in ipairs(history[name]) do lines[#lines + 1] = ("%s %.17g"):format(name, x) end
    end
    for name, t in pairs(model:state_dict()) do
      names[#names + 1] = name
      lines[#lines + 1] = ("%s %.17g"):format(name, t:to("float64"):mul(lab.arange(t:numel()):reshape(t.shape)):sum()
        :item())
    end
    table.sort(lines)
    return table.concat(lines, "\n"), history, model
  end
]]

-- What rank 0 prints of the code on n ranks.
local function printed(n, code, ...)
  local status, out, err = ranks.run(dir, n, TRAINING .. code, ...)
  assert.are.equal(0, status, err)
  return out, err
end

-- The code prints the same bytes on 1, 2 and 4 ranks.
local function same_bits(code)
  local one = printed(1, code)
  assert.is_true(#one > 0)
  assert.are.equal(one, printed(2, code))
  assert.are.equal(one, printed(4, code))
  return one
end

describe("train.fit{distributed}", function()
  -- In float32 the rounding of another cut decides at some step which side of a ReLU or which pixel of a pool a value
  -- is on, and from there on curves part, also that of one process from its own in float64.
  on_ranks("trains LeNet along one curve on 1, 2 and 4 ranks for 50 steps", function()
    local code = [[
      lab.set_default_dtype "%s"
      local data = lab.data.fashion_mnist_pair{n = 1600, n_test = 1}
      local net = lab.book.lenet()
      lab.train.fit{model = net, loss = nn.CrossEntropyLoss(), epochs = 1, progress = false, distributed = %s,
        optimizer = lab.optim.SGD(net:parameters(), {lr = 0.1}),
        data = lab.data.loader(data, {batch_size = 32, shuffle = true}),
        on_step = function(info) print(("%%.17g"):format(info.loss)) end}
    ]]
    local function curve(n, dtype, distributed)
      local list = {}
      for x in printed(n, code:format(dtype, distributed)):gmatch("%S+") do list[#list + 1] = tonumber(x) end
      assert.are.equal(50, #list)
      return list
    end
    local plain = curve(1, "float64", "nil")
    assert.is_true(plain[50] < 0.9 * plain[1])
    for _, n in ipairs { 1, 2, 4 } do
      for i, x in ipairs(curve(n, "float64", "true")) do
        assert.is_true(math.abs(x - plain[i]) < 1e-10, ("%d ranks, step %d: %.9g, %.9g"):format(n, i, x, plain[i]))
      end
    end
    local parts = curve(1, "float32", "{parts = 4}")
    for i = 1, 4 do assert.is_true(math.abs(parts[i] - plain[i]) < 1e-5) end
    assert.are.same(parts, curve(2, "float32", "{parts = 4}"))
    assert.are.same(parts, curve(4, "float32", "{parts = 4}"))
  end)

  on_ranks("gives the same bits for the same parts: running statistics, dropout, a short last batch", function()
    same_bits 'print((train{distributed = {parts = 4}}))'
    same_bits 'print((train{distributed = {parts = 8, bucket = 100}}))'
  end)

  on_ranks("gives the same bits on three ranks with two parts each, and on one with six", function()
    local code = 'print((train{distributed = {parts = 6}}))'
    assert.are.equal(printed(1, code), printed(3, code))
  end)

  on_ranks("gives the same bits with accumulated batches, a clipped norm, a schedule, and batches of fewer rows than "
    .. "parts", function()
    same_bits [[print((train{distributed = {parts = 4}, accumulate = 3, clip_grad_norm = 0.5,
      scheduler = lab.sched.Cosine{max_update = 10, base_lr = 0.01}, scheduler_unit = "step"}))]]
    same_bits [[print((train{distributed = {parts = 4}, data = lab.data.loader({X, y}, {batch_size = 3}), epochs = 1,
      model = nn.Sequential(nn.Linear(10, 5))}))]]
  end)

  on_ranks("gives an optimizer that looks at the loss that of the whole update", function()
    same_bits [[
      local model = net()
      print((train{model = model, optimizer = lab.optim.Polyak(model:parameters(), {lr = 0.1}), accumulate = 2,
        distributed = {parts = 4}}))]]
  end)

  on_ranks("weighs parts as the loss does: class weights, sums, functions of the script", function()
    for _, loss in ipairs {
      "nn.CrossEntropyLoss{weight = lab.tensor{1, 2, 3, 0.5, 1}}", "nn.CrossEntropyLoss{reduction = 'sum'}",
      "function(prediction, labels) return nn.functional.cross_entropy(prediction, labels) end",
    } do
      local rate = loss:find "sum" and 1e-4 or 0.01
      local code = ([[
        local model = nn.Sequential(nn.Linear(10, 5))
        local _, history = train{model = model, loss = %s, distributed = %%s,
          optimizer = lab.optim.SGD(model:parameters(), {lr = %g})}
        for _, name in ipairs {"train_loss", "train_acc", "test_loss", "grad_norm"} do
          print(table.concat(history[name], " "))
        end]]):format(loss, rate)
      local plain, shared = printed(1, code:format "nil"), same_bits(code:format "{parts = 4}")
      local next_number = shared:gmatch "%S+"
      for x in plain:gmatch "%S+" do
        local other = tonumber(next_number())
        assert.is_true(math.abs(tonumber(x) - other) <= 1e-5 * math.abs(other), loss .. "\n" .. plain .. shared)
      end
    end
  end)

  on_ranks("cuts the batches of an object that is no loader", function()
    same_bits [[
      local data = setmetatable({batches = function()
        local i = 0
        return function()
          i = i + 1
          if i <= 3 then return X:narrow(1, 1 + (i - 1) * 40, 40), y:narrow(1, 1 + (i - 1) * 40, 40) end
        end
      end}, {__len = function() return 3 end})
      print((train{data = data, distributed = {parts = 4}}))]]
  end)

  on_ranks("begins with rank 0's parameters, and leaves all ranks with the same", function()
    local _, err = printed(3, [[
      local model = net()
      lab.no_grad(function() for _, p in ipairs(model:parameters()) do p:mul_(1 + lab.dist.rank) end end)
      io.stderr:write("<" .. train{distributed = true, model = model} .. ">")]])
    local texts = {}
    for text in err:gmatch("<(.-)>") do texts[#texts + 1] = text end
    assert.are.equal(3, #texts)
    assert.are.equal(texts[1], texts[2])
    assert.are.equal(texts[1], texts[3])
    local model = printed(3, 'print((train{distributed = true}))')
    assert.are.equal(model, texts[1] .. "\n")
  end)

  on_ranks("adds to no gradient of parameters that a batch does not use", function()
    same_bits [[
      local used, unused = lab.ones({10, 5}, {requires_grad = true}), lab.ones(3, {requires_grad = true})
      local o = {model = function(x) return x:mm(used) end, data = lab.data.loader({X, y}, {batch_size = 10}),
        loss = nn.CrossEntropyLoss(), optimizer = lab.optim.SGD({used, unused}, {lr = 0.1}), epochs = 1,
        distributed = {parts = 4}, progress = false}
      print(("%.17g"):format(lab.train.fit(o).loss[1]), used:sum():item(), unused.grad)]]
  end)

  on_ranks("evaluates large sets batch by batch on all ranks, with the bits of one", function()
    same_bits [[
      local many = {X = lab.randn(3000, 10), y = lab.randint(1, 6, {3000})}
      print((train{distributed = {parts = 4}, eval_data = {valid = many, test = {X = X, y = y}},
        metrics = {"top2", mae = function(p) return p:abs():mean() end}, metric = "accuracy"}))]]
  end)

  on_ranks("diverges on all ranks, and says so once", function()
    local code = [[
      X[{149, 1}] = 0 / 0
      local _, history = train{distributed = {parts = 4}, data = lab.data.loader({X, y}, {batch_size = 32})}
      io.stderr:write(("rank %d step %d %s\n"):format(lab.dist.rank, history.diverged.step, history.diverged.reason))]]
    local _, err = printed(2, code)
    assert.are.equal(1, select(2, err:gsub("the loss is nan at step 5 %(epoch 1%)", "")))
    local reason = "step 5 the batch itself has values that are inf or nan: look at the data"
    assert.is_truthy(err:find("rank 0 " .. reason, 1, true), err)
    assert.is_truthy(err:find("rank 1 " .. reason, 1, true), err)
  end)

  on_ranks("ends on all ranks when a callback of one says stop", function()
    local _, err = printed(2, [[
      local _, history = train{distributed = true, epochs = 9, on_epoch = function(info)
        if lab.dist.rank == 1 and info.epoch == 3 then return "stop" end
      end}
      io.stderr:write(("stopped %d\n"):format(history.stopped.epoch))
      _, history = train{distributed = true, on_step = function(info)
        if lab.dist.rank == 0 and info.step == 2 then return "stop" end
      end}
      io.stderr:write(("stopped %d\n"):format(history.stopped.step))]])
    assert.are.equal(2, select(2, err:gsub("stopped 3\n", "")))
    assert.are.equal(2, select(2, err:gsub("stopped 2\n", "")))
  end)

  on_ranks("goes on from a checkpoint on another number of ranks, to the bits of an unbroken training", function()
    local whole = printed(2, 'print((train{distributed = {parts = 4}, epochs = 4}))')
    local code = [[
      print((train{distributed = {parts = 4}, epochs = %d,
        checkpoint = {path = "saved.safetensors", every_steps = 3, resume = true}}))]]
    printed(2, code:format(2))
    assert.is_true(files.exists(dir .. "/saved.safetensors"))
    assert.are.equal(whole, printed(4, code:format(4)))
  end)

  on_ranks("ends with an error when one rank fails in the middle, and with Ctrl-C", function()
    local status, _, err = ranks.run(dir, 2, TRAINING .. [[
      train{distributed = true, on_step = function(info)
        if lab.dist.rank == 1 and info.step == 3 then error "no more" end
      end}]])
    assert.are.equal(1, status)
    assert.matches("rank 1 of 2: script.lua:%d+: no more", err)
    files.write(dir .. "/script.lua", 'local lab = require "optlab"\n' .. TRAINING .. [[
      train{distributed = true, epochs = 100000, on_step = function(info)
        if info.step == 20 then io.stderr:write "training\n" end
      end}]])
    status, _, err = ranks.interrupted(dir, 2, "training")
    assert.are_not.equal(0, status)
    assert.matches("rank 0 of 2: .*interrupted", err)
  end)

  on_ranks("refuses ranks that differ, on all of them", function()
    for code, words in pairs {
      ["epochs = 1 + lab.dist.rank"] = "rank 0 and rank 1 differ in epochs: 1 and 2",
      ["data = lab.data.loader({X, y}, {batch_size = 10 + lab.dist.rank})"] = "differ in batches an epoch: 15 and 14",
      ["model = nn.Linear(10, 5 + lab.dist.rank)"] = "differ in parameters (2): float32 5x10",
    } do
      local status, _, err = ranks.run(dir, 2, TRAINING .. ("train{distributed = true, %s}"):format(code))
      assert.are.equal(1, status)
      assert.is_truthy(err:find("train.fit: rank 0 and rank 1 differ in", 1, true), err)
      assert.is_truthy(err:find(words, 1, true), err)
    end
  end)

  on_ranks("refuses parts that ranks cannot share", function()
    for parts, words in pairs {
      [3] = "parts must be a multiple of the number of ranks, 2, got 3",
      [6] = "each rank must have 1, 2, 4, 8, ... parts, because they are added in pairs; 6 parts on 2 ranks are 3",
    } do
      local status, _, err = ranks.run(dir, 2, TRAINING .. ("train{distributed = {parts = %d}}"):format(parts))
      assert.are.equal(1, status)
      assert.is_truthy(err:find("train.fit: distributed: " .. words, 1, true), err)
    end
  end)
end)

describe("train.fit{distributed} of one process", function()
  local function fit(changes)
    lab.manual_seed(1)
    local model = lab.nn.Linear(3, 1)
    local o = {
      model = model, loss = lab.nn.MSELoss(), optimizer = lab.optim.SGD(model:parameters(), {lr = 0.1}), epochs = 2,
      data = lab.data.loader({lab.randn(20, 3), lab.randn(20, 1)}, {batch_size = 6, shuffle = true}), progress = false,
    }
    for name, value in pairs(changes) do o[name] = value end
    return lab.train.fit(o), model
  end

  it("is the usual training, to the bit", function()
    assert.are.same(fit({}).loss, fit({distributed = true}).loss)
    assert.are.same(fit({}).loss, fit({distributed = false}).loss)
  end)

  it("can cut the batches into parts too", function()
    local plain, cut = fit({}), fit({distributed = {parts = 5}})
    for i, loss in ipairs(plain.loss) do assert.is_true(math.abs(loss - cut.loss[i]) < 1e-6) end
  end)

  it("refuses what it cannot share", function()
    assert.error_matches(function() fit({distributed = {parts = 0}}) end, "distributed: parts must be")
    assert.error_matches(function() fit({distributed = {part = 2}}) end, "did you mean 'parts'")
    assert.error_matches(function() fit({distributed = 4}) end, "distributed must be")
    assert.error_matches(function() fit({distributed = true, step = function() return 1 end}) end,
      "'step' makes the update by itself; add the gradients in it by dist.all_reduce")
    assert.error_matches(function() fit({distributed = true, compile = true}) end, "are not compiled")
  end)

  on_ranks("ends with an error where a model makes a call of its own on one rank", function()
    local status, _, err = ranks.run(dir, 2, [[
      local nn, d = lab.nn, lab.dist
      local layer = nn.Linear(3, 1)
      local model = nn.Sequential(layer, function(x) if d.rank == 0 then d.barrier() end return x end)
      lab.train.fit{model = model, loss = nn.MSELoss(), optimizer = lab.optim.SGD(model:parameters()),
        data = lab.data.loader({lab.ones(8, 3), lab.ones(8, 1)}, {batch_size = 8}),
        epochs = 1, distributed = true, progress = false}
    ]])
    assert.are_not.equal(0, status)
    assert.matches("rank 1 of 2: .*rank 0 is in another call, and rank 1 waits for it", err)
  end)
end)
