--- GIF and animated PNG, made of frames.
local core = require "optlab.core".picture
local pictures = require "tests.support.pictures"

-- Rows of colours from a function of x and y.
local function rows(width, height, color)
  local out = {}
  for y = 1, height do
    out[y] = {}
    for x = 1, width do out[y][x] = color(x, y) end
  end
  return out
end

local function frames_of(list, loops)
  local pngs, delays = {}, {}
  for i, frame in ipairs(list) do pngs[i], delays[i] = pictures.png(frame), 10 * i end
  return pngs, delays, loops or 0
end

local function gif(list, loops)
  return pictures.gif(assert(core.gif(frames_of(list, loops))))
end

-- Noise, for which the table of codes overflows many times.
local function noise(colors, seed)
  local state = seed
  return function()
    state = (state * 1103515245 + 12345) % 2147483648
    return (state >> 12) % colors * 65793
  end
end

describe("moving pictures", function()
  it("of few colours keep every pixel", function()
    local list = { rows(60, 50, noise(4, 1)), rows(60, 50, noise(200, 2)), rows(60, 50, noise(200, 3)) }
    list[4] = list[3]
    local frames = gif(list)
    assert.equal(4, #frames)
    for i, frame in ipairs(frames) do
      assert.equal(10 * i, frame.delay)
      frame.delay = nil
      assert.same(list[i], frame)
    end
  end)

  it("of one colour, of one pixel, and of a length at which codes grow", function()
    for _, size in ipairs { { 1, 1 }, { 300, 1 }, { 257, 129 }, { 640, 40 } } do
      local frame = rows(size[1], size[2], function() return 0x123456 end)
      local read = gif { frame }[1]
      read.delay = nil
      assert.same(frame, read)
    end
    for width = 250, 262 do
      local frame = rows(width, 1, function(x) return x % 255 end)
      local read = gif { frame }[1]
      read.delay = nil
      assert.same(frame, read)
    end
  end)

  it("of many colours keep the frequent ones and come near to the others", function()
    local frame = rows(120, 100, function(x, y)
      return y <= 50 and 0xfffefd or (2 * x) << 16 | (5 * (y - 50)) << 8 | x
    end)
    local read = gif { frame }[1]
    for y = 1, 100 do
      for x = 1, 120 do
        local want, got = frame[y][x], read[y][x]
        if y <= 50 then assert.equal(want, got) end
        for shift = 0, 16, 8 do
          assert.is_true(math.abs((want >> shift & 255) - (got >> shift & 255)) <= 24)
        end
      end
    end
  end)

  it("say how often they play", function()
    local list = { rows(2, 2, noise(2, 1)), rows(2, 2, noise(2, 2)) }
    local _, forever = gif(list, 0)
    assert.same({ "NETSCAPE2.0\1\0\0" }, forever)
    local _, thrice = gif(list, 3)
    assert.same({ "NETSCAPE2.0\1\2\0" }, thrice)
    local _, once = gif(list, 1)
    assert.same({}, once)
  end)

  it("as PNG hold the frames' own pixels, numbered", function()
    local list = { rows(3, 2, noise(9, 1)), rows(3, 2, noise(9, 2)) }
    local png = assert(core.apng(frames_of(list)))
    local found = {}
    for kind in png:gmatch("[afI][cdDEH][ADENT][LRTD]") do found[#found + 1] = kind end
    assert.same({ "IHDR", "acTL", "fcTL", "IDAT", "fcTL", "fdAT", "IEND" }, found)
    local at = png:find("acTL", 1, true)
    local count, loops = (">I4I4"):unpack(png, at + 4)
    assert.same({ 2, 0 }, { count, loops })
  end)

  it("refuse what is no frame", function()
    local frame, other = pictures.png(rows(3, 3, noise(2, 1))), pictures.png(rows(4, 3, noise(2, 1)))
    assert.same({ nil, "the picture is no PNG" }, { core.gif({ "GIF89a and more than that" }, { 1 }, 0) })
    assert.same({ nil, "the frames are not all of one size" }, { core.gif({ frame, other }, { 1, 1 }, 0) })
    assert.same({ nil, "the frames are not all of one size and kind" }, { core.apng({ frame, other }, { 1, 1 }, 0) })
    local cut = frame:sub(1, 60)
    assert.is_nil((core.gif({ cut }, { 1 }, 0)))
    for at = 9, #frame do -- whatever is damaged: a picture or a message
      local damaged = frame:sub(1, at - 1) .. string.char(frame:byte(at) ~ 0xff) .. frame:sub(at + 1)
      core.gif({ damaged }, { 1 }, 0)
      core.apng({ damaged, frame }, { 1, 1 }, 0)
    end
  end)
end)
