--- The equations of the declarations as TeX (site/math): what each piece of them becomes, and that all can be read.
local entries = require "optlab.reference.entries"
local equation = require "site.math.equation"

local function tex(text, args, group)
  local rows = {}
  for i, name in ipairs(args or {}) do rows[i] = { name = name, kind = "number" } end
  local made = equation.tex { equation = text, args = rows, inputs = {}, group = group or "optimizer" }
  return (made:gsub("^\\begin{%a+}[{}l]*\n", ""):gsub("\n\\end{%a+}$", ""))
end

describe("an equation", function()
  it("that changes a value has an arrow, one that computes a value a sign of equality", function()
    assert.equal("m &\\leftarrow \\beta_{1}\\, m + (1 - \\beta_{1})\\, g", tex "m = beta1 * m + (1 - beta1) * g")
    assert.equal("d &= g\\, v", tex "d = g * v")
    assert.equal("p &\\leftarrow q", tex "p <- q")
  end)

  it("has fractions, with all that is divided above the line", function()
    assert.equal("p &\\leftarrow p - \\frac{\\eta\\, m}{(1 - \\beta_{1}^{t})\\, a}",
      tex("p = p - lr / (1 - beta1^t) * m / a", { "lr" }))
    assert.equal("H &= g^{-1/2k}", tex "H = g^(-1/2k)")
  end)

  it("names options by the letters of textbooks, unless another option has that letter", function()
    assert.equal("x &= \\eta\\, \\lambda", tex("x = lr * weight_decay", { "lr", "weight_decay" }))
    assert.equal("x &= \\text{weight\\_decay}\\, \\lambda",
      tex("x = weight_decay * lambd", { "weight_decay", "lambd" }))
  end)

  it("has a condition at the end; a number as a condition is not 0", function()
    assert.equal("g &\\leftarrow g + \\lambda\\, p &\\quad& \\text{if } \\lambda \\ne 0",
      tex("g = g + weight_decay * p    if weight_decay", { "weight_decay" }))
  end)

  it("has cases, those of a where in a where in one list", function()
    assert.equal("s &= \\begin{cases} 1 & \\text{if } c > 0 \\\\ 2 & \\text{if } c < 0 \\\\ "
      .. "3 & \\text{otherwise} \\end{cases}",
      tex "s = where(c > 0, 1, where(c < 0, 2, 3))")
  end)

  it("keeps the words of sentences", function()
    assert.equal("\\text{with }p = \\min(t,\\, n)\\text{, cut to [}0\\text{, }1\\text{]}",
      tex("with p = min(t, n), cut to [0, 1]", {}, "schedule"))
    assert.equal("\\text{the layer's update of }p", tex("the layer's update of p", {}, "schedule"))
  end)

  it("can be read wherever an entry has one", function()
    for _, entry in ipairs(entries.all()) do
      if entry.equation and not entry.layer then
        local made = equation.tex(entry)
        local _, open = made:gsub("\\begin", "")
        local _, close = made:gsub("\\end", "")
        assert.equal(open, close, entry.callee)
      end
    end
  end)

  it("of an update rule is one assignment a line", function()
    for _, entry in ipairs(entries.of "optimizer") do
      if entry.equation:find(" %* ") then
        assert.is_truthy(equation.tex(entry):match "^\\begin{aligned}", entry.callee)
      end
    end
  end)
end)
