--- Room for texts: names of marks that would stand on each other, long labels and titles, figures inside others.
local config = require "optlab.base.config"
local errors = require "tests.support.errors"
local figures = require "tests.support.figures"
local found = require "tests.support.text"
local plot = require "optlab.plot"
local runner = require "optlab.plot.draw.runner"
local has, has_not, script = found.contains, found.lacks, figures.script

-- The figure's script, and what plot.wait says.
local function saved(fig)
  local lines = {}
  local s = script(fig)
  runner.say = function(line) lines[#lines + 1] = line end
  assert(plot.wait())
  runner.say = function() end
  return s, table.concat(lines, "\n")
end

local function named(n, name)
  local names, values = {}, {}
  for i = 1, n do names[i], values[i] = name .. i, i end
  return names, values
end

describe("plot", function()
  before_each(figures.begin)
  after_each(figures.finish)

  describe("names of marks", function()
    it("stand side by side, else upright, else only some of them", function()
      local s, words = saved(plot.figure():bar(named(5, "SGD")))
      has(s, "set xtics ('SGD1' 1, 'SGD2' 2, 'SGD3' 3, 'SGD4' 4, 'SGD5' 5) noenhanced\n")
      s = saved(plot.figure():bar(named(20, "optimizer ")))
      has(s, "'optimizer 20' 20) noenhanced rotate by 90 right")
      assert.equal("", words)
      s, words = saved(plot.figure():bar(named(100, "optimizer ")))
      has(s, "'optimizer 1' 1, '' 2, 'optimizer 3' 3, '' 4")
      has(words, "50 of 100 texts of the x axis are left out; take a larger size")
      s, words = saved(plot.figure():barh(named(60, "optimizer ")))
      has(s, "'' 60) noenhanced font ',8'")
      has(words, "of 60 texts of the y axis are left out")
    end)

    it("small or upright, have margins and labels of their own, which gnuplot would compute for large ones", function()
      local s = script(plot.figure { xlabel = "loss", ylabel = "optimizer" }:barh(named(30, "optimizer ")))
      has(s, "'optimizer' noenhanced at screen 0.01875,graph 0.5 center rotate by 90")
      assert.is_true(tonumber(s:match "set lmargin at screen ([%d.]+)") < 0.2)
      has(s, "set xlabel 'loss'")
      s = script(plot.figure { xlabel = "optimizer", legend = "below" }:bar(named(20, "optimizer ")))
      has(s, "'optimizer' noenhanced at graph 0.5,screen ")
      assert.is_true(tonumber(s:match "set bmargin at screen ([%d.]+)") < 0.4)
      s = script(plot.grid { plot.figure { xlabel = "optimizer" }:bar(named(20, "optimizer ")), sharex = true })
      has(s, "'optimizer' noenhanced at graph 0.5,graph -")
    end)

    it("heed what a legend beside the frame leaves, and the digits of powers of ten", function()
      local function marks(legend)
        local fig = plot.figure { legend = legend, size = { 400, 250 } }
        local s = script(fig:line({ 1e5, 4e6 }, { 1, 2 }, { label = "an optimizer with a long name" }))
        return select(2, s:match("set xtics ([^\n]*)"):gsub("×", ""))
      end
      assert.is_true(marks "outside" < marks "none")
      local s = script(plot.figure { logx = true, size = { 320, 250 } }:line({ 1e-200, 1e200 }, { 1, 2 }))
      assert.is_true(select(2, s:match("set xtics ([^\n]*)"):gsub("10%^", "")) <= 5)
    end)

    it("leave the frame its room", function()
      local s, words = saved(plot.figure():barh({ ("long "):rep(50), "b" }, { 1, 2 }))
      has(s, "…' 1")
      has(words, "1 of 2 texts of the y axis are cut; take shorter ones")
      s = script(plot.figure { xlim = { -1e300, 1e300 } }:line { 1, 2 })
      has(s, "set lmargin at screen")
    end)

    it("count those that are seen", function()
      local ticks = {}
      for i = 1, 500 do ticks[i] = i end
      local s, words = saved(plot.figure { xticks = ticks, xlim = { 0, 10 } }:line { 1, 2 })
      has_not(s, "rotate by")
      assert.equal("", words)
    end)

    it("take their room in a grid", function()
      local upright, flat = plot.figure():bar(named(20, "optimizer ")), plot.figure():bar(named(2, "a"))
      local function bottom(fig)
        return tonumber(script(plot.grid { fig, sharex = true }):match "set bmargin at screen ([%d.]+)")
      end
      assert.is_true(bottom(upright) > bottom(flat) + 0.15)
    end)

    it("are not taken for formats or markup, beside a colour bar either", function()
      local names = { "50 % of_x", "a{b}c}", "x^2 & y@z" }
      local fig = plot.figure():heatmap({ { 1, 2, 3 } }, { classes = names })
      local svg = figures.draw(fig, "classes.svg"):gsub("<[^>]*>", ""):gsub("\u{A0}", " "):gsub("&amp;", "&")
      for _, name in ipairs(names) do has(svg, name) end
    end)

    it("with braces bring no warnings, though gnuplot measures all texts as markup", function()
      config.format = { "svg" }
      local braces = "a{b}c} d{"
      local fig = plot.figure { title = braces, ylabel = braces }
      local _, words = saved(fig:bar({ braces, "b" }, { 1, 2 }, { label = braces }))
      assert.equal("", words)
      _, words = saved(plot.figure { title = braces, enhanced = true }:line { 1, 2 })
      has(words, "gnuplot's markup in a text is not complete: its braces must match; or drop enhanced = true")
      has_not(words, "line ")
    end)
  end)

  describe("long texts", function()
    it("of axes and notes have several lines, of which some are cut", function()
      local long = ("word "):rep(40)
      local fig = plot.figure { xlabel = long, ylabel = long, title = long }
      local s, words = saved(fig:line({ 1, 2 }):text(long, { 1, 1 }))
      for _, what in ipairs { "xlabel", "ylabel", "title", "label 1" } do
        has(s:match("set " .. what .. " 'word[^\n]*"), '."\\n".')
      end
      assert.equal("", words)
      s, words = saved(plot.figure { xlabel = long:rep(9), title = long:rep(9) }:line { 1, 2 })
      has(words, "the label of the x axis is cut: take a shorter one or a larger size")
      has(words, "the title 'word word")
      has(s:match "set title 'word[^\n]*", "…")
    end)

    it("of a grid have several lines and their room", function()
      local one, long = plot.figure():line { 1, 2 }, ("word "):rep(40)
      local function top(s) return tonumber(s:match "set tmargin at screen ([%d.]+)") end
      local s = script(plot.grid { one, one, title = long, xlabel = long, ylabel = long })
      has(s:match "set multiplot [^\n]*", '."\\n".')
      assert.is_true(top(s) < top(script(plot.grid { one, one, title = "a", xlabel = "b" })))
    end)

    it("in cells of a table have one line; small ones are told", function()
      local s, words = saved(plot.figure():table { { "a\nb", "c" } })
      has(s, "'a b' noenhanced")
      assert.equal("", words)
      local rows = {}
      for i = 1, 90 do rows[i] = { "row", i } end
      has(select(2, saved(plot.figure():table(rows))), "the texts of the table are too small to be read")
    end)

    it("that are empty have no entry in the legend", function()
      has(script(plot.figure():line({ 1, 2 }, { label = "" })), "unset key")
    end)

    it("lose characters that nobody sees", function()
      has(script(plot.figure { title = "a\u{200B}b\u{202E}c\u{FEFF}" }:line { 1, 2 }), "set title 'abc' noenhanced")
    end)
  end)

  describe("the legend of a grid", function()
    it("has as many labels as find room, and tells of the others", function()
      local fig = plot.figure()
      for i = 1, 90 do fig:line({ 1, 2 }, { i, i }, { label = "optimizer " .. i }) end
      for _, where in ipairs { "right", "below" } do
        local s, words = saved(plot.grid { fig, fig, legend = where, size = { 500, 300 } })
        local left_out = tonumber(words:match "(%d+) labels of the legend are left out; take a larger size")
        assert.is_true(left_out > 5)
        assert.equal(90 - left_out, select(2, s:gsub("keyentry with [^\n]* title", "")))
      end
    end)
  end)

  describe("insets", function()
    it("have a size, and move into the picture", function()
      local small = plot.figure():line { 1, 2 }
      errors.fails("Figure:inset: place has the width 0 and the height 0.3, but both must be at least 0.02",
        function() plot.figure():line({ 1, 2 }):inset(small, { 0, 0, 0, 0.3 }) end)
      local s, words = saved(plot.figure():line({ 1, 2 }):inset(small, { 1.3, 1.3, 0.3, 0.3 }))
      has(words, "the small figure 1 would reach beyond the picture and is moved inside")
      for right in s:gmatch "set rmargin at screen ([%d.]+)" do assert.is_true(tonumber(right) <= 1) end
    end)
  end)
end)
