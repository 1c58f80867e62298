--- A chart as markup: a picture that needs no script, its axes as text beside it, and the key.
--
-- The picture is stretched to its place; the texts of the axes are not, so they can be read on a phone.
-- @module optlab.report.chart.picture
local axes = require "optlab.report.chart.axes"
local h = require "optlab.report.page.html"
local path = require "optlab.report.chart.path"
local style_of = require "optlab.report.chart.style"
local values = require "optlab.compare.values"

local M = {}

local MANY = 12 -- lines; more of them are drawn thinner

-- --- axes -----------------------------------------------------------------------------------------------------------

local function percent(position, whole)
  return ("%.4g%%"):format(100 * position / whole)
end

local function grid(axis)
  local parts = {}
  for i, mark in ipairs(axis.marks) do parts[i] = ("M0 %dh%d"):format(axes.down(axis, mark[1]), axes.WIDTH) end
  return h.path { class = "grid", d = table.concat(parts) }
end

local function y_texts(axis)
  local texts = {}
  for i, mark in ipairs(axis.marks) do
    local down = percent(axes.down(axis, mark[1]), axes.HEIGHT)
    texts[i] = h.text({ x = "100%", y = down, dx = -8, dy = ".32em" }, mark[2])
  end
  return texts
end

local function x_texts(axis, name)
  local texts = {}
  for i, mark in ipairs(axis.marks) do
    texts[i] = h.text({ x = percent(axes.across(axis, mark[1]), axes.WIDTH), y = 16 }, mark[2])
  end
  texts[#texts + 1] = h.text({ x = "50%", y = 36, class = "axis" }, name .. (axis.common and " " .. axis.common or ""))
  return texts
end

-- --- lines ----------------------------------------------------------------------------------------------------------

local function single_lines(drawing, axis)
  local parts = {}
  for i, line in ipairs(drawing.lines) do
    parts[i] = h.path { class = "line " .. style_of.classes(line.style), d = path.line(drawing.x, axis, line.x, line.y),
      ["data-i"] = i - 1 }
  end
  return parts
end

-- Bands below, single runs above them, medians on top.
local function grouped_lines(drawing, axis)
  local parts = {}
  local function add(class, group, d, i)
    parts[#parts + 1] = h.path { class = class .. " " .. style_of.classes(group.style), d = d, ["data-i"] = i }
  end
  local groups = drawing.ways[drawing.way].groups
  for _, group in ipairs(groups) do
    if #group.members > 1 then add("band", group, path.area(drawing.x, axis, group.band)) end
  end
  for _, group in ipairs(groups) do
    for _, i in ipairs(#group.members > 1 and group.members or {}) do
      local line = drawing.lines[i]
      add("thin", group, path.line(drawing.x, axis, line.x, line.y))
    end
  end
  for i, group in ipairs(groups) do
    add("line", group, path.line(drawing.x, axis, group.band.x, group.band.median), i - 1)
  end
  return parts
end

-- --- the key ---------------------------------------------------------------------------------------------------------

-- The last value that can be shown.
local function last(list)
  return list[#list]
end

local function swatch(style)
  return h.svg({ class = "swatch", width = 28, height = 10, ["aria-hidden"] = "true" },
    h.path { class = "line " .. style_of.classes(style), d = "M1 5h26" })
end

local function key_row(label, more, value, style)
  return h.li(swatch(style), h.span({ class = "label" }, label, more and h.span({ class = "soft" }, " ", more)),
    h.span({ class = "value" }, value))
end

local function key(drawing)
  local rows = {}
  if drawing.way == 0 then
    for i, line in ipairs(drawing.lines) do
      rows[i] = key_row(line.label, nil, values.measured(last(line.y)), line.style)
    end
  else
    for i, group in ipairs(drawing.ways[drawing.way].groups) do
      local n = #group.members
      rows[i] = key_row(group.label, values.count(n, "run"), values.measured(last(group.band.median)), group.style)
    end
  end
  return h.ul({ class = "key" }, rows)
end

-- --- the whole -------------------------------------------------------------------------------------------------------

local function spoken(drawing)
  local what = ("%s over %s, "):format(drawing.quantity, drawing.x_name)
  if drawing.way == 0 then return what .. values.count(#drawing.lines, "line") end
  return what .. ("%s of %s"):format(values.count(#drawing.ways[drawing.way].groups, "group"),
    values.count(#drawing.lines, "run"))
end

local function notes(drawing)
  local parts = {}
  for _, line in ipairs(drawing.lines) do
    if line.diverged then
      parts[1] = "Runs that diverged leave the picture or end in it."
      break
    end
  end
  return #parts > 0 and h.p({ class = "note" }, table.concat(parts, " ")) or nil
end

--- A chart.
-- @tparam table drawing
-- @treturn Markup
function M.chart(drawing)
  local axis = drawing.log_first and drawing.log or drawing.linear
  local lines = drawing.way == 0 and single_lines(drawing, axis) or grouped_lines(drawing, axis)
  local title = h.h3({ id = drawing.id .. "-title" }, drawing.quantity,
    drawing.name and h.span({ class = "soft" }, " of ", drawing.name))
  return h.figure({ class = "chart", id = drawing.id, ["aria-labelledby"] = drawing.id .. "-title" },
    h.figcaption(title),
    h.div({ class = "plot" },
      h.svg({ class = "ys", ["aria-hidden"] = "true" }, y_texts(axis)),
      h.div({ class = "area" },
        h.svg({ class = "picture", viewBox = ("0 0 %d %d"):format(axes.WIDTH, axes.HEIGHT), role = "img",
          preserveAspectRatio = "none", ["aria-label"] = spoken(drawing) },
          grid(axis), h.g({ class = #drawing.lines > MANY and "lines many" or "lines" }, lines))),
      h.svg({ class = "xs", ["aria-hidden"] = "true" }, x_texts(drawing.x, drawing.x_name)),
      h.p({ class = "scale" }, (axis.log and "logarithmic scale" or "linear scale")
        .. (axis.common and ", values " .. axis.common or ""))),
    key(drawing), notes(drawing))
end

return M
