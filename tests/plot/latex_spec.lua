--- Figures for LaTeX.
local config = require "optlab.base.config"
local figures = require "tests.support.figures"
local files = require "tests.support.files"
local plot = require "optlab.plot"
local runner = require "optlab.plot.draw.runner"
local found = require "tests.support.text"
local has, has_not = found.contains, found.lacks

local function curves(options)
  local fig = plot.figure(options)
  fig:line({ 1, 20, 60 }, { 1, 0.1, 1e-4 }, { label = "$\\beta_1 = 0.9$, 50% η", style = "-o" })
  return fig:annotate("rate $\\rho^{t}$ & more\nlines_of", { 20, 0.1 }, { 40, 0.5 })
end

local function map()
  return plot.figure { theme = "paper", xlabel = "$x_1$", ylabel = "-1 µm" }
    :heatmap({ { -1, 2 }, { 3, 4 } }, { palette = "RdBu_r", label = "$\\lambda_{\\max}$" })
end

describe("figures for LaTeX", function()
  before_each(figures.begin)
  after_each(figures.finish)

  it("are commands for the texts and a PDF for the rest, the same bytes each time", function()
    config.format = { "tex" }
    local first
    for _ = 1, 2 do
      curves({ title = "$\\hat{x}$ in 50%", logy = true, font_size = 8 }):save("a")
      assert(plot.wait())
      local tex, graphic = files.read(figures.dir .. "/a.tex"), files.read(figures.dir .. "/a-tex.pdf")
      has(tex, "\\includegraphics[width={480.00bp},height={300.00bp}]{a-tex}")
      assert.matches("\n    \\put%(0,0%){\\includegraphics[^\n]*\n    \\gplbacktext\n    \\gplfronttext\n", tex)
      has(tex, "\\fontsize{8}{9.6}\\selectfont%")
      has(tex, "$\\hat{x}$ in 50\\%")
      has(tex, "$10^{-2}$")
      has_not(tex, "Italic")
      has(graphic, "%PDF")
      first = first or { tex, graphic }
      assert.is_true(first[1] == tex and first[2] == graphic)
    end
    has(files.read(figures.dir .. "/a.gp"), "cairolatex")
    assert.same({ "a-tex.pdf", "a.gp", "a.tex" }, files.names(figures.dir))
  end)

  it("leave scripts of other formats as they are", function()
    config.format = { "tex", "svg" }
    curves():save("b")
    assert(plot.wait())
    local s = files.read(figures.dir .. "/b.gp")
    has_not(s, "cairolatex")
    has(s, "{/:Italic β}_{1}")
    has(files.read(figures.dir .. "/b.tex"), "$\\beta_{1}=0.9$, 50\\% $\\eta$")
  end)

  it("are set by pdflatex", function()
    if not os.execute("command -v pdflatex >/dev/null") then return pending("pdflatex is missing") end
    config.format = { "tex" }
    curves({ title = "$\\mathcal{L}(\\theta_t)$ a_b # ~ ^ \\ {} $5", logy = true }):save("one")
    map():save("two")
    plot.grid { curves {}, curves { theme = "dark" }, title = "$\\frac{1}{2}\\mathbf{w}$" }:save("three")
    plot.animate { curves {}, curves {} }:save("four")
    assert(plot.wait())
    files.write(figures.dir .. "/doc.tex", "\\documentclass{article}\\usepackage{graphicx,color}\\begin{document}"
      .. "\\input{one}\\input{two}\\input{three}\\input{four}\\end{document}\n")
    local run = ("cd '%s' && pdflatex -interaction=nonstopmode -halt-on-error -no-shell-escape doc.tex >out 2>&1")
    local ok = os.execute(run:format(figures.dir))
    assert.is_true(ok, files.read(figures.dir .. "/out"))
    has(files.read(figures.dir .. "/doc.pdf"), "%PDF")
  end)

  it("have no ligatures that nobody wrote, accents as commands, and tell of what pdflatex may not know", function()
    config.format = { "tex" }
    local said = {}
    runner.say = function(line) said[#said + 1] = line end
    local title = "--lr ``a'' ?` e\u{301} o\u{308} \u{FFFD} \"q\""
    plot.figure { title = title, xlabel = "größe, 学 und 学" }:line({ 1, 2 }):save("known")
    assert(plot.wait())
    runner.say = function() end
    local tex = files.read(figures.dir .. "/known.tex")
    has(tex, [[-{}-lr `{}`a'{}' ?{}` \'{e} \"{o} ? ''q'']])
    has(tex, "größe")
    assert.equal(1, #said)
    has(said[1], "pdflatex may not know 学 (U+5B66); lualatex with a font that has it does")
  end)

  it("come as eps too", function()
    local eps = figures.draw(map(), "c.eps")
    has(eps, "%!PS-Adobe-3.0 EPSF-3.0")
    has(eps, "%%CreationDate: 2000-01-01\n")
    assert.is_true(eps == figures.draw(map(), "c.eps"))
  end)

  it("fail with gnuplot's words", function()
    figures.fake_gnuplot("exit 0")
    curves():save("d.tex")
    local ok, message = plot.wait()
    assert.is_nil(ok)
    has(message, "d.gp: ")
    has(message, "figure.tex")
  end)
end)

describe("raw commands", function()
  before_each(figures.begin)
  after_each(figures.finish)

  it("stand behind optlab's, items where they were added", function()
    local fig = plot.figure():line({ 1, 2 }):raw("set arrow 9 from 1,1 to 2,2\nset border 15")
    fig:raw { plot = "sin(x) with lines notitle" }:points({ 1 }, { 1 })
    local s = figures.script(fig)
    assert.matches("\nunset key\nset xrange.*\nset arrow 9 from 1,1 to 2,2\nset border 15\n[^\n]*\nplot ", s)
    has(s, "linetype 1 notitle, \\\n     sin(x) with lines notitle, \\\n     $points1")
    has(figures.draw(fig, "raw.svg"), "</svg>")
  end)

  it("are commands or an item", function()
    local ok, message = pcall(function() plot.figure():raw() end)
    assert.is_false(ok)
    has(message, "Figure:raw: give commands, or plot = an item of the plot command")
  end)
end)
