--- Themes, sizes and fonts of figures.
local config = require "optlab.base.config"
local figures = require "tests.support.figures"
local files = require "tests.support.files"
local plot = require "optlab.plot"
local themes = require "optlab.plot.look.themes"
local found = require "tests.support.text"
local has, has_not = found.contains, found.lacks
local script, line_figure = figures.script, figures.line_figure

-- The pixels of a PNG.
local function pixels(bytes)
  return (">I4I4"):unpack(bytes, 17)
end

describe("themes", function()
  before_each(figures.begin)
  after_each(function()
    plot.set_theme "default"
    figures.finish()
  end)

  it("name the colours that the rest of the script uses", function()
    local s = script(line_figure { theme = "dark" })
    has(s, "paper = '#181a1f'\nink = '#e8e8e8'\n")
    has(s, "background '#181a1f'")
    has(s, "set linetype 1  linecolor rgb '#5fb0ea'")
    has(script(line_figure { theme = "paper" }), "\nunset grid\n")
    has_not(script(line_figure()), "unset grid\n")
  end)

  it("have sizes and fonts, from which everything else takes its proportions", function()
    local s = script(line_figure { theme = "slides" })
    has(s, "svg size 960,540 font 'DejaVu Sans, Verdana, Helvetica, sans-serif,20' linewidth 1.66666667 ")
    has(s, "pngcairo size 960,540 font 'sans-serif,20' fontscale 0.75 linewidth 1.66666667 pointscale 2.3 ")
    local note = plot.figure { theme = "slides" }:line({ 1, 2 }):text("n", { 1, 1 }, { size = 9 })
    has(script(note), "font ',15'")
  end)

  it("take sizes in centimetres, a font, a size of it and a resolution", function()
    local s = script(line_figure { size = { 8.5, 6, "cm" }, font = "serif", font_size = 8, dpi = 300 })
    has(s, "pdfcairo size 3.34645669in,2.36220472in font 'serif,10.6666667'")
    has(s, "svg size 321,227 font 'serif, sans-serif,10.6666667'")
    has(s, "pngcairo size 1004,709 ")
    has(script(line_figure { size = { 3, 2, "in" } }), "pdfcairo size 3in,2in")
    local wide, high = pixels(figures.draw(line_figure { theme = "paper" }, "p.png"))
    assert.same({ 1004, 709 }, { wide, high })
  end)

  it("hold for all figures made after plot.set_theme", function()
    local before = line_figure()
    plot.set_theme("dark", { font_size = 12, colors = { "r", "#00f" } })
    local after = script(line_figure():line({ 1, 2 }):line({ 2, 3 }), "after")
    has(after, "paper = '#181a1f'")
    has(after, "font 'sans-serif,16'")
    has(after, "set linetype 2  linecolor rgb '#0000ff'")
    has(after, "set linetype cycle 2\n")
    has(after, "$line3 using 1:2 with lines linetype 1 ")
    has(script(before, "before"), "paper = '#ffffff'")
    has(script(line_figure { theme = "default" }, "own"), "font 'sans-serif,12'")
  end)

  it("come from the command line where the script sets none", function()
    plot.set_theme "default"
    config.theme = "dark"
    has(script(line_figure(), "a"), "paper = '#ffffff'")
    themes.set {}
    has(script(line_figure(), "b"), "paper = '#181a1f'")
    has(script(line_figure { theme = "paper" }, "c"), "ink = '#000000'")
    config.theme = nil
    has(script(line_figure(), "d"), "paper = '#ffffff'")
  end)

  it("draw black lines of a dark figure in the colour of its texts", function()
    local s = script(plot.figure { theme = "dark" }:line({ 1, 2 }, { color = "k", label = "rgb '#000000'" }))
    has(s, "linecolor rgb ink title 'rgb ''#000000''' noenhanced")
    has_not(s, "set key opaque fillcolor rgb '#4")
  end)

  it("of a grid are its own or its first figure's", function()
    local dark = line_figure { theme = "dark" }
    has(script(plot.grid { dark, line_figure() }, "a"), "paper = '#181a1f'")
    has(script(plot.grid { dark, theme = "paper" }, "b"), "paper = '#ffffff'")
    local s = script(plot.grid { line_figure(), title = "T", theme = "slides" }, "c")
    has(s, "title 'T' noenhanced font ',23.3333333'")
  end)

  it("draw in every format", function()
    for _, theme in ipairs { "paper", "slides", "dark" } do
      for _, format in ipairs { "svg", "png", "pdf" } do line_figure { theme = theme }:save(theme .. "." .. format) end
    end
    assert(plot.wait())
    has(files.read(figures.dir .. "/dark.svg"), "rgb( 24,  26,  31)")
  end)

  it("colour categories in steps", function()
    local s = script(plot.figure():heatmap({ { 1, 2 }, { 3, 1 } }, { palette = "okabe_ito" }))
    has(s, "set palette defined (0 '#0072b2', 1 '#0072b2', 1 '#e69f00', 2 '#e69f00', 2 '#009e73', 3 '#009e73')")
    has(s, "set cbrange [0.5:3.5]")
  end)
end)
