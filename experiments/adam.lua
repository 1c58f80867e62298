--- Adam and Yogi: momentum together with a learning rate for every coordinate.
-- Book section: "Adam".
--
-- The question: what do momentum and RMSProp do together?
--     v <- beta1 v + (1 - beta1) g,    s <- beta2 s + (1 - beta2) g^2
--     x <- x - eta v' / (sqrt(s') + eps),    v' = v / (1 - beta1^t),    s' = s / (1 - beta2^t)
-- Yogi moves s by a share of g^2 towards g^2, whatever the distance:
--     s <- s + (1 - beta2) sign(g^2 - s) g^2
-- The figures: "airfoil", "airfoil-concise" and "airfoil-yogi", the regression by the rule, by
-- optim.Adam and by Yogi's rule; "trace-adam" and "trace-yogi", their paths on 0.1 x1^2 + 2
-- x2^2, and "optimizers", those of the whole chapter; "bias-correction", the factors 1 / (1 -
-- beta^t).
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
  title = ("%s, eta = %g"):format(title, p.lr)
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
  local title = ("%s, eta = %g, %d steps"):format(name, p.trace_lr, p.steps)
  train.report("trace-" .. name:lower(), path, title)
  plot.trace2d(f, path, {title = title}):save("trace-" .. name:lower())
  local difference = train.distance(path, train.descend(f, {-5, -2}, built_in, p.steps))
  print(("  largest difference from optim.%s: %.1g"):format(name, difference))
end
trace("Adam", adam(p.trace_lr), {"Adam", lr = p.trace_lr, betas = betas, eps = p.eps})
trace("Yogi", yogi(p.trace_lr), {"Yogi", lr = p.trace_lr, betas = betas, eps = p.eps_yogi, initial_accumulator = 0})

-- The optimizers of the chapter side by side.
local fig = plot.figure {title = ("%d steps on 0.1 x1^2 + 2 x2^2"):format(p.steps), xlabel = "x1", ylabel = "x2"}
fig:contour(f, {x = {-5.5, 1.5, 0.05}, y = {-3, 3, 0.05}, levels = 12, color = "lightgray"})
for _, entry in ipairs {
  {"SGD", {"SGD", lr = 0.4}}, {"momentum", {"SGD", lr = 0.6, momentum = 0.5}}, {"Adagrad", {"Adagrad", lr = 2}},
  {"RMSProp", {"RMSprop", lr = 0.4, alpha = 0.9}}, {"Adam", {"Adam", lr = p.trace_lr}},
} do
  local x1, x2 = {}, {}
  for i, x in ipairs(train.descend(f, {-5, -2}, entry[2], p.steps)) do x1[i], x2[i] = x[1], x[2] end
  fig:line(x1, x2, {label = entry[1], style = "-o", size = 0.5})
end
fig:save("optimizers")

fig = plot.figure {
  title = "Bias correction", xlabel = "step", ylabel = "1 / (1 - beta^t)", logx = true, logy = true,
}
local t = lab.arange(1, 10001, {dtype = "float64"})
for _, beta in ipairs(betas) do fig:line(t, 1 / (1 - beta ^ t), {label = ("beta = %g"):format(beta)}) end
fig:save("bias-correction")
