--- Gflop/s of float32 matrix products, the best of a few sizes; the number of threads is OMP_NUM_THREADS.
local lab = require "optlab"

local best = 0
for _, n in ipairs { 512, 768, 1024 } do
  local a, b = lab.randn(n, n), lab.randn(n, n)
  a:mm(b)
  local times = 2 ^ 31 // n ^ 3 + 1
  local start = lab.clock()
  for _ = 1, times do a:mm(b) end
  best = math.max(best, times * 2 * n ^ 3 / (lab.clock() - start) / 1e9)
end
print(("%.1f"):format(best))
