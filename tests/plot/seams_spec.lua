--- Areas of one colour have one colour: no seams between the cells of maps and colour bars, in pictures made of pixels
-- and in what a viewer makes of a PDF.
local figures = require "tests.support.figures"
local files = require "tests.support.files"
local png = require "tests.support.png"
local plot = require "optlab.plot"

-- The colours inside the area that a colour fills, in a figure drawn as pixels, but for its outermost pixels.
local function colors_inside(fig, wanted)
  local frame = png.rows(figures.draw(fig, "map.png"))
  local left, right, top, bottom = math.huge, 0, math.huge, 0
  for y, row in ipairs(frame) do
    for x, rgb in ipairs(row) do
      if rgb == wanted then
        left, right, top, bottom = math.min(left, x), math.max(right, x), math.min(top, y), math.max(bottom, y)
      end
    end
  end
  local colors = {}
  for y = top + 2, bottom - 2 do
    for x = left + 2, right - 2 do colors[frame[y][x]] = (colors[frame[y][x]] or 0) + 1 end
  end
  return colors, (right - left) * (bottom - top)
end

local function flat(columns, rows)
  local out = {}
  for j = 1, rows do
    out[j] = {}
    for i = 1, columns do out[j][i] = 1 end
  end
  return out
end

local DARK = 0x440154 -- viridis's lowest colour

-- All colours are the same to the eye: single pixels may be rounded.
local function assert_one_color(colors)
  for rgb in pairs(colors) do
    for shift = 0, 16, 8 do
      assert.is_true(math.abs((rgb >> shift & 255) - (DARK >> shift & 255)) <= 2, ("%06x"):format(rgb))
    end
  end
end

describe("maps", function()
  before_each(figures.begin)
  after_each(figures.finish)

  it("have no seams", function()
    for _, size in ipairs { { 7, 5 }, { 13, 9 }, { 61, 37 }, { 70, 70 } } do
      local fig = plot.figure { size = { 233, 171 } }
      fig:heatmap(flat(size[1], size[2]), { range = { 1, 2 }, colorbar = false })
      local colors, area = colors_inside(fig, DARK)
      assert.is_true(area > 8000)
      assert_one_color(colors)
    end
  end)

  it("have none where cells are uneven, and in filled contours", function()
    local fig = plot.figure { size = { 233, 171 } }
    fig:heatmap(flat(4, 3), { xs = { 0, 1, 3, 3.5, 9 }, ys = { 0, 0.3, 5, 6 }, range = { 1, 2 }, colorbar = false })
    local colors = colors_inside(fig, DARK)
    assert_one_color(colors)
    local filled = plot.figure { size = { 233, 171 } }
    filled:contour(function() return 1 end, { x = { 0, 1, 0.1 }, y = { 0, 1, 0.1 }, levels = { 1, 2 }, filled = true })
    local one = colors_inside(filled, DARK)
    assert_one_color(one)
  end)

  -- A PDF as a viewer that smooths all edges shows it, or nil where there is none.
  local function viewed(path)
    local target = figures.dir .. "/viewed"
    local command = ("pdftocairo -png -singlefile -r 130 '%s' '%s' 2> /dev/null"):format(path, target)
    if not os.execute(command) then return nil end
    return png.rows(files.read(target .. ".png"))
  end

  -- How much the brightness falls, in all, on the way up a colour bar, whose left edge is at a part of the width.
  local function falls(frame, left)
    local x, total, last = math.floor(left * #frame[1]) + 5, 0, 0
    for y = math.floor(0.52 * #frame), math.floor(0.3 * #frame), -1 do
      local bright = frame[y][x] & 255
      total, last = total + math.max(0, last - bright - 1), bright
    end
    return total, last
  end

  it("have none in colour bars of pdf and tex, beside a frame, of a grid, beside a surface", function()
    local over = { x = { 0, 1, 0.5 }, y = { 0, 1, 0.5 }, colorbar = true, palette = "gray" }
    local map = plot.figure { size = { 400, 250 } }:heatmap(math.max, over)
    local solid = plot.figure { size = { 400, 250 } }:surface(math.max, over)
    local grid = plot.grid { map, map, sharecolor = true, size = { 400, 250 } }
    for name, fig in pairs { map = map, solid = solid, grid = grid } do
      local s = figures.script(fig, name)
      local left = tonumber(s:match("colorbox user origin screen ([%d.]+)")) or 0.849
      for _, format in ipairs { "pdf", "tex" } do
        figures.draw(fig, name .. "." .. format)
        local frame = viewed(figures.dir .. "/" .. name .. (format == "tex" and "-tex.pdf" or ".pdf"))
        if not frame then return pending "needs pdftocairo (Debian: poppler-utils)" end
        local total, last = falls(frame, left)
        assert.is_true(last > 130 and last < 250, name)
        assert.is_true(total == 0, ("%s.%s: the brightness falls by %d"):format(name, format, total))
      end
    end
  end)
end)
