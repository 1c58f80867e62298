--- Second axes, small figures inside, legends with titles and columns, axes without texts.
local config = require "optlab.base.config"
local errors = require "tests.support.errors"
local figures = require "tests.support.figures"
local plot = require "optlab.plot"
local found = require "tests.support.text"
local has, has_not = found.contains, found.lacks
local script = figures.script

local function line(options) return plot.figure(options):line({ 0, 10 }, { 0, 1 }, { label = "first" }) end

describe("plot", function()
  before_each(figures.begin)
  after_each(figures.finish)

  describe("second axes", function()
    it("have limits, marks and a label of their own", function()
      local fig = line()
      fig:twinx({ ylabel = "right", color = "C2" }):line({ 0, 10 }, { 100, 200 }, { label = "second" })
      local s = script(fig)
      has(s, "set yrange [-0.05")
      has(s, "set y2range [95:205]")
      has(s, "set y2tics textcolor linetype 2")
      has(s, "set y2label 'right' noenhanced textcolor linetype 2")
      has(s, "$line2 using 1:2 axes x1y2 with lines linetype 2 title 'second'")
    end)

    it("are logarithmic or not by themselves", function()
      local fig = line()
      fig:twinx({ logy = true }):line({ 1, 2 }, { 1, 1e6 }):hline(10)
      local s = script(fig, "log")
      has(s, "set logscale y2")
      has_not(s, "set logscale y\n")
      has(s, "$rule1 << EOD\n-0.5 10\n10.5 10\nEOD")
    end)

    it("are saved with their figure", function()
      local fig = line()
      local right = fig:twinx():points({ 1 }, { 5 })
      local s = script(right, "twin")
      has(s, "$line1 << EOD")
      has(script(plot.grid { right }, "grid"), "$p1_line1 << EOD")
    end)

    it("say what they cannot", function()
      local fig = line()
      local right = fig:twinx()
      errors.fails("Figure:twinx: this figure has a second axis already", function() fig:twinx() end)
      errors.fails("Figure:twinx: this is a second axis already", function() right:twinx() end)
      errors.fails("Figure:heatmap: on a second axis there are lines", function() right:heatmap { { 1 } } end)
      errors.fails("Figure:text: notes go by the axes of the figure", function() right:text("a", { 1, 1 }) end)
      errors.fails("ylim is {0, 1}, but the axis is logarithmic",
        function() line():twinx { logy = true, ylim = { 0, 1 } } end)
      errors.fails("Figure:line: ys[1] is -1, but the y axis is logarithmic",
        function() line():twinx({ logy = true }):line { -1 } end)
    end)
  end)

  it("have a colour bar beside the second axis, not on its texts", function()
    local fig = plot.figure { size = { 640, 400 } }:heatmap({ { 1, 2 }, { 3, 4 } }, { label = "z" })
    fig:twinx({ ylabel = "right" }):line({ 1, 2 }, { 1000, 20000 })
    local s = script(fig)
    local frame, bar = tonumber(s:match "set rmargin at screen ([%d.]+)"), tonumber(s:match "origin screen ([%d.]+)")
    assert.is_true(bar > frame + 80 / 640) -- five digits and a label
  end)

  describe("insets", function()
    it("with a colour bar have it within their place", function()
      local small = plot.figure():heatmap({ { 1, 2 }, { 3, 4 } })
      local s = script(line():inset(small, { 0.5, 0.5, 0.4, 0.4 }))
      local frame = tonumber(s:match "set rmargin at screen ([%d.]+)")
      local bar, width = s:match "origin screen ([%d.]+),%S+ size screen ([%d.]+)"
      assert.is_true(bar + width < frame)
    end)

    it("stand inside the frame, on paper", function()
      local s = script(line():inset(line(), { 0.5, 0.5, 0.4, 0.4 }))
      has(s, "set multiplot\n")
      has(s, "$p1i1_line1 << EOD")
      has(s, "behind fillcolor rgb paper fillstyle solid noborder")
      has_not(s, "nohead")
    end)

    it("show which part of the figure they enlarge", function()
      local small = plot.figure { xlim = { 1, 2 }, ylim = { 0, 0.5 } }:line({ 0, 10 }, { 0, 1 })
      local s = script(line():inset(small, { 0.5, 0.5, 0.4, 0.4 }, { zoom = true }))
      has(s, "set object 2 rectangle from screen")
      assert.equal(2, select(2, s:gsub("nohead back", "")))
    end)

    it("say what they cannot", function()
      local fig = line()
      local held, outer = line(), line():inset(line(), { 0, 0, 0.3, 0.3 })
      fig:inset(held, { 0, 0, 0.3, 0.3 })
      errors.fails("Figure:inset: a small figure holds no other one", function() held:inset(line(), { 0, 0, 1, 1 }) end)
      errors.fails("Figure:inset: a small figure holds no other one", function() fig:inset(outer, { 0, 0, 1, 1 }) end)
      errors.fails("a figure cannot be inside itself", function() fig:inset(fig, { 0, 0, 1, 1 }) end)
      errors.fails("the small figure must be flat and hold something",
        function() fig:inset(plot.figure(), { 0, 0, 1, 1 }) end)
      errors.fails("Figure:inset: place must be {x, y, width, height} in parts of the frame",
        function() fig:inset(line(), { 0, 0, 1 }) end)
    end)
  end)

  describe("tables", function()
    local rows = { { "SGD", 0.1 }, { "a long name", "0.25" } }

    it("have columns of their widest text, numbers on the right", function()
      local s = script(plot.figure():table(rows, { header = { "name", "rate" } }))
      has(s, "'SGD' noenhanced at graph ")
      has(s, " right front textcolor rgb ink font ',12'")
      assert.equal(3, select(2, s:gsub("nohead linecolor rgb ink", "")))
      assert.equal(2, select(2, script(plot.figure():table(rows)):gsub("nohead linecolor rgb ink", "")))
    end)

    it("become smaller where they are too wide", function()
      local wide = {}
      for i = 1, 30 do wide[i] = "column " .. i end
      has_not(script(plot.figure():table { wide }), "font ',12'")
    end)

    it("say what is wrong", function()
      errors.fails("Figure:table: row 2 has 1 cells but row 1 has 2",
        function() plot.figure():table { { 1, 2 }, { 1 } } end)
      errors.fails("a table is all that a figure holds", function() line():table(rows) end)
      errors.fails("header has 1 entries for 2 columns",
        function() plot.figure():table(rows, { header = { "a" } }) end)
    end)
  end)

  it("gives legends a title and columns", function()
    local fig = line { legendtitle = "a title", legendcols = 2, legend = "top right" }
    local s = script(fig:line({ 1, 2 }, { 1, 2 }, { label = "b" }))
    has(s, "vertical maxrows 1")
    has(s, "set key title 'a title' noenhanced left")
  end)

  it("hides the texts of an axis", function()
    local s = script(line { xticklabels = false, yticks = { { 1, "one" } }, yticklabels = false })
    has(s, "set format x ''")
    has(s, "set ytics ('' 1)")
  end)

  it("draws them", function()
    config.format = { "svg" }
    local fig = line { legendtitle = "t", legendcols = 2 }:inset(line(), { 0.5, 0.1, 0.4, 0.4 }, { zoom = true })
    fig:twinx({ ylabel = "r" }):line({ 1, 2 }, { 3, 4 }, { label = "l" })
    fig:save("twin")
    plot.figure { title = "T" }:table({ { 1, "a" } }):save("table")
    assert(plot.wait())
  end)
end)
