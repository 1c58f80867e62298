--- The first page: the figure, the script and some sections of README.md, doors to the parts, cards of the experiments.
-- @module site.parts.home
local docs = require "site.parts.docs"
local experiments = require "site.parts.experiments"
local files = require "optlab.base.files"
local h = require "optlab.report.page.html"
local pictures = require "site.pictures"

local M = {}

-- --- README.md -------------------------------------------------------------------------------------------------------

-- The first figure: its words and its file.
local function figure_of(readme) return readme:match "!%[([^%]]*)%]%(([^)]*)%)" end

local function script_of(readme) return readme:match "```lua\n(.-)\n```" end

-- The first two sentences of the first paragraph behind the script, without marks.
local function lead_of(readme)
  local paragraph = readme:match "\n```\n\n(optlab is .-)\n\n"
  local text = docs.plain(paragraph or "")
  return text:match "^(.-%. .-%.) %u" or text
end

-- A section with its heading, "" if there is none.
local function section_of(readme, title)
  local from = readme:find("\n## " .. title .. "\n", 1, true)
  if not from then return "" end
  local to = readme:find("\n## ", from + 4, true)
  return readme:sub(from + 1, to or #readme) .. "\n"
end

-- --- the page --------------------------------------------------------------------------------------------------------

local function door(tab)
  return h.li(h.a({ class = "card", href = "site:" .. tab.page.path },
    h.span({ class = "words" }, h.span({ class = "name" }, tab.title), h.span({ class = "about" }, tab.about))))
end

local function hero(site, page, words, picture)
  local first = site.by_source["docs/tutorial/descent.md"] or site.tabs[1].page
  return h.div({ class = "hero" },
    h.h1("Study the optimization algorithms of deep learning"),
    h.p({ class = "lead" }, page.about),
    h.p({ class = "buttons" }, h.a({ class = "button main", href = "site:" .. first.path }, "Your first descent"),
      h.a({ class = "button", href = "site:experiments/index.html" }, "Look at the experiments")),
    h.figure(pictures.large(site, picture, "figures/readme.svg", words),
      h.figcaption("Three descents of 0.1 x₁² + 2 x₂². The script below computes and draws them."))).text
end

local function doors(site)
  local items = {}
  for i, tab in ipairs(site.tabs) do items[i] = door(tab) end
  return "## Where to go from here\n\n" .. h.ul({ class = "cards doors" }, items).text .. "\n\n"
end

local function cards(site)
  local sections = "## The book's sections\n\nThese experiments follow the chapter \"Optimization Algorithms\" of Dive "
    .. "into Deep Learning. Its claims are tested and its exercises solved.\n\n"
    .. experiments.cards(site, site.sections)
  if #site.studies == 0 then return sections .. "\n" end
  return "## Studies\n\n" .. experiments.cards(site, site.studies) .. "\n\n" .. sections .. "\n"
end

--- Makes the page.
-- @tparam table site
-- @treturn table
function M.add(site)
  local readme = assert(files.read "README.md")
  local page = site:add { path = "index.html", source = "README.md", wide = true, about = lead_of(readme),
    title = "optlab: study the optimization algorithms of deep learning" }
  site.by_source["README.md"], site.by_source["docs/README.md"] = page, page
  page.make = function()
    return table.concat {
      hero(site, page, figure_of(readme)), "\n\n", "## The script behind the figure\n\n```lua\n", script_of(readme),
      "\n```\n\n", section_of(readme, "Two commands"), doors(site), section_of(readme, "Your own optimizer"),
      section_of(readme, "What is different here"), section_of(readme, "How fast"), cards(site),
    }
  end
  return page
end

return M
