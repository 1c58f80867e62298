--- Data sets, tables in files, and minibatches.
--
-- @module optlab.data
-- @usage
-- local data = require("optlab").data
-- local ds = data.airfoil { n = 1500 }
-- for X, y in data.loader(ds, { batch_size = 10, shuffle = true }):batches() do ... end
local core = require("optlab.core").data
local cifar = require "optlab.data.images.cifar"
local classes = require "optlab.data.synthetic.classes"
local fashion_mnist = require "optlab.data.fashion_mnist"
local functions = require "optlab.data.synthetic.functions"
local mnist = require "optlab.data.images.mnist"
local text = require "optlab.data.text"

local M = {}

--- Reads a numeric table from a text file; returns a tensor (rows, columns) and, with `header`, the names. An error
-- names file, line and column.
-- @function csv
-- @tparam string path CSV, TSV or columns between blanks, plain or gzip-compressed
-- @tparam[opt] table options `delimiter` (detected; `" "` means runs of blanks), `header` (false), `skip` (0 lines),
-- `columns` (list of positions or names), `categories` (columns of texts, which become numbers), `comment`
-- (`"#"`, or false), `na` (number for missing values; without it
-- they are an error), `dtype`
-- @treturn Tensor
-- @treturn ?{string,...}
-- @treturn ?{[integer]={string,...},...} with `categories`: the texts of the numbers 1, 2, ... in these columns
M.csv = core.csv

--- Writes a matrix as a text table.
-- @function write_csv
-- @tparam string path
-- @tparam Tensor table (rows, columns) or (rows)
-- @tparam[opt] table options `names`, `categories` (as `csv` returns them), `delimiter` (`","`)
M.write_csv = core.write_csv

--- Reads a file in the IDX format of MNIST, plain or gzip-compressed: images come as a uint8 tensor (n, height,
-- width).
-- @function idx
-- @tparam string path
-- @treturn Tensor
M.idx = core.idx

--- Reads an array from a .npy file of NumPy's; a file in Fortran order becomes a tensor with such strides.
-- @function npy
-- @tparam string path
-- @treturn Tensor float32, float64, uint8, or int64 for the other integers
M.npy = core.npy

--- Reads the arrays of numbers of a MATLAB file of version 5 (save -v6 or -v7), by name. MATLAB's first dimension is
-- the innermost one of the tensors.
-- @function mat
-- @tparam string path
-- @treturn {[string]=Tensor,...}
M.mat = core.mat

--- Scales the columns of a matrix to mean 0 and standard deviation 1 (divided by n). A constant column is an error.
-- @function standardize
-- @tparam Tensor x (rows, columns)
-- @treturn Tensor (x - mean) / std
-- @treturn Tensor mean
-- @treturn Tensor std
M.standardize = core.standardize

--- Cuts a data set, `{X=tensor, y=tensor}` or a list of tensors into minibatches, each of them fresh tensors. With a
-- seed, the order of epoch e is a pure function of (seed, e).
-- @function loader
-- @tparam table ds
-- @tparam[opt] table options `batch_size` (1), `shuffle` (false), `replacement` (false), `weights` (a number for each
-- row, in proportion to which rows are drawn), `samples` (rows of an epoch), `drop_last` (false), `seed` (without it,
-- lab.manual_seed governs), `augment` = {`padding` (0), `flip` (false)}: images (N, C, H, W) are moved and mirrored at
-- random; `transform` = {`dtype`, `scale` (1), `mean` (0), `std` (1)}: a uint8 `X` comes as floats, (X * scale - mean)
-- / std, mean and std being numbers or a list for the channels, converted a batch at a time (40 us in order, 55 us
-- shuffled for 256 x 784; there is no thread that prepares batches ahead, for a training step takes far longer); by
-- default the data set's own field `transform`; false: as it is
-- @treturn Loader `for X, y in loader:batches()`, `#loader`, `loader.epoch` (read and write), `loader:state_dict()`,
-- `loader:load_state_dict(state)`
M.loader = core.loader

--- Downloads a file completely or not at all.
-- @function download
-- @tparam string url
-- @tparam string path
-- @tparam[opt] table options `digest` ("sha1:...", "md5:...", "sha256:..."), `connect_timeout` (5 s), `stall_timeout`
-- (8 s), `timeout` (3600 s), `max_bytes` ($OPTLAB_MAX_DOWNLOAD or 2 GiB), `progress` (a function of the bytes done and
-- the total, or nil)
-- @treturn ?boolean true, or nil and a message
M.download = core.download

--- The checksum of a file.
-- @function digest
-- @tparam string path
-- @tparam string algorithm "md5", "sha1" or "sha256"
-- @tparam[opt] boolean unpack of what a gzip-compressed file contains
-- @treturn ?string such as "sha1:76e5...", or nil and a message
M.digest = core.digest

--- Transforms of batches of images.
M.transforms = require "optlab.data.transforms"

M.mnist, M.kmnist = mnist.mnist, mnist.kmnist
M.cifar10, M.cifar100 = cifar.cifar10, cifar.cifar100
M.svhn = require("optlab.data.images.svhn").load
M.text, M.windows = text.text, text.windows
M.spirals, M.moons, M.blobs = classes.spirals, classes.moons, classes.blobs
M.noisy_quadratic, M.teacher_student = functions.noisy_quadratic, functions.teacher_student
M.airfoil = require "optlab.data.airfoil"
M.fashion_mnist = fashion_mnist.load
M.fashion_mnist_pair = fashion_mnist.pair
M.split = require("optlab.data.dataset").split

return require("optlab.base.errors").strict(M, "lab.data")
