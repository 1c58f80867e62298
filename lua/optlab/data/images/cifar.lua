--- CIFAR-10 and CIFAR-100 (Krizhevsky, "Learning multiple layers of features from tiny images", 2009): 50,000 + 10,000
-- colour images, 32 x 32, in 10 classes, or in 100 classes of 20 kinds.
--
-- Read are the archives of the binary version, or its files unpacked in a folder of the archive's name or beside it.
-- Images stay bytes, (n, 3, 32, 32); a loader hands them out as floats from 0 to 1. Labels are int64 and count from 1.
-- The stand-ins are drawn by the program (src/data/standins/glyphs.h).
-- @module optlab.data.images.cifar
local args = require "optlab.base.args"
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local files = require "optlab.base.files"
local locate = require "optlab.data.locate"
local names = require "optlab.data.images.cifar_names"
local options = require "optlab.data.images.options"

local ADDRESS = "https://www.cs.toronto.edu/~kriz/"
local PIXELS = 3 * 32 * 32
local COUNT, FIRST = { train = 50000, test = 10000 }, { train = 0, test = 50000 }

local CIFAR10 = {
  name = "cifar10", file = "cifar-10-binary.tar.gz", digest = "md5:c32a1d4ab5d03f1284b67883e8d87530",
  folder = "cifar-10-batches-bin", labels = 1, classes = 10, seed = 3210,
  train = { "data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin" },
  test = { "test_batch.bin" },
}
local CIFAR100 = {
  name = "cifar100", file = "cifar-100-binary.tar.gz", digest = "md5:03b5dce01913d631647c71ecec9e9cb8",
  folder = "cifar-100-binary", labels = 2, classes = 100, seed = 32100,
  train = { "train.bin" }, test = { "test.bin" },
}

-- The unpacked files in the user's folder; nil where one is missing.
local function unpacked(set, members)
  local folder = locate.folder()
  for _, place in ipairs(folder and { folder .. "/" .. set.folder, folder } or {}) do
    local paths = {}
    for i, member in ipairs(members) do
      local path = place .. "/" .. member
      paths[i] = files.readable(path) and path or nil
    end
    if #paths == #members then return paths end
  end
  return nil
end

-- Records of labels and pixels, (n, labels + 3072).
local function records(set, path, bytes)
  local size = set.labels + PIXELS
  if #bytes == 0 or #bytes % size ~= 0 then
    errors.raise("data.%s: %s has %d bytes, expected a multiple of %d", set.name, path, #bytes, size)
  end
  return bytes:reshape(-1, size)
end

local function read_unpacked(set, paths)
  local parts = {}
  for i, path in ipairs(paths) do parts[i] = records(set, path, core.data.bytes(path)) end
  return parts, paths[1]
end

local function read_archive(set, path, members)
  local parts = { core.data.tar(path, members) }
  if not parts[1] then errors.raise("data.%s: %s", set.name, parts[2]) end
  for i, bytes in ipairs(parts) do parts[i] = records(set, path, bytes) end
  return parts, path
end

-- The records of a split and their file; nil, the source and the reason where there is none.
local function read(set, split)
  local members = set[split]
  local paths = unpacked(set, members)
  if paths then return read_unpacked(set, paths) end
  local source = { name = set.name, file = set.file, url = ADDRESS .. set.file, digest = set.digest,
    reader = "a script" }
  local path, where = locate.find(source)
  if not path then return nil, source, where end
  if where == "given" then locate.check(source, path) end
  return read_archive(set, path, members)
end

local function check(set, split, path, all, column, classes)
  if #all ~= COUNT[split] then
    errors.raise("data.%s: %s holds %d images, expected %d", set.name, path, #all, COUNT[split])
  end
  local labels = all:select(2, column)
  if labels:to("int64"):max():item() >= classes then
    errors.raise("data.%s: %s holds labels above %d", set.name, path, classes - 1)
  end
  return labels
end

local function images_and_labels(set, split, n, column, classes)
  local parts, from, reason = read(set, split)
  if parts then
    local all = #parts == 1 and parts[1] or core.tensor.cat(parts)
    local labels = check(set, split, from, all, column, classes)
    local images = all:narrow(2, set.labels + 1, PIXELS):narrow(1, 1, n):contiguous()
    return images:reshape(n, 3, 32, 32), labels:narrow(1, 1, n), { path = from }
  end
  locate.announce_stand_in(from, reason)
  local images, labels = core.data.glyphs("objects", set.classes, set.seed, FIRST[split], n)
  if classes < set.classes then labels = (labels:to("float64") / (set.classes // classes)):floor() end
  return images, labels, options.made_up()
end

local TEN = args.declare("data.cifar10", {
  doc = "Colour photographs in ten classes, (N, 3, 32, 32), with labels from 1 to 10.",
  options.split("train", "test"), options.N, options.FLATTEN, options.DTYPE,
})
local HUNDRED = args.declare("data.cifar100", {
  doc = "Colour photographs in 100 classes, (N, 3, 32, 32), with labels from 1 to 100, or in 20 groups of classes.",
  options.split("train", "test"), options.N,
  { "labels", "choice", choices = { "fine", "coarse" }, default = "fine",
    doc = "The classes, 1 to 100, or their groups, 1 to 20." },
  options.FLATTEN, options.DTYPE,
})

local M = {}

function M.cifar10(...)
  local o = TEN:read(...)
  local n = options.count("data.cifar10", o.n, COUNT[o.split])
  local images, labels, from = images_and_labels(CIFAR10, o.split, n, 1, 10)
  return options.dataset("cifar10", o, images, labels, names.TEN, from)
end

function M.cifar100(...)
  local o = HUNDRED:read(...)
  local n = options.count("data.cifar100", o.n, COUNT[o.split])
  local fine = o.labels == "fine"
  local images, labels, from = images_and_labels(CIFAR100, o.split, n, fine and 2 or 1, fine and 100 or 20)
  return options.dataset("cifar100", o, images, labels, fine and names.FINE or names.COARSE, from)
end

return M
