--- Areas of one colour have one colour: no seams between the cells of maps in pictures made of pixels.
local figures = require "tests.support.figures"
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
end)
