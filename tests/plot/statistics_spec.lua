--- Bars, error bars, steps, boxes and violins.
local config = require "optlab.base.config"
local errors = require "tests.support.errors"
local figures = require "tests.support.figures"
local plot = require "optlab.plot"
local found = require "tests.support.text"
local has, has_not = found.contains, found.lacks
local script = figures.script

describe("plot", function()
  before_each(figures.begin)
  after_each(figures.finish)

  describe("bars", function()
    it("begin at zero and have names below them", function()
      local s = script(plot.figure():bar({ "a", "b" }, { 1, 2 }, { label = "n" }))
      has(s, "$bar1 << EOD\n0.6 0 0.6 1.4 0 1\n1.6 0 1.6 2.4 0 2\nEOD")
      has(s, "set xtics ('a' 1, 'b' 2) noenhanced")
      has(s, "set yrange [0:2.1")
      has(s, "with boxxyerror linetype 1 fillstyle transparent solid 0.85 border linecolor rgb paper title 'n'")
    end)

    it("of several groups stand side by side or on each other", function()
      local s = script(plot.figure():bar({ 1 }, { { 2 }, { 3 } }, { label = { "a", "b" } }))
      has(s, "$bar1 << EOD\n0.6 0 0.6 1 0 2\nEOD")
      has(s, "$bar2 << EOD\n1 0 1 1.4 0 3\nEOD")
      s = script(plot.figure():bar({ 1 }, { { 2 }, { 3 } }, { stacked = true }))
      has(s, "$bar2 << EOD\n0.6 2 0.6 1.4 2 5\nEOD")
    end)

    it("lie, with error bars", function()
      local s = script(plot.figure():barh({ 1 }, { 2 }, { err = 0.5, edgecolor = "k", alpha = 1 }))
      has(s, "$bar1 << EOD\n0 0.6 0 2 0.6 1.4\nEOD")
      has(s, "fillstyle solid border linecolor rgb '#000000'")
      has(s, "$error1 << EOD\n1.5 1\n2.5 1\n\n1.5 0.")
    end)

    it("begin at the end of a logarithmic axis", function()
      has(script(plot.figure { logy = true, ylim = { 0.1, 100 } }:bar({ 1 }, { 10 })), "0.6 0.1 0.6 1.4 0.1 10\n")
    end)

    it("refuse labels that are not as many as groups", function()
      errors.fails("Figure:bar: label has 1 entries for 2 groups of bars",
        function() plot.figure():bar({ 1 }, { { 2 }, { 3 } }, { label = { "a" } }) end)
      errors.fails("label must be a list of a name for each of the 2 groups",
        function() plot.figure():bar({ 1 }, { { 2 }, { 3 } }, { label = "a" }) end)
      errors.fails("Figure:bar: x has 1 values but height has 2", function() plot.figure():bar({ 1 }, { 2, 3 }) end)
    end)
  end)

  describe("error bars", function()
    it("reach to both sides, with caps", function()
      local s = script(plot.figure():errorbar({ 1, 2 }, { 3, 4 }, { yerr = { 0.5, 1 }, capsize = 0, label = "e" }))
      has(s, "$error1 << EOD\n1 2.5\n1 3.5\n\n2 3\n2 5\nEOD")
      has(s, "$points1 using 1:2 with points linetype 1 linewidth 1.4 pointtype 7 pointsize 0.75 title 'e'")
      has(script(plot.figure():errorbar({ 1 }, { 3 }, { xerr = { { 0.5 }, { 2 } }, capsize = 0 })), "0.5 3\n3 3\n")
    end)

    it("below zero end at the frame of a logarithmic axis", function()
      local s = script(plot.figure { logy = true }:errorbar({ 1, 2 }, { 1, 100 }, { yerr = 2, capsize = 0 }))
      has(s, "1 1e-09\n1 3\n")
      has(s, "set yrange [0.7")
    end)

    it("say what is wrong", function()
      errors.fails("yerr or xerr must say how far the bars reach", function() plot.figure():errorbar({ 1 }, { 1 }) end)
      errors.fails("yerr[1] is -1, but lengths are not negative",
        function() plot.figure():errorbar({ 1 }, { 1 }, { yerr = -1 }) end)
      errors.fails("yerr has 2 values for 1 points",
        function() plot.figure():errorbar({ 1 }, { 1 }, { yerr = { 1, 2 } }) end)
    end)
  end)

  it("steps change at the point before, at the point or between", function()
    local function rows(where)
      return script(plot.figure():step({ 1, 2 }, { 3, 5 }, { where = where })):match("%$line1 << EOD\n(.-)EOD")
    end
    assert.equal("1 3\n1 5\n2 5\n", rows "pre")
    assert.equal("1 3\n2 3\n2 5\n", rows "post")
    assert.equal("1 3\n1.5 3\n1.5 5\n2 5\n", rows "mid")
    errors.fails("a line in steps has no markers", function() plot.figure():step({ 1, 2 }, { style = "-o" }) end)
  end)

  describe("distributions", function()
    it("have quartiles, whiskers and what lies beyond them", function()
      local s = script(plot.figure():boxplot({ { 1, 2, 3, 4, 100 } }, { labels = { "runs" }, width = 1 }))
      has(s, "$box1 << EOD\n1 3 0.5 1.5 2 4\nEOD")
      has(s, "$whisker1 << EOD\n1 4\n1 4\n\n1 2\n1 1\n\n")
      has(s, "$flier1 << EOD\n1 100\nEOD")
      has(s, "set xtics ('runs' 1)")
      has_not(script(plot.figure():boxplot({ { 1, 2, 3, 4, 100 } }, { showfliers = false })), "$flier")
    end)

    it("have densities as wide as asked for", function()
      local s = script(plot.figure():violinplot({ { 1, 2, 3 }, { 5 } }, { width = 1, positions = { 2, 4 } }))
      local block = s:match("%$violin1 << EOD\n(.-)EOD")
      has(block, "\n1.5") -- the greatest density lies half the width beside the middle
      has(s, "$median1 << EOD\n2 2\n4 5\nEOD")
    end)

    it("say what is wrong", function()
      errors.fails("Figure:boxplot: labels has 1 entries for 2 sets",
        function() plot.figure():boxplot({ { 1 }, { 2 } }, { labels = { "a" } }) end)
      errors.fails("sets[1] has no finite value", function() plot.figure():violinplot { { 0 / 0 } } end)
    end)
  end)

  it("draws all of them", function()
    config.format = { "svg" }
    local fig = plot.figure():bar({ 1, 2 }, { 3, 4 }, { err = 0.1, label = "b" }):step({ 1, 2 }, { 1, 2 })
    fig:errorbar({ 1 }, { 2 }, { yerr = 1, style = "-s", label = "e" }):save("bars")
    fig = plot.figure():boxplot({ { 1, 2, 9 }, { 3 } }, { showmeans = true, label = "x" })
    fig:violinplot({ { 1, 2 } }):save("boxes")
    assert(plot.wait())
  end)
end)
