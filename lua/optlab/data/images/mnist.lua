--- MNIST (handwritten digits; LeCun, Cortes and Burges) and KMNIST (signs of old Japanese writing; Clanuwat et al.,
-- "Deep learning for classical Japanese literature", 2018, CC BY-SA 4.0): 60,000 + 10,000 grey images, 28 x 28, in ten
-- classes.
--
-- Images stay bytes, (n, 1, 28, 28); a loader hands them out as floats from 0 to 1. Labels are int64, 1 to 10: the
-- digit plus 1. The stand-ins are drawn by the program (src/data/standins/glyphs.h).
-- @module optlab.data.images.mnist
local args = require "optlab.base.args"
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local locate = require "optlab.data.locate"
local options = require "optlab.data.images.options"

local SIDE = 28
local DIGITS = { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9" }

local MNIST = {
  name = "mnist", address = "https://ossci-datasets.s3.amazonaws.com/mnist/", kind = "digits", seed = 2801,
  classes = DIGITS,
  train = { "f68b3c2dcbeaaa9fbdd348bbdeb94873", "d53e105ee54ea40749a09fcbcd1e9432" },
  test = { "9fb629c4189551a2d022fa330f9573f3", "ec29112dd5afa0611ce80d1b7f02629c" },
}
local KMNIST = {
  name = "kmnist", address = "http://codh.rois.ac.jp/kmnist/dataset/kmnist/", kind = "signs", seed = 2802,
  classes = { "o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo" },
  train = { "bdb82020997e1d708af4cf47b453dcf7", "e144d726b3acfaa3e44228e80efcd344" },
  test = { "5c965bf0a639b31b8f53240b1b52f4d7", "7320c461ea6c1c855c0b718fb2a4b134" },
}
local COUNT, FIRST = { train = 60000, test = 10000 }, { train = 0, test = 60000 }
local PREFIX = { train = "train", test = "t10k" }

-- Several data sets have files of these names, hence the folder.
local function source(set, split, what, digest)
  local name = ("%s-%s-ubyte.gz"):format(PREFIX[split], what)
  return { name = set.name, folder = set.name, shared = true, file = name, url = set.address .. name,
    digest = "md5:" .. digest, reader = "data.idx" }
end

-- Finds one of the two files; nil, the source and the reason where there is none.
local function find(set, split)
  local paths = {}
  for i, what in ipairs { "images-idx3", "labels-idx1" } do
    local from = source(set, split, what, set[split][i])
    local path, where = locate.find(from)
    if not path then return nil, from, where end
    paths[i] = path
  end
  return paths
end

local function shape(t) return "(" .. table.concat(t.shape, ", ") .. ")" end

local function check(set, paths, images, labels, count)
  local fn = "data." .. set.name
  local s = images.shape
  if images.dtype ~= "uint8" or #s ~= 3 or s[1] ~= count or s[2] ~= SIDE or s[3] ~= SIDE then
    errors.raise("%s: %s holds %s numbers of shape %s, expected uint8 images (%d, %d, %d)", fn, paths[1], images.dtype,
      shape(images), count, SIDE, SIDE)
  end
  if labels.dtype ~= "uint8" or #labels.shape ~= 1 or #labels ~= count then
    errors.raise("%s: %s holds %s numbers of shape %s, expected uint8 labels (%d)", fn, paths[2], labels.dtype,
      shape(labels), count)
  end
  if labels:to("int64"):max():item() > 9 then errors.raise("%s: %s holds labels above 9", fn, paths[2]) end
end

local function images_and_labels(set, split, n)
  local paths, missing, reason = find(set, split)
  if paths then
    local images, labels = core.data.idx(paths[1]), core.data.idx(paths[2])
    check(set, paths, images, labels, COUNT[split])
    return images:narrow(1, 1, n):reshape(n, 1, SIDE, SIDE), labels:narrow(1, 1, n), { path = paths[1] }
  end
  locate.announce_stand_in(missing, reason)
  local images, labels = core.data.glyphs(set.kind, 10, set.seed, FIRST[split], n)
  return images, labels, options.made_up()
end

local function loader_of(set, doc)
  local fn = "data." .. set.name
  local declaration = args.declare(fn, {
    doc = doc, options.split("train", "test"), options.N, options.FLATTEN, options.DTYPE,
  })
  return function(...)
    local o = declaration:read(...)
    local n = options.count(fn, o.n, COUNT[o.split])
    local images, labels, from = images_and_labels(set, o.split, n)
    return options.dataset(set.name, o, images, labels, set.classes, from)
  end
end

return {
  mnist = loader_of(MNIST, "Images of handwritten digits in ten classes, (N, 1, 28, 28), with labels from 1 to 10."),
  kmnist = loader_of(KMNIST,
    "Images of ten signs of old Japanese writing, (N, 1, 28, 28), with labels from 1 to 10."),
}
