--- Pictures in few bytes: contours without points that nobody sees, SVG paths without repeated digits.
local figures = require "tests.support.figures"
local files = require "tests.support.files"
local plot = require "optlab.plot"
local svg = require "optlab.plot.draw.svg"
local thin = require "optlab.plot.gnuplot.elements.thin"

local VIEW = { pixel = function(_, x, y) return x, y end } -- data are pixels

-- How far the points of one line lie from another one, at most.
local function farthest(xs, ys, x, y)
  local most = 0
  for i = 1, #xs do
    local least = math.huge
    for k = 2, #x do
      local dx, dy = x[k] - x[k - 1], y[k] - y[k - 1]
      local length = dx * dx + dy * dy
      local t = length > 0 and ((xs[i] - x[k - 1]) * dx + (ys[i] - y[k - 1]) * dy) / length or 0
      t = math.max(0, math.min(1, t))
      least = math.min(least, (xs[i] - x[k - 1] - t * dx) ^ 2 + (ys[i] - y[k - 1] - t * dy) ^ 2)
    end
    most = math.max(most, least)
  end
  return math.sqrt(most)
end

local function line_of(n, point)
  local xs, ys = {}, {}
  for i = 1, n do xs[i], ys[i] = point(i / n) end
  return xs, ys
end

local LINES = {
  circle = function(t) return 50 * math.cos(2 * math.pi * t), 50 * math.sin(2 * math.pi * t) end,
  straight = function(t) return 300 * t, 20 * t end,
  zigzag = function(t) return 100 * t, 3 * math.sin(300 * t) end,
  ["there and back"] = function(t) return 100 * math.sin(3 * math.pi * t), 0 end,
  point = function() return 1, 1 end,
  spiral = function(t) return 30 * t * math.cos(40 * t), 30 * t * math.sin(40 * t) end,
}

describe("plot", function()
  before_each(figures.begin)
  after_each(figures.finish)

  describe("contours", function()
    it("lie within a tenth of a pixel of lines with all points", function()
      for name, point in pairs(LINES) do
        local xs, ys = line_of(1000, point)
        local x, y = thin.line(xs, ys, VIEW)
        assert.is_true(farthest(xs, ys, x, y) <= 0.1 + 1e-9, name)
        assert.is_true(#x < 800, name)
        assert.same({ xs[1], ys[1], xs[1000], ys[1000] }, { x[1], y[1], x[#x], y[#y] }, name)
      end
      local x = thin.line({ 1, 2, 0 / 0, 4 }, { 1, 2, 3, 4 }, VIEW)
      assert.is_true(x[#x - 1] ~= x[#x - 1]) -- a gap stays
    end)

    it("are thin in scripts", function()
      local function bowl(x, y) return x ^ 2 + y ^ 2 end
      local over = { x = { -1, 1, 0.01 }, y = { -1, 1, 0.01 }, levels = { 0.5 } }
      local s = figures.script(plot.figure():contour(bowl, over))
      assert.is_true(select(2, s:match("%$contour1 << EOD\n(.-)EOD"):gsub("\n", "")) < 120) -- there were 560
      over.filled = true
      s = figures.script(plot.figure():contour(bowl, over))
      assert.is_true(select(2, s:match("%$band1 << EOD\n(.-)EOD"):gsub("\n", "")) < 120)
    end)
  end)

  describe("curves of very many points", function()
    local function noise(n)
      local xs, ys, state = {}, {}, 7
      for i = 1, n do
        state = (state * 1103515245 + 12345) % 2147483648
        xs[i], ys[i] = i / n * 500, state / 2147483648 * 300
      end
      return xs, ys
    end

    it("keep what can be seen of them: each column's ends, its highest and its lowest, and gaps", function()
      local xs, ys = noise(200000)
      ys[77777], ys[123456], ys[100000] = 400, -50, 0 / 0
      local out = thin.dense({ xs, ys }, VIEW)
      assert.is_true(#out[1] <= 4 * 4 * 501)
      local high, low, gaps, seen = -math.huge, math.huge, 0, {}
      for i, y in ipairs(out[2]) do
        gaps = gaps + (y ~= y and 1 or 0)
        if y == y then high, low = math.max(high, y), math.min(low, y) end
        seen[math.floor(out[1][i] * 4)] = true
        assert.is_true(i == 1 or out[1][i] >= out[1][i - 1])
      end
      assert.same({ 400, -50, 1 }, { high, low, gaps })
      for column = 0, 1999 do assert.is_true(seen[column]) end
      assert.same({ xs[1], xs[#xs] }, { out[1][1], out[1][#out[1]] })
    end)

    it("are left alone where they are few, or go back", function()
      local few, back = { { 1, 2, 3 }, { 1, 2, 3 } }, { {}, {} }
      for i = 1, 30000 do back[1][i], back[2][i] = math.cos(i), math.sin(i) end
      assert.equal(few, thin.dense(few, VIEW))
      assert.equal(back, thin.dense(back, VIEW))
    end)

    it("that go back are drawn in pieces which touch", function()
      local rows = {}
      for i = 1, 20001 do rows[i] = tostring(i) end
      local out = thin.pieces(rows)
      assert.same({ "500", "", "500", "501" }, table.move(out, 500, 503, 1, {}))
      assert.equal(20001 + 2 * 40, #out)
      assert.equal("20001", out[#out])
      local xs, ys = {}, {}
      for i = 1, 30000 do xs[i], ys[i] = math.cos(i / 100), math.sin(i / 77) end
      local s = figures.script(plot.figure():line(xs, ys))
      assert.equal(30000 + 2 * 59, select(2, s:match("%$line1 << EOD\n(.-)EOD"):gsub("\n", "")))
    end)

    it("are drawn in seconds", function()
      local xs, ys = noise(300000)
      assert.is_true(#figures.draw(plot.figure():line(xs, ys):band(xs, ys, ys), "many.png") > 1000)
      assert.is_true(#files.read(figures.dir .. "/many.gp") < 1e6)
    end)
  end)

  describe("paths of svg", function()
    it("have the ways between points, to the last digit", function()
      assert.equal("<path d='M1,2l3.05-2.5 .5,0 0,1-12.4,1.01'/>",
        svg.shorter("<path d='M1.00,2.00 L4.05,-0.50 L4.55,-0.50\n\t\tL4.55,0.50 L-7.85,1.51  '/>"))
      assert.equal("<path d='M0,0l1,1ZM5,5l-.01,0' x='1.00'/>",
        svg.shorter("<path d='M0.00,0.00 L1.00,1.00 Z M5.00,5.00 L4.99,5.00' x='1.00'/>"))
    end)

    it("stay where they hold something else than straight lines, and so do ids", function()
      local others = "<path d='M-1,0 h2 M0,-1 v2'/><path d='M1.00,1.00 A2,2 0 0 0 3,3'/><g id='M1.00,1.00'/>"
      assert.equal(others, svg.shorter(others))
    end)
  end)
end)
