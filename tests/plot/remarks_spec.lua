--- What is said about figures that were drawn although something in them cannot be seen.
local config = require "optlab.base.config"
local errors = require "tests.support.errors"
local figures = require "tests.support.figures"
local files = require "tests.support.files"
local fonts = require "optlab.plot.draw.fonts"
local plot = require "optlab.plot"
local runner = require "optlab.plot.draw.runner"
local found = require "tests.support.text"
local uv = require "luv"
local has, has_not = found.contains, found.lacks
local line_figure, fake_gnuplot = figures.line_figure, figures.fake_gnuplot

local NAN, INF = 0 / 0, math.huge

-- What plot.wait says about the figures saved so far.
local function said()
  local lines = {}
  runner.say = function(line) lines[#lines + 1] = line end
  local ok, message = plot.wait()
  runner.say = function() end
  assert.is_true(ok, message)
  return table.concat(lines, "\n")
end

local function said_of(fig)
  fig:save("figure")
  return said()
end

describe("plot", function()
  before_each(figures.begin)
  after_each(figures.finish)

  describe("remarks", function()
    it("tell of values that are no part of a distribution, and of bands and arrows without any", function()
      has(said_of(plot.figure():boxplot { { 1, 2, INF }, { 1, NAN } }),
        "2 of 5 values of the boxes are not finite and left out")
      has(said_of(plot.figure():violinplot { { 1, 2, INF } }), "1 of 3 values of the violins are not finite")
      has(said_of(plot.figure():hist { 1, 2, NAN }), "1 of 3 values of the histogram are not finite")
      has(said_of(plot.figure():band({ 1, 2, 3 }, { 1, NAN, 1 }, { 2, 2, 2 })), "a band has no two points side by side")
      has(said_of(plot.figure():scatter({ NAN }, { 1 })), "the points hold nothing but nan")
    end)

    it("are one line for what is true of several figures of a grid", function()
      local many = {}
      for i = 1, 5 do many[i] = plot.figure():line { NAN } end
      assert.equal(0, select(2, said_of(plot.grid(many)):gsub("\n", "")))
      has(said_of(plot.grid(many)), "figures 1, 2, 3 and 2 more: a curve holds nothing but nan and infinities")
    end)

    it("tell of histograms without values in their range", function()
      has(said_of(plot.figure():hist({ 1, 2 }, { range = { 10, 20 } })), "no value of the histogram lies in its range")
    end)

    it("tell of titles that are cut", function()
      local fig = plot.figure { title = ("long "):rep(30) }:line { 1, 2 }
      has(said_of(plot.grid { fig, fig, sharex = true, size = { 300, 200 } }), "figures 1, 2: the title 'long long")
      assert.equal("", said_of(plot.grid { fig, sharex = true, size = { 2000, 200 } }))
    end)

    it("are none for ordinary figures, and none for gaps", function()
      assert.equal("", said_of(line_figure()))
      assert.equal("", said_of(plot.figure():line { 1, NAN, INF, -INF, 2 }:heatmap { { 1, NAN }, { 2, 3 } }))
      assert.equal("", said_of(plot.figure { xlim = { 1, 2 }, ylim = { 0, 1 } }:line { 0.5, 3 }:hline(7)))
    end)

    it("name the user's line, the figure and what has no finite value", function()
      plot.figure():line({ NAN, INF }, { label = "loss" }):save("lost")
      local line = debug.getinfo(1, "l").currentline - 1
      has(said(), ("remarks_spec.lua:%d: plot: %s/lost.gp: 'loss' holds nothing but nan and infinities"):format(line,
        figures.dir))
      local nothing = function() return NAN end
      local over = { x = { 0, 1, 0.5 }, y = { 0, 1, 0.5 } }
      for _, kind in ipairs { "heatmap", "surface", "wireframe", "contour" } do
        has(said_of(plot.figure()[kind](plot.figure(), nothing, over)), "holds nothing but nan")
      end
      has(said_of(plot.figure():band({ 1, 2 }, { NAN, NAN }, { 1, 2 })), "a band holds nothing but nan")
      assert.equal("", said())
    end)

    it("count values that gnuplot cannot draw", function()
      local words = said_of(plot.figure():line { 1, 2, 1e300, -1e307 })
      has(words, "2 of 4 values of a curve are beyond 1e280, which gnuplot cannot draw, and are left out")
    end)

    it("say that limits leave nothing to be seen", function()
      has(said_of(plot.figure { xlim = { 10, 20 } }:line { 1, 2 }), "all data lie outside xlim = {10, 20}")
      has(said_of(plot.figure { ylim = { 10, 20 } }:line { 1, 2 }:hline(3)), "all data lie outside ylim = {10, 20}")
      assert.equal("", said_of(plot.figure { ylim = { 10, 20 } }:line { 1, 2 }:hline(12)))
    end)

    it("say that no contour is there, and that a legend was cut", function()
      local flat = function() return 1 end
      has(said_of(plot.figure():contour(flat, { x = { 0, 1, 0.5 }, y = { 0, 1, 0.5 } })), "no contour crosses a level")
      local fig = plot.figure { size = { 320, 240 } }
      for i = 1, 500 do fig:line({ 1, 2 }, { i, i }, { label = "a label that is cut " .. i }) end
      has(said_of(fig), "the legend does not fit: ")
    end)

    it("number the figures of a grid", function()
      plot.grid { line_figure(), plot.figure():line { NAN } }:save("grid")
      has(said(), "grid.gp: figure 2: a curve holds nothing but nan")
    end)

    it("are errors where an axis is logarithmic", function()
      local square = { x = { -1, 1, 0.5 }, y = { 1, 2, 0.5 } }
      local function log() return plot.figure { logx = true } end
      errors.fails("Figure:contour: x[1] is -1, but the x axis is logarithmic", function()
        log():contour(math.max, square)
      end)
      errors.fails("Figure:hist: range[1] is -1, but the x axis is logarithmic", function() log():hist { -1, 2 } end)
    end)
  end)

  describe("gnuplot's warnings", function()
    local function warned(words)
      config.format = { "svg" }
      fake_gnuplot(("printf '%s' >&2\n"):format(words) .. [[exec gnuplot "$@"]])
      return said_of(line_figure())
    end

    it("are shown although a picture was drawn", function()
      local words = warned([[\n"./figure.gp" line 7: warning: something odd\n]])
      has(words, "figure.gp: gnuplot warns: line 7: something odd")
      assert.is_true(files.exists(figures.dir .. "/figure.svg"))
    end)

    it("stand once, and at most three", function()
      local line = [["./figure.gp" line %d: warning: odd\n]]
      assert.equal(1, select(2, warned(line:format(7) .. line:format(7)):gsub("odd", "")))
      has(warned(line:format(1) .. line:format(2) .. line:format(3) .. line:format(4) .. line:format(5)),
        "line 3: odd; and 2 more")
    end)

    it("that are understood are said in optlab's words, once", function()
      config.format = { "svg", "png" }
      fake_gnuplot([[printf '%s\n' '"a.gp" line 7: warning: Terminal canvas area too small to hold plot.' \
        '     Check plot boundary and font sizes.' >&2; exec gnuplot "$@"]])
      local words = said_of(line_figure())
      has(words, "figure.gp: the texts leave no room for the frame: take a larger size or a smaller font")
      has_not(words, "\n")
      has_not(words, "gnuplot warns")
    end)

    it("that mean nothing are not shown", function()
      assert.equal("", warned([["./figure.gp" line 3: warning: iconv failed to convert degree sign\n]]))
    end)
  end)

  describe("characters without a font", function()
    local saved_path
    before_each(function() saved_path = os.getenv("PATH") end)
    after_each(function() uv.os_setenv("PATH", saved_path) end)

    -- A private character, which no font should have; others as far as they go, since what is known stays known.
    local code = 0xF0000
    local function unknown()
      code = code + 1
      return utf8.char(code)
    end

    -- A stand-in for fc-list that knows no font for private characters.
    local function fake_fc_list()
      local path = files.write(figures.dir .. "/fc-list", '#!/bin/sh\ncase "$3" in *=f0*) ;; *) echo x ;; esac\n')
      uv.fs_chmod(path, tonumber("755", 8))
      uv.os_setenv("PATH", figures.dir .. ":" .. saved_path)
    end

    it("are replaced in png and pdf, and named", function()
      fake_fc_list()
      local sign, drawn = unknown(), figures.dir .. "/drawn"
      config.format = { "png", "svg" }
      fake_gnuplot(([[case "$4" in -) tee '%s' | gnuplot "$@" ;; *) exec gnuplot "$@" ;; esac]]):format(drawn))
      line_figure { title = "a" .. sign .. "b β" }:save("figure")
      has(said(), ("figure.gp: no installed font has %s (U+%04X), so png and pdf show a sign in its place"):format(sign,
        utf8.codepoint(sign)))
      has(files.read(drawn), "set title 'a□b β'")
      has(files.read(figures.dir .. "/figure.gp"), "set title 'a" .. sign .. "b β'")
      has(files.read(figures.dir .. "/figure.svg"), sign)
      assert.is_true(#files.read(figures.dir .. "/figure.png") > 500)
    end)

    it("are named once", function()
      fake_fc_list()
      local sign = unknown()
      config.format = { "png" }
      line_figure { title = sign }:save("a")
      line_figure { title = sign }:save("b")
      local _, count = said():gsub("no installed font", "")
      assert.equal(1, count)
    end)

    it("stay where there is no fc-list, and in svg", function()
      uv.os_setenv("PATH", figures.dir)
      assert.same({}, fonts.missing(unknown() .. "β"))
      uv.os_setenv("PATH", saved_path)
      config.format = { "svg" }
      assert.equal("", said_of(line_figure { title = unknown() }))
    end)

    it("are not those without a shape of their own", function()
      fake_fc_list()
      assert.same({}, fonts.missing("a\u{200B}\u{FE0F}\u{AD} plain"))
    end)

    it("do not reach gnuplot's script in any other way", function()
      fake_fc_list()
      has_not(fonts.without("'" .. unknown() .. "'", { code }), utf8.char(code))
    end)
  end)
end)
