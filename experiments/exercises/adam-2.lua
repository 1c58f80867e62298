--- Can the two averages of Adam be written so that no bias correction is needed?
-- Book section: "Adam", exercise 2.
--
-- Yes: let what an average keeps depend on t. From v_t = β v_(t-1) + (1 - β) g and v'_t = v_t / (1
-- - βᵗ) follows v'_t = k v'_(t-1) + (1 - k) g with k = β (1 - βᵗ⁻¹) / (1 - βᵗ): k is 0 in the
-- first step, so that v'_1 = g, and tends to β. The same holds for s. Both rules walk on 0.1 x₁² +
-- 2 x₂².
local lab = require "optlab"
local train = lab.train

local p = lab.params {
  lr = {default = 0.4, help = "η"}, beta1 = {default = 0.9, help = "β₁"}, beta2 = {default = 0.999, help = "β₂"},
  eps = {default = 1e-6, help = "ε"}, steps = {default = 200, min = 1, help = "updates"},
}

local function adam(x, grad, state, t)
  state.v = p.beta1 * (state.v or 0) + (1 - p.beta1) * grad
  state.s = p.beta2 * (state.s or 0) + (1 - p.beta2) * grad ^ 2
  local v, s = state.v / (1 - p.beta1 ^ t), state.s / (1 - p.beta2 ^ t)
  return x - p.lr * v / (lab.sqrt(s) + p.eps)
end

local function keeps(beta, t) return beta * (1 - beta ^ (t - 1)) / (1 - beta ^ t) end
local function uncorrected(x, grad, state, t)
  local k1, k2 = keeps(p.beta1, t), keeps(p.beta2, t)
  state.v = k1 * (state.v or 0) + (1 - k1) * grad
  state.s = k2 * (state.s or 0) + (1 - k2) * grad ^ 2
  return x - p.lr * state.v / (lab.sqrt(state.s) + p.eps)
end

local function f(x1, x2) return 0.1 * x1 ^ 2 + 2 * x2 ^ 2 end
local one, other = train.descend(f, {-5, -2}, adam, p.steps), train.descend(f, {-5, -2}, uncorrected, p.steps)
local difference = train.distance(one, other)
print(("the average of gradients keeps %.4f, %.4f, %.4f in steps 1, 2, 10"):format(keeps(p.beta1, 1),
  keeps(p.beta1, 2), keeps(p.beta1, 10)))
print(("largest difference of the two paths in %d steps: %.1g"):format(p.steps, difference))
print("The paths are the same up to rounding: the average itself can do the correction.")
train.record("difference", p.steps, {difference = difference, keeps_2 = keeps(p.beta1, 2)})
