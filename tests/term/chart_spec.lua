local chart = require "optlab.term.chart"
local curve = require "optlab.term.curve"
local frame = require "optlab.base.terminal.frame"
local ticks = require "optlab.term.ticks"

local BRAILLE = { kind = "braille", unicode = true, colours = false, moves = true }
local TEXT = { kind = "text", unicode = false, colours = false, moves = true }

local function curve_of(run, quantity, values)
  local c = curve.new(run, quantity)
  for i, y in ipairs(values) do c:add(i - 1, y) end
  return c
end

describe("the marks of an axis", function()
  local function texts(marks)
    local list = {}
    for i, mark in ipairs(marks) do list[i] = mark[2] end
    return table.concat(list, " ")
  end

  it("are few and round", function()
    assert.equal("0.25 0.30 0.35", texts(ticks.linear(0.22, 0.36, 4)))
    assert.equal("0 5 10 15", texts(ticks.linear(0, 17, 4)))
    assert.equal("-1.0 -0.5 0.0 0.5 1.0", texts(ticks.linear(-1, 1, 5)))
    assert.equal("1e+08 2e+08", texts(ticks.linear(0.5e8, 2.5e8, 3)))
    assert.equal("1 2 5 10", texts(ticks.logarithmic(0.9, 15, 6)))
    assert.equal("0.0001 0.01 1", texts(ticks.logarithmic(1e-5 * 3, 3, 4)))
  end)

  it("are never more than asked for and lie inside", function()
    for _, range in ipairs { { 0, 1 }, { 3.1, 3.2 }, { 1e-300, 2e-300 }, { -1e200, 1e250 }, { 0.1, 1e300 } } do
      for most = 2, 8 do
        local marks = ticks.linear(range[1], range[2], most)
        assert.is_true(#marks <= most + 1 and #marks >= 1, texts(marks))
        for _, mark in ipairs(marks) do
          local room = 1e-9 * (range[2] - range[1])
          assert.is_true(mark[1] >= range[1] - room and mark[1] <= range[2] + room)
        end
        if range[1] > 0 then assert.is_true(#ticks.logarithmic(range[1], range[2], most) <= most) end
      end
    end
  end)
end)

describe("a curve", function()
  it("keeps its range, its ends and its peaks when points are merged", function()
    local c = curve.new("a", "loss")
    for i = 1, 100000 do c:add(i, i == 77777 and 9 or i == 333 and -4 or 1) end
    assert.is_true(#c.x <= 1024)
    local lo, hi = c:range()
    assert.same({ -4, 9, 100000, 100000 }, { lo, hi, c.x[#c.x], c.count })
    for i = 2, #c.x do assert.is_true(c.x[i] > c.x[i - 1]) end
  end)

  it("leaves out points at no place", function()
    local c = curve.new("a", "loss")
    for _, x in ipairs { 0 / 0, 1, math.huge, 2, -math.huge, 1e300 } do c:add(x, x) end
    assert.same({ 1, 2 }, c.x)
    assert.equal(2, c.count)
  end)

  it("has gaps where a value is not finite", function()
    local c = curve_of("a", "loss", { 1, 0 / 0, 2, math.huge })
    assert.same({ 1, 2 }, { c:range() })
    assert.is_true(c.y[2] ~= c.y[2] and c.y[4] ~= c.y[4])
    assert.equal(math.huge, c.last)
    assert.is_nil((curve_of("a", "loss", { 0 / 0 }):range()))
  end)
end)

describe("a chart in a terminal", function()
  it("is a picture in ASCII that can be read", function()
    local down = {}
    for i = 0, 30 do down[i + 1] = 1 - i / 30 end
    assert.same({
      "* loss 0.000",
      "1.0 +**",
      "    |  *******",
      "    |         *****",
      "0.5 +              ******",
      "    |                    *****",
      "    |                         *******",
      "0.0 +                                **",
      "    ++----------+----------+----------+",
      "     0         10         20  epoch  30",
    }, (function(lines)
      for i, line in ipairs(lines) do lines[i] = line:gsub(" +$", "") end
      return lines
    end)(chart.draw({ curve_of("fit-1", "loss", down) }, "epoch", 41, 20, TEXT).lines))
  end)

  it("is drawn whatever the numbers are", function()
    local numbers = { 0, 5e-324, 1, 1 + 2.3e-16, 1e300, -1.7e308, 0 / 0, math.huge, 1e-290, math.maxinteger,
      math.mininteger }
    for _, kind in ipairs { "text", "braille", "sixel" } do
      local style = { kind = kind, unicode = true, colours = true, moves = true, cell = { 10, 20 }, id = 1 }
      for _, a in ipairs(numbers) do
        for _, b in ipairs(numbers) do
          local across, up = curve.new("a", "loss"), curve_of("b", "loss", { a, b })
          across:add(a, 1)
          across:add(b, 2)
          for _, c in ipairs { across, up } do assert.truthy(chart.draw({ c }, "epoch", 40, 20, style)) end
        end
      end
    end
  end)

  it("has braille where the terminal can", function()
    local lines = chart.draw({ curve_of("fit-1", "loss", { 1, 0 }) }, "epoch", 41, 20, BRAILLE).lines
    assert.equal("⠶⠶ loss 0.000", lines[1])
    assert.matches("^1%.0 ┤⠒⠤⢄⡀", lines[2])
    assert.matches("└", lines[#lines - 1])
  end)

  it("tells curves apart by sign, by colour, and names them by what differs", function()
    local a, b = curve_of("sgd", "loss", { 1, 2 }), curve_of("adam", "loss", { 2, 1 })
    local function key(curves, style) return chart.draw(curves, "epoch", 80, 24, style).lines[1] end
    assert.equal("* sgd 2.000   o adam 1.000", key({ a, b }, TEXT))
    assert.equal("* sgd 2.000   o adam 1.000", key({ a, b }, BRAILLE)) -- no colours: signs
    assert.equal("\27[36m⠶⠶\27[39m sgd 2.000   \27[33m⠶⠶\27[39m adam 1.000",
      key({ a, b }, { kind = "braille", unicode = true, colours = true }))
    assert.equal("* loss 2.000   o test_loss 1.000",
      key({ a, curve_of("sgd", "test_loss", { 2, 1 }) }, TEXT))
    assert.equal("* sgd loss 2.000   o adam test_loss 1.000",
      key({ a, curve_of("adam", "test_loss", { 2, 1 }) }, TEXT))
  end)

  it("draws the newest eight of many", function()
    local many = {}
    for i = 1, 20 do many[i] = curve_of("fit-" .. i, "loss", { i, 0 }) end
    local text = table.concat(chart.draw(many, "epoch", 120, 30, TEXT).lines, "\n")
    assert.matches("fit%-13 .*fit%-20 .*and 12 earlier", text)
    assert.is_nil(text:find("fit-12 ", 1, true))
  end)

  it("has a logarithmic axis for losses over many powers of ten", function()
    local values = {}
    for i = 1, 30 do values[i] = 10 ^ (-i / 4) end
    local text = table.concat(chart.draw({ curve_of("a", "loss", values) }, "epoch", 80, 30, TEXT).lines, "\n")
    assert.matches("\n *0%.0?1 %+", text)
    assert.matches("\n *1e%-0?[56] %+", text)
  end)

  it("fits every terminal, whatever the values are", function()
    local curves = {
      { 1 }, { 0, 0, 0 }, { 1e308, -1e308 }, { 1e-320, 1 }, { 0 / 0 }, { math.huge, 1, 2 }, { -5, -5 },
      { 1, 0 / 0, 1e30 },
    }
    for _, values in ipairs(curves) do
      for _, style in ipairs { TEXT, BRAILLE, { kind = "sixel", cell = { 8, 16 }, unicode = true, colours = true },
        { kind = "kitty", cell = { 8, 16 }, unicode = true, colours = true, id = 3 } } do
        for _, size in ipairs { { 80, 24 }, { 24, 8 }, { 23, 24 }, { 10, 4 }, { 2, 2 }, { 1, 1 }, { 300, 90 } } do
          local content = chart.draw({ curve_of("a", "loss", values), curve_of("b\27[2J\n", "loss", { 1 }) }, "epoch",
            size[1], size[2], style)
          assert.is_true(#content.lines <= math.max(1, size[2] - 1))
          for _, line in ipairs(content.lines) do
            assert.is_true(frame.width(line) < size[1], line)
            assert.is_nil(line:find("\27[2J", 1, true))
          end
        end
      end
    end
  end)
end)
