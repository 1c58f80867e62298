--- Fashion-MNIST (Zalando Research, MIT licence): 60,000 + 10,000 grey pictures of clothes, 28 x 28, in ten classes of
-- equal size; the classification problem of the book's chapter.
--
-- The images stay bytes, (n, 1, 28, 28); the data set's `transform` tells `data.loader` to hand them out as floats from
-- 0 to 1. Labels are int64, 1 to 10.
--
-- The stand-in is drawn by the program: silhouettes of the same ten classes, which overlap (src/data/garments.h). A
-- softmax regression that gets 83 % of the real test images right when trained on 8,000 gets 80 % of the stand-in's.
-- @module optlab.data.fashion_mnist
local Dataset = require "optlab.data.dataset"
local core = require "optlab.core"
local args = require "optlab.base.args"
local errors = require "optlab.base.errors"
local locate = require "optlab.data.locate"

local CLASSES = {
  "T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
}
local ADDRESS = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"
local SIDE = 28
local SEED = 2828

-- MNIST's files have the same names, hence the folder.
local function file(name, digest, unpacked)
  return { name = "fashion_mnist", folder = "fashion-mnist", file = name, url = ADDRESS .. name, digest = digest,
    unpacked = unpacked, reader = "data.idx" }
end

-- `first`: where the split begins in the sequence of the stand-in's images.
local SPLITS = {
  train = {
    count = 60000, first = 0,
    images = file("train-images-idx3-ubyte.gz", "md5:8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
    labels = file("train-labels-idx1-ubyte.gz", "md5:25c81989df183df01b3e8a0aad5dffbe"),
  },
  test = {
    count = 10000, first = 60000,
    images = file("t10k-images-idx3-ubyte.gz", "md5:bef4ecab320f06d8554ea6380940ec79",
      "md5:8181f5470baa50b63fa0f6fddb340f0a"),
    labels = file("t10k-labels-idx1-ubyte.gz", "md5:bb300cfdad3c16e7a12a480ee83cd310"),
  },
}

local function shape(t) return "(" .. table.concat(t.shape, ", ") .. ")" end

local function check_images(path, images)
  local s = images.shape
  if images.dtype ~= "uint8" or #s ~= 3 or s[2] ~= SIDE or s[3] ~= SIDE then
    errors.raise("data.fashion_mnist: %s holds %s numbers of shape %s, expected uint8 images (n, %d, %d)", path,
      images.dtype, shape(images), SIDE, SIDE)
  end
end

-- Every class must have as many labels; MNIST's do not.
local function check_labels(path, labels)
  if labels.dtype ~= "uint8" or #labels.shape ~= 1 then
    errors.raise("data.fashion_mnist: %s holds %s numbers of shape %s, expected uint8 labels (n)", path, labels.dtype,
      shape(labels))
  end
  local expected = #labels // #CLASSES
  for class = 0, #CLASSES - 1 do
    local count = labels:eq(class):to("int64"):sum():item()
    if count ~= expected then
      errors.raise("data.fashion_mnist: %s is not the expected file: label %d occurs %d times, expected %d", path,
        class, count, expected)
    end
  end
end

local function check_count(split, images_path, images, labels_path, labels)
  if #images ~= #labels then
    errors.raise("data.fashion_mnist: %s holds %d images, but %s holds %d labels", images_path, #images, labels_path,
      #labels)
  end
  if #images ~= split.count then
    errors.raise("data.fashion_mnist: %s holds %d images, expected %d (data.idx reads a file of your own)", images_path,
      #images, split.count)
  end
end

-- Both files' paths and where they were found; nil, the file that is missing and the reason.
local function find(split)
  local images, where_images = locate.find(split.images)
  if not images then return nil, split.images, where_images end
  local labels, where_labels = locate.find(split.labels)
  if not labels then return nil, split.labels, where_labels end
  return { images = images, labels = labels, images_given = where_images == "given" }
end

local function read(split, found)
  local images, labels = core.data.idx(found.images), core.data.idx(found.labels)
  check_images(found.images, images)
  check_count(split, found.images, images, found.labels, labels)
  check_labels(found.labels, labels)
  if found.images_given and split.images.unpacked then locate.check(split.images, found.images) end
  return images, labels
end

-- Images, labels 0..9, and the fields that tell where they come from.
local function images_and_labels(split, n)
  local found, missing, reason = find(split)
  if found then
    local images, labels = read(split, found)
    return images:narrow(1, 1, n), labels:narrow(1, 1, n), { path = found.images }
  end
  locate.announce_stand_in(missing, reason)
  local images, labels = core.data.garments(SEED, split.first, n)
  return images, labels, { stand_in = true, note = "stand-in data" }
end

local N = { "n", "integer", min = 1, doc = "The first n images to train on; by default all." }
local FLATTEN = { "flatten", "flag", default = false, doc = "Whether X is (n, 784) instead of (n, 1, 28, 28)." }
local DTYPE = { "dtype", "choice", choices = { "float32", "float64", "uint8" },
  doc = "Dtype of the batches that a loader makes; by default the default dtype; \"uint8\" for raw bytes." }

local FASHION_MNIST = args.declare("data.fashion_mnist", {
  doc = "Images of clothes in ten classes, (N, 1, 28, 28), with labels from 1 to 10.",
  { "split", "choice", choices = { "train", "test" }, default = "train", doc = "Which part of the data set." },
  { "n", "integer", min = 1, doc = "The first n images; by default all." }, FLATTEN, DTYPE,
})
local PAIR = args.declare("data.fashion_mnist_pair", {
  doc = "A data set to train on and one to test on, both real or both made up.",
  N, { "n_test", "integer", min = 1, doc = "The first n_test images to test on; by default all." }, FLATTEN, DTYPE,
})

--- Loads one part of the data set; see `optlab.data.locate` for where its files are looked for. In the user's folder
-- they may lie in a folder `fashion-mnist` or not, packed or not.
-- @tparam[opt] table options see the declaration above
-- @treturn Dataset `X` (n, 1, 28, 28), uint8; `y` (n), int64, 1 to 10; `classes` (names); `transform` (for
-- `data.loader`); `name`, `split`, `stand_in`, `note`
-- @usage
-- local train = data.fashion_mnist { split = "train" }
-- for X, y in data.loader(train, { batch_size = 256, shuffle = true }):batches() do ... end
-- @usage
-- local train, test = data.split(data.fashion_mnist { split = "test" }, { 8000, 2000 })
local function fashion_mnist(...)
  local o = FASHION_MNIST:read(...)
  local dtype = o.dtype or core.tensor.get_default_dtype()
  local split = SPLITS[o.split]
  local n = args.check("data.fashion_mnist", "n", o.n or split.count, "integer", { min = 1, max = split.count })
  local images, labels, ds = images_and_labels(split, n)
  ds.name, ds.split, ds.classes = "fashion_mnist", o.split, { table.unpack(CLASSES) }
  ds.X = o.flatten and images:reshape(n, SIDE * SIDE) or images:reshape(n, 1, SIDE, SIDE)
  ds.y = labels:to("int64") + 1
  if dtype ~= "uint8" then ds.transform = { dtype = dtype, scale = 1 / 255 } end
  return Dataset.new(ds)
end

-- How the real test images are shared when there are no others.
local PARTS = { train = 8000, test = 2000 }

-- A part of the test images that stands for a split.
local function part_of_test(whole, first, n, most, name)
  n = args.check("data.fashion_mnist_pair: without the training files", name, n or most, "integer",
    { min = 1, max = most })
  local part = whole:subset(first, first + n - 1)
  part.note = "parts of the test images"
  return part
end

--- Images to train on and others to test on, real ones both or made by the program both: the beginnings of the two
-- splits. Where the files of the test split are the only ones, the first 8,000 of their images are there to train on
-- and the last 2,000 to test on, and standard error says so.
-- @tparam[opt] table options see the declaration above
-- @treturn Dataset to train on
-- @treturn Dataset to test on
-- @usage
-- local train, test = data.fashion_mnist_pair { n = 8000, n_test = 2000 }
local function pair(...)
  local where = "data.fashion_mnist_pair"
  local o = PAIR:read(...)
  local function load(split, n) return fashion_mnist { split = split, n = n, flatten = o.flatten, dtype = o.dtype } end
  local have_train, missing = find(SPLITS.train)
  local have_test, missing_test = find(SPLITS.test)
  if have_train and not have_test then
    errors.raise("%s: there are real images to train on, but no %s to test on", where, missing_test.file)
  elseif have_train or not have_test then
    return load("train", o.n), load("test", o.n_test)
  end
  locate.say("fashion_mnist: no %s; training on the first %d of the test images, testing on the last %d", missing.file,
    PARTS.train, PARTS.test)
  local whole = load("test")
  return part_of_test(whole, 1, o.n, PARTS.train, "n"),
    part_of_test(whole, PARTS.train + 1, o.n_test, PARTS.test, "n_test")
end

return { load = fashion_mnist, pair = pair }
