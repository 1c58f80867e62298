--- The pictures that gnuplot makes.
local config = require "optlab.base.config"
local figures = require "tests.support.figures"
local files = require "tests.support.files"
local plot = require "optlab.plot"
local runner = require "optlab.plot.draw.runner"
local shorter = require("optlab.plot.draw.svg").shorter
local found = require "tests.support.text"
local has, has_not = found.contains, found.lacks
local draw, line_figure = figures.draw, figures.line_figure

local NAN = 0 / 0

describe("plot", function()
  before_each(figures.begin)
  after_each(figures.finish)

  describe("pictures", function()
    it("are whole and the same bytes each time, in every format", function()
      config.format = { "svg", "png", "pdf" }
      local first = {}
      for round = 1, 2 do
        line_figure { title = "T" }:save("p")
        assert(plot.wait())
        for _, format in ipairs(config.format) do
          local bytes = files.read(figures.dir .. "/p." .. format)
          assert.is_true(#bytes > 500)
          if round == 1 then first[format] = bytes else assert.is_true(first[format] == bytes, format) end
        end
      end
      has(first.svg, "</svg>")
      has(first.png, "PNG")
      has(first.pdf, "%PDF")
      assert.same({ "p.gp", "p.pdf", "p.png", "p.svg" }, files.names(figures.dir))
    end)

    it("take their format from the suffix", function()
      assert.equal(figures.dir .. "/a.png", line_figure():save("a.png"))
      assert.equal(figures.dir .. "/eta-0.1.gp", line_figure():save("eta-0.1"))
      assert(plot.wait())
      assert.same({ "a.gp", "a.png", "eta-0.1.gp" }, files.names(figures.dir))
    end)

    it("can be drawn again by plain gnuplot in their folder", function()
      config.format = { "svg" }
      local path = line_figure():save("again")
      assert(plot.wait())
      local bytes = files.read(path)
      os.remove(path)
      assert(os.execute(("cd '%s' && gnuplot again.gp"):format(figures.dir)))
      assert.equal(bytes, shorter(files.read(path)))
    end)

    it("have texts of one size in svg and pdf", function()
      local svg = draw(line_figure { title = "T" }, "size.svg")
      has(svg, 'font-size="12.00"')
      has(svg, 'viewBox="0 0 640 400"')
      local pdf = draw(line_figure { title = "T" }, "size.pdf")
      local width = pdf:match("/MediaBox %[ 0 0 ([%d.]+) 300 %]")
      assert.near(480, tonumber(width), 1e-3) -- points, 3/4 of a pixel
      has(files.read(figures.dir .. "/size.gp"), "fontscale 0.5625 linewidth 1.5") -- 9 points
    end)

    it("come as a page that follows the mouse", function()
      local page = draw(line_figure(), "page.html")
      has(page, "<!DOCTYPE html>")
      has(page, "gnuplot_svg")
      has_not(page, "<?xml")
    end)

    it("are drawn with no, one, equal and enormous values", function()
      config.format = { "svg" }
      local data = { { NAN, NAN }, { 1, 1 }, { 0, 0 }, { 1e308, -1e308 }, { 1e-320, 2e-320 }, { 1e280, -1e280 } }
      for i, y in ipairs(data) do plot.figure():line(y, { label = "y" }):save("e" .. i) end
      plot.figure { logy = true }:line({ 1e-300, 1e280 }):save("log")
      plot.figure():points({ 1 }, { 2 }):save("point")
      plot.figure():contour(function() return 1 end, { x = { 0, 1, 0.5 }, y = { 0, 1, 0.5 } }):save("flat")
      plot.figure():contour(function() return NAN end, { x = { 0, 1, 0.5 }, y = { 0, 1, 0.5 } }):save("nan")
      assert(plot.wait())
    end)

    it("show every kind of element", function()
      config.format = { "svg" }
      local saddle = function(x, y) return x * x - y * y end
      local over = { x = { -1, 1, 0.25 }, y = { -1, 1, 0.25 } }
      local function with(name, options)
        local o = { x = over.x, y = over.y }
        for k, v in pairs(options or {}) do o[k] = v end
        local fig = plot.figure { title = name }
        return fig[name](fig, saddle, o)
      end
      with("wireframe", { label = "w" }):save("wireframe")
      with("wireframe", { label = "w", transparent = true }):save("transparent")
      with("surface", { colorbar = true }):save("surface")
      with("heatmap", { palette = "magma" }):save("heatmap")
      with("contour", { labels = true }):save("contour")
      with("contour", { filled = true, colorbar = true }):save("filled")
      plot.figure():image({ { 0, 0.5 }, { 1, 0 } }):save("image")
      plot.figure():hist({ 1, 2, 2, 3 }, { color = "C2" }):vline(2, { style = ":" }):save("hist")
      plot.figure():line({ 1, 2 }, { 1, 2 }, { label = "a" }):band({ 1, 2 }, { 0, 1 }, { 2, 3 }, { label = "b" })
        :hline(1):annotate("here\nit is", { 1, 1 }, { 1.5, 2 }):text("note", { 2, 0 }, { align = "right" })
        :save("mixed")
      plot.grid { line_figure(), line_figure(), line_figure(), title = "G", cols = 2 }:save("grid")
      assert(plot.wait())
      for name in ("wireframe transparent surface heatmap contour filled image hist mixed grid"):gmatch("%a+") do
        assert.is_true(#files.read(figures.dir .. "/" .. name .. ".svg") > 1000)
      end
    end)
  end)

  it("prints a figure of characters on standard output", function()
    local path = line_figure { title = "plain" }:save("a.txt")
    local printed = {}
    runner.print = function(s) printed[#printed + 1] = s end
    local ok = plot.wait()
    runner.print = nil
    assert.is_true(ok)
    has(table.concat(printed), "plain")
    assert.equal(table.concat(printed), files.read(path))
  end)

  it("lists the pictures that were written", function()
    line_figure():save("listed.svg")
    assert(plot.wait())
    has(table.concat(plot.written(), "\n"), figures.dir .. "/listed.svg")
  end)
end)
