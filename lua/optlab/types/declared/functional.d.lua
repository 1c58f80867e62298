-- Made by scripts/reference from the declarations. Change these, not this file.
---@meta _

---@class optlab.functional
local functional = {}

---The means of output_size parts of (N, C, L).
---
---     part i: places floor((i - 1) L / output_size) + 1 .. ceil(i L / output_size)
---
---@param input optlab.Tensor
---@param output_size optlab.Pair Length of the output.
---@return optlab.Tensor
function functional.adaptive_avg_pool1d(input, output_size) end

---The means of output_size parts of (N, C, H, W).
---
---     part i: rows floor((i - 1) H / height) + 1 .. ceil(i H / height);
---     columns likewise
---
---@param input optlab.Tensor
---@param output_size optlab.Pair Size of the output: {height, width}.
---@return optlab.Tensor
function functional.adaptive_avg_pool2d(input, output_size) end

---The largest elements of output_size parts of (N, C, L).
---
---     part i: places floor((i - 1) L / output_size) + 1 .. ceil(i L / output_size)
---
---@param input optlab.Tensor
---@param output_size optlab.Pair Length of the output.
---@return optlab.Tensor
function functional.adaptive_max_pool1d(input, output_size) end

---The largest elements of output_size parts of (N, C, H, W).
---
---     part i: rows floor((i - 1) H / height) + 1 .. ceil(i H / height);
---     columns likewise
---
---@param input optlab.Tensor
---@param output_size optlab.Pair Size of the output: {height, width}.
---@return optlab.Tensor
function functional.adaptive_max_pool2d(input, output_size) end

---@class optlab.options.nn.functional.avg_pool1d
---@field stride? optlab.Pair Step from one window to the next; by default kernel_size.
---@field padding? optlab.Pair Positions added at both ends. Default: 0.
---@field ceil_mode? boolean Whether the output's size is rounded up, so that a last window may reach beyond the padding. Default: false.
---@field count_include_pad? boolean Whether the padding counts as zeros; otherwise a mean is only over positions of the image. Default: true.

---The mean of each window of (N, C, L).
---
---     output length: (L + 2 padding - kernel_size) / stride + 1, rounded down
---
---@param input optlab.Tensor
---@param kernel_size optlab.Pair Size of the window.
---@param stride? optlab.Pair|optlab.options.nn.functional.avg_pool1d Step from one window to the next; by default kernel_size.
---@param padding? optlab.Pair Positions added at both ends. Default: 0.
---@param ceil_mode? boolean Whether the output's size is rounded up, so that a last window may reach beyond the padding. Default: false.
---@param count_include_pad? boolean Whether the padding counts as zeros; otherwise a mean is only over positions of the image. Default: true.
---@return optlab.Tensor
function functional.avg_pool1d(input, kernel_size, stride, padding, ceil_mode, count_include_pad) end

---@class optlab.options.nn.functional.avg_pool2d
---@field stride? optlab.Pair Step from one window to the next: {down, right}; by default kernel_size.
---@field padding? optlab.Pair Border added around the image: {above and below, left and right}. Default: 0.
---@field ceil_mode? boolean Whether the output's size is rounded up, so that a last window may reach beyond the padding. Default: false.
---@field count_include_pad? boolean Whether the padding counts as zeros; otherwise a mean is only over positions of the image. Default: true.
---@field divisor_override? integer Divisor of the sums; by default the number of positions that count.

---The mean of each window of (N, C, H, W).
---
---     output height: (H + 2 padding - kernel_size) / stride + 1, rounded down;
---     width likewise
---
---@param input optlab.Tensor
---@param kernel_size optlab.Pair Size of the window: {height, width}.
---@param stride? optlab.Pair|optlab.options.nn.functional.avg_pool2d Step from one window to the next: {down, right}; by default kernel_size.
---@param padding? optlab.Pair Border added around the image: {above and below, left and right}. Default: 0.
---@param ceil_mode? boolean Whether the output's size is rounded up, so that a last window may reach beyond the padding. Default: false.
---@param count_include_pad? boolean Whether the padding counts as zeros; otherwise a mean is only over positions of the image. Default: true.
---@param divisor_override? integer Divisor of the sums; by default the number of positions that count.
---@return optlab.Tensor
function functional.avg_pool2d(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override) end

---@class optlab.options.nn.functional.batch_norm
---@field running_mean? optlab.Tensor Running mean (C); updated in place in training.
---@field running_var? optlab.Tensor Running variance (C); updated in place in training.
---@field weight? optlab.Tensor Factor for each channel: a tensor (C).
---@field bias? optlab.Tensor Added to each channel: a tensor (C).
---@field training? boolean Whether to use the batch's statistics instead of the running ones. Default: false.
---@field momentum? number Share of the batch's statistics in each update of the running statistics. Default: 0.1.
---@field eps? number Added to the variance, inside the square root. Default: 1e-5.

---Normalizes every channel (dimension 2).
---
---     (x - mean) / sqrt(var + eps) weight + bias
---
---@param input optlab.Tensor
---@param running_mean? optlab.Tensor|optlab.options.nn.functional.batch_norm Running mean (C); updated in place in training.
---@param running_var? optlab.Tensor Running variance (C); updated in place in training.
---@param weight? optlab.Tensor Factor for each channel: a tensor (C).
---@param bias? optlab.Tensor Added to each channel: a tensor (C).
---@param training? boolean Whether to use the batch's statistics instead of the running ones. Default: false.
---@param momentum? number Share of the batch's statistics in each update of the running statistics. Default: 0.1.
---@param eps? number Added to the variance, inside the square root. Default: 1e-5.
---@return optlab.Tensor
function functional.batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps) end

---@class optlab.options.nn.functional.batch_norm_relu
---@field running_mean? optlab.Tensor Running mean (C); updated in place in training.
---@field running_var? optlab.Tensor Running variance (C); updated in place in training.
---@field weight? optlab.Tensor Factor for each channel: a tensor (C).
---@field bias? optlab.Tensor Added to each channel: a tensor (C).
---@field training? boolean Whether to use the batch's statistics instead of the running ones. Default: false.
---@field momentum? number Share of the batch's statistics in each update of the running statistics. Default: 0.1.
---@field eps? number Added to the variance, inside the square root. Default: 1e-5.
---@field add? optlab.Tensor Added before the ReLU: a tensor like the input.

---Batch normalization, the sum with `add`, a tensor of the input's shape, if it is given, and a ReLU, as one operation, with the same bits as one after the other.
---
---     max((x - mean) / sqrt(var + eps) weight + bias + add, 0)
---
---@param input optlab.Tensor
---@param running_mean? optlab.Tensor|optlab.options.nn.functional.batch_norm_relu Running mean (C); updated in place in training.
---@param running_var? optlab.Tensor Running variance (C); updated in place in training.
---@param weight? optlab.Tensor Factor for each channel: a tensor (C).
---@param bias? optlab.Tensor Added to each channel: a tensor (C).
---@param training? boolean Whether to use the batch's statistics instead of the running ones. Default: false.
---@param momentum? number Share of the batch's statistics in each update of the running statistics. Default: 0.1.
---@param eps? number Added to the variance, inside the square root. Default: 1e-5.
---@param add? optlab.Tensor Added before the ReLU: a tensor like the input.
---@return optlab.Tensor
function functional.batch_norm_relu(input, running_mean, running_var, weight, bias, training, momentum, eps, add) end

---@class optlab.options.nn.functional.binary_cross_entropy
---@field reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".

---The binary cross entropy of probabilities x, the input, and targets y in [0, 1].
---
---     loss_i = -(y_i log x_i + (1 - y_i) log(1 - x_i))
---     no logarithm counts as less than -100; the derivative is
---     (x_i - y_i) / max(x_i (1 - x_i), 1e-12)
---
---@param input optlab.Tensor
---@param target optlab.Tensor
---@param reduction? "none"|"mean"|"sum"|optlab.options.nn.functional.binary_cross_entropy 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".
---@return optlab.Tensor
function functional.binary_cross_entropy(input, target, reduction) end

---@class optlab.options.nn.functional.binary_cross_entropy_with_logits
---@field pos_weight? optlab.Tensor Weight of positive targets; broadcast to the shape of the input.
---@field reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".

---The binary cross entropy of sigmoid(x), for scores x, the input, and targets y in [0, 1].
---
---     loss_i = (1 - y_i) x_i + (1 + (p - 1) y_i) log(1 + exp(-x_i))
---
---@param input optlab.Tensor
---@param target optlab.Tensor
---@param pos_weight? optlab.Tensor|optlab.options.nn.functional.binary_cross_entropy_with_logits Weight of positive targets; broadcast to the shape of the input.
---@param reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".
---@return optlab.Tensor
function functional.binary_cross_entropy_with_logits(input, target, pos_weight, reduction) end

---@class optlab.options.nn.functional.conv1d
---@field bias? optlab.Tensor Added to each channel: a tensor (out_channels).
---@field stride? optlab.Pair Step from one window to the next. Default: 1.
---@field padding? optlab.Pair|"same"|"valid" Zeros added at both ends; 'same': so many that the output is as long as the input; 'valid': none. Default: 0.
---@field dilation? optlab.Pair Distance of the window's places from each other. Default: 1.
---@field groups? integer Number of groups of channels; an output depends only on inputs of its own group. Default: 1.

---Correlates signals with windows.
---@param input optlab.Tensor
---@param weight optlab.Tensor
---@param bias? optlab.Tensor|optlab.options.nn.functional.conv1d Added to each channel: a tensor (out_channels).
---@param stride? optlab.Pair Step from one window to the next. Default: 1.
---@param padding? optlab.Pair|"same"|"valid" Zeros added at both ends; 'same': so many that the output is as long as the input; 'valid': none. Default: 0.
---@param dilation? optlab.Pair Distance of the window's places from each other. Default: 1.
---@param groups? integer Number of groups of channels; an output depends only on inputs of its own group. Default: 1.
---@return optlab.Tensor
function functional.conv1d(input, weight, bias, stride, padding, dilation, groups) end

---@class optlab.options.nn.functional.conv2d
---@field bias? optlab.Tensor Added to each channel: a tensor (out_channels).
---@field stride? optlab.Pair Step from one window to the next: {down, right}. Default: 1.
---@field padding? optlab.Pair|"same"|"valid" Zeros added around the image: {above and below, left and right}; 'same': so many that the output is as large as the input; 'valid': none. Default: 0.
---@field dilation? optlab.Pair Distance of the window's places from each other: {down, right}. Default: 1.
---@field groups? integer Number of groups of channels; an output depends only on inputs of its own group. Default: 1.

---Correlates images with windows.
---@param input optlab.Tensor
---@param weight optlab.Tensor
---@param bias? optlab.Tensor|optlab.options.nn.functional.conv2d Added to each channel: a tensor (out_channels).
---@param stride? optlab.Pair Step from one window to the next: {down, right}. Default: 1.
---@param padding? optlab.Pair|"same"|"valid" Zeros added around the image: {above and below, left and right}; 'same': so many that the output is as large as the input; 'valid': none. Default: 0.
---@param dilation? optlab.Pair Distance of the window's places from each other: {down, right}. Default: 1.
---@param groups? integer Number of groups of channels; an output depends only on inputs of its own group. Default: 1.
---@return optlab.Tensor
function functional.conv2d(input, weight, bias, stride, padding, dilation, groups) end

---@class optlab.options.nn.functional.conv_transpose1d
---@field bias? optlab.Tensor Added to each channel: a tensor (out_channels).
---@field stride? optlab.Pair Step from one window to the next, in the output. Default: 1.
---@field padding? optlab.Pair Positions cut off at both ends of the output. Default: 0.
---@field output_padding? optlab.Pair Positions added at the end of the output. Default: 0.
---@field groups? integer Number of groups of channels; an output depends only on inputs of its own group. Default: 1.
---@field dilation? optlab.Pair Distance of the window's places from each other. Default: 1.

---Spreads signals over windows.
---@param input optlab.Tensor
---@param weight optlab.Tensor
---@param bias? optlab.Tensor|optlab.options.nn.functional.conv_transpose1d Added to each channel: a tensor (out_channels).
---@param stride? optlab.Pair Step from one window to the next, in the output. Default: 1.
---@param padding? optlab.Pair Positions cut off at both ends of the output. Default: 0.
---@param output_padding? optlab.Pair Positions added at the end of the output. Default: 0.
---@param groups? integer Number of groups of channels; an output depends only on inputs of its own group. Default: 1.
---@param dilation? optlab.Pair Distance of the window's places from each other. Default: 1.
---@return optlab.Tensor
function functional.conv_transpose1d(input, weight, bias, stride, padding, output_padding, groups, dilation) end

---@class optlab.options.nn.functional.conv_transpose2d
---@field bias? optlab.Tensor Added to each channel: a tensor (out_channels).
---@field stride? optlab.Pair Step from one window to the next, in the output: {down, right}. Default: 1.
---@field padding? optlab.Pair Positions cut off around the output: {above and below, left and right}. Default: 0.
---@field output_padding? optlab.Pair Positions added to the output: {below, right}. Default: 0.
---@field groups? integer Number of groups of channels; an output depends only on inputs of its own group. Default: 1.
---@field dilation? optlab.Pair Distance of the window's places from each other: {down, right}. Default: 1.

---Spreads images over windows.
---@param input optlab.Tensor
---@param weight optlab.Tensor
---@param bias? optlab.Tensor|optlab.options.nn.functional.conv_transpose2d Added to each channel: a tensor (out_channels).
---@param stride? optlab.Pair Step from one window to the next, in the output: {down, right}. Default: 1.
---@param padding? optlab.Pair Positions cut off around the output: {above and below, left and right}. Default: 0.
---@param output_padding? optlab.Pair Positions added to the output: {below, right}. Default: 0.
---@param groups? integer Number of groups of channels; an output depends only on inputs of its own group. Default: 1.
---@param dilation? optlab.Pair Distance of the window's places from each other: {down, right}. Default: 1.
---@return optlab.Tensor
function functional.conv_transpose2d(input, weight, bias, stride, padding, output_padding, groups, dilation) end

---@class optlab.options.nn.functional.cosine_embedding_loss
---@field margin? number The cosine below which a pair with target -1 has no loss. Default: 0.
---@field reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".

---Small for vectors at small angles if they are alike (target 1), and at large angles if they are not (target -1).
---
---     loss_i = 1 - cos(x1_i, x2_i)    where y_i = 1
---     loss_i = max(0, cos(x1_i, x2_i) - margin)    where y_i = -1
---
---@param input1 optlab.Tensor
---@param input2 optlab.Tensor
---@param target optlab.Tensor
---@param margin? number|optlab.options.nn.functional.cosine_embedding_loss The cosine below which a pair with target -1 has no loss. Default: 0.
---@param reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".
---@return optlab.Tensor
function functional.cosine_embedding_loss(input1, input2, target, margin, reduction) end

---@class optlab.options.nn.functional.cosine_similarity
---@field dim? integer The dimension of the vectors' elements. Default: 2.
---@field eps? number The least length; shorter vectors count as this long. Default: 1e-8.

---The cosine of the angle between two vectors.
---
---     sum x1 x2 / (max(|x1|, eps) max(|x2|, eps))
---
---@param x1 optlab.Tensor
---@param x2 optlab.Tensor
---@param dim? integer|optlab.options.nn.functional.cosine_similarity The dimension of the vectors' elements. Default: 2.
---@param eps? number The least length; shorter vectors count as this long. Default: 1e-8.
---@return optlab.Tensor
function functional.cosine_similarity(x1, x2, dim, eps) end

---@class optlab.options.nn.functional.cross_entropy
---@field weight? optlab.Tensor A weight for each class: a tensor (C).
---@field label_smoothing? number Share of the target distribution that is spread evenly over all classes. Default: 0.
---@field reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".
---@field ignore_index? integer A label, in the range of the classes or not, whose rows do not count. Default: -100.

---The cross entropy of scores (N, C) and targets: class labels 1..C (N), or class probabilities (N, C).
---
---     logp = log_softmax(input),  e = label_smoothing
---     for labels y, with the mean sum_i loss_i / sum_i w[y_i],
---       both without the i with y_i = ignore_index:
---     loss_i = -(1 - e) w[y_i] logp[i, y_i] - e / C sum_c w[c] logp[i, c]
---     for probabilities q, with the mean sum_i loss_i / N:
---     loss_i = -sum_c w[c] ((1 - e) q[i, c] + e / C) logp[i, c]
---
---@param input optlab.Tensor
---@param target optlab.Tensor
---@param weight? optlab.Tensor|optlab.options.nn.functional.cross_entropy A weight for each class: a tensor (C).
---@param label_smoothing? number Share of the target distribution that is spread evenly over all classes. Default: 0.
---@param reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".
---@param ignore_index? integer A label, in the range of the classes or not, whose rows do not count. Default: -100.
---@return optlab.Tensor
function functional.cross_entropy(input, target, weight, label_smoothing, reduction, ignore_index) end

---@class optlab.options.nn.functional.dropout
---@field p? number Probability that an element becomes 0. Default: 0.5.
---@field training? boolean Whether to drop elements; false returns the input unchanged. Default: true.

---Zeroes elements at random and scales the others by 1 / (1 - p).
---@param input optlab.Tensor
---@param p? number|optlab.options.nn.functional.dropout Probability that an element becomes 0. Default: 0.5.
---@param training? boolean Whether to drop elements; false returns the input unchanged. Default: true.
---@return optlab.Tensor
function functional.dropout(input, p, training) end

---@class optlab.options.nn.functional.dropout1d
---@field p? number Probability that a channel becomes 0. Default: 0.5.
---@field training? boolean Whether to drop channels; false returns the input unchanged. Default: true.

---Zeroes channels of (N, C, L), or of (C, L), at random and scales the others by 1 / (1 - p).
---@param input optlab.Tensor
---@param p? number|optlab.options.nn.functional.dropout1d Probability that a channel becomes 0. Default: 0.5.
---@param training? boolean Whether to drop channels; false returns the input unchanged. Default: true.
---@return optlab.Tensor
function functional.dropout1d(input, p, training) end

---@class optlab.options.nn.functional.dropout2d
---@field p? number Probability that a channel becomes 0. Default: 0.5.
---@field training? boolean Whether to drop channels; false returns the input unchanged. Default: true.

---Zeroes channels of (N, C, H, W) at random and scales the others by 1 / (1 - p).
---@param input optlab.Tensor
---@param p? number|optlab.options.nn.functional.dropout2d Probability that a channel becomes 0. Default: 0.5.
---@param training? boolean Whether to drop channels; false returns the input unchanged. Default: true.
---@return optlab.Tensor
function functional.dropout2d(input, p, training) end

---@class optlab.options.nn.functional.elu
---@field alpha? number Minus the limit of the output as x goes to minus infinity. Default: 1.

---A rectifier that approaches -alpha smoothly for negative elements.
---
---     y = max(x, 0) + alpha (exp(min(x, 0)) - 1)
---
---@param input optlab.Tensor
---@param alpha? number|optlab.options.nn.functional.elu Minus the limit of the output as x goes to minus infinity. Default: 1.
---@return optlab.Tensor
function functional.elu(input, alpha) end

---@class optlab.options.nn.functional.embedding
---@field padding_idx? integer A row (1, 2, ... or -1 for the last) that gets no gradient.

---Rows of a weight (rows, width) at int64 positions (...), which count from 1: (..., width).
---
---     weight[input]
---
---@param input optlab.Tensor
---@param weight optlab.Tensor
---@param padding_idx? integer|optlab.options.nn.functional.embedding A row (1, 2, ... or -1 for the last) that gets no gradient.
---@return optlab.Tensor
function functional.embedding(input, weight, padding_idx) end

---@class optlab.options.nn.functional.flatten
---@field start_dim? integer First of the dimensions that are joined. Default: 2.
---@field end_dim? integer Last of the dimensions that are joined. Default: -1.

---Joins dimensions start_dim to end_dim into one, by default (N, C, H, W) -> (N, C H W).
---@param input optlab.Tensor
---@param start_dim? integer|optlab.options.nn.functional.flatten First of the dimensions that are joined. Default: 2.
---@param end_dim? integer Last of the dimensions that are joined. Default: -1.
---@return optlab.Tensor
function functional.flatten(input, start_dim, end_dim) end

---@class optlab.options.nn.functional.gaussian_nll_loss
---@field full? boolean Whether the constant log(2 pi) / 2 is added. Default: false.
---@field eps? number The least variance; its gradient is not limited. Default: 1e-6.
---@field reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".

---The negative log likelihood of targets y under normal distributions with the input x as mean and the variance var, of the input's shape, without its last dimension, or with size 1 there.
---
---     loss_i = (log max(var_i, eps) + (x_i - y_i)^2 / max(var_i, eps)) / 2
---
---@param input optlab.Tensor
---@param target optlab.Tensor
---@param var optlab.Tensor
---@param full? boolean|optlab.options.nn.functional.gaussian_nll_loss Whether the constant log(2 pi) / 2 is added. Default: false.
---@param eps? number The least variance; its gradient is not limited. Default: 1e-6.
---@param reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".
---@return optlab.Tensor
function functional.gaussian_nll_loss(input, target, var, full, eps, reduction) end

---@class optlab.options.nn.functional.gelu
---@field approximate? "none"|"tanh" 'none' for the exact function, 'tanh' for an approximation without erf. Default: "none".

---Each element times the probability that a standard normal number lies below it.
---
---     y = x (1 + erf(x / sqrt 2)) / 2
---     y = x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2    if 'tanh'
---
---@param input optlab.Tensor
---@param approximate? "none"|"tanh"|optlab.options.nn.functional.gelu 'none' for the exact function, 'tanh' for an approximation without erf. Default: "none".
---@return optlab.Tensor
function functional.gelu(input, approximate) end

---@class optlab.options.nn.functional.group_norm
---@field weight? optlab.Tensor Factor for each channel: a tensor (C).
---@field bias? optlab.Tensor Added to each channel: a tensor (C).
---@field eps? number Added to the variance, inside the square root. Default: 1e-5.

---Normalizes groups of channels of each sample of (N, C, ...).
---
---     (x - mean) / sqrt(var + eps) weight + bias
---
---@param input optlab.Tensor
---@param num_groups integer Number of groups; it divides the number of channels.
---@param weight? optlab.Tensor|optlab.options.nn.functional.group_norm Factor for each channel: a tensor (C).
---@param bias? optlab.Tensor Added to each channel: a tensor (C).
---@param eps? number Added to the variance, inside the square root. Default: 1e-5.
---@return optlab.Tensor
function functional.group_norm(input, num_groups, weight, bias, eps) end

---@class optlab.options.nn.functional.hinge_embedding_loss
---@field margin? number The distance beyond which a pair with target -1 has no loss. Default: 1.
---@field reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".

---Small for small distances, the input x, of pairs that are alike (target 1), and for large distances of the others (target -1).
---
---     loss_i = x_i    where y_i = 1
---     loss_i = max(0, margin - x_i)    where y_i = -1
---
---@param input optlab.Tensor
---@param target optlab.Tensor
---@param margin? number|optlab.options.nn.functional.hinge_embedding_loss The distance beyond which a pair with target -1 has no loss. Default: 1.
---@param reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".
---@return optlab.Tensor
function functional.hinge_embedding_loss(input, target, margin, reduction) end

---@class optlab.options.nn.functional.huber_loss
---@field delta? number Error beyond which the loss is linear. Default: 1.
---@field reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".

---The squared error for small errors, the absolute error for large ones.
---
---     d = input_i - target_i
---     loss_i = d^2 / 2                    where |d| <= delta
---     loss_i = delta (|d| - delta / 2)    elsewhere
---
---@param input optlab.Tensor
---@param target optlab.Tensor
---@param delta? number|optlab.options.nn.functional.huber_loss Error beyond which the loss is linear. Default: 1.
---@param reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".
---@return optlab.Tensor
function functional.huber_loss(input, target, delta, reduction) end

---@class optlab.options.nn.functional.instance_norm
---@field running_mean? optlab.Tensor Running mean (C); updated in place with use_input_stats.
---@field running_var? optlab.Tensor Running variance (C); updated in place with use_input_stats.
---@field weight? optlab.Tensor Factor for each channel: a tensor (C).
---@field bias? optlab.Tensor Added to each channel: a tensor (C).
---@field use_input_stats? boolean Whether to use the statistics of each sample instead of the running ones. Default: true.
---@field momentum? number Share of the new statistics in each update of the running statistics. Default: 0.1.
---@field eps? number Added to the variance, inside the square root. Default: 1e-5.

---Normalizes every channel of each sample of (N, C, ...).
---
---     (x - mean) / sqrt(var + eps) weight + bias
---
---@param input optlab.Tensor
---@param running_mean? optlab.Tensor|optlab.options.nn.functional.instance_norm Running mean (C); updated in place with use_input_stats.
---@param running_var? optlab.Tensor Running variance (C); updated in place with use_input_stats.
---@param weight? optlab.Tensor Factor for each channel: a tensor (C).
---@param bias? optlab.Tensor Added to each channel: a tensor (C).
---@param use_input_stats? boolean Whether to use the statistics of each sample instead of the running ones. Default: true.
---@param momentum? number Share of the new statistics in each update of the running statistics. Default: 0.1.
---@param eps? number Added to the variance, inside the square root. Default: 1e-5.
---@return optlab.Tensor
function functional.instance_norm(input, running_mean, running_var, weight, bias, use_input_stats, momentum, eps) end

---@class optlab.options.nn.functional.interpolate
---@field size? optlab.Pair Size of the output: {height, width}, or one number for both.
---@field scale_factor? number Factor of the input's sizes, instead of size; the product is rounded down.
---@field mode? "nearest"|"nearest-exact"|"linear"|"bilinear"|"bicubic"|"area" 'nearest': the pixel at floor(i scale), counted from 0; 'nearest-exact': the pixel nearest to the centre; 'linear' (signals), 'bilinear' (images), 'bicubic' (images): between pixels; 'area': the mean of each part. Default: "nearest".
---@field align_corners? boolean Whether the centres of the corner pixels of input and output coincide; otherwise their outer corners do. Default: false.

---Images (N, C, H, W) or signals (N, C, L) in another size, larger or smaller.
---@param input optlab.Tensor
---@param size? optlab.Pair|optlab.options.nn.functional.interpolate Size of the output: {height, width}, or one number for both.
---@param scale_factor? number Factor of the input's sizes, instead of size; the product is rounded down.
---@param mode? "nearest"|"nearest-exact"|"linear"|"bilinear"|"bicubic"|"area" 'nearest': the pixel at floor(i scale), counted from 0; 'nearest-exact': the pixel nearest to the centre; 'linear' (signals), 'bilinear' (images), 'bicubic' (images): between pixels; 'area': the mean of each part. Default: "nearest".
---@param align_corners? boolean Whether the centres of the corner pixels of input and output coincide; otherwise their outer corners do. Default: false.
---@return optlab.Tensor
function functional.interpolate(input, size, scale_factor, mode, align_corners) end

---@class optlab.options.nn.functional.kl_div
---@field reduction? "none"|"mean"|"sum"|"batchmean" 'mean' or 'sum' of the elements' losses, 'none' to return them all, or 'batchmean', the sum divided by the number of rows, which is the divergence. Default: "mean".
---@field log_target? boolean Whether the targets are also logarithms. Default: false.

---The divergence between the distributions of the targets y and those whose logarithms are the input x.
---
---     loss_i = y_i (log y_i - x_i)    with log_target: exp(y_i) (y_i - x_i)
---
---@param input optlab.Tensor
---@param target optlab.Tensor
---@param reduction? "none"|"mean"|"sum"|"batchmean"|optlab.options.nn.functional.kl_div 'mean' or 'sum' of the elements' losses, 'none' to return them all, or 'batchmean', the sum divided by the number of rows, which is the divergence. Default: "mean".
---@param log_target? boolean Whether the targets are also logarithms. Default: false.
---@return optlab.Tensor
function functional.kl_div(input, target, reduction, log_target) end

---@class optlab.options.nn.functional.l1_loss
---@field reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".

---The absolute error.
---
---     loss_i = |input_i - target_i|
---
---@param input optlab.Tensor
---@param target optlab.Tensor
---@param reduction? "none"|"mean"|"sum"|optlab.options.nn.functional.l1_loss 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".
---@return optlab.Tensor
function functional.l1_loss(input, target, reduction) end

---@class optlab.options.nn.functional.layer_norm
---@field weight? optlab.Tensor Factors: a tensor of that shape.
---@field bias? optlab.Tensor Added at the end: a tensor of that shape.
---@field eps? number Added to the variance. Default: 1e-5.

---Normalizes the last dimensions of each sample.
---
---     (x - mean) / sqrt(var + eps) weight + bias
---
---@param input optlab.Tensor
---@param normalized_shape integer|integer[] Sizes of the last dimensions, which are normalized together.
---@param weight? optlab.Tensor|optlab.options.nn.functional.layer_norm Factors: a tensor of that shape.
---@param bias? optlab.Tensor Added at the end: a tensor of that shape.
---@param eps? number Added to the variance. Default: 1e-5.
---@return optlab.Tensor
function functional.layer_norm(input, normalized_shape, weight, bias, eps) end

---@class optlab.options.nn.functional.leaky_relu
---@field negative_slope? number Slope where x is negative. Default: 0.01.

---A rectifier with a small slope for negative elements.
---
---     y = max(x, 0) + negative_slope min(x, 0)
---
---@param input optlab.Tensor
---@param negative_slope? number|optlab.options.nn.functional.leaky_relu Slope where x is negative. Default: 0.01.
---@return optlab.Tensor
function functional.leaky_relu(input, negative_slope) end

---@class optlab.options.nn.functional.linear
---@field bias? optlab.Tensor Added to each output: a tensor (out_features).

---An affine map of the last dimension.
---
---     x weight' + bias
---
---@param input optlab.Tensor
---@param weight optlab.Tensor
---@param bias? optlab.Tensor|optlab.options.nn.functional.linear Added to each output: a tensor (out_features).
---@return optlab.Tensor
function functional.linear(input, weight, bias) end

---@class optlab.options.nn.functional.log_softmax
---@field dim? integer The dimension along which the probabilities sum to 1. Default: -1.

---Turns scores into the logarithms of probabilities.
---
---     y = x - log sum exp(x)
---
---@param input optlab.Tensor
---@param dim? integer|optlab.options.nn.functional.log_softmax The dimension along which the probabilities sum to 1. Default: -1.
---@return optlab.Tensor
function functional.log_softmax(input, dim) end

---@class optlab.options.nn.functional.margin_ranking_loss
---@field margin? number How far apart two values must be for a loss of 0. Default: 0.
---@field reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".

---Ranks pairs: with target y = 1 the first value should be the larger one, with y = -1 the second.
---
---     loss_i = max(0, -y_i (x1_i - x2_i) + margin)
---
---@param input1 optlab.Tensor
---@param input2 optlab.Tensor
---@param target optlab.Tensor
---@param margin? number|optlab.options.nn.functional.margin_ranking_loss How far apart two values must be for a loss of 0. Default: 0.
---@param reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".
---@return optlab.Tensor
function functional.margin_ranking_loss(input1, input2, target, margin, reduction) end

---@class optlab.options.nn.functional.max_pool1d
---@field stride? optlab.Pair Step from one window to the next; by default kernel_size.
---@field padding? optlab.Pair Positions added at both ends. Default: 0.
---@field dilation? optlab.Pair Distance between neighbouring elements of the window. Default: 1.
---@field ceil_mode? boolean Whether the output's size is rounded up, so that a last window may reach beyond the padding. Default: false.

---The largest element of each window of (N, C, L); the padding is never the largest.
---
---     output length: (L + 2 padding - dilation (kernel_size - 1) - 1) / stride + 1,
---       rounded down
---
---@param input optlab.Tensor
---@param kernel_size optlab.Pair Size of the window.
---@param stride? optlab.Pair|optlab.options.nn.functional.max_pool1d Step from one window to the next; by default kernel_size.
---@param padding? optlab.Pair Positions added at both ends. Default: 0.
---@param dilation? optlab.Pair Distance between neighbouring elements of the window. Default: 1.
---@param ceil_mode? boolean Whether the output's size is rounded up, so that a last window may reach beyond the padding. Default: false.
---@return optlab.Tensor
function functional.max_pool1d(input, kernel_size, stride, padding, dilation, ceil_mode) end

---@class optlab.options.nn.functional.max_pool2d
---@field stride? optlab.Pair Step from one window to the next: {down, right}; by default kernel_size.
---@field padding? optlab.Pair Border added around the image: {above and below, left and right}. Default: 0.
---@field dilation? optlab.Pair Distance between neighbouring elements of the window. Default: 1.
---@field ceil_mode? boolean Whether the output's size is rounded up, so that a last window may reach beyond the padding. Default: false.

---The largest element of each window of (N, C, H, W); the padding is never the largest.
---
---     output height: (H + 2 padding - dilation (kernel_size - 1) - 1) / stride + 1,
---       rounded down;
---     width likewise
---
---@param input optlab.Tensor
---@param kernel_size optlab.Pair Size of the window: {height, width}.
---@param stride? optlab.Pair|optlab.options.nn.functional.max_pool2d Step from one window to the next: {down, right}; by default kernel_size.
---@param padding? optlab.Pair Border added around the image: {above and below, left and right}. Default: 0.
---@param dilation? optlab.Pair Distance between neighbouring elements of the window. Default: 1.
---@param ceil_mode? boolean Whether the output's size is rounded up, so that a last window may reach beyond the padding. Default: false.
---@return optlab.Tensor
function functional.max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode) end

---@class optlab.options.nn.functional.mse_loss
---@field reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".

---The squared error.
---
---     loss_i = (input_i - target_i)^2
---
---@param input optlab.Tensor
---@param target optlab.Tensor
---@param reduction? "none"|"mean"|"sum"|optlab.options.nn.functional.mse_loss 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".
---@return optlab.Tensor
function functional.mse_loss(input, target, reduction) end

---@class optlab.options.nn.functional.nll_loss
---@field weight? optlab.Tensor A weight for each class: a tensor (C).
---@field reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".
---@field ignore_index? integer A label, in the range of the classes or not, whose rows do not count. Default: -100.

---The negative log-likelihood of log-probabilities (N, C) and targets, class labels 1..C (N).
---
---     loss_i = -w[y_i] input[i, y_i], and 0 where y_i is ignore_index
---     with the mean sum_i loss_i / sum_i w[y_i] over the others
---
---@param input optlab.Tensor
---@param target optlab.Tensor
---@param weight? optlab.Tensor|optlab.options.nn.functional.nll_loss A weight for each class: a tensor (C).
---@param reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".
---@param ignore_index? integer A label, in the range of the classes or not, whose rows do not count. Default: -100.
---@return optlab.Tensor
function functional.nll_loss(input, target, weight, reduction, ignore_index) end

---@class optlab.options.nn.functional.normalize
---@field p? number The order of the norm. Default: 2.
---@field dim? integer The dimension of the vectors' elements. Default: 2.
---@field eps? number The least norm that a vector counts as. Default: 1e-12.

---Divides vectors by their norms.
---
---     x / max(|x|_p, eps)
---
---@param input optlab.Tensor
---@param p? number|optlab.options.nn.functional.normalize The order of the norm. Default: 2.
---@param dim? integer The dimension of the vectors' elements. Default: 2.
---@param eps? number The least norm that a vector counts as. Default: 1e-12.
---@return optlab.Tensor
function functional.normalize(input, p, dim, eps) end

---@class optlab.options.nn.functional.one_hot
---@field num_classes? integer Size of the new last dimension; by default the largest label.

---Turns labels 1, 2, ... into rows that are 1 at the label and 0 elsewhere, int64.
---@param labels optlab.Tensor
---@param num_classes? integer|optlab.options.nn.functional.one_hot Size of the new last dimension; by default the largest label.
---@return optlab.Tensor
function functional.one_hot(labels, num_classes) end

---@class optlab.options.nn.functional.pad
---@field mode? "constant"|"reflect"|"replicate"|"circular" What new positions hold: a value, the tensor mirrored at its ends, the position at the end, or the tensor once more. Default: "constant".
---@field value? number What new positions hold in mode 'constant'. Default: 0.

---Widens the last dimensions, as many as there are pairs of numbers.
---@param input optlab.Tensor
---@param pad integer|integer[] {left, right, top, bottom, ...}: how many positions come before and behind the last dimension, the last but one, ...; negative numbers take some away.
---@param mode? "constant"|"reflect"|"replicate"|"circular"|optlab.options.nn.functional.pad What new positions hold: a value, the tensor mirrored at its ends, the position at the end, or the tensor once more. Default: "constant".
---@param value? number What new positions hold in mode 'constant'. Default: 0.
---@return optlab.Tensor
function functional.pad(input, pad, mode, value) end

---@class optlab.options.nn.functional.pairwise_distance
---@field p? number The order of the norm. Default: 2.
---@field eps? number Added to each difference, so that there is a gradient at 0. Default: 1e-6.
---@field keepdim? boolean Whether the last dimension stays, with size 1. Default: false.

---The distance between two vectors, along the last dimension.
---
---     |x1 - x2 + eps|_p
---
---@param x1 optlab.Tensor
---@param x2 optlab.Tensor
---@param p? number|optlab.options.nn.functional.pairwise_distance The order of the norm. Default: 2.
---@param eps? number Added to each difference, so that there is a gradient at 0. Default: 1e-6.
---@param keepdim? boolean Whether the last dimension stays, with size 1. Default: false.
---@return optlab.Tensor
function functional.pairwise_distance(x1, x2, p, eps, keepdim) end

---@class optlab.options.nn.functional.poisson_nll_loss
---@field log_input? boolean Whether the input is the logarithm of the mean. Default: true.
---@field full? boolean Whether Stirling's log y! is added where y > 1. Default: false.
---@field eps? number Added to a mean whose logarithm is taken. Default: 1e-8.
---@field reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".

---The negative log likelihood of counts y under Poisson distributions, whose means are the input x.
---
---     loss_i = exp(x_i) - y_i x_i    without log_input: x_i - y_i log(x_i + eps)
---
---@param input optlab.Tensor
---@param target optlab.Tensor
---@param log_input? boolean|optlab.options.nn.functional.poisson_nll_loss Whether the input is the logarithm of the mean. Default: true.
---@param full? boolean Whether Stirling's log y! is added where y > 1. Default: false.
---@param eps? number Added to a mean whose logarithm is taken. Default: 1e-8.
---@param reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".
---@return optlab.Tensor
function functional.poisson_nll_loss(input, target, log_input, full, eps, reduction) end

---The rectifier: negative elements become 0.
---
---     y = max(x, 0)
---
---@param input optlab.Tensor
---@return optlab.Tensor
function functional.relu(input) end

---@class optlab.options.nn.functional.rms_norm
---@field weight? optlab.Tensor Factors: a tensor of that shape.
---@field eps? number Added to the mean square; by default the spacing of the input's dtype at 1.

---Divides the last dimensions of each sample by their root mean square.
---
---     x / sqrt(mean x^2 + eps) weight
---
---@param input optlab.Tensor
---@param normalized_shape integer|integer[] Sizes of the last dimensions, which are normalized together.
---@param weight? optlab.Tensor|optlab.options.nn.functional.rms_norm Factors: a tensor of that shape.
---@param eps? number Added to the mean square; by default the spacing of the input's dtype at 1.
---@return optlab.Tensor
function functional.rms_norm(input, normalized_shape, weight, eps) end

---@class optlab.options.nn.functional.scaled_dot_product_attention
---@field attn_mask? optlab.Tensor Broadcasts to (..., L, S): floats that are added to the scores, or uint8, 1 where a key is seen.
---@field dropout_p? number Probability that a probability becomes 0. Default: 0.
---@field is_causal? boolean Whether query i sees only the keys 1 to i. Default: false.
---@field scale? number Factor of the scores; by default 1 / sqrt(E).

---Means of the values (..., S, D), weighted by the similarity of queries (..., L, E) and keys (..., S, E). It is computed in blocks, so memory grows linearly with the length.
---
---     softmax(scale query key' + attn_mask) value
---
---@param query optlab.Tensor
---@param key optlab.Tensor
---@param value optlab.Tensor
---@param attn_mask? optlab.Tensor|optlab.options.nn.functional.scaled_dot_product_attention Broadcasts to (..., L, S): floats that are added to the scores, or uint8, 1 where a key is seen.
---@param dropout_p? number Probability that a probability becomes 0. Default: 0.
---@param is_causal? boolean Whether query i sees only the keys 1 to i. Default: false.
---@param scale? number Factor of the scores; by default 1 / sqrt(E).
---@return optlab.Tensor
function functional.scaled_dot_product_attention(query, key, value, attn_mask, dropout_p, is_causal, scale) end

---The logistic function, from 0 to 1.
---
---     y = 1 / (1 + exp(-x))
---
---@param input optlab.Tensor
---@return optlab.Tensor
function functional.sigmoid(input) end

---Each element times its sigmoid (swish).
---
---     y = x / (1 + exp(-x))
---
---@param input optlab.Tensor
---@return optlab.Tensor
function functional.silu(input) end

---@class optlab.options.nn.functional.smooth_l1_loss
---@field beta? number Error beyond which the loss is linear; with 0 the loss is L1Loss. Default: 1.
---@field reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".

---The absolute error, rounded off near 0.
---
---     d = input_i - target_i
---     loss_i = d^2 / (2 beta)     where |d| <= beta
---     loss_i = |d| - beta / 2     elsewhere
---
---@param input optlab.Tensor
---@param target optlab.Tensor
---@param beta? number|optlab.options.nn.functional.smooth_l1_loss Error beyond which the loss is linear; with 0 the loss is L1Loss. Default: 1.
---@param reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".
---@return optlab.Tensor
function functional.smooth_l1_loss(input, target, beta, reduction) end

---@class optlab.options.nn.functional.softmax
---@field dim? integer The dimension along which the probabilities sum to 1. Default: -1.

---Turns scores into probabilities.
---
---     y = exp(x) / sum exp(x)
---
---@param input optlab.Tensor
---@param dim? integer|optlab.options.nn.functional.softmax The dimension along which the probabilities sum to 1. Default: -1.
---@return optlab.Tensor
function functional.softmax(input, dim) end

---@class optlab.options.nn.functional.softplus
---@field beta? number How sharply the curve bends at 0. Default: 1.
---@field threshold? number Where beta x is above threshold, the output is x. Default: 20.

---A smooth rectifier.
---
---     y = log(1 + exp(beta x)) / beta, and x itself where beta x > threshold
---
---@param input optlab.Tensor
---@param beta? number|optlab.options.nn.functional.softplus How sharply the curve bends at 0. Default: 1.
---@param threshold? number Where beta x is above threshold, the output is x. Default: 20.
---@return optlab.Tensor
function functional.softplus(input, beta, threshold) end

---The hyperbolic tangent, from -1 to 1.
---
---     y = tanh(x)
---
---@param input optlab.Tensor
---@return optlab.Tensor
function functional.tanh(input) end

---@class optlab.options.nn.functional.triplet_margin_loss
---@field margin? number How much farther the negative must be for a loss of 0. Default: 1.
---@field p? number The order of the norm. Default: 2.
---@field eps? number Added to each difference, so that there is a gradient at 0. Default: 1e-6.
---@field swap? boolean Whether the distance from the positive to the negative counts if it is smaller. Default: false.
---@field reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".

---Small if a vector is nearer to a positive than to a negative example.
---
---     loss_i = max(0, d(a_i, p_i) - d(a_i, n_i) + margin)
---       d(x, y) = |x - y + eps|_p
---
---@param anchor optlab.Tensor
---@param positive optlab.Tensor
---@param negative optlab.Tensor
---@param margin? number|optlab.options.nn.functional.triplet_margin_loss How much farther the negative must be for a loss of 0. Default: 1.
---@param p? number The order of the norm. Default: 2.
---@param eps? number Added to each difference, so that there is a gradient at 0. Default: 1e-6.
---@param swap? boolean Whether the distance from the positive to the negative counts if it is smaller. Default: false.
---@param reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".
---@return optlab.Tensor
function functional.triplet_margin_loss(anchor, positive, negative, margin, p, eps, swap, reduction) end
