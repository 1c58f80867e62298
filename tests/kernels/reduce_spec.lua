--- Rows are reduced several at a time; the bits are those of each row alone.
local lab = require "optlab"
local compiled = require "tests.support.compiled"

local REDUCTIONS = {
  sum = function(x) return x:sum(2) end,
  prod = function(x) return x:prod(2) end,
  amax = function(x) return x:amax(2) end,
  amin = function(x) return x:amin(2) end,
  ["2-norm"] = function(x) return x:norm(2, 2) end,
  ["1-norm"] = function(x) return x:norm(1, 2) end,
}

-- The same values with a gap behind each element, which are reduced row by row.
local function with_gaps(x)
  local wide = lab.stack({ x, x }, 3)
  return wide[{ {}, {}, 1 }]
end

for name, f in pairs(REDUCTIONS) do
  for _, dtype in ipairs { "float32", "float64", "int64" } do
    if dtype ~= "int64" or not name:find "norm" then
      it(("%s of rows of %s is the same bits for rows together and alone"):format(name, dtype), function()
        lab.manual_seed(1)
        for _, columns in ipairs { 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 50, 64, 100, 2048 } do
          for _, rows in ipairs { 1, 2, 15, 16, 17, 40 } do
            local x = (lab.randn({ rows, columns }, { dtype = "float64" }) * 3):to(dtype)
            assert.same(compiled.bits(f(with_gaps(x))), compiled.bits(f(x)), columns .. " columns, " .. rows .. " rows")
          end
        end
      end)
    end
  end
end

it("nan and signed zeros in rows are kept as in a row alone", function()
  for _, columns in ipairs { 3, 8, 12, 20, 70 } do
    local x = lab.zeros(18, columns):neg()
    for i = 1, 18 do x[{ i, (i * 5) % columns + 1 }] = i % 3 == 0 and 0 / 0 or i % 3 == 1 and -math.huge or -0.0 end
    for name, f in pairs(REDUCTIONS) do
      assert.same(compiled.bits(f(with_gaps(x))), compiled.bits(f(x)), name .. " of " .. columns)
    end
  end
end)

it("the first of the largest is found at every place of a row", function()
  for _, n in ipairs { 64, 65, 127, 128, 130, 2049, 2120 } do
    for _, at in ipairs { 1, 2, 63, 64, 65, n // 2, n - 1, n } do
      if at <= n then
        local x = lab.zeros(3, n)
        x[2][at] = 1
        if at < n then x[2][n] = 1 end
        assert.same({ 1, at, 1 }, x:argmax(2):tolist())
        assert.same({ 1, at, 1 }, (-x):argmin(2):tolist())
        x[2][at] = 0 / 0
        assert.same({ 1, at, 1 }, x:argmax(2):tolist())
      end
    end
  end
end)
