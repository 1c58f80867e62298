--- How each thing in a figure becomes gnuplot commands: one function a kind, called in the order of drawing.
-- An element is a table {kind=, label=, color=, ...} made by a method of a figure. Its function here puts data into the
-- panel's datablocks and one or more items into its plot command.
-- @module optlab.plot.gnuplot.elements
local number = require "optlab.plot.gnuplot.number"
local text = require "optlab.plot.gnuplot.text"
local ticks = require "optlab.plot.gnuplot.ticks"

local M = {}

-- The colour, width, dash and point of a line, on top of the theme's linetype.
local function look(el)
  local parts = { "linetype " .. (el.cycle or 1) }
  if el.color then parts[#parts + 1] = "linecolor " .. el.color end
  if el.width then parts[#parts + 1] = "linewidth " .. number.format(el.width) end
  if el.dash and el.dash ~= "solid" then parts[#parts + 1] = "dashtype " .. el.dash end
  if el.point then
    parts[#parts + 1] = "pointtype " .. el.point .. " pointsize " .. number.format(el.point_size)
  end
  return table.concat(parts, " ")
end

local function fill(el, border)
  local color = el.color and "fillcolor " .. el.color or "linetype " .. (el.cycle or 1)
  return string.format("%s fillstyle transparent solid %s %s", color, number.format(el.alpha), border)
end

-- "lines", "points" or "linespoints"
local function drawing(el)
  if el.dash and el.point then return "linespoints" end
  return el.point and "points" or "lines"
end

function M.curve(el, panel)
  local columns = el.z and { el.x, el.y, el.z } or { el.x, el.y }
  local block = panel:block(el.point and not el.dash and "points" or "line", number.rows(columns))
  panel:item(string.format("%s using %s with %s %s %s", block, el.z and "1:2:3" or "1:2", drawing(el), look(el),
    panel:title(el)))
end

-- A band with gaps where a row is not finite: an empty line ends one piece.
local function band_rows(el)
  local lines = number.rows({ el.x, el.lo, el.hi })
  for i, line in ipairs(lines) do
    if line:find("NaN", 1, true) then lines[i] = "" end
  end
  return lines
end

function M.band(el, panel)
  local block = panel:block("band", band_rows(el))
  panel:item(string.format("%s using 1:2:3 with filledcurves %s %s", block, fill(el, "noborder"), panel:title(el)))
end

function M.bars(el, panel)
  local block = panel:block("hist", number.rows({ el.x, el.height, el.bar_width }))
  panel:item(string.format("%s using 1:2:3 with boxes %s %s", block,
    fill(el, "border linecolor rgb paper"), panel:title(el)))
end

-- The datablock of many polylines, an empty line between two.
local function polyline_rows(lines, level_column)
  local rows = {}
  for i, line in ipairs(lines) do
    if i > 1 then rows[#rows + 1] = "" end
    local level = level_column and " " .. number.format(line.level) or ""
    for _, row in ipairs(number.rows({ line.x, line.y })) do rows[#rows + 1] = row .. level end
  end
  return rows
end

-- A place on one of a level's lines for its value: away from the labels set before, on the longest line if possible.
local function label_place(el, level, panel, taken)
  local lines = {}
  for i, line in ipairs(el.lines) do
    if line.level == level then lines[#lines + 1] = { line = line, rank = i } end
  end
  table.sort(lines, function(p, q)
    if #p.line.x ~= #q.line.x then return #p.line.x > #q.line.x end
    return p.rank < q.rank
  end)
  for _, entry in ipairs(lines) do
    for _, share in ipairs { 0.5, 0.3, 0.7, 0.15, 0.85 } do
      local i = 1 + math.floor(share * (#entry.line.x - 1) + 0.5)
      if panel:is_free(entry.line.x[i], entry.line.y[i], taken) then return entry.line.x[i], entry.line.y[i] end
    end
  end
end

-- The value of each level on a line of it; a level with no free place stays without.
local function level_labels(el, panel)
  local taken, texts = {}, ticks.texts(el.levels)
  for i, level in ipairs(el.levels) do
    local x, y = label_place(el, level, panel, taken)
    if x then
      panel:label(string.format("%s at %s,%s center front boxed noenhanced textcolor rgb ink %s", text.quote(texts[i]),
        number.format(x), number.format(y), panel:font(9)))
    end
  end
end

function M.contour(el, panel)
  local block = panel:block("contour", polyline_rows(el.lines, not el.color))
  if el.color then
    panel:item(string.format("%s using 1:2 with lines %s %s", block, look(el), panel:title(el)))
  else
    panel:item(string.format("%s using 1:2:3 with lines linewidth %s linecolor palette %s", block,
      number.format(el.width or 1.4), panel:title(el)))
  end
  if el.labels then level_labels(el, panel) end
end

local function band_value(el, band)
  return (el.levels[band] + (el.levels[band + 1] or el.top)) / 2
end

-- One block of loops for all bands; every loop is an index of its own, painted in order.
function M.filled(el, panel)
  local rows = {}
  for i, loop in ipairs(el.loops) do
    if i > 1 then rows[#rows + 1], rows[#rows + 2] = "", "" end
    table.move(number.rows({ loop.x, loop.y }), 1, #loop.x, #rows + 1, rows)
  end
  local block = panel:block("band", rows)
  for i, loop in ipairs(el.loops) do
    local color = loop.band == 0 and "rgb paper"
      or "palette cb " .. number.format(band_value(el, loop.band))
    panel:item(string.format("%s index %d using 1:2 with filledcurves closed fillcolor %s fillstyle solid noborder %s",
      block, i - 1, color, i == 1 and panel:title(el) or "notitle"))
  end
end

-- Rows "x y z" of a grid, an empty line after each row of the grid.
local function grid_rows(grid)
  local rows = {}
  for j, y in ipairs(grid.y) do
    local at = {}
    for i in ipairs(grid.x) do at[i] = y end
    if j > 1 then rows[#rows + 1] = "" end
    table.move(number.rows({ grid.x, at, grid.z[j] }), 1, #grid.x, #rows + 1, rows)
  end
  return rows
end

-- A picture of few pixels is drawn as boxes, because viewers blur an enlarged one.
local MOST_BOXES = 4096

local function half_cell(list)
  local n = #list
  return n > 1 and (list[n] - list[1]) / (n - 1) / 2 or 0.5
end

-- The ends of boxes around the values in a column, evenly spaced from first to last. All but the last reach two pixels
-- into the next one, which is painted later: boxes that only touch leave pale seams where edges are smoothed.
local function box_ends(column, list, pixels)
  local half = half_cell(list)
  local far = half * (1 + 2 * math.min(1, 2 * #list / pixels))
  return string.format("(%s-%s):(%s<%s?%s+%s:%s+%s)", column, number.format(half), column,
    number.format(list[#list] - half), column, number.format(far), column, number.format(half))
end

local function boxes(x, y, panel)
  local view = panel.view
  return "1:2:" .. box_ends("$1", x, view.width) .. ":" .. box_ends("$2", y, view.height)
end

-- The cells of a grid that have no value.
local function holes(grid)
  local x, y = {}, {}
  for j, row in ipairs(grid.z) do
    for i, v in ipairs(row) do
      if not number.finite(v) then x[#x + 1], y[#y + 1] = grid.x[i], grid.y[j] end
    end
  end
  return { x, y }
end

function M.heatmap(el, panel)
  local grid = el.grid
  local block = panel:block("heatmap", grid_rows(grid))
  if #grid.x * #grid.y > MOST_BOXES then
    return panel:item(string.format("%s using 1:2:3 with image %s", block, panel:title(el)))
  end
  panel:item(string.format("%s using %s:3 with boxxyerror fillstyle solid noborder linecolor palette %s", block,
    boxes(grid.x, grid.y, panel), panel:title(el)))
  local empty = holes(grid)
  if #empty[1] == 0 then return end
  local wide, high = number.format(half_cell(grid.x)), number.format(half_cell(grid.y))
  panel:item(string.format("%s using 1:2:(%s):(%s) with boxxyerror fillcolor rgb paper fillstyle solid noborder "
    .. "notitle", panel:block("hole", number.rows(empty)), wide, high))
end

-- Rows "x y r g b" of a picture whose rows run downwards.
function M.rgbimage(el, panel)
  local rows, x, y = {}, {}, {}
  for j, line in ipairs(el.pixels) do
    y[j] = j
    for i, p in ipairs(line) do
      x[i] = i
      rows[#rows + 1] = string.format("%d %d %d %d %d", i, j, p[1], p[2], p[3])
    end
  end
  local block = panel:block("image", rows)
  if #x * #y > MOST_BOXES then
    return panel:item(string.format("%s using 1:2:3:4:5 with rgbimage %s", block, panel:title(el)))
  end
  panel:item(string.format("%s using %s:(65536*$3+256*$4+$5) with boxxyerror fillstyle solid noborder "
    .. "linecolor rgb variable %s", block, boxes(x, y, panel), panel:title(el)))
end

-- A list, backwards if asked.
local function in_direction(list, backwards)
  if not backwards then return list end
  local out = {}
  for i = #list, 1, -1 do out[#out + 1] = list[i] end
  return out
end

-- The grid with its far corner first. Painted in that order each patch covers what lies behind it, so the surface hides
-- what it should and what is drawn later lies on top.
local function far_first(grid, panel)
  local x_back, y_back = panel:far_corner()
  local z = {}
  for j, row in ipairs(grid.z) do z[j] = in_direction(row, x_back) end
  return { x = in_direction(grid.x, x_back), y = in_direction(grid.y, y_back), z = in_direction(z, y_back) }
end

-- A net of white patches with coloured borders; a transparent one is nothing but the lines.
function M.wireframe(el, panel)
  if el.transparent then
    local net = panel:block("wireframe", grid_rows(el.grid))
    return panel:item(string.format("%s using 1:2:3 with lines %s %s", net, look(el), panel:title(el)))
  end
  local block = panel:block("wireframe", grid_rows(far_first(el.grid, panel)))
  panel:set("pm3d border %s", look(el))
  panel:item(string.format("%s using 1:2:3 with pm3d fillcolor rgb paper notitle", block))
  if panel.titles[el] then panel:item(string.format("keyentry with lines %s %s", look(el), panel:title(el))) end
end

function M.surface(el, panel)
  local block = panel:block("surface", grid_rows(far_first(el.grid, panel)))
  panel:set("pm3d border linecolor rgb '#50ffffff' linewidth 0.4")
  panel:item(string.format("%s using 1:2:3 with pm3d notitle", block))
end

-- A line over the whole frame at one value of the other axis.
function M.rule(el, panel)
  local lo, hi = panel.limits[el.along][1], panel.limits[el.along][2]
  local ends, at = { lo, hi }, { el.at, el.at }
  local block = panel:block("rule", number.rows(el.along == "x" and { ends, at } or { at, ends }))
  panel:item(string.format("%s using 1:2 with lines %s %s", block, look(el), panel:title(el)))
end

return M
