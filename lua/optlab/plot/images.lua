--- Many grey pictures in one: images of a data set, or the filters of a layer.
-- @module optlab.plot.images
local arrays = require "optlab.plot.arrays"
local errors = require "optlab.base.errors"
local figure = require "optlab.plot.figure"
local limits = require "optlab.plot.gnuplot.limits"
local text = require "optlab.plot.gnuplot.text"
require "optlab.plot.fields" -- gives figures their image

local WHERE = "plot.images"
local MAX_IMAGES = 1000
local CELL = 72 -- pixels of the drawing a column of images takes

-- An H x W array out of one with leading dimensions of 1.
local function matrix(v, i)
  local rows = arrays.is_tensor(v) and v:tolist() or v
  while type(rows) == "table" and #rows == 1 and type(rows[1]) == "table" and type(rows[1][1]) == "table" do
    rows = rows[1]
  end
  if type(rows) ~= "table" or type(rows[1]) ~= "table" or type(rows[1][1]) ~= "number" then
    errors.raise("%s: image %d is no matrix of greys (H, W)", WHERE, i)
  end
  return rows
end

-- The images as lists of rows, all of one size.
local function check_images(source)
  if not arrays.is_array(source) then
    errors.raise("%s: a tensor (N, 1, H, W) or (N, H, W) or a list of images is needed, got %s", WHERE,
      errors.shown(source))
  end
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
  if labels == nil then return nil end
  local list = arrays.is_tensor(labels) and labels:tolist() or labels
  if type(list) ~= "table" or #list ~= n then
    errors.raise("%s: labels must be a list with a text for each of the %d images, got %s", WHERE, n,
      type(list) == "table" and #list .. " of them" or errors.shown(labels))
  end
  for i, label in ipairs(list) do text.check(tostring(label), ("%s: labels[%d]"):format(WHERE, i)) end
  return list
end

-- The lines of each label, the lowest first, and the largest number of them.
local function lines_of(labels)
  local all, most = {}, 0
  for k, label in ipairs(labels or {}) do
    all[k] = {}
    for line in (tostring(label) .. "\n"):gmatch("(.-)\n") do table.insert(all[k], 1, line) end
    most = math.max(most, #all[k])
  end
  return all, most
end

--- A figure of many images, row by row from the upper left corner.
-- @param source a tensor (N, 1, H, W) or (N, H, W), or a list of matrices of one size; greys 0..1, or 0..255 if a value
-- exceeds 1
-- @tparam[opt] table options `labels` (a text above each, of one line or more), `colors` (of these texts), `cols` (at
-- most 10), `stretch` (false; true: each image from its own darkest to its own brightest value, for filters), `title`,
-- `size`
-- @treturn Figure
-- @usage plot.images(ds.X:narrow(1, 1, 20), { labels = names, cols = 10 }):save("images")
local function images(source, options)
  options = errors.check_options(options, { "labels", "colors", "cols", "stretch", "title", "size" }, WHERE)
  local list = check_images(source)
  local labels = check_labels(options.labels, #list)
  local cols = errors.check_integer(options.cols or math.min(#list, 10), WHERE, "cols", 1, MAX_IMAGES)
  cols = math.min(cols, #list)
  local high, wide = #list[1], #list[1][1]
  local gap = math.ceil(wide / 14)
  local lines, most = lines_of(labels)
  local step = math.ceil(wide / 7) -- from one line of a label to the next
  local head = most > 0 and math.ceil(wide / 4) + (most - 1) * (step + 1) or 0
  local rows = (#list + cols - 1) // cols
  local canvas = white(rows * (high + head + gap) + gap, cols * (wide + gap) + gap)
  local scale = scales(list, options.stretch)
  local fig = figure.new {
    title = options.title,
    size = options.size or { math.max(160, cols * CELL), math.max(120, rows * CELL * #canvas * cols
      // (#canvas[1] * rows) + (options.title and 30 or 0)) },
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
        { size = 8, align = "center", color = options.colors and options.colors[k] })
    end
  end
  return fig
end

return images
