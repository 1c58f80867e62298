-- Made by scripts/reference from the declarations. Change these, not this file.
---@meta _

---@class optlab.nn
local nn = {}

---The means of output_size parts of (N, C, L).
---
---     part i: places floor((i - 1) L / output_size) + 1 .. ceil(i L / output_size)
---
---@param output_size optlab.Pair Length of the output.
---@return optlab.Module
function nn.AdaptiveAvgPool1d(output_size) end

---The means of output_size parts of (N, C, H, W).
---
---     part i: rows floor((i - 1) H / height) + 1 .. ceil(i H / height);
---     columns likewise
---
---@param output_size optlab.Pair Size of the output: {height, width}.
---@return optlab.Module
function nn.AdaptiveAvgPool2d(output_size) end

---The largest elements of output_size parts of (N, C, L).
---
---     part i: places floor((i - 1) L / output_size) + 1 .. ceil(i L / output_size)
---
---@param output_size optlab.Pair Length of the output.
---@return optlab.Module
function nn.AdaptiveMaxPool1d(output_size) end

---The largest elements of output_size parts of (N, C, H, W).
---
---     part i: rows floor((i - 1) H / height) + 1 .. ceil(i H / height);
---     columns likewise
---
---@param output_size optlab.Pair Size of the output: {height, width}.
---@return optlab.Module
function nn.AdaptiveMaxPool2d(output_size) end

---@class optlab.options.nn.AvgPool1d
---@field stride? optlab.Pair Step from one window to the next; by default kernel_size.
---@field padding? optlab.Pair Positions added at both ends. Default: 0.
---@field ceil_mode? boolean Whether the output's size is rounded up, so that a last window may reach beyond the padding. Default: false.
---@field count_include_pad? boolean Whether the padding counts as zeros; otherwise a mean is only over positions of the image. Default: true.

---The mean of each window of (N, C, L).
---
---     output length: (L + 2 padding - kernel_size) / stride + 1, rounded down
---
---@param kernel_size optlab.Pair Size of the window.
---@param stride? optlab.Pair|optlab.options.nn.AvgPool1d Step from one window to the next; by default kernel_size.
---@param padding? optlab.Pair Positions added at both ends. Default: 0.
---@param ceil_mode? boolean Whether the output's size is rounded up, so that a last window may reach beyond the padding. Default: false.
---@param count_include_pad? boolean Whether the padding counts as zeros; otherwise a mean is only over positions of the image. Default: true.
---@return optlab.Module
function nn.AvgPool1d(kernel_size, stride, padding, ceil_mode, count_include_pad) end

---@class optlab.options.nn.AvgPool2d
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
---@param kernel_size optlab.Pair Size of the window: {height, width}.
---@param stride? optlab.Pair|optlab.options.nn.AvgPool2d Step from one window to the next: {down, right}; by default kernel_size.
---@param padding? optlab.Pair Border added around the image: {above and below, left and right}. Default: 0.
---@param ceil_mode? boolean Whether the output's size is rounded up, so that a last window may reach beyond the padding. Default: false.
---@param count_include_pad? boolean Whether the padding counts as zeros; otherwise a mean is only over positions of the image. Default: true.
---@param divisor_override? integer Divisor of the sums; by default the number of positions that count.
---@return optlab.Module
function nn.AvgPool2d(kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override) end

---@class optlab.options.nn.BatchNorm1d
---@field eps? number Added to the variance, inside the square root. Default: 1e-5.
---@field momentum? number|false Share of the batch's statistics in each update of the running statistics; false: these are the means over all batches seen. Default: 0.1.
---@field affine? boolean Whether to learn a weight and a bias for each channel. Default: true.
---@field track_running_stats? boolean Whether to keep running statistics, which eval mode uses. Default: true.
---@field dtype? optlab.Float Dtype of the parameters; by default the default dtype.

---Normalizes every channel of (N, C) or (N, C, L) over the batch.
---
---     y = (x - mean) / sqrt(var + eps) weight + bias
---     in training with mean and var of the batch, n values of each channel:
---     running_mean <- (1 - momentum) running_mean + momentum mean
---     running_var  <- (1 - momentum) running_var + momentum var n / (n - 1)
---     in eval mode with running_mean and running_var
---
---@param num_features integer Number of channels, the size of dimension 2.
---@param eps? number|optlab.options.nn.BatchNorm1d Added to the variance, inside the square root. Default: 1e-5.
---@param momentum? number|false Share of the batch's statistics in each update of the running statistics; false: these are the means over all batches seen. Default: 0.1.
---@param affine? boolean Whether to learn a weight and a bias for each channel. Default: true.
---@param track_running_stats? boolean Whether to keep running statistics, which eval mode uses. Default: true.
---@param dtype? optlab.Float Dtype of the parameters; by default the default dtype.
---@return optlab.Module
function nn.BatchNorm1d(num_features, eps, momentum, affine, track_running_stats, dtype) end

---@class optlab.options.nn.BatchNorm2d
---@field eps? number Added to the variance, inside the square root. Default: 1e-5.
---@field momentum? number|false Share of the batch's statistics in each update of the running statistics; false: these are the means over all batches seen. Default: 0.1.
---@field affine? boolean Whether to learn a weight and a bias for each channel. Default: true.
---@field track_running_stats? boolean Whether to keep running statistics, which eval mode uses. Default: true.
---@field dtype? optlab.Float Dtype of the parameters; by default the default dtype.

---Normalizes every channel of (N, C, H, W) over the batch.
---
---     y = (x - mean) / sqrt(var + eps) weight + bias
---     in training with mean and var of the batch, n values of each channel:
---     running_mean <- (1 - momentum) running_mean + momentum mean
---     running_var  <- (1 - momentum) running_var + momentum var n / (n - 1)
---     in eval mode with running_mean and running_var
---
---@param num_features integer Number of channels, the size of dimension 2.
---@param eps? number|optlab.options.nn.BatchNorm2d Added to the variance, inside the square root. Default: 1e-5.
---@param momentum? number|false Share of the batch's statistics in each update of the running statistics; false: these are the means over all batches seen. Default: 0.1.
---@param affine? boolean Whether to learn a weight and a bias for each channel. Default: true.
---@param track_running_stats? boolean Whether to keep running statistics, which eval mode uses. Default: true.
---@param dtype? optlab.Float Dtype of the parameters; by default the default dtype.
---@return optlab.Module
function nn.BatchNorm2d(num_features, eps, momentum, affine, track_running_stats, dtype) end

---@class optlab.options.nn.BatchNormReLU
---@field eps? number Added to the variance, inside the square root. Default: 1e-5.
---@field momentum? number|false Share of the batch's statistics in each update of the running statistics; false: these are the means over all batches seen. Default: 0.1.
---@field affine? boolean Whether to learn a weight and a bias for each channel. Default: true.
---@field track_running_stats? boolean Whether to keep running statistics, which eval mode uses. Default: true.
---@field dtype? optlab.Float Dtype of the parameters; by default the default dtype.

---Batch normalization of (N, C, ...), the sum with a second input of the same shape, if there is one, and a ReLU, as one operation, with the same bits as the three one after the other. A block of a residual network ends with it: `self.bn2(self.conv2(y), x)`.
---
---     y = max((x - mean) / sqrt(var + eps) weight + bias + add, 0)
---     in training with mean and var of the batch, n values of each channel:
---     running_mean <- (1 - momentum) running_mean + momentum mean
---     running_var  <- (1 - momentum) running_var + momentum var n / (n - 1)
---     in eval mode with running_mean and running_var
---
---@param num_features integer Number of channels, the size of dimension 2.
---@param eps? number|optlab.options.nn.BatchNormReLU Added to the variance, inside the square root. Default: 1e-5.
---@param momentum? number|false Share of the batch's statistics in each update of the running statistics; false: these are the means over all batches seen. Default: 0.1.
---@param affine? boolean Whether to learn a weight and a bias for each channel. Default: true.
---@param track_running_stats? boolean Whether to keep running statistics, which eval mode uses. Default: true.
---@param dtype? optlab.Float Dtype of the parameters; by default the default dtype.
---@return optlab.Module
function nn.BatchNormReLU(num_features, eps, momentum, affine, track_running_stats, dtype) end

---@class optlab.options.nn.Conv1d
---@field stride? optlab.Pair Step from one window to the next. Default: 1.
---@field padding? optlab.Pair|"same"|"valid" Zeros added at both ends; 'same': so many that the output is as long as the input; 'valid': none. Default: 0.
---@field dilation? optlab.Pair Distance of the window's places from each other. Default: 1.
---@field groups? integer Number of groups of channels; an output depends only on inputs of its own group. Default: 1.
---@field bias? boolean Whether to add a learned bias to each channel. Default: true.
---@field dtype? optlab.Float Dtype of the parameters; by default the default dtype.

---Correlates signals (N, in_channels, L) with learned windows.
---
---     y[n, o] = b[o] + sum over c of x[n, c] * W[o, c]    (*: correlation)
---     output length: (L + 2 padding - dilation (kernel_size - 1) - 1) / stride + 1,
---       rounded down
---
---@param in_channels integer Number of channels of the input.
---@param out_channels integer Number of channels of the output.
---@param kernel_size optlab.Pair Size of the window.
---@param stride? optlab.Pair|optlab.options.nn.Conv1d Step from one window to the next. Default: 1.
---@param padding? optlab.Pair|"same"|"valid" Zeros added at both ends; 'same': so many that the output is as long as the input; 'valid': none. Default: 0.
---@param dilation? optlab.Pair Distance of the window's places from each other. Default: 1.
---@param groups? integer Number of groups of channels; an output depends only on inputs of its own group. Default: 1.
---@param bias? boolean Whether to add a learned bias to each channel. Default: true.
---@param dtype? optlab.Float Dtype of the parameters; by default the default dtype.
---@return optlab.Module
function nn.Conv1d(in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, dtype) end

---@class optlab.options.nn.Conv2d
---@field stride? optlab.Pair Step from one window to the next: {down, right}. Default: 1.
---@field padding? optlab.Pair|"same"|"valid" Zeros added around the image: {above and below, left and right}; 'same': so many that the output is as large as the input; 'valid': none. Default: 0.
---@field dilation? optlab.Pair Distance of the window's places from each other: {down, right}. Default: 1.
---@field groups? integer Number of groups of channels; an output depends only on inputs of its own group. Default: 1.
---@field bias? boolean Whether to add a learned bias to each channel. Default: true.
---@field dtype? optlab.Float Dtype of the parameters; by default the default dtype.

---Correlates images (N, in_channels, H, W) with learned windows.
---
---     y[n, o] = b[o] + sum over c of x[n, c] * W[o, c]    (*: correlation)
---     output height: (H + 2 padding - dilation (kernel_size - 1) - 1) / stride + 1,
---       rounded down;
---     width likewise
---
---@param in_channels integer Number of channels of the input.
---@param out_channels integer Number of channels of the output.
---@param kernel_size optlab.Pair Size of the window: {height, width}.
---@param stride? optlab.Pair|optlab.options.nn.Conv2d Step from one window to the next: {down, right}. Default: 1.
---@param padding? optlab.Pair|"same"|"valid" Zeros added around the image: {above and below, left and right}; 'same': so many that the output is as large as the input; 'valid': none. Default: 0.
---@param dilation? optlab.Pair Distance of the window's places from each other: {down, right}. Default: 1.
---@param groups? integer Number of groups of channels; an output depends only on inputs of its own group. Default: 1.
---@param bias? boolean Whether to add a learned bias to each channel. Default: true.
---@param dtype? optlab.Float Dtype of the parameters; by default the default dtype.
---@return optlab.Module
function nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, dtype) end

---@class optlab.options.nn.ConvTranspose1d
---@field stride? optlab.Pair Step from one window to the next, in the output. Default: 1.
---@field padding? optlab.Pair Positions cut off at both ends of the output. Default: 0.
---@field output_padding? optlab.Pair Positions added at the end of the output. Default: 0.
---@field groups? integer Number of groups of channels; an output depends only on inputs of its own group. Default: 1.
---@field bias? boolean Whether to add a learned bias to each channel. Default: true.
---@field dilation? optlab.Pair Distance of the window's places from each other. Default: 1.
---@field dtype? optlab.Float Dtype of the parameters; by default the default dtype.

---Spreads signals (N, in_channels, L) over learned windows: the transpose of Conv1d.
---
---     y[n, o, l stride - padding + k dilation] is the sum of all
---       x[n, c, l] W[c, o, k], plus b[o]
---     output length: (L - 1) stride - 2 padding + dilation (kernel_size - 1)
---       + output_padding + 1
---
---@param in_channels integer Number of channels of the input.
---@param out_channels integer Number of channels of the output.
---@param kernel_size optlab.Pair Size of the window.
---@param stride? optlab.Pair|optlab.options.nn.ConvTranspose1d Step from one window to the next, in the output. Default: 1.
---@param padding? optlab.Pair Positions cut off at both ends of the output. Default: 0.
---@param output_padding? optlab.Pair Positions added at the end of the output. Default: 0.
---@param groups? integer Number of groups of channels; an output depends only on inputs of its own group. Default: 1.
---@param bias? boolean Whether to add a learned bias to each channel. Default: true.
---@param dilation? optlab.Pair Distance of the window's places from each other. Default: 1.
---@param dtype? optlab.Float Dtype of the parameters; by default the default dtype.
---@return optlab.Module
function nn.ConvTranspose1d(in_channels, out_channels, kernel_size, stride, padding, output_padding, groups, bias, dilation, dtype) end

---@class optlab.options.nn.ConvTranspose2d
---@field stride? optlab.Pair Step from one window to the next, in the output: {down, right}. Default: 1.
---@field padding? optlab.Pair Positions cut off around the output: {above and below, left and right}. Default: 0.
---@field output_padding? optlab.Pair Positions added to the output: {below, right}. Default: 0.
---@field groups? integer Number of groups of channels; an output depends only on inputs of its own group. Default: 1.
---@field bias? boolean Whether to add a learned bias to each channel. Default: true.
---@field dilation? optlab.Pair Distance of the window's places from each other: {down, right}. Default: 1.
---@field dtype? optlab.Float Dtype of the parameters; by default the default dtype.

---Spreads images (N, in_channels, H, W) over learned windows: the transpose of Conv2d.
---
---     y[n, o, i stride - padding + a dilation, ...] is the sum of all
---       x[n, c, i, j] W[c, o, a, b], plus b[o]
---     output height: (H - 1) stride - 2 padding + dilation (kernel_size - 1)
---       + output_padding + 1;
---     width likewise
---
---@param in_channels integer Number of channels of the input.
---@param out_channels integer Number of channels of the output.
---@param kernel_size optlab.Pair Size of the window: {height, width}.
---@param stride? optlab.Pair|optlab.options.nn.ConvTranspose2d Step from one window to the next, in the output: {down, right}. Default: 1.
---@param padding? optlab.Pair Positions cut off around the output: {above and below, left and right}. Default: 0.
---@param output_padding? optlab.Pair Positions added to the output: {below, right}. Default: 0.
---@param groups? integer Number of groups of channels; an output depends only on inputs of its own group. Default: 1.
---@param bias? boolean Whether to add a learned bias to each channel. Default: true.
---@param dilation? optlab.Pair Distance of the window's places from each other: {down, right}. Default: 1.
---@param dtype? optlab.Float Dtype of the parameters; by default the default dtype.
---@return optlab.Module
function nn.ConvTranspose2d(in_channels, out_channels, kernel_size, stride, padding, output_padding, groups, bias, dilation, dtype) end

---@class optlab.options.nn.CosineSimilarity
---@field dim? integer The dimension of the vectors' elements. Default: 2.
---@field eps? number The least length; shorter vectors count as this long. Default: 1e-8.

---The cosine of the angle between two vectors.
---
---     sum x1 x2 / (max(|x1|, eps) max(|x2|, eps))
---
---@param dim? integer|optlab.options.nn.CosineSimilarity The dimension of the vectors' elements. Default: 2.
---@param eps? number The least length; shorter vectors count as this long. Default: 1e-8.
---@return optlab.Module
function nn.CosineSimilarity(dim, eps) end

---@class optlab.options.nn.Dropout
---@field p? number Probability that an element becomes 0. Default: 0.5.

---In training, zeroes each element with probability p.
---
---     y = 0 with probability p, else x / (1 - p)    in training
---     y = x                                         in eval mode
---
---@param p? number|optlab.options.nn.Dropout Probability that an element becomes 0. Default: 0.5.
---@return optlab.Module
function nn.Dropout(p) end

---@class optlab.options.nn.Dropout1d
---@field p? number Probability that a channel becomes 0. Default: 0.5.

---In training, zeroes each channel of (N, C, L), or of (C, L), with probability p.
---
---     y = 0 with probability p, else x / (1 - p)    in training, by channel
---     y = x                                         in eval mode
---
---@param p? number|optlab.options.nn.Dropout1d Probability that a channel becomes 0. Default: 0.5.
---@return optlab.Module
function nn.Dropout1d(p) end

---@class optlab.options.nn.Dropout2d
---@field p? number Probability that a channel becomes 0. Default: 0.5.

---In training, zeroes each channel of (N, C, H, W) with probability p.
---
---     y = 0 with probability p, else x / (1 - p)    in training, by channel
---     y = x                                         in eval mode
---
---@param p? number|optlab.options.nn.Dropout2d Probability that a channel becomes 0. Default: 0.5.
---@return optlab.Module
function nn.Dropout2d(p) end

---@class optlab.options.nn.ELU
---@field alpha? number Minus the limit of the output as x goes to minus infinity. Default: 1.

---A rectifier that approaches -alpha smoothly for negative elements.
---
---     y = max(x, 0) + alpha (exp(min(x, 0)) - 1)
---
---@param alpha? number|optlab.options.nn.ELU Minus the limit of the output as x goes to minus infinity. Default: 1.
---@return optlab.Module
function nn.ELU(alpha) end

---@class optlab.options.nn.Embedding
---@field padding_idx? integer A row (1, 2, ... or -1 for the last) that starts as 0 and gets no gradient.
---@field dtype? optlab.Float Dtype of the parameters; by default the default dtype.

---A table of learned rows: int64 positions (...), which count from 1, -> (..., embedding_dim).
---
---     y[i] = weight[input[i]]
---
---@param num_embeddings integer Number of rows.
---@param embedding_dim integer Size of a row.
---@param padding_idx? integer|optlab.options.nn.Embedding A row (1, 2, ... or -1 for the last) that starts as 0 and gets no gradient.
---@param dtype? optlab.Float Dtype of the parameters; by default the default dtype.
---@return optlab.Module
function nn.Embedding(num_embeddings, embedding_dim, padding_idx, dtype) end

---@class optlab.options.nn.Flatten
---@field start_dim? integer First of the dimensions that are joined. Default: 2.
---@field end_dim? integer Last of the dimensions that are joined. Default: -1.

---Joins dimensions start_dim to end_dim into one, by default (N, C, H, W) -> (N, C H W).
---@param start_dim? integer|optlab.options.nn.Flatten First of the dimensions that are joined. Default: 2.
---@param end_dim? integer Last of the dimensions that are joined. Default: -1.
---@return optlab.Module
function nn.Flatten(start_dim, end_dim) end

---@class optlab.options.nn.GELU
---@field approximate? "none"|"tanh" 'none' for the exact function, 'tanh' for an approximation without erf. Default: "none".

---Each element times the probability that a standard normal number lies below it.
---
---     y = x (1 + erf(x / sqrt 2)) / 2
---     y = x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2    if 'tanh'
---
---@param approximate? "none"|"tanh"|optlab.options.nn.GELU 'none' for the exact function, 'tanh' for an approximation without erf. Default: "none".
---@return optlab.Module
function nn.GELU(approximate) end

---@class optlab.options.nn.GroupNorm
---@field eps? number Added to the variance, inside the square root. Default: 1e-5.
---@field affine? boolean Whether to learn a weight and a bias for each channel. Default: true.
---@field dtype? optlab.Float Dtype of the parameters; by default the default dtype.

---Normalizes groups of channels of each sample of (N, C, ...).
---
---     y = (x - mean) / sqrt(var + eps) weight + bias,
---       mean and var of each sample's group of channels
---
---@param num_groups integer Number of groups, a divisor of num_channels.
---@param num_channels integer Number of channels, the size of dimension 2.
---@param eps? number|optlab.options.nn.GroupNorm Added to the variance, inside the square root. Default: 1e-5.
---@param affine? boolean Whether to learn a weight and a bias for each channel. Default: true.
---@param dtype? optlab.Float Dtype of the parameters; by default the default dtype.
---@return optlab.Module
function nn.GroupNorm(num_groups, num_channels, eps, affine, dtype) end

---Returns its input.
---
---     y = x
---
---@return optlab.Module
function nn.Identity() end

---@class optlab.options.nn.InstanceNorm1d
---@field eps? number Added to the variance, inside the square root. Default: 1e-5.
---@field momentum? number Share of the new statistics in each update of the running statistics. Default: 0.1.
---@field affine? boolean Whether to learn a weight and a bias for each channel. Default: false.
---@field track_running_stats? boolean Whether to keep running statistics, which eval mode uses. Default: false.
---@field dtype? optlab.Float Dtype of the parameters; by default the default dtype.

---Normalizes every channel of each sample of (N, C, L), or of one sample (C, L).
---
---     y = (x - mean) / sqrt(var + eps) weight + bias,
---       mean and var of each sample's channel, of n values
---     with track_running_stats, in training, over the samples:
---     running_mean <- (1 - momentum) running_mean + momentum mean of mean
---     running_var  <- (1 - momentum) running_var + momentum mean of var n / (n - 1)
---     and in eval mode with running_mean and running_var
---
---@param num_features integer Number of channels, the size of dimension 2.
---@param eps? number|optlab.options.nn.InstanceNorm1d Added to the variance, inside the square root. Default: 1e-5.
---@param momentum? number Share of the new statistics in each update of the running statistics. Default: 0.1.
---@param affine? boolean Whether to learn a weight and a bias for each channel. Default: false.
---@param track_running_stats? boolean Whether to keep running statistics, which eval mode uses. Default: false.
---@param dtype? optlab.Float Dtype of the parameters; by default the default dtype.
---@return optlab.Module
function nn.InstanceNorm1d(num_features, eps, momentum, affine, track_running_stats, dtype) end

---@class optlab.options.nn.InstanceNorm2d
---@field eps? number Added to the variance, inside the square root. Default: 1e-5.
---@field momentum? number Share of the new statistics in each update of the running statistics. Default: 0.1.
---@field affine? boolean Whether to learn a weight and a bias for each channel. Default: false.
---@field track_running_stats? boolean Whether to keep running statistics, which eval mode uses. Default: false.
---@field dtype? optlab.Float Dtype of the parameters; by default the default dtype.

---Normalizes every channel of each sample of (N, C, H, W), or of one sample (C, H, W).
---
---     y = (x - mean) / sqrt(var + eps) weight + bias,
---       mean and var of each sample's channel, of n values
---     with track_running_stats, in training, over the samples:
---     running_mean <- (1 - momentum) running_mean + momentum mean of mean
---     running_var  <- (1 - momentum) running_var + momentum mean of var n / (n - 1)
---     and in eval mode with running_mean and running_var
---
---@param num_features integer Number of channels, the size of dimension 2.
---@param eps? number|optlab.options.nn.InstanceNorm2d Added to the variance, inside the square root. Default: 1e-5.
---@param momentum? number Share of the new statistics in each update of the running statistics. Default: 0.1.
---@param affine? boolean Whether to learn a weight and a bias for each channel. Default: false.
---@param track_running_stats? boolean Whether to keep running statistics, which eval mode uses. Default: false.
---@param dtype? optlab.Float Dtype of the parameters; by default the default dtype.
---@return optlab.Module
function nn.InstanceNorm2d(num_features, eps, momentum, affine, track_running_stats, dtype) end

---@class optlab.options.nn.LayerNorm
---@field eps? number Added to the variance. Default: 1e-5.
---@field elementwise_affine? boolean Whether to scale by learned factors. Default: true.
---@field bias? boolean Whether to add a learned bias, with elementwise_affine. Default: true.
---@field dtype? optlab.Float Dtype of the parameters; by default the default dtype.

---Normalizes the last dimensions of each sample.
---
---     y = (x - mean) / sqrt(var + eps) weight + bias,
---       var divided by the number of elements
---
---@param normalized_shape integer|integer[] Sizes of the last dimensions, which are normalized together.
---@param eps? number|optlab.options.nn.LayerNorm Added to the variance. Default: 1e-5.
---@param elementwise_affine? boolean Whether to scale by learned factors. Default: true.
---@param bias? boolean Whether to add a learned bias, with elementwise_affine. Default: true.
---@param dtype? optlab.Float Dtype of the parameters; by default the default dtype.
---@return optlab.Module
function nn.LayerNorm(normalized_shape, eps, elementwise_affine, bias, dtype) end

---@class optlab.options.nn.LeakyReLU
---@field negative_slope? number Slope where x is negative. Default: 0.01.

---A rectifier with a small slope for negative elements.
---
---     y = max(x, 0) + negative_slope min(x, 0)
---
---@param negative_slope? number|optlab.options.nn.LeakyReLU Slope where x is negative. Default: 0.01.
---@return optlab.Module
function nn.LeakyReLU(negative_slope) end

---@class optlab.options.nn.Linear
---@field bias? boolean Whether to add a learned bias. Default: true.
---@field dtype? optlab.Float Dtype of the parameters; by default the default dtype.

---An affine map of the last dimension: (..., in_features) -> (..., out_features).
---
---     y = x W' + b
---
---@param in_features integer Size of the last dimension of the input.
---@param out_features integer Size of the last dimension of the output.
---@param bias? boolean|optlab.options.nn.Linear Whether to add a learned bias. Default: true.
---@param dtype? optlab.Float Dtype of the parameters; by default the default dtype.
---@return optlab.Module
function nn.Linear(in_features, out_features, bias, dtype) end

---@class optlab.options.nn.LogSoftmax
---@field dim? integer The dimension along which the probabilities sum to 1. Default: -1.

---Turns scores into the logarithms of probabilities.
---
---     y = x - log sum exp(x)
---
---@param dim? integer|optlab.options.nn.LogSoftmax The dimension along which the probabilities sum to 1. Default: -1.
---@return optlab.Module
function nn.LogSoftmax(dim) end

---@class optlab.options.nn.MaxPool1d
---@field stride? optlab.Pair Step from one window to the next; by default kernel_size.
---@field padding? optlab.Pair Positions added at both ends. Default: 0.
---@field dilation? optlab.Pair Distance between neighbouring elements of the window. Default: 1.
---@field ceil_mode? boolean Whether the output's size is rounded up, so that a last window may reach beyond the padding. Default: false.

---The largest element of each window of (N, C, L); the padding is never the largest.
---
---     output length: (L + 2 padding - dilation (kernel_size - 1) - 1) / stride + 1,
---       rounded down
---
---@param kernel_size optlab.Pair Size of the window.
---@param stride? optlab.Pair|optlab.options.nn.MaxPool1d Step from one window to the next; by default kernel_size.
---@param padding? optlab.Pair Positions added at both ends. Default: 0.
---@param dilation? optlab.Pair Distance between neighbouring elements of the window. Default: 1.
---@param ceil_mode? boolean Whether the output's size is rounded up, so that a last window may reach beyond the padding. Default: false.
---@return optlab.Module
function nn.MaxPool1d(kernel_size, stride, padding, dilation, ceil_mode) end

---@class optlab.options.nn.MaxPool2d
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
---@param kernel_size optlab.Pair Size of the window: {height, width}.
---@param stride? optlab.Pair|optlab.options.nn.MaxPool2d Step from one window to the next: {down, right}; by default kernel_size.
---@param padding? optlab.Pair Border added around the image: {above and below, left and right}. Default: 0.
---@param dilation? optlab.Pair Distance between neighbouring elements of the window. Default: 1.
---@param ceil_mode? boolean Whether the output's size is rounded up, so that a last window may reach beyond the padding. Default: false.
---@return optlab.Module
function nn.MaxPool2d(kernel_size, stride, padding, dilation, ceil_mode) end

---@class optlab.options.nn.PairwiseDistance
---@field p? number The order of the norm. Default: 2.
---@field eps? number Added to each difference, so that there is a gradient at 0. Default: 1e-6.
---@field keepdim? boolean Whether the last dimension stays, with size 1. Default: false.

---The distance between two vectors, along the last dimension.
---
---     |x1 - x2 + eps|_p
---
---@param p? number|optlab.options.nn.PairwiseDistance The order of the norm. Default: 2.
---@param eps? number Added to each difference, so that there is a gradient at 0. Default: 1e-6.
---@param keepdim? boolean Whether the last dimension stays, with size 1. Default: false.
---@return optlab.Module
function nn.PairwiseDistance(p, eps, keepdim) end

---The rectifier: negative elements become 0.
---
---     y = max(x, 0)
---
---@return optlab.Module
function nn.ReLU() end

---@class optlab.options.nn.RMSNorm
---@field eps? number Added to the mean square; by default the spacing of the input's dtype at 1.
---@field elementwise_affine? boolean Whether to scale by learned factors. Default: true.
---@field dtype? optlab.Float Dtype of the parameters; by default the default dtype.

---Divides the last dimensions of each sample by their root mean square.
---
---     y = x / sqrt(mean x^2 + eps) weight
---
---@param normalized_shape integer|integer[] Sizes of the last dimensions, which are normalized together.
---@param eps? number|optlab.options.nn.RMSNorm Added to the mean square; by default the spacing of the input's dtype at 1.
---@param elementwise_affine? boolean Whether to scale by learned factors. Default: true.
---@param dtype? optlab.Float Dtype of the parameters; by default the default dtype.
---@return optlab.Module
function nn.RMSNorm(normalized_shape, eps, elementwise_affine, dtype) end

---The logistic function, from 0 to 1.
---
---     y = 1 / (1 + exp(-x))
---
---@return optlab.Module
function nn.Sigmoid() end

---Each element times its sigmoid (swish).
---
---     y = x / (1 + exp(-x))
---
---@return optlab.Module
function nn.SiLU() end

---@class optlab.options.nn.Softmax
---@field dim? integer The dimension along which the probabilities sum to 1. Default: -1.

---Turns scores into probabilities.
---
---     y = exp(x) / sum exp(x)
---
---@param dim? integer|optlab.options.nn.Softmax The dimension along which the probabilities sum to 1. Default: -1.
---@return optlab.Module
function nn.Softmax(dim) end

---@class optlab.options.nn.Softplus
---@field beta? number How sharply the curve bends at 0. Default: 1.
---@field threshold? number Where beta x is above threshold, the output is x. Default: 20.

---A smooth rectifier.
---
---     y = log(1 + exp(beta x)) / beta, and x itself where beta x > threshold
---
---@param beta? number|optlab.options.nn.Softplus How sharply the curve bends at 0. Default: 1.
---@param threshold? number Where beta x is above threshold, the output is x. Default: 20.
---@return optlab.Module
function nn.Softplus(beta, threshold) end

---The hyperbolic tangent, from -1 to 1.
---
---     y = tanh(x)
---
---@return optlab.Module
function nn.Tanh() end

---@class optlab.options.nn.Upsample
---@field size? optlab.Pair Size of the output: {height, width}, or one number for both.
---@field scale_factor? number Factor of the input's sizes, instead of size; the product is rounded down.
---@field mode? "nearest"|"nearest-exact"|"linear"|"bilinear"|"bicubic"|"area" 'nearest': the pixel at floor(i scale), counted from 0; 'nearest-exact': the pixel nearest to the centre; 'linear' (signals), 'bilinear' (images), 'bicubic' (images): between pixels; 'area': the mean of each part. Default: "nearest".
---@field align_corners? boolean Whether the centres of the corner pixels of input and output coincide; otherwise their outer corners do. Default: false.

---Images (N, C, H, W) or signals (N, C, L) in another size, larger or smaller.
---@param size? optlab.Pair|optlab.options.nn.Upsample Size of the output: {height, width}, or one number for both.
---@param scale_factor? number Factor of the input's sizes, instead of size; the product is rounded down.
---@param mode? "nearest"|"nearest-exact"|"linear"|"bilinear"|"bicubic"|"area" 'nearest': the pixel at floor(i scale), counted from 0; 'nearest-exact': the pixel nearest to the centre; 'linear' (signals), 'bilinear' (images), 'bicubic' (images): between pixels; 'area': the mean of each part. Default: "nearest".
---@param align_corners? boolean Whether the centres of the corner pixels of input and output coincide; otherwise their outer corners do. Default: false.
---@return optlab.Module
function nn.Upsample(size, scale_factor, mode, align_corners) end

---@class optlab.options.nn.BCELoss
---@field reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".

---The binary cross entropy of probabilities x, the input, and targets y in [0, 1].
---
---     loss_i = -(y_i log x_i + (1 - y_i) log(1 - x_i))
---     no logarithm counts as less than -100; the derivative is
---     (x_i - y_i) / max(x_i (1 - x_i), 1e-12)
---
---@param reduction? "none"|"mean"|"sum"|optlab.options.nn.BCELoss 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".
---@return optlab.Module
function nn.BCELoss(reduction) end

---@class optlab.options.nn.BCEWithLogitsLoss
---@field pos_weight? optlab.Tensor Weight of positive targets; broadcast to the shape of the input.
---@field reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".

---The binary cross entropy of sigmoid(x), for scores x, the input, and targets y in [0, 1].
---
---     loss_i = (1 - y_i) x_i + (1 + (p - 1) y_i) log(1 + exp(-x_i))
---
---@param pos_weight? optlab.Tensor|optlab.options.nn.BCEWithLogitsLoss Weight of positive targets; broadcast to the shape of the input.
---@param reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".
---@return optlab.Module
function nn.BCEWithLogitsLoss(pos_weight, reduction) end

---@class optlab.options.nn.CosineEmbeddingLoss
---@field margin? number The cosine below which a pair with target -1 has no loss. Default: 0.
---@field reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".

---Small for vectors at small angles if they are alike (target 1), and at large angles if they are not (target -1).
---
---     loss_i = 1 - cos(x1_i, x2_i)    where y_i = 1
---     loss_i = max(0, cos(x1_i, x2_i) - margin)    where y_i = -1
---
---@param margin? number|optlab.options.nn.CosineEmbeddingLoss The cosine below which a pair with target -1 has no loss. Default: 0.
---@param reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".
---@return optlab.Module
function nn.CosineEmbeddingLoss(margin, reduction) end

---@class optlab.options.nn.CrossEntropyLoss
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
---@param weight? optlab.Tensor|optlab.options.nn.CrossEntropyLoss A weight for each class: a tensor (C).
---@param label_smoothing? number Share of the target distribution that is spread evenly over all classes. Default: 0.
---@param reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".
---@param ignore_index? integer A label, in the range of the classes or not, whose rows do not count. Default: -100.
---@return optlab.Module
function nn.CrossEntropyLoss(weight, label_smoothing, reduction, ignore_index) end

---@class optlab.options.nn.GaussianNLLLoss
---@field full? boolean Whether the constant log(2 pi) / 2 is added. Default: false.
---@field eps? number The least variance; its gradient is not limited. Default: 1e-6.
---@field reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".

---The negative log likelihood of targets y under normal distributions with the input x as mean and the variance var, of the input's shape, without its last dimension, or with size 1 there.
---
---     loss_i = (log max(var_i, eps) + (x_i - y_i)^2 / max(var_i, eps)) / 2
---
---@param full? boolean|optlab.options.nn.GaussianNLLLoss Whether the constant log(2 pi) / 2 is added. Default: false.
---@param eps? number The least variance; its gradient is not limited. Default: 1e-6.
---@param reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".
---@return optlab.Module
function nn.GaussianNLLLoss(full, eps, reduction) end

---@class optlab.options.nn.HingeEmbeddingLoss
---@field margin? number The distance beyond which a pair with target -1 has no loss. Default: 1.
---@field reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".

---Small for small distances, the input x, of pairs that are alike (target 1), and for large distances of the others (target -1).
---
---     loss_i = x_i    where y_i = 1
---     loss_i = max(0, margin - x_i)    where y_i = -1
---
---@param margin? number|optlab.options.nn.HingeEmbeddingLoss The distance beyond which a pair with target -1 has no loss. Default: 1.
---@param reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".
---@return optlab.Module
function nn.HingeEmbeddingLoss(margin, reduction) end

---@class optlab.options.nn.HuberLoss
---@field delta? number Error beyond which the loss is linear. Default: 1.
---@field reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".

---The squared error for small errors, the absolute error for large ones.
---
---     d = input_i - target_i
---     loss_i = d^2 / 2                    where |d| <= delta
---     loss_i = delta (|d| - delta / 2)    elsewhere
---
---@param delta? number|optlab.options.nn.HuberLoss Error beyond which the loss is linear. Default: 1.
---@param reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".
---@return optlab.Module
function nn.HuberLoss(delta, reduction) end

---@class optlab.options.nn.KLDivLoss
---@field reduction? "none"|"mean"|"sum"|"batchmean" 'mean' or 'sum' of the elements' losses, 'none' to return them all, or 'batchmean', the sum divided by the number of rows, which is the divergence. Default: "mean".
---@field log_target? boolean Whether the targets are also logarithms. Default: false.

---The divergence between the distributions of the targets y and those whose logarithms are the input x.
---
---     loss_i = y_i (log y_i - x_i)    with log_target: exp(y_i) (y_i - x_i)
---
---@param reduction? "none"|"mean"|"sum"|"batchmean"|optlab.options.nn.KLDivLoss 'mean' or 'sum' of the elements' losses, 'none' to return them all, or 'batchmean', the sum divided by the number of rows, which is the divergence. Default: "mean".
---@param log_target? boolean Whether the targets are also logarithms. Default: false.
---@return optlab.Module
function nn.KLDivLoss(reduction, log_target) end

---@class optlab.options.nn.L1Loss
---@field reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".

---The absolute error.
---
---     loss_i = |input_i - target_i|
---
---@param reduction? "none"|"mean"|"sum"|optlab.options.nn.L1Loss 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".
---@return optlab.Module
function nn.L1Loss(reduction) end

---@class optlab.options.nn.MarginRankingLoss
---@field margin? number How far apart two values must be for a loss of 0. Default: 0.
---@field reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".

---Ranks pairs: with target y = 1 the first value should be the larger one, with y = -1 the second.
---
---     loss_i = max(0, -y_i (x1_i - x2_i) + margin)
---
---@param margin? number|optlab.options.nn.MarginRankingLoss How far apart two values must be for a loss of 0. Default: 0.
---@param reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".
---@return optlab.Module
function nn.MarginRankingLoss(margin, reduction) end

---@class optlab.options.nn.MSELoss
---@field reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".

---The squared error.
---
---     loss_i = (input_i - target_i)^2
---
---@param reduction? "none"|"mean"|"sum"|optlab.options.nn.MSELoss 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".
---@return optlab.Module
function nn.MSELoss(reduction) end

---@class optlab.options.nn.NLLLoss
---@field weight? optlab.Tensor A weight for each class: a tensor (C).
---@field reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".
---@field ignore_index? integer A label, in the range of the classes or not, whose rows do not count. Default: -100.

---The negative log-likelihood of log-probabilities (N, C) and targets, class labels 1..C (N).
---
---     loss_i = -w[y_i] input[i, y_i], and 0 where y_i is ignore_index
---     with the mean sum_i loss_i / sum_i w[y_i] over the others
---
---@param weight? optlab.Tensor|optlab.options.nn.NLLLoss A weight for each class: a tensor (C).
---@param reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".
---@param ignore_index? integer A label, in the range of the classes or not, whose rows do not count. Default: -100.
---@return optlab.Module
function nn.NLLLoss(weight, reduction, ignore_index) end

---@class optlab.options.nn.PoissonNLLLoss
---@field log_input? boolean Whether the input is the logarithm of the mean. Default: true.
---@field full? boolean Whether Stirling's log y! is added where y > 1. Default: false.
---@field eps? number Added to a mean whose logarithm is taken. Default: 1e-8.
---@field reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".

---The negative log likelihood of counts y under Poisson distributions, whose means are the input x.
---
---     loss_i = exp(x_i) - y_i x_i    without log_input: x_i - y_i log(x_i + eps)
---
---@param log_input? boolean|optlab.options.nn.PoissonNLLLoss Whether the input is the logarithm of the mean. Default: true.
---@param full? boolean Whether Stirling's log y! is added where y > 1. Default: false.
---@param eps? number Added to a mean whose logarithm is taken. Default: 1e-8.
---@param reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".
---@return optlab.Module
function nn.PoissonNLLLoss(log_input, full, eps, reduction) end

---@class optlab.options.nn.SmoothL1Loss
---@field beta? number Error beyond which the loss is linear; with 0 the loss is L1Loss. Default: 1.
---@field reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".

---The absolute error, rounded off near 0.
---
---     d = input_i - target_i
---     loss_i = d^2 / (2 beta)     where |d| <= beta
---     loss_i = |d| - beta / 2     elsewhere
---
---@param beta? number|optlab.options.nn.SmoothL1Loss Error beyond which the loss is linear; with 0 the loss is L1Loss. Default: 1.
---@param reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".
---@return optlab.Module
function nn.SmoothL1Loss(beta, reduction) end

---@class optlab.options.nn.TripletMarginLoss
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
---@param margin? number|optlab.options.nn.TripletMarginLoss How much farther the negative must be for a loss of 0. Default: 1.
---@param p? number The order of the norm. Default: 2.
---@param eps? number Added to each difference, so that there is a gradient at 0. Default: 1e-6.
---@param swap? boolean Whether the distance from the positive to the negative counts if it is smaller. Default: false.
---@param reduction? "none"|"mean"|"sum" 'mean' or 'sum' of the elements' losses, or 'none' to return them all. Default: "mean".
---@return optlab.Module
function nn.TripletMarginLoss(margin, p, eps, swap, reduction) end
