--- The axes of a panel: their marks and labels, and the room that these leave for the frame.
-- @module optlab.plot.gnuplot.panel.axes
local axis = require "optlab.plot.gnuplot.axis"
local layout = require "optlab.plot.gnuplot.layout"
local number = require "optlab.plot.gnuplot.number"
local sizes = require "optlab.plot.gnuplot.sizes"
local style = require "optlab.plot.gnuplot.style"
local text = require "optlab.plot.gnuplot.text"

local M = {}

local fmt = number.format

-- Whether the texts of an axis have a size or a direction that gnuplot does not count when it computes margins.
local function is_crowded(panel, name)
  return (name == "x" or name == "y") and (panel.small[name] or (name == "x" and panel.widest.deep ~= nil))
end

-- What the texts of an axis take from the frame on.
local function texts_outside(panel, name)
  if name == "y" then return sizes.MARKS + 8 + panel.widest.y end
  return sizes.MARKS + 14 + (panel.widest.deep or layout.FONT_SIZE) -- svg sets them lower than others do
end

-- Where the label of such an axis stands: beyond the texts, or at the left end of the picture.
local function own_place(panel, name)
  local half, outside = panel.lines[name] * sizes.LINE / 2, texts_outside(panel, name)
  local place, cell = panel.place, panel.cell
  if place then return "graph " .. fmt(-(outside + half) / (name == "y" and place.width or place.height)) end
  if name == "y" then return "screen " .. fmt(cell.left + (half + 3) / panel.width * cell.width) end
  return "screen " .. fmt(cell.bottom + (panel.bottom - outside - half) / panel.height * cell.height)
end

local function own_labels(panel)
  local look = "textcolor rgb ink " .. panel:font(layout.FONT_SIZE)
  local x, y = panel.own.x, panel.own.y
  if x then panel:label(("%s at graph 0.5,%s center %s"):format(x, own_place(panel, "x"), look)) end
  if y then panel:label(("%s at %s,graph 0.5 center rotate by 90 %s"):format(y, own_place(panel, "y"), look)) end
end

-- The margins beside such texts, where gnuplot would compute them.
local function own_margins(panel)
  local view, cell = panel.view, panel.cell
  for _, name in ipairs { "x", "y" } do
    local side = name == "x" and "bottom" or "left"
    if is_crowded(panel, name) and not panel.hidden[name] then
      local outside = texts_outside(panel, name) + (panel.lines[name] or 0) * sizes.LINE + 4
      view:shrink(side, outside - view.room[side])
      if name == "x" then panel.bottom = outside end
      local share = name == "x" and outside / panel.height * cell.height or outside / panel.width * cell.width
      panel:set("%smargin at screen %s", side:sub(1, 1), fmt(cell[side] + share))
    end
  end
end

local MOST_LABEL = 60 -- pixels that the lines of an axis's label may take

-- The label of an axis, with the part that was taken out of the texts of its marks, in as many lines as it needs.
local function axis_label(panel, name, label, room, more, markup)
  if panel.place and panel.place.hidden[name] then return end
  local words = axis.words(label, panel.common[name])
  if not words then return end
  if markup == nil then markup = panel.fig.opts.enhanced end
  local cut
  words, cut = text.fitted(words, markup, room, layout.FONT_SIZE, MOST_LABEL)
  if cut then panel:remark("the label of the %s axis is cut: take a shorter one or a larger size", name) end
  panel.lines[name] = select(2, words:gsub("\n", "")) + 1
  if is_crowded(panel, name) then
    panel.own[name] = text.marked(words, markup)
    return
  end
  panel:set("%slabel %s%s", name, text.marked(words, markup), more or "")
end

-- The axis on the right.
local function second_axis(panel, room, length)
  local opts, color = panel.fig.opts, ""
  if opts.y2color then
    local own, cycle = style.colorspec(opts.y2color)
    color = " textcolor " .. (own or "linetype " .. cycle)
  end
  panel:set("border 11")
  panel:set("y2tics%s", color)
  axis.set(panel, "y2", room)
  axis_label(panel, "y2", opts.y2label, length, color, opts.y2enhanced)
end

-- The plotting area, which the texts of the y axes and a colour bar make smaller.
local function set_view(panel, width, height)
  local fig, place, x, y = panel.fig, panel.place, panel.limits.x, panel.limits.y
  if place then
    panel.view = layout.frame(fig.opts, place.width, place.height, x, y)
  else
    local right = fig.twin and panel.widest.y2 + (fig.opts.y2label and 50 or 28) or panel.bar
    panel.view = layout.view(fig.opts, width, height, x, y, right, panel.hidden.y and 0 or panel.widest.y)
  end
  if fig.twin then panel.second_view = panel.view:with_y(panel.limits.y2) end
end

local WIDEST = 0.4 -- the part of the width or the height that texts of marks may take

-- Room for texts that reach beyond the left end of the frame, and for crowded ones.
local function make_room(panel)
  local view, cell, half = panel.view, panel.cell, (panel.widest.x or 0) / 2 + 4
  if panel.place then return end
  own_margins(panel)
  if panel.hidden.x or half <= view.room.left then return end
  panel:set("lmargin at screen %s", fmt(cell.left + half / panel.width * cell.width))
  view:shrink("left", half - view.room.left)
end

-- Marks and label of the x axis, which wait until it is known what a legend beside the frame leaves them.
local function x_axis(panel, length)
  local settings, remarks = panel.settings, panel.remarks
  panel.settings, panel.remarks = {}, {}
  axis.set(panel, "x", {
    most = math.max(2, panel.width // 60), length = math.min(panel.width - 90, length), along = length,
    across = WIDEST * panel.height,
  })
  axis_label(panel, "x", panel.fig.opts.xlabel, panel.width - 50)
  panel.waiting = { settings = panel.settings, remarks = panel.remarks }
  panel.settings, panel.remarks = settings, remarks
  make_room(panel)
end

--- Marks and labels of the axes of a flat figure. The texts of x have the room that those beside the frame leave.
-- @tparam table panel gets its view
function M.flat(panel)
  local width, height = panel.width, panel.height
  local opts = panel.fig.opts
  local upright = {
    most = math.max(2, (height - 60) // 34), powers = math.max(2, (height - 60) // 20),
    along = math.max(40, height - 60), across = WIDEST * width,
  }
  axis.set(panel, "y", upright)
  axis_label(panel, "y", opts.ylabel, height - 30)
  if panel.fig.twin then second_axis(panel, upright, height - 30) end
  set_view(panel, width, height)
  x_axis(panel, panel.view.width)
end

--- Adds the x axis, with less room than was thought if there is a legend beside the frame.
-- @tparam table panel
function M.finish(panel)
  if panel.frame and panel.frame < panel.view.width then x_axis(panel, panel.frame) end
  for name, list in pairs(panel.waiting) do table.move(list, 1, #list, #panel[name] + 1, panel[name]) end
  own_labels(panel)
end

--- Marks and labels in space, where lines of text run obliquely and have less room.
-- @tparam table panel
function M.solid(panel)
  local opts = panel.fig.opts
  for _, name in ipairs { "x", "y", "z" } do
    axis.set(panel, name, { most = 6 })
    axis_label(panel, name, opts[name .. "label"], math.huge, name == "z" and " rotate parallel" or nil)
  end
end

return M
