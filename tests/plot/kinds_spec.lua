--- Kinds of drawing: what each says to gnuplot, and that gnuplot draws it.
local errors = require "tests.support.errors"
local figures = require "tests.support.figures"
local plot = require "optlab.plot"
local found = require "tests.support.text"
local has, has_not = found.contains, found.lacks
local script = figures.script

local NAN = 0 / 0

describe("plot", function()
  before_each(figures.begin)
  after_each(figures.finish)

  describe("a line", function()
    it("shows points without neighbours as dots, which gnuplot would not", function()
      local s = script(plot.figure():line { 1, NAN, 3, 4, NAN, 6 })
      has(s, "$lonely1 << EOD\n1 1\n6 6\nEOD")
      has(s, "$lonely1 using 1:2 with points linetype 1 pointtype 7 pointsize 0.4 notitle")
      has_not(script(plot.figure():line { 1, 2, NAN, 3, 4 }), "lonely")
      has_not(script(plot.figure():line({ 1 }, { style = "-o" })), "lonely")
      has(script(plot.figure():line({ 1 }, { 2 }, { 3 })), "$lonely1 using 1:2:3 with points")
    end)
  end)

  describe("pictures of pixels", function()
    it("have no marks", function()
      assert.is_nil(figures.draw(plot.figure():image { { 0, 1 }, { 1, 0 } }, "bare.svg"):find("<text", 1, true))
      assert.is_nil(figures.draw(plot.images { { { 0, 1 }, { 1, 0 } } }, "images.svg"):find("<text", 1, true))
    end)
  end)

  describe("surfaces", function()
    it("are seen from any angle", function()
      local fig = plot.figure { view = { -60, 1000 } }:surface { { 1, 2 }, { 3, 4 } }
      has(script(fig), "set view 300,280,")
      assert.is_true(#figures.draw(fig, "turned.svg") > 1000)
    end)
  end)

  describe("scatter", function()
    it("shows values by colour, with a bar of their name", function()
      local s = script(plot.figure():scatter({ 1, 2 }, { 3, 4 }, { c = { 5, 6 }, label = "loss" }))
      has(s, "$scatter1 << EOD\n1 3 5\n2 4 6\nEOD")
      has(s, "using 1:2:3 with points pointtype 7 pointsize 1 linewidth 1 linecolor palette notitle")
      has(s, "set cbrange [5:6]")
      has(s, "set cblabel 'loss'")
    end)

    it("has sizes of its points and a name in the legend", function()
      local s = script(plot.figure():scatter({ 1, 2 }, { 3, 4 }, { size = { 1, 2 }, label = "runs", marker = "s" }))
      has(s, "$scatter1 << EOD\n1 3 0.933333333\n2 4 1.86666667\nEOD")
      has(s, "using 1:2:3 with points pointtype 5 pointsize variable linewidth 1 linetype 1 notitle")
      has(s, "keyentry with points pointtype 5 pointsize 0.933333333 linewidth 1 linetype 1 title 'runs'")
    end)

    it("draws each point and then its edge", function()
      local s = script(plot.figure():scatter({ 1, 2 }, { 3, 4 }, { color = "r", edgecolor = "k", alpha = 0.5 }))
      has(s, ("1 3 1 7 %d\n1 3 1 6 0\n2 4 1 7 %d\n"):format(0x80d62728, 0x80d62728))
    end)

    it("colours edged points as the palette would", function()
      local s = script(plot.figure():scatter({ 1, 2, 3 }, { 3, 4, 5 }, { c = { 1, 10, 100 }, norm = "log",
        palette = "gray", edgecolor = "C1" }))
      has(s, ("2 4 1 7 %d\n2 4 1 6 %d\n"):format(0x808080, 0x1f77b4))
      has(s, "set logscale cb")
      has(s, "keyentry with points linecolor palette notitle")
    end)
  end)

  describe("areas", function()
    it("lie between a curve and a level, where they are asked for", function()
      local s = script(plot.figure():fill_between({ 1, 2, 3 }, { 4, 5, 6 }, { where = { true, false, true } }))
      has(s, "$band1 << EOD\n1 4 0\n\n3 6 0\nEOD")
      has(script(plot.figure():fill_between({ 1, 2 }, 3, { 4, 5 })), "1 3 4\n2 3 5\n")
    end)

    it("are spans of an axis over the frame", function()
      local fig = plot.figure { ylim = { 0, 4 } }:line({ 0, 9 }, { 1, 2 })
      local s = script(fig:axvspan(3, 2, { label = "s", color = "C2" }))
      has(s, "$span1 << EOD\n2 0 2 3 0 4\nEOD")
      has(s, "with boxxyerror linetype 2 fillstyle transparent solid 0.2 noborder title 's'")
      has(script(plot.figure { xlim = { 0, 4 } }:axhspan(1, 2):axhline(1.5):axvline(2)), "0 1 0 4 1 2\n")
    end)
  end)

  describe("arrows", function()
    it("point from their place, from its middle or to it", function()
      local function with(options)
        options.scale = 2
        return script(plot.figure():quiver({ 1 }, { 2 }, { 3 }, { 4 }, options))
      end
      has(with {}, "$quiver1 << EOD\n1 2 6 8\nEOD")
      has(with { pivot = "mid" }, "-2 -2 6 8\n")
      has(with { pivot = "tip" }, "-5 -6 6 8\n")
    end)

    it("show a field with its own colours", function()
      local s = script(plot.figure():quiver(function(x, y) return x, -y end, {
        x = { 0, 2, 1 }, y = { 0, 2, 1 }, c = function(x, y) return x + y end,
      }))
      has(s, "\n2 2 ")
      has(s, "with vectors head filled size graph ")
      has(s, "linecolor palette")
    end)
  end)

  describe("maps", function()
    it("of uneven cells are boxes between their edges", function()
      local s = script(plot.figure():heatmap({ { 1, 2 }, { 3, NAN } }, { xs = { 0, 1, 4 }, ys = { 0, 2 } }))
      has(s, "using 1:2:3:4:5:6:7 with boxxyerror fillstyle solid noborder linecolor palette")
      has(s, "\n0.5 2 0 1.0") -- reaches a little into the next cell
      has(s, "$hole1 << EOD\n2.5 2 1 4 1 3\nEOD")
    end)

    it("of classes have a colour and a name for each", function()
      local s = script(plot.figure():heatmap({ { 1, 3 } }, { classes = { "one", "two", "it's" }, label = "c" }))
      has(s, "set palette defined (0 '#0072b2', 1 '#0072b2', 1 '#e69f00', 2 '#e69f00', 2 '#009e73', 3 '#009e73')")
      has(s, "set cbrange [0.5:3.5]")
      has(s, "set cbtics ('one' 1, 'two' 2, 'it''s' 3) noenhanced scale 0")
      errors.fails("Figure:heatmap: [1][2] is 4, but there are classes 1 to 1",
        function() plot.figure():heatmap({ { 1, 4 } }, { classes = { "one" } }) end)
      errors.fails("classes have no range and no norm",
        function() plot.figure():heatmap({ { 1 } }, { classes = { "one" }, range = { 0, 1 } }) end)
    end)

    it("have powers of ten that are not too close", function()
      local s = script(plot.figure { logy = true, size = { 300, 200 } }:line { 1e-12, 1 })
      has(s, "set ytics ('10^{−12}' ")
      has_not(s, "'10^{−11}'")
    end)

    it("lie on logarithmic axes", function()
      local s = script(plot.figure { logx = true }:heatmap({ { 1, 2 } }, { xs = { 1, 100 } }))
      has(s, "\n100 1 10 1000 0.5 1.5 2\n")
      has(s, "set xrange [0.10000000000000001:1000]")
    end)

    it("give a function equal ratios on a logarithmic axis", function()
      local ramp = function(x) return x end
      local s = script(plot.figure { logx = true }:heatmap(ramp, { x = { 1, 1e4 }, y = { 0, 1, 1 } }))
      has(s, "\n10 0 ")
      has(s, "\n100 0 ")
    end)

    it("have a logarithmic scale, whose lowest colour is for all that is not positive", function()
      local s = script(plot.figure():heatmap({ { 0, 1, 1000 } }, { norm = "log" }))
      has(s, "$heatmap1 << EOD\n1 1 1\n2 1 1\n3 1 1000\nEOD")
      has(s, "set cbrange [1:1000]")
      has(s, "set logscale cb")
    end)
  end)

  describe("contours", function()
    local bowl = function(x, y) return x * x + y * y end
    local ranges = { x = { -1, 1, 0.1 }, y = { -1, 1, 0.1 } }
    local function with(options)
      for name, range in pairs(ranges) do options[name] = range end
      return script(plot.figure():contour(bowl, options))
    end

    it("leave gaps for their labels, turned along the line", function()
      local s = with { levels = { 0.5 }, labels = true, color = "k" }
      has(s, "center front rotate by")
      local block = s:match("%$contour1 << EOD\n(.-)EOD")
      local _, gaps = block:gsub("\n\n", "")
      assert.equal(1, gaps)
      has_not(with { levels = { 0.5 }, color = "k" }, "rotate by")
    end)

    it("have their labels on the line where coordinates differ in their last digits", function()
      local far = 1.7e9
      local s = script(plot.figure():contour(function(x) return x end, {
        x = { -1, 1, 0.1 }, y = { far, far + 1, 0.1 }, levels = { 0 }, labels = true,
      }))
      local y = tonumber(s:match("set label 1 '0' at [^,]+,(%S+) center front"))
      assert.is_true(y > far + 0.2 and y < far + 0.8)
    end)

    it("that are filled have a bar of bands with a mark at each level", function()
      local s = with { levels = { 0, 0.1, 1, 2 }, filled = true, colorbar = true, palette = "gray" }
      has(s, "set palette defined (0 '#000000', 1 '#000000', 1 '#808080', 2 '#808080', 2 '#ffffff', 3 '#ffffff')")
      has(s, "set cbtics ('0' 0, '0.1' 1, '1' 2, '2' 3) noenhanced scale 0")
      has(s, "fillcolor palette cb 0.5 ")
    end)

    it("have levels in equal ratios on a logarithmic scale", function()
      local ramp = function(x) return x end
      local s = script(plot.figure():contour(ramp, { xs = { 1, 10, 1000 }, ys = { 1, 2 }, norm = "log" }))
      has(s, "set cbrange [1:1000]")
    end)
  end)

  it("draws all of them", function()
    local config = require "optlab.base.config"
    config.format = { "svg" }
    local fig = plot.figure():scatter({ 1, 2 }, { 3, 4 }, { c = { 1, 2 }, edgecolor = "w", alpha = 0.5, label = "v" })
    fig:scatter({ 1 }, { 2 }, { label = "p", alpha = 0.3 }):fill_between({ 1, 2 }, { 1, 2 })
    fig:axvspan(1, 2, { label = "s" }):quiver({ 1 }, { 2 }, { 1 }, { 1 }, { label = "q" }):axhspan(2, 3)
    fig:save("kinds")
    plot.figure { logx = true }:heatmap({ { 1, NAN, 3 } }, { xs = { 1, 2, 4, 9 }, norm = "log" }):save("map")
    assert(plot.wait())
  end)
end)
