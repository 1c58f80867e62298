--- The first page: what optlab is, the script and the figure of README.md, doors to the parts.
-- @module site.parts.home
local experiments = require "site.parts.experiments"
local files = require "optlab.base.files"
local h = require "optlab.report.page.html"
local pictures = require "site.pictures"

local M = {}

-- The first figure of README.md: its words and its file.
local function figure_of(readme)
  return readme:match "!%[([^%]]*)%]%(([^)]*)%)"
end

local function script_of(readme) return readme:match "```lua\n(.-)\n```" end

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

local COMMANDS = [[
## Two commands

On Debian or Ubuntu, with git and sh, in a clone of the repository:

```sh
sh scripts/run experiments/momentum.lua    # the momentum section: its numbers, its figures
sh scripts/test                            # every test
```

Both commands install missing packages, build the program, and run it.
]]

--- Makes the page.
-- @tparam table site
-- @treturn table
function M.add(site)
  local readme = assert(files.read "README.md")
  local page = site:add { path = "index.html", title = "optlab: study the optimization algorithms of deep learning",
    wide = true }
  page.about = "optlab is one native program for Linux. A C host embeds Lua 5.4 and gives it tensors, automatic "
    .. "differentiation, layers, more than seventy optimizers and learning-rate schedules. An experiment is a "
    .. "script of one or two screens, and gnuplot draws its figures."
  site.by_source["README.md"], site.by_source["docs/README.md"] = page, page
  page.make = function()
    local words, picture = figure_of(readme)
    local doors = {}
    for i, tab in ipairs(site.tabs) do doors[i] = door(tab) end
    local parts = {
      hero(site, page, words, picture), "\n\n", "## The script behind the figure\n\n```lua\n", script_of(readme),
        "\n```\n\n",
      COMMANDS, "\n## Where to go from here\n\n", h.ul({ class = "cards doors" }, doors).text, "\n\n",
    }
    if #site.studies > 0 then
      parts[#parts + 1] = "## Studies\n\n" .. experiments.cards(site, site.studies) .. "\n\n"
    end
    parts[#parts + 1] = "## The book's sections\n\nThe experiments follow the chapter \"Optimization "
      .. "Algorithms\" of Dive into Deep Learning, with its claims tested and its exercises solved.\n\n"
      .. experiments.cards(site, site.sections)
        .. "\n"
    return table.concat(parts)
  end
  return page
end

return M
