--- The functions of the equations as TeX: each takes its arguments, already TeX, and gives TeX.
-- @module site.math.functions
local M = {}

--- Parentheses around TeX, that grow with what is tall.
-- @tparam string tex
-- @treturn string
function M.parentheses(tex)
  local is_tall = tex:find("\\frac", 1, true) or tex:find("\\begin", 1, true)
  return is_tall and "\\left(" .. tex .. "\\right)" or "(" .. tex .. ")"
end

local function between(open, close)
  return function(args) return open .. " " .. table.concat(args, ", ") .. " " .. close end
end

local function named(name)
  return function(args) return name .. M.parentheses(table.concat(args, ",\\, ")) end
end

local function operator(name) return named("\\operatorname{" .. name .. "}") end

M.calls = {
  sqrt = function(args) return "\\sqrt{" .. args[1] .. "}" end,
  abs = between("\\left|", "\\right|"),
  floor = between("\\left\\lfloor", "\\right\\rfloor"),
  ceil = between("\\left\\lceil", "\\right\\rceil"),
  norm = between("\\left\\|", "\\right\\|"),
  total_norm = function(args) return "\\left\\| " .. args[1] .. " \\right\\|_{\\text{all}}" end,
  total_dot = function(args) return ("\\left\\langle %s,\\, %s \\right\\rangle_{\\text{all}}"):format(args[1],
    args[2]) end,
  total = named "\\textstyle\\sum_{\\text{all}}",
  sum = named "\\textstyle\\sum",
  normal = function() return "\\mathcal{N}(0, 1)" end,
  N = named "\\mathcal{N}",
  U = named "\\mathcal{U}",
  new = function(args) return args[1] .. "\\text{ is new}" end,
  row_mean = named "\\operatorname{mean}_{\\text{row}}",
  col_mean = named "\\operatorname{mean}_{\\text{col}}",
  matrix_mean = operator "mean",
  row_max = named "\\max_{\\text{row}}",
  col_max = named "\\max_{\\text{col}}",
  numel = operator "size",
}

for _, name in ipairs { "max", "min", "exp", "log", "cos", "sin", "tanh" } do M.calls[name] = named("\\" .. name) end
for _, name in ipairs { "sign", "erf", "clamp", "clip", "mean", "trace", "diag", "softmax", "ndim", "rot", "back", "qr",
  "svd", "triu", "log_softmax", "NewtonSchulz" } do
  M.calls[name] = operator((name:gsub("_", "\\_")))
end

--- Functions that may stand before their argument without parentheses: "cos u", "sum_i loss_i".
M.prefixes = {
  log = "\\log", exp = "\\exp", cos = "\\cos", sin = "\\sin", sum = "\\sum", mean = "\\operatorname{mean}",
  diag = "\\operatorname{diag}", sign = "\\operatorname{sign}", sqrt = "\\sqrt", softmax = "\\operatorname{softmax}",
  max = "\\max",
}

return M
