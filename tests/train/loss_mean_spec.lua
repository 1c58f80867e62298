--- The mean of a loss over data: one number for every batch size, whatever the loss divides by.
local lab = require "optlab"
local errors = require "tests.support.errors"
local nn, train = lab.nn, lab.train

local function near(want, got) assert.is_true(math.abs(want - got) < 1e-6 * math.max(1, math.abs(want)), got) end

-- calls f(loader, size) with batches of many sizes, the last of which are smaller too
local function each_size(data, f)
  for _, size in ipairs {1, 2, 3, 5, 100} do f(lab.data.loader(data, {batch_size = size}), size) end
end

describe("the mean loss", function()
  lab.manual_seed(1)
  local labels = lab.tensor({1, 2, 3, 3, 2, 2, 1}, {dtype = "int64"})
  local X = lab.randn(7, 3)
  local weight = lab.tensor {1, 9, 0.5}
  local cases = {
    ["a mean over elements"] = {nn.MSELoss(), {X = X, y = lab.randn(7, 3)}},
    ["class weights"] = {nn.CrossEntropyLoss {weight = weight}, {X = X, y = labels}},
    ["class weights and smoothing"] = {
      nn.CrossEntropyLoss {weight = weight, label_smoothing = 0.2}, {X = X, y = labels},
    },
    ["class weights of probabilities"] = {nn.CrossEntropyLoss {weight = weight}, {X = X, y = lab.rand(7, 3)}},
    ["class weights of log-probabilities"] = {nn.NLLLoss {weight = weight}, {X = X, y = labels}},
    ["weights of positive elements"] = {nn.BCEWithLogitsLoss {pos_weight = weight}, {X = X, y = lab.rand(7, 3)}},
    ["a weight of 0"] = {nn.NLLLoss {weight = lab.tensor {0, 9, 0.5}}, {X = X, y = labels}},
  }

  for name, case in pairs(cases) do
    it("is that of all rows at once: " .. name, function()
      local loss, data = case[1], case[2]
      local want = loss(data.X, data.y):item()
      each_size(data, function(loader) near(want, train.mean_loss(nn.Identity(), loss, loader)) end)
      near(want, train.mean_loss(nn.Identity(), loss, data))
    end)

    if name ~= "a weight of 0" then
      it("is so in train.fit, compiled or not, and in train.sweep: " .. name, function()
        local loss, data = case[1], case[2]
        local first = nn.Linear(3, 3)
        local function copy() return nn.Linear(3, 3), first:state_dict() end
        local want = loss(first(data.X), data.y):item()
        local function fit(loader, compile)
          local net, state = copy()
          net:load_state_dict(state)
          return train.fit {
            model = net, loss = loss, optimizer = lab.optim.SGD(net:parameters(), {lr = 0}), data = loader, epochs = 2,
            compile = compile, eval_every = 7,
          }
        end
        each_size(data, function(loader, size)
          local plain, compiled = fit(loader, false), fit(loader, true)
          near(want, plain.train_loss[2])
          assert.same(plain.train_loss, compiled.train_loss)
          assert.same(plain.loss, compiled.loss)
          local results = train.sweep {
            model = function()
              local net, state = copy()
              net:load_state_dict(state)
              return net
            end,
            loss = loss, optimizer = function(params) return lab.optim.SGD(params, {lr = 0}) end, data = data,
            batch_size = size, epochs = 4, runs = {{seed = 1}, {seed = 2}},
          }
          for _, r in ipairs(results) do
            near(want, r.loss)
            for _, mean in ipairs(r.train_loss) do near(want, mean) end
          end
        end)
      end)
    end
  end

  it("of a sum is the mean over rows", function()
    local data = {X = lab.arange(1, 6):reshape(5, 1), y = lab.zeros(5, 1)}
    local loss = nn.MSELoss {reduction = "sum"}
    each_size(data, function(loader)
      assert.equal(11, train.mean_loss(nn.Identity(), loss, loader))
      for _, compile in ipairs {true, false} do
        local net = nn.Sequential(nn.Linear(1, 1, {bias = false}))
        nn.init.ones_(net[1].weight)
        local history = train.fit {
          model = net, loss = loss, optimizer = lab.optim.SGD(net:parameters(), {lr = 0}), data = loader, epochs = 3,
          compile = compile,
        }
        assert.same({11, 11, 11}, history.train_loss)
      end
    end)
  end)

  it("of a function of one's own weighs batches by their rows", function()
    local data = {X = lab.arange(1, 6):reshape(5, 1), y = lab.zeros(5, 1)}
    local function loss(prediction, y) return ((prediction - y) ^ 2):mean() end
    each_size(data, function(loader) near(11, train.mean_loss(nn.Identity(), loss, loader)) end)
  end)

  it("needs a loss that gives one number", function()
    local data = {X = X, y = X}
    local loss = nn.MSELoss {reduction = "none"}
    errors.says(function() train.mean_loss(nn.Identity(), loss, data) end, "loss_mean_spec.lua:",
      "train.mean_loss: loss must return one number for a batch; MSELoss() has the reduction 'none'")
  end)
end)
