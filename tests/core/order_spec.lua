--- topk, kthvalue and argsort find the same positions, though each in its own way, several by size.
local lab = require "optlab"

local function numbers(dtype, n, wide)
  local x = (lab.randn(n) * (wide and 300 or 3)):to "int64"
  if dtype == "uint8" then return (x:abs() % 256):to(dtype) end
  x = x:to(dtype)
  if wide and dtype:find "float" then
    for k, special in ipairs { 0 / 0, -0.0, math.huge, -math.huge } do
      if k <= n then x[(k * 37) % n + 1] = special end
    end
  end
  return x
end

describe("the positions of the k smallest and largest are the first of argsort:", function()
  for _, dtype in ipairs { "float32", "float64", "int64", "uint8" } do
    it(dtype, function()
      lab.manual_seed(1)
      for _, n in ipairs { 1, 7, 40, 41, 64, 65, 129, 1000, 3000 } do
        for _, wide in ipairs { false, true } do
          local x = numbers(dtype, n, wide)
          for _, line in ipairs { x, lab.stack({ x, x }, 2):select(2, 1) } do
            for _, largest in ipairs { false, true } do
              local all = line:argsort(1, largest)
              for _, k in ipairs { 1, 2, 31, 32, 33, n // 5, n - 1, n } do
                if k >= 1 and k <= n then
                  local _, at = line:topk(k, { largest = largest })
                  assert.same(all:narrow(1, 1, k):tolist(), at:tolist())
                  local _, place = line:kthvalue(k)
                  if not largest then assert.equal(all[k]:item(), place:item()) end
                end
              end
            end
          end
        end
      end
    end)
  end
end)
