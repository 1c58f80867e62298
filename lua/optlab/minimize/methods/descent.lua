--- What methods that go along directions share: a line search from a point.
-- @module optlab.minimize.methods.descent
local line_search = require "optlab.minimize.line_search"

local M = {}

--- Goes from x along d by the line search that the options ask for.
-- @tparam Objective objective
-- @tparam table o c1, c2, line_search ("strong_wolfe" or "backtracking")
-- @tparam table from {x, f, g}
-- @tparam Tensor d a direction of descent
-- @tparam ?number first the step to try first, by default 1
-- @treturn ?table {x, f, g} where it came to, nil where no step is good
function M.search(objective, o, from, d, first)
  local slope = (from.g * d):sum():item()
  if slope >= 0 or slope ~= slope then return nil end
  local function phi(a)
    local x = from.x + a * d
    local f, g = objective:value_and_gradient(x)
    return f, (g * d):sum():item(), x, g
  end
  local search = line_search[o.line_search]
  local a, f, _, x, g = search(phi, from.f, slope, { c1 = o.c1, c2 = o.c2, first = first })
  return a and { x = x, f = f, g = g }
end

--- The point at the start.
function M.start(objective)
  local x = objective.start
  local f, g = objective:value_and_gradient(x)
  return { x = x, f = f, g = g }
end

return M
