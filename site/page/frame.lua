--- The page around the content: the bar, the navigation, the list of headings, the foot.
-- @module site.page.frame
local core = require "optlab.core"
local h = require "optlab.report.page.html"
local paths = require "site.page.paths"

local M = {}

local LOGO = h.raw('<svg width="24" height="24" viewBox="0 0 24 24" aria-hidden="true" '
  .. 'fill="none" stroke="currentColor" '
  .. 'stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round"><ellipse cx="12" cy="13" rx="10.5" ry="7.5" '
  .. 'opacity=".4"/><ellipse cx="13" cy="13.6" rx="6" ry="4" opacity=".65"/><path d="M3 4.5l6.5 11 1-6.5 2.6 5.6"/>'
  .. '<circle cx="13.1" cy="14" r="1.3" fill="currentColor" stroke="none"/></svg>')
local HALF = h.raw('<svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true"><circle cx="10" cy="10" r="7" '
  .. 'fill="none" stroke="currentColor" stroke-width="1.6"/>'
  .. '<path d="M10 3a7 7 0 0 1 0 14z" fill="currentColor"/></svg>')

-- --- navigation ------------------------------------------------------------------------------------------------------

local function holds(node, page)
  if node.page == page then return true end
  for _, child in ipairs(node.children or {}) do
    if holds(child, page) then return true end
  end
  return false
end

-- A list of links; only the branch that holds the page is open.
local function tree(nodes, page)
  local items = {}
  for i, node in ipairs(nodes) do
    local open = node.children and (holds(node, page) or not node.page)
    local head = node.page and h.a({
      href = paths.relative(page.path, node.page.path), ["aria-current"] = node.page == page and "page" or nil,
    }, node.title) or h.div({ class = "group" }, node.title)
    items[i] = h.li({ class = open and node.page and "open" or nil }, head, open and tree(node.children, page) or nil)
  end
  return h.ul(items)
end

local function tabs(site, page)
  local items = {}
  for i, tab in ipairs(site.tabs) do
    items[i] = h.li(h.a({
      href = paths.relative(page.path, tab.page.path), ["aria-current"] = tab == page.tab and "true" or nil,
    }, tab.title))
  end
  return items
end

local function menu(site, page)
  local items = tabs(site, page)
  for i, tab in ipairs(site.tabs) do
    if tab == page.tab and #tab.nodes > 0 then items[i] = h.li(h.raw(items[i].text:gsub("^<li>", ""):gsub("</li>$",
      "")), tree(tab.nodes, page)) end
  end
  return h.details({ class = "menu" }, h.summary("Menu"), h.nav({ ["aria-label"] = "All pages" }, h.ul(items)))
end

local function search()
  return h.div({ class = "search", role = "search", hidden = true },
    h.label({ class = "hidden", ["for"] = "search" }, "Search"),
    h.input { id = "search", type = "search", placeholder = "Search", autocomplete = "off", spellcheck = "false",
      role = "combobox", ["aria-expanded"] = "false", ["aria-controls"] = "hits", ["aria-autocomplete"] = "list" },
    h.kbd({ ["aria-hidden"] = "true" }, "/"),
    h.ul({ class = "hits", id = "hits", role = "listbox", ["aria-label"] = "Results", hidden = true }),
    h.div({ class = "hidden", id = "said", role = "status" }))
end

local function bar(site, page)
  return h.header({ class = "bar" }, h.div(
    h.a({ class = "brand", href = paths.relative(page.path, "index.html") }, LOGO, "optlab"),
    h.nav({ ["aria-label"] = "Sections", class = "sections", style = nil }, h.ul({ class = "tabs" }, tabs(site, page))),
    search(),
    h.button({ class = "theme", type = "button", hidden = true, ["aria-label"] = "Switch the theme" }, HALF),
    menu(site, page)))
end

-- --- headings --------------------------------------------------------------------------------------------------------

local function plain(html) return (html:gsub("<[^>]+>", "")) end

-- The h2 and h3 of a content: {level, id, title in HTML}.
local function headings(html)
  local list = {}
  for level, id, title in html:gmatch '<h([23]) id="([^"]+)">(.-)</h%d>' do
    list[#list + 1] = { level = level, id = id, title = plain(title) }
  end
  return list
end

local MOST_HEADINGS = 40

local function contents(list)
  local groups = {}
  local with_subs = #list <= MOST_HEADINGS
  for _, heading in ipairs(list) do
    local link = h.a({ href = "#" .. heading.id }, h.raw(heading.title))
    if heading.level == "2" or #groups == 0 then
      groups[#groups + 1] = { link = link, subs = {} }
    elseif with_subs then
      table.insert(groups[#groups].subs, h.li(link))
    end
  end
  local items = {}
  for i, group in ipairs(groups) do items[i] = h.li(group.link, #group.subs > 0 and h.ul(group.subs) or nil) end
  return h.nav({ class = "toc", ["aria-label"] = "On this page" }, h.p("On this page"), h.ul(items))
end

local function with_anchors(html)
  return (html:gsub('<h([234]) id="([^"]+)">(.-)</h%d>', function(level, id, title)
    local form = '<h%s id="%s">%s<a class="anchor" href="#%s" aria-label="Link to this section: %s">#</a></h%s>'
    return form:format(level,
      id, title, id, h.escape((plain(title):gsub("&%a+;", " "))), level)
  end))
end

-- --- the page --------------------------------------------------------------------------------------------------------

local function crumbs(page)
  if not page.crumbs then return nil end
  local parts = {}
  for i, crumb in ipairs(page.crumbs) do
    parts[#parts + 1] = i > 1 and " / " or nil
    parts[#parts + 1] = h.a({ href = paths.relative(page.path, crumb.path) }, crumb.nav or crumb.title)
  end
  return h.nav({ class = "crumbs", ["aria-label"] = "Path" }, parts)
end

local function pager(page)
  if not (page.before or page.after) then return nil end
  local function link(to, class, word)
    return to and h.a({ class = class, href = paths.relative(page.path, to.path), rel = class }, h.span(word), to.nav
      or to.title)
  end
  return h.nav({ class = "pager", ["aria-label"] = "Neighbouring pages" }, link(page.before, "prev", "Before"),
    link(page.after, "next", "Next"))
end

local function head(page)
  local assets = paths.relative(page.path, "assets/")
  return h.head(h.meta { charset = "utf-8" },
    h.meta { name = "viewport", content = "width=device-width, initial-scale=1" },
    h.meta { name = "color-scheme", content = "light dark" },
    h.meta { name = "generator", content = "optlab " .. core.version },
    page.about and h.meta { name = "description", content = page.about } or nil,
    h.title(page.path == "index.html" and page.title or page.title .. " · optlab"),
    h.link { rel = "icon", href = assets .. "icon.svg", type = "image/svg+xml" },
    h.link { rel = "stylesheet", href = assets .. "site.css" },
    h.script { src = assets .. "theme.js" })
end

--- The whole page.
-- @tparam table site
-- @tparam table page with `html`, its content
-- @treturn string
function M.make(site, page)
  local list = headings(page.html)
  local has_side, has_toc = page.tab and #page.tab.nodes > 0, #list >= 3 and not page.wide
  local class = not has_side and "columns alone" or has_toc and "columns" or "columns wide"
  local body = h.body(
    h.a({ class = "skip", href = "#content" }, "To the content"), bar(site, page),
    h.div({ class = class },
      has_side and h.nav({ class = "side", ["aria-label"] = page.tab.title }, tree(page.tab.nodes, page)) or nil,
      h.main({ id = "content" }, crumbs(page), h.raw(with_anchors(page.html)), pager(page)),
      has_side and has_toc and contents(list) or nil),
    h.footer({ class = "foot" }, h.div(h.span("optlab ", core.version),
      h.span("This page loads nothing from other sites."))),
    h.script { src = paths.relative(page.path, "assets/site.js") })
  local root = paths.relative(page.path, "index.html"):gsub("index%.html$", "")
  return "<!DOCTYPE html>\n" .. h.html({ lang = "en", ["data-root"] = root }, head(page), body).text .. "\n"
end

M.LOGO = LOGO

return M
