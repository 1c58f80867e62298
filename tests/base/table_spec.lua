-- Tables as text, CSV, Markdown, LaTeX (lua/optlab/base/text/table.lua).
local table_text = require "optlab.base.text.table"

describe("tables as text", function()
  local columns = { { title = "run", align = "right" }, { title = "note", cut = true } }
  local rows = { { "7", "η = 0.1, 50 %" }, { "12", nil }, { "100", 'a "b" | c_d' } }

  it("stand in columns", function()
    assert.equal('run  note\n  7  η = 0.1, 50 %\n 12\n100  a "b" | c_d\n', table_text.render(columns, rows))
  end)
  it("fit into a terminal by cutting the columns that may be cut", function()
    local text = table_text.render(columns, rows, { width = 13 })
    assert.equal('run  note\n  7  η = 0.1…\n 12\n100  a "b" |…\n', text)
  end)
  it("show control characters instead of sending them to the terminal", function()
    assert.equal("a\n\\x1b[2J b\n", table_text.render({ { title = "a" } }, { { "\27[2J\nb" } }))
    assert.equal("a b  c\n1\n", table_text.render({ { title = "a\nb" }, { title = "c" } }, { { "1" } }))
  end)
  it("stand in columns where characters are two columns wide", function()
    local wide = { { title = "名前" }, { title = "n" } }
    assert.equal("名前  n\nab    1\n", table_text.render(wide, { { "ab", "1" } }))
  end)
  it("are CSV with quotes where they must be", function()
    assert.equal('run,note\n7,"η = 0.1, 50 %"\n12,\n100,"a ""b"" | c_d"\n',
      table_text.render(columns, rows, { format = "csv" }))
  end)
  it("are Markdown and LaTeX with escapes", function()
    assert.equal('| run | note |\n| ---: | --- |\n| 7 | η = 0.1, 50 % |\n| 12 |  |\n| 100 | a "b" \\| c_d |\n',
      table_text.render(columns, rows, { format = "markdown" }))
    local tex = table_text.render(columns, rows, { format = "latex" })
    assert.truthy(tex:find("\\begin{tabular}{rl}", 1, true))
    assert.truthy(tex:find("  7 & η = 0.1, 50 \\% \\\\", 1, true))
    assert.truthy(tex:find("c\\_d", 1, true))
  end)
end)
