--- The book's update rules written out, as functions for train.descend and train.fit.
local lab = require "optlab"

local M = {}

function M.gd(lr)
  return function(x, grad) return x - lr * grad end
end

function M.momentum(lr, beta)
  return function(x, grad, state)
    state.v = beta * (state.v or 0) + grad
    return x - lr * state.v
  end
end

function M.adam(lr, eps)
  return function(x, grad, state, t)
    state.v = 0.9 * (state.v or 0) + 0.1 * grad
    state.s = 0.999 * (state.s or 0) + 0.001 * grad ^ 2
    return x - lr * (state.v / (1 - 0.9 ^ t)) / (lab.sqrt(state.s / (1 - 0.999 ^ t)) + eps)
  end
end

function M.adadelta(rho, eps)
  return function(x, grad, state)
    state.s = rho * (state.s or 0) + (1 - rho) * grad ^ 2
    local change = lab.sqrt((state.delta or 0) + eps) / lab.sqrt(state.s + eps) * grad
    state.delta = rho * (state.delta or 0) + (1 - rho) * change ^ 2
    return x - change
  end
end

-- With eps outside the root, as PyTorch and the built-in optimizers have it.
function M.adagrad(lr, eps)
  return function(x, grad, state)
    state.s = (state.s or 0) + grad ^ 2
    return x - lr * grad / (lab.sqrt(state.s) + eps)
  end
end

function M.rmsprop(lr, gamma, eps)
  return function(x, grad, state)
    state.s = gamma * (state.s or 0) + (1 - gamma) * grad ^ 2
    return x - lr * grad / (lab.sqrt(state.s) + eps)
  end
end

return M
