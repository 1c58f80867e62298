-- A filter for pandoc (run by pandoc's own Lua): the pages of one batch, one after the other, each behind a comment
-- <!--page N-->. Headings get the names that GitHub gives them; blocks of "math" and code such as `$\eta$` are set.
local utils = pandoc.utils

local counts = {}

-- GitHub's name of a heading, as tests/cli/docs_spec.lua has it; a second one of the same name gets -1.
local function identifier(header)
  local id = utils.stringify(header.content):lower():gsub("[^%w_ -]", ""):gsub(" ", "-")
  local n = counts[id]
  counts[id] = (n or 0) + 1
  return n and id .. "-" .. n or id
end

local function display(block)
  if block.classes[1] == "math" then return pandoc.Para { pandoc.Math("DisplayMath", block.text) } end
  -- Shell sessions and outputs are no Lua.
  if #block.classes == 0 then block.classes = { "plain" } end
  return block
end

local function inline(code)
  local tex = code.text:match "^%$(.*)%$$"
  if tex then return pandoc.Math("InlineMath", tex) end
end

function Pandoc(doc)
  for i, block in ipairs(doc.blocks) do
    if block.t == "RawBlock" and block.text:match "^<!%-%-page %d+%-%->" then
      counts = {}
    elseif block.t == "Header" then
      block.identifier = identifier(block)
    else
      doc.blocks[i] = pandoc.walk_block(block, { CodeBlock = display, Code = inline })
    end
    if block.t == "CodeBlock" then doc.blocks[i] = display(block) end
    if block.t == "Header" then doc.blocks[i] = block end
  end
  return doc
end
