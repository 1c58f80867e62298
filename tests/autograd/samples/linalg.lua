-- Samples of products: one or more per op, { function of the inputs, inputs... }.
local lab = require "optlab"
local inputs = require "tests.autograd.samples.inputs"
local tensors = require "tests.support.tensors"

local a, batch, m34 = inputs.a, inputs.batch, inputs.m34
local f64 = tensors.leaf
local la = lab.linalg

-- Positive definite matrices from any.
local function positive(x) return x:matmul(x:transpose(-2, -1)) + lab.eye(x.shape[x:dim()], { dtype = "float64" }) end

local function cholesky(x) return la.cholesky(positive(x)) end

local function log_of_det(x)
  local _, log = la.slogdet(x)
  return log
end

-- All results in one, the elements of each with weights of their own.
local function together(...)
  local sum = 0
  for i, y in ipairs { ... } do
    sum = sum + (y * lab.cos(i + lab.arange(y:numel(), { dtype = "float64" })):reshape(y.shape)):sum()
  end
  return sum
end

local function qr(x) return together(la.qr(x)) end
-- Whatever signs the vectors have.
local function svd(x)
  local U, s, Vt = la.svd(x, { full_matrices = false })
  return together(s, U:square(), Vt:square(), U:matmul(Vt))
end

local function eigh(x)
  local w, V = la.eigh(x + x:transpose(-2, -1))
  return together(w, V:square())
end
local function least_squares(x, y) return la.lstsq(x, y).solution end

local function eig(x)
  local w, V = la.eig(x)
  return together(w.real, w.imag, V.real:square() + V.imag:square())
end

local function square() return f64 { { 0.9, -0.4, 0.3 }, { 0.2, 1.1, -0.7 }, { -0.5, 0.6, 0.8 } } end

return {
  cholesky = { { cholesky, square() }, { cholesky, batch(2, 3, 3) } },
  triangle = { { function(x) return la.cholesky(positive(x), { upper = true }) end, square() } },
  solve_triangular = {
    { function(x, y) return la.solve_triangular(x, y, { upper = true }) end, square(), m34() },
    { function(x, y) return la.solve_triangular(x, y, { upper = false, unitriangular = true }) end, square(), m34() },
  },
  lu_solve = {
    { la.solve, square(), m34() },
    { function(x, y) return la.solve(x, y, { left = false }) end, square(), a() },
  },
  lu = {
    { function(x) return together(select(2, la.lu(x))) end, square() },
    { function(x) return together((la.lu_factor(x))) end, batch(2, 2, 4) },
    { function(x) return together((la.lu_factor(x, { pivot = false }))) end, batch(2, 4, 2) },
    { function(x, y)
      local factors, pivots = la.lu_factor(x)
      return la.lu_solve(factors, pivots, y)
    end, square(), m34() },
  },
  inv = { { la.inv, square() } },
  det = { { la.det, square() }, { la.det, batch(2, 2, 2) } },
  cofactors = { { function(x) return la.det(x):square() end, square() } },
  slogdet = { { log_of_det, square() } },
  qr = { { qr, square() }, { qr, m34() }, { qr, m34():t():detach():clone():requires_grad_() } },
  eigh = { { eigh, square() }, { eigh, batch(2, 3, 3) } },
  eig = { { eig, square() } },
  svd = { { svd, square() }, { svd, m34() }, { svd, m34():t():detach():clone():requires_grad_() } },
  pinv = { { la.pinv, m34() }, { la.pinv, m34():t():detach():clone():requires_grad_() } },
  lstsq = { { least_squares, m34(), square() } },
  matrix_exp = { { la.matrix_exp, square() } },
  mm = { { lab.mm, a(), m34() }, { function(x, y) return lab.mm(y:t(), x:t()) end, a(), m34() } },
  bmm = { { lab.matmul, batch(2, 3, 2), batch(2, 2, 4) }, { lab.matmul, batch(2, 1, 3, 2), batch(3, 2, 2) } },
  linear = {
    { lab.nn.functional.linear, a(), f64 { { 0.1, 0.2, 0.3 }, { -1, 0.5, 0.7 } }, f64 { 0.3, -0.4 } },
    { lab.nn.functional.linear, batch(2, 2, 3), f64 { { 0.1, 0.2, 0.3 } } },
  },
}
