--- Drawing the examples with replacement: more variance, and less use made of the data.
-- Book section: "Stochastic Gradient Descent". Claim: compared with passes in random order, drawing
-- with replacement increases the variance and decreases data efficiency.
--
-- The loss of an example a is (x - a)^2 / 2 and a ~ N(0, 1), so x should become the mean of all a.
-- With eta = 1 / t stochastic gradient descent gives the mean of the examples drawn. In random
-- order that is the mean of the data after each pass, whatever the order; with replacement it has
-- the variance 1 / (k n) around it after k passes. The distance from the true mean 0 has the
-- variance 1 / n and (1 + 1 / k) / n: after one pass, n examples are worth n / 2.
-- The same for a constant rate, where x trembles around the mean of the data in both ways.
-- The figure: "replacement", the mean of x^2 after each pass, times n. What to notice: 2 against 1
-- after one pass; more passes bring it down, but each costs as much as the first.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  n = {default = 100, help = "examples"},
  passes = {default = 10, help = "over them"},
  runs = {default = 1000, help = "each with data of its own"},
  lr = {default = 0.02, help = "of the constant rate"},
}

local n = p.n
local WAYS = {
  {name = "with replacement", draw = function() return lab.randint(1, n + 1, {n}) end},
  {name = "random order", draw = function() return lab.randperm(n) end},
}

-- Squared distances, summed over the runs, after each pass: of x from 0 with eta = 1 / t, and from the mean of the data
-- with eta = 1 / t and with a constant rate.
local function measure(draw)
  local from_zero, from_mean, constant = {}, {}, {}
  for pass = 1, p.passes do from_zero[pass], from_mean[pass], constant[pass] = 0, 0, 0 end
  for _ = 1, p.runs do
    local data = lab.randn(n):tolist()
    local mean = 0
    for _, a in ipairs(data) do mean = mean + a / n end
    local x, y, t = 0, mean, 0
    for pass = 1, p.passes do
      for _, i in ipairs(draw():tolist()) do
        t = t + 1
        x, y = x - (x - data[i]) / t, y - p.lr * (y - data[i])
      end
      from_zero[pass], from_mean[pass] = from_zero[pass] + x ^ 2, from_mean[pass] + (x - mean) ^ 2
      constant[pass] = constant[pass] + (y - mean) ^ 2
    end
  end
  return from_zero, from_mean, constant
end

local fig = plot.figure {title = "n times the mean of x², η = 1 / t", xlabel = "pass", ylabel = "n E x²",
  ylim = {0, 2.2}}
for _, way in ipairs(WAYS) do
  local from_zero, from_mean, constant = measure(way.draw)
  local scaled = {}
  for pass = 1, p.passes do
    scaled[pass] = from_zero[pass] / p.runs * n
    train.record(way.name, pass, {from_zero = scaled[pass], from_mean = from_mean[pass] / p.runs * n,
      constant = constant[pass] / p.runs})
  end
  print(("%-16s n E x^2: %.2f after 1 pass, %.2f after %d"):format(way.name, scaled[1], scaled[p.passes], p.passes))
  print(("  around the mean of the data: %.2g and %.2g; constant rate: %.2f"):format(
    from_mean[1] / p.runs * n, from_mean[p.passes] / p.runs * n, constant[p.passes] / p.runs * n))
  fig:line(lab.arange(1, p.passes + 1), scaled, {label = way.name, style = "-o"})
end
fig:line(function(k) return 1 + 1 / k end, {x = {1, p.passes, 0.1}, label = "1 + 1 / pass", style = ":"})
fig:save("replacement")
