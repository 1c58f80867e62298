--- The pictures of the site: copied, described, and drawn once more for the dark theme.
-- @module site.pictures
local dark = require "site.dark"
local files = require "optlab.base.files"
local h = require "optlab.report.page.html"

local M = {}

local BROAD = 760 -- pixels: from this width on a figure has a row for itself

-- The gnuplot script beside a picture; "" where there is none.
local function script_of(path) return files.read((path:gsub("%.%w+$", ".gp"))) or "" end

-- --- words -----------------------------------------------------------------------------------------------------------

local function unquoted(text) return (text:gsub("''", "'"):gsub("[{}]", "")) end

-- The texts of a command of a gnuplot script, each once.
local function texts_of(script, command)
  local list, seen = {}, {}
  for text in script:gmatch("\nset " .. command .. " '([^\n]-)' %l*enhanced") do
    if text ~= "" and not seen[text] then
      seen[text] = true
      list[#list + 1] = unquoted(text)
    end
  end
  return list
end

local function labels_of(script)
  local list, seen = {}, {}
  for text in script:gsub("\nset %w*title[^\n]*", ""):gmatch "title '([^\n']+)'" do
    if not seen[text] then
      seen[text] = true
      list[#list + 1] = unquoted(text)
    end
  end
  return list
end

local MOST_WORDS = 400 -- bytes

local function shortened(text)
  if #text <= MOST_WORDS then return text end
  return text:sub(1, utf8.offset(text, 0, MOST_WORDS) - 1):gsub("%s*%S*$", "") .. " …"
end

--- What a figure shows, in words: its titles, its axes, the entries of its legend.
-- @tparam string path of the .svg; the gnuplot script lies beside it
-- @tparam string name
-- @treturn string
function M.words(path, name)
  local script = script_of(path)
  local titles, parts = texts_of(script, "title"), {}
  if not path:match "%.svg$" then titles = { titles[#titles] } end -- an animation has one for each frame
  parts[1] = #titles > 0 and table.concat(titles, "; ") or "Figure " .. name
  local x, y = texts_of(script, "xlabel")[1], texts_of(script, "ylabel")[1]
  if x then parts[#parts + 1] = "across: " .. x end
  if y then parts[#parts + 1] = "upwards: " .. y end
  local lines = {}
  for _, label in ipairs(labels_of(script)) do
    if #lines < 8 then lines[#lines + 1] = label end
  end
  if #lines > 0 then parts[#parts + 1] = "shown: " .. table.concat(lines, ", ") end
  return shortened(table.concat(parts, ". "))
end

-- --- into the site ---------------------------------------------------------------------------------------------------

local function size_of(svg)
  return svg:match '<svg.-width="(%d+)"', svg:match '<svg.-height="(%d+)"'
end

-- Copies a picture, and its dark one; gives the images for both themes.
local function images(site, from, to, alt, eager)
  local svg = assert(files.read(from))
  local width, height = size_of(svg)
  local function image(path, class, words)
    return h.img { src = "site:" .. path, alt = words, width = width, height = height, class = class,
      loading = not eager and "lazy" or nil, decoding = "async" }
  end
  site:write(to, svg)
  local other = to:match "%.svg$" and dark.picture(svg, script_of(from))
  if not other then return image(to, "light", alt) end
  local dark_path = to:gsub("%.svg$", ".dark.svg")
  site:write(dark_path, other)
  return h.list(image(to, "light", alt), image(dark_path, "dark", alt))
end

local function folder_of(script) return "figures/" .. script:gsub("%.lua$", ""):gsub("/", "-") .. "/" end

-- An animation, which can be hidden.
local function animation(site, figure, to)
  site:write(to, assert(files.read(figure.path)))
  return h.figure({ id = "figure-" .. figure.name }, h.details({ class = "motion", open = true },
    h.summary("Animation: ", figure.name),
    h.img { src = "site:" .. to, alt = M.words(figure.path, figure.name), loading = "lazy" }))
end

--- A figure of a run as HTML, with its name below it.
-- @tparam table site
-- @tparam table figure {name, path}
-- @tparam string script
-- @treturn Markup
function M.figure(site, figure, script)
  local to = folder_of(script) .. figure.name .. "." .. figure.ending
  if figure.ending ~= "svg" then return animation(site, figure, to) end
  local width = tonumber((size_of(assert(files.read(figure.path))))) or 0
  return h.figure({ id = "figure-" .. figure.name, class = width >= BROAD and "broad" or nil },
    h.a({ href = "site:" .. to }, images(site, figure.path, to, M.words(figure.path, figure.name))),
    h.figcaption(figure.name))
end

--- A figure with a caption of its own.
-- @treturn Markup
function M.captioned(site, from, to, alt, caption)
  return h.figure(h.a({ href = "site:" .. to }, images(site, from, to, alt)), h.figcaption(caption))
end

--- A picture of a card, which stands beside words that say the same: without a description.
-- @treturn Markup
function M.decoration(site, from, to) return images(site, from, to, "") end

--- A picture of a Markdown page.
-- @tparam table site
-- @tparam string file of the repository
-- @tparam string alt
-- @treturn Markup
function M.of_page(site, file, alt)
  return images(site, file, "figures/files/" .. file:gsub("/", "-"), alt)
end

--- The first page's picture.
-- @treturn Markup
function M.large(site, from, to, alt) return images(site, from, to, alt, true) end

--- The picture of an experiment's card; nil without a figure.
-- @tparam table site
-- @tparam table page with `script`, and `thumbnail`, the name of a figure
-- @treturn ?Markup
function M.thumbnail(site, page)
  local figures = require("site.runs").figures(page.script)
  local figure = figures[1]
  for _, one in ipairs(figures) do
    if one.name == page.thumbnail then figure = one end
    if figure.ending ~= "svg" and not page.thumbnail then figure = one end
  end
  if not (figure and figure.ending == "svg") then return nil end
  return M.decoration(site, figure.path, folder_of(page.script) .. figure.name .. ".svg")
end

return M
