--- Entries as Markdown.
-- @module optlab.reference.markdown
local call = require "optlab.reference.call"

local M = {}

local WIDTH = 90 -- of signatures

-- Text in a table's cell or a paragraph.
local function escape(text)
  return (text:gsub("[|<*]", "\\%0"))
end

local function code(text) return text == "" and "" or "`" .. text:gsub("|", "\\|") .. "`" end

local function fenced(text) return "```\n" .. text .. "\n```\n" end

local function default(row)
  return row.required and "required" or code(call.default(row))
end

local function arguments(entry)
  local lines = { "| argument | what it is | default | meaning |", "|---|---|---|---|" }
  for _, row in ipairs(entry.args) do
    lines[#lines + 1] = ("| `%s` | %s | %s | %s |"):format(row.name, escape(call.kind(row)), default(row),
      escape(row.doc))
  end
  return table.concat(lines, "\n") .. "\n"
end

local HEADS = { optimizer = "state of each parameter", layer = "tensor", loss = "tensor" }

local function state(entry)
  local lines = { "| " .. HEADS[entry.group] .. " | meaning |", "|---|---|" }
  for _, row in ipairs(entry.state) do
    local kind = row.kind and row.kind .. ": " or ""
    lines[#lines + 1] = ("| `%s` | %s |"):format(row.name, escape(kind .. row.doc))
  end
  return table.concat(lines, "\n") .. "\n"
end

-- Where a heading of GitHub's can be linked to.
local function anchor(heading)
  return "#" .. heading:lower():gsub("[^%w_ -]", ""):gsub(" ", "-")
end

-- "nn.ReLU" as a link to a page of the same folder.
local function link(entry, page)
  return ("[`%s`](%s%s)"):format(entry.callee, page, anchor(entry.name))
end

--- A table whose first column leads to the entries below.
-- @tparam {string,...} titles
-- @tparam {{string,...},...} rows
-- @treturn string
function M.linked_table(titles, rows)
  local lines = { "| " .. table.concat(titles, " | ") .. " |", "|" .. ("---|"):rep(#titles) }
  for _, row in ipairs(rows) do
    local cells = { ("[%s](%s)"):format(row[1], anchor(row[1])) }
    for i = 2, #row do cells[i] = escape(row[i]) end
    lines[#lines + 1] = "| " .. table.concat(cells, " | ") .. " |"
  end
  return table.concat(lines, "\n") .. "\n"
end

--- One entry below a heading.
-- @tparam table entry
-- @tparam string heading "## SGD"
-- @treturn string
function M.entry(entry, heading)
  local blocks = { heading .. "\n", fenced(call.signature(entry, WIDTH)), escape(entry.doc) .. "\n" }
  local function add(block) blocks[#blocks + 1] = block end
  if entry.layer then
    add("The formula and the arguments are those of "
      .. link(entry.layer, entry.layer.group == "loss" and "losses.md" or "layers.md") .. ".\n")
    return table.concat(blocks, "\n")
  end
  if entry.equation then add(fenced(entry.equation)) end
  if #entry.args > 0 then add(arguments(entry)) end
  if entry.state and #entry.state > 0 then add(state(entry)) end
  if entry.functional then add("As a function: " .. link(entry.functional, "functional.md") .. ".\n") end
  if entry.paper then add("Paper: " .. escape(entry.paper) .. ".\n") end
  return table.concat(blocks, "\n")
end

--- Links to headings, in a paragraph.
-- @tparam {string,...} headings
-- @treturn string
function M.contents(headings)
  local links = {}
  for i, heading in ipairs(headings) do links[i] = ("[%s](%s)"):format(heading, anchor(heading)) end
  return table.concat(links, " ") .. "\n"
end

return M
