--- What does RMSProp do with gamma = 1?
-- Book section: "RMSProp", exercise 1. Asked: what happens in the experiment, and why?
--
-- Answer: s <- 1 s + 0 g^2 stays where it began, at 0. What remains is gradient descent with the
-- constant rate eta / sqrt(eps), which is 400 here: x grows by |1 - 400 lambda| a step. It
-- converges where that rate is below 2 / lambda for the largest lambda, so for eta < 2 sqrt(eps) /
-- 4 = 0.0005.
local lab = require "optlab"
local train = lab.train

local p = lab.params {
  lr = {default = 0.4, help = "eta of the book's path"},
  lr_small = {default = 0.0004, help = "below 2 sqrt(eps) / 4"},
  gamma = {default = 1.0, help = "what the average keeps; 1 is the exercise's"},
  eps = {default = 1e-6, min = 1e-300, help = "added inside the root"},
  steps = {default = 20, min = 1, help = "of the first descent; the second has 100 times as many"},
}

local function f(x1, x2) return 0.1 * x1 ^ 2 + 2 * x2 ^ 2 end
local s

local function rmsprop(lr)
  return function(x, g, state)
    state.s = p.gamma * (state.s or 0) + (1 - p.gamma) * g ^ 2
    s = state.s:max():item()
    return x - lr * g / lab.sqrt(state.s + p.eps)
  end
end

local path = train.descend(f, {-5, -2}, rmsprop(p.lr), p.steps)
local plain = train.descend(f, {-5, -2}, {"SGD", lr = p.lr / math.sqrt(p.eps)}, p.steps)
local last, same = path[#path], plain[#plain]
print(("gamma = %g: s = %g after %d steps, x1 = %.2e, x2 = %.2e"):format(p.gamma, s, #path - 1, last[1], last[2]))
print(("gradient descent with rate eta / sqrt(eps) = %g: x1 = %.2e"):format(p.lr / math.sqrt(p.eps), same[1]))
train.record("gamma 1", p.steps, {s = s, log10_x1 = math.log(math.abs(last[1]), 10), ratio = last[1] / same[1]})

local slow = train.descend(f, {-5, -2}, rmsprop(p.lr_small), 100 * p.steps)
print(("eta = %g: x1 = %.2g, x2 = %.2g after %d steps: it converges"):format(p.lr_small, slow[#slow][1],
  slow[#slow][2], #slow - 1))
train.record("small eta", 100 * p.steps, {x1 = slow[#slow][1], x2 = slow[#slow][2]})
