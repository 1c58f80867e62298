--- Hyperparameters that many optimizers share: rows `{name, default, sentence, range = ...}`.
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

function M.betas(beta1, beta2)
  return { "betas", { beta1, beta2 }, "Decay rates of the running means of the gradient and of its square.",
    range = "0 to below 1" }
end

function M.eps(default, sentence)
  return { "eps", default, sentence or "Added to the denominator, outside the square root.", range = "not negative" }
end

function M.decoupled(default)
  return { "weight_decay", default,
    "Decoupled weight decay: each update shrinks the parameter by the share lr times weight_decay.",
    range = "not negative" }
end

return M
