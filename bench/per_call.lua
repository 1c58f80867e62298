--- Microseconds a call of f: called once to warm up, then in runs of doubled length until one lasts a twentieth of a
-- second. per_call.py and floor.c time in the same way.
local clock = require "optlab".clock

return function(f)
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
