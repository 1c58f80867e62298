--- The reference: the pages that scripts/reference writes, cut into one page for each optimizer, schedule and space of
-- functions, with equations set and figures.
-- @module site.parts.reference
local entries = require "optlab.reference.entries"
local equation = require "site.math.equation"
local files = require "optlab.base.files"
local h = require "optlab.report.page.html"
local paths = require "site.page.paths"
local pictures = require "site.pictures"
local runs = require "site.runs"

local M = {}

--- The names of the files that this part is made of.
M.MADE = { optimizers = true, schedules = true, layers = true, losses = true, functional = true, init = true,
  functions = true }

M.OPTIMIZERS, M.SCHEDULES = "site/figures/optimizers.lua", "site/figures/schedules.lua"

--- The pages that these scripts have figures for: a new entry there makes them run again.
M.SOURCES = { [M.OPTIMIZERS] = { "docs/reference/optimizers.md" }, [M.SCHEDULES] = { "docs/reference/schedules.md" } }

-- --- texts -----------------------------------------------------------------------------------------------------------

local function read(name) return assert(files.read("docs/reference/" .. name .. ".md")):gsub("^<!%-%-.-%-%->\n+",
  "") end

-- What stands before the first heading of a level, and the sections {title, body}.
local function cut(text, mark)
  local head, list = nil, {}
  local at = 1
  while true do
    local from, to, title = ("\n" .. text):find("\n" .. mark .. " ([^\n]+)\n", at)
    local piece = ("\n" .. text):sub(at, from and from or #text + 1)
    if head == nil then head = piece else list[#list].body = piece end
    if not from then return head, list end
    list[#list + 1] = { title = title }
    at = to
  end
end

-- The letters of an equation that stand for options.
local function legend(entry)
  local parts = {}
  for _, row in ipairs(equation.letters(entry)) do parts[#parts + 1] = ("`$%s$` is `%s`"):format(row[1], row[2]) end
  if #parts == 0 then return "" end
  return "\nIn the equations " .. table.concat(parts, ", ") .. ".\n"
end

-- An entry's text with its equation set, and the signature as Lua.
local function set(entry, body)
  body = body:gsub("\n```\n", "\n```lua\n", 1)
  if not (entry and entry.equation) or entry.layer then return body end
  local plain = "```\n" .. entry.equation .. "\n```\n"
  local from, to = body:find(plain, 1, true)
  assert(from, "the equation of " .. entry.callee .. " is not on its page; run scripts/reference")
  return body:sub(1, from - 1) .. "```math\n" .. equation.tex(entry) .. "\n```\n" .. legend(entry) .. body:sub(to + 1)
end

local function by_name(group)
  local map = {}
  for _, entry in ipairs(entries.of(group)) do map[entry.name] = entry end
  return map
end

local function about(entry) return entry.doc:match "^(.-[.!?]) %u" or entry.doc end

-- --- pages of many entries -------------------------------------------------------------------------------------------

local function add_list(site, tab, name, group)
  local source = "docs/reference/" .. name .. ".md"
  local head, list = cut(read(name), "##")
  local map, parts = by_name(group), { head }
  local page = site:add { path = "reference/" .. name .. ".html", source = source, tab = tab, crumbs = { tab.page },
    title = head:match "# ([^\n]+)" }
  for _, section in ipairs(list) do
    parts[#parts + 1] = "## " .. section.title .. "\n" .. set(map[section.title], section.body)
    if map[section.title] then
      site.callees[map[section.title].callee] = page.path .. "#" .. paths.anchor(section.title)
    end
  end
  page.markdown = table.concat(parts)
  page.about = ("All %d, with equations, arguments and defaults."):format(#list)
  site.by_source[source] = page
  table.insert(tab.nodes, { title = page.title, page = page })
  return page
end

-- --- one page an entry -----------------------------------------------------------------------------------------------

local function numbers_of(script)
  local captions = {}
  for line in runs.printed(script):gmatch "[^\n]+" do
    local name, words = line:match "^([%w_.-]+): (.*)$"
    if name then captions[name] = words end
  end
  return captions
end

-- Calls, each in a line.
local function calls_of(caption)
  if not caption:match "^sched%." and not caption:match "^s;" then return caption end
  local list = {}
  for call in (caption .. "; "):gmatch "(.-); " do list[#list + 1] = h.code(call) end
  return list
end

local function figures_of(site, script, entry, captions, words)
  local as_code = script == M.SCHEDULES
  local items = {}
  for _, figure in ipairs(runs.figures(script)) do
    local of, which = figure.name:match "^(.*)%-(%l+)$"
    if figure.name == entry.name or of == entry.name and which ~= "small" then
      local caption = captions[figure.name] or ""
      items[#items + 1] = pictures.captioned(site, figure.path, "figures/reference/" .. figure.name .. ".svg",
        words:format(entry.name) .. " " .. caption, as_code and calls_of(caption) or caption)
    end
  end
  if #items == 0 then return "" end
  return h.div({ class = #items == 1 and "gallery one" or "gallery" }, items).text .. "\n"
end

-- Cards with a small picture of each.
local function small_cards(site, pages, script, suffix)
  local there, items = {}, {}
  for _, figure in ipairs(runs.figures(script)) do there[figure.name] = figure end
  for _, page in ipairs(pages) do
    local figure = there[page.entry.name .. suffix]
    items[#items + 1] = h.li(h.a({ class = "card", href = "site:" .. page.path },
      figure and pictures.decoration(site, figure.path, "figures/reference/" .. figure.name .. ".svg"),
      h.span({ class = "words" }, h.span({ class = "name" }, page.entry.name))))
  end
  return h.ul({ class = "small cards" }, items).text .. "\n"
end

local function add_each(site, tab, o)
  local source = "docs/reference/" .. o.name .. ".md"
  local head, list = cut(read(o.name), "##")
  local map, pages, children = by_name(o.group), {}, {}
  local index = site:add { path = ("reference/%s/index.html"):format(o.name), source = source, tab = tab,
    crumbs = { tab.page },
    title = head:match "# ([^\n]+)", about = o.about:format(#list), wide = true }
  site.by_source[source] = index
  for i, section in ipairs(list) do
    local entry = assert(map[section.title], section.title)
    local page = site:add {
      path = ("reference/%s/%s.html"):format(o.name, entry.name:lower()), source = source, tab = tab, entry = entry,
      title = entry.callee, nav = entry.name, about = about(entry), crumbs = { tab.page, index },
    }
    site.anchors[source .. "#" .. paths.anchor(section.title)] = page.path
    site.callees[entry.callee] = page.path
    page.make = function()
      -- The figures stand behind the signature and the sentence.
      local body = set(entry, section.body)
      local figures = figures_of(site, o.script, entry, numbers_of(o.script), o.words)
      local before, after = body:match "^(\n+```lua\n.-\n```\n\n[^\n]+\n)(.*)$"
      return "# " .. entry.callee .. "\n" .. before .. "\n" .. figures .. "\n" .. after
    end
    pages[i], children[i] = page, { title = entry.name, page = page }
  end
  for i, page in ipairs(pages) do page.before, page.after = pages[i - 1], pages[i + 1] end
  index.make = function()
    -- Below the introduction stands a table of all entries, or a line of links, which the pictures replace.
    local intro, list_of_all = head:match "^(.-)(\nstate: .*)$"
    intro = intro or head:match "^(.-)\n%[[^\n]*%]%(#" or head
    local below = list_of_all and "## State and cost\n" .. list_of_all or ""
    return intro:gsub("`<%-`", "←"):gsub("`=`", "=") .. "\n" .. o.above .. "\n\n"
      .. small_cards(site, pages, o.script, o.suffix) .. "\n" .. below
  end
  table.insert(tab.nodes, { title = index.title, page = index, children = children })
  return index
end

-- --- functions -------------------------------------------------------------------------------------------------------

local function add_functions(site, tab)
  local source = "docs/reference/functions.md"
  local head, spaces = cut(read "functions", "##")
  local map, children, pages = {}, {}, {}
  for _, entry in ipairs(entries.all()) do map[entry.callee] = entry end
  local index = site:add { path = "reference/functions/index.html", source = source, tab = tab, crumbs = { tab.page },
    title = "Functions and methods", wide = true }
  site.by_source[source] = index
  for i, space in ipairs(spaces) do
    local intro, list = cut(space.body, "###")
    local path = ("reference/functions/%s.html"):format(space.title:lower():gsub("[^%w.]", "-"))
    for _, other in ipairs(pages) do
      if other.path == path then path = path:gsub("%.html$", "-class.html") end -- nn.Module, Module
    end
    local parts, names = { "# " .. space.title .. "\n", intro, "\n" }, {}
    for j, section in ipairs(list) do
      parts[#parts + 1] = "## " .. section.title .. "\n" .. set(map[section.title], section.body)
      local anchor = paths.anchor(section.title)
      site.callees[section.title] = path .. "#" .. anchor
      site.anchors[source .. "#" .. anchor] = path .. "#" .. anchor
      names[j] = section.title
    end
    site.anchors[source .. "#" .. paths.anchor(space.title)] = path
    local page = site:add { path = path, source = source, tab = tab, title = space.title, crumbs = { tab.page, index },
      markdown = table.concat(parts), names = names,
      about = #list > 0 and ("%d functions and methods"):format(#list) or "Functions of each element" }
    pages[i], children[i] = page, { title = space.title, page = page }
  end
  index.make = function()
    local intro = head:match "^(.-)\n[^\n]*%[[^\n]*%]%(#" or head
    local parts = { intro, "\n" }
    for _, page in ipairs(pages) do
      parts[#parts + 1] = ("## %s\n\n"):format(page.title)
      local links = {}
      for j, name in ipairs(page.names) do
        links[j] = h.a({ href = "site:" .. site.callees[name] }, h.code(name)).text
      end
      if #links == 0 then links[1] = h.a({ href = "site:" .. page.path }, page.about).text end
      parts[#parts + 1] = "<p>" .. table.concat(links, " ") .. "</p>\n\n"
    end
    return table.concat(parts)
  end
  table.insert(tab.nodes, { title = index.title, page = index, children = children })
  index.about = "Every function and method that declares its arguments, by the table it belongs to."
  return index
end

-- --- all -------------------------------------------------------------------------------------------------------------

--- Adds the pages. Those of docs/reference that are written by hand are there already.
-- @tparam table site
-- @tparam table tab
-- @treturn {table,...} the pages that stand for themselves
function M.add(site, tab)
  return {
    add_each(site, tab, {
      name = "optimizers", group = "optimizer", script = M.OPTIMIZERS, suffix = "-small",
      about = "All %d: equations, arguments, defaults, papers, and the path of each.", words = "The path of %s.",
      above = "The pictures show the path of each on Rosenbrock's function, with the best of 25 learning rates. KFAC "
        .. "and SophiaG need a model and have no path here; GaLore treats a vector as Adam does.",
    }),
    add_each(site, tab, {
      name = "schedules", group = "schedule", script = M.SCHEDULES, suffix = "-small",
      about = "All %d, each with its formula and its curve.", words = "The learning rate of %s over time.",
      above = "The pictures show the rates of an example of each.",
    }),
    add_list(site, tab, "layers", "layer"), add_list(site, tab, "losses", "loss"),
    add_list(site, tab, "functional", "functional"), add_list(site, tab, "init", "initializer"),
    add_functions(site, tab),
  }
end

return M
