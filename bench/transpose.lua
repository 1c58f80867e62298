--- Microseconds of transposed copies, a line "row program microseconds" each: a:t():contiguous() and a + b:t() of
-- square float32 matrices. transpose.c does the same with plain loops. The number of threads is OMP_NUM_THREADS.
--
--   cc -O3 -march=native bench/transpose.c -o /tmp/transpose && /tmp/transpose
--   OMP_NUM_THREADS=1 build/optlab bench/transpose.lua
local lab = require "optlab"
local per_call = dofile "bench/per_call.lua"

local function measure(row, f)
  print(("%s optlab %.1f"):format(row, per_call(f)))
end

lab.no_grad(function()
  for _, n in ipairs { 64, 256, 512, 2048 } do
    local a, b = lab.randn(n, n), lab.randn(n, n)
    measure("copy-" .. n, function() local _ <close> = a:clone() end)
    measure("transpose-" .. n, function() local _ <close> = a:t():contiguous() end)
    measure("add-transposed-" .. n, function() local _ <close> = a + b:t() end)
  end
end)
