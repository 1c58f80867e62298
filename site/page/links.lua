--- Links and pictures of a page: from files of the repository to pages of the site.
--
-- The Markdown files link to one another and to files of the repository. Here a link to a page's source becomes one to
-- the page, a link to a script of experiments/ one to the script's page; pictures are copied. A link to another file of
-- the repository, which the site does not show, becomes its text alone.
--
-- Code that is a function's name or a script's path becomes a link, too: `optim.Adam`, `experiments/gd.lua`. So does
-- the number of a paper, arXiv 1412.6980.
-- @module site.page.links
local files = require "optlab.base.files"
local paths = require "site.page.paths"
local pictures = require "site.pictures"

local M = {}

-- The page of a file and a name in it; nil where the site has none.
local function page_of(site, file, anchor)
  if anchor ~= "" and site.anchors[file .. "#" .. anchor] then return site.anchors[file .. "#" .. anchor] end
  local page = site.by_source[file]
  return page and page.path .. (anchor ~= "" and "#" .. anchor or "")
end

local function is_picture(file) return file:match "%.svg$" or file:match "%.png$" or file:match "%.gif$" end

-- Where a link leads: a path relative to the page, or nil.
local function resolve(site, page, target)
  if target:match "^%a+:" then return target end
  if target:match "^#" then
    local there = page.source and site.anchors[page.source .. target]
    return there and paths.relative(page.path, there) or target
  end
  local path, anchor = target:match "^([^#]*)#?(.*)$"
  local file = paths.normal(paths.folder(page.source or page.path) .. path)
  if not file then return nil end
  local there = page_of(site, file, anchor)
  if not there and is_picture(file) then there = site:picture(file) end
  if not there and not page.source then there = site.files[file] and target end
  return there and (there == target and target or paths.relative(page.path, there))
end

-- Links of pages that were written for the site itself begin with "site:".
local function rewrite(site, page, attributes, name)
  return attributes:gsub(name .. '="([^"]*)"', function(target)
    local own = target:match "^site:(.*)$"
    local to = own and paths.relative(page.path, own) or not own and resolve(site, page, target)
    return to and ('%s="%s"'):format(name, to) or name .. '=""'
  end)
end

-- The page of a word in backticks.
local function of_code(site, word)
  word = word:gsub("&quot;", '"'):gsub("%(%)$", "")
  return site.callees[word] or site.by_source[word] and site.by_source[word].path
    or site.callees[word:gsub("^lab%.", "")]
end

local function link_code(site, page, html)
  -- Not within links and headings: these are put aside first.
  local kept = {}
  local function keep(text)
    kept[#kept + 1] = text
    return "\1" .. #kept .. "\2"
  end
  for _, tag in ipairs { "pre", "h1", "h2", "h3", "h4", "a" } do
    html = html:gsub("<" .. tag .. "%f[ >][^\1]-</" .. tag .. ">", keep)
  end
  html = html:gsub("<code>([^<]*)</code>", function(word)
    local to = of_code(site, word)
    if not to or to:gsub("#.*$", "") == page.path then return nil end
    return ('<a href="%s"><code>%s</code></a>'):format(paths.relative(page.path, to), word)
  end)
  html = html:gsub("arXiv (%d%d%d%d%.%d%d%d%d%d?)", '<a href="https://arxiv.org/abs/%1">arXiv %1</a>')
  repeat
    local n
    html, n = html:gsub("\1(%d+)\2", function(i) return kept[tonumber(i)] end)
  until n == 0
  return html
end

-- A link whose text is a file's name, "api.md", says the page's title instead.
local function title_of(site, page, attributes, text)
  if not text:match "^[%w/.-]+%.md$" then return nil end
  local target = attributes:match 'href="([^"#]*)'
  local file = paths.normal(paths.folder(page.source or page.path) .. target)
  local there = file and site.by_source[file]
  return there and there.title
end

local ENTITIES = { amp = "&", lt = "<", gt = ">", quot = '"', ["#39"] = "'" }

local function plain(text) return (text:gsub("&([#%w]+);", ENTITIES)) end

-- An .svg of the repository comes with the picture for the dark theme.
local function picture(site, page, attributes)
  local target = attributes:match 'src="([^":]*%.svg)"'
  local file = target and paths.normal(paths.folder(page.source or page.path) .. target)
  if not file or not files.read(file) then return nil end
  return pictures.of_page(site, file, plain(attributes:match 'alt="([^"]*)"' or "")).text
end

--- The HTML of a page with its links rewritten.
-- @tparam table site
-- @tparam table page
-- @tparam string html
-- @treturn string
-- @treturn {string,...} links that lead to nothing on the site
function M.rewrite(site, page, html)
  local lost = {}
  html = html:gsub("<img ([^>]*)>", function(attributes) return picture(site, page, attributes) end)
  html = html:gsub("<img ([^>]*)>", function(attributes)
    return "<img " .. rewrite(site, page, attributes, "src") .. ">"
  end)
  html = html:gsub("<a ([^>]*)>(.-)</a>", function(attributes, text)
    local changed = rewrite(site, page, attributes, "href")
    if changed:find 'href=""' then
      lost[#lost + 1] = attributes:match 'href="([^"]*)"'
      return text
    end
    return "<a " .. changed .. ">" .. (title_of(site, page, attributes, text) or text) .. "</a>"
  end)
  return link_code(site, page, html), lost
end

return M
