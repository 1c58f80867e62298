--- Mathematics in texts.
local figures = require "tests.support.figures"
local mathematics = require "optlab.plot.math"
local plot = require "optlab.plot"
local runner = require "optlab.plot.draw.runner"
local text = require "optlab.plot.gnuplot.text"
local found = require "tests.support.text"
local has, has_not = found.contains, found.lacks
local script = figures.script

-- Source; with gnuplot's markup; as plain text; for LaTeX.
local CASES = {
  { "$\\eta\\lambda$", "{/:Italic ηλ}", "ηλ", "$\\eta \\lambda$" },
  { "$\\eta_t^2$", "{/:Italic η}@_{{/:Italic t}}^{2}", "η_t²", "$\\eta_{t}^{2}$" },
  { "$x_{ij}$", "{/:Italic x}_{{/:Italic ij}}", "x_{ij}", "$x_{ij}$" },
  { "$10^{-3}$", "10^{−3}", "10⁻³", "$10^{-3}$" },
  { "$a=b-1$", "{/:Italic a} = {/:Italic b} − 1", "a = b - 1", "$a=b-1$" },
  { "$-\\nabla f(x_t)$", "−∇{/:Italic f}({/:Italic x}_{{/:Italic t}})", "-∇f(x_t)", "$-\\nabla f(x_{t})$" },
  { "$\\frac{1}{2}x$", "(1/2){/:Italic x}", "(1/2)x", "$\\frac{1}{2}x$" },
  { "$\\frac{a+b}{c}$", "({/:Italic a}+{/:Italic b})/{/:Italic c}", "(a+b)/c", "$\\frac{a+b}{c}$" },
  { "$\\sqrt{x+1}\\ge\\sqrt 2$", "√({/:Italic x}+1) ≥ √2", "√(x+1) ≥ √2", "$\\sqrt{x+1}\\ge \\sqrt{2}$" },
  { "$\\hat{y}$", "{/:Italic y\u{302}}", "y\u{302}", "$\\hat{y}$" },
  { "$\\log_{10}\\kappa$", "log_{10} {/:Italic κ}", "log₁₀ κ", "$\\log_{10}\\kappa$" },
  { "$\\max(a,b)$", "max({/:Italic a}, {/:Italic b})", "max(a, b)", "$\\max (a,b)$" },
  { "$\\mathbf{w}^\\top x\\in\\mathbb{R}^n$", "{/:Bold w}^{⊤}{/:Italic x} ∈ ℝ^{{/:Italic n}}", "w^⊤x ∈ ℝⁿ",
    "$\\mathbf{w}^{\\top}x\\in \\mathbb{R}^{n}$" },
  { "$\\mathcal{L}$ of $\\theta$", "ℒ of {/:Italic θ}", "ℒ of θ", "$\\mathcal{L}$ of $\\theta$" },
  { "$\\left(\\frac{a}{b}\\right)^2$", "({/:Italic a}/{/:Italic b})^{2}", "(a/b)²",
    "$\\left(\\frac{a}{b}\\right)^{2}$" },
  { "$20^\\circ$", "20°", "20°", "$20^{\\circ}$" },
  { "$\\operatorname{prox}x$", "prox {/:Italic x}", "prox x", "$\\mathop{\\mathrm{prox}}\\nolimits x$" },
  { "$\\text{for all } x$", "for all {/:Italic x}", "for all x", "$\\mbox{for all }x$" },
  { "a_b: $x$, 5 \\$", "a\\_b: {/:Italic x}, 5 $", "a_b: x, 5 $", "a\\_b: $x$, 5 \\$" },
}

-- Texts without mathematics, for LaTeX.
local PLAIN = {
  { "50% of a_b & c", "50\\% of a\\_b \\& c" }, { "\\input{x}", "\\textbackslash{}input\\{x\\}" },
  { "η → 10⁻³", "$\\eta$ $\\rightarrow$ 10$^{-3}$" }, { "-0.5", "$-0.5$" }, { "x₁₂ < 3", "x$_{12}$ $<$ 3" },
  { "costs $5 and $6", "costs \\$5 and \\$6" },
}

local WRONG = {
  { "$\\etta$", "\\etta is unknown; did you mean 'eta'?" }, { "$x^{2$", "} is missing" },
  { "$x}$", "} closes nothing" },
  { "$x^2^3$", "two ^ stand behind one sign" }, { "$_2$", "_ stands behind nothing" },
  { "$\\frac{1}$", "needs an argument" },
  { "$\\input{/etc/passwd}$", "\\input is unknown" }, { "$\\write18{ls}$", "\\write is unknown" },
  { "$50%$", "% is written as \\%" }, { "$\\left( x$", "\\right is missing" }, { "$\\left x$", "need a bracket" },
}

describe("mathematics", function()
  before_each(figures.begin)
  after_each(figures.finish)

  it("is written with gnuplot's markup, as plain text and for LaTeX", function()
    for _, case in ipairs(CASES) do
      local source, shown, plain, latex = table.unpack(case)
      assert.is_true(mathematics.is_in(source), source)
      assert.is_nil(mathematics.problem(source))
      assert.equal(shown, mathematics.shown(source, false))
      assert.equal(plain, mathematics.plain(source))
      assert.equal(latex, mathematics.latex(source, false))
    end
  end)

  it("is not what stands between prices", function()
    for _, words in ipairs { "$5 and $6", "a $ b $ c", "$", "US$", "$x", "x$ y$" } do
      assert.is_false(mathematics.is_in(words), words)
    end
  end)

  it("lets no sign of other texts be a command of LaTeX", function()
    for _, case in ipairs(PLAIN) do assert.equal(case[2], mathematics.latex(case[1], false)) end
    assert.equal("x$_{\\mathrm{ij}}$ 10$^{\\mathrm{-4}}$", mathematics.latex("x_{ij} 10^{-4}", true))
    assert.equal("10$^{\\mathrm{-4}}$", mathematics.latex("10^{−4}", true))
  end)

  it("that cannot be read is an error that says why", function()
    for _, case in ipairs(WRONG) do
      local ok, message = pcall(plot.figure, { title = case[1] })
      assert.is_false(ok, case[1])
      has(message, "plot.figure: title must be a string whose mathematics between dollars can be read (")
      has(message, case[2])
    end
    local deep = "$" .. ("{"):rep(500) .. ("}"):rep(500) .. "$"
    has(select(2, pcall(plot.figure, { title = deep })), "nested too deep")
  end)

  it("stands in titles, labels, keys, notes and marks", function()
    local fig = plot.figure { title = "a_b $\\eta$", xlabel = "$t$", xticks = { { 1, "100% $\\pi$" }, 2 } }
    local s = script(fig:line({ 1, 2 }, { label = "$\\beta_1$" }):text("$x$", { 1, 1 }))
    has(s, "set title 'a\\_b\u{A0}{/:Italic η}' enhanced")
    has(s, "set xlabel '{/:Italic t}' enhanced")
    has(s, "title '{/:Italic β}_{1}' enhanced")
    has(s, "set label 1 '{/:Italic x}' enhanced at")
    has(s, "set xtics ('100%%\u{A0}{/:Italic π}' 1, '2' 2) enhanced")
  end)

  it("is plain in figures of characters", function()
    local fig = plot.figure { title = "$x_1^2$ a_b", logy = true }:line({ 1, 2 }, { 1, 1e6 })
    runner.print = function() end
    local drawn = figures.draw(fig, "plain.txt")
    runner.print = nil
    has(drawn, "x₁² a_b")
    has(figures.script(fig, "plain"), "set title '{/:Italic x}@_{1}^{2}\u{A0}a\\_b' enhanced")
  end)

  it("is not broken at its blanks, and is as wide as what is seen", function()
    assert.equal("one\n$a = b$\ntwo", text.wrap("one $a = b$ two", 30, 12))
    assert.near(text.extent("ηλ", 12), text.extent("$\\eta\\lambda$", 12), 1e-9)
    has_not(text.marked("$\\eta$", false), "noenhanced")
    has(text.marked("\\eta", false), "noenhanced")
  end)
end)
