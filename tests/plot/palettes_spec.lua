--- What readers see of palettes and of the colours of lines, the colour-blind included.
local colours = require "tests.support.colours"
local cycles = require "optlab.plot.look.cycles"
local theme = require "optlab.plot.gnuplot.theme"

local SEQUENTIAL = { "viridis", "magma", "inferno", "plasma", "cividis", "blues", "gray" }
local DIVERGING = { "coolwarm", "RdBu", "PuOr", "BrBG" }

-- n colours from one end of a palette to the other.
local function samples(name, n)
  local list, out = theme.stops(name), {}
  for k = 0, n - 1 do
    local at = k / (n - 1) * (#list - 1)
    local i = math.min(math.floor(at), #list - 2)
    local color = "#"
    for byte = 2, 6, 2 do
      local from, to = list[i + 1]:sub(byte, byte + 1), list[i + 2]:sub(byte, byte + 1)
      local v = tonumber(from, 16) + (at - i) * (tonumber(to, 16) - tonumber(from, 16))
      color = color .. ("%02x"):format(math.floor(v + 0.5))
    end
    out[#out + 1] = color
  end
  return out
end

local function each_vision(check)
  for _, vision in ipairs(colours.VISIONS) do check(vision[1], vision[2]) end
end

local function labs(list, vision)
  local out = {}
  for i, color in ipairs(list) do out[i] = colours.lab(color, vision) end
  return out
end

describe("colours", function()
  it("are measured as published", function() -- pairs 1, 17 and 24 of Sharma, Wu and Dalal
    assert.near(2.0425, colours.distance({ 50, 2.6772, -79.7751 }, { 50, 0, -82.7485 }), 1e-4)
    assert.near(27.1492, colours.distance({ 50, 2.5, 0 }, { 73, 25, -18 }), 1e-4)
    assert.near(1.2630, colours.distance({ 63.0109, -31.0961, -5.8663 }, { 62.8187, -29.7946, -4.0864 }), 1e-4)
    assert.near(21, colours.contrast("#000000", "#ffffff"), 1e-4)
  end)

  it("of each cycle differ for all readers", function()
    for _, name in ipairs(cycles.names()) do
      each_vision(function(vision, matrix)
        local list = labs(cycles.get(name), matrix)
        for i = 2, #list do
          for j = 1, i - 1 do
            local distance = colours.distance(list[i], list[j])
            assert.is_true(distance > 8.5, ("%s: %d and %d, %s: %.1f"):format(name, j, i, vision, distance))
          end
        end
      end)
    end
  end)

  it("of the themes' lines stand out from their background", function()
    for _, color in ipairs(cycles.get "default") do assert.is_true(colours.contrast(color, "#ffffff") > 1.9) end
    for _, color in ipairs(cycles.get "dark") do assert.is_true(colours.contrast(color, "#181a1f") > 4.5) end
  end)
end)

describe("palettes", function()
  it("from low to high become lighter, or darker, all the way, for all readers", function()
    for _, name in ipairs(SEQUENTIAL) do
      each_vision(function(vision, matrix)
        local list = labs(samples(name, 33), matrix)
        local sign = list[33][1] > list[1][1] and 1 or -1
        assert.is_true(math.abs(list[33][1] - list[1][1]) > 55, name)
        for i = 2, 33 do
          assert.is_true(sign * (list[i][1] - list[i - 1][1]) > 0, ("%s at %d, %s"):format(name, i, vision))
        end
      end)
    end
  end)

  it("from low to high are even: no step is twice the mean, none under a third of it", function()
    for _, name in ipairs(SEQUENTIAL) do
      local list, steps, sum = labs(samples(name, 17), colours.VISIONS[1][2]), {}, 0
      for i = 2, 17 do
        steps[i - 1] = colours.distance(list[i], list[i - 1])
        sum = sum + steps[i - 1]
      end
      for i, step in ipairs(steps) do
        local share = step / (sum / 16)
        assert.is_true(share > 0.33 and share < 2, ("%s: step %d is %.2f of the mean"):format(name, i, share))
      end
    end
  end)

  it("around a middle are lightest there, and their halves differ for all readers", function()
    for _, name in ipairs(DIVERGING) do
      each_vision(function(vision, matrix)
        local list = labs(samples(name, 17), matrix)
        for i = 2, 9 do
          local where = ("%s at %d, %s"):format(name, i, vision)
          assert.is_true(list[i][1] > list[i - 1][1] - 0.5, where)
          assert.is_true(list[18 - i][1] > list[19 - i][1] - 0.5, where)
        end
        for i = 1, 6 do
          local distance = colours.distance(list[i], list[18 - i])
          assert.is_true(distance > 8.5, ("%s at %d, %s: %.1f"):format(name, i, vision, distance))
        end
      end)
    end
  end)

  it("around a circle end where they begin", function()
    local list = labs(samples("twilight", 25), colours.VISIONS[1][2])
    assert.is_true(colours.distance(list[1], list[25]) < 2)
    assert.is_true(list[1][1] - list[13][1] > 50)
  end)

  it("turn round with _r after their names", function()
    local forward, backward = theme.stops "magma", theme.stops "magma_r"
    for i, color in ipairs(forward) do assert.equal(color, backward[#backward + 1 - i]) end
    assert.is_nil(theme.palette "nothing_r")
    assert.is_nil(theme.palette "viridis_r_r")
  end)
end)
