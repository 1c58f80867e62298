--- What the data sets of images have in common: their options, their fields.
-- @module optlab.data.images.options
local args = require "optlab.base.args"
local core = require "optlab.core"
local Dataset = require "optlab.data.dataset"

local M = {}

M.N = { "n", "integer", min = 1, doc = "The first n images; by default all." }
M.FLATTEN = { "flatten", "flag", default = false, doc = "Whether an image is one row of pixels." }
M.DTYPE = { "dtype", "choice", choices = { "float32", "float64", "uint8" },
  doc = "Dtype of the batches that a loader makes; by default the default dtype; \"uint8\" for raw bytes." }

--- The option `split` of a data set with these parts, the first by default.
function M.split(...)
  local names = { ... }
  return { "split", "choice", choices = names, default = names[1], doc = "Which part of the data set." }
end

--- How many images to take, of those there are.
function M.count(fn, n, most) return args.check(fn, "n", n or most, "integer", { min = 1, max = most }) end

--- The data set of uint8 images (n, C, H, W) and labels 0, 1, ...
-- @tparam string name
-- @tparam table o the options
-- @tparam Tensor images
-- @tparam Tensor labels
-- @tparam {string,...} classes
-- @tparam table from `path`, or `stand_in` and `note`
-- @treturn Dataset
function M.dataset(name, o, images, labels, classes, from)
  local dtype = o.dtype or core.tensor.get_default_dtype()
  from.name, from.split, from.classes = name, o.split, { table.unpack(classes) }
  from.X = o.flatten and images:reshape(#images, -1) or images
  from.y = labels:to("int64") + 1
  if dtype ~= "uint8" then from.transform = { dtype = dtype, scale = 1 / 255 } end
  return Dataset.new(from)
end

--- The fields of a data set that the program made up.
function M.made_up() return { stand_in = true, note = "stand-in data" } end

return M
