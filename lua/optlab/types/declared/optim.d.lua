-- Made by scripts/reference from the declarations. Change these, not this file.
---@meta _

---@class optlab.optim
local optim = {}

---@class optlab.options.optim.AdaBelief
---@field lr? number The learning rate, the factor of each step. Default: 0.001.
---@field betas? number[] Decay rates of the running means of the gradient and of its square. Default: {0.9, 0.999}.
---@field eps? number Added to s at every update, and to its root. Default: 1e-16.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.
---@field decoupled_weight_decay? boolean Whether weight decay shrinks the parameter by the share lr times weight_decay instead of changing the gradient. Default: true.
---@field rectify? boolean Whether to leave out s while its variance is large, as RAdam does. Default: true.
---@field amsgrad? boolean Whether to divide by the largest running mean so far of the squared gradient (AMSGrad). Default: false.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---Adam with the variance of the gradient, its squared distance from the running mean, as second moment. Use it in place of Adam if Adam trains well but generalises less well than SGD. The default of pytorch_optimizer lacks the first bias correction and the second eps.
---
---     g = -g                              if maximize
---     g = g + weight_decay * p        if not decoupled_weight_decay and weight_decay
---     p = (1 - lr * weight_decay) * p if decoupled_weight_decay and weight_decay
---     m = beta1 * m + (1 - beta1) * g
---     s = beta2 * s + (1 - beta2) * (g - m)^2 + eps
---     w = max(w, s)                       if amsgrad
---     c = 1 - beta2^t
---     r_inf = 2 / (1 - beta2) - 1
---     r = r_inf - 2 * t * beta2^t / c
---     k = sqrt(c * (r - 4) / (r_inf - 4) * (r - 2) / r * r_inf / (r_inf - 2))
---     a = sqrt(where(amsgrad, w, s)) / sqrt(c) + eps
---     d = where(rectify, where(r >= 5, k * m / (sqrt(s) + eps), m), m / a)
---     p = p - lr / (1 - beta1^t) * d
---
---@param params optlab.Params
---@param options? optlab.options.optim.AdaBelief
---@return optlab.Optimizer
function optim.AdaBelief(params, options) end

---@class optlab.options.optim.AdaBound
---@field lr? number The learning rate, the factor of each step. Default: 0.001.
---@field betas? number[] Decay rates of the running means of the gradient and of its square. Default: {0.9, 0.999}.
---@field eps? number Added to the denominator, outside the square root. Default: 1e-8.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.
---@field final_lr? number The rate that the bounds close in on; follows lr when that changes. Default: 0.1.
---@field gamma? number How fast the bounds close. Default: 0.001.
---@field amsgrad? boolean Whether to divide by the largest running mean so far of the squared gradient (AMSGrad). Default: false.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---Adam whose rates lie between bounds that both approach one rate, that of SGD. Use it if Adam is better at the start and SGD at the end; final_lr is the rate of SGD.
---
---     g = -g                              if maximize
---     g = g + weight_decay * p            if weight_decay
---     m = beta1 * m + (1 - beta1) * g
---     v = beta2 * v + (1 - beta2) * g^2
---     w = max(w, v)                       if amsgrad
---     f = final_lr * lr / initial_lr
---     low = f * (1 - 1 / (gamma * t + 1))
---     high = f * (1 + 1 / (gamma * t))
---     k = lr * sqrt(1 - beta2^t) / (1 - beta1^t)
---     p = p - clamp(k / (sqrt(where(amsgrad, w, v)) + eps), low, high) * m
---
---@param params optlab.Params
---@param options? optlab.options.optim.AdaBound
---@return optlab.Optimizer
function optim.AdaBound(params, options) end

---@class optlab.options.optim.Adadelta
---@field lr? number The learning rate, the factor of each step. Default: 1.
---@field rho? number Decay rate of both running means. Default: 0.9.
---@field eps? number Added to both running means, inside the square roots. Default: 1e-6.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---Scales the gradient by the running root mean square of past updates over that of the gradients.
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

---Keeps the second moment of a matrix as one number for each row and each column; steps are in proportion to the parameter. Use it for large matrices, whose state takes hardly any memory.
---
---     g = -g                              if maximize
---     e = where(eps1 == eps1, eps1, epsilon)
---     w = t^beta2_decay
---     k = max(eps2, norm(p) / sqrt(numel(p))) * min(lr, 1 / sqrt(t))
---     p = (1 - lr * weight_decay) * p     if weight_decay
---     s = g^2
---     r = r + w * (row_mean(s) - r)
---     c = c + w * (col_mean(s) - c)
---     v = where(ndim(p) < 2, c, r * c / max(matrix_mean(r), e))
---     u = g / sqrt(max(v, e^2))
---     p = p - k / max(1, norm(u) / sqrt(numel(p)) / d) * u
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

---@class optlab.options.optim.AdaHessian
---@field lr? number The learning rate, the factor of each step. Default: 0.15.
---@field betas? number[] Decay rates of the running means of the gradient and of D^2. Default: {0.9, 0.999}.
---@field eps? number Added to the denominator, outside the square root. Default: 0.0001.
---@field weight_decay? number Decoupled weight decay: each update shrinks the parameter by the share lr times weight_decay. Default: 0.
---@field hessian_power? number Power of the denominator. Default: 1.

---Adam whose second moment is that of the diagonal of the Hessian, estimated at each update with random signs. Use it if Adam's result is not good enough and a step may take about three times as long. It needs gradients with a graph: loss:backward{create_graph = true}. pytorch_optimizer draws no signs: its z is always -1.
---
---     D = abs(z (H z)),  z random signs; of kernels its mean over the window
---     m <- beta1 m + (1 - beta1) g
---     v <- beta2 v + (1 - beta2) D^2
---     d = (sqrt(v) / sqrt(1 - beta2^t))^hessian_power + eps
---     p <- p - lr (m / (1 - beta1^t) / d + weight_decay p)
---
---@param params optlab.Params
---@param options? optlab.options.optim.AdaHessian
---@return optlab.Optimizer
function optim.AdaHessian(params, options) end

---@class optlab.options.optim.Adam
---@field lr? number The learning rate, the factor of each step. Default: 0.001.
---@field betas? number[] Decay rates of the running means of the gradient and of its square. Default: {0.9, 0.999}.
---@field eps? number Added to the denominator, outside the square root. Default: 1e-8.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.
---@field decoupled_weight_decay? boolean Whether weight decay shrinks the parameter by the share lr times weight_decay instead of changing the gradient. Default: false.
---@field amsgrad? boolean Whether to divide by the largest running mean so far of the squared gradient (AMSGrad). Default: false.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---Running means of the gradient and of its square, corrected for their start at zero.
---
---     g = -g                                   if maximize
---     g = g + weight_decay * p        if weight_decay and not decoupled_weight_decay
---     p = (1 - lr * weight_decay) * p if weight_decay and decoupled_weight_decay
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

---@class optlab.options.optim.Adamax
---@field lr? number The learning rate, the factor of each step. Default: 0.002.
---@field betas? number[] Decay rates of the running means of the gradient and of its square. Default: {0.9, 0.999}.
---@field eps? number Added to the absolute gradient. Default: 1e-8.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---Adam with the largest decayed gradient instead of the root of a mean of squares. Use it for sparse or heavy-tailed gradients, such as those of embeddings.
---
---     g = -g                              if maximize
---     g = g + weight_decay * p            if weight_decay
---     m = beta1 * m + (1 - beta1) * g
---     u = max(beta2 * u, abs(g) + eps)
---     p = p - lr / (1 - beta1^t) * m / u
---
---@param params optlab.Params
---@param options? optlab.options.optim.Adamax
---@return optlab.Optimizer
function optim.Adamax(params, options) end

---@class optlab.options.optim.AdamMini
---@field lr? number The learning rate, the factor of each step. Default: 0.001.
---@field betas? number[] Decay rates of the running means of the gradient and of its square. Default: {0.9, 0.999}.
---@field eps? number Added to the denominator, outside the square root. Default: 1e-8.
---@field weight_decay? number Decoupled weight decay: each update shrinks the parameter by the share lr times weight_decay. Default: 0.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---AdamW with one second moment for each row of a matrix, the weights into a neuron; a vector is one row. Use it for large models: it needs half of AdamW's state. Rows are those of the last dimension.
---
---     g = -g                              if maximize
---     p = (1 - lr * weight_decay) * p     if weight_decay
---     m = beta1 * m + (1 - beta1) * g
---     v = beta2 * v + (1 - beta2) * row_mean(g^2)
---     p = p - lr / (1 - beta1^t) * m / (sqrt(v / (1 - beta2^t)) + eps)
---
---@param params optlab.Params
---@param options? optlab.options.optim.AdamMini
---@return optlab.Optimizer
function optim.AdamMini(params, options) end

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

---@class optlab.options.optim.Adan
---@field lr? number The learning rate, the factor of each step. Default: 0.001.
---@field betas? number[] Decay rates of the running means of the gradient and of its square. Default: {0.98, 0.92, 0.99}.
---@field eps? number Added to the denominator, outside the square root. Default: 1e-8.
---@field weight_decay? number Decoupled weight decay. Default: 0.
---@field no_prox? boolean Whether the decay is a factor before the step, not a division after it. Default: false.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---Adam with Nesterov momentum from the difference of successive gradients. Use it for vision models and transformers; its learning rate can be larger than Adam's. optax has 1 - beta2 where the authors' code has beta2.
---
---     g = -g                              if maximize
---     y = where(new(q), 0, 1) * (g - q)
---     q = g
---     m = beta1 * m + (1 - beta1) * g
---     d = beta2 * d + (1 - beta2) * y
---     n = beta3 * n + (1 - beta3) * (g + beta2 * y)^2
---     p = (1 - lr * weight_decay) * p     if weight_decay and no_prox
---     a = sqrt(n) / sqrt(1 - beta3^t) + eps
---     p = p - lr * (m / (1 - beta1^t) + beta2 / (1 - beta2^t) * d) / a
---     p = p / (1 + lr * weight_decay)     if weight_decay and not no_prox
---
---@param params optlab.Params
---@param options? optlab.options.optim.Adan
---@return optlab.Optimizer
function optim.Adan(params, options) end

---@class optlab.options.optim.AdEMAMix
---@field lr? number The learning rate, the factor of each step. Default: 0.001.
---@field betas? number[] Decay rates of the running means of the gradient and of its square. Default: {0.9, 0.999, 0.9999}.
---@field eps? number Added to the denominator, outside the square root. Default: 1e-8.
---@field weight_decay? number Added to the step, times the parameter. Default: 0.
---@field alpha? number Weight of the slow mean. Default: 2.
---@field alpha_warmup? number Updates over which alpha grows from 0. Default: 0.
---@field beta3_warmup? number Updates over which the slow rate goes from beta1 to beta3. Default: 0.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---AdamW with a second, very slow running mean of gradients. Use it for long trainings: it uses gradients that are tens of thousands of updates old. Set the two warm-ups to the length of the training. pytorch_optimizer also corrects the slow mean.
---
---     g = -g                              if maximize
---     a = where(t < alpha_warmup, alpha * t / alpha_warmup, alpha)
---     h1 = log(0.5) / log(beta1 + 1e-8) - 1
---     h3 = log(0.5) / log(beta3 + 1e-8) - 1
---     k = t / beta3_warmup
---     b = where(t < beta3_warmup, 0.5^(1 / ((1 - k) * h1 + k * h3 + 1)), beta3)
---     m = beta1 * m + (1 - beta1) * g
---     s = b * s + (1 - b) * g
---     v = beta2 * v + (1 - beta2) * g^2
---     u = (m / (1 - beta1^t) + a * s) / (sqrt(v) / sqrt(1 - beta2^t) + eps)
---     p = p - lr * (u + weight_decay * p)
---
---@param params optlab.Params
---@param options? optlab.options.optim.AdEMAMix
---@return optlab.Optimizer
function optim.AdEMAMix(params, options) end

---@class optlab.options.optim.ADOPT
---@field lr? number The learning rate, the factor of each step. Default: 0.001.
---@field betas? number[] Decay rates of the running means of the gradient and of its square. Default: {0.9, 0.9999}.
---@field eps? number The least denominator. Default: 1e-6.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.
---@field decoupled_weight_decay? boolean Whether weight decay shrinks the parameter by the share lr times weight_decay instead of changing the gradient. Default: false.
---@field clip? number Steps are at most (t - 1)^clip. Default: 0.25.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---Adam that divides each gradient by the second moment of the earlier gradients, and averages afterwards. It converges with any beta2; use it in place of Adam, above all with a small beta2. timm clips at the power 0.333; pytorch_optimizer clips one update later.
---
---     g = -g                              if maximize
---     a = lr * where(t > 1, weight_decay, 0)
---     g = g + weight_decay * p    if weight_decay and not decoupled_weight_decay
---     p = (1 - a) * p             if weight_decay and decoupled_weight_decay
---     c = (t - 1)^clip
---     m = beta1 * m + (1 - beta1) * clamp(g / max(sqrt(v), eps), -c, c)
---     p = p - lr * m
---     v = where(new(v), 0, beta2) * v + where(new(v), 1, 1 - beta2) * g^2
---
---@param params optlab.Params
---@param options? optlab.options.optim.ADOPT
---@return optlab.Optimizer
function optim.ADOPT(params, options) end

---@class optlab.options.optim.AggMo
---@field lr? number The learning rate, the factor of each step. Default: 0.01.
---@field betas? number[] The three momenta. Default: {0, 0.9, 0.99}.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---The mean of three momentum methods that differ in their momentum. Use it if a momentum of 0.99 would be fast but oscillates.
---
---     g = -g                              if maximize
---     g = g + weight_decay * p            if weight_decay
---     a = beta1 * a + g
---     b = beta2 * b + g
---     c = beta3 * c + g
---     p = p - lr / 3 * (a + b + c)
---
---@param params optlab.Params
---@param options? optlab.options.optim.AggMo
---@return optlab.Optimizer
function optim.AggMo(params, options) end

---@class optlab.options.optim.ASAM
---@field rho? number The distance within which the loss is to be low. Default: 0.5.
---@field eta? number Added to the size of each parameter. Default: 0.01.
---@field min_ndim? integer Parameters of fewer dimensions are not scaled: 2 leaves biases out. Default: 2.

---SAM whose neighbourhood is scaled by the size of each parameter. Use it as SAM, for networks whose weights have different scales; rho is about ten times that of SAM. step(closure) evaluates the loss twice; the closure calls zero_grad and backward. Running statistics of batch normalization include both evaluations.
---
---     T = abs(p) + eta
---     e = rho T^2 g / norm(T g)            the norm: over all parameters
---     the inner optimizer's update of p, with the gradient at p + e
---
---@param optimizer any The optimizer that makes the updates; it may be a wrapper, too.
---@param options? optlab.options.optim.ASAM
---@return optlab.Optimizer
function optim.ASAM(optimizer, options) end

---@class optlab.options.optim.ASGD
---@field lr? number The learning rate, the factor of each step. Default: 0.01.
---@field lambd? number Decay of the rate and of the parameter. Default: 0.0001.
---@field alpha? number Power of the decay of the rate. Default: 0.75.
---@field t0? number Update after which iterates are averaged. Default: 1000000.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---SGD with a decaying rate that also keeps the mean of its iterates. Use it for convex problems, where the mean is better than the last point; read the mean from the state.
---
---     g = -g                              if maximize
---     g = g + weight_decay * p            if weight_decay
---     p = (1 - lambd * e) * p
---     p = p - e * g
---     a = where(u == 1, p, a + u * (p - a))
---     e = lr / (1 + lambd * lr * t)^alpha
---     u = 1 / max(1, t - t0)
---
---@param params optlab.Params
---@param options? optlab.options.optim.ASGD
---@return optlab.Optimizer
function optim.ASGD(params, options) end

---Removes the coordinates of an update that do not go against the gradient, and scales up the others in return. Use it around an optimizer with momentum. Its weight decay counts as part of the update; CautiousAdamW and CautiousLion decay first. It does not work with maximize.
---
---     u = p - (p after the inner optimizer's update)
---     k = (u g > 0)
---     p <- p - u k numel(p) / (sum(k) + 1)
---
---@param optimizer any The optimizer that makes the updates; it may be a wrapper, too.
---@return optlab.Optimizer
function optim.Cautious(optimizer) end

---@class optlab.options.optim.CautiousAdamW
---@field lr? number The learning rate, the factor of each step. Default: 0.001.
---@field betas? number[] Decay rates of the running means of the gradient and of its square. Default: {0.9, 0.999}.
---@field eps? number Added to the denominator, outside the square root. Default: 1e-6.
---@field weight_decay? number Decoupled weight decay: each update shrinks the parameter by the share lr times weight_decay. Default: 0.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---AdamW without the coordinates in which the step goes against the descent direction. Use it in place of AdamW.
---
---     g = -g                              if maximize
---     p = (1 - lr * weight_decay) * p     if weight_decay
---     m = beta1 * m + (1 - beta1) * g
---     v = beta2 * v + (1 - beta2) * g^2
---     k = where(m * g > 0, 1, 0)
---     s = lr / (1 - beta1^t) / max(mean(k), 1e-3)
---     p = p - s * k * m / (sqrt(v) / sqrt(1 - beta2^t) + eps)
---
---@param params optlab.Params
---@param options? optlab.options.optim.CautiousAdamW
---@return optlab.Optimizer
function optim.CautiousAdamW(params, options) end

---@class optlab.options.optim.CautiousLion
---@field lr? number The learning rate, the factor of each step. Default: 0.0001.
---@field betas? number[] Decay rates of the running means of the gradient and of its square. Default: {0.95, 0.98}.
---@field weight_decay? number Decoupled weight decay: each update shrinks the parameter by the share lr times weight_decay. Default: 0.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---Lion without the coordinates in which the step goes against the descent direction. Use it in place of Lion.
---
---     g = -g                              if maximize
---     p = (1 - lr * weight_decay) * p     if weight_decay
---     u = sign(beta1 * m + (1 - beta1) * g)
---     k = where(u * g > 0, 1, 0)
---     p = p - lr * numel(p) / (sum(k) + 1) * k * u
---     m = beta2 * m + (1 - beta2) * g
---
---@param params optlab.Params
---@param options? optlab.options.optim.CautiousLion
---@return optlab.Optimizer
function optim.CautiousLion(params, options) end

---@class optlab.options.optim.COCOB
---@field lr? number The learning rate, the factor of each step. Default: 1.
---@field alpha? number Bounds the first bets: steps are at most 1 / alpha at the start. Default: 100.
---@field eps? number Initial value of L. Default: 1e-8.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---Each coordinate bets on the sign of its next gradient; there is no learning rate. It needs no tuning; lr is a factor of the gradient and changes little.
---
---     g = -g                              if maximize
---     g = g + weight_decay * p            if weight_decay
---     g = lr * g
---     L = max(L, abs(g))
---     R = max(R - g * (p - x), 0)
---     S = S - g
---     G = G + abs(g)
---     p = x + S / (L * max(G + L, alpha * L)) * (L + R)
---
---@param params optlab.Params
---@param options? optlab.options.optim.COCOB
---@return optlab.Optimizer
function optim.COCOB(params, options) end

---@class optlab.options.optim.DAdaptAdam
---@field lr? number The learning rate, the factor of each step. Default: 1.
---@field betas? number[] Decay rates of the running means of the gradient and of its square. Default: {0.9, 0.999}.
---@field eps? number Added to the denominator, outside the square root. Default: 1e-8.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.
---@field decoupled_weight_decay? boolean Whether weight decay shrinks the parameter by the share lr times weight_decay instead of changing the gradient. Default: false.
---@field use_bias_correction? boolean Whether to correct the means for their start at zero. Default: false.
---@field d0? number First estimate of the distance to the solution. Default: 1e-6.
---@field growth_rate? number By what the estimate may grow in an update; 0: by any factor. Default: 0.

---Adam that estimates its learning rate, the distance to the solution, from the gradients. It needs no tuning: lr stays at 1, and schedules multiply it. pytorch_optimizer divides and multiplies in the wrong order; its coupled weight decay has no effect.
---
---     c = where(use_bias_correction, sqrt(1 - beta2^t) / (1 - beta1^t), 1)
---     k = d * lr * c
---     q = sqrt(beta2)
---     g = g + weight_decay * p      if weight_decay and not decoupled_weight_decay
---     N = q * N + (1 - q) * k * total(g * s / (sqrt(v) + eps))
---     m = beta1 * m + (1 - beta1) * k * g
---     v = beta2 * v + (1 - beta2) * g^2
---     s = q * s + (1 - q) * k * g
---     n = total(abs(s))
---     e = where(n > 0, N / ((1 - q) * n), 0)
---     d = max(d, where(growth_rate, min(e, d * growth_rate), e))
---     p = (1 - k * weight_decay) * p if weight_decay and decoupled_weight_decay
---     p = p - m / (sqrt(v) + eps)
---
---@param params optlab.Params
---@param options? optlab.options.optim.DAdaptAdam
---@return optlab.Optimizer
function optim.DAdaptAdam(params, options) end

---@class optlab.options.optim.DAdaptSGD
---@field lr? number The learning rate, the factor of each step. Default: 1.
---@field momentum? number Share of the parameter that stays in place. Default: 0.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.
---@field d0? number First estimate of the distance to the solution. Default: 1e-6.
---@field growth_rate? number By what the estimate may grow in an update; 0: by any factor. Default: 0.

---SGD that estimates its learning rate, the distance to the solution, from the gradients. It needs no tuning: lr stays at 1, and schedules multiply it.
---
---     G = where(t == 1, total_norm(g), G)
---     g = g + weight_decay * p            if weight_decay
---     k = d * lr / G
---     N = N + k * total_dot(g, s)
---     s = s + k * g
---     e = 2 * N / total_norm(s)
---     d = max(d, where(growth_rate, min(e, d * growth_rate), e))
---     p = momentum * p + (1 - momentum) * (x - s)
---
---@param params optlab.Params
---@param options? optlab.options.optim.DAdaptSGD
---@return optlab.Optimizer
function optim.DAdaptSGD(params, options) end

---@class optlab.options.optim.DecoupledWeightDecay
---@field weight_decay? number Strength of the decay. Default: 0.01.
---@field min_ndim? integer Parameters of fewer dimensions stay as they are; 2 leaves out biases and norms' factors. Default: 0.

---Shrinks each parameter by the share lr times weight_decay before the update of the inner optimizer. Use it around an optimizer that has no weight decay, or that adds it to the gradient; leave the weight_decay of the inner one at 0.
---
---     p <- (1 - lr weight_decay) p        lr: the group's
---     then the inner optimizer's update
---
---@param optimizer any The optimizer that makes the updates; it may be a wrapper, too.
---@param options? optlab.options.optim.DecoupledWeightDecay
---@return optlab.Optimizer
function optim.DecoupledWeightDecay(optimizer, options) end

---@class optlab.options.optim.DoG
---@field lr? number The learning rate, the factor of each step. Default: 1.
---@field reps_rel? number The first step as a share of 1 + the parameter's norm. Default: 1e-6.
---@field eps? number Added once to the sum of squares. Default: 1e-8.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.

---SGD with the rate distance over gradients: the distance from the start over the root of the sum of squared norms. It needs no tuning: lr stays at 1. It is meant to be used with a mean of the iterates.
---
---     g = g + weight_decay * p            if weight_decay
---     r = where(new(x), reps_rel * (1 + total_norm(p)), max(r, total_norm(p - x)))
---     G = G + total_dot(g, g)
---     p = p - lr * r / sqrt(G) * g
---
---@param params optlab.Params
---@param options? optlab.options.optim.DoG
---@return optlab.Optimizer
function optim.DoG(params, options) end

---@class optlab.options.optim.EMA
---@field decay? number The share of the average that stays. Default: 0.999.

---Keeps an exponential moving average of the weights. Use it to evaluate weights with less noise than the last ones. opt:with_averages(f, ...) calls f with the averages in place of the weights, opt:swap() exchanges both. Running statistics of batch normalization are those of the weights; compute them again with the averages.
---
---     after each update: a <- decay a + (1 - decay) p
---     after the first:   a = p
---
---@param optimizer any The optimizer that makes the updates; it may be a wrapper, too.
---@param options? optlab.options.optim.EMA
---@return optlab.Optimizer
function optim.EMA(optimizer, options) end

---@class optlab.options.optim.Extragradient
---@field scale? number Length of the step ahead, as a multiple of lr. Default: 1.

---Makes the update of the inner optimizer with the gradient at the point that a plain gradient step would reach. Use it for games and saddle points, where gradient steps go in circles. step(closure) evaluates the losses twice; for two players, give one optimizer the parameters of both, and in the closure each parameter the gradient of its own loss. OptimisticGradient does the same with one evaluation and an older gradient.
---
---     q = p - scale lr g(p)
---     the inner optimizer's update of p, with g(q); of SGD: p <- p - lr g(q)
---
---@param optimizer any The optimizer that makes the updates; it may be a wrapper, too.
---@param options? optlab.options.optim.Extragradient
---@return optlab.Optimizer
function optim.Extragradient(optimizer, options) end

---@class optlab.options.optim.Fromage
---@field lr? number The learning rate, the factor of each step. Default: 0.01.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---The length of a step is the share lr of the parameter's norm, for each parameter by itself. It needs little tuning: lr 0.01 suits most networks; parameters that start at zero take plain steps.
---
---     g = -g                              if maximize
---     n_p = norm(p)
---     n_g = norm(g)
---     p = p - lr * where(n_p > 0 and n_g > 0, n_p / n_g, 1) * g
---     p = p / sqrt(1 + lr^2)
---
---@param params optlab.Params
---@param options? optlab.options.optim.Fromage
---@return optlab.Optimizer
function optim.Fromage(params, options) end

---@class optlab.options.optim.GaLore
---@field lr? number The learning rate, the factor of each step. Default: 0.001.
---@field betas? number[] Decay rates of the running means of the gradient and of its square. Default: {0.9, 0.999}.
---@field eps? number Added to the denominator, outside the square root. Default: 1e-6.
---@field weight_decay? number Decoupled weight decay: each update shrinks the parameter by the share lr times weight_decay. Default: 0.
---@field rank? integer How many directions are kept. Default: 128.
---@field update_proj_gap? integer Updates between two renewals of the directions. Default: 200.
---@field scale? number Factor of the update of a matrix. Default: 0.25.
---@field proj_type? "std"|"reverse_std"|"right"|"left"|"full" Which side is projected: "std" the shorter one, "reverse_std" the other, "full" both. Default: "std".

---AdamW on a matrix's gradient, projected onto its largest singular directions, which are renewed from time to time. Use it for large matrices if there is not enough memory for Adam's moments. Other parameters follow AdamW with the same hyperparameters. The moments are not changed when the directions are renewed.
---
---     each update_proj_gap-th time: U, S, V^T = svd(g), P: the first of U, V
---     r = g projected by P
---     m <- beta1 m + (1 - beta1) r
---     v <- beta2 v + (1 - beta2) r^2
---     k = scale sqrt(1 - beta2^t) / (1 - beta1^t)
---     p <- p - lr k back(m / (sqrt(v) + eps))
---     p <- (1 - lr weight_decay) p
---
---@param params optlab.Params
---@param options? optlab.options.optim.GaLore
---@return optlab.Optimizer
function optim.GaLore(params, options) end

---Subtracts from the gradient of each output of a layer its mean, before the update of the inner optimizer. Use it for convolutional networks. Gradients of parameters of one dimension are not changed.
---
---     g <- g - mean(g)        over all dimensions but the first
---
---@param optimizer any The optimizer that makes the updates; it may be a wrapper, too.
---@return optlab.Optimizer
function optim.GradientCentralization(optimizer) end

---@class optlab.options.optim.Grams
---@field lr? number The learning rate, the factor of each step. Default: 0.001.
---@field betas? number[] Decay rates of the running means of the gradient and of its square. Default: {0.9, 0.999}.
---@field eps? number Added to the denominator, outside the square root. Default: 1e-6.
---@field weight_decay? number Decoupled weight decay: each update shrinks the parameter by the share lr times weight_decay. Default: 0.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---Steps with the length of AdamW's and the direction of the sign of the gradient. Use it in place of AdamW. pytorch_optimizer exchanges the weights of the mean and divides the second moment twice.
---
---     g = -g                              if maximize
---     p = (1 - lr * weight_decay) * p     if weight_decay
---     m = beta1 * m + (1 - beta1) * g
---     v = beta2 * v + (1 - beta2) * g^2
---     k = lr * sqrt(1 - beta2^t) / (1 - beta1^t)
---     p = p - k * sign(g) * abs(m) / (sqrt(v) + eps)
---
---@param params optlab.Params
---@param options? optlab.options.optim.Grams
---@return optlab.Optimizer
function optim.Grams(params, options) end

---@class optlab.options.optim.KFAC
---@field model optlab.Module The model whose linear layers are meant.
---@field damping? number Added to the Fisher matrix. Default: 0.001.
---@field decay? number Decay rate of the factors. Default: 0.95.
---@field every? integer Updates between two inversions. Default: 1.
---@field kl_clip? number The largest change that an update may make; 0: any. Default: 0.001.

---Multiplies the gradients of a model's linear layers by the inverse of their Fisher matrix, a Kronecker product. Use it for fully connected networks and large batches, around SGD with momentum; a step takes two inverses for each layer. The loss must be a mean over examples; each layer is called once in a forward pass. The gradients of other parameters are not changed.
---
---     of each layer: a its inputs with a 1, s the gradients of its outputs, n rows
---     A <- decay A + (1 - decay) a^T a / n     G <- decay G + (1 - decay) n s^T s
---     pi = sqrt((trace(A) / size of A) / (trace(G) / size of G))
---     u = (G + sqrt(damping) / pi I)^-1 g (A + pi sqrt(damping) I)^-1
---     g = u min(1, sqrt(kl_clip / (lr^2 sum(u g))))      the sum: over all layers
---
---@param optimizer any The optimizer that makes the updates; it may be a wrapper, too.
---@param options optlab.options.optim.KFAC
---@return optlab.Optimizer
function optim.KFAC(optimizer, options) end

---@class optlab.options.optim.Kron
---@field lr? number The learning rate, the factor of each step. Default: 0.0003.
---@field beta? number Decay rate of the running mean of gradients. Default: 0.9.
---@field weight_decay? number Decoupled weight decay of matrices. Default: 0.
---@field max_size_triangular? integer Longer dimensions have a diagonal factor. Default: 8192.
---@field min_ndim_triangular? integer Parameters of fewer dimensions have a diagonal factor. Default: 2.
---@field precond_lr? number Rate of the factors. Default: 0.1.
---@field precond_init_scale? number The first preconditioner's factor. Default: 1.

---PSGD: preconditions each dimension by a triangular factor that is fitted to the gradient's second moment. Use it where Shampoo and SOAP are useful; it needs no decompositions. The length of an update is at most 1.1 lr per coordinate, so lr is about a third of Adam's. The factors are balanced after each hundredth renewal, not at random times.
---
---     m <- beta m + (1 - beta) g
---     M = m / (1 - beta^t)
---     at times: V normal numbers, M = M + 2^-11.5 mean(abs(M)) V
---       A = M x_1 Q_1 x_2 Q_2, B = V x_1 Q_1^-T x_2 Q_2^-T
---       S_i = A_i A_i^T, T_i = B_i B_i^T
---       Q_i <- Q_i - precond_lr triu(S_i - T_i) Q_i / norm(S_i + T_i)
---     u = M x_1 Q_1^T Q_1 x_2 Q_2^T Q_2
---     u = u min(1, 1.1 / sqrt(mean(u^2)))
---     p <- p - lr (u + weight_decay p)         weight_decay: of matrices
---
---@param params optlab.Params
---@param options? optlab.options.optim.Kron
---@return optlab.Optimizer
function optim.Kron(params, options) end

---@class optlab.options.optim.LAMB
---@field lr? number The learning rate, the factor of each step. Default: 0.001.
---@field betas? number[] Decay rates of the running means of the gradient and of its square. Default: {0.9, 0.999}.
---@field eps? number Added to the denominator, outside the square root. Default: 1e-6.
---@field weight_decay? number Added to the step, times the parameter, before the trust ratio. Default: 0.01.
---@field max_grad_norm? number Bound of the norm of all gradients; 0 for none. Default: 0.
---@field bias_correction? boolean Whether to correct the means for their start at zero. Default: true.
---@field grad_averaging? boolean Whether the gradient enters m with the factor 1 - beta1. Default: true.
---@field trust_clip? boolean Whether the trust ratio is at most 1. Default: false.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---Adam whose step is scaled to the norm of the parameter: one trust ratio for each parameter. Use it for very large batches, above all with transformers. timm clips to a norm of 1 by default and has no trust ratio without weight decay; pytorch_optimizer's first steps are ten times too long.
---
---     g = -g                              if maximize
---     g = g / max(1, total_norm(g) / max_grad_norm)   if max_grad_norm
---     m = beta1 * m + where(grad_averaging, 1 - beta1, 1) * g
---     v = beta2 * v + (1 - beta2) * g^2
---     c1 = where(bias_correction, 1 - beta1^t, 1)
---     c2 = where(bias_correction, 1 - beta2^t, 1)
---     u = m / c1 / (sqrt(v) / sqrt(c2) + eps) + weight_decay * p
---     n_p = norm(p)
---     n_u = norm(u)
---     r = where(n_p > 0 and n_u > 0, n_p / n_u, 1)
---     p = p - lr * where(trust_clip, min(r, 1), r) * u
---
---@param params optlab.Params
---@param options? optlab.options.optim.LAMB
---@return optlab.Optimizer
function optim.LAMB(params, options) end

---@class optlab.options.optim.LaProp
---@field lr? number The learning rate, the factor of each step. Default: 0.0004.
---@field betas? number[] Decay rates of the running means of the gradient and of its square. Default: {0.9, 0.999}.
---@field eps? number Added to the denominator, outside the square root. Default: 1e-15.
---@field weight_decay? number The share by which each update shrinks the parameter, after the step. Default: 0.
---@field centered? boolean Whether to divide by the deviation from the mean gradient, from update 11 on. Default: false.
---@field amsgrad? boolean Whether to divide by the largest running mean so far of the squared gradient (AMSGrad). Default: false.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---Adam with momentum after the division: a running mean of normalised gradients. Use it in place of Adam if beta1 is large compared with beta2; it is stable for any pair of betas. The decay is not multiplied by lr, as in the authors' program; timm multiplies it.
---
---     g = -g                              if maximize
---     v = beta2 * v + (1 - beta2) * g^2
---     u = beta2 * u + (1 - beta2) * g     if centered
---     x = where(centered and t > 10, max(v - u^2, 0), v)
---     w = max(w, x)                       if amsgrad and (t > 10 or not centered)
---     x = w                               if amsgrad and (t > 10 or not centered)
---     c = beta1 * c + (1 - beta1) * lr
---     m = beta1 * m + (1 - beta1) * lr * g / (sqrt(x / (1 - beta2^t)) + eps)
---     p = (1 - weight_decay) * (p - where(c > 0, lr / c, 0) * m)
---
---@param params optlab.Params
---@param options? optlab.options.optim.LaProp
---@return optlab.Optimizer
function optim.LaProp(params, options) end

---@class optlab.options.optim.LARS
---@field lr? number The learning rate, the factor of each step. Default: 1.
---@field momentum? number Momentum: the factor of the buffer at each update; 0 for no momentum. Default: 0.9.
---@field dampening? number Dampening of momentum: the gradient enters the buffer with the factor 1 - dampening. Default: 0.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.
---@field nesterov? boolean Whether to use Nesterov momentum. Default: false.
---@field trust_coeff? number The step's norm as a share of the parameter's. Default: 0.001.
---@field eps? number Added to the denominator, outside the square root. Default: 1e-8.
---@field trust_clip? boolean Whether the factor of lr is at most 1 (LARC). Default: false.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---SGD with momentum whose steps are in proportion to the norm of each parameter. Use it for very large batches of images. In timm the factor acts only with weight decay or always_adapt; pytorch_optimizer leaves it off vectors.
---
---     g = -g                              if maximize
---     n_p = norm(p)
---     n_g = norm(g)
---     r = trust_coeff * n_p / (n_g + weight_decay * n_p + eps)
---     r = where(n_p > 0 and n_g > 0, r, 1)
---     r = where(trust_clip, min(r / lr, 1), r)
---     d = r * (g + weight_decay * p)
---     b = momentum * b + where(new(b), 1, 1 - dampening) * d   if momentum
---     p = p - lr * where(momentum, where(nesterov, d + momentum * b, b), d)
---
---@param params optlab.Params
---@param options? optlab.options.optim.LARS
---@return optlab.Optimizer
function optim.LARS(params, options) end

---@class optlab.options.optim.LBFGS
---@field lr? number The learning rate, the factor of each step. Default: 1.
---@field max_iter? integer Iterations of a step at most. Default: 20.
---@field max_eval? integer Evaluations of a step at most; 0: 5/4 of max_iter. Default: 0.
---@field tolerance_grad? number A largest gradient element that ends a step. Default: 1e-7.
---@field tolerance_change? number A change of parameters or loss that ends a step. Default: 1e-9.
---@field history_size? integer How many changes are kept. Default: 100.
---@field line_search_fn? "none"|"strong_wolfe" How far to go along a direction: lr, or by a line search. Default: "none".

---L-BFGS: directions from the last changes of the gradient, optionally with a line search. Use it for smooth losses of all the data, with up to millions of parameters; step(closure) evaluates the loss several times. lab.minimize has it for a function of one tensor.
---
---     d = -H g,  H from the last history_size changes of p and of g
---     p <- p + t d,  t = lr, at first lr min(1, 1 / sum(abs(g))),
---                    or what the line search finds from there
---     up to max_iter times a step
---
---@param params optlab.Params
---@param options? optlab.options.optim.LBFGS
---@return optlab.Optimizer
function optim.LBFGS(params, options) end

---@class optlab.options.optim.LDoG
---@field lr? number The learning rate, the factor of each step. Default: 1.
---@field reps_rel? number The first step as a share of 1 + the parameter's norm. Default: 1e-6.
---@field eps? number Added once to the sum of squares. Default: 1e-8.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.

---DoG with a rate of its own for each parameter. It needs no tuning: lr stays at 1. It is meant to be used with a mean of the iterates.
---
---     g = g + weight_decay * p            if weight_decay
---     r = where(new(x), reps_rel * (1 + norm(p)), max(r, norm(p - x)))
---     G = G + sum(g^2)
---     p = p - lr * r / sqrt(G) * g
---
---@param params optlab.Params
---@param options? optlab.options.optim.LDoG
---@return optlab.Optimizer
function optim.LDoG(params, options) end

---@class optlab.options.optim.Lion
---@field lr? number The learning rate, the factor of each step. Default: 0.0001.
---@field betas? number[] Decay rates of the running means of the gradient and of its square. Default: {0.9, 0.99}.
---@field weight_decay? number Decoupled weight decay: each update shrinks the parameter by the share lr times weight_decay. Default: 0.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---The sign of an interpolation between the running mean and the gradient: every coordinate moves by lr. Use it for large models and batches, with an lr 3 to 10 times smaller than Adam's and a weight decay larger by the same factor.
---
---     g = -g                              if maximize
---     p = (1 - lr * weight_decay) * p     if weight_decay
---     p = p - lr * sign(beta1 * m + (1 - beta1) * g)
---     m = beta2 * m + (1 - beta2) * g
---
---@param params optlab.Params
---@param options? optlab.options.optim.Lion
---@return optlab.Optimizer
function optim.Lion(params, options) end

---@class optlab.options.optim.Lookahead
---@field k? integer Updates between two of the slow weights. Default: 5.
---@field alpha? number The share of the way that the slow weights take. Default: 0.5.

---After every k updates of the inner optimizer, the weights go back part of the way to where they were before these updates. Use it around any optimizer whose steps are noisy. The state of the inner one is not changed.
---
---     each update: the inner optimizer's
---     each k-th one: s <- s + alpha (p - s), p <- s        s starts as p
---
---@param optimizer any The optimizer that makes the updates; it may be a wrapper, too.
---@param options? optlab.options.optim.Lookahead
---@return optlab.Optimizer
function optim.Lookahead(optimizer, options) end

---@class optlab.options.optim.MADGRAD
---@field lr? number The learning rate, the factor of each step. Default: 0.01.
---@field momentum? number Share of the parameter that stays at each update. Default: 0.9.
---@field eps? number Added to the cube root, and to lr. Default: 1e-6.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.
---@field decoupled_weight_decay? boolean Whether weight decay shrinks the parameter by the share lr times weight_decay instead of changing the gradient. Default: false.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---Dual averaging: steps from the start along the weighted sum of gradients over the cube root of their squares. Use it for sparse gradients and for images; it needs less weight decay than SGD, often none.
---
---     g = -g                        if maximize
---     g = g + weight_decay * p      if weight_decay and not decoupled_weight_decay
---     k = where(lr > 0, lr + eps, 0)
---     a = k * sqrt(t)
---     x = where(momentum, x, p + where(v > 0, s / (v^(1 / 3) + eps), 0))
---     v = v + a * g^2
---     s = s + a * g
---     z = x - where(v > 0, s / (v^(1 / 3) + eps), 0)
---     d = where(decoupled_weight_decay, k * weight_decay, 0)
---     p = (momentum - d) * p + (1 - momentum) * z
---
---@param params optlab.Params
---@param options? optlab.options.optim.MADGRAD
---@return optlab.Optimizer
function optim.MADGRAD(params, options) end

---@class optlab.options.optim.MARS
---@field lr? number The learning rate, the factor of each step. Default: 0.003.
---@field betas? number[] Decay rates of the running means of the gradient and of its square. Default: {0.95, 0.99}.
---@field eps? number Added to the denominator, outside the square root. Default: 1e-8.
---@field weight_decay? number Decoupled weight decay: each update shrinks the parameter by the share lr times weight_decay. Default: 0.
---@field gamma? number Strength of the correction. Default: 0.025.
---@field optimize_1d? boolean Whether parameters that are no matrices are corrected too. Default: false.
---@field lr_1d? number Learning rate of the others, in proportion to lr. Default: 0.003.
---@field betas_1d? number[] Decay rates of the others. Default: {0.9, 0.95}.
---@field weight_decay_1d? number Weight decay of the others. Default: 0.1.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---AdamW on gradients whose noise is reduced with the difference from the gradient before. Use it for the matrices of large models; other parameters follow AdamW with options of their own.
---
---     g = -g                              if maximize
---     on = ndim(p) == 2 or optimize_1d
---     b1 = where(on, beta1, betas_1d1)
---     b2 = where(on, beta2, betas_1d2)
---     c = g + where(on, gamma * beta1 / (1 - beta1), 0) * (g - q)
---     n = norm(c)
---     c = where(on and n > 1, 1 / n, 1) * c
---     q = g
---     m = b1 * m + (1 - b1) * c
---     v = b2 * v + (1 - b2) * c^2
---     u = m / (1 - b1^t) / (sqrt(v) / sqrt(1 - b2^t) + eps)
---     a = where(on, lr, lr_1d * lr / initial_lr)
---     p = p - a * (u + where(on, weight_decay, weight_decay_1d) * p)
---
---@param params optlab.Params
---@param options? optlab.options.optim.MARS
---@return optlab.Optimizer
function optim.MARS(params, options) end

---@class optlab.options.optim.MirrorMADGRAD
---@field lr? number The learning rate, the factor of each step. Default: 0.01.
---@field momentum? number Share of the parameter that stays at each update. Default: 0.9.
---@field eps? number Added to the cube root, and to lr. Default: 0.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.
---@field decoupled_weight_decay? boolean Whether weight decay shrinks the parameter by the share lr times weight_decay instead of changing the gradient. Default: false.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---MADGRAD as mirror descent: steps start from the last point of the averaging, not from the first. Use it as MADGRAD, for long trainings, in which the starting point soon has no influence.
---
---     g = -g                        if maximize
---     k = where(lr > 0, lr + eps, 0)
---     g = g + weight_decay * p      if weight_decay and not decoupled_weight_decay
---     z = (1 - k * weight_decay) * z if weight_decay and decoupled_weight_decay
---     v = sqrt((t - 1) / t) * v + g^2
---     z = z - k * t^(1 / 3) * where(v > 0, g / (v^(1 / 3) + eps), 0)
---     p = momentum * p + (1 - momentum) * z
---
---@param params optlab.Params
---@param options? optlab.options.optim.MirrorMADGRAD
---@return optlab.Optimizer
function optim.MirrorMADGRAD(params, options) end

---@class optlab.options.optim.MoMo
---@field lr? number The learning rate, the factor of each step. Default: 1.
---@field momentum? number Decay rate of the means. Default: 0.9.
---@field weight_decay? number Weight decay, proximal. Default: 0.
---@field lb? number A lower bound of the loss. Default: 0.
---@field use_fstar? boolean Whether to estimate the bound as the run goes. Default: false.
---@field bias_correction? boolean Whether the means start at zero and are corrected for that. Default: false.

---Momentum with the step that a model of the loss allows, at most lr; the model is a mean of past linear models, bounded below. Use it if the loss is known to be at least lb; it works for a wide range of lr. step(loss) must get the loss.
---
---     first = new(m) and not bias_correction
---     h = where(first, 0, momentum)
---     F = h * F + (1 - h) * loss
---     m = h * m + (1 - h) * g
---     c = h * c + (1 - h) * total_dot(p, g)
---     q = where(bias_correction, 1 - momentum^t, 1)
---     K = 1 + lr * weight_decay
---     y = total_dot(p, m)
---     n = total_dot(m, m)
---     f = K * (F - c) + y
---     b = where(use_fstar and f < K * q * b, max(f / (2 * K * q), lb), b)
---     a = min(lr / q, max(f - K * q * b, 0) / n)
---     b = where(use_fstar, max((F + y - c - a * n / 2) / q, lb), b)
---     p = (p - a * m) / K
---
---@param params optlab.Params
---@param options? optlab.options.optim.MoMo
---@return optlab.Optimizer
function optim.MoMo(params, options) end

---@class optlab.options.optim.MoMoAdam
---@field lr? number The learning rate, the factor of each step. Default: 0.01.
---@field betas? number[] Decay rates of the running means of the gradient and of its square. Default: {0.9, 0.999}.
---@field eps? number Added to the denominator, outside the square root. Default: 1e-8.
---@field weight_decay? number Weight decay, times lr. Default: 0.
---@field lb? number A lower bound of the loss. Default: 0.
---@field use_fstar? boolean Whether to estimate the bound as the run goes. Default: false.
---@field divide? boolean Whether the decay is a division after the step, not a factor before it. Default: true.

---Adam with the step that a model of the loss allows, at most lr. Use it as MoMo. step(loss) must get the loss.
---
---     F = beta1 * F + (1 - beta1) * loss
---     m = beta1 * m + (1 - beta1) * g
---     v = beta2 * v + (1 - beta2) * g^2
---     c = beta1 * c + (1 - beta1) * total_dot(p, g)
---     q = 1 - beta1^t
---     K = where(divide, 1 + lr * weight_decay, 1)
---     d = sqrt(v) / sqrt(1 - beta2^t) + eps
---     y = total_dot(p, m)
---     n = total(m * m / d)
---     f = K * (F - c) + y
---     b = where(use_fstar and f < K * q * b, max(f / (2 * K * q), lb), b)
---     a = min(lr / q, max(f - K * q * b, 0) / n)
---     b = where(use_fstar, max((F + y - c - a * n / 2) / q, lb), b)
---     p = (1 - lr * weight_decay) * p     if weight_decay and not divide
---     p = (p - a * m / d) / K
---
---@param params optlab.Params
---@param options? optlab.options.optim.MoMoAdam
---@return optlab.Optimizer
function optim.MoMoAdam(params, options) end

---@class optlab.options.optim.Muon
---@field lr? number The learning rate, the factor of each step. Default: 0.001.
---@field weight_decay? number Decoupled weight decay: each update shrinks the parameter by the share lr times weight_decay. Default: 0.1.
---@field momentum? number Decay rate of the running mean of gradients. Default: 0.95.
---@field nesterov? boolean Whether to look ahead along the running mean. Default: true.
---@field ns_coefficients? number[] a, b, c of the Newton-Schulz iteration. Default: {3.4445, -4.775, 2.0315}.
---@field eps? number The least norm by which the matrix is divided. Default: 1e-7.
---@field ns_steps? integer Steps of the Newton-Schulz iteration. Default: 5.
---@field adjust_lr_fn? "original"|"match_rms_adamw" How the step depends on the shape; "match_rms_adamw" takes lr and weight_decay of AdamW. Default: "original".
---@field lr_1d? number The learning rate of parameters of one dimension, where lr has its first value. Default: 0.0003.
---@field betas_1d? number[] Decay rates of the running means of such parameters. Default: {0.9, 0.95}.
---@field eps_1d? number Added to the denominator of such parameters. Default: 1e-10.
---@field weight_decay_1d? number Decoupled weight decay of such parameters. Default: 0.

---Momentum whose matrix is made nearly orthogonal: all directions of an update have about the same length. Use it for the hidden layers of transformers and other networks. Parameters of one dimension follow AdamW (lr_1d); give embeddings and the last layer to a separate AdamW. Kernels of convolutions count as matrices with a row for each output.
---
---     m <- momentum m + (1 - momentum) g
---     u = (1 - momentum) g + momentum m    if nesterov, else m
---     p <- (1 - lr weight_decay) p - lr s NewtonSchulz(u)
---     s = sqrt(max(1, rows / columns))
---     s = 0.2 sqrt(max(rows, columns))     with "match_rms_adamw"
---
---@param params optlab.Params
---@param options? optlab.options.optim.Muon
---@return optlab.Optimizer
function optim.Muon(params, options) end

---@class optlab.options.optim.NAdam
---@field lr? number The learning rate, the factor of each step. Default: 0.002.
---@field betas? number[] Decay rates of the running means of the gradient and of its square. Default: {0.9, 0.999}.
---@field eps? number Added to the denominator, outside the square root. Default: 1e-8.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.
---@field momentum_decay? number How fast the momentum u grows from beta1 / 2 towards beta1. Default: 0.004.
---@field decoupled_weight_decay? boolean Whether weight decay shrinks the parameter by the share lr times weight_decay instead of changing the gradient. Default: false.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---Adam with Nesterov momentum: the step uses the mean of the gradients as it will be one update later.
---
---     g = -g                           if maximize
---     g = g + weight_decay * p        if not decoupled_weight_decay and weight_decay
---     p = (1 - lr * weight_decay) * p if decoupled_weight_decay and weight_decay
---     u = beta1 * (1 - 0.5 * 0.96^(t * momentum_decay))
---     u_next = beta1 * (1 - 0.5 * 0.96^((t + 1) * momentum_decay))
---     U = U * u
---     m = beta1 * m + (1 - beta1) * g
---     v = beta2 * v + (1 - beta2) * g^2
---     a = sqrt(v) / sqrt(1 - beta2^t) + eps
---     d = lr * (1 - u) / (1 - U) * g + lr * u_next / (1 - U * u_next) * m
---     p = p - d / a
---
---@param params optlab.Params
---@param options? optlab.options.optim.NAdam
---@return optlab.Optimizer
function optim.NAdam(params, options) end

---@class optlab.options.optim.NovoGrad
---@field lr? number The learning rate, the factor of each step. Default: 0.001.
---@field betas? number[] Decay rates of the running means of the gradient and of its square. Default: {0.95, 0.98}.
---@field eps? number Added to the denominator, outside the square root. Default: 1e-8.
---@field weight_decay? number Added to the normalised gradient, times the parameter. Default: 0.
---@field grad_averaging? boolean Whether the gradient enters m with the factor 1 - beta1. Default: false.
---@field amsgrad? boolean Whether to divide by the largest running mean so far of the squared gradient (AMSGrad). Default: false.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---Adam with one second moment for each parameter; the gradient is divided by its root before the momentum. Use it for speech and language models; it needs half of Adam's memory. pytorch_optimizer adds the first gradient twice.
---
---     g = -g                              if maximize
---     n = sum(g^2)
---     v = where(v == 0, n, beta2 * v + (1 - beta2) * n)
---     w = max(w, v)                       if amsgrad
---     d = g / (sqrt(where(amsgrad, w, v)) + eps) + weight_decay * p
---     m = beta1 * m + where(grad_averaging, 1 - beta1, 1) * d
---     p = p - lr * m
---
---@param params optlab.Params
---@param options? optlab.options.optim.NovoGrad
---@return optlab.Optimizer
function optim.NovoGrad(params, options) end

---@class optlab.options.optim.OptimisticGradient
---@field lr? number The learning rate, the factor of each step. Default: 0.001.
---@field optimism? number Factor of the last change of the gradient. Default: 1.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---Gradient descent that extrapolates the gradient by its last change. Use it for games between two networks, where plain gradient descent goes in circles.
---
---     g = -g                              if maximize
---     p = p - lr * (g + where(new(q), 0, optimism) * (g - q))
---     q = g
---
---@param params optlab.Params
---@param options? optlab.options.optim.OptimisticGradient
---@return optlab.Optimizer
function optim.OptimisticGradient(params, options) end

---@class optlab.options.optim.Polyak
---@field lr? number Factor of the step size. Default: 1.
---@field f_min? number The least value of the loss. Default: 0.
---@field max_step? number The largest step size. Default: 1.
---@field eps? number Added to the denominator, outside the square root. Default: 0.

---Polyak's step: the distance of the loss from its minimum, over the squared norm of the gradient. Use it for convex problems whose minimum f_min is known. step(loss) must get the loss.
---
---     n = total_dot(g, g) + eps
---     p = p - lr * where(n > 0, min(max(loss - f_min, 0) / n, max_step), 0) * g
---
---@param params optlab.Params
---@param options? optlab.options.optim.Polyak
---@return optlab.Optimizer
function optim.Polyak(params, options) end

---@class optlab.options.optim.Prodigy
---@field lr? number The learning rate, the factor of each step. Default: 1.
---@field betas? number[] Decay rates of the running means of the gradient and of its square. Default: {0.9, 0.999}.
---@field eps? number Added to the denominator, outside the square root. Default: 1e-8.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.
---@field decoupled_weight_decay? boolean Whether weight decay shrinks the parameter by the share lr times weight_decay instead of changing the gradient. Default: true.
---@field beta3? number Decay rate of the estimate's means; 0: the root of beta2. Default: 0.
---@field safeguard_warmup? boolean Whether a warm-up of lr leaves the estimate alone. Default: false.
---@field d_coef? number Factor of the estimate. Default: 1.
---@field use_bias_correction? boolean Whether to correct the means for their start at zero. Default: false.
---@field d0? number First estimate of the distance to the solution. Default: 1e-6.
---@field growth_rate? number By what the estimate may grow in an update; 0: by any factor. Default: 0.

---Adam that estimates its learning rate from the distance along the gradients since the start. It needs no tuning: lr stays at 1, usually with a cosine schedule. pytorch_optimizer counts each update twice; its coupled weight decay has no effect.
---
---     b = where(beta3, beta3, sqrt(beta2))
---     c = where(use_bias_correction, sqrt(1 - beta2^t) / (1 - beta1^t), 1)
---     k = d * lr * c
---     g = g + weight_decay * p      if weight_decay and not decoupled_weight_decay
---     N = b * N + d / d0 * k * total_dot(g, x - p)
---     m = beta1 * m + (1 - beta1) * d * g
---     v = beta2 * v + (1 - beta2) * d^2 * g^2
---     s = b * s + d / d0 * where(safeguard_warmup, d, k) * g
---     n = total(abs(s))
---     e = where(n > 0, d_coef * N / n, 0)
---     d = max(d, e)                      if d == d0
---     D = max(D, e)
---     d = where(growth_rate, min(D, d * growth_rate), D)
---     p = (1 - k * weight_decay) * p  if weight_decay and decoupled_weight_decay
---     p = p - k * m / (sqrt(v) + d * eps)
---
---@param params optlab.Params
---@param options? optlab.options.optim.Prodigy
---@return optlab.Optimizer
function optim.Prodigy(params, options) end

---@class optlab.options.optim.QHAdam
---@field lr? number The learning rate, the factor of each step. Default: 0.001.
---@field betas? number[] Decay rates of the running means of the gradient and of its square. Default: {0.9, 0.999}.
---@field nus? number[] Shares of the running means in numerator and denominator. Default: {1, 1}.
---@field eps? number Added to the denominator, outside the square root. Default: 1e-8.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.
---@field decoupled_weight_decay? boolean Whether weight decay shrinks the parameter by the share lr times weight_decay instead of changing the gradient. Default: false.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---Adam with quasi-hyperbolic means: a share nu of each running mean, and the rest from the present gradient. Use it in place of Adam with nus {0.7, 1} and betas {0.995, 0.999}; with nus {1, 1} it is Adam. pytorch_optimizer's version gives nan after two updates.
---
---     g = -g                              if maximize
---     g = g + weight_decay * p        if not decoupled_weight_decay and weight_decay
---     p = (1 - lr * weight_decay) * p if decoupled_weight_decay and weight_decay
---     m = beta1 * m + (1 - beta1) * g
---     v = beta2 * v + (1 - beta2) * g^2
---     d = nu1 / (1 - beta1^t) * m + (1 - nu1) * g
---     a = sqrt(nu2 / (1 - beta2^t) * v + (1 - nu2) * g^2) + eps
---     p = p - lr * d / a
---
---@param params optlab.Params
---@param options? optlab.options.optim.QHAdam
---@return optlab.Optimizer
function optim.QHAdam(params, options) end

---@class optlab.options.optim.QHM
---@field lr? number The learning rate, the factor of each step. Default: 1.
---@field momentum? number Decay rate of the running mean. Default: 0.999.
---@field nu? number Share of the running mean in the step. Default: 0.7.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.
---@field decoupled_weight_decay? boolean Whether weight decay shrinks the parameter by the share lr times weight_decay instead of changing the gradient. Default: false.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---Quasi-hyperbolic momentum: a mean of the gradient and of its running mean. Use it in place of momentum, with an lr 1 / (1 - momentum) times as large. With nu = 1 it is momentum, with nu = 0 it is SGD.
---
---     g = -g                              if maximize
---     g = g + weight_decay * p        if not decoupled_weight_decay and weight_decay
---     p = (1 - lr * weight_decay) * p if decoupled_weight_decay and weight_decay
---     m = momentum * m + (1 - momentum) * g
---     p = p - lr * (nu * m + (1 - nu) * g)
---
---@param params optlab.Params
---@param options? optlab.options.optim.QHM
---@return optlab.Optimizer
function optim.QHM(params, options) end

---@class optlab.options.optim.RAdam
---@field lr? number The learning rate, the factor of each step. Default: 0.001.
---@field betas? number[] Decay rates of the running means of the gradient and of its square. Default: {0.9, 0.999}.
---@field eps? number Added to the denominator, outside the square root. Default: 1e-8.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.
---@field decoupled_weight_decay? boolean Whether weight decay shrinks the parameter by the share lr times weight_decay instead of changing the gradient. Default: false.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---Adam that does not use the second moment in its first steps, until the variance of its estimate is finite. Use it in place of Adam with a warm-up. pytorch_optimizer makes no update at all while r is below 5; its Ranger then ascends.
---
---     g = -g                              if maximize
---     g = g + weight_decay * p        if not decoupled_weight_decay and weight_decay
---     p = (1 - lr * weight_decay) * p if decoupled_weight_decay and weight_decay
---     m = beta1 * m + (1 - beta1) * g
---     v = beta2 * v + (1 - beta2) * g^2
---     c = 1 - beta2^t
---     r_inf = 2 / (1 - beta2) - 1
---     r = r_inf - 2 * t * beta2^t / c
---     k = sqrt(c * (r - 4) * (r - 2) * r_inf / ((r_inf - 4) * (r_inf - 2) * r))
---     p = p - lr / (1 - beta1^t) * where(r > 5, k * m / (sqrt(v) + eps), m)
---
---@param params optlab.Params
---@param options? optlab.options.optim.RAdam
---@return optlab.Optimizer
function optim.RAdam(params, options) end

---@class optlab.options.optim.Ranger
---@field lr? number The learning rate. Default: 0.001.
---@field betas? number[] Decay rates of RAdam's running means. Default: {0.95, 0.999}.
---@field eps? number Added to the denominator, outside the square root. Default: 1e-5.
---@field weight_decay? number Decoupled weight decay: each update shrinks the parameter by the share lr times weight_decay. Default: 0.
---@field k? integer Updates between two of the slow weights. Default: 6.
---@field alpha? number The share of the way that the slow weights take. Default: 0.5.
---@field use_gc? boolean Whether gradients are centralized. Default: true.

---RAdam with decoupled weight decay and centralized gradients, inside Lookahead. Use it if Lookahead helps and the learning rate is not tuned. pytorch_optimizer's version ascends by default while the variance is not known yet; here such updates use only the momentum, as in RAdam.
---
---     Lookahead(GradientCentralization(RAdam))        each has an entry of its own
---
---@param params table A list of tensors, or of groups.
---@param options? optlab.options.optim.Ranger
---@return optlab.Optimizer
function optim.Ranger(params, options) end

---@class optlab.options.optim.RMSprop
---@field lr? number The learning rate, the factor of each step. Default: 0.01.
---@field alpha? number Decay rate of the running mean. Default: 0.99.
---@field eps? number Added to the denominator, outside the square root. Default: 1e-8.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.
---@field momentum? number Momentum: the factor of the buffer at each update; 0 for no momentum. Default: 0.
---@field centered? boolean Whether to divide by the standard deviation of the gradient: its running mean is subtracted. Default: false.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---Divides the gradient by a running root mean square of its coordinates. centered: rounding may take s - m^2 below 0, where PyTorch gives nan; here it counts as 0.
---
---     g = -g                              if maximize
---     g = g + weight_decay * p            if weight_decay
---     s = alpha * s + (1 - alpha) * g^2
---     m = alpha * m + (1 - alpha) * g     if centered
---     d = g / (sqrt(where(centered, max(s - m^2, 0), s)) + eps)
---     b = momentum * b + d                if momentum
---     p = p - lr * where(momentum, b, d)
---
---@param params optlab.Params
---@param options? optlab.options.optim.RMSprop
---@return optlab.Optimizer
function optim.RMSprop(params, options) end

---@class optlab.options.optim.Rprop
---@field lr? number The learning rate, the factor of each step. Default: 0.01.
---@field etas? number[] Factors of the step size: after a change of sign, and after none. Default: {0.5, 1.2}.
---@field step_sizes? number[] The smallest and the largest step size. Default: {1e-6, 50}.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---A step size for each coordinate, which grows while the sign of the gradient stays the same and shrinks when it changes. Use it with gradients of the whole data set; those of minibatches change their signs too often.
---
---     g = -g                              if maximize
---     c = g * b
---     s = s * where(c > 0, eta2, where(c < 0, eta1, 1))
---     s = clamp(s, step_size1, step_size2)
---     g = where(c < 0, 0, g)
---     p = p - s * sign(g)
---     b = g
---
---@param params optlab.Params
---@param options? optlab.options.optim.Rprop
---@return optlab.Optimizer
function optim.Rprop(params, options) end

---@class optlab.options.optim.SAM
---@field rho? number The distance within which the loss is to be low. Default: 0.05.

---Updates with the gradient at the nearby point where the loss is largest (to first order). Use it to find flat minima, for image models and fine-tuning. step(closure) evaluates the loss twice; the closure calls zero_grad and backward. Running statistics of batch normalization include both evaluations.
---
---     T = 1
---     e = rho T^2 g / norm(T g)            the norm: over all parameters
---     the inner optimizer's update of p, with the gradient at p + e
---
---@param optimizer any The optimizer that makes the updates; it may be a wrapper, too.
---@param options? optlab.options.optim.SAM
---@return optlab.Optimizer
function optim.SAM(optimizer, options) end

---@class optlab.options.optim.ScheduleFreeAdamW
---@field lr? number The learning rate, the factor of each step. Default: 0.0025.
---@field betas? number[] Decay rates of the running means of the gradient and of its square. Default: {0.9, 0.999}.
---@field eps? number Added to the denominator, outside the square root. Default: 1e-8.
---@field weight_decay? number Decay of y, times lr. Default: 0.
---@field warmup_steps? number Updates over which the rate grows from 0. Default: 0.
---@field r? number Power of t in the weights of the mean. Default: 0.
---@field weight_lr_power? number Power of the largest rate in the weights of the mean. Default: 2.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---AdamW with a mean of the iterates, which replaces a schedule and momentum. Use it instead of AdamW with a schedule, if the length of the training is not known in advance. In training the parameter is the point y at which gradients are taken. opt:eval() replaces it by the mean, p + (1 - 1 / beta1) (z - p), and opt:train() restores it; train.fit evaluates the mean. Running statistics of batch normalization are those of y.
---
---     g = -g                              if maximize
---     v = beta2 * v + (1 - beta2) * g^2
---     u = g / (sqrt(v) / sqrt(1 - beta2^t) + eps) + weight_decay * p
---     a = lr * where(t <= warmup_steps, t / warmup_steps, 1)
---     L = max(L, a)
---     k = t^r * L^weight_lr_power
---     W = W + k
---     c = where(W > 0, k / W, 0)
---     p = p + c * (z - p) + a * (beta1 * (1 - c) - 1) * u
---     z = z - a * u
---
---@param params optlab.Params
---@param options? optlab.options.optim.ScheduleFreeAdamW
---@return optlab.Optimizer
function optim.ScheduleFreeAdamW(params, options) end

---@class optlab.options.optim.ScheduleFreeSGD
---@field lr? number The learning rate, the factor of each step. Default: 1.
---@field momentum? number How far y lies from z to the mean. Default: 0.9.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.
---@field warmup_steps? number Updates over which the rate grows from 0. Default: 0.
---@field r? number Power of t in the weights of the mean. Default: 0.
---@field weight_lr_power? number Power of the largest rate in the weights of the mean. Default: 2.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---SGD with a mean of the iterates, which replaces a schedule. Use it instead of a schedule, if the length of the training is not known in advance; its learning rate can be larger than SGD's. In training the parameter is the point y at which gradients are taken. opt:eval() replaces it by the mean, p + (1 - 1 / momentum) (z - p), and opt:train() restores it; train.fit evaluates the mean. Running statistics of batch normalization are those of y.
---
---     g = -g                              if maximize
---     g = g + weight_decay * p            if weight_decay
---     a = lr * where(t <= warmup_steps, t / warmup_steps, 1)
---     L = max(L, a)
---     k = t^r * L^weight_lr_power
---     W = W + k
---     c = where(W > 0, k / W, 0)
---     p = p + c * (z - p) + a * (momentum * (1 - c) - 1) * g
---     z = z - a * g
---
---@param params optlab.Params
---@param options? optlab.options.optim.ScheduleFreeSGD
---@return optlab.Optimizer
function optim.ScheduleFreeSGD(params, options) end

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

---@class optlab.options.optim.SGLD
---@field lr? number The step size at t = 0 is lr b^-gamma. Default: 0.01.
---@field b? number Delay of the decay. Default: 1.
---@field gamma? number Power of the decay. Default: 0.55.
---@field temperature? number Temperature of the noise; 0 for none. Default: 1.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.

---Stochastic gradient Langevin dynamics: gradient steps with noise, whose iterates are samples of a posterior. Use it for sampling: the loss is the negative log posterior of all data.
---
---     e = lr * (b + t)^(-gamma)
---     p = p - e / 2 * (g + weight_decay * p) + sqrt(e * temperature) * normal()
---
---@param params optlab.Params
---@param options? optlab.options.optim.SGLD
---@return optlab.Optimizer
function optim.SGLD(params, options) end

---@class optlab.options.optim.Shampoo
---@field lr? number The learning rate, the factor of each step. Default: 0.1.
---@field momentum? number Momentum: the factor of the buffer at each update. Default: 0.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.
---@field beta? number Decay rate of the sums of products; 1 as in the paper. Default: 1.
---@field eps? number The diagonal of the first H_i; the least eigenvalue of which a root is taken. Default: 0.0001.
---@field update_freq? integer The roots are renewed at every update_freq-th update. Default: 1.
---@field max_size? integer Dimensions of a larger size are not preconditioned. Default: 4096.

---Preconditions each dimension of a parameter by the inverse root of the sum of its gradients' products. Use it for networks of moderate width: it keeps two matrices n by n for each dimension of size n, and an update that renews the roots takes an eigen-decomposition of each. pytorch_optimizer takes the root 1/k instead of 1/(2 k).
---
---     g <- g + weight_decay p
---     H_i <- beta H_i + w G_i G_i^T         for each dimension i; from eps I
---     w = 1 - beta, 1 where beta = 1
---     u = g x_1 H_1^(-1/2k) x_2 H_2^(-1/2k) ...
---     m <- momentum m + u
---     p <- p - lr m
---
---@param params optlab.Params
---@param options? optlab.options.optim.Shampoo
---@return optlab.Optimizer
function optim.Shampoo(params, options) end

---@class optlab.options.optim.SignSGD
---@field lr? number The learning rate, the factor of each step. Default: 0.001.
---@field weight_decay? number Decoupled weight decay: each update shrinks the parameter by the share lr times weight_decay. Default: 0.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---Every coordinate moves by lr against the sign of its gradient. Use it if gradients are sent between machines: a sign takes one bit.
---
---     g = -g                              if maximize
---     p = (1 - lr * weight_decay) * p     if weight_decay
---     p = p - lr * sign(g)
---
---@param params optlab.Params
---@param options? optlab.options.optim.SignSGD
---@return optlab.Optimizer
function optim.SignSGD(params, options) end

---@class optlab.options.optim.Signum
---@field lr? number The learning rate, the factor of each step. Default: 0.001.
---@field momentum? number Decay rate of the running mean. Default: 0.9.
---@field weight_decay? number Decoupled weight decay: each update shrinks the parameter by the share lr times weight_decay. Default: 0.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---The sign of the running mean of gradients. Use it as SignSGD; its steps have less noise. pytorch_optimizer creates the buffer again at each update, so momentum has no effect there.
---
---     g = -g                              if maximize
---     p = (1 - lr * weight_decay) * p     if weight_decay
---     m = momentum * m + (1 - momentum) * g
---     p = p - lr * sign(m)
---
---@param params optlab.Params
---@param options? optlab.options.optim.Signum
---@return optlab.Optimizer
function optim.Signum(params, options) end

---@class optlab.options.optim.SM3
---@field lr? number The learning rate, the factor of each step. Default: 0.1.
---@field momentum? number Decay rate of the running mean of steps; 0 for none. Default: 0.
---@field beta? number Decay rate of the sums; 0: they only grow. Default: 0.
---@field eps? number Added to the sum, inside the square root. Default: 1e-30.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---Adagrad with one sum for each row and each column; the smaller of the two bounds the sum of an element. Use it for large matrices and embeddings, whose state takes hardly any memory. Rows and columns are those of the last two dimensions.
---
---     g = -g                              if maximize
---     v = where(beta, beta, 1) * min(r, c) + (1 - beta) * g^2
---     high_row = row_max(v)
---     high_col = col_max(v)
---     r = where(beta, max(r, high_row), high_row)
---     c = where(beta, max(c, high_col), high_col)
---     u = g / sqrt(v + eps)
---     m = momentum * m + (1 - momentum) * u     if momentum
---     p = p - lr * where(momentum, m, u)
---
---@param params optlab.Params
---@param options? optlab.options.optim.SM3
---@return optlab.Optimizer
function optim.SM3(params, options) end

---@class optlab.options.optim.SOAP
---@field lr? number The learning rate, the factor of each step. Default: 0.003.
---@field betas? number[] Decay rates of the running means of the gradient and of its square. Default: {0.95, 0.95}.
---@field shampoo_beta? number Decay rate of the means of products; negative: the second of betas. Default: -1.
---@field eps? number Added to the denominator, outside the square root. Default: 1e-8.
---@field weight_decay? number Decoupled weight decay: each update shrinks the parameter by the share lr times weight_decay. Default: 0.01.
---@field precondition_frequency? integer Updates between two renewals of the bases. Default: 10.
---@field max_precond_dim? integer Dimensions of a larger size are not rotated. Default: 10000.
---@field precondition_1d? boolean Whether parameters of one dimension are rotated, too. Default: false.
---@field normalize_grads? boolean Whether each update is scaled to a mean square of 1. Default: false.
---@field correct_bias? boolean Whether the means are corrected for their start at 0. Default: true.

---Adam in the basis of Shampoo's preconditioner, which is renewed from time to time. Use it where Shampoo is useful; it has Adam's hyperparameters and tolerates rare renewals. The first update does not change the parameters.
---
---     first update: L_i = (1 - b) G_i G_i^T, Q_i = its eigenvectors, no more
---     k counts the others
---     r = rot(g)
---     m <- beta1 m + (1 - beta1) r
---     v <- beta2 v + (1 - beta2) r^2
---     p <- p - lr sqrt(1 - beta2^k) / (1 - beta1^k) back(m / (sqrt(v) + eps))
---     p <- (1 - lr weight_decay) p
---     L_i <- b L_i + (1 - b) G_i G_i^T      b = shampoo_beta, or beta2
---     each precondition_frequency-th time: Q_i <- qr(L_i Q_i)
---
---@param params optlab.Params
---@param options? optlab.options.optim.SOAP
---@return optlab.Optimizer
function optim.SOAP(params, options) end

---@class optlab.options.optim.SophiaG
---@field lr? number The learning rate, the factor of each step. Default: 0.0004.
---@field betas? number[] Decay rates of the running means of the gradient and of the estimates. Default: {0.96, 0.99}.
---@field eps? number The least denominator. Default: 1e-12.
---@field weight_decay? number Decoupled weight decay: each update shrinks the parameter by the share lr times weight_decay. Default: 0.2.
---@field gamma? number Factor of h; the smaller, the more coordinates move by lr. Default: 0.05.
---@field update_interval? integer k, updates between two estimates. Default: 10.
---@field batch_size? number Examples (tokens) whose mean the loss is. Default: 1.

---Sophia with the Gauss-Newton estimate of the Hessian's diagonal, from the gradient for labels that the model draws. Use it for language models if a product with the Hessian costs too much. step(closure): if the closure's argument is true, it must compute the loss and the gradients for labels drawn from the model's predictions. train.fit has only the labels of the data.
---
---     m <- beta1 m + (1 - beta1) g
---     h <- beta2 h + (1 - beta2) e          at updates 1, 1 + k, 1 + 2 k, ...
---     p <- (1 - lr weight_decay) p - lr clip(m / max(gamma h, eps), -1, 1)
---     e = batch_size g_s^2,  g_s: the gradient for drawn labels
---
---@param params optlab.Params
---@param options? optlab.options.optim.SophiaG
---@return optlab.Optimizer
function optim.SophiaG(params, options) end

---@class optlab.options.optim.SophiaH
---@field lr? number The learning rate, the factor of each step. Default: 0.0004.
---@field betas? number[] Decay rates of the running means of the gradient and of the estimates. Default: {0.96, 0.99}.
---@field eps? number The least denominator. Default: 1e-12.
---@field weight_decay? number Decoupled weight decay: each update shrinks the parameter by the share lr times weight_decay. Default: 0.2.
---@field gamma? number Factor of h; the smaller, the more coordinates move by lr. Default: 0.01.
---@field update_interval? integer k, updates between two estimates. Default: 10.

---Sophia with Hutchinson's estimate of the Hessian's diagonal, the product z (H z) with random signs z. Use it for language models. It needs gradients with a graph when an estimate is due: step(closure), whose argument says so, loss:backward{create_graph = graph}. pytorch_optimizer clips at p = 0.01, so that its largest step is lr p.
---
---     m <- beta1 m + (1 - beta1) g
---     h <- beta2 h + (1 - beta2) e          at updates 1, 1 + k, 1 + 2 k, ...
---     p <- (1 - lr weight_decay) p - lr clip(m / max(gamma h, eps), -1, 1)
---     e = z (H z),  z random signs
---
---@param params optlab.Params
---@param options? optlab.options.optim.SophiaH
---@return optlab.Optimizer
function optim.SophiaH(params, options) end

---@class optlab.options.optim.SPS
---@field lr? number Factor of the step size. Default: 1.
---@field c? number Divides the step size: 0.5 for convex problems. Default: 0.5.
---@field gamma? number How much the step size may grow in an epoch. Default: 2.
---@field batches_per_epoch? number Updates in an epoch. Default: 500.
---@field init_step_size? number Bound of the first step size. Default: 1.
---@field eps? number Added to the denominator, outside the square root. Default: 1e-8.

---Stochastic Polyak step size: the loss over the squared norm of the gradient; it grows only slowly. Use it for networks that can fit their data, whose loss goes to 0. step(loss) must get the loss.
---
---     n = total_dot(g, g)
---     s = min(gamma^(1 / batches_per_epoch) * s, loss / (c * n + eps))
---     p = p - lr * where(n < 1e-16, 0, s) * g
---
---@param params optlab.Params
---@param options? optlab.options.optim.SPS
---@return optlab.Optimizer
function optim.SPS(params, options) end

---@class optlab.options.optim.SWA
---@field start? integer The first update whose weights count. Default: 1.
---@field every? integer Updates between two that count. Default: 1.

---Keeps the mean of the weights of many updates. Use it for the last part of a training with a constant or cyclic rate, which begins at start. opt:with_averages(f, ...) calls f with the averages in place of the weights, opt:swap() exchanges both. Running statistics of batch normalization are those of the weights; compute them again with the averages.
---
---     after updates start, start + every, ...:
---       n <- n + 1
---       a <- a + (p - a) / n        from n = 0
---
---@param optimizer any The optimizer that makes the updates; it may be a wrapper, too.
---@param options? optlab.options.optim.SWA
---@return optlab.Optimizer
function optim.SWA(optimizer, options) end

---@class optlab.options.optim.SWATS
---@field lr? number The learning rate, the factor of each step. Default: 0.001.
---@field betas? number[] Decay rates of the running means of the gradient and of its square. Default: {0.9, 0.999}.
---@field eps? number Added to the denominator, outside the square root. Default: 1e-8.
---@field tolerance? number How far the rate may be from its running mean at the switch. Default: 1e-9.
---@field weight_decay? number Factor of the L2 penalty: weight_decay times the parameter is added to the gradient. Default: 0.
---@field maximize? boolean Whether to step along the gradient instead of against it. Default: false.

---Adam, until its estimate of the rate that SGD needs for the same step is constant; then SGD with this rate. Use it if Adam is better at the start and SGD at the end. After the switch lr has no effect. All parameters switch at once, as in the paper; pytorch_optimizer tests each of them by itself.
---
---     g = -g                              if maximize
---     g = g + weight_decay * p            if weight_decay
---     first = rate == 0
---     m = beta1 * m + (1 - beta1) * g     if first
---     v = beta2 * v + (1 - beta2) * g^2   if first
---     b = beta1 * b + g                   if not first
---     d = lr * sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + eps)
---     n = total_dot(d, g)
---     k = total_dot(d, d) / n
---     L = beta2 * L + (1 - beta2) * k     if first and n ~= 0
---     e = L / (1 - beta2^t)
---     p = p - where(first, d, rate * (1 - beta1) * b)
---     steady = t > 1 and e > 0 and abs(e - k) < tolerance
---     rate = where(first and steady, e, rate)
---
---@param params optlab.Params
---@param options? optlab.options.optim.SWATS
---@return optlab.Optimizer
function optim.SWATS(params, options) end

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
