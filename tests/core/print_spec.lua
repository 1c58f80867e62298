--- Tensors as text fit into 80 columns.
local lab = require "optlab"

local function lines_of(text)
  local lines = {}
  for line in text:gmatch("[^\n]+") do lines[#lines + 1] = line end
  return lines
end

local function count(line)
  return select(2, line:gsub("%S+", ""))
end

describe("a printed tensor", function()
  lab.manual_seed(0)

  it("has at most 80 columns", function()
    local shapes = { { 200 }, { 20 }, { 3, 9 }, { 3, 12 }, { 3, 30 }, { 50, 50 }, { 2, 3, 40 }, { 2, 2, 2, 30 } }
    for _, shape in ipairs(shapes) do
      for _, scale in ipairs { 1, 1e8, 1e-12 } do
        for _, t in ipairs { lab.randn(shape) * scale, lab.randn(shape):exp() ^ 9 * scale } do
          for _, line in ipairs(lines_of(tostring(t))) do assert.is_true(#line <= 80, line) end
        end
      end
    end
  end)

  it("shows the whole row where it fits, else its ends", function()
    local row = lines_of(tostring(lab.rand(1, 9)))[1]
    assert.equal(9, count(row))
    assert.is_nil(row:find("...", 1, true))
    row = lines_of(tostring(lab.rand(1, 12)))[1]
    assert.matches("^[ %d.]+  %.%.%.  [ %d.]+$", row)
    assert.equal(9, count(row)) -- four at each end
    row = lines_of(tostring(lab.arange(1, 21):to("int64"):reshape(1, 20)))[1]
    assert.equal(20, count(row))
    row = lines_of(tostring(lab.zeros({ 1, 30 }, { dtype = "int64" })))[1]
    assert.equal("  0  0  0  0  0  0  ...  0  0  0  0  0  0", row)
  end)

  it("shows a vector in lines, up to twenty elements", function()
    local lines = lines_of(tostring(lab.rand(20)))
    assert.same({ 10, 10 }, { count(lines[1]), count(lines[2]) })
    assert.equal("[float32 (20)]", lines[3])
    lines = lines_of(tostring(lab.rand(21)))
    assert.equal(13, count(lines[1]) + count(lines[2])) -- six at each end
    assert.matches("  ...", lines[1], 1, true)
  end)

  it("shows one column however wide it is", function()
    local lines = lines_of(tostring(lab.tensor({ { 1e15, 2 ^ 53 } }, { dtype = "float64" }):expand(1, 2)))
    assert.equal(2, count(lines[1]))
  end)
end)
