local axes = require "optlab.report.chart.axes"
local band = require "optlab.report.chart.band"
local curves = require "optlab.compare.curves"
local path = require "optlab.report.chart.path"
local thin = require "optlab.report.chart.thin"

local function count(n, f)
  local x, y = {}, {}
  for i = 1, n do x[i], y[i] = i, f(i) end
  return x, y
end

describe("thinning", function()
  it("keeps a short curve whole", function()
    local x, y = thin.curve({ 1, 2, 3 }, { 0.5, 0 / 0, 0.123456789 }, 10)
    assert.same({ 1, 2, 3 }, x)
    assert.equal(0.12346, y[3])
    assert.is_true(y[2] ~= y[2])
  end)

  it("keeps the ends and every spike of a long one", function()
    local x, y = count(10000, function(i) return i == 5003 and 99 or i == 7001 and -99 or math.sin(i / 500) end)
    local thin_x, thin_y = thin.curve(x, y, 100)
    assert.is_true(#thin_x <= 102 and #thin_x > 50)
    assert.same({ 1, 10000 }, { thin_x[1], thin_x[#thin_x] })
    local has = {}
    for i, at in ipairs(thin_x) do has[at] = thin_y[i] end
    assert.same({ 99, -99 }, { has[5003], has[7001] })
    for i = 2, #thin_x do assert.is_true(thin_x[i] > thin_x[i - 1]) end
  end)

  it("keeps the place at which a curve ends", function()
    local x, y = count(1000, function(i) return i > 612 and 0 / 0 or 1 end)
    local thin_x, thin_y = thin.curve(x, y, 50)
    for i, at in ipairs(thin_x) do assert.equal(at > 612, thin_y[i] ~= thin_y[i]) end
  end)
end)

describe("a group's band", function()
  it("is the median and the quartiles at each step", function()
    local lines = {}
    for i, level in ipairs { 1, 2, 3, 4, 10 } do lines[i] = { x = { 0, 1 }, y = { level, 2 * level } } end
    local found = band.of(lines, false, 100)
    assert.same({ x = { 0, 1 }, median = { 3, 6 }, low = { 2, 4 }, high = { 4, 8 } }, found)
  end)

  it("takes lines as straight between their steps, and only as far as they go", function()
    local found = band.of({ { x = { 0, 2 }, y = { 0, 2 } }, { x = { 0, 1, 2, 3 }, y = { 0, 1, 2, 7 } } }, false, 100)
    assert.same({ 0, 1, 2, 7 }, found.median)
  end)

  it("counts a run that diverged as the worst, for losses and for accuracies", function()
    local lines = { { x = { 0, 1 }, y = { 1, 1 } }, { x = { 0 }, y = { 1 }, diverged = true } }
    lines[3] = { x = { 0, 1 }, y = { 1, 0 / 0 }, diverged = true }
    assert.equal(math.huge, band.of(lines, false, 10).median[2])
    assert.equal(-math.huge, band.of(lines, true, 10).median[2])
    assert.equal(1e300, band.of(lines, false, 10).high[2])
  end)

  it("takes points in the order of x, and of two at one x the later one", function()
    local lines = { { x = { 3, 1, 2, 1 }, y = { 30, 7, 20, 10 } }, { x = { 1, 3 }, y = { 20, 60 } } }
    local found = band.of(lines, false, 10)
    assert.same({ { 1, 2, 3 }, { 15, 30, 45 } }, { found.x, found.median })
  end)
end)

describe("charts", function()
  local function charts(...)
    local runs, series = {}, {}
    for i, list in ipairs { ... } do
      runs[i] = { i }
      series[runs[i]] = list
    end
    local titles = {}
    for i, chart in ipairs(curves.charts(runs, function(run) return series[run] end, "loss")) do
      titles[i] = ("%s/%s/%d%s"):format(chart.quantity, chart.name or "", #chart.lines, chart.named and "/named" or "")
    end
    return titles
  end
  local function series(name, quantity, n, file)
    local x, y = count(n or 3, function(i) return i end)
    return { file = file or "metrics", run = name, quantity = quantity, x_name = "epoch", x = x, y = y }
  end

  it("are one for each quantity of a single run, with a line for each name", function()
    assert.same({ "loss//2/named", "acc//1" }, charts { series("a", "acc"), series("a", "loss"), series("b", "loss") })
  end)

  it("are one for each name that runs share", function()
    assert.same({ "loss/a/2", "loss/b/2" },
      charts({ series("a", "loss"), series("b", "loss") }, { series("a", "loss"), series("b", "loss") }))
    assert.same({ "loss//2" }, charts({ series("a", "loss") }, { series("a", "loss") }))
    assert.same({ "loss//2/named" }, charts({ series("a", "loss") }, { series("b", "loss") }))
  end)

  it("leave out single numbers, and of history.csv what the script recorded itself", function()
    assert.same({ "loss//1", "lr//1" },
      charts { series("a", "loss"), series("a", "end", 1), series("f", "loss", 3, "history"),
        series("f", "lr", 3, "history") })
  end)

  it("have no points without a place", function()
    local list = { { file = "metrics", run = "a", quantity = "loss", x_name = "epoch", x = { 1, 0 / 0, 3, math.huge },
      y = { 1, 2, 3, 4 } } }
    local line = curves.charts({ {} }, function() return list end)[1].lines[1]
    assert.same({ { 1, 3 }, { 1, 3 } }, { line.x, line.y })
  end)
end)

describe("axes", function()
  it("are logarithmic from the start where positive values span two decades", function()
    local _, log, first = axes.y { { y = { 1, 1e-3 } } }
    assert.is_table(log)
    assert.is_true(first)
    _, log, first = axes.y { { y = { 1, 0.5 } } }
    assert.is_table(log)
    assert.is_false(first)
    _, log = axes.y { { y = { 1, -0.5 } } }
    assert.is_nil(log)
  end)

  it("are not stretched by runs that diverged, unless all did", function()
    local linear = axes.y { { y = { 1, 2 } }, { y = { 1, 1e9 }, diverged = true } }
    assert.is_true(linear.hi < 3)
    linear = axes.y { { y = { 1, 1e9 }, diverged = true } }
    assert.is_true(linear.hi > 1e8)
  end)

  it("have marks inside their limits, also where all values are equal or none is finite", function()
    for _, y in ipairs { { 1, 1 }, { 0, 0 }, { 0 / 0 }, { 1e-300, 1e300 }, { 1e15, 1e15 + 1 }, { -5, 5 } } do
      local linear, log = axes.y { { y = y } }
      for _, axis in ipairs { linear, log } do
        assert.is_true(axis.hi > axis.lo)
        for _, mark in ipairs(axis.marks) do
          assert.is_true(mark[1] >= axis.lo * (1 - 1e-6) - 1e-9 and mark[1] <= axis.hi * (1 + 1e-6) + 1e-9)
        end
      end
    end
  end)
end)

describe("a path", function()
  local x_axis, y_axis = { lo = 0, hi = 4 }, { lo = 0, hi = 10 }

  it("goes from point to point in whole units", function()
    assert.equal("M0 1000l500-500l500 250", path.line(x_axis, y_axis, { 0, 1, 2 }, { 0, 5, 2.5 }))
  end)

  it("has a gap where there is no value, and a dot for a value alone", function()
    assert.equal("M0 1000h0M1000 500h0", path.line(x_axis, y_axis, { 0, 1, 2 }, { 0, 0 / 0, 5 }))
  end)

  it("stays near the picture where values leave it", function()
    assert.equal("M0 1000l500-21000", path.line(x_axis, y_axis, { 0, 1 }, { 0, 1e300 }))
  end)

  it("goes around a band", function()
    assert.equal("M0 800l500 0l0-200l-500 0z",
      path.area(x_axis, y_axis, { x = { 0, 1 }, low = { 2, 2 }, high = { 4, 4 } }))
  end)
end)
