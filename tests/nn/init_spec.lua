--- nn.init against PyTorch's widths and gains.
local lab = require "optlab"
local close = require "tests.support.close"
local layers = require "tests.support.layers"
local tensors = require "tests.support.tensors"
local reference = dofile "tests/reference/nn_values.lua"
local nn = lab.nn

describe("nn.init", function()
  local function moments(t)
    return t:mean():item(), t:std():item(), lab.max(lab.abs(t)):item()
  end

  for _, entry in ipairs(reference.stds) do
    it("draws with PyTorch's width: " .. entry.lua:format("*"), function()
      lab.manual_seed(7)
      for _, kind in ipairs { "uniform", "normal" } do
        local t = lab.zeros(table.unpack(entry.shape))
        local returned = layers.eval("nn.init." .. entry.lua:format(kind), { t = t })
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
      close.tensor(tensors.f64(entry.gain), tensors.f64(nn.init.calculate_gain(entry.name, entry.param)), 1e-15, "gain")
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
