-- Products of matrices: the same bits however many threads share them.
local lab = require "optlab"

local threads
before_each(function() threads = lab.get_num_threads() end)
after_each(function() lab.set_num_threads(threads) end)

-- A matrix (rows, columns), or the transpose of one stored the other way round.
local function matrix(rows, columns, transposed, dtype)
  local x = lab.randn(transposed and columns or rows, transposed and rows or columns, { dtype = dtype })
  return transposed and x:t() or x
end

-- Sizes on both sides of where products are shared, sums of one part and of several, sides that no vector fills.
local SHAPES = { { 129, 128, 127 }, { 161, 163, 165 }, { 256, 120, 400 }, { 33, 700, 500 }, { 700, 35, 800 },
  { 31, 900, 300 }, { 1, 2000, 1100 }, { 2000, 3, 700 }, { 130, 517, 1000 }, { 515, 519, 60 }, { 300, 400, 390 } }

local function agree(shape, ta, tb, dtype)
  local m, n, k = table.unpack(shape)
  local a, b = matrix(m, k, ta, dtype), matrix(k, n, tb, dtype)
  lab.set_num_threads(1)
  local one = a:mm(b)
  for _, several in ipairs { 2, 3, 7 } do
    lab.set_num_threads(several)
    assert(one:eq(a:mm(b)):all():item() ~= 0, ("%d x %d x %d on %d threads, %s"):format(m, n, k, several, dtype))
  end
  if dtype == "float32" then
    local right = a:to "float64":mm(b:to "float64")
    assert((one:to "float64" - right):abs():max():item() < 1e-5 * k ^ 0.5 * 4)
  end
end

describe("a product of matrices", function()
  for _, dtype in ipairs { "float32", "float64" } do
    it("has the same bits on any number of threads, " .. dtype, function()
      lab.manual_seed(1)
      for i, shape in ipairs(SHAPES) do
        for way = 0, 3 do
          if way == i % 4 or dtype == "float32" then agree(shape, way % 2 == 1, way >= 2, dtype) end
        end
      end
    end)
  end
end)
