--- Transforms of batches of images (N, C, H, W), as functions. What a loader can do itself, its options `transform` and
-- `augment`, is faster there and works in compiled steps.
-- @module optlab.data.transforms
-- @usage X = data.transforms.random_horizontal_flip(data.transforms.random_crop(X, 32, { padding = 4 }))
local args = require "optlab.base.args"
local core = require "optlab.core"
local errors = require "optlab.base.errors"

local M = {
  random_crop = core.data.random_crop,
  center_crop = core.data.center_crop,
  random_horizontal_flip = core.data.random_horizontal_flip,
}

local LIST = { "number", finite = true }
local NORMALIZE = args.declare("data.transforms.normalize", {
  doc = "(x scale - mean) / std, with a mean and a deviation for each channel.",
  positions = 3,
  { "x", "tensor", required = true, doc = "Images (N, C, H, W), or one (C, H, W); bytes become floats." },
  { "mean", "list", of = LIST, least = 1, required = true, what = "a list of numbers", doc = "One for each channel." },
  { "std", "list", of = { "number", above = 0, finite = true }, least = 1, required = true,
    what = "a list of numbers above 0", doc = "One for each channel." },
  { "scale", "number", finite = true, default = 1, doc = "Factor before that; 1 / 255 for bytes." },
})

local function channels(x, list, name)
  local n = x.shape[x:dim() - 2]
  if x:dim() < 3 or #list ~= n then
    errors.raise("data.transforms.normalize: %s has %d numbers, but x is of shape (%s)", name, #list,
      table.concat(x.shape, ", "))
  end
  return core.tensor.tensor(list, { dtype = x.dtype }):reshape(n, 1, 1)
end

--- (x scale - mean) / std by channel.
-- @tparam Tensor x (N, C, H, W) or (C, H, W)
-- @tparam {number,...} mean
-- @tparam {number,...} std
-- @tparam[opt] table options `scale` (1)
-- @treturn Tensor
function M.normalize(...)
  local o = NORMALIZE:read(...)
  local x = o.x
  if x.dtype ~= "float32" and x.dtype ~= "float64" then x = x:to(core.tensor.get_default_dtype()) end
  local mean, std = channels(x, o.mean, "mean"), channels(x, o.std, "std")
  return ((o.scale ~= 1 and x * o.scale or x) - mean) / std
end

return errors.strict(M, "lab.data.transforms")
