--- The legend: at the place inside the frame that hides least, else beside the frame or below it.
-- Every label is to be read. Labels that leave the frame too little room get a smaller font, then they are broken into
-- lines. Only where that is not enough they are cut, or left out, and the user is told.
-- gnuplot's estimate of a legend's size differs between its terminals; here everything is as large as in its svg, the
-- largest of them.
-- @module optlab.plot.gnuplot.legend
local contrast = require "optlab.plot.look.contrast"
local number = require "optlab.plot.gnuplot.number"
local text = require "optlab.plot.gnuplot.text"

local M = {}

local LEAST_FRAME = 0.4 -- of the figure's width and height that the frame keeps

-- --- sizes -----------------------------------------------------------------------------------------------------------

-- The sizes of the font, in pixels, with gnuplot's factor for the distance between lines.
local SIZES = {
  { font = 12, spacing = 1.15 }, { font = 11, spacing = 1.15 }, { font = 10, spacing = 1 }, { font = 9, spacing = 1 },
  { font = 8, spacing = 0.95 }, { font = 8, spacing = 0.8 },
}
local LARGEST, SMALLEST = SIZES[1], SIZES[#SIZES]

local function line_height(size)
  return 1.5 * size.font * size.spacing
end

-- gnuplot counts the characters of a label. The width of one in units of the font's size, and its factor in svg.
local CHARACTER, WIDER = 0.62, 1.13

-- The width of a column of labels with their samples of lines.
local function column_width(widest, size)
  return widest * WIDER + 2.95 * size.font + 10
end

-- The widest label of a column.
local function label_width(column, size)
  return (column - column_width(0, size) - 1) / WIDER
end

-- A label's sample of a line is about as wide as this many font sizes; a title stands without one.
local SAMPLE = 2.5

local function widest_of(lines, size)
  local widest = lines.title and (text.extent(lines.title.seen, size.font)) - SAMPLE * size.font or 0
  for _, line in ipairs(lines) do widest = math.max(widest, (text.extent(line.seen, size.font))) end
  return widest
end

-- --- labels --------------------------------------------------------------------------------------------------------

-- A line of the legend: what gnuplot gets, what is seen of it.
local function line_of(words, markup)
  return { words = words, seen = text.seen(words, markup), markup = markup }
end

--- The labels of a figure.
-- @tparam table fig
-- @treturn {table,...} {el =, lines =}, each with one line
function M.labels(fig)
  local list = {}
  for _, el in ipairs(fig.elements) do
    if el.label and el.label:find "%S" then
      local markup = el.enhanced
      if markup == nil then markup = fig.opts.enhanced end
      list[#list + 1] = { el = el, lines = { line_of(text.clean(el.label):gsub("\n", " "), markup) } }
    end
  end
  local opts = fig.opts
  if opts.legendtitle then
    list.title = line_of(text.clean(opts.legendtitle):gsub("\n", " "), opts.enhanced)
  end
  list.cols = opts.legendcols
  return list
end

local function all_lines(labels)
  local out = {}
  for _, label in ipairs(labels) do table.move(label.lines, 1, #label.lines, #out + 1, out) end
  if (labels.cols or 1) == 1 then out.title = labels.title end
  return out
end

-- Whether breaking a text with markup at blanks leaves its braces whole.
local function balanced(lines)
  for _, words in ipairs(lines) do
    local _, open = words:gsub("{", "")
    local _, close = words:gsub("}", "")
    if open ~= close then return false end
  end
  return true
end

local function wrapped(labels, width, size)
  local out = {}
  for i, label in ipairs(labels) do
    local line, parts = label.lines[1], {}
    for words in (text.wrap(line.words, width, size.font) .. "\n"):gmatch("(.-)\n") do parts[#parts + 1] = words end
    if line.markup and not balanced(parts) then parts = { line.words } end
    for k, words in ipairs(parts) do parts[k] = line_of(words, line.markup) end
    out[i] = { el = label.el, lines = parts }
  end
  out.title, out.cols = labels.title, labels.cols
  return out
end

-- --- outside the frame -----------------------------------------------------------------------------------------------

-- Each plan is {place =, labels =, size =, rows =, area =}: the area is what it leaves for the frame, and `frame` the
-- width if that is less.

local BESIDE = 26 -- what gnuplot leaves free on both sides of a legend beside the frame

local function beside(labels, room, size)
  local lines = all_lines(labels)
  local most = math.max(1, room.rows // line_height(size))
  local columns = labels.cols or math.ceil(#lines / most)
  if columns > 1 and #lines > #labels then return nil end
  local width = room.width - room.left - columns * column_width(widest_of(lines, size), size) - BESIDE
  if width < LEAST_FRAME * room.width then return nil end
  return {
    place = "outside right top", labels = labels, size = size, rows = math.ceil(#lines / columns), frame = width,
    area = width * (room.height - room.bottom),
  }
end

-- gnuplot puts the middle of a legend below the frame under the middle of the frame, and warns if it is wider.
local function width_below(room)
  return room.width - room.left - room.right - 8
end

local function below(labels, room, size)
  local lines = all_lines(labels)
  local column = column_width(widest_of(lines, size), size)
  local columns = math.min(width_below(room) // column, #lines > #labels and 1 or labels.cols or #labels)
  if columns < 1 then return nil end
  local rows = math.ceil(#lines / columns)
  if labels.title then rows = rows + 1 end
  local height = room.height - room.bottom - rows * line_height(size) - 8
  if height < LEAST_FRAME * room.height then return nil end
  return {
    place = "below", labels = labels, size = size, rows = rows, columns = columns,
    area = height * (room.width - room.left),
  }
end

-- The better one of a plan beside the frame and one below, which is harder to read: it must leave much more.
local function better(aside, under)
  if not aside or not under then return aside or under end
  return aside.area >= 0.8 * under.area and aside or under
end

-- The widest text of one column that leaves the frame its room.
local function widest_beside(room, size)
  return label_width(room.width * (1 - LEAST_FRAME) - room.left - BESIDE, size)
end

local function widest_below(room, size)
  return label_width(width_below(room), size)
end

-- The first size of font with which all labels fit, in one line each or in several.
local function readable(labels, room, allowed)
  for _, size in ipairs(SIZES) do
    local plan = better(allowed.beside and beside(labels, room, size), allowed.below and below(labels, room, size))
    if plan then return plan end
  end
  for _, size in ipairs(SIZES) do
    local plan = better(
      allowed.beside and beside(wrapped(labels, widest_beside(room, size), size), room, size),
      allowed.below and below(wrapped(labels, widest_below(room, size), size), room, size))
    if plan then return plan end
  end
end

local function cut(label, width, size)
  local line = label.lines[1]
  if text.extent(line.seen, size.font) <= width then return label, false end
  return { el = label.el, lines = { line_of(text.cut(line.seen, width, size.font), false) } }, true
end

-- The last resort: as many labels as there is room for below the frame, cut.
local function shortened(labels, room)
  local size = SMALLEST
  local rows = math.max(1, (room.height * (1 - LEAST_FRAME) - room.bottom - 8) // line_height(size))
  local least = column_width(5 * size.font, size)
  local columns = math.max(1, math.min(math.ceil(#labels / rows), width_below(room) // least))
  local width = label_width(width_below(room) / columns, size)
  local shown, count, cuts = {}, math.min(#labels, math.floor(rows * columns)), 0
  for i = 1, count do
    local is_cut
    shown[i], is_cut = cut(labels[i], width, size)
    if is_cut then cuts = cuts + 1 end
  end
  return {
    place = "below", labels = shown, size = size, rows = math.ceil(count / columns), columns = columns,
    cut = cuts, left_out = #labels - count,
  }
end

--- A plan for a legend outside the frame.
-- @tparam {table,...} labels as of @{labels}
-- @tparam table room {width =, height =, left =, right =, bottom =, rows =}: the sizes of the figure, of what is around
-- its frame, and the frame's height in svg
-- @tparam table allowed {beside =, below =}: the places that come first
-- @treturn table {place =, labels =, size = {font =, spacing =}, rows =, columns =, cut =, left_out =}
function M.outside(labels, room, allowed)
  return readable(labels, room, allowed) or readable(labels, room, { beside = true, below = true })
    or shortened(labels, room)
end

-- --- inside the frame ------------------------------------------------------------------------------------------------

-- Points about every `gap` pixels along a polyline; at most some thousands however long it is.
local function sample(view, curve, out)
  local gap, last_x, last_y = 6, nil, nil
  local stride = math.max(1, #curve.x // 3000)
  for i = 1, #curve.x, stride do
    local px, py
    if number.finite(curve.x[i]) and number.finite(curve.y[i]) then px, py = view:pixel(curve.x[i], curve.y[i]) end
    if px and last_x and curve.joined then
      local parts = math.min(math.ceil(math.max(math.abs(px - last_x), math.abs(py - last_y)) / gap), 200)
      for k = 1, parts - 1 do
        out[#out + 1] = { last_x + (px - last_x) * k / parts, last_y + (py - last_y) * k / parts, curve.weight }
      end
    end
    if px then out[#out + 1] = { px, py, curve.weight } end
    last_x, last_y = px, py
  end
end

local function sample_box(box, out)
  for px = box.left, box.left + box.width, 6 do
    for py = box.bottom, box.bottom + box.height, 6 do out[#out + 1] = { px, py, 2 } end
  end
end

-- What a legend at (left, bottom) would hide.
local function hidden(samples, left, bottom, width, height)
  local sum, pad = 0, 5
  for _, p in ipairs(samples) do
    if p[1] > left - pad and p[1] < left + width + pad and p[2] > bottom - pad and p[2] < bottom + height + pad then
      sum = sum + p[3]
    end
  end
  return sum
end

-- gnuplot's names of the places and their position as a share of the free room, in the order of preference.
local PLACES = {
  { "right top", 1, 1 }, { "left top", 0, 1 }, { "right bottom", 1, 0 }, { "left bottom", 0, 0 },
  { "right center", 1, 0.5 }, { "left center", 0, 0.5 }, { "center top", 0.5, 1 }, { "center bottom", 0.5, 0 },
}

-- With more than this hidden (in samples, some six pixels each) the legend goes beside the frame.
local TOLERABLE = 8

-- The size of a box in columns, with a title above.
local function box_size(labels, size)
  local lines, cols = all_lines(labels), labels.cols or 1
  local width, rows = cols * column_width(widest_of(lines, size), size), math.ceil(#lines / cols)
  if labels.title then
    width, rows = math.max(width, (text.extent(labels.title.seen, size.font)) * WIDER + 16), rows + 1.2
  end
  return width, rows * line_height(size) + 4
end

--- A plan for a legend inside the frame that hides little, or nil.
-- @tparam {table,...} labels
-- @tparam table view
-- @tparam {table,...} curves {x, y, joined, weight}: what it should not hide
-- @tparam {table,...} boxes of text
-- @treturn ?table as of @{outside}
function M.inside(labels, view, curves, boxes)
  local width, height = box_size(labels, LARGEST)
  if height > view.height - 10 or width > view.width - 10 then return nil end
  local samples = {}
  for _, curve in ipairs(curves) do sample(curve.view or view, curve, samples) end
  for _, box in ipairs(boxes) do sample_box(box, samples) end
  local best, least = nil, math.huge
  for _, place in ipairs(PLACES) do
    local left = 8 + place[2] * (view.width - width - 16)
    local sum = hidden(samples, left, 8 + place[3] * (view.height - height - 16), width, height)
    if sum < least then best, least = place[1], sum end
  end
  if least > TOLERABLE then return nil end
  return { place = "inside " .. best, labels = labels, size = LARGEST }
end

--- A plan for a legend at a place inside that was chosen, or nil if it would not fit into the frame.
-- @tparam {table,...} labels
-- @string place gnuplot's name of it
-- @number width of the frame in pixels
-- @number height
-- @bool[opt] large whether the font must not become smaller
-- @treturn ?table as of @{outside}
function M.at(labels, place, width, height, large)
  for _, size in ipairs(large and { LARGEST } or SIZES) do
    for _, some in ipairs { labels, wrapped(labels, label_width(width - 20, size), size) } do
      local box_width, box_height = box_size(some, size)
      if box_width <= width - 10 and box_height <= height - 10 then
        return { place = place, labels = some, size = size }
      end
    end
  end
end

-- The smallest plan, at a place inside that is too small for it.
function M.tiny(labels)
  return { place = "inside right top", labels = labels, size = SMALLEST }
end

-- The first of some labels.
local function first(labels, n)
  local out = table.move(labels, 1, n, 1, {})
  out.title, out.cols = labels.title, labels.cols
  return out
end

--- A plan for a legend of its own across a width, as under several panels.
-- @tparam {table,...} labels
-- @number width in pixels
-- @number height that it may have
-- @treturn table as of @{outside}, with its `height`, and `left_out`, the number of labels that find no room
function M.across(labels, width, height)
  for _, size in ipairs(SIZES) do
    local lines = all_lines(labels)
    local column = column_width(widest_of(lines, size), size)
    local columns = math.max(1, math.min(#lines, math.floor(width / column)))
    local rows = math.ceil(#lines / columns)
    columns = math.ceil(#lines / rows) -- rows of about equal length
    local most = math.max(1, height // line_height(size))
    if size == SMALLEST and rows > most then
      local plan = M.across(first(labels, most * columns), width, height)
      plan.left_out = #labels - #plan.labels
      return plan
    end
    if rows <= 3 or size == SMALLEST then
      return { labels = labels, size = size, columns = columns, rows = rows, height = rows * line_height(size) }
    end
  end
end

--- A plan for a legend of its own in one column, as beside several panels.
-- @tparam {table,...} labels
-- @number height in pixels
-- @treturn table as of @{outside}, with its `width`, and `left_out`, the number of labels that find no room
function M.upright(labels, height)
  local most = math.max(1, height // line_height(SMALLEST))
  if #labels > most then
    local plan = M.upright(first(labels, most), height)
    plan.left_out = #labels - #plan.labels
    return plan
  end
  local lines = all_lines(labels)
  for _, size in ipairs(SIZES) do
    if #lines * line_height(size) <= height or size == SMALLEST then
      return { labels = labels, size = size, columns = 1, rows = #lines,
        width = column_width(widest_of(lines, size), size) }
    end
  end
end

-- --- colours ---------------------------------------------------------------------------------------------------------

-- The luminances of the labelled lines; the theme's own colours can all be seen, and so can black lines.
local function luminances(labels)
  local out = {}
  for _, label in ipairs(labels) do
    local r, g, b = (label.el.color or ""):match("#(%x%x)(%x%x)(%x%x)")
    if r == "00" and g == "00" and b == "00" then r = nil end
    out[#out + 1] = r and contrast.luminance(tonumber(r, 16), tonumber(g, 16), tonumber(b, 16)) or 0.2
  end
  return out
end

local FAINT = 1.5 -- a contrast below which a line can hardly be seen

local function least_contrast(list, grey)
  local back, least = contrast.luminance(grey, grey, grey), math.huge
  for _, l in ipairs(list) do least = math.min(least, contrast.ratio(l, back)) end
  return least
end

--- The grey behind labels of which some can hardly be seen on the figure's background.
-- @tparam {table,...} labels
-- @string paper the background, "#rrggbb"
-- @treturn ?int from 0 to 255; nil where the background is fine
function M.backdrop(labels, paper)
  local list = luminances(labels)
  if least_contrast(list, tonumber(paper:sub(2, 3), 16)) >= FAINT then return nil end
  local best, most = 255, 0
  for grey = 64, 240, 16 do
    local least = least_contrast(list, grey)
    if least > most then best, most = grey, least end
  end
  return best
end

-- --- gnuplot's own estimate ------------------------------------------------------------------------------------------

--- gnuplot makes the legend's box as wide as the longest label has characters.
-- @tparam {table,...} labels of a plan
-- @treturn number the correction, in such characters, for what the labels really take
function M.width_correction(labels)
  local widest, longest, extra = 0, 0, 0
  for _, line in ipairs(all_lines(labels)) do
    widest = math.max(widest, (text.extent(line.seen, 1)) / CHARACTER)
    longest, extra = math.max(longest, utf8.len(line.seen)), math.max(extra, text.extra(line.words))
  end
  return math.floor((widest - longest) * 2 + 2) / 2 + extra
end

return M
