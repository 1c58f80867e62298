--- Problems whose solution is known: quadratics with a chosen spectrum, and a teacher network.
-- @module optlab.data.synthetic.functions
local args = require "optlab.base.args"
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local Dataset = require "optlab.data.dataset"
local draws = require "optlab.data.synthetic.draws"

local tensor = core.tensor

local M = {}

local SEED = { "seed", "integer", default = 0, doc = "Seed of all that is random." }
local DTYPE = { "dtype", "float_dtype", doc = "Dtype of the tensors; by default the default dtype." }

local QUADRATIC = args.declare("data.noisy_quadratic", {
  doc = "Points x of a quadratic loss with this spectrum, one for each example; the mean of x is near 0. X "
    .. "is (n, d), `hessian` (d, d) the matrix H, `eigenvalues` (d) its spectrum.",
  equation = "loss(w, x) = (w - x)^T H (w - x) / 2",
  { "spectrum", "list", of = { "number", finite = true }, least = 1, required = true, what = "a list of numbers",
    doc = "The eigenvalues of H." },
  { "n", "integer", min = 1, default = 1000, doc = "Number of examples." },
  { "noise", "number", min = 0, finite = true, default = 1, doc = "Standard deviation of each coordinate of x." },
  { "rotate", "flag", default = true, doc = "Whether the eigenvectors are random instead of the axes." },
  SEED, DTYPE,
})
local TEACHER = args.declare("data.teacher_student", {
  doc = "Inputs X (n, features) and the outputs y (n, outputs) of a random network, the teacher. `teacher` is the "
    .. "list of its weights; tanh is between its layers.",
  { "n", "integer", min = 1, default = 1000, doc = "Number of examples." },
  { "features", "integer", min = 1, default = 10, doc = "Number of inputs, normal with deviation 1." },
  { "hidden", "list", of = { "integer", min = 1 }, default = { 16 }, what = "a list of sizes",
    doc = "Sizes of the teacher's hidden layers." },
  { "outputs", "integer", min = 1, default = 1, doc = "Number of outputs." },
  { "noise", "number", min = 0, finite = true, default = 0, doc = "Standard deviation of what is added to y." },
  SEED, DTYPE,
})

function M.noisy_quadratic(...)
  local o = QUADRATIC:read(...)
  local dim = #o.spectrum
  if dim > 4096 then errors.raise("data.noisy_quadratic: the spectrum must have at most 4096 numbers, got %d", dim) end
  local d, exact = draws.from(o.seed, o.dtype), draws.from(o.seed, "float64")
  local values = tensor.tensor(o.spectrum, { dtype = "float64" })
  local X = d.normal { o.n, dim } * o.noise
  local q = (o.rotate and dim > 1) and draws.rotation(exact, dim) or tensor.eye(dim, { dtype = "float64" })
  local hessian = tensor.matmul(q:t() * values:reshape(1, -1), q)
  hessian = (hessian + hessian:t()) * 0.5
  return Dataset.new {
    name = "noisy_quadratic", X = X, hessian = hessian:to(d.dtype), eigenvalues = values:to(d.dtype),
  }
end

function M.teacher_student(...)
  local o = TEACHER:read(...)
  local d = draws.from(o.seed, o.dtype)
  local X = d.normal { o.n, o.features }
  local sizes, weights, y = { o.features, table.unpack(o.hidden) }, {}, X
  sizes[#sizes + 1] = o.outputs
  for i = 1, #sizes - 1 do
    weights[i] = d.normal { sizes[i + 1], sizes[i] } * (1 / math.sqrt(sizes[i]))
    y = tensor.matmul(i == 1 and y or y:tanh(), weights[i]:t())
  end
  if o.noise > 0 then y = y + d.normal { o.n, o.outputs } * o.noise end
  return Dataset.new { name = "teacher_student", X = X, y = y, teacher = weights }
end

return M
