--- Figures by their scripts and by the pictures that gnuplot makes of them.
local config = require "optlab.base.config"
local lab = require "optlab"
local plot = require "optlab.plot"
local runner = require "optlab.plot.gnuplot.runner"
local contour = require "optlab.plot.contour"
local layout = require "optlab.plot.gnuplot.layout"
local limits = require "optlab.plot.gnuplot.limits"
local style = require "optlab.plot.gnuplot.style"
local text = require "optlab.plot.gnuplot.text"
local uv = require "luv"

local NAN, INF = 0 / 0, math.huge

local function read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local bytes = file:read("a")
  file:close()
  return bytes
end

local function write(path, bytes)
  local file = assert(io.open(path, "wb"))
  file:write(bytes)
  file:close()
end

local function remove_folder(path)
  local names = uv.fs_scandir(path)
  while names do
    local name, kind = uv.fs_scandir_next(names)
    if not name then break end
    if kind == "directory" then remove_folder(path .. "/" .. name) else os.remove(path .. "/" .. name) end
  end
  uv.fs_rmdir(path)
end

local function names_in(path)
  local out, names = {}, uv.fs_scandir(path)
  while names do
    local name = uv.fs_scandir_next(names)
    if not name then break end
    out[#out + 1] = name
  end
  table.sort(out)
  return out
end

-- A stand-in for a tensor: all that the module may use of one.
local function tensor(values)
  return setmetatable({}, { __index = { tolist = function() return values end } })
end

local function has(s, part)
  assert(s and s:find(part, 1, true), ("expected %q in:\n%s"):format(part, tostring(s)))
end

local function has_not(s, part)
  assert(not s:find(part, 1, true), ("did not expect %q in:\n%s"):format(part, s))
end

describe("plot", function()
  local dir, saved_out, saved_format, saved_gnuplot, saved_timeout

  before_each(function()
    saved_out, saved_format, saved_timeout = config.out, config.format, runner.timeout
    saved_gnuplot = os.getenv("OPTLAB_GNUPLOT")
    dir = uv.fs_mkdtemp(uv.os_tmpdir() .. "/optlab-plot-XXXXXX")
    plot.set_out(dir)
    config.format = { "none" }
  end)

  after_each(function()
    plot.wait()
    config.out, config.format, runner.timeout = saved_out, saved_format, saved_timeout
    if saved_gnuplot then uv.os_setenv("OPTLAB_GNUPLOT", saved_gnuplot) else uv.os_unsetenv("OPTLAB_GNUPLOT") end
    remove_folder(dir)
  end)

  -- The script of a figure.
  local function script(fig, name)
    fig:save(name or "figure")
    return read(dir .. "/" .. (name or "figure") .. ".gp")
  end

  -- Draws with the real gnuplot; the picture's bytes.
  local function draw(fig, name)
    local path = fig:save(name)
    assert(plot.wait())
    return read(path)
  end

  local function line_figure(options)
    return plot.figure(options):line({ 1, 2, 3 }, { 1, 4, 9 }, { label = "squares" })
  end

  -- A program that stands in for gnuplot.
  local function fake_gnuplot(body)
    local path = dir .. "/fake-gnuplot"
    write(path, "#!/bin/sh\n" .. body .. "\n")
    uv.fs_chmod(path, tonumber("755", 8))
    uv.os_setenv("OPTLAB_GNUPLOT", path)
  end

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
      has(s, "splot $wireframe1 using 1:2:3 with pm3d fillcolor rgb '#ffffff' notitle")
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
      for name, y, color in two:gmatch("set label %d+ '(%a)' at [%d.]+,([%d.]+) [^\n]*rgb '(#%x+)'") do
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

    it("widen a 2-D trace whose path leaves the book's range", function()
      local s = script(plot.trace2d(function(a, b) return a * a + b * b end, tensor { { -5, -2 }, { 15, -2 } }))
      local lo, hi = s:match("set xrange %[(.-):(.-)%]")
      assert.equal(-5.5, tonumber(lo))
      assert.is_true(tonumber(hi) > 15)
    end)

    it("draw several figures in a grid, each with its own data", function()
      local a, b = line_figure { title = "A" }, line_figure { title = "B" }
      plot.grid { rows = 1, cols = 2, title = "Both", a, b }:save("grid")
      local s = read(dir .. "/grid.gp")
      has(s, "set multiplot layout 1,2 title 'Both'")
      has(s, "$p1_line1 << EOD")
      has(s, "plot $p2_line1 using")
      has(s, "unset multiplot")
    end)

    it("are the same bytes for the same figure", function()
      assert.equal(script(line_figure { title = "T" }), script(line_figure { title = "T" }))
    end)
  end)

  describe("text", function()
    local function quoted(s) return text.quote(s) end

    it("stands in single quotes, a quote doubled", function()
      assert.equal("'it''s `id` $(id) @x \"q\"'", quoted "it's `id` $(id) @x \"q\"")
    end)

    it("keeps apart the quotes that gnuplot would take for the end", function()
      assert.equal([["'".'a']], quoted "'a")
      assert.equal([['a'."''".'b']], quoted "a''b")
      assert.equal([["'"]], quoted "'")
      assert.equal("''", quoted "")
      assert.equal([['a''']], quoted "a'")
    end)

    it("has no control characters, no newlines and only valid UTF-8", function()
      assert.equal("'a b c'", quoted "a\nb\tc\0\27\127")
      assert.equal("'\u{FFFD}x'", quoted "\xffx")
      assert.equal([['one'."\n".'two']], text.quote_lines("one\r\ntwo"))
    end)

    it("is broken at blanks when it is too wide", function()
      assert.equal("aaaa\nbbbb\ncccc", text.wrap("aaaa bbbb cccc", 40, 12))
    end)

    it("comes back out of gnuplot letter by letter, and runs nothing", function()
      config.format = { "svg" }
      local trap = dir .. "/trap"
      local nasty = ("`touch %s` $(touch %s) it's \"q\" @{} '' ' . system('touch %s') . '"):format(trap, trap, trap)
      local starts = ("'; system('touch %s') #"):format(trap)
      local fig = plot.figure { title = nasty, xlabel = starts, ylabel = "''" .. nasty }
      fig:line({ 1, 2 }, { 1, 2 }, { label = nasty }):text("EOD\nplot `touch " .. trap .. "`", { 1, 1 })
      fig:annotate(starts, { 1, 1 }, { 1.5, 1.5 })
      local svg = draw(fig, "nasty")
      assert.is_nil(read(trap))
      local plain = svg:gsub("<[^>]*>", ""):gsub("&lt;", "<"):gsub("&gt;", ">"):gsub("&quot;", '"'):gsub("&amp;", "&")
      has(plain:gsub("%s+", " "), nasty)
      has(plain:gsub("%s+", " "), starts)
      local copy = draw(plot.grid { title = nasty, fig }, "grid")
      has(copy, "system(")
      assert.is_nil(read(trap))
    end)

    it("is markup only when asked", function()
      has(script(line_figure { title = "a_b" }), "set title 'a_b' noenhanced")
      has(script(line_figure { title = "a_b", enhanced = true }), "set title 'a_b' enhanced")
    end)
  end)

  describe("layout", function()
    local function view() return layout.view({}, 640, 400, { 0, 1 }, { 0, 1 }) end

    it("keeps an annotation inside the frame", function()
      local box = layout.text_box(view(), "a text at the right edge", 0.99, 0.999, "left", 12)
      assert.is_true(box.left + box.width <= view().width)
      assert.is_true(box.bottom + box.height <= view().height)
    end)

    it("puts the legend where no curve is", function()
      local falling = { { x = { 0, 1 }, y = { 1, 0 }, joined = true, weight = 1 } }
      local rising = { { x = { 0, 1 }, y = { 0, 1 }, joined = true, weight = 1 } }
      assert.equal("inside right top", layout.legend(view(), { "a" }, falling, {}))
      assert.equal("inside left top", layout.legend(view(), { "a" }, rising, {}))
    end)

    it("puts the legend beside the frame when curves are everywhere", function()
      local x, y = {}, {}
      for i = 1, 400 do x[i], y[i] = i / 400, i % 2 end
      local noise = { { x = x, y = y, joined = true, weight = 1 } }
      assert.equal("outside right top", layout.legend(view(), { "a" }, noise, {}))
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

  describe("pictures", function()
    it("are whole and the same bytes each time, in every format", function()
      config.format = { "svg", "png", "pdf" }
      local first = {}
      for round = 1, 2 do
        line_figure { title = "T" }:save("p")
        assert(plot.wait())
        for _, format in ipairs(config.format) do
          local bytes = read(dir .. "/p." .. format)
          assert.is_true(#bytes > 500)
          if round == 1 then first[format] = bytes else assert.equal(first[format], bytes) end
        end
      end
      has(first.svg, "</svg>")
      has(first.png, "PNG")
      has(first.pdf, "%PDF")
      assert.same({ "p.gp", "p.pdf", "p.png", "p.svg" }, names_in(dir))
    end)

    it("take their format from the suffix", function()
      assert.equal(dir .. "/a.png", line_figure():save("a.png"))
      assert.equal(dir .. "/eta-0.1.gp", line_figure():save("eta-0.1"))
      assert(plot.wait())
      assert.same({ "a.gp", "a.png", "eta-0.1.gp" }, names_in(dir))
    end)

    it("can be drawn again by plain gnuplot in their folder", function()
      config.format = { "svg" }
      local path = line_figure():save("again")
      assert(plot.wait())
      local bytes = read(path)
      os.remove(path)
      assert(os.execute(("cd '%s' && gnuplot again.gp"):format(dir)))
      assert.equal(bytes, read(path))
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
      for name in ("wireframe surface heatmap contour filled image hist mixed grid"):gmatch("%a+") do
        assert.is_true(#read(dir .. "/" .. name .. ".svg") > 1000)
      end
    end)
  end)

  describe("failures", function()
    local function failing_save()
      line_figure():save("broken")
      return debug.getinfo(1, "l").currentline - 1
    end

    it("of gnuplot are one line that names the Lua line, the script and gnuplot's words", function()
      config.format = { "svg" }
      fake_gnuplot([[echo '"./broken.gp" line 7: something is wrong' >&2; exit 1]])
      local line = failing_save()
      local ok, message = plot.wait()
      assert.is_nil(ok)
      has(message, ("plot_spec.lua:%d: plot: %s/broken.gp: gnuplot failed with status 1: line 7: something is wrong")
        :format(line, dir))
      assert.is_nil(message:find("\n", 1, true))
      assert.same({ "broken.gp", "fake-gnuplot" }, names_in(dir))
      assert.is_true(plot.wait())
    end)

    it("include a gnuplot that writes nothing, or half a picture", function()
      config.format = { "svg" }
      fake_gnuplot("exit 0")
      failing_save()
      has(select(2, plot.wait()), "gnuplot wrote no picture")
      fake_gnuplot([[echo "<svg>" > "$(echo "$3" | sed "s/.*output='//; s/'.*//")"]])
      failing_save()
      has(select(2, plot.wait()), "the picture is not complete")
      assert.same({ "broken.gp", "fake-gnuplot" }, names_in(dir))
    end)

    it("include a gnuplot that does not end, or ends by a signal", function()
      config.format = { "svg" }
      runner.timeout = 0.2
      fake_gnuplot("exec sleep 20")
      failing_save()
      has(select(2, plot.wait()), "gnuplot took longer than 0.2 s and was stopped")
      runner.timeout = 20
      fake_gnuplot("kill -SEGV $$")
      failing_save()
      has(select(2, plot.wait()), "gnuplot was ended by signal 11")
    end)

    it("do not include a gnuplot that ended in time while the script computed", function()
      config.format = { "svg" }
      runner.timeout = 0.3
      line_figure():save("early")
      uv.sleep(600)
      assert.same({ true }, { plot.wait() })
      assert.same({ "early.gp", "early.svg" }, names_in(dir))
    end)

    it("without gnuplot are one message, and the scripts stay", function()
      config.format = { "svg" }
      uv.os_setenv("OPTLAB_GNUPLOT", dir .. "/nowhere/gnuplot")
      line_figure():save("one")
      line_figure():save("two")
      local ok, message = plot.wait()
      assert.is_nil(ok)
      has(message, "not found, so no figure was drawn: apt-get install gnuplot-nox; ")
      has(message, "the figures' scripts are in " .. dir)
      assert.is_nil(message:find("\n", 1, true))
      assert.same({ "one.gp", "two.gp" }, names_in(dir))
    end)

    it("of the output folder name it and the reason", function()
      write(dir .. "/file", "")
      plot.set_out(dir .. "/file/below")
      local ok, message = pcall(failing_save)
      assert.is_false(ok)
      has(message, "plot_spec.lua:")
      has(message, dir .. "/file")
    end)

    it("of a script leave its figures finished", function()
      local path = dir .. "/fails.lua"
      write(path, ([[
        package.path, package.cpath = %q, %q
        local plot = require "optlab.plot"
        plot.set_out(%q)
        for i = 1, 5 do plot.figure():line { 1, 2 }:save("f" .. i .. ".svg") end
        error "the script's own"
      ]]):format(package.path, package.cpath, dir))
      local ok = os.execute(("timeout 20 '%s' '%s' 2>'%s/stderr'"):format(uv.exepath(), path, dir))
      assert.is_falsy(ok)
      has(read(dir .. "/stderr"), "the script's own")
      for i = 1, 5 do has(read(("%s/f%d.svg"):format(dir, i)), "</svg>") end
      assert.equal(12, #names_in(dir))
    end)

    it("make the folder when it is not there", function()
      plot.set_out(dir .. "/a/b/c")
      line_figure():save("x")
      assert.same({ "x.gp" }, names_in(dir .. "/a/b/c"))
      plot.set_out(dir)
    end)
  end)

  describe("bad arguments", function()
    local function fig() return plot.figure() end
    local function log_fig() return plot.figure { logx = true, logy = true } end
    local ramp = function(x) return x end
    local solid = function() return fig():surface { { 1, 2 }, { 3, 4 } } end

    -- What is done, and a part of the message that must come of it.
    local cases = {
      { "a figure's unknown option", function() plot.figure { titel = "x" } end,
        "unknown option 'titel'; did you mean 'title'?" },
      { "a title that is no string", function() plot.figure { title = {} } end, "title must be a string, got table" },
      { "a wrong limit", function() plot.figure { xlim = { 1, 1 } } end, "xlim must be two different finite numbers" },
      { "a limit of one number", function() plot.figure { xlim = { 1 } } end, "xlim must be two numbers {a, b}" },
      { "a limit below zero on a log axis", function() plot.figure { logx = true, xlim = { 0, 1 } } end,
        "both ends must be positive" },
      { "a size of nothing", function() plot.figure { size = { 1, 1 } } end, "size is {width, height} in pixels" },
      { "an unknown legend", function() plot.figure { legend = "middle" } end,
        'legend must be true, false or one of "auto"' },
      { "an unknown aspect", function() plot.figure { aspect = 2 } end, 'aspect must be "equal", got 2' },
      { "lengths that differ", function() fig():line({ 1, 2, 3 }, { 1, 2 }) end,
        "fig:line: x has 3 values but y has 2" },
      { "no data", function() fig():line({}, {}) end, "fig:line: x is empty: there is nothing to draw" },
      { "strings for numbers", function() fig():line({ 1, "2" }, { 1, 2 }) end,
        'fig:line: x[2] must be a number, got the string "2"' },
      { "no array at all", function() fig():points("data") end,
        'fig:points: y must be an array of numbers or a tensor, got the string "data"' },
      { "an unknown option", function() fig():line({ 1 }, { 1 }, { colour = "r" }) end,
        "fig:line: unknown option 'colour'; did you mean 'color'?" },
      { "a bad style", function() fig():line({ 1 }, { 1 }, { style = "-q" }) end, 'fig:line: bad style "-q"' },
      { "a style with two lines", function() fig():line({ 1 }, { 1 }, { style = "--:" }) end, 'bad style "--:"' },
      { "a style that is no string", function() fig():line({ 1 }, { 1 }, { style = 1 }) end,
        "style must be a string such as" },
      { "a bad colour", function() fig():line({ 1 }, { 1 }, { color = "#12" }) end, 'fig:line: bad color "#12"' },
      { "a colour with commands", function() fig():line({ 1 }, { 1 }, { color = "red'; system('id')" }) end,
        "bad color" },
      { "a width below zero", function() fig():line({ 1 }, { 1 }, { width = -1 }) end,
        "width must be a positive number, got -1" },
      { "zero on a log axis", function() log_fig():line({ 1, 2 }, { 3, 0 }) end,
        "fig:line: y[2] is 0, but the y axis is logarithmic" },
      { "less than zero on a log axis", function() log_fig():points({ -1 }, { 1 }) end,
        "fig:points: x[1] is -1, but the x axis is logarithmic" },
      { "a band below zero on a log axis", function() log_fig():band({ 1 }, { -1 }, { 1 }) end,
        "fig:band: lo[1] is -1" },
      { "a function without a range", function() fig():line(ramp) end, "a function needs its range" },
      { "a function that gives a string", function() fig():line(function() return "x" end, { x = { 0, 1, 1 } }) end,
        'the function must return a number, at 0.0 it gave the string "x"' },
      { "a range that goes nowhere", function() fig():line(ramp, { x = { 1, 0, 0.1 } }) end,
        "from 1 to 0 is no range" },
      { "a step of zero", function() fig():line(ramp, { x = { 0, 1, 0 } }) end, "step 0 does not divide" },
      { "a contour without a range", function() fig():contour(ramp) end, "fig:contour: a function needs its ranges" },
      { "a ragged matrix", function() fig():contour { { 1, 2 }, { 1 } } end, "row 2 has 1 values but row 1 has 2" },
      { "a contour of one value", function() fig():contour { { 1 } } end, "needs at least 2 x 2 values, got 1 x 1" },
      { "levels that fall", function() fig():contour({ { 1, 2 }, { 1, 3 } }, { levels = { 2, 1 } }) end,
        "levels must ascend, but levels[2] does not" },
      { "an unknown palette", function() fig():heatmap({ { 1 } }, { palette = "jet" }) end,
        "no palette jet; there are viridis, magma" },
      { "two palettes", function() fig():heatmap({ { 1 } }):heatmap({ { 1 } }, { palette = "gray" }) end,
        'already uses the palette "viridis"' },
      { "flat things in space", function() solid():line({ 1 }, { 1 }) end,
        "fig:line is flat, but this figure already holds" },
      { "solid things in a flat figure", function() fig():line({ 1 }, { 1 }):surface { { 1, 2 }, { 3, 4 } } end,
        "fig:surface is three-dimensional, but" },
      { "two surfaces", function() solid():wireframe { { 1, 2 }, { 3, 4 } } end, "already holds a surface" },
      { "a map on log axes", function() log_fig():heatmap { { 1 } } end, "needs linear axes" },
      { "images of two sizes", function() plot.images { { { 1 } }, { { 1, 2 } } } end, "image 2 has 1 x 2 pixels but" },
      { "a number for images", function() plot.images(3) end, "a list of images is needed, got 3" },
      { "a vector for images", function() plot.images(lab.zeros(3)) end, "image 1 is no matrix of greys" },
      { "labels that are too few", function() plot.images(lab.zeros(2, 3, 3), { labels = { "a" } }) end,
        "each of the 2 images, got 1 of them" },
      { "a pixel of two values", function() fig():image { { { 1, 2 } } } end, "has 2 values: 1 (grey) or 3" },
      { "an annotation without a point", function() fig():annotate("x", 1, { 1, 2 }) end,
        "the point must be two numbers" },
      { "a text that is no string", function() fig():text({}, { 1, 2 }) end, "the text must be a string, got table" },
      { "a position that is not finite", function() fig():text("x", { 1, NAN }) end, "a position is not finite" },
      { "a wrong align", function() fig():text("x", { 1, 1 }, { align = "middle" }) end,
        'align must be "left", "center" or "right"' },
      { "a rule at nowhere", function() fig():hline(NAN) end, "fig:hline: y must be finite" },
      { "no bins", function() fig():hist({ 1 }, { bins = 0 }) end, "bins must be a positive integer" },
      { "a histogram of nothing", function() fig():hist { NAN } end, "no value is finite" },
      { "an alpha above one", function() fig():band({ 1 }, { 1 }, { 1 }, { alpha = 2 }) end,
        "alpha must be between 0 and 1, got 2" },
      { "a trace of no function", function() plot.trace(1, { 1 }) end, "plot.trace: f must be a function, got 1" },
      { "a path of wrong pairs", function() plot.trace2d(ramp, { { 1, 2 }, { 3 } }) end,
        "plot.trace2d: path[2] must be two numbers" },
      { "an empty path", function() plot.trace2d(ramp, {}) end, "path is empty" },
      { "a grid without figures", function() plot.grid { rows = 1 } end, "there is no figure in it" },
      { "a grid of something else", function() plot.grid { 1 } end, "entry 1 is no figure but 1" },
      { "a grid that is too small", function()
        plot.grid { rows = 1, cols = 1, line_figure(), line_figure() }
      end, "2 figures do not fit into 1 rows x 1 columns" },
      { "a grid's unknown option", function() plot.grid { line_figure(), row = 1 } end,
        "unknown option 'row'; did you mean 'rows'?" },
      { "an empty figure", function() fig():save("x") end, 'the figure "x" is empty' },
      { "a name with a folder", function() line_figure():save("../x") end, "is no name for a figure" },
      { "a hidden name", function() line_figure():save(".x") end, "is no name for a figure" },
      { "a name that is no string", function() line_figure():save() end, "a name is needed, got nothing" },
      { "an unknown suffix", function() line_figure():save("x.jpg") end, "unknown format '.jpg'" },
      { "an unknown format", function() plot.set_format("pgn") end, "did you mean 'png'?" },
      { "no format", function() plot.set_format(1) end, "plot.set_format: a name is needed, got 1" },
      { "no folder", function() plot.set_out("") end, "plot.set_out: the folder's name is needed" },
    }

    for _, case in ipairs(cases) do
      it("are refused with the user's line: " .. case[1], function()
        local ok, message = pcall(case[2])
        assert.is_false(ok)
        assert.is_truthy(message:match("plot_spec%.lua:%d+: "), message)
        assert.is_nil(message:match("%.lua:%d+:.*%.lua:%d+:"), message)
        has(message, case[3])
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

  describe("styles", function()
    it("read colour, marker and line in any order", function()
      assert.same(style.parse("r-o", "f"), style.parse("o-r", "f"))
      assert.equal("(8,5,1,5)", style.parse("k-.", "f").dash)
      assert.equal(0.35, style.parse(".", "f").size)
      assert.equal("solid", style.parse("", "f").dash)
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
    assert.equal(table.concat(printed), read(path))
  end)

  it("lists the pictures that were written", function()
    line_figure():save("listed.svg")
    assert(plot.wait())
    has(table.concat(plot.written(), "\n"), dir .. "/listed.svg")
  end)
end)
