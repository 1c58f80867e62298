--- Hyperparameters and states that many optimizers share: rows `{name, default, sentence, range = ...}`.
-- @module optlab.optim.rules.common
local M = {}

M.maximize = { "maximize", false, "Whether to step along the gradient instead of against it." }
M.weight_decay = { "weight_decay", 0,
  "Factor of the L2 penalty: weight_decay times the parameter is added to the gradient.", range = "not negative" }
M.momentum = { "momentum", 0, "Momentum: the factor of the buffer at each update; 0 for no momentum.",
  range = "not negative" }
M.amsgrad = { "amsgrad", false,
  "Whether to divide by the largest running mean so far of the squared gradient (AMSGrad)." }

function M.lr(default)
  return { "lr", default, "The learning rate, the factor of each step.", range = "not negative" }
end

-- Three betas where a third is given.
function M.betas(...)
  return { "betas", { ... }, "Decay rates of the running means of the gradient and of its square.",
    range = "0 to below 1" }
end

function M.eps(default, sentence)
  return { "eps", default, sentence or "Added to the denominator, outside the square root.", range = "not negative" }
end

M.decoupled_flag = { "decoupled_weight_decay", false,
  "Whether weight decay shrinks the parameter by the share lr times weight_decay instead of changing the gradient." }
M.decoupled_on = { "decoupled_weight_decay", true, M.decoupled_flag[3] }
M.use_bias_correction = { "use_bias_correction", false, "Whether to correct the means for their start at zero." }
M.d0 = { "d0", 1e-6, "First estimate of the distance to the solution.", range = "positive" }
M.growth_rate = { "growth_rate", 0, "By what the estimate may grow in an update; 0: by any factor.",
  range = "not negative" }
M.warmup_steps = { "warmup_steps", 0, "Updates over which the rate grows from 0.", range = "not negative" }
M.schedule_free_r = { "r", 0, "Power of t in the weights of the mean.", range = "not negative" }
M.weight_lr_power = { "weight_lr_power", 2, "Power of the largest rate in the weights of the mean.",
  range = "not negative" }

function M.decoupled(default)
  return { "weight_decay", default,
    "Decoupled weight decay: each update shrinks the parameter by the share lr times weight_decay.",
    range = "not negative" }
end

-- --- states that many have: {name, letter, sentence} ----------------------------------------------------------------

M.exp_avg = { "exp_avg", "m", "the running mean of gradients" }
M.exp_avg_sq = { "exp_avg_sq", "v", "the running mean of squared gradients" }
M.max_exp_avg_sq = { "max_exp_avg_sq", "w", "the largest v so far", when = "amsgrad" }
M.distance = { "d", "d", "the estimate of the distance", number = true, start = "d0" }
M.numerator = { "numerator", "N", "numerator of the estimate", number = true }

return M
