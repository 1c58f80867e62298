--- Builds the site in out/site: run by scripts/site.
--
-- First the scripts whose figures and numbers the pages show are run (site/runs.lua). Then every part adds its pages to
-- `site`, pandoc turns their texts into HTML, links are led to pages, and the frame is put around them.
local lab = require "optlab"
local convert = require "site.page.convert"
local docs = require "site.parts.docs"
local experiments = require "site.parts.experiments"
local files = require "optlab.base.files"
local frame = require "site.page.frame"
local home = require "site.parts.home"
local links = require "site.page.links"
local paths = require "site.page.paths"
local reference = require "site.parts.reference"
local runs = require "site.runs"
local search = require "site.page.search"

local p = lab.params {
  to = { default = "out/site", help = "the folder that is made" },
  fresh = { default = false, help = "run the experiments again, whether or not they have changed" },
  jobs = { default = 2, min = 1, help = "experiments that run at the same time" },
}

local function say(line) io.stderr:write(line, "\n") end

-- --- the site --------------------------------------------------------------------------------------------------------

local site = {
  pages = {}, tabs = {}, by_source = {}, anchors = {}, callees = {}, files = {}, written = {},
}

--- Adds a page: {path =, title =, markdown = or make = a function that gives it, ...}.
function site:add(page)
  assert(not self.files[page.path], page.path .. ": two pages")
  self.files[page.path] = true
  self.pages[#self.pages + 1] = page
  return page
end

--- Writes a file below the folder of the site, once.
function site:write(path, text)
  if self.written[path] then return end
  self.written[path], self.files[path] = true, true
  local to = p.to .. "/" .. path
  assert(files.make_folder((to:match "^(.*)/")))
  assert(files.replace(to, text))
end

--- A picture of the repository, copied; the path that it has on the site.
function site:picture(file)
  local text = files.read(file)
  if not text then return nil end
  local to = "figures/files/" .. file:gsub("/", "-")
  self:write(to, text)
  return to
end

local function add_tab(title, folder, about)
  local tab = { title = title, nodes = {}, about = about }
  tab.page = site:add { path = folder .. "/index.html", title = title, tab = tab, about = about, wide = true }
  site.tabs[#site.tabs + 1] = tab
  return tab
end

local function index_of(tab, pages, sentence)
  tab.page.make = function() return ("# %s\n\n%s\n\n%s\n"):format(tab.page.title, sentence, docs.list(pages)) end
end

local function add_docs_tab(title, folder, about)
  local tab = add_tab(title, folder, about)
  index_of(tab, docs.add(site, tab, folder), about)
end

local function add_project(tab)
  local list = {}
  for _, row in ipairs { { "CONTRIBUTING.md", "contributing" }, { "CHANGELOG.md", "changelog" } } do
    local text = assert(files.read(row[1]))
    local page = site:add { path = "explanation/" .. row[2] .. ".html", source = row[1], markdown = text, tab = tab,
      title = docs.title(text), about = docs.about(text), crumbs = { tab.page } }
    site.by_source[row[1]] = page
    table.insert(tab.nodes, { title = page.title, page = page })
    list[#list + 1] = page
  end
  return list
end

local function add_explanation()
  local tab = add_tab("Explanation", "explanation", "How optlab works and why it is made this way.")
  local pages = docs.add(site, tab, "explanation")
  table.move(add_project(tab), 1, 2, #pages + 1, pages)
  index_of(tab, pages, tab.about)
end

local function add_reference()
  local tab = add_tab("Reference", "reference",
    "Every function, layer, optimizer and schedule with its equations, arguments and defaults.")
  local pages = docs.add(site, tab, "reference", reference.MADE)
  local made = reference.add(site, tab)
  index_of(tab, table.move(made, 1, #made, #pages + 1, pages), tab.about)
end

-- Headings of pages in docs/, for links from elsewhere.
local function note_anchors()
  for _, page in ipairs(site.pages) do
    if page.source and page.markdown and site.by_source[page.source] == page then
      for heading in page.markdown:gmatch "\n##+ ([^\n]+)" do
        local anchor = paths.anchor(heading)
        local key = page.source .. "#" .. anchor
        site.anchors[key] = site.anchors[key] or page.path .. "#" .. anchor
      end
    end
  end
end

local function add_all()
  add_docs_tab("Tutorials", "tutorial", "Step by step, from the first descent to a sweep that compares optimizers.")
  add_docs_tab("How-to guides", "howto", "Directions for one task each.")
  local tab = add_tab("Experiments", "experiments", "Scripts with their question, figures, numbers and code.")
  add_reference()
  add_explanation()
  experiments.add(site, tab)
  home.add(site)
  note_anchors()
end

-- --- steps -----------------------------------------------------------------------------------------------------------

local function run_scripts()
  local scripts = experiments.scripts()
  table.insert(scripts, 1, reference.OPTIMIZERS)
  table.insert(scripts, 2, reference.SCHEDULES)
  local problems = runs.all(scripts, { fresh = p.fresh, jobs = p.jobs, say = say, sources = reference.SOURCES })
  for _, problem in ipairs(problems) do say(problem) end
  if #problems > 0 then os.exit(1) end
end

local function write_pages()
  local texts, lost = {}, {}
  for i, page in ipairs(site.pages) do texts[i] = page.markdown or page.make() end
  for i, html in ipairs(convert.all(texts)) do
    local page = site.pages[i]
    local html_lost
    page.html, html_lost = links.rewrite(site, page, html)
    for _, target in ipairs(html_lost) do lost[target] = page.source or page.path end
  end
  for _, page in ipairs(site.pages) do site:write(page.path, frame.make(site, page)) end
  return lost
end

local function write_assets()
  for _, name in ipairs { "site.css", "site.js", "theme.js" } do
    site:write("assets/" .. name, assert(files.read("site/page/" .. name)))
  end
  local icon = frame.LOGO.text:gsub("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ')
  site:write("assets/icon.svg", (icon:gsub("currentColor", "#1257a0")))
  site:write("assets/search-index.js", search.script(site.pages))
end

-- Removes the site of an earlier build, and nothing else.
local function clear()
  local kind = files.kind(p.to)
  if kind and not files.kind(p.to .. "/assets/search-index.js") and #files.list(p.to) > 0 then
    say(("--to %s: there is something else than a site; remove it, or name another folder"):format(p.to))
    os.exit(1)
  end
  if kind then os.execute(("rm -rf '%s'"):format((p.to:gsub("'", "'\\''")))) end
end

local began = os.time()
clear()
run_scripts()
add_all()
local lost = write_pages()
write_assets()
for target, from in pairs(lost) do say(("no page for %s (in %s): it is text now"):format(target, from)) end
print(("%d pages in %s, made in %d s"):format(#site.pages, p.to, os.time() - began))
