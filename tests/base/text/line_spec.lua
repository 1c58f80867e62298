local line = require "optlab.base.text.line"

describe("a text on a line", function()
  it("takes the columns that a terminal gives it", function()
    for text, columns in pairs {
      [""] = 0, ["abc"] = 3, ["η = 1"] = 5, ["训练"] = 4, ["e\u{301}"] = 1, ["損失 a"] = 6, ["✓"] = 1, ["\u{1f600}"] = 2,
      ["⠶⠶"] = 2, ["\u{ac00}x"] = 3, ["\u{10ffff}"] = 1,
    } do
      assert.equal(columns, line.columns(text), text)
    end
  end)

  it("is cut where there is no more room, between characters", function()
    assert.equal("abc", line.cut("abc", 3))
    assert.equal("ab", line.cut("abc", 2))
    assert.equal("a~", line.cut("abc", 2, "~"))
    assert.equal("训", line.cut("训练", 3))
    assert.equal("训~", line.cut("训练", 3, "~"))
    assert.equal("e\u{301}", line.cut("e\u{301}x", 1))
    assert.equal("", line.cut("abc", 0, "~"))
    assert.equal("", line.cut("abc", -4))
  end)

  it("has no line breaks and no control characters", function()
    assert.equal("a b c\\x1b[31m\\xff", line.plain("a\nb\tc\27[31m\xff"))
  end)
end)
