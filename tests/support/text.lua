--- What stands in a text, and what does not.
local assert = require "luassert"

local M = {}

--- All the parts must stand in the text, letter by letter.
function M.contains(text, ...)
  for i = 1, select("#", ...) do
    local part = select(i, ...)
    assert.is_truthy(text:find(part, 1, true), ("%q is not in:\n%s"):format(part, text))
  end
end

--- The part must not stand in the text.
function M.lacks(text, part)
  assert.is_nil(text:find(part, 1, true), ("%q is in:\n%s"):format(part, text))
end

--- A table of options as it may stand in the name of a spec: "betas=0.9/0.999 lr=0.1".
function M.options(options)
  local words = {}
  for name, value in pairs(options) do
    words[#words + 1] = name .. "=" .. (type(value) == "table" and table.concat(value, "/") or tostring(value))
  end
  table.sort(words)
  return table.concat(words, " ")
end

return M
