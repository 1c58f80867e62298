--- The key of a panel: what the legend's plan (optlab.plot.gnuplot.legend) becomes in gnuplot's commands.
-- @module optlab.plot.gnuplot.panel.key
local layout = require "optlab.plot.gnuplot.layout"
local legend = require "optlab.plot.gnuplot.legend"
local number = require "optlab.plot.gnuplot.number"
local text = require "optlab.plot.gnuplot.text"

local M = {}

local fmt = number.format

-- What a legend should stay clear of.
local function obstacles(panel)
  local curves = {}
  for _, el in ipairs(panel.fig.elements) do
    local from = #curves + 1
    if el.kind == "curve" then
      curves[#curves + 1] = { x = el.x, y = el.y, joined = el.dash ~= nil, weight = 1 }
    elseif el.kind == "band" then
      curves[#curves + 1] = { x = el.x, y = el.lo, joined = true, weight = 0.4 }
      curves[#curves + 1] = { x = el.x, y = el.hi, joined = true, weight = 0.4 }
    elseif el.kind == "bars" then
      curves[#curves + 1] = { x = el.x, y = el.height, joined = true, weight = 0.7 }
    end
    for _, curve in ipairs(el.hides or {}) do curves[#curves + 1] = curve end
    for i = from, el.twin and #curves or 0 do curves[i].view = panel.second_view end
  end
  return curves
end

-- A plan for the legend; see optlab.plot.gnuplot.legend. In space nobody knows what it would hide: it must be small.
local function plan_legend(panel, labels, choice, boxes, room)
  local view, plan = panel.view, nil
  if choice == "auto" and view then
    plan = legend.inside(labels, view, obstacles(panel), boxes)
  elseif choice == "auto" then
    plan = legend.at(labels, "inside right top", room.width * 0.5, room.height * 0.3, true)
  elseif choice:find("^inside") then
    local width, height = view and view.width or room.width * 0.8, view and view.height or room.height * 0.8
    plan = legend.at(labels, choice, width, height)
  end
  if plan then return plan end
  if panel.place then return legend.at(labels, "inside right top", view.width, view.height) or legend.tiny(labels) end
  return legend.outside(labels, room, {
    beside = choice ~= "below" and not panel.bar, below = choice ~= "outside right top",
  })
end

local function remark_legend(panel, plan, count)
  local lost = {}
  if (plan.cut or 0) > 0 then lost[#lost + 1] = ("%d of %d labels are cut"):format(plan.cut, count) end
  if (plan.left_out or 0) > 0 then lost[#lost + 1] = ("%d of %d are left out"):format(plan.left_out, count) end
  if #lost > 0 then
    panel:remark("the legend does not fit: %s; take shorter labels or a larger size", table.concat(lost, ", "))
  end
end

-- gnuplot gives the legend below the frame too little room beside the x label.
local function make_room_below(panel, plan)
  local lines = plan.rows * plan.size.spacing * plan.size.font / layout.FONT_SIZE
  if panel.bottom then
    local room = panel.bottom + plan.rows * 1.5 * plan.size.font * plan.size.spacing + 8
    panel.bottom = room
    return panel:set("bmargin at screen %s", fmt(panel.cell.bottom + room / panel.height * panel.cell.height))
  end
  local axis_lines = 2.4 + 1.2 * (panel.lines.x or 0)
  panel:set("bmargin %s", fmt(math.ceil(10 * (lines + axis_lines)) / 10))
end

-- Labels below the frame go row by row: gnuplot limits the rows of columns by the frame's height.
local function arrangement(plan)
  if plan.place == "below" then return ("horizontal maxcols %d"):format(plan.columns) end
  return ("vertical maxrows %d"):format(plan.rows)
end

-- Columns inside the frame, if there are to be several.
local function columns_of(labels, plan)
  if not labels.cols then return "" end
  local lines = 0
  for _, label in ipairs(plan.labels) do lines = lines + #label.lines end
  return (" vertical maxrows %d"):format(math.ceil(lines / labels.cols))
end

--- Sets the key of a panel and the titles of its elements.
-- @tparam table panel
-- @tparam {table,...} boxes of text that it should not hide
-- @tparam table room as of legend.outside
function M.set(panel, boxes, room)
  local labels, choice = legend.labels(panel.fig), panel.fig.opts.legend
  local place = panel.place
  if #labels == 0 or choice == "none" or (place and not place.key) then return panel:unset "key" end
  local plan = plan_legend(panel, labels, choice, boxes, room)
  local inside = plan.place:find("^inside") ~= nil
  panel.legend_place, panel.frame = plan.place, plan.frame
  for _, label in ipairs(labels) do panel.titles[label.el] = {} end
  for _, label in ipairs(plan.labels) do panel.titles[label.el] = label.lines end
  panel:set("key %s width %s%s", plan.place, fmt(legend.width_correction(plan.labels)),
    inside and columns_of(labels, plan) or " nobox noopaque " .. arrangement(plan))
  if labels.title then panel:set("key title %s left", text.marked(labels.title.words, labels.title.markup)) end
  if plan.size.font ~= layout.FONT_SIZE then
    panel:set("key %s spacing %s", panel:font(plan.size.font), fmt(plan.size.spacing))
  end
  if plan.place == "below" and panel.view then make_room_below(panel, plan) end
  local grey = legend.backdrop(plan.labels, panel.look.paper)
  if grey then
    panel:set("key opaque fillcolor rgb '#%02x%02x%02x' textcolor rgb '%s'", grey, grey, grey,
      grey < 128 and "#ffffff" or "#000000")
  end
  remark_legend(panel, plan, #labels)
end

return M
