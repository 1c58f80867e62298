--- Maps of values by colour, and pictures.
-- @module optlab.plot.gnuplot.elements.maps
local number = require "optlab.plot.gnuplot.number"

local M = {}

--- Rows "x y z" of a grid, an empty line after each row of the grid.
-- @tparam table grid {x, y, z}
-- @treturn {string,...}
function M.grid_rows(grid)
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

local function boxes(x, y, panel, x_column, y_column)
  local view = panel.view
  x_column, y_column = x_column or "1", y_column or "2"
  local function value(column) return #column == 1 and "$" .. column or column end
  return ("%s:%s:%s:%s"):format(x_column, y_column, box_ends(value(x_column), x, view.width),
    box_ends(value(y_column), y, view.height))
end

-- The numbers 1 to n, or the middles of n cells between two edges.
local function middles(edges, n)
  local list = {}
  for i = 1, n do list[i] = edges and edges[1] + (i - 0.5) * (edges[2] - edges[1]) / n or i end
  return list
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

local PAPER = "boxxyerror fillcolor rgb paper fillstyle solid noborder"

local function even_map(el, panel)
  local grid = el.grid
  local block = panel:block("heatmap", M.grid_rows(grid))
  if #grid.x * #grid.y > MOST_BOXES then return panel:draw(el, block .. " using 1:2:3", "image") end
  panel:draw(el, block .. " using " .. boxes(grid.x, grid.y, panel) .. ":3",
    "boxxyerror fillstyle solid noborder linecolor palette")
  local empty = holes(grid)
  if #empty[1] == 0 then return end
  panel:draw(nil, ("%s using 1:2:(%s):(%s)"):format(panel:block("hole", number.rows(empty)),
    number.format(half_cell(grid.x)), number.format(half_cell(grid.y))), PAPER)
end

-- The far ends of cells between edges: all but the last reach two pixels into the next one, as those of even cells do.
local function far_ends(edges, axis, pixels)
  local out, from = {}, axis.log and math.log(axis[1]) or axis[1]
  local pixel = ((axis.log and math.log(axis[2]) or axis[2]) - from) / pixels
  for i = 2, #edges do
    local far = edges[i]
    if i < #edges and axis.log then far = math.exp(math.log(far) + 2 * math.abs(pixel)) end
    if i < #edges and not axis.log then far = far + 2 * math.abs(pixel) end
    out[i - 1] = i < #edges and math.min(far, edges[i + 1]) or far
  end
  return out
end

-- A map of cells of different sizes: rows "x y xlow xhigh ylow yhigh z".
local function uneven_map(el, panel)
  local grid, edges, view = el.grid, el.edges, panel.view
  local x_far, y_far = far_ends(edges.x, view.x, view.width), far_ends(edges.y, view.y, view.height)
  local columns, holes_at = { {}, {}, {}, {}, {}, {}, {} }, { {}, {}, {}, {}, {}, {} }
  local function add(list, ...)
    for c, v in ipairs { ... } do list[c][#list[c] + 1] = v end
  end
  for j, y in ipairs(grid.y) do
    for i, x in ipairs(grid.x) do
      local z = grid.z[j][i]
      if number.finite(z) then
        add(columns, x, y, edges.x[i], x_far[i], edges.y[j], y_far[j], z)
      else
        add(holes_at, x, y, edges.x[i], edges.x[i + 1], edges.y[j], edges.y[j + 1])
      end
    end
  end
  if #columns[1] == 0 then columns = { { 0 }, { 0 }, { 0 }, { 0 }, { 0 }, { 0 }, { 0 / 0 } } end
  panel:draw(el, panel:block("heatmap", number.rows(columns)) .. " using 1:2:3:4:5:6:7",
    "boxxyerror fillstyle solid noborder linecolor palette")
  if #holes_at[1] == 0 then return end
  panel:draw(nil, panel:block("hole", number.rows(holes_at)) .. " using 1:2:3:4:5:6", PAPER)
end

function M.heatmap(el, panel)
  if el.edges then uneven_map(el, panel) else even_map(el, panel) end
end

-- From the number of a column or a row of pixels to its middle, as gnuplot computes it.
local function middle_of(column, edges, n)
  if not edges then return column end
  local step = (edges[2] - edges[1]) / n
  return ("(%s+%s*$%s)"):format(number.format(edges[1] - step / 2, true), number.format(step, true), column)
end

-- Rows "i j r g b" of a picture whose rows run downwards, or upwards between edges.
function M.rgbimage(el, panel)
  local rows, width, height = {}, #el.pixels[1], #el.pixels
  for j, line in ipairs(el.pixels) do
    for i, p in ipairs(line) do
      rows[#rows + 1] = ("%d %d %d %d %d"):format(i, j, p >> 16, p >> 8 & 255, p & 255)
    end
  end
  local block = panel:block("image", rows)
  local x, y = middle_of("1", el.x, width), middle_of("2", el.y, height)
  if width * height > MOST_BOXES then
    return panel:draw(el, ("%s using %s:%s:3:4:5"):format(block, x, y), "rgbimage")
  end
  panel:draw(el, ("%s using %s:(65536*$3+256*$4+$5)"):format(block,
    boxes(middles(el.x, width), middles(el.y, height), panel, x, y)),
    "boxxyerror fillstyle solid noborder linecolor rgb variable")
end

return M
