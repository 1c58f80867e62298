local diff = require "optlab.base.text.diff"

describe("the difference of two texts", function()
  local function text(...) return table.concat({ ... }, "\n") .. "\n" end

  it("is nothing where the lines are the same", function()
    assert.same({}, diff.unified("", ""))
    assert.same({}, diff.unified("a\nb\n", "a\nb\n"))
    assert.same({}, diff.unified("a\nb", "a\nb\n"))
  end)

  it("has the changed lines with three equal ones around them", function()
    assert.same({ "@@ -2,7 +2,7 @@", " 2", " 3", " 4", "-5", "+five", " 6", " 7", " 8" },
      diff.unified(text("1", "2", "3", "4", "5", "6", "7", "8", "9"),
        text("1", "2", "3", "4", "five", "6", "7", "8", "9")))
  end)

  it("keeps stretches apart that are far from each other", function()
    assert.same({ "@@ -1,2 +1 @@", "-a", " 1", "@@ -5 +4,2 @@", " 4", "+b" },
      diff.unified(text("a", "1", "2", "3", "4"), text("1", "2", "3", "4", "b"), { context = 1 }))
  end)

  it("counts from the line before where a side is empty", function()
    assert.same({ "@@ -0,0 +1,2 @@", "+x", "+y" }, diff.unified("", "x\ny"))
    assert.same({ "@@ -1 +0,0 @@", "-x" }, diff.unified("x\n", ""))
  end)

  it("leads from one text to the other, with as few changes as diff finds", function()
    local seed = 7
    local function random(n)
      seed = (seed * 1103515245 + 12345) % 2147483648
      return seed // 65536 % n + 1
    end
    for _ = 1, 300 do
      local a, b = {}, {}
      for i = 1, random(12) do a[i] = ("abc"):sub(random(3)):sub(1, 1) end
      for i = 1, random(12) do b[i] = ("abc"):sub(random(3)):sub(1, 1) end
      local from, to, changes = {}, {}, 0
      for i, line in ipairs(diff.unified(table.concat(a, "\n"), table.concat(b, "\n"), { context = 100 })) do
        local sign, rest = line:sub(1, 1), line:sub(2)
        if i > 1 then
          if sign ~= "+" then from[#from + 1] = rest end
          if sign ~= "-" then to[#to + 1] = rest end
          if sign ~= " " then changes = changes + 1 end
        end
      end
      if table.concat(a) ~= table.concat(b) then
        assert.same({ a, b }, { from, to })
        local common = {} -- lengths of the longest common part
        for i = 0, #a do
          common[i] = {}
          for j = 0, #b do
            common[i][j] = (i == 0 or j == 0) and 0 or a[i] == b[j] and common[i - 1][j - 1] + 1
              or math.max(common[i - 1][j], common[i][j - 1])
          end
        end
        assert.equal(#a + #b - 2 * common[#a][#b], changes)
      end
    end
  end)

  it("puts one text in the other's place where they have little in common", function()
    local a, b = {}, {}
    for i = 1, 3000 do a[i], b[i] = "a" .. i, "b" .. i end
    local lines = diff.unified(text(table.unpack(a)), text(table.unpack(b)))
    assert.equal("@@ -1,3000 +1,3000 @@", lines[1])
    assert.equal(6001, #lines)
  end)
end)
