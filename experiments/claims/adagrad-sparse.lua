--- Which learning rate suits frequent and rare features at once?
-- Book section: "Adagrad". Claim: with one falling rate, the weights of rare features are left
-- behind; a rate that counts each feature by itself repairs this, and Adagrad's sum of squared
-- gradients does it without counting.
--
-- The data: y is the sum of 10 features of 0 or 1 (all true weights are 1) plus noise; feature i is
-- present with probability 2^-i, so the last one is seen about twice in 2000 examples. One example
-- an update, 50 runs at once. The rates: constant, eta / sqrt(t + c), eta / sqrt(count + c), and
-- Adagrad's eta / sqrt(sum of g^2).
-- The figure: "weights", how far each weight got on the way from 0 to 1; the band is the spread of
-- the runs.
-- What to notice: the constant rate is so small that the most frequent weight is about as restless
-- as under Adagrad; it leaves the rarest one behind, and eta / sqrt(t + c) does so even more. With
-- a rate for each feature both ends come close to 1, whether the feature is counted or its squared
-- gradients are summed.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  lr = {default = 1.0, help = "eta of the three falling rates"},
  lr_constant = {default = 0.1, help = "the constant rate"},
  c = {default = 1, min = 1e-6, help = "added to the time and to the counts"},
  features = {default = 10, min = 2, max = 16, help = "feature i is present with probability 2^-i"},
  noise = {default = 0.3, min = 0, help = "standard deviation of the noise in y"},
  steps = {default = 2000, min = 1, help = "examples, one an update"},
  runs = {default = 50, min = 2, help = "runs with other data, side by side"},
}

-- A rate is called with the gradient, the features, a table that it keeps, and t.
local rules = {
  {name = "constant", label = "constant η", rate = function() return p.lr_constant end},
  {name = "time", label = "η / √(t + c)", rate = function(_, _, _, t) return p.lr / math.sqrt(t + p.c) end},
  {name = "counts", label = "η / √(count + c)", rate = function(_, x, state)
    state.count = (state.count or 0) + x
    return p.lr / lab.sqrt(state.count + p.c)
  end},
  {name = "Adagrad", label = "Adagrad", rate = function(g, _, state)
    state.s = (state.s or 0) + g ^ 2
    return p.lr / lab.sqrt(state.s + 1e-6)
  end},
}

local chances = 2 ^ -lab.arange(1, p.features + 1)
for _, rule in ipairs(rules) do rule.w, rule.state = lab.zeros(p.runs, p.features), {} end
for t = 1, p.steps do
  local x = lab.rand(p.runs, p.features):lt(chances):to("float32")
  local y = x:sum(2) + p.noise * lab.randn(p.runs)
  for _, rule in ipairs(rules) do
    local g = ((x * rule.w):sum(2) - y):reshape(-1, 1) * x -- of half the squared error
    rule.w = rule.w - rule.rate(g, x, rule.state, t) * g
  end
end

local feature = lab.arange(1, p.features + 1):tolist()
local title = ("Weights after %d examples, η = %g, constant: %g"):format(p.steps, p.lr, p.lr_constant)
local fig = plot.figure {title = title, ylabel = "weight (1 is right)", legend = "bottom left",
  xlabel = "feature i, present with probability 2⁻ⁱ", xinteger = true}
fig:hline(1)
print("rate                most frequent weight    rarest weight   (right: 1)")
for _, rule in ipairs(rules) do
  local mean, std = rule.w:mean(1), rule.w:std(1)
  local first, last = mean[1]:item(), mean[-1]:item()
  local name = rule.label .. (" "):rep(18 - utf8.len(rule.label))
  print(("%s  %6.3f ± %.3f          %6.3f ± %.3f"):format(name, first, std[1]:item(), last, std[-1]:item()))
  train.record(rule.name, p.steps, {frequent = first, frequent_std = std[1]:item(), rare = last,
    rare_std = std[-1]:item()})
  fig:line(feature, mean, {style = "-o", label = rule.label})
  fig:band(feature, mean - std, mean + std, {alpha = 0.12})
end
fig:save("weights")
