local curve = require "optlab.term.curve"
local chart = require "optlab.term.chart"
local files = require "tests.support.files"
local kitty = require "optlab.term.kitty"
local program = require "tests.support.program"
local raster = require("optlab.core").terminal.raster
local sixel = require "tests.support.sixel"

describe("a picture for a terminal", function()
  -- A picture of lines at all slopes, thick ones and ones that leave it.
  local function picture()
    local r = raster(37, 23)
    local orange, blue = r:colour(0xff8000), r:colour(0x2a9fd6)
    r:line(0, 0, 36, 22, 1, orange)
    r:line(-50, 10, 90, 14, 3, blue)
    r:line(5, 22, 5, -9, 1, blue)
    r:line(30, 4, 30, 4, 2, orange)
    return r, { [orange] = { 100, 50, 0 }, [blue] = { 16, 62, 84 } }
  end

  it("counts pixels from the top left, and a line has both its ends", function()
    local r = raster(4, 3)
    local c = r:colour(0x010203)
    r:line(0, 2, 3, 0, 1, c)
    assert.same({ c, c, 0, 0 }, { r:pixel(0, 2), r:pixel(3, 0), r:pixel(0, 0), r:pixel(9, 9) })
    r:line(1e6, 1e6, 2e5, 9e5, 1, c)
    assert.has_error(function() r:line(0 / 0, 0, 1, 1, 1, c) end)
    assert.has_error(function() r:line(0, 0, 1, 1, 1, 7) end)
    assert.has_error(function() raster(0, 5) end)
    assert.has_error(function() raster(5, 5000) end)
  end)

  it("comes back from sixels pixel for pixel", function()
    local r, colours = picture()
    local width, height, at = sixel.decode(r:sixel())
    assert.same({ 37, 23 }, { width, height })
    local set = 0
    for y = 0, 22 do
      for x = 0, 36 do
        assert.same(colours[r:pixel(x, y)], at(x, y))
        if r:pixel(x, y) > 0 then set = set + 1 end
      end
    end
    assert.is_true(set > 100)
  end)

  it("comes back from PNG, as gnuplot reads it, with a clear background", function()
    local dir, r, colours = files.folder(), picture()
    files.write(dir .. "/r.png", r:png())
    local status, _, err = program.shell(dir,
      [[gnuplot -e 'set table "out.txt"; plot "r.png" binary filetype=png with rgbalpha']])
    if err:find("filetype", 1, true) then pending("this gnuplot reads no PNG") return end
    assert.equal(0, status, err)
    local seen, out = 0, files.read(dir .. "/out.txt")
    for x, y, red, green, blue, alpha in out:gmatch("\n *(%d+) +(%d+) +(%d+) +(%d+) +(%d+) +(%d+)  i") do
      local colour = colours[r:pixel(tonumber(x), 22 - tonumber(y))]
      seen = seen + 1
      if colour then
        local function percent(byte) return (tonumber(byte) * 100 + 127) // 255 end
        assert.same(colour, { percent(red), percent(green), percent(blue) })
      else
        assert.is_true(tonumber(alpha) <= 1)
      end
    end
    assert.equal(37 * 23, seen)
    files.remove(dir)
  end)

  it("goes to kitty in base64, in pieces", function()
    assert.same({ "", "TQ==", "TWE=", "TWFu", "TWFuTQ==" },
      { kitty.base64 "", kitty.base64 "M", kitty.base64 "Ma", kitty.base64 "Man", kitty.base64 "ManM" })
    local bytes = ("x"):rep(5000)
    local text, pieces = {}, 0
    local rest = kitty.draw(bytes, 7, 20, 5):gsub("\27_G([^;]*);([^\27]*)\27\\", function(keys, piece)
      pieces = pieces + 1
      assert.is_true(#piece <= 4096)
      assert.equal(pieces == 1 and "a=T,f=100,i=7,p=1,q=2,C=1,c=20,r=5,m=1" or "m=0", keys)
      text[#text + 1] = piece
      return ""
    end)
    assert.same({ "", 2, kitty.base64(bytes) }, { rest, pieces, table.concat(text) })
  end)

  it("shows the curve where its axis says", function()
    local c = curve.new("a", "loss")
    for x = 0, 100 do c:add(x, x / 100) end
    local content = chart.draw({ c }, "epoch", 80, 24,
      { kind = "sixel", unicode = true, colours = true, moves = true, cell = { 8, 16 } })
    local width, height, at = sixel.decode(content.picture.text)
    local rows = #content.lines - 3
    assert.same({ 8 * (80 - 1 - content.picture.column - 1), rows * 16 // 6 * 6 }, { width, height })
    local tone = { 16, 62, 84 }
    for _, share in ipairs { 0.1, 0.5, 0.9 } do
      local x = math.floor(share * (width - 1))
      local y = math.floor((1 - (share + 0.03) / 1.06) * (height - 1) + 0.5)
      assert.same(tone, at(x, y))
      assert.are_not.same(tone, at(x, y - 20))
    end
  end)
end)
