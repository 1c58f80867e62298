--- Lists: what a table holds beside 1, 2, ..., n is heeded (options) or refused, never dropped.
local errors = require "tests.support.errors"
local lab = require "optlab"

local function got(what, key) return what .. " must be a list, with the keys 1, 2, ... alone, got the key " .. key end

describe("a list", function()
  local t = lab.arange(4):reshape(2, 2)

  it("has no keys beside its members", function()
    for expected, f in pairs {
      [got("lab.tensor: data", "3")] = function() return lab.tensor { [1] = 5, [3] = 7 } end,
      [got("lab.tensor: data", "0")] = function() return lab.tensor { [0] = 5, 7 } end,
      [got("lab.tensor: data", "1.5")] = function() return lab.tensor { 1, [1.5] = 2 } end,
      [got("lab.tensor: data", "true")] = function() return lab.tensor { 1, [true] = 2 } end,
      [got("lab.tensor: data", "6")] = function() return lab.tensor { { 1, 2 }, { 3, 4, [6] = 5 } } end,
      [got("lab.zeros: size", "3")] = function() return lab.zeros { [1] = 2, [3] = 7 } end,
      [got("lab.cat: tensors", "3")] = function() return lab.cat { t, [3] = t } end,
      [got("t[key]: the key", "'foo'")] = function() return t[{ 1, foo = 2 }] end,
      [got("t[key]: the key", "3")] = function() return t[{ 1, [3] = 2 }] end,
      [got("t[key]: a range", "'step'")] = function() return t[{ { 1, 2, step = 2 } }] end,
      [got("optim.SGD: params", "5")] =
        function() return lab.optim.SGD { lab.ones({ 1 }, { requires_grad = true }), [5] = t } end,
    } do
      errors.fails(expected, f)
    end
    errors.fails("lab.full: size must be a list, which has no names; options belong beside it",
      function() return lab.full { size = { 2, foo = 1 }, value = 1 } end)
    errors.fails("optim.SGD: params must be a list, which has no names; options belong beside it",
      function() return lab.optim.SGD { params = { lab.ones({ 1 }, { requires_grad = true }), lr = 1 } } end)
    errors.fails("t[key]: the key of dimension 1 must be an integer or a range {from, to}, got '1'",
      function() return t[{ "1" }] end)
  end)

  it("may have been filled in any order, and holds options where it is an argument itself", function()
    local list = {}
    for i = 40, 1, -1 do list[i] = i end
    assert.equal(820, lab.tensor(list):sum():item())
    assert.same({ 2, 3 }, lab.zeros({ 2, 3, dtype = "float64" }).shape)
    assert.same({ 2, 4 }, lab.cat({ t, t, dim = 2 }).shape)
    local proxy = setmetatable({}, { __len = function() return 2 end, __index = function(_, i) return i * 10 end })
    assert.same({ 10, 20 }, lab.tensor(proxy):tolist())
  end)

  it("of options behind other arguments is refused, where there are none", function()
    for _, f in ipairs {
      function() return lab.randint(1, 11, { 3 }, { foo = 1 }) end, function() return lab.randperm(3, { foo = 1 }) end,
      function() return lab.randint(11, { 3 }, { foo = 1 }) end, function() return lab.arange(3, { foo = 1 }) end,
      function() return lab.zeros_like(t, { foo = 1 }) end, function() return lab.tensor(t, { foo = 1 }) end,
      function() return lab.normal(0, 1, { 2 }, { foo = 1 }) end, function() return lab.eye { 2, foo = 1 } end,
    } do
      errors.fails("unknown option 'foo'", f)
    end
  end)
end)
