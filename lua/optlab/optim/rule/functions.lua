--- The functions of the rule language: what each takes, and what it is called further down.
-- @module optlab.optim.rule.functions
local M = {}

--- Functions of one value, element by element or of a number; the name is that of the kernel, too.
M.UNARY = {
  sqrt = true, exp = true, log = true, abs = true, sign = true, tanh = true, sigmoid = true, floor = true, ceil = true,
  round = true, log1p = true, expm1 = true, sin = true, cos = true, erf = true,
}

--- Functions of two values, with the kernel's name.
M.BINARY = { max = "maximum", min = "minimum" }

--- Sums and extremes over a parameter: a number comes back.
M.REDUCTIONS = { sum = "sum", mean = "mean", norm = "norm", dot = "dot", amax = "amax", amin = "amin" }

--- The same over all parameters that take part in the step.
M.TOTALS = { total = "sum", total_norm = "norm", total_dot = "dot", total_max = "amax" }

--- Means, sums and extremes over each row, each column or each matrix (the last two dimensions; a parameter of fewer is
-- one row): elements, all of a row alike.
M.SPREADS = {
  row_mean = { axis = "row", how = "mean" }, row_max = { axis = "row", how = "amax" },
  col_mean = { axis = "column", how = "mean" }, col_max = { axis = "column", how = "amax" },
  matrix_mean = { axis = "matrix", how = "mean" },
}

-- How many arguments each function takes.
local COUNT = { where = 3, clamp = 3, dot = 2, total_dot = 2, new = 1, numel = 1, ndim = 1, normal = 0 }
for name in pairs(M.UNARY) do COUNT[name] = 1 end
for name in pairs(M.BINARY) do COUNT[name] = 2 end
for name in pairs(M.REDUCTIONS) do COUNT[name] = COUNT[name] or 1 end
for name in pairs(M.TOTALS) do COUNT[name] = COUNT[name] or 1 end
for name in pairs(M.SPREADS) do COUNT[name] = 1 end
M.COUNT = COUNT

--- The operations on numbers, which are doubles; true is 1, false is 0.
M.NUMBERS = {
  add = true, sub = true, mul = true, div = true, pow = true, neg = true, ["not"] = true, ["and"] = true, ["or"] = true,
  eq = true, ne = true, lt = true, le = true, gt = true, ge = true, maximum = true, minimum = true, where = true,
}
for name in pairs(M.UNARY) do M.NUMBERS[name] = true end

--- Comparisons and logic, whose results element by element are masks.
M.MASKS = { eq = true, ne = true, lt = true, le = true, gt = true, ge = true, ["and"] = true, ["or"] = true,
  ["not"] = true }

return M
