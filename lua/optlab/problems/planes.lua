--- DeepOBS's noisy functions of two variables and its quadratic (Schneider, Balles and Hennig, "DeepOBS: a deep
-- learning optimizer benchmark suite", ICLR 2019).
--
-- The noise of an example (x, y) is u x + v y: 1000 examples of two normal numbers, the same for every seed of the
-- task. The test data are one example without noise, so the loss there is the function's value.
-- @module optlab.problems.planes
local core = require "optlab.core"
local data = require "optlab.data"
local nn = require "optlab.nn"
local problem = require "optlab.problems.problem"

local tensor = core.tensor

local M = {}

local NOISE_SEED, N = 42, 1000

-- The model: two parameters, and of each example its loss.
local Plane = nn.Module.extend { name = "Plane" }
function Plane:init(f, u, v)
  self.f = f
  self.u = tensor.tensor(u, { requires_grad = true })
  self.v = tensor.tensor(v, { requires_grad = true })
end
function Plane:forward(noise)
  local u, v = self.u, self.v
  return self.f(u, v) + noise:select(2, 1) * u + noise:select(2, 2) * v
end

local function mean(losses) return losses:mean() end

local function plane(name, doc, equation, u, v, f)
  return problem.define(name, {
    doc = doc, equation = equation, batch_size = 128, epochs = 100,
    { "noise", "number", min = 0, finite = true, default = 1, doc = "Standard deviation of the noise's x and y." },
    { "n", "integer", min = 1, default = N, doc = "Number of examples." },
  }, function(o)
    local noise = core.data.draw("normal", NOISE_SEED, 1, { o.n, 2 }, tensor.get_default_dtype()) * o.noise
    return {
      model = Plane(f, u, v), loss = mean, train_set = { X = noise }, test = { X = tensor.zeros(1, 2) },
    }
  end)
end

M.rosenbrock = plane("rosenbrock", "DeepOBS's two_d_rosenbrock: Rosenbrock's valley with noise, from (-0.5, 1.5).",
  "(1 - u)^2 + 100 (v - u^2)^2 + u x + v y", -0.5, 1.5,
  function(u, v) return (1 - u):square() + (v - u * u):square() * 100 end)

M.beale = plane("beale", "DeepOBS's two_d_beale: Beale's function with noise, from (-4.5, 4.5).",
  "(1.5 - u + u v)^2 + (2.25 - u + u v^2)^2 + (2.625 - u + u v^3)^2 + u x + v y", -4.5, 4.5,
  function(u, v)
    local v2 = v * v
    return (1.5 - u + u * v):square() + (2.25 - u + u * v2):square() + (2.625 - u + u * v2 * v):square()
  end)

local B, C, T = 5.1 / (4 * math.pi ^ 2), 5 / math.pi, 1 / (8 * math.pi)
M.branin = plane("branin", "DeepOBS's two_d_branin: Branin's function with noise, from (2.5, 12.5).",
  "(v - 5.1/(4 pi^2) u^2 + 5/pi u - 6)^2 + 10 (1 - 1/(8 pi)) cos u + 10\n  + u x + v y", 2.5, 12.5,
  function(u, v) return (v - u * u * B + u * C - 6):square() + u:cos() * (10 * (1 - T)) + 10 end)

local Quadratic = nn.Module.extend { name = "Quadratic" }
function Quadratic:init(hessian)
  self:register_buffer("hessian", hessian)
  self.w = tensor.ones(#hessian, { requires_grad = true })
end
function Quadratic:forward(x)
  local d = self.w - x
  return (d:matmul(self.hessian) * d):sum(2) * 0.5
end

-- Nine tenths of the eigenvalues lie between 0 and 1, the others between 30 and 60.
local function spectrum(dim)
  local u, list = core.data.draw("uniform", NOISE_SEED, 2, { dim }, "float64"):tolist(), {}
  for i = 1, dim do list[i] = i <= dim * 9 // 10 and u[i] or 30 + 30 * u[i] end
  return list
end

M.quadratic_deep = problem.define("quadratic_deep", {
  doc = "DeepOBS's quadratic_deep: a noisy quadratic with the eigenvalues of a deep network, nine tenths of them in "
    .. "(0, 1), the others in (30, 60), from w = 1.",
  equation = "(w - x)^T H (w - x) / 2", batch_size = 128, epochs = 100,
  { "dim", "integer", min = 2, max = 4096, default = 100, doc = "Number of parameters." },
  { "n", "integer", min = 1, default = N, doc = "Number of examples x, normal with deviation 1." },
}, function(o)
  local set = data.noisy_quadratic { spectrum = spectrum(o.dim), n = o.n, seed = NOISE_SEED }
  return {
    model = Quadratic(set.hessian), loss = mean, train_set = { X = set.X }, test = { X = tensor.zeros(1, o.dim) },
  }
end)

return M
