--- Small problems that papers on optimization use again and again: matrix factorisation, two spirals, a differential
-- equation.
-- @module optlab.problems.classics
local autograd = require "optlab.autograd"
local core = require "optlab.core"
local data = require "optlab.data"
local nn = require "optlab.nn"
local problem = require "optlab.problems.problem"

local tensor = core.tensor

local M = {}

local Factors = nn.Module.extend { name = "Factors" }
function Factors:init(rows, columns, rank, scale)
  self.U = tensor.randn({ rows, rank }):mul_(scale):requires_grad_()
  self.V = tensor.randn({ columns, rank }):mul_(scale):requires_grad_()
end
function Factors:forward(places)
  local u, v = self.U:index_select(1, places:select(2, 1)), self.V:index_select(1, places:select(2, 2))
  return (u * v):sum(2)
end

-- The places (n, 2) and entries of a matrix of the given rank whose singular values fall from 1 to 1 / condition.
local function entries(o)
  local function draw(stream, shape) return core.data.draw("normal", 7, stream, shape, "float64") end
  local u, v, s = draw(1, { o.rows, o.rank }), draw(2, { o.columns, o.rank }), {}
  for i = 1, o.rank do s[i] = o.condition ^ (-(i - 1) / math.max(o.rank - 1, 1)) end
  local matrix = (u * tensor.tensor(s, { dtype = "float64" })):matmul(v:t())
  local i = tensor.arange(0, o.rows * o.columns, { dtype = "int64" })
  local row = (i:to("float64") / o.columns):floor():to("int64")
  local places = tensor.stack({ row + 1, i - row * o.columns + 1 }, 2)
  local order = core.data.draw("uniform", 7, 3, { #i }, "float64"):tolist()
  local list = {}
  for k = 1, #order do list[k] = k end
  table.sort(list, function(a, b) return order[a] < order[b] end)
  local at = tensor.tensor(list, { dtype = "int64" })
  return places:index_select(1, at), matrix:reshape(-1):index_select(1, at):to(tensor.get_default_dtype())
end

M.matrix_factorization = problem.define("matrix_factorization", {
  doc = "Factors of a matrix of low rank, learned from a part of its entries: an example is an entry, and the loss "
    .. "is the squared error of u_i . v_j. It is not convex, and its minima are flat.",
  equation = "(u_i . v_j - M_ij)^2", batch_size = 100, epochs = 50,
  { "rows", "integer", min = 1, default = 100, doc = "Number of rows of the matrix." },
  { "columns", "integer", min = 1, default = 80, doc = "Number of columns of the matrix." },
  { "rank", "integer", min = 1, default = 5, doc = "Rank of the matrix and of the factors." },
  { "condition", "number", min = 1, finite = true, default = 10, doc = "Ratio of the largest to the smallest scale "
    .. "of its singular values." },
  { "seen", "number", above = 0, below = 1, default = 0.5, doc = "The share of entries to train on; the others are "
    .. "test data." },
  { "scale", "number", above = 0, finite = true, default = 0.1, doc = "Standard deviation of the initial factors." },
}, function(o)
  local places, values = entries(o)
  local n = math.max(1, math.floor(#values * o.seen))
  return {
    model = Factors(o.rows, o.columns, o.rank, o.scale), loss = nn.MSELoss(),
    train_set = { X = places:narrow(1, 1, n), y = values:narrow(1, 1, n) },
    test = { X = places:narrow(1, n + 1, #values - n), y = values:narrow(1, n + 1, #values - n) },
  }
end)

M.two_spirals = problem.define("two_spirals", {
  doc = "Two intertwined spirals (Lang and Witbrock, 1988), classified by a network with two hidden layers of tanh: "
    .. "long plateaus, then a fast descent.",
  batch_size = 50, epochs = 200,
  { "n", "integer", min = 2, default = 400, doc = "Number of points to train on; there are as many to test on." },
  { "hidden", "integer", min = 1, default = 32, doc = "Number of units in a hidden layer." },
  { "turns", "number", above = 0, finite = true, default = 1.75, doc = "Number of turns of a spiral." },
  { "noise", "number", min = 0, finite = true, default = 0.02, doc = "Standard deviation of the noise in the "
    .. "points' coordinates." },
}, function(o)
  local function set(seed) return data.spirals { n = o.n, turns = o.turns, noise = o.noise, seed = seed } end
  local model = nn.Sequential(nn.Linear(2, o.hidden), nn.Tanh(), nn.Linear(o.hidden, o.hidden), nn.Tanh(),
    nn.Linear(o.hidden, 2))
  return {
    model = model, loss = nn.CrossEntropyLoss(), train_set = set(1), test = set(2), metric_name = "accuracy",
    metric = function(prediction, y) return prediction:argmax(2):eq(y):to("float32"):mean() end,
  }
end)

local Pinn = nn.Module.extend { name = "Pinn" }

function Pinn:init(hidden, waves)
  self.net = nn.Sequential(nn.Linear(1, hidden), nn.Tanh(), nn.Linear(hidden, hidden), nn.Tanh(), nn.Linear(hidden, 1))
  self.waves = waves
  for _, layer in ipairs { 0, 2, 4 } do
    nn.init.xavier_normal_(self.net[layer + 1].weight)
    nn.init.zeros_(self.net[layer + 1].bias)
  end
end

--- The solution so far; the factor 1 - x^2 keeps its values at -1 and 1 at 0.
function Pinn:solution(x) return (1 - x:square()) * self.net(x) end

-- The exact solution, sin(pi x) + sin(k pi x) / k, and its second derivative.
function Pinn:exact(x) return (x * math.pi):sin() + (x * (self.waves * math.pi)):sin() / self.waves end
function Pinn:source(x)
  return (x * math.pi):sin() * -math.pi ^ 2 - (x * (self.waves * math.pi)):sin() * (self.waves * math.pi ^ 2)
end

-- What is left of u'' = f at each point, (n, 1).
function Pinn:forward(x)
  return core.autograd.enable_grad(function()
    x = x:detach():clone():requires_grad_()
    local first = autograd.grad(self:solution(x):sum(), x, { create_graph = true })
    local second = autograd.grad(first:sum(), x, { create_graph = true })
    return second - self:source(x)
  end)
end

M.pinn = problem.define("pinn", {
  doc = "A differential equation, u'' = f on [-1, 1] with u = 0 at both ends, solved by a network with two hidden "
    .. "layers of tanh (Raissi, Perdikaris and Karniadakis, 2019): the loss is the mean square of the equation's "
    .. "residual, and needs second derivatives.",
  equation = "(u''(x) - f(x))^2", batch_size = 64, epochs = 200,
  { "n", "integer", min = 2, default = 256, doc = "Number of points, evenly spaced." },
  { "hidden", "integer", min = 1, default = 32, doc = "Number of units in a hidden layer." },
  { "waves", "integer", min = 1, default = 4, doc = "The exact solution is sin(pi x) + sin(k pi x) / k with this k." },
}, function(o)
  local function points(n) return tensor.linspace(-1, 1, n):reshape(n, 1) end
  local model = Pinn(o.hidden, o.waves)
  return {
    model = model, loss = function(residual) return residual:square():mean() end, train_set = { X = points(o.n) },
    test = { X = points(101) },
    error = function()
      local x = points(101)
      return core.autograd.no_grad(function()
        return ((model:solution(x) - model:exact(x)):norm() / model:exact(x):norm()):item()
      end)
    end,
  }
end)

return M
