--- How can Adagrad's learning rate be made to fall less?
-- Book section: "Adagrad", exercise 6. Asked: a milder decay than that of eta / sqrt(s).
--
-- Tried with the eta 0.4 of the first path: a smaller power of the sum, a mean instead of a sum, a
-- leaking average (which is RMSProp), and the sum of the last 10 squares.
-- The figure: "rates", the rate of x1. Only the sum falls for ever; a mean, an average or a window
-- may rise again.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  lr = {default = 0.4, help = "eta"},
  steps = {default = 20, min = 2, help = "of each descent"},
  window = {default = 10, min = 1, help = "squares that the window holds"},
}

local function f(x1, x2) return 0.1 * x1 ^ 2 + 2 * x2 ^ 2 end
local function sum(s, square) return s + square end
local function leaking(s, square) return 0.9 * s + 0.1 * square end
local function mean(s, square, t) return s + (square - s) / t end
local function window(s, square, t, squares)
  squares[t] = square
  return s + square - (squares[t - p.window] or 0)
end

-- Name, how s takes in a squared gradient, and the power of s in the rate eta / s^power.
local variants = {
  {"s^(1/2) (Adagrad)", sum, 0.5}, {"s^(1/4)", sum, 0.25}, {"(s/t)^(1/2)", mean, 0.5},
  {"leaking (RMSProp)", leaking, 0.5}, {"window", window, 0.5},
}

local title = ("Milder than Adagrad, η = %g"):format(p.lr)
local fig = plot.figure {title = title, xlabel = "step", ylabel = "rate of x₁"}
for _, variant in ipairs(variants) do
  local name, accumulate, power = table.unpack(variant)
  local rates, squares = {}, {}
  local path = train.descend(f, {-5, -2}, function(x, g, state, t)
    state.s = accumulate(state.s or 0, g ^ 2, t, squares)
    local rate = p.lr / (state.s + 1e-6) ^ power
    rates[t] = rate[1]:item()
    return x - rate * g
  end, p.steps)
  local last = path[#path]
  print(("%-18s x1 = %9.6f after %d steps, rate %.3f -> %.3f"):format(name, last[1], #path - 1, rates[1],
    rates[#rates]))
  train.record(name, #path - 1, {x1 = last[1], first = rates[1], last = rates[#rates]})
  fig:line(rates, {label = name})
end
fig:save("rates")
