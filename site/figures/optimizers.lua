--- Two paths for each optimizer of the reference: on a badly scaled quadratic function and on Rosenbrock's.
--
-- Every learning rate is the best of one list: the one whose largest value of f in the last tenth of the steps is
-- smallest, so that a path that happens to pass the minimum wins nothing. Optimizers that are made around another
-- one are made around SGD. What is drawn of EMA and SWA is their average.
local entries = require "optlab.reference.entries"
local lab = require "optlab"
local optim, plot = lab.optim, lab.plot

local RATES = {}
for i = 0, 24 do RATES[i + 1] = tonumber(("%.2g"):format(10 ^ (-4 + i * 5.5 / 24))) end

local PROBLEMS = {
  { name = "quadratic", title = "0.1 x² + 2 y²", start = { -5, -2 }, steps = 40, x = { -6, 2.5, 0.1 }, y = { -3, 2.5,
    0.1 },
    levels = { 0.05, 0.2, 0.5, 1, 2, 4, 8, 12 }, f = function(x, y) return 0.1 * x ^ 2 + 2 * y ^ 2 end },
  { name = "rosenbrock", title = "Rosenbrock's function", start = { -1.5, 1 }, steps = 200, x = { -2, 2, 0.04 },
    y = { -0.7, 2.3, 0.04 }, levels = { 1, 5, 20, 80, 250, 600 },
    f = function(x, y) return (1 - x) ^ 2 + 100 * (y - x ^ 2) ^ 2 end },
}

-- Nothing to draw: KFAC and SophiaG need a model.
local LEFT_OUT = { KFAC = true, SophiaG = true }

local AVERAGES = { EMA = true, SWA = true }

-- Optimizers of matrices follow their own rule here, not the one they have for vectors.
local OPTIONS = { MARS = { optimize_1d = true }, SOAP = { precondition_1d = true } }
local SHAPES = { Muon = { 1, 2 } }

local function takes(entry, name)
  for _, row in ipairs(entry.args) do
    if row.name == name then return true end
  end
  return false
end

-- The optimizer of a list of parameters.
local function made(entry, params, lr)
  if takes(entry, "optimizer") then return optim[entry.name](optim.SGD(params, { lr = lr })) end
  local options = { lr = takes(entry, "lr") and lr or nil }
  for name, value in pairs(OPTIONS[entry.name] or {}) do options[name] = value end
  return optim[entry.name](params, options)
end

-- The points of a descent, and f at each; nil where it diverges.
local function descend(problem, entry, lr)
  lab.manual_seed(0)
  local start = lab.tensor(problem.start, { dtype = "float64" }):reshape(SHAPES[entry.name] or { 2 })
  local w = start:requires_grad_()
  local opt = made(entry, { w }, lr)
  local function place()
    local point = w:reshape(-1)
    return point[1], point[2]
  end
  local function closure()
    opt:zero_grad()
    local loss = problem.f(place())
    loss:backward { create_graph = entry.needs == "graph" or nil }
    return loss
  end
  local xs, ys, values = {}, {}, {}
  for t = 0, problem.steps do
    local averaged = AVERAGES[entry.name] and t > 0
    if averaged then opt:swap() end
    local x, y = place()
    xs[t + 1], ys[t + 1] = x:item(), y:item()
    if averaged then opt:swap() end
    values[t + 1] = problem.f(xs[t + 1], ys[t + 1])
    if values[t + 1] ~= values[t + 1] or values[t + 1] >= 1e9 then return nil end
    if t < problem.steps then opt:step(closure) end
  end
  return { xs = xs, ys = ys, values = values, lr = lr }
end

local function worst_end(path)
  local worst = 0
  for i = #path.values - #path.values // 10, #path.values do worst = math.max(worst, path.values[i]) end
  return worst
end

local function best_path(problem, entry)
  local best, least = nil, math.huge
  local has_rate = takes(entry, "lr") or takes(entry, "optimizer")
  for _, lr in ipairs(has_rate and RATES or { 0 }) do
    local path = descend(problem, entry, lr)
    local worst = path and worst_end(path)
    if worst and worst < least then best, least = path, worst end
  end
  return best, has_rate
end

-- Contours with a path; the line of a long path is thinner than its points.
local function picture(problem, path, options)
  options.xlim, options.ylim, options.legend = { problem.x[1], problem.x[2] }, { problem.y[1], problem.y[2] }, false
  local fig = plot.figure(options)
  fig:contour(problem.f, { x = problem.x, y = problem.y, levels = problem.levels, color = "#b4bcc6", width = 0.8 })
  fig:line(path.xs, path.ys, { color = "#dd5f00", width = 1.2 })
  fig:points(path.xs, path.ys, { color = "#dd5f00", size = 0.35 })
  return fig
end

local function draw(problem, entry)
  local path, has_rate = best_path(problem, entry)
  if not path then
    io.stderr:write(("%s diverges on %s with every rate\n"):format(entry.name, problem.name))
    return
  end
  local name = entry.name .. "-" .. problem.name
  picture(problem, path, { title = problem.title, size = { 480, 340 }, xlabel = "x", ylabel = "y" }):save(name)
  if problem.name == "rosenbrock" then
    local coarse = setmetatable({ x = { -2, 2, 0.1 }, y = { -0.7, 2.3, 0.1 } }, { __index = problem })
    picture(coarse, path, { size = { 240, 160 }, xticks = {}, yticks = {} }):save(entry.name .. "-small")
  end
  print(("%s: %d updates%s, ending at f = %.2g"):format(name, problem.steps,
    has_rate and (" with lr = %g, the best of %d rates"):format(path.lr, #RATES) or "", path.values[#path.values]))
end

for _, entry in ipairs(entries.of "optimizer") do
  if not LEFT_OUT[entry.name] then
    for _, problem in ipairs(PROBLEMS) do draw(problem, entry) end
  end
end
