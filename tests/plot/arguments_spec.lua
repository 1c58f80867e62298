--- The message of every bad argument.
local errors = require "tests.support.errors"
local figures = require "tests.support.figures"
local lab = require "optlab"
local plot = require "optlab.plot"
local script, line_figure = figures.script, figures.line_figure

local NAN = 0 / 0

describe("plot", function()
  before_each(figures.begin)
  after_each(figures.finish)

  describe("bad arguments", function()
    local function fig() return plot.figure() end
    local function log_fig() return plot.figure { logx = true, logy = true } end
    local ramp = function(x) return x end
    local solid = function() return fig():surface { { 1, 2 }, { 3, 4 } } end

    -- What is done, and a part of the message that must come of it.
    local cases = {
      { "a figure's unknown option", function() plot.figure { titel = "x" } end,
        "unknown option 'titel'; did you mean 'title'?" },
      { "a title that is no string", function() plot.figure { title = {} } end, "title must be a string, got a table" },
      { "a wrong limit", function() plot.figure { xlim = { 1, 1 } } end,
        "plot.figure: xlim must be a list of 2 different finite numbers, got a table" },
      { "a limit of one number", function() plot.figure { xlim = { 1 } } end,
        "xlim must be a list of 2 different finite numbers, got a table" },
      { "a limit below zero on a log axis", function() plot.figure { logx = true, xlim = { 0, 1 } } end,
        "both ends must be positive" },
      { "a size of nothing", function() plot.figure { size = { 1, 1 } } end,
        "size must be {width, height} in pixels, from {80, 60}" },
      { "a size in an unknown unit", function() plot.figure { size = { 8, 6, "miles" } } end,
        'or {8.5, 6, "cm"} (px, cm, mm, in, pt), got a table' },
      { "an unknown theme", function() plot.set_theme "drak" end,
        "plot.set_theme: theme must be one of 'default', 'paper', 'slides', 'dark', got 'drak'" },
      { "a font with commands", function() plot.figure { font = "x'; system('id')" } end,
        "plot.figure: font must be the name of a font" },
      { "an unknown cycle", function() plot.figure { colors = "tab10" } end,
        "colors must be a list of colours or one of 'default', 'dark'" },
      { "a colour of the theme in a cycle", function() plot.figure { colors = { "red", "C1" } } end,
        "colors[2] must be a colour" },
      { "an unknown legend", function() plot.figure { legend = "middle" } end,
        "legend must be true, false or one of 'top right', 'top left'" },
      { "an unknown aspect", function() plot.figure { aspect = 2 } end, "aspect must be 'equal', got 2" },
      { "a method by matplotlib's name", function() fig():plot({ 1, 2 }) end,
        "Figure: there is no 'plot'; what matplotlib calls so is fig:line" },
      { "pyplot's way to draw", function() return plot.plot end,
        "lab.plot has no 'plot'; make a figure, fig = plot.figure{}, and call fig:line" },
      { "pyplot's way to show", function() return plot.show end, "fig = plot.figure{}, and call fig:save" },
      { "a method without its figure", function() return plot.line end, "fig = plot.figure{}, and call fig:line" },
      { "matplotlib's scale", function() plot.figure { yscale = "log" } end,
        "plot.figure: unknown option 'yscale'; write logy = true" },
      { "matplotlib's line style", function() fig():line({ 1 }, { 1 }, { linestyle = "--" }) end,
        "Figure:line: unknown option 'linestyle'; write style = \"--\"" },
      { "a style by position", function() fig():line({ 1 }, { 1 }, "o") end,
        "zs must be a list of numbers or a tensor (a style is an option: {style = \"o\"}), got 'o'" },
      { "a style after the y", function() fig():points({ 1 }, "r-") end, "(a style is an option: {style = \"r-\"})" },
      { "points and ys", function() fig():line({ { 1, 2 } }, { 1 }) end, "xs holds points {x, y}, so drop ys" },
      { "points of three numbers", function() fig():line { { 1, 2 }, { 1, 2, 3 } } end,
        "Figure:line: xs[2] must be a list of 2 numbers, got a table" },
      { "lengths that differ", function() fig():line({ 1, 2, 3 }, { 1, 2 }) end,
        "Figure:line: xs has 3 values but ys has 2" },
      { "no data", function() fig():line({}, {}) end, "Figure:line: xs is empty: there is nothing to draw" },
      { "strings for numbers", function() fig():line({ 1, "2" }, { 1, 2 }) end,
        "Figure:line: xs[2] must be a number, got '2'" },
      { "no array at all", function() fig():points("data") end,
        "Figure:points: xs must be a list of numbers, a tensor or a function, got 'data'" },
      { "an unknown option", function() fig():line({ 1 }, { 1 }, { colour = "r" }) end,
        "Figure:line: unknown option 'colour'; did you mean 'color'?" },
      { "a bad style", function() fig():line({ 1 }, { 1 }, { style = "-q" }) end,
        "Figure:line: style must be a style such as" },
      { "a style with two lines", function() fig():line({ 1 }, { 1 }, { style = "--:" }) end,
        "each at most once, got '--:'" },
      { "a style that is no string", function() fig():line({ 1 }, { 1 }, { style = 1 }) end,
        "at most once, got 1" },
      { "a bad colour", function() fig():line({ 1 }, { 1 }, { color = "#12" }) end,
        'Figure:line: color must be a colour ("#rrggbb", "C1" to "C10", a letter of' },
      { "a colour with commands", function() fig():line({ 1 }, { 1 }, { color = "red'; system('id')" }) end,
        "got 'red'; system('id')'" },
      { "a width below zero", function() fig():line({ 1 }, { 1 }, { width = -1 }) end,
        "width must be a number in (0, 1000], got -1" },
      { "zero on a log axis", function() log_fig():line({ 1, 2 }, { 3, 0 }) end,
        "Figure:line: ys[2] is 0, but the y axis is logarithmic" },
      { "less than zero on a log axis", function() log_fig():points({ -1 }, { 1 }) end,
        "Figure:points: xs[1] is -1, but the x axis is logarithmic" },
      { "a band below zero on a log axis", function() log_fig():band({ 1 }, { -1 }, { 1 }) end,
        "Figure:band: lo[1] is -1" },
      { "a function without a range", function() fig():line(ramp) end, "a function needs its range" },
      { "a function that gives a string", function() fig():line(function() return "x" end, { x = { 0, 1, 1 } }) end,
        'the function must return a number, at 0.0 it gave \'x\'' },
      { "a range that goes nowhere", function() fig():line(ramp, { x = { 1, 0, 0.1 } }) end,
        "from 1 to 0 is no range" },
      { "a step of zero", function() fig():line(ramp, { x = { 0, 1, 0 } }) end, "step 0 does not divide" },
      { "a contour without a range", function() fig():contour(ramp) end,
        "Figure:contour: a function needs its ranges" },
      { "a ragged matrix", function() fig():contour { { 1, 2 }, { 1 } } end, "row 2 has 1 values but row 1 has 2" },
      { "a contour of one value", function() fig():contour { { 1 } } end, "needs at least 2 x 2 values, got 1 x 1" },
      { "levels that fall", function() fig():contour({ { 1, 2 }, { 1, 3 } }, { levels = { 2, 1 } }) end,
        "levels must ascend, but levels[2] does not" },
      { "an unknown palette", function() fig():heatmap({ { 1 } }, { palette = "jet" }) end,
        "palette must be one of 'viridis', 'magma'" },
      { "two palettes", function() fig():heatmap({ { 1 } }):heatmap({ { 1 } }, { palette = "gray" }) end,
        "already uses the palette 'viridis'" },
      { "flat things in space", function() solid():line({ 1 }, { 1 }) end,
        "Figure:line is flat, but this figure already holds" },
      { "solid things in a flat figure", function() fig():line({ 1 }, { 1 }):surface { { 1, 2 }, { 3, 4 } } end,
        "Figure:surface is three-dimensional, but" },
      { "two surfaces", function() solid():wireframe { { 1, 2 }, { 3, 4 } } end, "already holds a surface" },
      { "a map below zero on log axes", function() log_fig():heatmap({ { 1 } }, { xs = { -1 } }) end,
        "Figure:heatmap: x[1] is -1, but the x axis is logarithmic" },
      { "edges that are too many", function() fig():heatmap({ { 1, 2 } }, { xs = { 1, 2, 3, 4 } }) end,
        "xs has 4 values but the matrix has 2 (edges are one more)" },
      { "coordinates given twice",
        function() fig():contour({ { 1, 2 }, { 3, 4 } }, { x = { 0, 1 }, xs = { 0, 1 } }) end,
        "Figure:contour: give x or xs, not both" },
      { "coordinates that fall", function() fig():contour({ { 1, 2 }, { 3, 4 } }, { xs = { 1, 0 } }) end,
        "xs must ascend, but xs[2] does not" },
      { "a logarithm of nothing positive", function() fig():heatmap({ { -1 } }, { norm = "log" }) end,
        "no value is positive, so norm = 'log' has nothing to colour" },
      { "two kinds of colours",
        function() fig():heatmap({ { 1 } }):scatter({ 1 }, { 1 }, { c = { 1 }, norm = "log" }) end,
        "Figure:scatter: the colours of this figure are linear already" },
      { "a log range from 0", function() fig():heatmap({ { 1 } }, { norm = "log", range = { 0, 1 } }) end,
        "range begins at 0" },
      { "a value for each of other points", function() fig():scatter({ 1, 2 }, { 1, 2 }, { c = { 1 } }) end,
        "Figure:scatter: xs has 2 values but c has 1" },
      { "values and a colour", function() fig():scatter({ 1 }, { 1 }, { c = { 1 }, color = "r" }) end, "drop color" },
      { "an edge of lines", function() fig():scatter({ 1 }, { 1 }, { marker = "x", edgecolor = "k" }) end,
        "the marker 'x' is made of lines" },
      { "arrows without a direction", function() fig():quiver({ 1 }, { 1 }) end,
        "Figure:quiver: u is missing; it must be a list of numbers or a tensor" },
      { "a field of one number", function() fig():quiver(ramp, { x = { 0, 1 }, y = { 0, 1 } }) end,
        "the function must return two numbers, at 0.0, 0.0 it gave 0 and nothing" },
      { "an empty span", function() fig():axvspan(1, 1) end, "the span from 1 to 1 is empty" },
      { "a mask of another length", function() fig():fill_between({ 1, 2 }, { 1, 2 }, 0, { where = { true } }) end,
        "x has 2 values but where has 1" },
      { "a name for a colour bar that is not there",
        function() fig():heatmap({ { 1 } }, { label = "l", colorbar = false }) end,
        "Figure:heatmap: label names the colour bar, but there is none: set colorbar = true or drop label" },
      { "images of two sizes", function() plot.images { { { 1 } }, { { 1, 2 } } } end, "image 2 has 1 x 2 pixels but" },
      { "a number for images", function() plot.images(3) end,
        "plot.images: images must be a tensor (N, 1, H, W) or (N, H, W), or a list of images, got 3" },
      { "a vector for images", function() plot.images(lab.zeros(3)) end, "image 1 is no matrix of greys" },
      { "labels that are too few", function() plot.images(lab.zeros(2, 3, 3), { labels = { "a" } }) end,
        "each of the 2 images, got 1 of them" },
      { "a picture without a width", function() fig():image({ { 1 } }, { x = { 2, 2 } }) end,
        "x must be a range {from" },
      { "a pixel of two values", function() fig():image { { { 1, 2 } } } end, "has 2 values, 1 (grey) or 3" },
      { "an annotation without a point", function() fig():annotate("x", 1, { 1, 2 }) end,
        "Figure:annotate: point must be a list of 2 finite numbers, got 1" },
      { "a text that is no string", function() fig():text({}, { 1, 2 }) end,
        "Figure:text: text must be a string, got a table" },
      { "a position that is not finite", function() fig():text("x", { 1, NAN }) end,
        "Figure:text: at[2] must be a finite number, got nan" },
      { "a wrong align", function() fig():text("x", { 1, 1 }, { align = "middle" }) end,
        "align must be one of 'left', 'center', 'right'" },
      { "a rule at nowhere", function() fig():hline(NAN) end, "Figure:hline: y must be a finite number, got nan" },
      { "no bins", function() fig():hist({ 1 }, { bins = 0 }) end, "bins must be an integer from 1 to 100000, got 0" },
      { "a histogram of nothing", function() fig():hist { NAN } end, "no value is finite" },
      { "an alpha above one", function() fig():band({ 1 }, { 1 }, { 1 }, { alpha = 2 }) end,
        "alpha must be a number in [0, 1], got 2" },
      { "a trace of no function", function() plot.trace(1, { 1 }) end, "plot.trace: f must be a function, got 1" },
      { "a path of wrong pairs", function() plot.trace2d(ramp, { { 1, 2 }, { 3 } }) end,
        "plot.trace2d: path[2] must be a list of 2 numbers, got a table" },
      { "several paths", function() plot.trace2d(ramp, { { { 1, 2 }, { 3, 4 } }, { { 1, 2 } } }) end,
        "plot.trace2d: path holds several paths; give the first" },
      { "several tensors", function() plot.trace2d(ramp, { lab.zeros(3, 2), lab.zeros(3, 2) }) end, "several paths" },
      { "an empty path", function() plot.trace2d(ramp, {}) end, "path is empty" },
      { "a grid without figures", function() plot.grid { rows = 1 } end,
        "figures is missing; it must be a list of figures" },
      { "a grid of something else", function() plot.grid { 1 } end, "figures[1] must be a figure, got 1" },
      { "a grid that is too small", function()
        plot.grid { rows = 1, cols = 1, line_figure(), line_figure() }
      end, "2 figures do not fit into 1 rows x 1 columns" },
      { "a grid's unknown option", function() plot.grid { line_figure(), row = 1 } end,
        "unknown option 'row'; did you mean 'rows'?" },
      { "an empty figure", function() fig():save("x") end, "the figure 'x' is empty" },
      { "a name with a folder", function() line_figure():save("../x") end,
        "name must be letters, digits, '.', '_', '+' and '-' only, got '" },
      { "a hidden name", function() line_figure():save(".x") end,
        "name must be letters, digits, '.', '_', '+' and '-' only, got '" },
      { "a name that is no string", function() line_figure():save() end,
        "Figure:save: name is missing; it must be a string" },
      { "an unknown suffix", function() line_figure():save("x.jpg") end, "unknown format '.jpg'" },
      { "an unknown format", function() plot.set_format("pgn") end,
        "plot.set_format: the format must be one of 'svg', 'png'" },
      { "no format", function() plot.set_format(1) end,
        "plot.set_format: formats must be a string or a list of strings, got 1" },
      { "no folder", function() plot.set_out("") end, "plot.set_out: folder must be the name of a folder, got ''" },
    }

    for _, case in ipairs(cases) do
      it("are refused with the user's line: " .. case[1], function()
        errors.fails(case[3], case[2])
      end)
    end

    it("leave the figure as it was", function()
      local f = line_figure()
      local before = script(f)
      pcall(f.line, f, { 1, 2 }, { 1 })
      pcall(f.contour, f, ramp)
      pcall(f.annotate, f, {}, { 1, 2 }, { 1, 2 })
      assert.equal(before, script(f))
    end)
  end)
end)
