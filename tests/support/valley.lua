--- The problem of tests/reference/matrix_values.lua: a curved valley in a vector a of 4 and a matrix b of 2 by 3.
local lab = require "optlab"

local M = {}

--- Both parameters at their start.
function M.start(dtype)
  local o = { dtype = dtype or "float64", requires_grad = true }
  return lab.tensor({ 0.3, -0.7, 1.2, 0.5 }, o), lab.tensor({ { 0.1, 0.9, -0.4 }, { -1.1, 0.2, 0.6 } }, o)
end

function M.loss(a, b)
  local bend = b:narrow(2, 1, 2) - a:reshape(2, 2) ^ 2
  return ((1 - a) ^ 2):sum() + 3 * (bend ^ 2):sum() + 0.1 * (b ^ 4):sum()
end

--- A quadratic of the same parameters.
function M.quadratic(a, b)
  local curve = lab.tensor({ 1, 3, 10, 0.5 }, { dtype = a.dtype })
  return ((a - 1) ^ 2 * curve):sum() + ((b - 0.5) ^ 2):sum()
end

--- The closure of a loss, whose argument asks for gradients with a graph.
function M.closure(opt, f, a, b)
  return function(graph)
    opt:zero_grad()
    local loss = f(a, b)
    loss:backward { create_graph = graph == true }
    return loss
  end
end

return M
