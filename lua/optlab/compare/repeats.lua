--- Runs that were repeated: with the same script, parameters, seed and build of optlab (`cell`). A repeated run has the
-- same numbers, so the last one that came to an end stands for all before it.
-- @module optlab.compare.repeats
local M = {}

local ENDED = { done = true, diverged = true }

--- Which runs a later one stands for.
-- @tparam {Run,...} runs in the order of their numbers
-- @treturn {[integer]=true,...} their positions
-- @treturn integer how many they are
function M.of(runs)
  local last_of, repeated, n = {}, {}, 0
  for i, run in ipairs(runs) do
    if run.cell and ENDED[run.status] then last_of[run.cell] = i end
  end
  for i, run in ipairs(runs) do
    if run.cell and i < (last_of[run.cell] or 0) then repeated[i], n = true, n + 1 end
  end
  return repeated, n
end

return M
