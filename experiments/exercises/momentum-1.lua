--- Which pairs of learning rate and momentum work?
-- Book section: "Momentum", exercise 1.
--
-- The regression with batches of 10, two epochs, five seeds, for seven rates and seven momenta: 245
-- short trainings side by side.
-- The figure: "pairs", the mean loss, cut off at 0.3. What it means: the good pairs lie on a
-- diagonal. Where eta / (1 - beta) is the same and small, so is the loss. About 0.03 is best: with
-- much less the training is unfinished after two epochs, with much more the noise is large.
local lab = require "optlab"
local plot, train = lab.plot, lab.train

local p = lab.params {
  epochs = {default = 2, help = "of each training"},
}
local rates, kept, betas, seeds = {}, {}, {}, {}
for i = 1, 7 do rates[i] = 0.001 * 2 ^ (i - 1) end
for i = 1, 7 do kept[i] = 2.0 ^ (1 - i) end -- 1 - beta = 1, 1/2, ..., 1/64
for i = 1, 7 do betas[i] = 1 - kept[i] end
for i = 1, 5 do seeds[i] = lab.initial_seed() * 1000 + i end

local function squared_loss(prediction, y) return ((prediction - y:reshape(-1, 1)) ^ 2 / 2):mean() end

local mean = {}
for _, result in ipairs(train.sweep {
  model = function() return lab.nn.Linear(5, 1) end, loss = squared_loss, data = lab.data.airfoil {n = 1500},
  optimizer = function(params, run) return lab.optim.SGD(params, {lr = run.lr, momentum = run.beta}) end,
  batch_size = 10, epochs = p.epochs, grid = {lr = rates, beta = betas, seed = seeds},
}) do
  local row = mean[result.run.beta] or {}
  mean[result.run.beta] = row
  row[result.run.lr] = (row[result.run.lr] or 0) + result.loss / #seeds
end

-- The mean of all pairs with one effective step eta / (1 - beta) = 0.001 * 2^k, their least and their largest.
local best, best_step = math.huge, nil
for k = 0, 9 do
  local lowest, highest, sum, count = math.huge, -math.huge, 0, 0
  for i = 1, 7 do
    local lr = rates[k + 2 - i]
    if lr then
      local loss = mean[betas[i]][lr]
      lowest, highest, sum, count = math.min(lowest, loss), math.max(highest, loss), sum + loss, count + 1
    end
  end
  print(("eta / (1 - beta) = %.3f: %d pairs, loss %.4f to %.4f"):format(0.001 * 2 ^ k, count, lowest, highest))
  train.record("step", k, {lowest = lowest, highest = highest})
  if sum / count < best then best, best_step = sum / count, 0.001 * 2 ^ k end
end
print(("best effective step: %.3f, mean loss %.4f"):format(best_step, best))
train.record("best", 0, {step = best_step, loss = best})

local matrix, xticks, yticks = {}, {}, {}
for j, beta in ipairs(betas) do
  matrix[j], yticks[j] = {}, {j, ("%.3g"):format(beta)}
  for i, lr in ipairs(rates) do matrix[j][i], xticks[i] = math.min(0.3, mean[beta][lr]), {i, ("%g"):format(lr)} end
end
plot.figure {title = "Loss after two epochs, 0.3 and more in yellow", xlabel = "η", ylabel = "β", xticks = xticks,
  yticks = yticks}:heatmap(matrix, {range = {0.24, 0.3}, label = "loss"}):save("pairs")
