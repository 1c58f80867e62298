--- The problems of Moré, Garbow and Hillstrom, "Testing unconstrained optimization software", ACM Transactions on
-- Mathematical Software 7, 1981: residuals, starting points, published minima of the sum of squares.
-- @module tests.support.mgh
local lab = require "optlab"

local FLOAT64 = { dtype = "float64" }
local function vector(list) return lab.tensor(list, FLOAT64) end
local function numbers(n, from) return lab.arange(from or 1, (from or 1) + n, 1, FLOAT64) end
local function filled(n, value) return lab.full({ n }, value, FLOAT64) end
local function join(...)
  local parts = {}
  for i, part in ipairs { ... } do parts[i] = #part.shape == 0 and part:reshape(1) or part end
  return lab.cat(parts, 1)
end
-- A function of the coordinates as one of the vector.
local function split(f)
  return function(x)
    local list = {}
    for i = 1, x:numel() do list[i] = x:select(1, i) end
    return join(f(table.unpack(list)))
  end
end

local problems = {}
local function problem(name, start, minima, residuals)
  problems[#problems + 1] = { name = name, start = vector(start), minima = minima, residuals = residuals }
end

problem("Rosenbrock", { -1.2, 1 }, { 0 }, split(function(x, y) return 10 * (y - x ^ 2), 1 - x end))

problem("Freudenstein and Roth", { 0.5, -2 }, { 0, 48.9842 }, split(function(x, y)
  return -13 + x + ((5 - y) * y - 2) * y, -29 + x + ((y + 1) * y - 14) * y
end))

problem("Powell badly scaled", { 0, 1 }, { 0 }, split(function(x, y)
  return 1e4 * x * y - 1, lab.exp(-x) + lab.exp(-y) - 1.0001
end))

problem("Brown badly scaled", { 1, 1 }, { 0 }, split(function(x, y) return x - 1e6, y - 2e-6, x * y - 2 end))

problem("Beale", { 1, 1 }, { 0 }, split(function(x, y)
  return 1.5 - x * (1 - y), 2.25 - x * (1 - y ^ 2), 2.625 - x * (1 - y ^ 3)
end))

problem("Jennrich and Sampson", { 0.3, 0.4 }, { 124.362 }, function(x)
  local i = numbers(10)
  return 2 + 2 * i - (lab.exp(i * x:select(1, 1)) + lab.exp(i * x:select(1, 2)))
end)

problem("helical valley", { -1, 0, 0 }, { 0 }, split(function(x, y, z)
  local theta = lab.atan(y / x) / (2 * math.pi) + (x:item() < 0 and 0.5 or 0)
  return 10 * (z - 10 * theta), 10 * (lab.sqrt(x ^ 2 + y ^ 2) - 1), z
end))

local BARD = vector { 0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39 }
problem("Bard", { 1, 1, 1 }, { 8.21487e-3, 17.4286 }, function(x)
  local u = numbers(15)
  local v = 16 - u
  return BARD - (x:select(1, 1) + u / (v * x:select(1, 2) + lab.minimum(u, v) * x:select(1, 3)))
end)

local GAUSSIAN = vector { 0.0009, 0.0044, 0.0175, 0.0540, 0.1295, 0.2420, 0.3521, 0.3989, 0.3521, 0.2420, 0.1295,
  0.0540, 0.0175, 0.0044, 0.0009 }
problem("Gaussian", { 0.4, 1, 0 }, { 1.12793e-8 }, function(x)
  local t = (8 - numbers(15)) / 2
  return x:select(1, 1) * lab.exp(-x:select(1, 2) * (t - x:select(1, 3)) ^ 2 / 2) - GAUSSIAN
end)

local MEYER = vector { 34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820, 3307,
  2872 }
problem("Meyer", { 0.02, 4000, 250 }, { 87.9458 }, function(x)
  return x:select(1, 1) * lab.exp(x:select(1, 2) / (45 + 5 * numbers(16) + x:select(1, 3))) - MEYER
end)

problem("Gulf research and development", { 5, 2.5, 0.15 }, { 0 }, function(x)
  local t = numbers(99) / 100
  local y = 25 + (-50 * lab.log(t)) ^ (2 / 3)
  return lab.exp(-lab.abs(y - x:select(1, 2)) ^ x:select(1, 3) / x:select(1, 1)) - t
end)

problem("Box three-dimensional", { 0, 10, 20 }, { 0 }, function(x)
  local t = 0.1 * numbers(10)
  return lab.exp(-t * x:select(1, 1)) - lab.exp(-t * x:select(1, 2))
    - x:select(1, 3) * (lab.exp(-t) - lab.exp(-10 * t))
end)

local function powell_singular(a, b, c, d)
  return a + 10 * b, math.sqrt(5) * (c - d), (b - 2 * c) ^ 2, math.sqrt(10) * (a - d) ^ 2
end
problem("Powell singular", { 3, -1, 0, 1 }, { 0 }, split(powell_singular))

problem("Wood", { -3, -1, -3, -1 }, { 0 }, split(function(a, b, c, d)
  return 10 * (b - a ^ 2), 1 - a, math.sqrt(90) * (d - c ^ 2), 1 - c, math.sqrt(10) * (b + d - 2),
    (b - d) / math.sqrt(10)
end))

local KOWALIK = vector { 0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246 }
local KOWALIK_U = vector { 4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625 }
problem("Kowalik and Osborne", { 0.25, 0.39, 0.415, 0.39 }, { 3.07505e-4, 1.02734e-3 }, function(x)
  local u = KOWALIK_U
  return KOWALIK - x:select(1, 1) * (u ^ 2 + u * x:select(1, 2)) / (u ^ 2 + u * x:select(1, 3) + x:select(1, 4))
end)

problem("Brown and Dennis", { 25, 5, -5, -1 }, { 85822.2 }, function(x)
  local t = numbers(20) / 5
  return (x:select(1, 1) + t * x:select(1, 2) - lab.exp(t)) ^ 2
    + (x:select(1, 3) + x:select(1, 4) * lab.sin(t) - lab.cos(t)) ^ 2
end)

local OSBORNE1 = vector { 0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.850, 0.818, 0.784, 0.751, 0.718, 0.685,
  0.658, 0.628, 0.603, 0.580, 0.558, 0.538, 0.522, 0.506, 0.490, 0.478, 0.467, 0.457, 0.448, 0.438, 0.431, 0.424,
  0.420, 0.414, 0.411, 0.406 }
problem("Osborne 1", { 0.5, 1.5, -1, 0.01, 0.02 }, { 5.46489e-5 }, function(x)
  local t = 10 * numbers(33, 0)
  return OSBORNE1 - (x:select(1, 1) + x:select(1, 2) * lab.exp(-t * x:select(1, 4))
    + x:select(1, 3) * lab.exp(-t * x:select(1, 5)))
end)

problem("Biggs EXP6", { 1, 2, 1, 1, 1, 1 }, { 0, 5.65565e-3 }, function(x)
  local t = 0.1 * numbers(13)
  local y = lab.exp(-t) - 5 * lab.exp(-10 * t) + 3 * lab.exp(-4 * t)
  return x:select(1, 3) * lab.exp(-t * x:select(1, 1)) - x:select(1, 4) * lab.exp(-t * x:select(1, 2))
    + x:select(1, 6) * lab.exp(-t * x:select(1, 5)) - y
end)

local OSBORNE2 = vector { 1.366, 1.191, 1.112, 1.013, 0.991, 0.885, 0.831, 0.847, 0.786, 0.725, 0.746, 0.679, 0.608,
  0.655, 0.616, 0.606, 0.602, 0.626, 0.651, 0.724, 0.649, 0.649, 0.694, 0.644, 0.624, 0.661, 0.612, 0.558, 0.533,
  0.495, 0.500, 0.423, 0.395, 0.375, 0.372, 0.391, 0.396, 0.405, 0.428, 0.429, 0.523, 0.562, 0.607, 0.653, 0.672,
  0.708, 0.633, 0.668, 0.645, 0.632, 0.591, 0.559, 0.597, 0.625, 0.739, 0.710, 0.729, 0.720, 0.636, 0.581, 0.428,
  0.292, 0.162, 0.098, 0.054 }
problem("Osborne 2", { 1.3, 0.65, 0.65, 0.7, 0.6, 3, 5, 7, 2, 4.5, 5.5 }, { 4.01377e-2 }, function(x)
  local t = numbers(65, 0) / 10
  local y = x:select(1, 1) * lab.exp(-t * x:select(1, 5))
  for k = 1, 3 do
    y = y + x:select(1, 1 + k) * lab.exp(-(t - x:select(1, 8 + k)) ^ 2 * x:select(1, 5 + k))
  end
  return OSBORNE2 - y
end)

local function watson(n)
  local t = numbers(29):unsqueeze(2) / 29
  local j = numbers(n):unsqueeze(1)
  local powers = t ^ (j - 1)
  local slopes = (j - 1) * t ^ lab.clamp(j - 2, { min = 0 })
  return function(x)
    return join(slopes:matmul(x) - powers:matmul(x) ^ 2 - 1, x:select(1, 1), x:select(1, 2) - x:select(1, 1) ^ 2 - 1)
  end
end
problem("Watson, 6", { 0, 0, 0, 0, 0, 0 }, { 2.28767e-3 }, watson(6))
problem("Watson, 9", { 0, 0, 0, 0, 0, 0, 0, 0, 0 }, { 1.39976e-6 }, watson(9))

problem("extended Rosenbrock", { -1.2, 1, -1.2, 1, -1.2, 1, -1.2, 1, -1.2, 1 }, { 0 }, function(x)
  local pairs_of = x:reshape(5, 2)
  local a, b = pairs_of:select(2, 1), pairs_of:select(2, 2)
  return join(10 * (b - a ^ 2), 1 - a)
end)

problem("extended Powell singular", { 3, -1, 0, 1, 3, -1, 0, 1, 3, -1, 0, 1 }, { 0 }, function(x)
  local fours = x:reshape(3, 4)
  return join(powell_singular(fours:select(2, 1), fours:select(2, 2), fours:select(2, 3), fours:select(2, 4)))
end)

problem("penalty I, 4", { 1, 2, 3, 4 }, { 2.24997e-5 }, function(x)
  return join(math.sqrt(1e-5) * (x - 1), (x ^ 2):sum() - 0.25)
end)
problem("penalty I, 10", { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, { 7.08765e-5 }, problems[#problems].residuals)

local function penalty2(x)
  local n, a = x:numel(), math.sqrt(1e-5)
  local e = lab.exp(x / 10)
  local i = numbers(n - 1, 2)
  local y = lab.exp(i / 10) + lab.exp((i - 1) / 10)
  local high = e:narrow(1, 2, n - 1)
  return join(x:select(1, 1) - 0.2, a * (high + e:narrow(1, 1, n - 1) - y), a * (high - math.exp(-0.1)),
    ((n + 1 - numbers(n)) * x ^ 2):sum() - 1)
end
problem("penalty II, 4", { 0.5, 0.5, 0.5, 0.5 }, { 9.37629e-6 }, penalty2)
problem("penalty II, 10", filled(10, 0.5):tolist(), { 2.93660e-4 }, penalty2)

problem("variably dimensioned", (1 - numbers(10) / 10):tolist(), { 0 }, function(x)
  local sum = (numbers(10) * (x - 1)):sum()
  return join(x - 1, sum, sum ^ 2)
end)

problem("trigonometric", filled(10, 0.1):tolist(), { 0, 2.79506e-5 }, function(x)
  local c = lab.cos(x)
  return 10 - c:sum() + numbers(10) * (1 - c) - lab.sin(x)
end)

problem("Brown almost-linear", filled(10, 0.5):tolist(), { 0, 1 }, function(x)
  return join(x:narrow(1, 1, 9) + x:sum() - 11, x:prod() - 1)
end)

local H = 1 / 11
local T = numbers(10) * H
problem("discrete boundary value", (T * (T - 1)):tolist(), { 0 }, function(x)
  local zero = vector { 0 }
  local before, after = join(zero, x:narrow(1, 1, 9)), join(x:narrow(1, 2, 9), zero)
  return 2 * x - before - after + H ^ 2 * (x + T + 1) ^ 3 / 2
end)

problem("discrete integral equation", (T * (T - 1)):tolist(), { 0 }, function(x)
  local cubes = (x + T + 1) ^ 3
  local low, high = (T * cubes):cumsum(1), (1 - T) * cubes
  return x + H * ((1 - T) * low + T * (high:sum() - high:cumsum(1))) / 2
end)

problem("Broyden tridiagonal", filled(10, -1):tolist(), { 0 }, function(x)
  local zero = vector { 0 }
  return (3 - 2 * x) * x - join(zero, x:narrow(1, 1, 9)) - 2 * join(x:narrow(1, 2, 9), zero) + 1
end)

local BAND = lab.zeros({ 10, 10 }, FLOAT64)
for i = 1, 10 do
  for j = math.max(1, i - 5), math.min(10, i + 1) do
    if j ~= i then BAND[{ i, j }] = 1 end
  end
end
problem("Broyden banded", filled(10, -1):tolist(), { 0 }, function(x)
  return x * (2 + 5 * x ^ 2) + 1 - BAND:matmul(x * (1 + x))
end)

local M, N = 20, 10
problem("linear, full rank", filled(N, 1):tolist(), { M - N }, function(x)
  local mean = 2 / M * x:sum()
  return join(x - mean - 1, -mean - filled(M - N, 1))
end)

problem("linear, rank 1", filled(N, 1):tolist(), { M * (M - 1) / (2 * (2 * M + 1)) }, function(x)
  return numbers(M) * (numbers(N) * x):sum() - 1
end)

problem("linear, rank 1, with zero columns and rows", filled(N, 1):tolist(),
  { (M ^ 2 + 3 * M - 6) / (2 * (2 * M - 3)) }, function(x)
    local sum = (numbers(N - 2, 2) * x:narrow(1, 2, N - 2)):sum()
    local minus_one = vector { -1 }
    return join(minus_one, numbers(M - 2) * sum - 1, minus_one)
  end)

local function chebyquad(x)
  local n = x:numel()
  local y = 2 * x - 1
  local before, now, rows = lab.ones_like(y), y, {}
  for i = 1, n do
    rows[i] = now:mean() + (i % 2 == 0 and 1 / (i * i - 1) or 0)
    before, now = now, 2 * y * now - before
  end
  return join(table.unpack(rows))
end
problem("Chebyquad, 8", (numbers(8) / 9):tolist(), { 3.51687e-3 }, chebyquad)
problem("Chebyquad, 9", (numbers(9) / 10):tolist(), { 0 }, chebyquad)
problem("Chebyquad, 10", (numbers(10) / 11):tolist(), { 6.50395e-3, 4.77271e-3 }, chebyquad)

return problems
