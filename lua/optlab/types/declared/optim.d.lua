-- Made by scripts/reference from the declarations. Change these, not this file.
---@meta _

---@class optlab.optim
local optim = {}

---@class optlab.options.optim.Adadelta
---@field lr? number The learning rate, the factor of each step. Default: 1.
---@field rho? number Decay rate of both running means. Default: 0.9.
---@field eps? number Added to both running means, inside the square roots. Default: 1e-6.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---Rescales the gradient by the ratio of running root mean squares: of past updates, and of the gradients.
---
---     g = -g                              if maximize
---     g = g + weight_decay * p            if weight_decay
---     s = rho * s + (1 - rho) * g^2
---     d = sqrt(u + eps) / sqrt(s + eps) * g
---     u = rho * u + (1 - rho) * d^2
---     p = p - lr * d
---
---@param params optlab.Params
---@param options? optlab.options.optim.Adadelta
---@return optlab.Optimizer
function optim.Adadelta(params, options) end

---@class optlab.options.optim.Adafactor
---@field lr? number Upper bound of the relative step size, which is also at most 1 / sqrt(t). Default: 0.01.
---@field beta2_decay? number Exponent of the decay: the second moment moves by the share t^beta2_decay. Default: -0.8.
---@field eps1? number Lower bound of the second moment; by default the machine epsilon of the dtype.
---@field eps2? number Lower bound of the parameter's root mean square, by which steps are scaled. Default: 0.001.
---@field d? number Clipping threshold: an update with a larger root mean square is scaled down to it. Default: 1.
---@field weight_decay? number Decoupled weight decay: each update shrinks the parameter by the share lr times weight_decay. Default: 0.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---A second moment kept as one number a row and one a column, and steps in proportion to the parameter.
---
---     g   <- -g if maximize
---     w    = t^beta2_decay    t = 1, 2, ...
---     rate = max(eps2, rms(p)) min(lr, 1 / sqrt(t))
---     p   <- (1 - lr weight_decay) p
---     For parameters of two dimensions or more (rows and columns: the last two):
---     r   <- r + w (mean of g^2 over a row - r)
---     c   <- c + w (mean of g^2 over a column - c)
---     v    = r c / max(mean of r over the rows, eps1)
---     For parameters of fewer dimensions:
---     v   <- v + w (g^2 - v)
---     u    = g / sqrt(max(v, eps1^2))
---     p   <- p - rate u / max(1, rms(u) / d)
---     
---     with rms(x) the root of the mean of x^2 over the whole parameter.
---
---@param params optlab.Params
---@param options? optlab.options.optim.Adafactor
---@return optlab.Optimizer
function optim.Adafactor(params, options) end

---@class optlab.options.optim.Adagrad
---@field lr? number The learning rate, the factor of each step. Default: 0.01.
---@field lr_decay? number Decay of the learning rate: at update t it is lr / (1 + (t - 1) lr_decay). Default: 0.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.
---@field initial_accumulator_value? number Initial value of s, the sum of squared gradients. Default: 0.
---@field eps? number Added to the denominator, outside the square root. Default: 1e-10.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---A learning rate for each coordinate, from the sum of its squared gradients.
---
---     g = -g                              if maximize
---     g = g + weight_decay * p            if weight_decay
---     s = s + g^2
---     p = p - lr / (1 + (t - 1) * lr_decay) * g / (sqrt(s) + eps)
---
---@param params optlab.Params
---@param options? optlab.options.optim.Adagrad
---@return optlab.Optimizer
function optim.Adagrad(params, options) end

---@class optlab.options.optim.Adam
---@field lr? number The learning rate, the factor of each step. Default: 0.001.
---@field betas? number[] Decay rates of the running means of the gradient and of its square. Default: {0.9, 0.999}.
---@field eps? number Added to the denominator, outside the square root. Default: 1e-8.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.
---@field amsgrad? boolean Whether to divide by the largest running mean so far of the squared gradient (AMSGrad). Default: false.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---Running means of the gradient and of its square, corrected for their start at zero.
---
---     g = -g                                   if maximize
---     g = g + weight_decay * p                 if weight_decay
---     m = beta1 * m + (1 - beta1) * g
---     v = beta2 * v + (1 - beta2) * g^2
---     w = max(w, v)                            if amsgrad
---     a = sqrt(where(amsgrad, w, v)) / sqrt(1 - beta2^t) + eps
---     p = p - lr / (1 - beta1^t) * m / a
---
---@param params optlab.Params
---@param options? optlab.options.optim.Adam
---@return optlab.Optimizer
function optim.Adam(params, options) end

---@class optlab.options.optim.AdamW
---@field lr? number The learning rate, the factor of each step. Default: 0.001.
---@field betas? number[] Decay rates of the running means of the gradient and of its square. Default: {0.9, 0.999}.
---@field eps? number Added to the denominator, outside the square root. Default: 1e-8.
---@field weight_decay? number Decoupled weight decay: each update shrinks the parameter by the share lr times weight_decay. Default: 0.01.
---@field amsgrad? boolean Whether to divide by the largest running mean so far of the squared gradient (AMSGrad). Default: false.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---Adam whose weight decay acts on the parameter, not on the gradient.
---
---     g = -g                                   if maximize
---     p = (1 - lr * weight_decay) * p          if weight_decay
---     m = beta1 * m + (1 - beta1) * g
---     v = beta2 * v + (1 - beta2) * g^2
---     w = max(w, v)                            if amsgrad
---     a = sqrt(where(amsgrad, w, v)) / sqrt(1 - beta2^t) + eps
---     p = p - lr / (1 - beta1^t) * m / a
---
---@param params optlab.Params
---@param options? optlab.options.optim.AdamW
---@return optlab.Optimizer
function optim.AdamW(params, options) end

---@class optlab.options.optim.NAdam
---@field lr? number The learning rate, the factor of each step. Default: 0.002.
---@field betas? number[] Decay rates of the running means of the gradient and of its square. Default: {0.9, 0.999}.
---@field eps? number Added to the denominator, outside the square root. Default: 1e-8.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.
---@field momentum_decay? number How fast the momentum u grows from beta1 / 2 towards beta1. Default: 0.004.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---Adam with Nesterov's look-ahead: the mean of the gradients is used as it will be one update later.
---
---     g = -g                                             if maximize
---     g = g + weight_decay * p                           if weight_decay
---     u = beta1 * (1 - 0.5 * 0.96^(t * momentum_decay))
---     u_next = beta1 * (1 - 0.5 * 0.96^((t + 1) * momentum_decay))
---     U = U * u
---     m = beta1 * m + (1 - beta1) * g
---     v = beta2 * v + (1 - beta2) * g^2
---     a = sqrt(v) / sqrt(1 - beta2^t) + eps
---     p = p - (lr * (1 - u) / (1 - U) * g + lr * u_next / (1 - U * u_next) * m) / a
---
---@param params optlab.Params
---@param options? optlab.options.optim.NAdam
---@return optlab.Optimizer
function optim.NAdam(params, options) end

---@class optlab.options.optim.RMSprop
---@field lr? number The learning rate, the factor of each step. Default: 0.01.
---@field alpha? number Decay rate of the running mean. Default: 0.99.
---@field eps? number Added to the denominator, outside the square root. Default: 1e-8.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.
---@field momentum? number Momentum: the factor of the buffer at each update; 0 for no momentum. Default: 0.
---@field centered? boolean Whether to divide by the standard deviation of the gradient: its running mean is subtracted. Default: false.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---Divides the gradient by a running root mean square of its coordinates.
---
---     g = -g                              if maximize
---     g = g + weight_decay * p            if weight_decay
---     s = alpha * s + (1 - alpha) * g^2
---     m = alpha * m + (1 - alpha) * g     if centered
---     d = g / (sqrt(where(centered, s - m^2, s)) + eps)
---     b = momentum * b + d                if momentum
---     p = p - lr * where(momentum, b, d)
---
---@param params optlab.Params
---@param options? optlab.options.optim.RMSprop
---@return optlab.Optimizer
function optim.RMSprop(params, options) end

---@class optlab.options.optim.SGD
---@field lr? number The learning rate, the factor of each step. Default: 0.001.
---@field momentum? number Momentum: the factor of the buffer at each update; 0 for no momentum. Default: 0.
---@field dampening? number Dampening of momentum: the gradient enters the buffer with the factor 1 - dampening. Default: 0.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.
---@field nesterov? boolean Whether to use Nesterov momentum; needs a momentum above 0 and no dampening. Default: false.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---Stochastic gradient descent with momentum, dampening, Nesterov's look-ahead and weight decay.
---
---     g = -g                                                   if maximize
---     g = g + weight_decay * p                                 if weight_decay
---     b = momentum * b + where(new(b), 1, 1 - dampening) * g   if momentum
---     d = where(momentum, where(nesterov, g + momentum * b, b), g)
---     p = p - lr * d
---
---@param params optlab.Params
---@param options? optlab.options.optim.SGD
---@return optlab.Optimizer
function optim.SGD(params, options) end

---@class optlab.options.optim.Yogi
---@field lr? number The learning rate, the factor of each step. Default: 0.01.
---@field betas? number[] Decay rates of the running means of the gradient and of its square. Default: {0.9, 0.999}.
---@field eps? number Added to the denominator, outside the square root. Default: 0.001.
---@field initial_accumulator? number Initial value of m and v. Default: 1e-6.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---Adam whose second moment moves towards the squared gradient by steps that do not depend on the distance.
---
---     g = -g                              if maximize
---     g = g + weight_decay * p            if weight_decay
---     m = beta1 * m + (1 - beta1) * g
---     v = v - (1 - beta2) * sign(v - g^2) * g^2
---     a = sqrt(v) / sqrt(1 - beta2^t) + eps
---     p = p - lr / (1 - beta1^t) * m / a
---
---@param params optlab.Params
---@param options? optlab.options.optim.Yogi
---@return optlab.Optimizer
function optim.Yogi(params, options) end
