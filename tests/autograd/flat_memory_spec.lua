--- Lua's collector is told of memory also where a graph keeps what an operation returned.
local lab = require "optlab"

describe("memory of a loop that throws its results away", function()
  for _, name in ipairs { "relu", "tanh", "exp", "square" } do
    it("stays flat: " .. name, function()
      local x = lab.randn(512, 512, { requires_grad = true }) -- a megabyte
      local f = lab[name]
      collectgarbage()
      lab.reset_peak_memory()
      local before = lab.memory().live
      for _ = 1, 200 do f(x) end
      assert.is_true(lab.memory().peak - before < 64e6, lab.memory().peak - before)
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
    assert.is_true(lab.memory().peak - before < 64e6, lab.memory().peak - before)
  end)
end)
