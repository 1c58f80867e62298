--- Grids whose figures share axes, colours and a legend.
local config = require "optlab.base.config"
local errors = require "tests.support.errors"
local figures = require "tests.support.figures"
local plot = require "optlab.plot"
local found = require "tests.support.text"
local has, has_not = found.contains, found.lacks
local script = figures.script

local function line(top, options) return plot.figure(options):line({ 0, 1, 2 }, { 0, top, top }, { label = "loss" }) end

local function map(low, options)
  return plot.figure(options):heatmap({ { low, 2 }, { 3, 4 } }, { label = "value" })
end

-- The number of times that a script says something.
local function count(s, words)
  return select(2, s:gsub(words:gsub("%p", "%%%0"), ""))
end

-- The margins of a side, one for each panel.
local function margins(s, side)
  local out = {}
  for v in s:gmatch("set " .. side .. "margin at screen (%S+)") do out[#out + 1] = tonumber(v) end
  return out
end

describe("plot", function()
  before_each(figures.begin)
  after_each(figures.finish)

  describe("grids", function()
    it("share the limits of an axis, whose texts stand outside only", function()
      local s = script(plot.grid { line(1), line(10), line(5), cols = 2, sharex = true, sharey = true })
      assert.equal(3, count(s, "set yrange [-0.5:10.5]"))
      assert.equal(1, count(s, "set format y ''"))
      assert.equal(1, count(s, "set format x ''"))
      assert.equal(3, count(s, "set lmargin at screen"))
    end)

    it("share among the figures of a row or of a column", function()
      local s = script(plot.grid { line(1), line(10), line(20), line(5), cols = 2, sharey = "row" })
      assert.equal(2, count(s, "set yrange [-0.5:10.5]"))
      assert.equal(2, count(s, "set yrange [-1:21]"))
      assert.equal(2, count(s, "set format y ''"))
      s = script(plot.grid { line(1), line(10), line(20), line(5), cols = 2, sharey = "col" })
      assert.equal(0, count(s, "set format y ''"))
    end)

    it("align the frames of a column and of a row", function()
      local s = script(plot.grid { line(1), line(1e-7), line(5, { ylabel = "y" }), line(2), cols = 2, sharex = true })
      local left, top = margins(s, "l"), margins(s, "t")
      assert.equal(left[1], left[3])
      assert.equal(left[2], left[4])
      assert.equal(top[1], top[2])
    end)

    it("have one colour bar for one scale", function()
      local s = script(plot.grid { map(0), map(-5), sharecolor = true })
      assert.equal(3, count(s, "set cbrange [-5:4]"))
      assert.equal(2, count(s, "unset colorbox\nset yrange"))
      assert.equal(1, count(s, "set colorbox user origin screen"))
      has(s, "'value' noenhanced at screen")
    end)

    it("say what was taken out of the marks of the colour bar, and count its room", function()
      local fig = plot.figure { enhanced = true }:heatmap({ { 1e12, 1e12 + 1 } }, { label = "f^2" })
      local shared = script(plot.grid { fig, fig, sharecolor = true })
      has(shared, "'f^2  (+ 1000000000000)' enhanced at screen")
      local placed = script(plot.grid { fig, fig, sharex = true })
      has(placed, "'f^2  (+ 1000000000000)' enhanced at screen")
      has(script(fig), "set cblabel 'f^2  (+ 1000000000000)' enhanced")
    end)

    it("hold surfaces beside what needs a computed place", function()
      local small = plot.figure():line { 1, 2 }
      local solid = plot.figure():surface(math.max, { x = { 0, 1 }, y = { 0, 1 }, colorbar = true })
      local grid = plot.grid { solid, line(1):inset(small, { 0.5, 0.5, 0.4, 0.4 }) }
      local s = script(grid)
      assert.equal(1, count(s, "splot "))
      assert.equal(2, count(s, "\nplot "))
      has(s, "set size ")
      assert.is_true(#figures.draw(grid, "mixed.png") > 1000)
    end)

    it("have one legend, in which equal labels stand once", function()
      local s = script(plot.grid { line(1), line(2):line({ 0, 1 }, { 1, 0 }, { label = "more" }), legend = "below" })
      assert.equal(1, count(s, "keyentry with lines linetype 1 title 'loss'"))
      assert.equal(1, count(s, "keyentry with lines linetype 2 title 'more'"))
      has(s, "center center")
      has_not(s, "using 1:2 with lines linetype 1 title")
      has(script(plot.grid { line(1), line(2), legend = "right" }), "left top")
    end)

    it("have one label of each axis", function()
      local s = script(plot.grid { line(1), line(2), xlabel = "steps", ylabel = "losses" })
      has(s, "'steps' noenhanced at screen")
      has(s, "center rotate by 90")
    end)

    it("of figures without marks have whole frames close to each other, and titles of one line", function()
      local options = { xticks = {}, yticks = {}, title = ("long title "):rep(9) }
      local s = script(plot.grid { line(1, options), line(2, options), size = { 240, 110 } })
      assert.equal(2, count(s, "set border 15 linecolor rgb axis_color linewidth 0.6"))
      has(s, "…' noenhanced font ',8'")
      local left, right = margins(s, "l"), margins(s, "r")
      assert.is_true((left[2] - right[1]) * 240 < 8)
    end)

    it("have titles of one size, which are whole where there is room", function()
      local function titled(name) return line(1, { xticks = {}, yticks = {}, title = name }) end
      local s = script(plot.grid { titled "SGD", titled "ScheduleFreeAdamW", size = { 210, 110 } })
      has(s, "set title 'SGD' noenhanced font ',8'")
      has(s, "set title 'ScheduleFreeAdamW' noenhanced font ',8'")
      s = script(plot.grid { titled "SGD", titled "Adam", size = { 210, 110 } })
      has(s, "set title 'SGD' noenhanced font ',12'")
    end)

    it("refuse what cannot be shared", function()
      local log = plot.figure { logy = true }:line { 1, 2 }
      errors.fails("plot.grid: figures that share an axis must all have it logarithmic, or none of them",
        function() plot.grid({ line(1), log, sharey = true }):save "g" end)
      errors.fails("plot.grid: sharecolor, but no figure colours anything by value",
        function() plot.grid({ line(1), line(2), sharecolor = true }):save "g" end)
      local gray = plot.figure():heatmap({ { 1, 2 } }, { palette = "gray" })
      errors.fails("sharecolor needs one palette and one norm in all figures",
        function() plot.grid({ map(1), gray, sharecolor = true }):save "g" end)
      local solid = plot.figure():surface { { 1, 2 }, { 3, 4 } }
      errors.fails("figure 1 is three-dimensional", function() plot.grid { solid, sharex = true } end)
    end)

    it("have room for the labels of their axes", function()
      local fig = line(1, { xlabel = "first\nsecond", ylabel = "loss" })
      for _, theme in ipairs { "default", "paper", "slides" } do
        local grid = plot.grid { fig, line(2, { xlabel = "steps" }), cols = 2, sharey = true, theme = theme }
        local svg = figures.draw(grid, theme .. ".svg")
        for _, words in ipairs { "first", "second", "steps", "loss" } do has(svg, ">" .. words .. "<") end
      end
    end)

    it("have a label for all below the texts of the marks", function()
      local fig = line(1, { xticks = { { 1, "middle" } } })
      local svg = figures.draw(plot.grid { fig, line(2), cols = 2, sharex = true, xlabel = "steps" }, "one.svg")
      local function height(words)
        return tonumber(svg:match(",([%d.]+)%)[^()]+%b()[^()]+>" .. words .. "<"))
      end
      assert.is_true(height "steps" - height "middle" >= 15)
    end)

    it("are drawn", function()
      config.format = { "svg" }
      plot.grid { line(1), line(2), map(1), sharex = true, legend = "below", xlabel = "x" }:save("grid")
      plot.grid { map(1), map(2), sharecolor = true, sharey = true, title = "T" }:save("maps")
      assert(plot.wait())
    end)
  end)
end)
