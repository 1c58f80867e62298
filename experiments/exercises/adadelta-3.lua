--- Is Adadelta really free of a learning rate, and what can it not solve?
-- Book section: "Adadelta", exercise 3.
--
-- Answer: eps does the work of a rate: the first step is sqrt(eps / (1 - rho)) long, whatever the
-- function, and steps grow from there. So three problems are hard for it: a minimum far away (what
-- is far depends on eps); a function whose gradients are small beside sqrt(eps), where x stays; and
-- |x|, around whose kink it swings for ever, since the gradient never gets smaller and there is no
-- rate that could fall.
-- The figure: "far", the way to a minimum at 1000: the steps grow, but slowly.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  rho = {default = 0.9, min = 0, max = 1, help = "what the leaking averages keep"},
  eps = {default = 1e-5, min = 0, help = "added inside both roots, except in the comparison of eps"},
  far = {default = 1000, help = "where the far minimum is"},
  steps = {default = 1000, min = 300, help = "of each descent but those that compare eps"},
}

local function f(x1, x2) return 0.1 * x1 ^ 2 + 2 * x2 ^ 2 end
local function adadelta(eps) return {"Adadelta", lr = 1, rho = p.rho, eps = eps} end

for i, eps in ipairs {1e-8, 1e-6, 1e-4, 1e-2} do
  local path = train.descend(f, {-5, -2}, adadelta(eps), 100)
  print(("eps = %-6g first step %.6f, x1 after 100 steps %9.6f"):format(eps, path[2][1] - path[1][1], path[#path][1]))
  train.record("eps", i, {first_step = path[2][1] - path[1][1], x1 = path[#path][1]})
end

local far = train.descend(function(x) return (x - p.far) ^ 2 end, 0, adadelta(p.eps), p.steps)
print(("minimum at %g: x = %.4f after %d steps"):format(p.far, far[#far], #far - 1))
local flat = train.descend(function(x) return 1e-12 * (x - 1) ^ 2 end, 0, adadelta(p.eps), p.steps)
print(("1e-12 (x - 1)^2: x = %.2g after %d steps: the gradient is nothing beside eps"):format(flat[#flat], #flat - 1))
local kink = train.descend(lab.abs, 1, adadelta(p.eps), p.steps)
local last = 0
for i = #kink - 99, #kink do last = math.max(last, math.abs(kink[i])) end
print(("|x|: still up to %.4f away in the last 100 of %d steps"):format(last, #kink - 1))
train.record("hard", p.steps, {far = far[#far], flat = flat[#flat], kink = last})

local fig = plot.figure {title = ("Adadelta on its way to %g, ρ = %g, ε = %g"):format(p.far, p.rho, p.eps),
  xlabel = "step", ylabel = "x", xinteger = true}
local steps = {}
for t = 1, #far do steps[t] = t - 1 end
fig:line(steps, far):save("far")
