--- Lua's collector runs when the memory behind tensors has grown, also where a graph keeps what an operation returned.
local lab = require "optlab"

-- The collector waits until the memory in use has grown by some megabytes or by an eighth.
local function assert_flat(before, most)
  local grown = lab.memory().peak - before
  assert.is_true(grown < most + before / 8, grown)
end

describe("memory of a loop that throws its results away", function()
  for _, name in ipairs { "relu", "tanh", "exp", "square" } do
    it("stays flat: " .. name, function()
      local x = lab.randn(512, 512, { requires_grad = true }) -- a megabyte
      local f = lab[name]
      collectgarbage()
      lab.reset_peak_memory()
      local before = lab.memory().live
      for _ = 1, 200 do f(x) end
      assert_flat(before, 64e6)
    end)
  end

  it("stays flat with gradients", function()
    local x = lab.randn(512, 512, { requires_grad = true })
    collectgarbage()
    lab.reset_peak_memory()
    local before = lab.memory().live
    for _ = 1, 100 do
      lab.relu(x):sum():backward()
      x.grad = nil
    end
    assert_flat(before, 64e6)
  end)

  -- Results that have become old before they die.
  local function replace_old_ones()
    local list = {}
    local function fill()
      for i = 1, 50 do
        list[i] = lab.ones(100000)
        for _ = 1, 20 do local _ = list[i] * 2 end
      end
    end
    fill()
    collectgarbage()
    lab.reset_peak_memory()
    local before = lab.memory().live
    for _ = 1, 10 do fill() end
    assert_flat(before, 64e6)
  end

  it("stays flat where results have become old before they die", replace_old_ones)

  it("stays flat after the script has let go of much", function()
    local much = {}
    for i = 1, 16 do much[i] = lab.ones(4000000) end
    assert.equal(16, #much)
    collectgarbage()
    for i = 1, 16 do much[i] = nil end
    collectgarbage()
    replace_old_ones()
  end)

  it("stays within a few results of what is in use", function()
    local x = lab.randn(512, 512)
    collectgarbage()
    for _ = 1, 50 do local _ = x + 1 end
    lab.reset_peak_memory()
    local before = lab.memory().live
    for _ = 1, 50 do local _ = x + 1 end
    assert_flat(before, 16e6)
  end)

  it("is kept so by the collector's generational mode", function()
    local mode = collectgarbage "incremental"
    collectgarbage()
    lab.reset_peak_memory()
    local before = lab.memory().live
    for _ = 1, 20000 do local _ = lab.zeros(1000) end
    collectgarbage "generational"
    assert.equal("generational", mode)
    assert_flat(before, 64e6)
  end)
end)
