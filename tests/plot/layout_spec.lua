--- Where annotations, levels and contours lie; how styles are read.
local contour = require "optlab.plot.contour"
local figures = require "tests.support.figures"
local layout = require "optlab.plot.gnuplot.layout"
local limits = require "optlab.plot.gnuplot.limits"
local style = require "optlab.plot.gnuplot.style"

local NAN = 0 / 0

describe("plot", function()
  before_each(figures.begin)
  after_each(figures.finish)

  describe("layout", function()
    local function view() return layout.view({}, 640, 400, { 0, 1 }, { 0, 1 }) end

    it("keeps an annotation inside the frame", function()
      local box = layout.text_box(view(), "a text at the right edge", 0.99, 0.999, "left", 12)
      assert.is_true(box.left + box.width <= view().width)
      assert.is_true(box.bottom + box.height <= view().height)
    end)

    it("chooses round contour levels", function()
      assert.same({ 0, 3, 6, 9, 12, 15, 18, 21 }, limits.levels(0, 20.5, 8))
    end)
  end)

  describe("contours", function()
    local function circle_grid()
      local grid = { x = {}, y = {}, z = {} }
      for i = 0, 20 do grid.x[i + 1], grid.y[i + 1] = -1 + i / 10, -1 + i / 10 end
      for j, y in ipairs(grid.y) do
        grid.z[j] = {}
        for i, x in ipairs(grid.x) do grid.z[j][i] = x * x + y * y end
      end
      return grid
    end

    it("of a bowl are one closed circle", function()
      local lines = contour.lines(circle_grid(), 0.25)
      assert.equal(1, #lines)
      local line = lines[1]
      assert.equal(line.x[1], line.x[#line.x])
      assert.equal(line.y[1], line.y[#line.y])
      for i = 1, #line.x do assert.near(0.5, math.sqrt(line.x[i] ^ 2 + line.y[i] ^ 2), 0.01) end
    end)

    it("that leave the grid are open lines", function()
      local lines = contour.lines(circle_grid(), 1.5)
      assert.equal(4, #lines)
    end)

    it("fill the bands between levels from the outside in", function()
      local loops = contour.bands(circle_grid(), { 0, 0.25, 3 })
      assert.same({ 1, 2, 1 }, { loops[1].band, loops[2].band, loops[3].band })
      assert.near(4, loops[1].area, 1e-9)
      assert.near(math.pi / 4, loops[3].area, 0.01)
    end)

    it("pass by what is not finite", function()
      local grid = circle_grid()
      grid.z[11][11] = NAN
      for _, line in ipairs(contour.lines(grid, 0.005)) do
        for i = 1, #line.x do assert.equal(line.x[i], line.x[i]) end
      end
    end)
  end)

  describe("styles", function()
    it("read colour, marker and line in any order", function()
      assert.same(style.parse("r-o", "f"), style.parse("o-r", "f"))
      assert.equal("(8,5,1,5)", style.parse("k-.", "f").dash)
      assert.equal(0.35, style.parse(".", "f").size)
      assert.equal("solid", style.parse("", "f").dash)
    end)
  end)
end)
