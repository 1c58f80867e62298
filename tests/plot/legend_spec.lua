--- Where the legend stands and whether all of it can be read.
local figures = require "tests.support.figures"
local layout = require "optlab.plot.gnuplot.layout"
local legend = require "optlab.plot.gnuplot.legend"
local plot = require "optlab.plot"
local found = require "tests.support.text"
local has, has_not = found.contains, found.lacks
local script = figures.script

local LONG = "label %d: SGD momentum=0.9 nesterov weight_decay=0.0005 cosine, warm-up 5 epochs, batch 128"

local function with_labels(count, label, options)
  local fig = plot.figure(options)
  for i = 1, count do fig:line({ 1, 2, 3 }, { i, i + 1, i }, { label = label:format(i) }) end
  return fig
end

-- The texts inside the picture, at the places of their beginnings.
local function visible(svg, width, height)
  local list = {}
  for x, y, words in svg:gmatch("translate%(([%d.-]+),([%d.-]+)%)[^>]*>%s*<text>(.-)</text>") do
    x, y = tonumber(x), tonumber(y)
    if x >= 0 and x < width and y >= 0 and y < height then list[#list + 1] = words:gsub("<.->", "") end
  end
  return table.concat(list, "\n")
end

describe("plot", function()
  before_each(figures.begin)
  after_each(figures.finish)

  describe("legends", function()
    local view = layout.view({}, 640, 400, { 0, 1 }, { 0, 1 })

    local function inside(curves)
      local labels = legend.labels(plot.figure():line({ 1 }, { 1 }, { label = "a" }))
      local plan = legend.inside(labels, view, curves, {})
      return plan and plan.place
    end

    it("stand where no curve is", function()
      assert.equal("inside right top", inside { { x = { 0, 1 }, y = { 1, 0 }, joined = true, weight = 1 } })
      assert.equal("inside left top", inside { { x = { 0, 1 }, y = { 0, 1 }, joined = true, weight = 1 } })
    end)

    it("stand outside the frame when curves are everywhere", function()
      local x, y = {}, {}
      for i = 1, 400 do x[i], y[i] = i / 400, i % 2 end
      assert.is_nil(inside { { x = x, y = y, joined = true, weight = 1 } })
      has(script(plot.figure():line(x, y, { label = "a" })), "set key outside right top")
    end)

    it("show all labels, however long or many", function()
      for _, case in ipairs {
        { 4, LONG }, { 30, "label %d with a longish description of the run" }, { 30, "label %d" }, { 60, "label %d" },
        { 2, "label %d" .. (" and so on"):rep(30) }, { 2, "label%d/" .. ("folder/"):rep(40) },
      } do
        for _, options in ipairs { {}, { xlabel = "x", title = "T" }, { legend = "outside" }, { legend = "below" },
          { legend = "top right" } } do
          local fig = with_labels(case[1], case[2], options)
          local seen = visible(figures.draw(fig, "legend.svg"), 640, 400)
          for i = 1, case[1] do has(seen, case[2]:format(i):sub(1, 8)) end
          assert.is_nil(seen:find("…"))
        end
      end
    end)

    it("break long labels into lines", function()
      local s = script(with_labels(2, "label %d" .. (" and so on"):rep(30)))
      local _, lines = s:gsub("keyentry title", "")
      assert.is_true(lines >= 4)
    end)

    it("cut labels only where nothing else helps", function()
      local fig = with_labels(100, "label %d is a bit long")
      local s = script(fig)
      has(s, "set key below")
      has(s, "title 'label 1 is")
      has(s, "…'")
    end)

    it("hold markup when the figure or the line says so", function()
      has(script(with_labels(1, "x^%d", { enhanced = true })), "title 'x^1' enhanced")
      has(script(plot.figure():line({ 1, 2 }, { 1, 2 }, { label = "x^2", enhanced = true })), "title 'x^2' enhanced")
      local fig = plot.figure { enhanced = true }
      has(script(fig:line({ 1, 2 }, { 1, 2 }, { label = "a_b", enhanced = false })), "title 'a_b' noenhanced")
      has(script(fig:text("x^2", { 1, 1 })), "set label 1 'x^2' enhanced at")
    end)

    it("are grey behind lines that are too light for white", function()
      has_not(script(with_labels(2, "label %d")), "textcolor rgb '#000000'")
      local white = script(plot.figure():line({ 1, 2 }, { 1, 2 }, { label = "white", color = "w" }))
      has(white, "set key opaque fillcolor rgb '#404040' textcolor rgb '#ffffff'")
      has(script(plot.figure { legend = "below" }:line({ 1, 2 }, { 1, 2 }, { label = "yellow", color = "#ffff00" })),
        "set key opaque")
    end)
  end)
end)
