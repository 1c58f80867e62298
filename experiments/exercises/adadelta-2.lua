--- How is Adadelta written without g'?
-- Book section: "Adadelta", exercise 2. Asked: an implementation without g', and why that is a good
-- idea.
--
-- Answer: g'^2 = (d + eps) / (s + eps) g^2, so with q = (d + eps) / (s + eps), which may take the
-- place of s,
--     x <- x - sqrt(q) g,    d <- rho d + (1 - rho) q g^2.
-- No vector as large as the parameters is needed for g', and there is one root an element instead
-- of two. The two steps no longer depend on each other. Checked: both take the same path.
local lab = require "optlab"
local train = lab.train

local p = lab.params {
  rho = {default = 0.9, min = 0, max = 1, help = "what the leaking averages keep"},
  eps = {default = 1e-5, help = "added inside both roots"},
  steps = {default = 300, min = 1, help = "of the path"},
}

local function f(x1, x2) return 0.1 * x1 ^ 2 + 2 * x2 ^ 2 end

local function with_g(x, grad, state)
  state.s = p.rho * (state.s or 0) + (1 - p.rho) * grad ^ 2
  local delta = state.delta or 0
  local g = lab.sqrt(delta + p.eps) / lab.sqrt(state.s + p.eps) * grad
  state.delta = p.rho * delta + (1 - p.rho) * g ^ 2
  return x - g
end

local function without_g(x, grad, state)
  state.s = p.rho * (state.s or 0) + (1 - p.rho) * grad ^ 2
  local delta = state.delta or 0
  local q = (delta + p.eps) / (state.s + p.eps)
  state.delta = p.rho * delta + (1 - p.rho) * q * grad ^ 2
  return x - lab.sqrt(q) * grad
end

local one, other = train.descend(f, {-5, -2}, with_g, p.steps), train.descend(f, {-5, -2}, without_g, p.steps)
local difference = train.distance(one, other)
print(("%d steps with g' and without it: the paths differ by %.1g at most"):format(p.steps, difference))
train.record("without g'", p.steps, {difference = difference, x1 = other[#other][1]})
