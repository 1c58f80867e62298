--- The figures that runs drew themselves, inside the page.
--
-- A figure is an image of its own document: nothing in it runs, and it reaches nothing else.
-- @module optlab.report.sections.figures
local base64 = require "optlab.report.page.base64"
local files = require "optlab.base.files"
local h = require "optlab.report.page.html"
local source = require "optlab.report.source"
local values = require "optlab.compare.values"

local M = {}

-- An SVG as the address of an image: signs that would end the address or the attribute are spelled out.
local function svg_address(text)
  text = text:gsub(">%s+<", "><"):gsub("[%%#\"<>&\n\r\t]", function(sign) return ("%%%02X"):format(sign:byte()) end)
  return "data:image/svg+xml," .. text
end

local function as_base64(kind)
  return function(text) return "data:image/" .. kind .. ";base64," .. base64.encode(text) end
end

local ADDRESS = { svg = svg_address, png = as_base64 "png", gif = as_base64 "gif", webp = as_base64 "webp" }

--- The names of a run's figures; of one that was drawn in two formats the first.
-- @tparam Run run
-- @treturn {string,...}
function M.names(run)
  local names, has = {}, {}
  for _, format in ipairs { "svg", "png", "gif", "webp" } do
    for _, name in ipairs(files.list(run.path, "%." .. format .. "$")) do
      local stem = name:match "^(.*)%."
      if not has[stem] then names[#names + 1] = name end
      has[stem] = true
    end
  end
  return names
end

--- The figures that fit into a page, round by round: the first of every run, the second of every run.
-- @tparam {Run,...} runs
-- @tparam integer most bytes of all of them
-- @treturn {[Run]={table,...},...} of each run {name =, size =, address = or nil where there is no room}
function M.choose(runs, most)
  local chosen, names, longest = {}, {}, 0
  for _, run in ipairs(runs) do
    chosen[run], names[run] = {}, M.names(run)
    longest = math.max(longest, #names[run])
  end
  for k = 1, longest do
    for _, run in ipairs(runs) do
      local name = names[run][k]
      local size = name and source.size(run.path, name)
      if size then
        local text = source.read(run.path, name, math.min(most, size))
        local address = text and ADDRESS[name:match("%w+$")](text)
        if address and #address > most then address = nil end
        most = most - (address and #address or 0)
        table.insert(chosen[run], { name = name, size = size, address = address })
      end
    end
  end
  return chosen
end

--- The block of a run's figures.
-- @tparam {table,...} chosen
-- @tparam boolean open whether it is unfolded from the start
-- @treturn ?Markup nil where there is none
function M.make(chosen, open)
  local pictures, left_out = {}, {}
  for _, figure in ipairs(chosen) do
    if figure.address then
      pictures[#pictures + 1] = h.figure(
        h.img { src = figure.address, alt = "Figure " .. figure.name, loading = "lazy" },
        h.figcaption(figure.name))
    else
      left_out[#left_out + 1] = ("%s (%s)"):format(figure.name, values.size(figure.size))
    end
  end
  if #chosen == 0 then return nil end
  return h.details({ open = open, class = "figures" }, h.summary("Figures ", h.span({ class = "soft" }, #chosen)),
    h.div({ class = "gallery" }, pictures),
    #left_out > 0 and h.p({ class = "note" },
      "Not in this page, which would become too large: ", table.concat(left_out, ", "), "."))
end

return M
