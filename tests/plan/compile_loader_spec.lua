--- A compiled step that runs over a loader's batches.
local lab = require "optlab"
local steps = require "tests.support.compiled"
local errors = require "tests.support.errors"
local nn, optim = lab.nn, lab.optim
local bits = steps.bits

describe("lab.compile", function()
  describe("over a loader", function()
    local function setting(replacement)
      lab.manual_seed(7)
      local options = { batch_size = 5, shuffle = true, replacement = replacement }
      local loader = lab.data.loader({ X = lab.randn(23, 3), y = lab.randn(23, 1) }, options)
      local net, loss = nn.Linear(3, 1), nn.MSELoss()
      local opt = optim.SGD(net:parameters(), { lr = 0.1 })
      local function step(X, y)
        opt:zero_grad()
        local l = loss(net(X), y)
        l:backward()
        opt:step()
        return l
      end
      return step, loader, net
    end

    for _, replacement in ipairs { false, true } do
      local how = replacement and ", with replacement" or ""
      it("gives the losses and the parameters of the loop in Lua" .. how, function()
        local step, loader, net = setting(replacement)
        local losses = {}
        for _ = 1, 4 do
          for X, y in loader:batches() do losses[#losses + 1] = step(X, y):item() end
        end
        local step2, loader2, net2 = setting(replacement)
        local compiled, replayed = lab.compile(step2), {}
        for epoch = 1, 4 do
          if epoch % 2 == 1 then
            for _, v in ipairs(compiled:run(loader2):tolist()) do replayed[#replayed + 1] = v end
          else
            local pass = compiled:pass(loader2)
            assert.equal(5, #pass)
            while true do
              local part = pass:run(2)
              if not part then break end
              assert.is_true(#part <= 2)
              for _, v in ipairs(part:tolist()) do replayed[#replayed + 1] = v end
            end
          end
        end
        assert.same(losses, replayed)
        assert.equal(bits(net.weight), bits(net2.weight))
        assert.equal(4, loader2.epoch)
        assert.equal("CompiledStep(plans=2, recordings=4, replays=16)", tostring(compiled))
      end)
    end

    it("needs no more memory for many epochs", function()
      local X = lab.randn(3000, 3)
      local step = lab.compile(function(a) return a:sum() end)
      local loader = lab.data.loader({ X = X }, { batch_size = 1000, shuffle = true })
      for _ = 1, 100 do step:run(loader) end
      collectgarbage()
      local before = lab.memory()
      for _ = 1, 1000 do step:run(loader) end
      assert.is_true(lab.memory().live - before.live < 1e6) -- their orders alone would be 24 MB
    end)

    it("goes on in the middle of an epoch", function()
      local step, loader = setting()
      local compiled = lab.compile(step)
      compiled:run(loader)
      compiled:pass(loader):run(2)
      local state = loader:state_dict()
      assert.equal(2, state.position)
      loader:load_state_dict(state)
      assert.equal(3, #compiled:run(loader))
    end)

    it("converts bytes on the way", function()
      local X, y = lab.randint(0, 256, { 40, 6 }):to("uint8"), lab.randn(40)
      local loader = lab.data.loader({ X = X, y = y }, { batch_size = 8, transform = { scale = 1 / 255 } })
      local step = lab.compile(function(a, b) return a:sum() + b:sum() end)
      local first = step:run(loader)
      assert.same(first:tolist(), step:run(loader):tolist())
      assert.equal(8, step.replays)
    end)

    it("says what it needs", function()
      local step, loader = setting()
      local compiled = lab.compile(function() return 3 end)
      assert.is_truthy(errors.message(compiled.run, compiled, loader):find(
        "must return the loss first, a tensor of one element; it returned 3", 1, true))
      assert.is_truthy(errors.message(lab.compile(step).run, step, loader):find("self must be a compiled step",
        1, true))
      assert.is_truthy(errors.message(compiled.run, compiled, {}):find("loader must be a loader", 1, true))
      assert.is_truthy(errors.message(function() return compiled.plan end):find("has no field 'plan'", 1, true))
    end)
  end)
end)
