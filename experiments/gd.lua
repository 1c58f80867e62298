--- Gradient descent: the learning rate decides, and second derivatives can help.
-- Book section: "Gradient Descent". Exercises: experiments/exercises/gd-1.lua to gd-5.lua.
-- More of its claims: experiments/claims/gd-newton-order.lua and gd-newton-full.lua.
--
-- The question: how do the learning rate eta, the shape of f and the use of its curvature decide
-- where x <- x - eta f'(x) ends?
-- The book's gd and train_2d are train.descend here, the lines they print come from train.report,
-- show_trace is plot.trace, and show_trace_2d is plot.trace2d.
-- The figures: "gd-eta-*", x^2 with a good, a small and a too large eta; "gd-local-minimum" swings
-- around the poor minimum x = -1.83 of x cos(0.15 pi x), f = -1.19, though the start lies beside
-- x = 7.27, f = -6.98; "gd-2d"; "newton-quadratic" ends in one step; "newton-cosh" needs a few;
-- "newton-nonconvex-eta-1" climbs to a maximum; eta 0.5, and "newton-nonconvex-abs", which divides
-- by |f''|, find minima; "gd-valley" and "preconditioning", a badly scaled f without and with a
-- learning rate for each coordinate from diag(H); "line-search", the best step along each gradient
-- by bisection.
-- What to notice: 10 (1 - 2 eta)^10 is the number printed for x^2: 0.060466, 3.486784, 61.917364.
-- Newton's method looks for f' = 0, so it also finds maxima. With eta 0.5 it ends at a minimum
-- only because it starts where f'' > 0 and stays there; from x = 1 it ends at a maximum as well.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  lr = {default = 0.2, help = "learning rate for x^2, from 10"},
  lr_small = {default = 0.05, help = "the same, too small"},
  lr_large = {default = 1.1, help = "the same, too large"},
  steps = {default = 10, help = "of these three"},
  lr_local = {default = 2.0, help = "for x cos(0.15 pi x), from 10"},
  lr_2d = {default = 0.1, help = "for x1^2 + 2 x2^2, from (-5, -2)"},
  steps_2d = {default = 20, help = "in two dimensions"},
  lr_newton = {default = 0.5, help = "of Newton's method on x cos(0.15 pi x)"},
  lr_precond = {default = 0.4, help = "for 0.1 x1^2 + 2 x2^2, from (-5, -2)"},
}

local function gd(lr)
  return function(x, grad) return x - lr * grad end
end

-- One descent in one dimension: its end on the terminal, its trace in a figure.
local function show(name, title, f, rule, options)
  local path = train.descend(f, 10.0, rule, p.steps, options)
  train.report(name, path, title)
  plot.trace(f, path, {title = title}):save(name)
  return path
end

-- f = x^2: the derivative written by hand; automatic differentiation gives the same.
local function square(x) return x ^ 2 end
local by_hand = {grad = function(x) return 2 * x end}
for _, lr in ipairs {p.lr, p.lr_small, p.lr_large} do
  show(("gd-eta-%g"):format(lr), ("f(x) = x², η = %g"):format(lr), square, gd(lr), by_hand)
end

-- A non-convex f: a large learning rate jumps into a poor local minimum.
local c = 0.15 * math.pi
local function wave(x) return x * lab.cos(c * x) end
show("gd-local-minimum", ("f(x) = x cos(0.15 π x), η = %g"):format(p.lr_local), wave, gd(p.lr_local))

-- Two dimensions.
local function show2d(name, title, f, rule, steps)
  local path = train.descend(f, {-5, -2}, rule, steps)
  train.report(name, path, title)
  plot.trace2d(f, path, {title = title}):save(name)
end

local function bowl(x1, x2) return x1 ^ 2 + 2 * x2 ^ 2 end
show2d("gd-2d", ("x₁² + 2 x₂², η = %g"):format(p.lr_2d), bowl, gd(p.lr_2d), p.steps_2d)

-- Newton's method divides by the curvature: x <- x - eta f'(x) / f''(x), with f'' by differentiating twice.
local function newton(f, lr, size)
  local curvature = lab.func.hessian(f)
  size = size or function(h) return h end
  return function(x, grad) return x - lr * grad / size(curvature(x)) end
end

-- What f'' says about the point where a path ends.
local function kind_of_end(name, f, path)
  local x = path[#path]
  local curvature = lab.func.hessian(f)(x)
  train.record(name .. " end", #path - 1, {x = x, f = f(x), curvature = curvature})
  print(("  ends at x = %.3f, where f = %.3f and f'' = %.2f: near a %s"):format(x, f(x), curvature,
    curvature > 0 and "minimum" or "maximum"))
end

local function parabola(x) return 0.5 * x ^ 2 end
local path = show("newton-quadratic", "Newton on 0.5 x²", parabola, newton(parabola, 1))
print(("  after its first step x = %g"):format(path[2]))

local function cosh(x) return lab.cosh(0.5 * x) end
show("newton-cosh", "Newton on cosh(0.5 x)", cosh, newton(cosh, 1))
for _, run in ipairs {
  {name = ("eta-%g"):format(1), lr = 1, title = "η = 1"},
  {name = ("eta-%g"):format(p.lr_newton), lr = p.lr_newton, title = ("η = %g"):format(p.lr_newton)},
  {name = "abs", lr = 1, size = math.abs, title = "divided by |f''|"},
} do
  local name, title = "newton-nonconvex-" .. run.name, "Newton on x cos(0.15 π x), " .. run.title
  kind_of_end(name, wave, show(name, title, wave, newton(wave, run.lr, run.size)))
end
print(("eta = %g once more, from x = 1:"):format(p.lr_newton))
kind_of_end("newton-from-1", wave, train.descend(wave, 1.0, newton(wave, p.lr_newton), 2 * p.steps))

-- Preconditioning: x <- x - eta diag(H)^-1 grad gives each coordinate its own learning rate, and the badly scaled f
-- becomes as easy as a round one.
local function valley(x1, x2) return 0.1 * x1 ^ 2 + 2 * x2 ^ 2 end
local hessian = lab.func.hessian(function(x) return valley(x[1], x[2]) end)
local function preconditioned(x, grad)
  local H = hessian(x)
  return x - p.lr_precond * grad / lab.stack {H[{1, 1}], H[{2, 2}]}
end
local title = ("0.1 x₁² + 2 x₂², η = %g"):format(p.lr_precond)
show2d("gd-valley", title, valley, gd(p.lr_precond), p.steps)
show2d("preconditioning", title .. ", diag(H)", valley, preconditioned, p.steps)

-- Line search: along -grad the slope of a convex f grows from negative to positive; bisection finds where it is zero.
local function bisect(slope, a, b)
  while slope(b) < 0 do a, b = b, 2 * b end
  for _ = 1, 50 do
    local middle = (a + b) / 2
    if slope(middle) < 0 then a = middle else b = middle end
  end
  return (a + b) / 2
end

local gradient = lab.func.grad(function(x) return valley(x[1], x[2]) end)
local function line_search(x, grad)
  local function slope(eta) return -gradient(x - eta * grad):dot(grad):item() end
  return x - bisect(slope, 0, 1) * grad
end
show2d("line-search", "0.1 x₁² + 2 x₂², best step each time", valley, line_search, p.steps)
