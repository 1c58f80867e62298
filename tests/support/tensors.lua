--- Tensors of a dtype from numbers.
local lab = require "optlab"

local M = {}

function M.f64(values) return lab.tensor(values, { dtype = "float64" }) end
function M.int64(values) return lab.tensor(values, { dtype = "int64" }) end

--- A float64 tensor that takes a gradient.
function M.leaf(values) return lab.tensor(values, { dtype = "float64", requires_grad = true }) end

return M
