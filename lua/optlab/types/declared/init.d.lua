-- Made by scripts/reference from the declarations. Change these, not this file.
---@meta _

---@class optlab.init
local init = {}

---@class optlab.options.nn.init.calculate_gain
---@field param? number The negative slope; only with nonlinearity 'leaky_relu'. Default: 0.01.

---The gain that keeps variances through an activation function.
---@param nonlinearity "linear"|"conv1d"|"conv2d"|"conv3d"|"sigmoid"|"tanh"|"relu"|"leaky_relu"|"selu" The activation function that follows the layer.
---@param param? number|optlab.options.nn.init.calculate_gain The negative slope; only with nonlinearity 'leaky_relu'. Default: 0.01.
---@return number
function init.calculate_gain(nonlinearity, param) end

---Sets every element to one value.
---@param tensor optlab.Tensor
---@param val number The value of every element.
---@return optlab.Tensor
function init.constant_(tensor, val) end

---@class optlab.options.nn.init.dirac_
---@field groups? integer Number of groups of output channels; each is the identity. Default: 1.

---Makes a convolution's weight (out, in, k1, ...) copy its inputs.
---@param tensor optlab.Tensor
---@param groups? integer|optlab.options.nn.init.dirac_ Number of groups of output channels; each is the identity. Default: 1.
---@return optlab.Tensor
function init.dirac_(tensor, groups) end

---Makes a matrix the identity.
---@param tensor optlab.Tensor
---@return optlab.Tensor
function init.eye_(tensor) end

---@class optlab.options.nn.init.kaiming_normal_
---@field a? number Negative slope of the leaky ReLU that follows; only with nonlinearity 'leaky_relu'. Default: 0.
---@field mode? "fan_in"|"fan_out" 'fan_in' preserves the variance of values in the forward pass, 'fan_out' that of gradients in the backward pass. Default: "fan_in".
---@field nonlinearity? "linear"|"conv1d"|"conv2d"|"conv3d"|"sigmoid"|"tanh"|"relu"|"leaky_relu"|"selu" The activation function that follows the layer; it determines the gain. Default: "leaky_relu".

---Normal random numbers whose variance suits layers with rectifiers.
---
---     N(0, std^2),  std = gain / sqrt(fan)
---
---@param tensor optlab.Tensor
---@param a? number|optlab.options.nn.init.kaiming_normal_ Negative slope of the leaky ReLU that follows; only with nonlinearity 'leaky_relu'. Default: 0.
---@param mode? "fan_in"|"fan_out" 'fan_in' preserves the variance of values in the forward pass, 'fan_out' that of gradients in the backward pass. Default: "fan_in".
---@param nonlinearity? "linear"|"conv1d"|"conv2d"|"conv3d"|"sigmoid"|"tanh"|"relu"|"leaky_relu"|"selu" The activation function that follows the layer; it determines the gain. Default: "leaky_relu".
---@return optlab.Tensor
function init.kaiming_normal_(tensor, a, mode, nonlinearity) end

---@class optlab.options.nn.init.kaiming_uniform_
---@field a? number Negative slope of the leaky ReLU that follows; only with nonlinearity 'leaky_relu'. Default: 0.
---@field mode? "fan_in"|"fan_out" 'fan_in' preserves the variance of values in the forward pass, 'fan_out' that of gradients in the backward pass. Default: "fan_in".
---@field nonlinearity? "linear"|"conv1d"|"conv2d"|"conv3d"|"sigmoid"|"tanh"|"relu"|"leaky_relu"|"selu" The activation function that follows the layer; it determines the gain. Default: "leaky_relu".

---Uniform random numbers whose variance suits layers with rectifiers.
---
---     U(-r, r),  r = gain sqrt(3 / fan)
---
---@param tensor optlab.Tensor
---@param a? number|optlab.options.nn.init.kaiming_uniform_ Negative slope of the leaky ReLU that follows; only with nonlinearity 'leaky_relu'. Default: 0.
---@param mode? "fan_in"|"fan_out" 'fan_in' preserves the variance of values in the forward pass, 'fan_out' that of gradients in the backward pass. Default: "fan_in".
---@param nonlinearity? "linear"|"conv1d"|"conv2d"|"conv3d"|"sigmoid"|"tanh"|"relu"|"leaky_relu"|"selu" The activation function that follows the layer; it determines the gain. Default: "leaky_relu".
---@return optlab.Tensor
function init.kaiming_uniform_(tensor, a, mode, nonlinearity) end

---@class optlab.options.nn.init.normal_
---@field mean? number The mean. Default: 0.
---@field std? number The standard deviation. Default: 1.

---Fills the tensor with normal random numbers.
---
---     N(mean, std^2)
---
---@param tensor optlab.Tensor
---@param mean? number|optlab.options.nn.init.normal_ The mean. Default: 0.
---@param std? number The standard deviation. Default: 1.
---@return optlab.Tensor
function init.normal_(tensor, mean, std) end

---Sets every element to 1.
---@param tensor optlab.Tensor
---@return optlab.Tensor
function init.ones_(tensor) end

---@class optlab.options.nn.init.orthogonal_
---@field gain? number A factor for the matrix. Default: 1.

---A random matrix with orthonormal rows or columns, whichever are fewer; the dimensions after the first are columns.
---
---     gain Q sign(diag R),  Q R = A with elements from N(0, 1)
---
---@param tensor optlab.Tensor
---@param gain? number|optlab.options.nn.init.orthogonal_ A factor for the matrix. Default: 1.
---@return optlab.Tensor
function init.orthogonal_(tensor, gain) end

---@class optlab.options.nn.init.sparse_
---@field std? number The standard deviation of the others. Default: 0.01.

---A matrix of normal random numbers, with the same share of zeros in each column.
---@param tensor optlab.Tensor
---@param sparsity number The share of each column that is 0.
---@param std? number|optlab.options.nn.init.sparse_ The standard deviation of the others. Default: 0.01.
---@return optlab.Tensor
function init.sparse_(tensor, sparsity, std) end

---@class optlab.options.nn.init.trunc_normal_
---@field mean? number The mean before the cut. Default: 0.
---@field std? number The standard deviation before the cut. Default: 1.
---@field a? number The lower bound. Default: -2.
---@field b? number The upper bound. Default: 2.

---Normal random numbers between two bounds.
---
---     N(mean, std^2) given that a <= x <= b
---
---@param tensor optlab.Tensor
---@param mean? number|optlab.options.nn.init.trunc_normal_ The mean before the cut. Default: 0.
---@param std? number The standard deviation before the cut. Default: 1.
---@param a? number The lower bound. Default: -2.
---@param b? number The upper bound. Default: 2.
---@return optlab.Tensor
function init.trunc_normal_(tensor, mean, std, a, b) end

---@class optlab.options.nn.init.uniform_
---@field a? number The lower bound. Default: 0.
---@field b? number The upper bound. Default: 1.

---Fills the tensor with uniform random numbers.
---
---     U(a, b)
---
---@param tensor optlab.Tensor
---@param a? number|optlab.options.nn.init.uniform_ The lower bound. Default: 0.
---@param b? number The upper bound. Default: 1.
---@return optlab.Tensor
function init.uniform_(tensor, a, b) end

---@class optlab.options.nn.init.xavier_normal_
---@field gain? number The gain of the activation function that follows; see nn.init.calculate_gain. Default: 1.

---Normal random numbers whose variance suits layers with symmetric activations.
---
---     N(0, std^2),  std = gain sqrt(2 / (fan_in + fan_out))
---
---@param tensor optlab.Tensor
---@param gain? number|optlab.options.nn.init.xavier_normal_ The gain of the activation function that follows; see nn.init.calculate_gain. Default: 1.
---@return optlab.Tensor
function init.xavier_normal_(tensor, gain) end

---@class optlab.options.nn.init.xavier_uniform_
---@field gain? number The gain of the activation function that follows; see nn.init.calculate_gain. Default: 1.

---Uniform random numbers whose variance suits layers with symmetric activations.
---
---     U(-r, r),  r = gain sqrt(6 / (fan_in + fan_out))
---
---@param tensor optlab.Tensor
---@param gain? number|optlab.options.nn.init.xavier_uniform_ The gain of the activation function that follows; see nn.init.calculate_gain. Default: 1.
---@return optlab.Tensor
function init.xavier_uniform_(tensor, gain) end

---Sets every element to 0.
---@param tensor optlab.Tensor
---@return optlab.Tensor
function init.zeros_(tensor) end
