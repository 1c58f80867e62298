--- Noise added to the gradient of f is the same as a loss of random examples.
-- Book section: "Stochastic Gradient Descent", exercise 2.
--
-- f(x) = x1^2 + 2 x2^2 and the loss f(x, w) = (x1 - w1)^2 + 2 (x2 - w2)^2. The gradient of the loss is
-- (2 x1 - 2 w1, 4 x2 - 4 w2) = grad f(x) - (2 w1, 4 w2). So a normal w is normal noise: noise e ~ N(0, 1)
-- in each coordinate is w1 = -e1 / 2 ~ N(0, 1/4) and w2 = -e2 / 4 ~ N(0, 1/16), and each step is the
-- same. The expected loss is f(x) + E w1^2 + 2 E w2^2 = f(x) + 3/8, with the same minimum.
-- (The loss does not change if x and w change places, so it does not matter which is called random.)
-- Checked: two paths with the same random numbers; mean and spread of the loss's gradients at a point.
local lab = require "optlab"
local train = lab.train

local p = lab.params {
  lr = {default = 0.1, help = "learning rate"}, steps = {default = 50, help = "of the paths"},
  draws = {default = 20000, help = "of w, for the means"},
}

local function f(x1, x2) return x1 ^ 2 + 2 * x2 ^ 2 end
local function sgd(x, grad) return x - p.lr * grad end
local noise = lab.randn(p.steps, 2, {dtype = "float64"}):tolist()

local step = 0
local with_noise = train.descend(f, {-5, -2}, sgd, p.steps, {grad = function(x1, x2)
  step = step + 1
  return 2 * x1 + noise[step][1], 4 * x2 + noise[step][2]
end})
step = 0
local with_examples = train.descend(function(x1, x2) -- its gradient by automatic differentiation
  step = step + 1
  return f(x1 + noise[step][1] / 2, x2 + noise[step][2] / 4)
end, {-5, -2}, sgd, p.steps)

local difference = train.distance(with_noise, with_examples)
train.record("paths", p.steps, {difference = difference})
print(("largest difference between the two paths of %d steps: %.1g"):format(p.steps, difference))

local w = lab.randn(p.draws, 2, {dtype = "float64"}) * lab.tensor({1 / 2, 1 / 4}, {dtype = "float64"})
local x = lab.tensor({-5, -2}, {dtype = "float64"})
local gradients = (x - w) * lab.tensor({2, 4}, {dtype = "float64"})
local mean, spread = gradients:mean(1):tolist(), gradients:std(1):tolist()
local loss = ((x - w) ^ 2 * lab.tensor({1, 2}, {dtype = "float64"})):sum(2):mean():item() - f(-5, -2)
train.record("loss", p.draws, {mean1 = mean[1], mean2 = mean[2], spread1 = spread[1], spread2 = spread[2],
  offset = loss})
print(("gradients of the loss at (-5, -2): mean (%.3f, %.3f), spread (%.3f, %.3f)"):format(mean[1], mean[2], spread[1],
  spread[2]))
print(("grad f is (-10, -8); mean loss - f = %.3f, expected 0.375"):format(loss))
