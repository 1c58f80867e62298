--- The least time that a row could take, in microseconds: its floating-point operations at sgemm's rate, or its bytes,
-- read and written, at the rate of a copy of as many. Both are measured anew for each round.
local lab = require "optlab"
local timer = dofile "bench/models.d/timer.lua"
local N = 768

local a, b = lab.randn(N, N), lab.randn(N, N)

-- Given a row and what it opened; flop or bytes is in one of them, or else the limit is 0.
return function(row, work, threads)
  local flop = row.flop or work.flop
  if flop then
    return flop / (2 * N ^ 3) * timer(function() local _ <close> = a:mm(b) end, threads)
  elseif row.bytes then
    local from = lab.ones(math.max(row.bytes // 8, 1))
    local to = lab.zeros(from.shape)
    return timer(function() to:copy_(from) end, threads)
  end
  return 0
end
