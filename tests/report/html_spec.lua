local base64 = require "optlab.report.page.base64"
local h = require "optlab.report.page.html"
local json = require "optlab.report.page.json"
local values = require "optlab.compare.values"

describe("markup", function()
  it("escapes every text and every attribute", function()
    assert.equal('<p title="&quot;&gt;&lt;b&gt;">a &lt; b &amp; &#39;c&#39;</p>',
      tostring(h.p({ title = '"><b>' }, "a < b & 'c'")))
  end)

  it("leaves markup that it made as it is", function()
    assert.equal("<ul><li>1</li><li>2</li></ul>", tostring(h.ul({ h.li(1), h.li(2) })))
  end)

  it("writes attributes in one order, and those without a value alone", function()
    assert.equal('<input alt="a" id="b" type="c" disabled>',
      (tostring(h.input { type = "c", id = "b", alt = "a", disabled = true }):gsub("(disabled) (.*)>", "%2 %1>")))
  end)

  it("replaces bytes that are no UTF-8 and control characters", function()
    assert.equal("a\u{FFFD}b\u{FFFD}c\n\td\u{FFFD}", h.clean("a\xFFb\0c\n\td\27"))
    assert.equal("é\u{FFFD}\u{FFFD}", h.clean("é\xC3\xED"))
  end)
end)

describe("JSON in a page", function()
  it("holds no sign that could end its element", function()
    local text = json.encode { "</script><script>", { ["<!--"] = "&" } }
    assert.is_nil(text:find("[<>&]"))
    assert.equal('["\\u003c/script\\u003e\\u003cscript\\u003e",{"\\u003c!--":"\\u0026"}]', text)
  end)

  it("writes numbers that are not finite, and what is missing, as null", function()
    assert.equal('[1.5,null,null,null,2,{"a":null,"b":[],"c":false}]',
      json.encode { 1.5, 0 / 0, math.huge, nil, 2, { a = -math.huge, b = {}, c = false }, n = 6 })
  end)
end)

describe("base64", function()
  it("is that of RFC 4648", function()
    assert.same({ "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "AP8K" }, {
      base64.encode "", base64.encode "f", base64.encode "fo", base64.encode "foo", base64.encode "foob",
      base64.encode "\0\255\n",
    })
  end)
end)

describe("values", function()
  it("show parameters as they are written", function()
    assert.same({ "0.1", "10", "adam", "true", "1, 2", "–", "nan" }, {
      values.shown(0.1), values.shown(10), values.shown "adam", values.shown(true), values.shown { 1, 2 },
      values.shown(nil), values.shown(0 / 0),
    })
  end)

  it("show measured numbers with four digits", function()
    assert.same({ "0.2432", "12.30", "1234", "3", "1.500e-05", "-0.5000", "2.000e+30", "inf", "nan", "–" }, {
      values.measured(0.24321), values.measured(12.3), values.measured(1234.4), values.measured(3.0),
      values.measured(1.5e-5), values.measured(-0.5), values.measured(2e30), values.measured(math.huge),
      values.measured(0 / 0), values.measured(nil),
    })
  end)

  it("show times and sizes in units that people read", function()
    assert.same({ "0.42 s", "12 s", "3 min 20 s", "2 h 05 min" },
      { values.duration(0.42), values.duration(12.2), values.duration(200), values.duration(7500) })
    assert.same({ "999 bytes", "38 KB", "1.9 MB" }, { values.size(999), values.size(38200), values.size(1.86e6) })
  end)

  it("show what was printed without colours and overwritten lines", function()
    assert.equal("red\ndone 100 %\nend", values.printed "\27[31mred\27[0m\n 10 %\rdone 100 %\r\nend")
  end)
end)
