--- Double descent: the test error rises up to where all training images are fitted, and then falls again.
--
-- The question: how does the test error of a model depend on its number of weights?
-- The model: N fixed random features max(0, w · x) of an image, and trained weights from them to ten classes.
-- Gradient descent from zero on the squared error is solved exactly, by the singular value decomposition of the
-- features: after k steps of rate η the part of the solution along a singular value s has come to 1 - (1 - η s²)^k
-- of its limit, with η = 1/s₁². A part of the training labels is wrong, so that fitting them exactly costs
-- something.
-- The figure: "double-descent", test and training error over N, median and quartiles over seeds.
-- What to notice: the limit of infinitely many steps has its peak where N is the number of images (Belkin et al.,
-- "Reconciling modern machine learning practice and the bias-variance trade-off", arXiv 1812.11118). Fewer steps
-- flatten the peak: stopping early is a regularizer, and so is a larger N.
local lab = require "optlab"
local nn, plot, train = lab.nn, lab.plot, lab.train

local p = lab.params {
  n = {default = 200, min = 20, help = "training images"},
  n_test = {default = 1000, min = 20, help = "test images"},
  noise = {default = 0.2, min = 0, max = 1, help = "part of the training labels that is drawn at random"},
  widths = {default = {10, 20, 40, 70, 100, 130, 160, 180, 200, 220, 250, 300, 400, 600, 1000, 2000},
    help = "numbers of features"},
  steps = {default = {100, 10000}, help = "steps of gradient descent, beside infinitely many"},
  seeds = {default = 9, min = 1, help = "draws of features and labels"},
}

local train_images, test_images = lab.data.fashion_mnist_pair {n = p.n, n_test = p.n_test}
local function pooled(images)
  local x = nn.functional.avg_pool2d(images.X, 2):reshape(#images, -1):to "float64"
  return x / x:norm(2, 2, true)
end
local X, X_test = pooled(train_images), pooled(test_images)

local COLORS = {"#c1272d", "#0b5394", "#e69f00", "#009e73"}

local function one_hot(labels)
  return lab.zeros(#labels, 10, {dtype = "float64"}):scatter(2, labels:reshape(-1, 1), 1)
end
local function error_of(scores, labels) return scores:argmax(2):ne(labels):to("float64"):mean():item() end

local STEPS = {math.huge, table.unpack(p.steps)}

-- Test and training errors of one draw after each number of steps: (steps, 2).
local function errors(width, seed)
  lab.manual_seed(lab.config.seed + seed)
  local labels = lab.where(lab.rand(p.n):lt(p.noise), lab.randint(1, 11, {p.n}), train_images.y)
  local w = lab.randn(X.shape[2], width, {dtype = "float64"})
  local F, F_test = nn.functional.relu(X:mm(w)), nn.functional.relu(X_test:mm(w))
  local U, S, Vh = lab.linalg.svd(F, {full_matrices = false})
  local along, list = U:t():mm(one_hot(labels)), {}
  for i, steps in ipairs(STEPS) do
    local reached = (1 - (1 - (S / S[1]) ^ 2) ^ steps) / S
    reached = lab.where(S:gt(1e-10 * S[1]), reached, 0) -- what is zero but for rounding
    local weights = Vh:t():mm(along * reached:reshape(-1, 1))
    list[i] = {error_of(F_test:mm(weights), test_images.y), error_of(F:mm(weights), labels)}
  end
  return lab.tensor(list, {dtype = "float64"})
end

local all = {}
for i, width in ipairs(p.widths) do
  local draws = {}
  for seed = 1, p.seeds do draws[seed] = errors(width, seed) end
  all[i] = lab.stack(draws)
end
all = lab.stack(all):mul_(100) -- (widths, seeds, steps, test or training)

local fig = plot.figure {
  title = ("Random features of %d images, %g %% of the labels drawn at random"):format(p.n, 100 * p.noise),
  xlabel = "features N", ylabel = "error, %", logx = true, size = {640, 420},
}
fig:vline(p.n, {color = "#888888", style = "--", width = 1})
for i, steps in ipairs(STEPS) do
  local test, train_error = all:select(3, i):select(3, 1), all:select(3, i):select(3, 2):median(2)
  local name = steps == math.huge and "∞ steps" or ("%d steps"):format(steps)
  local color = COLORS[(i - 1) % #COLORS + 1]
  fig:band(p.widths, test:quantile(0.25, 2), test:quantile(0.75, 2), {color = color, alpha = 0.2})
  fig:line(p.widths, test:median(2), {label = name .. ", test", color = color})
  fig:line(p.widths, train_error, {label = name .. ", training", color = color, style = ":"})

  local median = test:median(2)
  local worst = median:argmax():item()
  print(("%-11s largest test error %.1f %% at N = %d, %.1f %% at N = %d"):format(name, median[worst]:item(),
    p.widths[worst], median[#p.widths]:item(), p.widths[#p.widths]))
  train.record(name, 1, {worst = median[worst]:item(), worst_width = p.widths[worst], last = median[#p.widths]:item()})
end
fig:save("double-descent")
