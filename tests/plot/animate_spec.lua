--- Animations of figures.
local config = require "optlab.base.config"
local figures = require "tests.support.figures"
local files = require "tests.support.files"
local plot = require "optlab.plot"
local uv = require "luv"
local found = require "tests.support.text"
local has, has_not = found.contains, found.lacks
local script = figures.script

local function step(i)
  return plot.figure { size = { 120, 90 } }:line({ 1, 2 }, { i, 2 * i }, { label = "a" })
end

-- How long each frame is shown: in ms, in hundredths of a second.
local function webp_delays(bytes)
  local out = {}
  for at in bytes:gmatch "()ANMF" do out[#out + 1] = ("<I3"):unpack(bytes, at + 20) end
  return out
end
local function gif_delays(bytes)
  local out = {}
  for at in bytes:gmatch "()\x21\xf9\4" do out[#out + 1] = ("<I2"):unpack(bytes, at + 4) end
  return out
end

describe("animations", function()
  before_each(figures.begin)
  after_each(figures.finish)

  it("have one scale for all frames", function()
    local s = script(plot.animate(step, { frames = 3, fps = 20, loop = false }))
    local limits = s:match "set (yrange %[[^\n]*%])"
    local _, count = s:gsub("set (yrange %[[^\n]*%])\n", function(one) assert.equal(limits, one) end)
    assert.equal(3, count)
    has(s, "animate delay 5 loop 1 }")
    local limited = plot.figure { ylim = { 0, 1 } }:line { 1, 2 }
    local own = script(plot.animate { limited, plot.figure():line { 1, 3 } }, "own")
    has(own, "set yrange [0:1]")
    has(own, "set yrange [0.9")
  end)

  it("write data that frames share once", function()
    local s = script(plot.animate(function(i)
      return plot.figure():line({ 1, 2 }, { 5, 6 }):points({ i }, { i })
    end, { frames = 3 }))
    local _, shared = s:gsub("<< EOD\n1 5\n2 6\n", "")
    assert.equal(1, shared)
    local _, own = s:gsub("$points1 << EOD\n", "")
    assert.equal(3, own)
  end)

  it("are drawn as webp where nothing else is said", function()
    config.format = nil
    local path = plot.animate({ step(1), step(2), step(3), hold = 2, fps = 10 }):save("race")
    assert.equal(figures.dir .. "/race.webp", path)
    assert(plot.wait())
    assert.same({ 100, 100, 2100 }, webp_delays(files.read(path)))
  end)

  it("are drawn as gif by ImageMagick, or not at all with a message that says how", function()
    local path = plot.animate({ step(1), step(2), hold = 2, fps = 10 }):save("race.gif")
    local ok, message = plot.wait()
    if not ok then return has(message, "gif needs ImageMagick (apt-get install imagemagick)") end
    assert.same({ 10, 210 }, gif_delays(files.read(path)))
    has(files.read(path), "NETSCAPE2.0\3\1\0\0")
  end)

  it("show their last frame in formats that do not move", function()
    config.format = { "svg", "png" }
    plot.animate { step(1), step(2) }:save("still")
    assert(plot.wait())
    has(files.read(figures.dir .. "/still.svg"), "</svg>")
    has_not(files.read(figures.dir .. "/still.png"):match "IEND(.*)", "PNG")
    has_not(files.read(figures.dir .. "/still.gp"), "set terminal svg")
  end)

  it("are drawn as webp by img2webp, or gnuplot 6, or not at all with a message that says how", function()
    local path = os.getenv "PATH"
    local saved = path
    local draw = function()
      local picture = plot.animate { step(1), step(2) }:save("race.webp")
      local ok, message = plot.wait()
      return ok, ok and files.read(picture) or message
    end
    local ok, said = draw()
    if ok then has(said:sub(1, 12), "WEBP") else has(said, "img2webp") end
    uv.os_setenv("PATH", "/nowhere")
    figures.fake_gnuplot('echo "line 3: unknown or ambiguous terminal name" >&2; exit 1')
    local without, message = draw()
    uv.os_setenv("PATH", saved)
    assert.is_nil(without)
    has(message, "webp needs the program img2webp (apt-get install webp) or gnuplot 6")
  end)

  it("are made of grids, too", function()
    local grid = function(i) return plot.grid { step(i), step(i + 1), size = { 200, 90 } } end
    local s = script(plot.animate(grid, { frames = 2 }))
    local _, count = s:gsub("\nset multiplot", "")
    assert.equal(2, count)
    assert.equal(2, #webp_delays(figures.draw(plot.animate(grid, { frames = 2 }), "grid.webp")))
  end)

  it("of one figure are a picture", function()
    assert.same({}, webp_delays(figures.draw(step(1), "one.webp")))
  end)

  it("refuse frames that do not fit together", function()
    local function fails(message, ...)
      local ok, said = pcall(plot.animate, ...)
      assert.is_false(ok)
      has(said, message)
    end
    fails("plot.animate: frames is missing; a function needs the number of frames", step)
    fails("plot.animate: frames is for a function", { step(1) }, { frames = 2 })
    fails("must return a figure or a grid, but for frame 1 it does not", function() end, { frames = 2 })
    fails("frame 2 is 640 x 400 pixels but frame 1 is 120 x 90", { step(1), plot.figure():line { 1, 2 } })
    fails("frame 1 is empty: draw something first", { plot.figure() })
    fails("frame 2 is not of the kind of frame 1", { step(1), plot.grid { step(1), size = { 120, 90 } } })
    fails("figures[1] must be a figure or a grid, got 7", { 7 })
  end)
end)
