--- The opening comment of a script, and text in lines.
-- @module optlab.base.text.script_text
local M = {}

--- The comment at the top, without its dashes; a #! line is passed over, and so are an editor's mark at the beginning
-- (BOM) and the first half of line ends as Windows writes them.
-- @tparam string text
-- @treturn string lines separated by "\n", "" if there is none
function M.opening_comment(text)
  text = text:gsub("^\xef\xbb\xbf", ""):gsub("\r\n", "\n"):gsub("^#[^\n]*\n", ""):gsub("^%s+", "")
  local level, body = text:match("^%-%-%[(=*)%[(.*)")
  if level then
    return (body:match("^(.-)%]" .. level .. "%]") or ""):gsub("^%s+", ""):gsub("%s+$", "")
  end
  local lines = {}
  for line in (text .. "\n"):gmatch("([^\n]*)\n") do
    local comment = line:match("^%-%-+ ?(.*)$")
    if not comment then break end
    lines[#lines + 1] = comment
  end
  return (table.concat(lines, "\n"):gsub("%s+$", ""))
end

--- The first sentence of a comment, on one line.
-- @tparam string comment
-- @treturn string
function M.first_sentence(comment)
  local paragraph = (comment .. "\n\n"):match("^%s*(.-)\n%s*\n"):gsub("%s+", " ")
  local sentence = paragraph:match("^(.-[%.!%?]) %u") or paragraph
  return (sentence:gsub("%s+$", ""))
end

--- Words filled into lines.
-- @tparam string text
-- @tparam integer width columns at most, unless a word is longer
-- @treturn {string,...} lines
function M.fill(text, width)
  local lines, line = {}, ""
  for word in text:gmatch("%S+") do
    if line ~= "" and #line + 1 + #word > width then
      lines[#lines + 1], line = line, word
    else
      line = line == "" and word or line .. " " .. word
    end
  end
  lines[#lines + 1] = line
  return lines
end

--- A comment with its paragraphs filled to a width; indented lines (formulas) stay as they are.
-- @tparam string comment
-- @tparam integer width
-- @treturn string
function M.refill(comment, width)
  local out, paragraph = {}, {}
  local function flush()
    if #paragraph == 0 then return end
    for _, line in ipairs(M.fill(table.concat(paragraph, " "), width)) do out[#out + 1] = line end
    paragraph = {}
  end
  for line in (comment .. "\n"):gmatch("([^\n]*)\n") do
    local is_text = line:match("^%S") ~= nil
    -- A line that ends a sentence well before the edge ends its paragraph: "Book section: ...".
    if is_text then
      paragraph[#paragraph + 1] = line
    else
      flush()
      out[#out + 1] = line
    end
    if #line < 50 and line:match("%.$") then flush() end
  end
  flush()
  return table.concat(out, "\n")
end

return M
