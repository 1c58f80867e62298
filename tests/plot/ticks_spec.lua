--- Where the marks of axes are and what they say.
local figures = require "tests.support.figures"
local plot = require "optlab.plot"
local ticks = require "optlab.plot.gnuplot.ticks"
local found = require "tests.support.text"
local has, has_not = found.contains, found.lacks
local script = figures.script

local FLAT = { most = 8, length = 550 }

-- The texts of marks in a picture, which are all texts of a figure without labels.
local function drawn_texts(fig)
  local list = {}
  for words in figures.draw(fig, "texts.svg"):gmatch("<text>(.-)</text>") do
    list[#list + 1] = words:gsub("<.->", ""):match("^%s*(.-)%s*$")
  end
  return list
end

local function check_distinct(texts)
  local seen = {}
  for _, words in ipairs(texts) do
    assert.is_nil(seen[words], words .. " stands twice")
    seen[words] = true
  end
end

describe("plot", function()
  before_each(figures.begin)
  after_each(figures.finish)

  describe("marks", function()
    it("have as many decimals as their distance", function()
      assert.same({ "0", "0.5", "1.0", "1.5" }, ticks.linear(0, 1.7, { most = 5 }).texts)
      assert.same({ "−20", "0", "20", "40" }, ticks.linear(-21, 41, { most = 5 }).texts)
      local texts = ticks.linear(0.69314708, 0.69314752, { most = 5 }).texts
      assert.same({ "0.6931471", "0.6931472", "0.6931473", "0.6931474", "0.6931475" }, texts)
      assert.same({ "100000.1", "100000.2", "100000.3" }, ticks.linear(100000.09, 100000.31, { most = 4 }).texts)
      assert.same({ "1700000000", "1700000500", "1700001000" }, ticks.linear(1.7e9, 1.7e9 + 1000, { most = 4 }).texts)
    end)

    it("share a power of ten where digits would be long", function()
      assert.same({ "−1.0×10⁻⁹", "−0.5×10⁻⁹", "0", "0.5×10⁻⁹", "1.0×10⁻⁹" },
        ticks.linear(-1e-9, 1e-9, { most = 5 }).texts)
      assert.same({ "0", "1×10²⁰⁰" }, ticks.linear(0, 1.4e200, { most = 2 }).texts)
      assert.same({ "0", "2×10⁷", "4×10⁷" }, ticks.linear(0, 5e7, { most = 4 }).texts)
    end)

    it("have a common part taken out where values differ in their last digits", function()
      local late = ticks.linear(1.7e9, 1.7e9 + 0.001, { most = 3 })
      assert.same({ "0", "0.0005", "0.0010" }, late.texts)
      assert.equal("+ 1700000000", late.common)
      local below = ticks.linear(-1e9 - 0.001, -1e9 + 0.001, { most = 3 })
      assert.same({ "−0.001", "0", "0.001" }, below.texts)
      assert.equal("− 1000000000", below.common)
      local s = script(plot.figure { ylabel = "loss" }:line { 1, 1 + 2e-11, 1 + 1e-11 })
      has(s, "set ylabel 'loss  (+ 1)' noenhanced")
    end)

    it("find room beside a colour bar, without what they have in common if need be", function()
      assert.same({ "0", "2", "4" }, ticks.linear(1.7e9 - 1, 1.7e9 + 5, { most = 5, length = 110 }, true).texts)
      local s = script(plot.figure { size = { 270, 240 } }:heatmap({ { 1, 2 } }, { x = { 1.7e9, 1.7e9 + 3 } }))
      has(s, "set xlabel '(+ 1700000000)' noenhanced")
    end)

    it("are two where more have no room, not one", function()
      assert.same({ "0", "4×10⁶" }, ticks.linear(-1e5, 4.2e6, { most = 6, length = 150 }, true).texts)
    end)

    it("have the minus sign of mathematics, not a hyphen", function()
      local fig = plot.figure { logy = true }:line({ -2, 0, 2 }, { 1e-3, 1, 1e3 })
      local svg = figures.draw(fig, "minus.svg")
      has(svg, ">−2<")
      has(svg, ">−3<") -- the exponent of 10
      has_not(svg, ">-2<")
      assert.same({ "−2×10⁻⁹", "−0.5" }, ticks.texts { -2e-9, -0.5 })
      local s = script(plot.figure { logy = true }:line { 1e-30, 1 }) -- not a mark at each power
      has(s, "'10^{−30}'")
    end)

    it("are integers where all data are", function()
      assert.same({ 1, 2 }, ticks.linear(0.95, 2.05, FLAT, true).values)
      assert.same({ "1.2", "1.4" }, ticks.linear(1.1, 1.5, { most = 3 }, true).texts)
      has(script(plot.figure():line({ 1, 2 }, { 0.1, 0.2 })), "set xtics 1\nset format x '%.0f'\n")
      has(script(plot.figure():line({ 1, 1.5, 2 }, { 0.1, 0.2, 0.3 })), "set format x '%.1f'\n")
      local s = script(plot.figure():heatmap { { 1, 2 }, { 2, 1 } })
      for _, axis in ipairs { "x", "y", "cb" } do has(s, "set " .. axis .. "tics 1\n") end
      has(script(plot.figure { xlim = { 0.5, 2 } }:line({ 1, 2 }, { 0.1, 0.2 }):vline(1.5)), "set xtics 1\n")
    end)

    it("are integers, or are not, as the figure says", function()
      local epochs, loss = { 0, 0.25, 0.5, 2 }, { 1, 3, 2, 4 }
      has(script(plot.figure { xinteger = true }:line(epochs, loss)), "set xtics 1\nset format x '%.0f'\n")
      has(script(plot.figure { yinteger = true }:line(loss, epochs)), "set ytics 1\nset format y '%.0f'\n")
      has(script(plot.figure { yinteger = false }:line(epochs, loss)), "set ytics 0.5\nset format y '%.1f'\n")
      has(script(plot.figure { xinteger = true, xlim = { 0.2, 0.6 } }:line(epochs, loss)), "set format x '%.2f'\n")
      has(script(plot.figure { xinteger = true, logx = true, xlim = { 0.5, 30 } }:line({ 0.5, 30 }, { 1, 2 })),
        "set xtics ('1' 1, '2' 2, '5' 5, '10' 10, '20' 20)")
    end)

    it("of the z axis can be chosen too", function()
      local s = script(plot.figure { zticks = { -1, { 0, "zero" }, 1 } }:surface { { -1, 1 }, { 1, -1 } })
      has(s, "set ztics ('−1' -1, 'zero' 0, '1' 1) noenhanced\n")
    end)

    it("of different values never have one text in a picture", function()
      local columns = {
        { 0.6931471, 0.6931472, 0.6931475 }, { 1.00001, 1.00004 }, { 100000.1, 100000.4 }, { 1e9, 1e9 + 1e-5 },
        { 1e-9, -2e-9 }, { 1e280, -1e280 }, { 1e-300, 2e-300 }, { 0, 0 }, { -123456.7, -123456.8 }, { 3, 4e9 },
      }
      for _, y in ipairs(columns) do
        check_distinct(drawn_texts(plot.figure { xticks = {} }:line(y)))
        if y[1] > 0 and y[2] > 0 then check_distinct(drawn_texts(plot.figure { xticks = {}, logy = true }:line(y))) end
      end
    end)

    it("leave room for each other on a horizontal axis", function()
      local texts = ticks.linear(100000.1, 100000.4, { most = 8, length = 300 }).texts
      assert.is_true(#texts * ticks.width(texts) < 300)
    end)

    it("of a logarithmic axis are 1, 2 and 5, or closer", function()
      assert.same({ "1", "2", "5", "10", "20" }, ticks.logarithmic(0.9, 30).texts)
      assert.same({ "0.002", "0.003", "0.004", "0.005" }, ticks.logarithmic(0.002, 0.0055).texts)
      assert.same({ 1, 2, 5 }, ticks.logarithmic(0.4, 6, true).values)
    end)

    it("chosen as numbers have six digits, or as many as differ", function()
      assert.same({ "0.333333", "2" }, ticks.texts { 1 / 3, 2 })
      assert.same({ "1.0000001", "1.0000002" }, ticks.texts { 1.0000001, 1.0000002 })
      assert.same({ "1×10⁻⁷", "1×10⁶" }, ticks.texts { 1e-7, 1e6 })
    end)

    it("chosen by the user show a percent sign", function()
      local fig = plot.figure { xticks = { { 1, "50%" }, { 2, "100 % x" }, { 3, "%d %s" } }, yticks = {} }
      assert.same({ "50%", "100 % x", "%d %s" }, drawn_texts(fig:line { 1, 2, 3 }))
    end)

    it("are none for an empty list", function()
      has(script(plot.figure { xticks = {} }:line { 1, 2 }), "unset xtics\n")
    end)

    it("hold markup in a figure with markup", function()
      local s = script(plot.figure { enhanced = true, xticks = { { 1, "x^2" } } }:line { 1, 2 })
      has(s, "set xtics ('x^2' 1) enhanced")
    end)
  end)
end)
