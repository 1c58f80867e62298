--- What the scripts of figures say to gnuplot.
local figures = require "tests.support.figures"
local files = require "tests.support.files"
local lab = require "optlab"
local plot = require "optlab.plot"
local found = require "tests.support.text"
local has, has_not = found.contains, found.lacks
local script, line_figure = figures.script, figures.line_figure

local NAN, INF = 0 / 0, math.huge

-- A stand-in for a tensor: all that the module may use of one.
local function tensor(values)
  return setmetatable({}, { __index = { tolist = function() return values end } })
end

describe("plot", function()
  before_each(figures.begin)
  after_each(figures.finish)

  describe("scripts", function()
    it("hold their data in named datablocks and draw them", function()
      local s = script(line_figure { title = "T", xlabel = "x", ylabel = "y" })
      has(s, "$line1 << EOD\n1 1\n2 4\n3 9\nEOD\n")
      has(s, "set title 'T' noenhanced")
      has(s, "set xlabel 'x' noenhanced")
      has(s, "plot $line1 using 1:2 with lines linetype 1 title 'squares' noenhanced")
    end)

    it("carry the theme with them", function()
      local s = script(line_figure())
      has(s, "set linetype 1  linecolor rgb '#1f77b4'")
      has_not(s, "load ")
    end)

    it("take tensors and arrays alike", function()
      local a = script(plot.figure():line({ 1, 2 }, { 3, 4 }), "a")
      local b = script(plot.figure():line(tensor { 1, 2 }, tensor { 3, 4 }), "b")
      assert.equal((a:gsub("a%.gp", ""):gsub("'a%.'", "")), (b:gsub("b%.gp", ""):gsub("'b%.'", "")))
    end)

    it("sample a function over x or over the figure's xlim", function()
      local f = function(x) return 2 * x end
      has(script(plot.figure():line(f, { x = { 0, 1, 0.5 } })), "0 0\n0.5 1\n1 2\n")
      local s = script(plot.figure { xlim = { 0, 200 } }:line(f))
      has(s, "\n0 0\n1 2\n2 4\n")
      has(s, "\n200 400\nEOD")
    end)

    it("number y from 1 when there is no x", function()
      has(script(plot.figure():line { 5, 6, 7 }), "1 5\n2 6\n3 7\n")
    end)

    it("write what is not finite as a gap", function()
      local s = script(plot.figure():line({ 1, 2, 3, 4, 5 }, { 1, NAN, INF, -INF, 2 }))
      has(s, "1 1\n2 NaN\n3 NaN\n4 NaN\n5 2\n")
      has_not(s, "inf")
    end)

    it("keep nine digits, and seventeen where nine would merge values", function()
      local s = script(plot.figure():line({ 1 / 3, 2 / 3 }, { 1e9 + 0.125, 1e9 + 0.25 }))
      has(s, "0.333333333 1000000000.125\n0.666666667 1000000000.25\n")
    end)

    it("translate matplotlib's styles", function()
      local function with(options) return script(plot.figure():line({ 1, 2 }, { 1, 2 }, options)) end
      has(with { style = "-o" }, "with linespoints linetype 1 pointtype 7")
      has(with { style = "--" }, "with lines linetype 1 dashtype (7,6)")
      has(with { style = "x" }, "with points linetype 1 pointtype 2")
      has(with { style = "r-" }, "with lines linetype 1 linecolor rgb '#d62728'")
      has(with { style = "r-", color = "#00F" }, "linecolor rgb '#0000ff'")
      has(with { color = "C3", width = 2.5 }, "with lines linetype 3 linewidth 2.5")
      has(with { color = "tab:orange" }, "linecolor rgb '#ff7f0e'")
    end)

    it("move through the colours of the theme", function()
      local fig = plot.figure()
      for _ = 1, 11 do fig:line({ 1, 2 }, { 1, 2 }) end
      local s = script(fig)
      has(s, "$line2 using 1:2 with lines linetype 2 ")
      has(s, "$line11 using 1:2 with lines linetype 1 ")
    end)

    it("give the axes a margin of 5 % unless limits are given", function()
      has(script(plot.figure():line({ 0, 10 }, { 0, 1 })), "set xrange [-0.5:10.5]")
      has(script(plot.figure { xlim = { 0, 10 } }:line({ 0, 10 }, { 0, 1 })), "set xrange [0:10]")
    end)

    it("fit y to what xlim leaves visible", function()
      local fig = plot.figure { xlim = { 0, 1 } }:line({ 0, 1, 2 }, { 0, 1, 1000 })
      has(script(fig), "set yrange [-0.0")
    end)

    it("set logarithmic axes, with tics where a power of ten may be missing", function()
      local s = script(plot.figure { logx = true, logy = true }:line({ 0.2, 0.9 }, { 1, 1e6 }))
      has(s, "set logscale x")
      has(s, "set xtics (")
      has(s, "set format y '10^{%L}'")
    end)

    it("draw bands, rules and histograms", function()
      local fig = plot.figure():line({ 1, 2 }, { 1, 2 }):band({ 1, 2, 3 }, { 0, NAN, 1 }, { 2, 3, 4 })
      local s = script(fig:hline(0.5, { label = "h" }):vline(1.5))
      has(s, "$band1 << EOD\n1 0 2\n\n3 1 4\nEOD")
      has(s, "with filledcurves linetype 1 fillstyle transparent solid 0.25 noborder notitle")
      has(s, "$rule1 << EOD\n0.9 0.5\n3.1 0.5\nEOD")
      has(script(plot.figure():hist({ 0, 1, 1, 2, NAN }, { bins = 2 })), "$hist1 << EOD\n0.5 1 1\n1.5 3 1\nEOD")
    end)

    it("normalise a density to area one", function()
      has(script(plot.figure():hist({ 0, 1, 1, 4 }, { bins = 2, density = true })), "1 0.375 2\n3 0.125 2\n")
    end)

    it("draw surfaces with the far corner first", function()
      local plane = function(x, y) return x + 10 * y end
      local s = script(plot.figure():wireframe(plane, { x = { 0, 1, 1 }, y = { 0, 1, 1 } }))
      has(s, "$wireframe1 << EOD\n0 1 10\n1 1 11\n\n0 0 0\n1 0 1\nEOD")
      has(s, "splot $wireframe1 using 1:2:3 with pm3d fillcolor rgb paper notitle")
    end)

    it("draw a transparent net as lines alone", function()
      local fig = plot.figure():wireframe({ { 1, 2 }, { 3, 4 } }, { transparent = true, label = "net" })
      local s = script(fig)
      has(s, "splot $wireframe1 using 1:2:3 with lines linetype 1 linewidth 1 title 'net' noenhanced")
      assert.is_nil(s:find("pm3d", 1, true))
    end)

    it("put points into space", function()
      local fig = plot.figure():surface({ { 1, 2 }, { 3, 4 } }):points({ 1 }, { 1 }, { 2 }, { style = "rx" })
      has(script(fig), "$points1 using 1:2:3 with points")
    end)

    it("draw maps, and pictures with the first row on top", function()
      has(script(plot.figure():heatmap { { 1, 2 }, { 3, 4 } }), "$heatmap1 << EOD\n1 1 1\n2 1 2\n\n1 2 3\n2 2 4\nEOD")
      local s = script(plot.figure():image { { 0, 1 }, { { 1, 0, 0 }, 0.5 } })
      has(s, "1 1 0 0 0\n2 1 255 255 255\n1 2 255 0 0\n2 2 128 128 128\n")
      has(s, "set yrange [2.5:0.5]")
      local placed = script(plot.figure():image({ { 0, 1 }, { { 1, 0, 0 }, 0.5 } }, { x = { -2, 2 }, y = { 0, 1 } }))
      has(placed, "1 1 255 0 0\n2 1 128 128 128\n1 2 0 0 0\n2 2 255 255 255\n")
      has(placed, "$image1 using (-3+2*$1):(-0.25+0.5*$2):((-3+2*$1)-1):")
      has(placed, "set xrange [-2:2]")
      has(placed, "set yrange [0:1]")
      local many = {}
      for j = 1, 70 do
        many[j] = {}
        for i = 1, 70 do many[j][i] = 0 end
      end
      local s70 = script(plot.figure():image(many, { x = { 0, 140 } }))
      has(s70, "$image1 using (-1+2*$1):(-0.5+1*$2):3:4:5 with rgb")
    end)

    it("draw the cells of maps as boxes that overlap, and cells without a value as paper on top", function()
      local s = script(plot.figure():heatmap { { 1, NAN }, { 3, 4 } })
      has(s, "$heatmap1 using 1:2:($1-0.5):($1<1.5?$1+0.5")
      has(s, "with boxxyerror fillstyle solid noborder linecolor palette notitle")
      has(s, "$hole1 << EOD\n2 1\nEOD")
      has(s, "$hole1 using 1:2:(0.5):(0.5) with boxxyerror fillcolor rgb paper fillstyle solid noborder notitle")
      local many = function() return 1 end
      has(script(plot.figure():heatmap(many, { x = { 0, 1, 0.01 }, y = { 0, 1, 0.01 } })), "using 1:2:3 with image")
    end)

    it("name the colour bar by the label of what it explains", function()
      local over = { x = { 0, 1, 0.5 }, y = { 0, 1, 0.5 }, colorbar = true, label = "f_1" }
      for _, kind in ipairs { "heatmap", "surface", "contour" } do
        local fig = plot.figure()
        local s = script(fig[kind](fig, math.max, over))
        has(s, kind == "surface" and "set label 1 'f_1' noenhanced at screen" or "set cblabel 'f_1' noenhanced")
        has(s, "unset key\n")
      end
      over.filled = true
      has(script(plot.figure():contour(math.max, over):heatmap({ { 1, 2 } }, { label = "g" })), "set cblabel 'f_1, g'")
      over.colorbar, over.filled = false, nil
      has(script(plot.figure():contour(math.max, over)), "title 'f_1' noenhanced")
    end)

    it("lay images out in rows, with texts above", function()
      local images = lab.tensor { { { { 0, 51 }, { 102, 255 } } }, { { { 255, 0 }, { 0, 0 } } } }
      local s = script(plot.images(images, { cols = 2 })) -- a white line around each image
      has(s, "1 1 255 255 255\n")
      has(s, "2 2 0 0 0\n3 2 51 51 51\n4 2 255 255 255\n5 2 255 255 255\n6 2 0 0 0\n")
      has(s, "2 3 102 102 102\n3 3 255 255 255\n")
      local below = script(plot.images({ images[1][1], images[2][1] }, { cols = 1, labels = { "a 'b'", 7 } }))
      has(below, "2 3 0 0 0\n3 3 51 51 51\n")
      has(below, "2 7 255 255 255\n3 7 0 0 0\n")
      has(below, "a ''b''")
      local two = script(plot.images(images, { labels = { "a\nb", "c" }, colors = { "red", "black" } }))
      local at = {}
      for name, y, color in two:gmatch("set label %d+ '(%a)' %a+ at [%d.]+,([%d.]+) [^\n]*rgb '(#%x+)'") do
        at[name] = { y = tonumber(y), color = color }
      end
      assert.equal(at.b.y, at.c.y) -- the last lines at one height, the first above: y counts downwards
      assert.is_true(at.a.y < at.b.y)
      assert.same({ at.b.color, "#000000" }, { at.a.color, at.c.color })
      assert.not_equal(at.a.color, at.c.color)
      local stretched = script(plot.images({ { { -1, 0, 3 } } }, { stretch = true }))
      has(stretched, "2 2 0 0 0\n3 2 64 64 64\n4 2 255 255 255\n")
    end)

    it("draw the book's trace over [-n, n]", function()
      local s = script(plot.trace(function(x) return x * x end, { 10, 6, -3 }))
      has(s, "$line1 << EOD\n-10 100\n")
      has(s, "\n10 100\nEOD")
      has(s, "$line2 << EOD\n10 100\n6 36\n-3 9\nEOD")
      has(s, "set xlabel 'x'")
      has(s, "set ylabel 'f(x)'")
      has(s, "$line2 using 1:2 with linespoints linetype 2")
    end)

    it("draw the book's 2-D trace over its range", function()
      local f = function(a, b) return a ^ 2 + 2 * b ^ 2 end
      local s = script(plot.trace2d(f, { { -5, -2 }, { -4, -1 } }))
      has(s, "set xrange [-5.5:1]")
      has(s, "set yrange [-3:1]")
      has(s, "$contour1 using 1:2 with lines linetype 1 linecolor rgb '#1f77b4'")
      has(s, "$line1 using 1:2 with linespoints linetype 1 linecolor rgb '#ff7f0e' pointtype 7")
    end)

    it("draw a second path in a colour of its own", function()
      local f = function(a, b) return a ^ 2 + 2 * b ^ 2 end
      local fig = plot.trace2d(f, { { -5, -2 }, { -4, -1 } }, { label = "A" })
      fig:line({ { -5, -2 }, { -3, 0.5 } }, { label = "B", style = "-o" }):points(tensor { { 0, 0 }, { 0.5, 0.25 } })
      local s = script(fig)
      has(s, "$line2 << EOD\n-5 -2\n-3 0.5\nEOD")
      has(s, "$line2 using 1:2 with linespoints linetype 3")
      has(s, "$points1 << EOD\n0 0\n0.5 0.25\nEOD")
      has(s, "$points1 using 1:2 with points linetype 4")
    end)

    it("widen a 2-D trace whose path leaves the book's range", function()
      local s = script(plot.trace2d(function(a, b) return a * a + b * b end, tensor { { -5, -2 }, { 15, -2 } }))
      local lo, hi = s:match("set xrange %[(.-):(.-)%]")
      assert.equal(-5.5, tonumber(lo))
      assert.is_true(tonumber(hi) > 15)
    end)

    it("draw several figures in a grid, each with its own data", function()
      local a, b = line_figure { title = "A" }, line_figure { title = "B" }
      plot.grid { rows = 1, cols = 2, title = "Both", a, b }:save("grid")
      local s = files.read(figures.dir .. "/grid.gp")
      has(s, "set multiplot layout 1,2 title 'Both'")
      has(s, "$p1_line1 << EOD")
      has(s, "plot $p2_line1 using")
      has(s, "unset multiplot")
    end)

    it("are the same bytes for the same figure", function()
      assert.equal(script(line_figure { title = "T" }), script(line_figure { title = "T" }))
    end)
  end)
end)
