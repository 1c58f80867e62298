--- lab.compile(fn, {numbers = true}): results of one element come as numbers, whatever way a call goes.
local lab = require "optlab"

local nn = lab.nn

-- The losses of some calls and the parameters afterwards.
local function train(options, number_of)
  lab.manual_seed(2)
  local net, loss = nn.Linear(3, 1), nn.MSELoss()
  local opt = lab.optim.SGD(net:parameters(), { lr = 0.1 })
  local X, y = lab.randn(6, 3), lab.randn(6, 1)
  local function update(a, b)
    local l = loss(net(a), b)
    opt:zero_grad()
    l:backward()
    opt:step()
    return l, net.weight, (a:gt(0)):sum(), "text"
  end
  local step, losses = options and lab.compile(update, options) or update, {}
  for _ = 1, 6 do
    local l, weight, count, text = step(X, y)
    losses[#losses + 1] = number_of(l)
    assert.equal("table", type(weight:tolist()))
    assert.equal("text", text)
    losses[#losses + 1] = number_of(count)
  end
  return losses, net.weight:tolist()
end

describe("a compiled step that returns numbers", function()
  local function item(t) return t:item() end
  local function itself(x)
    assert.equal("number", type(x))
    return x
  end

  it("gives those that the tensors hold", function()
    local losses, weight = train(nil, item)
    for _, options in ipairs { { numbers = true }, { numbers = true, check = false } } do
      local numbers, other = train(options, itself)
      assert.same(losses, numbers)
      assert.same(weight, other)
    end
    assert.same(losses, (train({}, item)))
  end)

  it("gives integers of integer tensors", function()
    local step = lab.compile(function(x) return x:argmax(), x:gt(0):sum(), x:gt(0):any() end, { numbers = true })
    for _ = 1, 4 do
      local place, count, any = step(lab.tensor { 1, 5, -2 })
      assert.equal("integer", math.type(place))
      assert.equal(2, place)
      assert.equal(2, count)
      assert.equal("integer", math.type(any))
    end
  end)

  it("goes on as plain Lua where it cannot be recorded", function()
    local step = lab.compile(function(x) return lab.tensor(x:sum():item() + 1) end, { numbers = true, fallback = true })
    for i = 1, 4 do assert.equal(i + 1, step(lab.tensor { i })) end
    assert.is_true(step.eager)
  end)

  it("still gives a loader's losses as a tensor", function()
    local X = lab.arange(8):reshape(8, 1)
    local step = lab.compile(function(x) return x:sum() end, { numbers = true })
    local loader = lab.data.loader({ X = X }, { batch_size = 2 })
    for _ = 1, 2 do assert.same({ 1, 5, 9, 13 }, step:run(loader):tolist()) end
  end)

  it("cannot be called within another compiled step", function()
    local inner = lab.compile(function(x) return x:sum() end, { numbers = true })
    local outer = lab.compile(function(x) return x * inner(x) end)
    local ok, message = pcall(function()
      for _ = 1, 3 do outer(lab.ones(2)) end
    end)
    assert.is_false(ok)
    assert.truthy(tostring(message):find("returns numbers", 1, true))
  end)
end)
