--- Checks a site that has been built: run by `sh scripts/site --check`.
--
-- Links: each leads to a file of the site, and where it names a heading or a figure, to that. Requests: nothing is
-- fetched from elsewhere. Pages: one language, one title of its own, one h1, headings without gaps, names that
-- occur once, pictures with a description, fields with a label, tables with heads. Colours: the contrast of the themes'
-- pairs is at least 4.5 (WCAG 2.1, AA), 3 for borders of fields and the like. With Chromium: site/browser.lua.
local lab = require "optlab"
local contrast = require "optlab.plot.look.contrast"
local files = require "optlab.base.files"
local paths = require "site.page.paths"

local p = lab.params {
  at = { default = "out/site", help = "the folder of the site" },
  browser = { default = true, help = "whether to open the pages in Chromium, where there is one" },
}

local problems = 0
local function problem(where, words, ...)
  problems = problems + 1
  if problems <= 60 then print(where .. ": " .. words:format(...)) end
end

-- --- files -----------------------------------------------------------------------------------------------------------

local function walk(folder, prefix, list)
  for _, name in ipairs(files.list(folder)) do
    local path = folder .. "/" .. name
    if files.kind(path) == "directory" then
      walk(path, prefix .. name .. "/", list)
    else
      list[#list + 1] = prefix .. name
    end
  end
  return list
end

local there, pages = {}, {}
for _, path in ipairs(walk(p.at, "", {})) do
  there[path] = true
  if path:match "%.html$" then pages[#pages + 1] = { path = path, html = assert(files.read(p.at .. "/" .. path)) } end
end
assert(#pages > 0, p.at .. ": there is no site; sh scripts/site builds it")

local ids = {}
for _, page in ipairs(pages) do
  local of_page = {}
  for id in page.html:gmatch '%sid="([^"]*)"' do
    if of_page[id] then problem(page.path, "the name %s occurs twice", id) end
    of_page[id] = true
  end
  ids[page.path] = of_page
end

-- --- links -----------------------------------------------------------------------------------------------------------

local function check_link(page, target)
  if target:match "^https?://" or target:match "^mailto:" then return end
  local path, name = target:match "^([^#]*)#?(.*)$"
  local file = path == "" and page.path or paths.normal(paths.folder(page.path) .. path)
  if not (file and there[file]) then
    problem(page.path, "a dead link: %s", target)
  elseif name ~= "" and not (ids[file] and ids[file][name]) then
    problem(page.path, "there is no %s in %s", name, file)
  end
end

local function check_links(page)
  for attributes in page.html:gmatch "<[%a][^>]*>" do
    for target in attributes:gmatch '%s[hs]r[ec]f?="([^"]*)"' do check_link(page, target) end
  end
end

-- --- requests --------------------------------------------------------------------------------------------------------

local FETCHING = { img = true, script = true, link = true, source = true, iframe = true, video = true, audio = true,
  image = true }

local function check_requests(page)
  for tag, attributes in page.html:gmatch "<(%a+)%s([^>]*)>" do
    local target = FETCHING[tag] and (attributes:match 'src="([^"]*)"' or attributes:match 'href="([^"]*)"')
    if target and (target:match "^%a+:" or target:match "^//") and not target:match "^data:" then
      problem(page.path, "<%s> fetches %s", tag, target)
    end
  end
end

local function check_asset(path)
  local text = files.read(p.at .. "/" .. path) or ""
  text = text:gsub('xmlns[:%w]*="[^"]*"', ""):gsub("xmlns[:%w]*='[^']*'", "")
  for what in text:gmatch "url%(([^)]*)%)" do
    if not what:match "^['\"]?[#d]" then problem(path, "fetches %s", what) end
  end
  if text:find "@import" or path:match "%.svg$" and text:find "href=['\"]https?:" then problem(path,
    "fetches something") end
end

-- --- a page's form ---------------------------------------------------------------------------------------------------

local titles = {}

local function check_head(page)
  local title = page.html:match "<title>(.-)</title>"
  if not title or title == "" then problem(page.path, "no title") end
  if titles[title] then problem(page.path, "has the title of %s: %s", titles[title], title) end
  titles[title or ""] = page.path
  if not page.html:match '<html[^>]*%slang="en"' then problem(page.path, "no language") end
  if not page.html:match '<a [^>]*class="skip"' then problem(page.path, "no link to the content") end
end

local function check_headings(page)
  local before, count = 0, 0
  for level in page.html:gmatch "<h([1-6])[%s>]" do
    level = tonumber(level)
    if level == 1 then count = count + 1 end
    if level > before + 1 then problem(page.path, "h%d follows h%d", level, before) end
    before = level
  end
  if count ~= 1 then problem(page.path, "%d headings of the first level", count) end
end

local function check_pictures(page)
  for attributes in page.html:gmatch "<img%s([^>]*)>" do
    local alt = attributes:match 'alt="([^"]*)"'
    if not alt then problem(page.path, "a picture without alt: %s", attributes) end
    if alt and #alt > 600 then problem(page.path, "a description of %d letters", #alt) end
  end
  -- A link whose only content is a picture has the picture's description for a name.
  for inner in page.html:gmatch "<a [^>]*>(%s*<img.-)</a>" do
    local words = inner:gsub("<[^>]*>", ""):gsub("%s", "")
    if words == "" and not inner:match 'alt="[^"]' then problem(page.path, "a link without a name: %s", inner) end
  end
end

local function check_controls(page)
  for attributes in page.html:gmatch "<input%s([^>]*)>" do
    local id = attributes:match 'id="([^"]*)"'
    if not (id and page.html:find(('for="%s"'):format(id), 1, true)) then problem(page.path,
      "a field without a label") end
  end
  for attributes, inner in page.html:gmatch "<button%s([^>]*)>(.-)</button>" do
    local words = inner:gsub("<[^>]*>", "")
    if words == "" and not attributes:match 'aria%-label="[^"]' then problem(page.path, "a button without a name") end
  end
  for row in page.html:gmatch "<table.-</table>" do
    if not row:find("<th", 1, true) then problem(page.path, "a table without heads") end
  end
end

-- --- contrast --------------------------------------------------------------------------------------------------------

local function luminance(hex)
  local r, g, b = hex:match "(%x%x)(%x%x)(%x%x)"
  return contrast.luminance(tonumber(r, 16), tonumber(g, 16), tonumber(b, 16))
end

local PAIRS = {
  { 4.5, { "ink", "soft", "accent", "keyword", "string", "number", "comment" }, { "paper", "panel", "raised" } },
  { 4.5, { "ink", "accent", "soft" }, { "tint" } }, { 4.5, { "ink", "soft" }, { "mark" } }, { 3, { "strong-rule" },
    { "paper", "raised", "panel" } },
}

local function check_theme(name, block)
  local colors = {}
  for variable, hex in block:gmatch "%-%-([%w-]+):%s*(#%x%x%x%x%x%x)" do colors[variable] = hex end
  for _, row in ipairs(PAIRS) do
    for _, above in ipairs(row[2]) do
      for _, below in ipairs(row[3]) do
        local ratio = contrast.ratio(luminance(assert(colors[above], above)), luminance(assert(colors[below], below)))
        if ratio < row[1] then problem("site.css", "%s on %s has a contrast of %.2f in the %s theme", above, below,
          ratio, name) end
      end
    end
  end
end

local function check_colors()
  local css = assert(files.read(p.at .. "/assets/site.css"))
  local number = 0
  for block in css:gmatch "[\n%s]:root[^{]*(%b{})" do
    number = number + 1
    if block:find("--keyword", 1, true) then check_theme("theme " .. number, block) end
  end
end

-- --- all -------------------------------------------------------------------------------------------------------------

for _, page in ipairs(pages) do
  for _, check in ipairs { check_links, check_requests, check_head, check_headings, check_pictures,
    check_controls } do check(page) end
end
for path in pairs(there) do
  if path:match "%.css$" or path:match "%.svg$" then check_asset(path) end
end
check_colors()
if p.browser then
  local paths_of_pages = {}
  for i, page in ipairs(pages) do paths_of_pages[i] = page.path end
  local folder = p.at:match "^/" and p.at or require("luv").cwd() .. "/" .. p.at
  local function report(where, words) problem(where, "%s", words) end
  local seen = require("site.browser").check(folder, paths_of_pages, report)
  if not seen then print "There is no Chromium here: the pages were not opened." end
end
print(("%d pages, %d problems"):format(#pages, problems))
if problems > 0 then os.exit(1) end
