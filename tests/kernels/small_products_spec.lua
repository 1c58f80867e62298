--- Small products: every element is the plain sum in order, whatever the shape, the strides and the way to it.
local lab = require "optlab"

local F = lab.nn.functional

-- A (m, k) B (k, n) [+ bias] element by element in float64.
local function plain(a, b, bias)
  local A, B, rows = a:tolist(), b:tolist(), {}
  for i = 1, #A do
    rows[i] = {}
    for j = 1, #B[1] do
      local sum = 0.0
      for l = 1, #B do sum = sum + A[i][l] * B[l][j] end
      rows[i][j] = bias and bias[j]:item() + sum or sum
    end
  end
  return lab.tensor(rows, { dtype = "float64" })
end

local function same(x, y) return x:eq(y):amin():item() == 1 end

describe("a small product", function()
  for _, dtype in ipairs { "float64", "float32" } do
    it("sums in order: " .. dtype, function()
      lab.manual_seed(5)
      for m = 1, 11 do
        for _, n in ipairs { 1, 2, 3, 4, 5, 6, 7, 9, 13, 19 } do
          for _, k in ipairs { 1, 2, 5 } do
            if m * n * k <= 256 then
              local a, b = lab.randn(m, k, { dtype = dtype }), lab.randn(k, n, { dtype = dtype })
              local bias = lab.randn(n, { dtype = dtype })
              local at, bt = a:t():clone():t(), b:t():clone():t()
              local first = a:mm(b)
              for _, other in ipairs { at:mm(b), a:mm(bt), at:mm(bt), F.linear(a, b:t()), F.linear(at, bt:t()) } do
                assert.is_true(same(first, other))
              end
              local step = lab.compile(function(x, y, z) return x:mm(y), F.linear(x, y:t(), z) end)
              local biased = F.linear(a, bt:t(), bias)
              assert.is_true(same(biased, first + bias) and same(F.linear(at, b:t(), bias), biased))
              for _ = 1, 3 do
                local product, linear = step(a, b, bias)
                assert.is_true(same(product, first) and same(linear, biased))
              end
              if dtype == "float64" then
                assert.is_true(same(first, plain(a, b)) and same(biased, plain(a, b, bias)))
              end
            end
          end
        end
      end
    end)
  end
end)
