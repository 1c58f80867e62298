--- How much less noisy is the gradient of a batch?
-- Book section: "Minibatch Stochastic Gradient Descent". Claim: the expectation of the gradient
-- stays the same and its standard deviation falls as b^(-1/2); after a while a larger batch brings
-- little.
--
-- At one point w the gradient of the regression's loss is taken for many random batches of b
-- examples. Its deviation is the root of the mean squared distance from the gradient over all the
-- data. Drawn with replacement the b examples are independent, as the book assumes. The batches of
-- an epoch are drawn without: then a factor sqrt((n - b)/(n - 1)) comes on top, and with b = n no
-- noise is left.
-- The figure: "deviation", both against b on log axes with the line b^(-1/2). What to see: up to
-- some hundred examples the three agree; then batches without replacement fall below the line.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  draws = {default = 400, min = 2, help = "batches drawn for each size"},
}

-- The gradient of (x' w + c - y)^2 / 2 for each example, (n, 6), at a random w near the start of a training.
local ds = lab.data.airfoil {n = 1500}
local n = #ds
local X = lab.cat({ds.X, lab.ones(n, 1)}, 2):to("float64")
local w = lab.normal(0, 0.01, {6, 1}, {dtype = "float64"})
local gradients = X * (X:mm(w) - ds.y:to("float64"):reshape(n, 1))
local whole = gradients:mean(1)

-- The root mean squared distance from `whole` over the draws, and the distance of their mean.
local function deviation(b, replacement)
  local squares, sum = 0, lab.zeros(6, {dtype = "float64"})
  for _ = 1, p.draws do
    local rows = replacement and lab.randint(1, n + 1, {b}) or lab.randperm(n):narrow(1, 1, b)
    local off = gradients[rows]:mean(1) - whole
    squares, sum = squares + off:dot(off):item(), sum + off
  end
  return math.sqrt(squares / p.draws), (sum / p.draws):norm():item()
end

local one = (gradients - whole):square():sum(2):mean():sqrt():item() -- exact, of a single example
print(("deviation of one example's gradient: %.4f"):format(one))
print("   b  deviation x sqrt(b), with replacement and without  distance of the mean")
local sizes, with, without, logs = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024}, {}, {}, {}
for i, b in ipairs(sizes) do
  local off
  with[i], off = deviation(b, true)
  without[i] = deviation(b, false)
  local scaled = math.sqrt(b) / one
  logs[i] = {math.log(b), math.log(with[i])}
  print(("%4d  %27.3f %20.3f %21.4f"):format(b, with[i] * scaled, without[i] * scaled, off))
  train.record("deviation", b, {with = with[i] * scaled, without = without[i] * scaled * math.sqrt((n - 1) / (n - b)),
    bias = off * math.sqrt(b * p.draws) / one})
end

-- The slope of log deviation over log b, by least squares.
local sx, sy, sxx, sxy = 0, 0, 0, 0
for _, point in ipairs(logs) do
  local x, y = point[1], point[2]
  sx, sy, sxx, sxy = sx + x, sy + y, sxx + x * x, sxy + x * y
end
local slope = (#logs * sxy - sx * sy) / (#logs * sxx - sx ^ 2)
print(("the deviation falls as b^%.3f; twice the work takes it from"):format(slope))
print(("  %.3f to %.3f at b = 1, from %.3f to %.3f at b = 512"):format(with[1], with[2], with[10], with[11]))
train.record("slope", 0, {exponent = slope})

local fig = plot.figure {title = "Deviation of a batch's gradient", xlabel = "examples in the batch, b",
  ylabel = "deviation", logx = true, logy = true, xticks = {1, 4, 16, 64, 256, 1024}}
fig:line(sizes, with, {style = "o", label = "with replacement"})
fig:line(sizes, without, {style = "s", label = "without replacement"})
fig:line(function(b) return one / math.sqrt(b) end, {x = {1, 1500, 1}, style = "--", color = "k", label = "σ / √b"})
fig:save("deviation")
