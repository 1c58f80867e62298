--- The machine's rates, "rate-sgemm optlab Gflop/s" and "rate-memory optlab GB/s": products of 1024 x 1024, copies of
-- 64 MB; the number of threads is OMP_NUM_THREADS.
local lab = require "optlab"

local function best(f)
  local least = math.huge
  f()
  for _ = 1, 10 do
    local start = lab.clock()
    f()
    least = math.min(least, lab.clock() - start)
  end
  return least
end

local a, b = lab.randn(1024, 1024), lab.randn(1024, 1024)
local from, to = lab.ones(1 << 24), lab.ones(1 << 24)
print(("rate-sgemm optlab %.1f"):format(2 * 1024 ^ 3 / best(function() a:mm(b) end) / 1e9))
print(("rate-memory optlab %.1f"):format(2 * (1 << 26) / best(function() to:copy_(from) end) / 1e9))
