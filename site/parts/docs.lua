--- The pages of docs/: one for each file that is written by hand, and a page that lists those of each folder.
-- @module site.parts.docs
local files = require "optlab.base.files"
local h = require "optlab.report.page.html"

local M = {}

--- The title of a page: its first heading.
-- @tparam string markdown
-- @treturn string
function M.title(markdown)
  return (("\n" .. markdown):match "\n# ([^\n]+)" or "Untitled"):gsub("`", "")
end

--- Markdown without links, marks and line breaks.
-- @tparam string markdown
-- @treturn string
function M.plain(markdown)
  return (markdown:gsub("%[([^%]]*)%]%([^)]*%)", "%1"):gsub("[`*]", ""):gsub("%s+", " "))
end

--- The first sentence below the title, without marks.
-- @tparam string markdown
-- @treturn string
function M.about(markdown)
  local text = ("\n" .. markdown):match "\n# [^\n]+\n+(.*)$" or ""
  for paragraph in (text .. "\n\n"):gmatch "(.-)\n\n+" do
    if paragraph:match "^[%a`*%[]" and not paragraph:match "^%[!" then
      paragraph = M.plain(paragraph)
      return paragraph:match "^(.-[.!?]) %u" or paragraph
    end
  end
  return ""
end

-- The names of a folder's files: in the order in which docs/README.md links to them, then the others.
local function names_in(folder, made_by_script)
  local there, list = {}, {}
  local names = files.list("docs/" .. folder, "%.md$")
  for i, name in ipairs(names) do
    names[i] = name:gsub("%.md$", "")
    there[names[i]] = not made_by_script[names[i]] and name ~= "README.md" or nil
  end
  local function add(name)
    if there[name] then list[#list + 1], there[name] = name, nil end
  end
  for name in (files.read "docs/README.md" or ""):gmatch("%]%(" .. folder .. "/([%w-]+)%.md%)") do add(name) end
  for _, name in ipairs(names) do add(name) end
  return list
end

--- Adds the pages of a folder to the site.
-- @tparam table site
-- @tparam table tab of the site
-- @tparam string folder "tutorial"
-- @tparam[opt] table made_by_script names of files that other parts of the site are made of
-- @treturn {table,...} pages
function M.add(site, tab, folder, made_by_script)
  local pages = {}
  for i, name in ipairs(names_in(folder, made_by_script or {})) do
    local source = ("docs/%s/%s.md"):format(folder, name)
    local markdown = assert(files.read(source))
    pages[i] = site:add {
      path = ("%s/%s.html"):format(folder, name), source = source, markdown = markdown, tab = tab,
        title = M.title(markdown),
      about = M.about(markdown), crumbs = { tab.page },
    }
    site.by_source[source] = pages[i]
    tab.nodes[#tab.nodes + 1] = { title = pages[i].title, page = pages[i] }
  end
  for i, page in ipairs(pages) do page.before, page.after = pages[i - 1], pages[i + 1] end
  return pages
end

--- A list of pages with what each is about, as HTML.
-- @tparam {table,...} pages
-- @treturn string
function M.list(pages)
  local items = {}
  for i, page in ipairs(pages) do
    items[i] = h.li(h.a({ class = "card", href = "site:" .. page.path },
      h.span({ class = "words" }, h.span({ class = "name" }, page.title), h.span({ class = "about" }, page.about))))
  end
  return h.ul({ class = "cards" }, items).text
end

return M
