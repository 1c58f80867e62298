--- Is it better to add ε to the root than under it?
-- Book section: "Adam". Claim: 1 / (√s' + ε) works slightly better than 1 / √(s' + ε).
--
-- With ε = 1e-6 the two differ only for gradients of about √ε = 0.001 and less. So the regression
-- is trained both ways from the same seeds, and then both walk on 0.1 x₁² + 2 x₂² times 1e-4,
-- where the gradients are that small. The last rule is that of the book's TensorFlow tab, - η v' /
-- √s' + ε without parentheses, which adds ε to x: where a gradient is 0 it divides 0 by 0.
-- The figure: "first-step", the size of Adam's first step in units of η. Outside the root it stays
-- 1 down to gradients of 1e-5, under it it falls from 1e-2 on.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  eps = {default = 1e-6, min = 0, help = "ε"},
  lr = {default = 0.01, help = "learning rate of the regression"},
  seeds = {default = 10, min = 2, help = "trainings of each rule"},
  steps = {default = 50, min = 1, help = "of the descents"},
}

local function adam(lr, divide)
  return function(x, grad, state, t)
    state.v = 0.9 * (state.v or 0) + 0.1 * grad
    state.s = 0.999 * (state.s or 0) + 0.001 * grad ^ 2
    return x - divide(lr * state.v / (1 - 0.9 ^ t), state.s / (1 - 0.999 ^ t))
  end
end
local function outside(v, s) return v / (lab.sqrt(s) + p.eps) end
local function inside(v, s) return v / lab.sqrt(s + p.eps) end
local function tensorflow(v, s) return v / lab.sqrt(s) - p.eps end -- x - (this) = x - v / √s + ε

local function loss(divide, seed)
  lab.manual_seed(seed)
  local history = train.airfoil(adam(p.lr, divide))
  return history.loss[#history.loss]
end
local out, into = {}, {}
for i = 1, p.seeds do
  out[i], into[i] = loss(outside, lab.config.seed + i), loss(inside, lab.config.seed + i)
end
out, into = lab.tensor(out, {dtype = "float64"}), lab.tensor(into, {dtype = "float64"})
local difference, spread = (into - out):mean():item(), out:std():item()
print(("regression, %d seeds: loss %.4f outside, %.4f under the root"):format(p.seeds, out:mean():item(),
  into:mean():item()))
print(("  the difference, %.1e, is far below the spread over seeds, %.1e"):format(math.abs(difference), spread))
train.record("regression", p.seeds, {difference = difference, spread = spread, loss = out:mean():item()})

local function f(x1, x2) return 1e-4 * (0.1 * x1 ^ 2 + 2 * x2 ^ 2) end
print("1e-4 (0.1 x₁² + 2 x₂²):")
for _, entry in ipairs {{"outside", outside}, {"inside", inside}} do
  local name, divide = table.unpack(entry)
  local path = train.descend(f, {-5, -2}, adam(0.4, divide), p.steps)
  local last = path[#path]
  print(("  ε %-7s x = (%.4f, %.4f), f = %.1e"):format(name, last[1], last[2], f(last[1], last[2])))
  train.record(name, p.steps, {f = f(last[1], last[2]), x1 = last[1], x2 = last[2]})
end

local rule = adam(0.4, tensorflow)
local zero = rule(lab.zeros(1), lab.zeros(1), {}, 1):item()
print("Outside is better where all gradients are tiny, and only there.")
print(("TensorFlow tab, gradient 0: the next x is %s"):format(zero ~= zero and "nan" or zero))
train.record("tensorflow", 1, {is_nan = zero ~= zero and 1 or 0})

local g = 10 ^ lab.arange(-8, 0.01, 0.1, {dtype = "float64"})
local fig = plot.figure {
  title = ("The first step of Adam, ε = %g"):format(p.eps), xlabel = "|g|", ylabel = "|Δx| / η", logx = true,
}
fig:line(g, g / (g + p.eps), {label = "1 / (√s' + ε)"})
fig:line(g, g / lab.sqrt(g ^ 2 + p.eps), {label = "1 / √(s' + ε)"})
fig:save("first-step")
