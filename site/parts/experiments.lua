--- The pages of the experiments: what a script asks, its figures, its numbers, its code.
-- @module site.parts.experiments
local equation = require "site.math.equation"
local files = require "optlab.base.files"
local h = require "optlab.report.page.html"
local pictures = require "site.pictures"
local runs = require "site.runs"
local script_text = require "optlab.base.text.script_text"

local M = {}

-- --- the scripts there are -------------------------------------------------------------------------------------------

-- The sections in the book's order, as `optlab list` has them, each with the figure of its card.
local SECTIONS = {
  { "optimization-intro", "risk" }, { "convexity", "projections" }, { "gd", "newton-nonconvex-eta-1" },
  { "sgd", "trace-polynomial" }, { "minibatch-sgd", "airfoil-batch-10" }, { "momentum", "convergence-region" },
  { "adagrad", "trace-2" }, { "rmsprop", "weights" }, { "adadelta", "trace" }, { "adam", "optimizers" },
  { "lr-scheduler", "test-accuracy" }, { "lenet", "confusion" },
}

local function comment_of(script) return script_text.opening_comment(assert(files.read(script))) end

local function is_script(script) return not comment_of(script):find("\n@module ", 1, true) end

local function scripts_in(folder)
  local list = {}
  for _, name in ipairs(files.list(folder, "%.lua$")) do
    if is_script(folder .. name) then list[#list + 1] = folder .. name end
  end
  return list
end

local function number_first(a, b)
  local i, j = tonumber(a:match "%-(%d+)%.lua$"), tonumber(b:match "%-(%d+)%.lua$")
  if i and j and i ~= j then return i < j end
  return a < b
end

-- The claims or exercises of a section: those whose name begins with it, and with no longer section's.
local function scripts_of(section, folder)
  local list = {}
  for _, script in ipairs(scripts_in("experiments/" .. folder .. "/")) do
    local name = script:match "([^/]+)%.lua$"
    local owner = ""
    for _, row in ipairs(SECTIONS) do
      if name:sub(1, #row[1] + 1) == row[1] .. "-" and #row[1] > #owner then owner = row[1] end
    end
    if owner == section then list[#list + 1] = script end
  end
  table.sort(list, number_first)
  return list
end

--- All scripts that have a page.
-- @treturn {string,...}
function M.scripts()
  local list = {}
  for _, folder in ipairs { "", "studies/", "claims/", "exercises/", "custom/" } do
    for _, script in ipairs(scripts_in("experiments/" .. folder)) do list[#list + 1] = script end
  end
  return list
end

-- --- the comment at the top ------------------------------------------------------------------------------------------

-- Words that begin a paragraph of a script's comment.
local LEADS = { "Book section:", "Claim:", "Claims:", "Exercises:", "What to notice:", "The book's helpers:",
  "Left out:", "Needs:", "From the command line:" }

local function lead_of(line)
  for _, lead in ipairs(LEADS) do
    if line:sub(1, #lead) == lead then return lead end
  end
  return line:match "^The %l+:" -- question, figures, model, ...
end

-- The paragraphs of a comment: {lead, text}, or {code = lines}.
local function paragraphs_of(comment)
  local list, current = {}, nil
  for line in (comment .. "\n"):gmatch "([^\n]*)\n" do
    local lead = lead_of(line)
    if line:match "^%s*$" then
      current = nil
    elseif line:match "^   " then
      if not (current and current.code) then
        current = { code = {} }
        list[#list + 1] = current
      end
      table.insert(current.code, (line:gsub("^    ?", "")))
    elseif lead or not current or current.code or current.ends then
      current = { lead = lead, text = lead and line:sub(#lead + 2) or line }
      list[#list + 1] = current
    else
      current.text = current.text .. " " .. line
    end
    -- A line that ends a sentence well before the edge ends its paragraph.
    if current and current.text then current.ends = #line < 50 and line:match "%.$" end
  end
  return list
end

local GREEK = { eta = "η", beta = "β", lambda = "λ", epsilon = "ε", sigma = "σ" }

-- Text as HTML: `code`, links to figures of this page in quotes, names of scripts.
local function marked(text, figures)
  local html = h.escape(text):gsub("%f[%w]x([12])%f[%W]", "x<sub>%1</sub>"):gsub("%^(%w+)", "<sup>%1</sup>")
  html = html:gsub("%f[%w](%l+)%f[%W]", function(word) return GREEK[word] end):gsub("`([^`]+)`", "<code>%1</code>")
  html = html:gsub("&quot;([%w._\128-\255-]+)&quot;", function(name)
    local plain = name:gsub("η", "eta"):gsub("β", "beta")
    return figures[plain] and ('<a href="#figure-%s">%s</a>'):format(plain, plain) or nil
  end)
  return (html:gsub("experiments/[%w/-]+%.lua", "<code>%0</code>"):gsub("<code><code>(.-)</code></code>",
    "<code>%1</code>"))
end

-- Formulas such as "v <- beta v + g", set; other indented lines are code.
local function formula(lines)
  local text = table.concat(lines, "\n")
  if not text:find("<-", 1, true) or text:find "[\128-\255\"{}]" then return nil end
  return "```math\n" .. equation.tex { equation = text, args = {}, group = "script" } .. "\n```\n"
end

local function paragraph(row, figures)
  local set = row.code and formula(row.code)
  if set then return set end
  if row.code then return h.div({ class = "source" }, h.pre({ class = "plain", tabindex = "0" },
    h.code(table.concat(row.code, "\n")))).text end
  local lead = row.lead and h.b(row.lead).text .. " " or ""
  return "<p>" .. lead .. marked(row.text, figures) .. "</p>"
end

-- --- the page --------------------------------------------------------------------------------------------------------

local function parameter_table(script)
  local rows = {}
  for _, row in ipairs(runs.parameters(script)) do
    if row.name and row.name ~= "seed" then
      rows[#rows + 1] = ("| `--%s` | %s | %s |"):format(row.name, row.default ~= nil and "`" .. tostring(row.default)
        .. "`" or "",
        h.escape(row.help or ""):gsub("|", "\\|"))
    end
  end
  if #rows == 0 then return "" end
  return "## Parameters\n\n| option | default | meaning |\n|---|---|---|\n" .. table.concat(rows, "\n") .. "\n"
end

local function figure_block(site, script, figures)
  if #figures == 0 then return "" end
  local items = {}
  for i, figure in ipairs(figures) do items[i] = pictures.figure(site, figure, script) end
  return "## Figures\n\n" .. h.div({ class = #figures == 1 and "gallery one" or "gallery" }, items).text .. "\n"
end

-- A title for a heading: the first sentence without its full stop.
local function title_of(comment)
  local sentence = script_text.first_sentence(comment)
  return (sentence:gsub("%.$", ""))
end

local function facts(script, chapter, section)
  local rows = { h.dt("Script"), h.dd(h.code(script)), h.dt("Run it"), h.dd(h.code("optlab " .. script)) }
  if chapter then
    rows[#rows + 1] = h.dt("Book section")
    rows[#rows + 1] = h.dd(section and h.a({ href = "site:" .. section }, chapter) or chapter)
  end
  return h.dl({ class = "facts" }, rows).text
end

local function related(title, pages)
  if #pages == 0 then return "" end
  local items = {}
  for i, page in ipairs(pages) do items[i] = h.li(h.a({ href = "site:" .. page.path }, page.nav), ": ", page.title) end
  return ("## %s\n\n%s\n"):format(title, h.ul({ class = "list" }, items).text)
end

-- What stands behind the section, which is among the facts: 'Book section: "Adam". Claim: ...' -> 'Claim: ...'.
local function behind_section(row)
  local rest = row.text:gsub('^"[^"]*"[^.]*%.%s*', "")
  local lead = lead_of(rest)
  return { lead = lead, text = lead and rest:sub(#lead + 2) or rest }
end

local function markdown_of(site, page)
  local script, comment = page.script, comment_of(page.script)
  local figures, by_name, parts = runs.figures(script), {}, {}
  for _, figure in ipairs(figures) do by_name[figure.name] = true end
  local chapter = comment:match 'Book section: "([^"]+)"'
  local section = chapter and site.anchors["docs/explanation/book.md#" .. require("site.page.paths").anchor(chapter)]
  parts[1] = "# " .. h.escape(page.title):gsub("[*_`]", "\\%0") .. "\n"
  parts[2] = facts(script, chapter, section) .. "\n"
  local rows = paragraphs_of(comment)
  -- The title is the first sentence already.
  local first = script_text.first_sentence(comment)
  if rows[1] and rows[1].text then rows[1].text = rows[1].text:sub(#first + 2) end
  for _, row in ipairs(rows) do
    if row.lead == "Book section:" then row = behind_section(row) end
    if row.lead ~= "Exercises:" and row.text ~= "" then parts[#parts + 1] = paragraph(row, by_name) .. "\n" end
  end
  parts[#parts + 1] = figure_block(site, script, figures)
  local printed = runs.printed(script):gsub("%s+$", "")
  if printed ~= "" then parts[#parts + 1] = "## What it prints\n\n```\n" .. printed .. "\n```\n" end
  parts[#parts + 1] = "## Code\n\n```lua\n" .. files.read(script):gsub("%s+$", "") .. "\n```\n"
  parts[#parts + 1] = parameter_table(script)
  parts[#parts + 1] = related("Claims of the section, tested", page.claims or {})
  parts[#parts + 1] = related("Exercises", page.exercises or {})
  return table.concat(parts, "\n")
end

-- --- all pages -------------------------------------------------------------------------------------------------------

local function add_page(site, tab, script, nav, crumbs)
  local comment = comment_of(script)
  local page = site:add {
    path = script:gsub("%.lua$", ".html"), script = script, tab = tab, title = title_of(comment), nav = nav,
    about = script_text.first_sentence(comment), crumbs = crumbs, wide = true,
  }
  site.by_source[script] = page
  return page
end

local function add_section(site, tab, name, thumbnail)
  local comment = comment_of("experiments/" .. name .. ".lua")
  local chapter = comment:match 'Book section: "([^"]+)"' or name
  local page = add_page(site, tab, "experiments/" .. name .. ".lua", name == "lenet" and "LeNet" or chapter,
    { tab.page })
  page.thumbnail = thumbnail
  local node = { title = page.nav, page = page, children = {} }
  for _, kind in ipairs { "claims", "exercises" } do
    page[kind] = {}
    for _, script in ipairs(scripts_of(name, kind)) do
      local short = script:match "([^/]+)%.lua$":sub(#name + 2)
      local nav = (kind == "claims" and "Claim: " or "Exercise ") .. short:gsub("%-", " ")
      local child = add_page(site, tab, script, nav, { tab.page, page })
      table.insert(page[kind], child)
      table.insert(node.children, { title = nav, page = child })
    end
  end
  table.insert(tab.nodes, node)
  return page
end

local function card(site, page)
  local figure = pictures.thumbnail(site, page)
  return h.li(h.a({ class = "card", href = "site:" .. page.path }, figure,
    h.span({ class = "words" }, h.span({ class = "name" }, page.nav), h.span({ class = "about" }, page.title))))
end

--- Cards of pages as HTML.
-- @tparam table site
-- @tparam {table,...} pages
-- @treturn string
function M.cards(site, pages)
  local items = {}
  for i, page in ipairs(pages) do items[i] = card(site, page) end
  return h.ul({ class = "cards" }, items).text
end

local ABBREVIATIONS = { sgld = "SGLD" }

local function group(site, tab, title, folder)
  local pages, node = {}, { title = title, children = {} }
  for _, script in ipairs(scripts_in("experiments/" .. folder .. "/")) do
    local nav = script:match "([^/]+)%.lua$":gsub("%-", " ")
    nav = ABBREVIATIONS[nav] or nav:sub(1, 1):upper() .. nav:sub(2)
    pages[#pages + 1] = add_page(site, tab, script, nav, { tab.page })
    table.insert(node.children, { title = pages[#pages].nav, page = pages[#pages] })
  end
  if #pages > 0 then table.insert(tab.nodes, node) end
  return pages
end

--- Adds all pages; the runs must be there.
-- @tparam table site
-- @tparam table tab
function M.add(site, tab)
  local studies = group(site, tab, "Studies", "studies")
  table.insert(tab.nodes, { title = "The book's sections", children = {} })
  local sections = {}
  for _, row in ipairs(SECTIONS) do sections[#sections + 1] = add_section(site, tab, row[1], row[2]) end
  local custom = group(site, tab, "Your own", "custom")
  site.sections, site.studies = sections, studies
  for _, page in ipairs(site.pages) do
    if page.script then page.make = function() return markdown_of(site, page) end end
  end
  tab.page.make = function()
    local parts = { "# Experiments\n",
      "An experiment is a script of one or two screens. Its page shows the question, the figures, "
      .. "the numbers and the code. All of it comes from a run of the script as it stands there.\n" }
    if #studies > 0 then parts[#parts + 1] = "## Studies\n\n" .. M.cards(site, studies) .. "\n" end
    parts[#parts + 1] = "## The book's sections\n\nThey follow the chapter \"Optimization Algorithms\" of Dive into "
      .. "Deep Learning. Claims of the text and exercises are listed on each page.\n\n"
      .. M.cards(site, sections) .. "\n"
    parts[#parts + 1] = "## Your own optimizer and schedule\n\n" .. M.cards(site, custom) .. "\n"
    return table.concat(parts, "\n")
  end
end

return M
