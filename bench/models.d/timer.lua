--- Microseconds a call of f, in runs of doubled length until one lasts a twentieth of a second; of processor time with
-- one thread, of the clock with more. timer.py times in the same way.
local lab = require "optlab"

return function(f, threads)
  local clock = threads == 1 and os.clock or lab.clock
  f()
  local calls = 1
  while true do
    local start = clock()
    for _ = 1, calls do f() end
    local seconds = clock() - start
    if seconds > 0.05 then return seconds / calls * 1e6 end
    calls = calls * 2
  end
end
