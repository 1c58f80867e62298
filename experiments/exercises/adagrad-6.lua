--- How can Adagrad's learning rate be made to fall less?
-- Book section: "Adagrad", exercise 6. Asked: a milder decay than that of eta / sqrt(s).
--
-- Tried with the eta 0.4 of the first path: a smaller power of the sum, a mean instead of a sum, a leaking average
-- (which is RMSProp), and the sum of the last 10 squares.
-- The figure: "rates", the rate of x1. Only the sum falls for ever; a mean, an average or a window may rise again.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  lr = {default = 0.4, help = "eta"},
  steps = {default = 20, min = 2, help = "of each descent"},
  window = {default = 10, min = 1, help = "squares that the window holds"},
}

local function f(x1, x2) return 0.1 * x1 ^ 2 + 2 * x2 ^ 2 end
local function sum(s, g) return (s or 0) + g ^ 2 end

-- What stands below eta; `state` is a table of its own.
local variants = {
  {"s^(1/2) (Adagrad)", function(g, state) state.s = sum(state.s, g) return state.s ^ 0.5 end},
  {"s^(1/4)", function(g, state) state.s = sum(state.s, g) return state.s ^ 0.25 end},
  {"(s/t)^(1/2)", function(g, state, t) state.s = sum(state.s, g) return (state.s / t) ^ 0.5 end},
  {"leaking (RMSProp)", function(g, state)
    state.s = 0.9 * (state.s or 0) + 0.1 * g ^ 2
    return state.s ^ 0.5
  end},
  {"window", function(g, state)
    table.insert(state, g ^ 2)
    if #state > p.window then table.remove(state, 1) end
    return lab.stack(state):sum(1) ^ 0.5
  end},
}

local fig = plot.figure {title = ("Below η = %g: milder than a sum"):format(p.lr), xlabel = "step", ylabel = "rate of x₁"}
for _, variant in ipairs(variants) do
  local name, below = variant[1], variant[2]
  local rates = {}
  local path = train.descend(f, {-5, -2}, function(x, g, state, t)
    local rate = p.lr / (below(g, state, t) + 1e-6)
    rates[t] = rate[1]:item()
    return x - rate * g
  end, p.steps)
  local last = path[#path]
  print(("%-18s x1 = %9.6f after %d steps, rate %.3f -> %.3f"):format(name, last[1], #path - 1, rates[1], rates[#rates]))
  train.record(name, #path - 1, {x1 = last[1], first = rates[1], last = rates[#rates]})
  fig:line(rates, {label = name})
end
fig:save("rates")
