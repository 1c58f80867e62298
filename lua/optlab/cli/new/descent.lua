--- NAME: a function of two numbers, minimized by an update rule of your own.
--
--     optlab FILE            runs it
--     optlab FILE --lr 0.1   another learning rate
--     optlab FILE --help     all parameters
--     optlab sweep FILE --lr 0.1,0.3,0.6
--
-- Numbers and figures are then in OUT.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

-- What the command line may change. The type of a default is the type of its parameter.
local p = lab.params {
  lr = {default = 0.6, min = 0, help = "learning rate"},
  momentum = {default = 0.5, min = 0, max = 1, help = "weight of the past updates"},
  steps = {default = 20, min = 1, help = "number of updates"},
}

-- The function to minimize. Its gradient is found by automatic differentiation.
local function f(x1, x2) return 0.1 * x1 ^ 2 + 2 * x2 ^ 2 end

-- An update rule: the new x from x and the gradient of f there. `state` is a table for what it has to remember.
local function rule(x, grad, state)
  state.v = p.momentum * (state.v or 0) + grad
  return x - p.lr * state.v
end

-- Every point on the way from {-5, -2}. {"Adam", lr = 0.1} in place of the rule takes a built-in optimizer.
local path = train.descend(f, {-5, -2}, rule, p.steps)

-- Prints the last point and writes all of them to metrics.csv.
local title = ("η = %g, momentum %g"):format(p.lr, p.momentum)
train.report("path", path, title)

-- The path over the contours of f.
plot.trace2d(f, path, {title = title}):save("path")

-- The value of f at each point.
local values = {}
for i, point in ipairs(path) do values[i] = f(point[1], point[2]) end
plot.figure({title = title, xlabel = "step", ylabel = "f", logy = true}):line(values):save("values")
