--- Adam and Yogi: momentum together with a learning rate for every coordinate.
-- Book section: "Adam". Exercises: experiments/exercises/adam-1.lua to adam-4.lua.
--
-- The question: what do momentum and RMSProp do together?
--     v ← β₁ v + (1 - β₁) g,    s ← β₂ s + (1 - β₂) g²
--     x ← x - η v' / (√s' + ε),    v' = v / (1 - β₁ᵗ),    s' = s / (1 - β₂ᵗ)
-- Yogi moves s by a share of g² towards g², whatever the distance:
--     s ← s + (1 - β₂) sign(g² - s) g²
-- The book's calls: train_ch11(adam, ...) is train.airfoil(adam(lr)), train_concise_ch11 is
-- train.airfoil {"Adam", lr = lr}. The counter t that the book keeps among the hyperparameters is
-- the rule's fourth argument here.
-- The figures: "airfoil", "airfoil-concise" and "airfoil-yogi", the regression by the rule, by
-- optim.Adam and by Yogi's rule; "trace-adam" and "trace-yogi", their paths on 0.1 x₁² + 2 x₂²;
-- "forgetting", the learning rate after one large gradient; "optimizers", the paths of the whole
-- chapter, each in a panel, and how fast f falls (RMSProp's comes back: its steps do not shrink);
-- "bias-correction", the factors 1 / (1 - βᵗ).
-- What to notice: the two paths are alike, because gradients that fall slowly give Yogi nothing to
-- do. "forgetting" shows the difference: Adam forgets the large gradient exponentially, Yogi only
-- by a fixed amount a step. experiments/claims/adam-divergence.lua shows where that matters, and
-- claims/adam-eps.lua what ε does outside the root.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  lr = {default = 0.01, help = "learning rate of the regression"},
  beta1 = {default = 0.9, min = 0, max = 0.99999, help = "what the average of gradients keeps"},
  beta2 = {default = 0.999, min = 0, max = 0.99999, help = "what the average of their squares keeps"},
  eps = {default = 1e-6, help = "added to the root"},
  eps_yogi = {default = 1e-3, help = "the same for Yogi"},
  trace_lr = {default = 0.4, help = "learning rate of the paths"},
  steps = {default = 50, help = "of the paths"},
  batch_size = {default = 10, help = "examples an update"},
  epochs = {default = 2, help = "of the regression written out"},
  epochs_concise = {default = 4, help = "of the regression with nn and optim"},
}

local function update(x, v, s, t, lr, eps)
  local v_corrected = v / (1 - p.beta1 ^ t)
  local s_corrected = s / (1 - p.beta2 ^ t)
  return x - lr * v_corrected / (lab.sqrt(s_corrected) + eps)
end

local function adam(lr)
  return function(x, grad, state, t)
    state.v = p.beta1 * (state.v or 0) + (1 - p.beta1) * grad
    state.s = p.beta2 * (state.s or 0) + (1 - p.beta2) * grad ^ 2
    return update(x, state.v, state.s, t, lr, p.eps)
  end
end

local function yogi(lr)
  return function(x, grad, state, t)
    local s = state.s or 0
    state.v = p.beta1 * (state.v or 0) + (1 - p.beta1) * grad
    state.s = s + (1 - p.beta2) * lab.sign(grad ^ 2 - s) * grad ^ 2
    return update(x, state.v, state.s, t, lr, p.eps_yogi)
  end
end

local function regression(name, how, epochs, title)
  title = ("%s, η = %g"):format(title, p.lr)
  train.airfoil(how, {batch_size = p.batch_size, epochs = epochs, figure = name, title = title})
end

regression("airfoil", adam(p.lr), p.epochs, "Adam")
regression("airfoil-concise", {"Adam", lr = p.lr}, p.epochs_concise, "optim.Adam")
regression("airfoil-yogi", yogi(p.lr), p.epochs, "Yogi")

-- The rules on the function of the sections before, beside the built-in optimizers with the same constants.
local function f(x1, x2) return 0.1 * x1 ^ 2 + 2 * x2 ^ 2 end
local betas = {p.beta1, p.beta2}
local function trace(name, rule, built_in)
  local path = train.descend(f, {-5, -2}, rule, p.steps)
  local title = ("%s, η = %g, %d steps"):format(name, p.trace_lr, p.steps)
  train.report("trace-" .. name:lower(), path, title)
  plot.trace2d(f, path, {title = title}):save("trace-" .. name:lower())
  local difference = train.distance(path, train.descend(f, {-5, -2}, built_in, p.steps))
  print(("  largest difference from optim.%s: %.1g"):format(name, difference))
end
trace("Adam", adam(p.trace_lr), {"Adam", lr = p.trace_lr, betas = betas, eps = p.eps})
trace("Yogi", yogi(p.trace_lr), {"Yogi", lr = p.trace_lr, betas = betas, eps = p.eps_yogi, initial_accumulator = 0})

-- What Yogi is for: all gradients are 1 but for a single 10. How long does the rate η / √s stay low?
local function one_large_gradient(name, next_s)
  local s, rate, back = 1, {}, nil
  for step = 1, 150 do
    s = next_s(s, step == 1 and 10 or 1)
    rate[step] = 1 / math.sqrt(s)
    if rate[step] >= 0.9 and not back then back = step - 1 end
  end
  print(("%s: the rate is back at 90 %% %d steps after a gradient of 10"):format(name, back))
  train.record("forgetting " .. name:lower(), back, {rate = rate[back + 1]})
  return rate
end
local keep, take = 0.9, 0.1 -- β₂ and 1 - β₂
local fig = plot.figure {title = "A gradient of 10 among ones, β₂ = 0.9", xlabel = "step", ylabel = "1 / √s"}
fig:line(one_large_gradient("Adam", function(s, g) return keep * s + take * g ^ 2 end), {label = "Adam"})
fig:line(one_large_gradient("Yogi", function(s, g)
  return g ^ 2 > s and s + take * g ^ 2 or math.max(g ^ 2, s - take * g ^ 2)
end), {label = "Yogi"})
fig:save("forgetting")

-- The optimizers of the chapter, each in a panel: in one, three of them cover each other near x₂ = 0.
local panels, curves = {}, plot.figure {title = "f by step", xlabel = "step", logy = true}
for i, entry in ipairs {
  {"SGD", {"SGD", lr = 0.4}}, {"momentum", {"SGD", lr = 0.6, momentum = 0.5}}, {"Adagrad", {"Adagrad", lr = 2}},
  {"RMSProp", {"RMSprop", lr = 0.4, alpha = 0.9}}, {"Adam", {"Adam", lr = p.trace_lr}},
} do
  local step, x1, x2, value, color = {}, {}, {}, {}, "C" .. i
  for k, x in ipairs(train.descend(f, {-5, -2}, entry[2], p.steps)) do
    step[k], x1[k], x2[k], value[k] = k - 1, x[1], x[2], f(x[1], x[2])
  end
  panels[i] = plot.figure {title = entry[1], xlabel = "x₁", ylabel = "x₂"}
  panels[i]:contour(f, {x = {-5.5, 1.5, 0.05}, y = {-3, 3, 0.05}, levels = 8, color = "lightgray"})
  panels[i]:line(x1, x2, {style = "-o", size = 0.5, color = color})
  curves:line(step, value, {label = entry[1], color = color})
end
panels[#panels + 1] = curves
plot.grid {rows = 2, cols = 3, size = {960, 600}, table.unpack(panels)}:save("optimizers")

-- The book writes the sum of βⁱ for i = 0 .. t as (1 - βᵗ) / (1 - β), which is the sum to t - 1.
local beta, sum = p.beta1, 0
for i = 0, 3 do sum = sum + beta ^ i end
print(("β = %g: the sum of βⁱ to i = 3 is %.6g; the book's (1 - β³) / (1 - β) is %.6g"):format(beta, sum,
  (1 - beta ^ 3) / (1 - beta)))
train.record("sum of powers", 3, {sum = sum, book = (1 - beta ^ 3) / (1 - beta)})

fig = plot.figure {title = "Bias correction", xlabel = "step t", ylabel = "1 / (1 - βᵗ)", logx = true, logy = true}
local t = lab.arange(1, 10001, {dtype = "float64"})
for i, b in ipairs(betas) do fig:line(t, 1 / (1 - b ^ t), {label = ("β%s = %g"):format(i == 1 and "₁" or "₂", b)}) end
fig:save("bias-correction")
