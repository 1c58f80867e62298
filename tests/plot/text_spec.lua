--- Texts in figures: quoted so that gnuplot shows them letter by letter and runs nothing.
local config = require "optlab.base.config"
local figures = require "tests.support.figures"
local files = require "tests.support.files"
local plot = require "optlab.plot"
local text = require "optlab.plot.gnuplot.text"
local found = require "tests.support.text"
local has = found.contains
local script, draw, line_figure = figures.script, figures.draw, figures.line_figure

describe("plot", function()
  before_each(figures.begin)
  after_each(figures.finish)

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
      assert.equal([['one'."\n".'two' noenhanced]], text.marked("one\r\ntwo", false))
    end)

    it("is broken at blanks when it is too wide", function()
      assert.equal("aaaa\nbbbb\ncccc", text.wrap("aaaa bbbb cccc", 40, 12))
    end)

    it("comes back out of gnuplot letter by letter, and runs nothing", function()
      config.format = { "svg" }
      local trap = figures.dir .. "/trap"
      local nasty = ("`touch %s` $(touch %s) it's \"q\" @{} '' ' . system('touch %s') . '"):format(trap, trap, trap)
      local starts = ("'; system('touch %s') #"):format(trap)
      local fig = plot.figure { title = nasty, xlabel = starts, ylabel = "''" .. nasty }
      fig:line({ 1, 2 }, { 1, 2 }, { label = nasty }):text("EOD\nplot `touch " .. trap .. "`", { 1, 1 })
      fig:annotate(starts, { 1, 1 }, { 1.5, 1.5 })
      local svg = draw(fig, "nasty")
      assert.is_false(files.exists(trap))
      local plain = svg:gsub("<[^>]*>", ""):gsub("&lt;", "<"):gsub("&gt;", ">"):gsub("&quot;", '"'):gsub("&amp;", "&")
      has(plain:gsub("%s+", " "), nasty)
      has(plain:gsub("%s+", " "), starts)
      local copy = draw(plot.grid { title = nasty, fig }, "grid")
      has(copy, "system(")
      assert.is_false(files.exists(trap))
    end)

    it("is markup only when asked", function()
      has(script(line_figure { title = "a_b" }), "set title 'a_b' noenhanced")
      has(script(line_figure { title = "a_b", enhanced = true }), "set title 'a_b' enhanced")
    end)
  end)
end)
