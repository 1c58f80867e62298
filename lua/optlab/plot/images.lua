--- Many grey pictures in one: images of a data set, or the filters of a layer.
-- @module optlab.plot.images
local args = require "optlab.base.args"
local arrays = require "optlab.plot.arrays"
local errors = require "optlab.base.errors"
local figure = require "optlab.plot.figure"
local kinds = require "optlab.base.kinds"
local limits = require "optlab.plot.gnuplot.limits"
local number = require "optlab.base.number"
local options = require "optlab.plot.options"
require "optlab.plot.kinds.image"
require "optlab.plot.kinds.notes"

local WHERE = "plot.images"
local MAX_IMAGES = 1000
local CELL = 72 -- pixels of the drawing a column of images takes

kinds.images = { takes = "list", accept = function(v) return arrays.is_array(v) and v or nil end }

local IMAGES = args.declare(WHERE, {
  doc = "Makes a figure of many small grey images.",
  positions = 1,
  { "images", "images", what = "a tensor (N, 1, H, W) or (N, H, W), or a list of images", required = true,
    doc = "A tensor (N, 1, H, W) or (N, H, W), or matrices of one size; greys 0 to 1, or 0 to 255." },
  { "labels", "array", of = { "any" }, what = "a list with a text for each image", doc = "A text above each image." },
  { "colors", "list", of = { "color" }, what = "a list of colors", doc = "The colour of each label." },
  { "cols", "integer", min = 1, max = MAX_IMAGES, doc = "Number of images in a row; by default at most 10." },
  { "stretch", "flag", default = false,
    doc = "Whether each image is scaled from its own darkest to its own brightest value, which is useful for "
      .. "filters." },
  options.TITLE, options.SIZE,
})

-- An H x W array out of one with leading dimensions of 1.
local function matrix(v, i)
  local rows = arrays.plain(v)
  while type(rows) == "table" and #rows == 1 and type(rows[1]) == "table" and type(rows[1][1]) == "table" do
    rows = rows[1]
  end
  if type(rows) ~= "table" or type(rows[1]) ~= "table" or type(rows[1][1]) ~= "number" then
    errors.raise("%s: image %d is no matrix of greys (H, W)", WHERE, i)
  end
  return rows
end

-- The images as lists of rows, all of one size.
local function matrices(source)
  local list = {}
  if #source > MAX_IMAGES then
    errors.raise("%s: %d images are too many for one picture, at most %d; take some with images:narrow", WHERE, #source,
      MAX_IMAGES)
  end
  for i = 1, #source do
    list[i] = matrix(source[i], i)
    if #list[i] ~= #list[1] or #list[i][1] ~= #list[1][1] then
      errors.raise("%s: image %d has %d x %d pixels but image 1 has %d x %d", WHERE, i, #list[i], #list[i][1], #list[1],
        #list[1][1])
    end
  end
  if #list == 0 then errors.raise("%s: there is no image in it", WHERE) end
  return list
end

-- Copies an image to row top, column left of the canvas, so that lo is black and hi is white.
local function put(canvas, rows, top, left, lo, hi)
  local scale = hi > lo and 1 / (hi - lo) or 0
  for j, row in ipairs(rows) do
    local line = canvas[top + j]
    for i, v in ipairs(row) do line[left + i] = (v - lo) * scale end
  end
end

-- Greys are 0..1, or 0..255 if a value exceeds 1; stretched ones span each image's own values.
local function scales(list, stretch)
  local top = 1
  for _, rows in ipairs(list) do
    if select(2, limits.extremes(rows)) > 1 then top = 255 end
  end
  return function(rows)
    if stretch then return limits.extremes(rows) end
    return 0, top
  end
end

local function white(height, width)
  local canvas = {}
  for j = 1, height do
    canvas[j] = {}
    for i = 1, width do canvas[j][i] = 1 end
  end
  return canvas
end

local function check_labels(labels, n)
  if labels and #labels ~= n then
    errors.raise("%s: labels must be a list with a text for each of the %d images, got %d of them", WHERE, n, #labels)
  end
end

-- The lines of each label, the lowest first, and the largest number of them.
local function lines_of(labels)
  local all, most = {}, 0
  for k, label in ipairs(labels or {}) do
    all[k] = {}
    local text = type(label) == "number" and number.shown(label) or tostring(label)
    for line in (text .. "\n"):gmatch("(.-)\n") do table.insert(all[k], 1, line) end
    most = math.max(most, #all[k])
  end
  return all, most
end

--- A figure of many images, row by row from the upper left corner.
-- @param source a tensor (N, 1, H, W) or (N, H, W), or a list of matrices of one size; greys 0..1, or 0..255 if a value
-- exceeds 1
-- @tparam[opt] table options see the declaration above
-- @treturn Figure
-- @usage plot.images(ds.X:narrow(1, 1, 20), { labels = names, cols = 10 }):save("images")
local function images(...)
  local o = IMAGES:read(...)
  local list = matrices(o.images)
  check_labels(o.labels, #list)
  local cols = math.min(o.cols or 10, #list)
  local high, wide = #list[1], #list[1][1]
  local gap = math.ceil(wide / 14)
  local lines, most = lines_of(o.labels)
  local step = math.ceil(wide / 7) -- from one line of a label to the next
  local head = most > 0 and math.ceil(wide / 4) + (most - 1) * (step + 1) or 0
  local rows = (#list + cols - 1) // cols
  local canvas = white(rows * (high + head + gap) + gap, cols * (wide + gap) + gap)
  local scale = scales(list, o.stretch)
  local fig = figure.new {
    title = o.title,
    size = o.size or { math.max(160, cols * CELL), math.max(120, rows * CELL * #canvas * cols
      // (#canvas[1] * rows) + (o.title and 30 or 0)) },
  }
  for k, image in ipairs(list) do
    local top, left = (k - 1) // cols * (high + head + gap) + gap + head, (k - 1) % cols * (wide + gap) + gap
    put(canvas, image, top, left, scale(image))
  end
  fig:image(canvas)
  for k, label in ipairs(lines) do
    local top, left = (k - 1) // cols * (high + head + gap) + gap + head, (k - 1) % cols * (wide + gap) + gap
    for i, line in ipairs(label) do
      fig:text(line, { left + 0.5 + wide / 2, top + 0.5 - math.ceil(wide / 4) / 2 - (i - 1) * step },
        { size = 8, align = "center", color = o.colors and o.colors[k] })
    end
  end
  return fig
end

return images
