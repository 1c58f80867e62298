--- SVHN, street view house numbers (Netzer et al., "Reading digits in natural images with unsupervised feature
-- learning", 2011): 73,257 + 26,032 colour images of digits, 32 x 32, and 531,131 easier ones.
--
-- Read are the cropped digits in MATLAB's format. Images stay bytes, (n, 3, 32, 32); a loader hands them out as floats
-- from 0 to 1. Labels are int64, 1 to 10: the digit plus 1. The stand-in is drawn by the program
-- (src/data/standins/glyphs.h).
-- @module optlab.data.images.svhn
local args = require "optlab.base.args"
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local locate = require "optlab.data.locate"
local options = require "optlab.data.images.options"

local ADDRESS = "http://ufldl.stanford.edu/housenumbers/"
local SEED = 3232
local SPLITS = {
  train = { count = 73257, first = 0, digest = "md5:e26dedcc434d2e4c54c9b2d4a06d8373" },
  test = { count = 26032, first = 73257, digest = "md5:eb5a983be6a315427106f1b164d9cef3" },
  extra = { count = 531131, first = 99289, digest = "md5:a93ce644f1a588dc4d68dda5feec44a7", max_bytes = 2 << 30 },
}
local CLASSES = { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9" }

local SVHN = args.declare("data.svhn", {
  doc = "Colour images of house numbers' digits, (N, 3, 32, 32), with labels from 1 (the digit 0) to 10.",
  options.split("train", "test", "extra"), options.N, options.FLATTEN, options.DTYPE,
})

-- The file's images (32, 32, 3, n) and labels (n, 1), where 10 is the digit 0, as (n, 3, 32, 32) and 0..9.
local function arrange(path, arrays)
  local X, y = arrays.X, arrays.y
  local s = X and X.shape or {}
  if not (X and y) or X.dtype ~= "uint8" or #s ~= 4 or s[1] ~= 32 or s[2] ~= 32 or s[3] ~= 3 then
    errors.raise("data.svhn: %s does not hold uint8 images X (32, 32, 3, n) and labels y", path)
  end
  if y:numel() ~= s[4] then
    errors.raise("data.svhn: %s holds %d images, but %d labels", path, s[4], y:numel())
  end
  local labels = y:reshape(-1):to("int64")
  if labels:min():item() < 0 or labels:max():item() > 10 then
    errors.raise("data.svhn: %s holds labels beyond 0 to 10", path)
  end
  return X:permute { 4, 3, 1, 2 }, labels * labels:ne(10):to("int64")
end

local function images_and_labels(name, n)
  local split = SPLITS[name]
  local file = name .. "_32x32.mat"
  local source = { name = "svhn", file = file, url = ADDRESS .. file, digest = split.digest, reader = "data.mat",
    max_bytes = split.max_bytes }
  local path, where = locate.find(source)
  if path then
    if where == "given" then locate.check(source, path) end
    local images, labels = arrange(path, core.data.mat(path))
    return images:narrow(1, 1, n):contiguous(), labels:narrow(1, 1, n), { path = path }
  end
  locate.announce_stand_in(source, where)
  local images, labels = core.data.glyphs("numbers", 10, SEED, split.first, n)
  return images, labels, options.made_up()
end

return {
  load = function(...)
    local o = SVHN:read(...)
    local n = options.count("data.svhn", o.n, SPLITS[o.split].count)
    local images, labels, from = images_and_labels(o.split, n)
    return options.dataset("svhn", o, images, labels, CLASSES, from)
  end,
}
