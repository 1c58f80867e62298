--- Values that backward reads and a script has changed in place meanwhile: refused; those that it does not read: not.
local lab = require "optlab"
local errors = require "tests.support.errors"
local F, grad = lab.nn.functional, lab.autograd.grad

local CHANGED = "was changed in place after it was used; its gradient needs the old value"

local function sample()
  lab.manual_seed(3)
  return (lab.rand({ 2, 3 }, { dtype = "float64" }) * 0.8 + 0.1):requires_grad_()
end

local function overwrite(y) lab.no_grad(function() y:fill_(7) end) end

-- backward reads the output of each
local from_output = {
  softmax = function(x) return x:softmax(2) end,
  log_softmax = function(x) return x:log_softmax(2) end,
  std = function(x) return x:std(2) end,
  norm = function(x) return x:norm(2, 2) end,
  amax = function(x) return x:amax(2) end,
  amin = function(x) return x:amin(2) end,
  ["F.sigmoid"] = F.sigmoid,
  ["F.tanh"] = F.tanh,
  ["F.softmax"] = function(x) return F.softmax(x, 2) end,
  ["pow of an exponent"] = function(x) return 2 ^ x end,
}
for _, name in ipairs { "exp", "expm1", "sqrt", "tan", "tanh", "sigmoid", "reciprocal" } do
  from_output[name] = lab[name]
end

describe("a saved value", function()
  it("that is an operation's output must not change before backward", function()
    for name, f in pairs(from_output) do
      local x = sample()
      local y = f(x)
      local l = y:sum() -- keeps nothing of y
      overwrite(y)
      errors.fails(CHANGED, function() l:backward() end)
      assert.is_nil(x.grad, name)
    end
  end)

  it("that is an output must not change through a view of it", function()
    local x = sample()
    local y = x:exp()
    local l = y:sum()
    lab.no_grad(function() y:reshape(6)[2] = 1 end)
    errors.fails("the output of 'exp', shape (2, 3), " .. CHANGED, function() l:backward() end)
  end)

  it("is checked in second derivatives too", function()
    for name, f in pairs(from_output) do
      if name ~= "amax" and name ~= "amin" then
        local x = sample()
        local y = f(x)
        local g = grad(y:sum() ^ 2, x, { create_graph = true })
        overwrite(y)
        errors.fails(CHANGED, function() grad(g:square():sum(), x) end)
      end
    end
  end)

  it("is checked while a step is recorded", function()
    local w = sample()
    local step = lab.compile(function(X)
      local y = (X * w):exp()
      local l = y:sum()
      overwrite(y)
      l:backward()
    end)
    errors.fails(CHANGED, function() step(lab.ones({ 2, 3 }, { dtype = "float64" })) end)
  end)

  it("may change where this backward does not read it", function()
    local x, c = sample(), lab.full({ 2, 3 }, 3, { dtype = "float64" })
    local function unread(want, f, changed)
      local out, y = f(x)
      overwrite(changed or y)
      assert.same(want:tolist(), grad(out:sum(), x):tolist())
    end
    local old = x:clone()
    unread(2.5 * old ^ 1.5, function() local y = x ^ 2.5 return y, y end)
    unread(c / 3, function() local y = x + c return y, y end)
    unread(c:clone(), function() local y = x * c return y, y end)
    unread(c:clone(), function() return x * c end, x)
    unread(lab.ones({ 4, 2 }, { dtype = "float64" }):mm(lab.ones({ 2, 3 }, { dtype = "float64" })):narrow(1, 1, 2),
      function() return F.linear(x, lab.ones({ 2, 3 }, { dtype = "float64" })) end, x)
  end)

  it("may be what a pruned branch of the graph reads", function()
    local x, z = sample(), sample()
    local y = z:exp()
    local l = (x * 2 + y):sum()
    overwrite(y)
    assert.same((x * 0 + 2):tolist(), grad(l, x, { retain_graph = true }):tolist())
    errors.fails(CHANGED, function() grad(l, z) end)
  end)
end)
