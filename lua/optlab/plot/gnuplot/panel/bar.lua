--- The colour bar of a panel: where it stands, its name, the room that it takes.
-- @module optlab.plot.gnuplot.panel.bar
local axis = require "optlab.plot.gnuplot.axis"
local layout = require "optlab.plot.gnuplot.layout"
local number = require "optlab.plot.gnuplot.number"
local sizes = require "optlab.plot.gnuplot.sizes"
local text = require "optlab.plot.gnuplot.text"

local M = {}

local fmt = number.format

local CELLS = 32

-- gnuplot draws a bar in cells that only touch. Where a viewer of pdf, eps or tex smooths their edges paper would show
-- between them, so the same colours lie below the bar, in cells that overlap.
local function underlay(panel, system, box)
  local left, bottom, width, height = table.unpack(box)
  local count = panel.steps or panel.scale.count or CELLS
  local function corner(x, cell)
    return ("%s %s,%s+%s*%s"):format(system, fmt(x), fmt(bottom), cell, fmt(height / count))
  end
  panel.settings[#panel.settings + 1] = ("if (strstrt('pdf eps tex', format)) do for [i=0:%d] { \\\n"
    .. "  set object 1000+i rectangle from %s to %s behind noclip \\\n"
    .. "  fillcolor palette frac (i+0.5)/%d fillstyle solid noborder }"):format(count - 1, corner(left, "i"),
    corner(left + width, ("(i<%d?i+2:%d)"):format(count - 2, count)), count)
end

--- Draws the bar in a part of the canvas.
-- @tparam table panel with a scale
-- @tparam {number,number,number,number} box left, bottom, width, height
function M.place(panel, box)
  panel:set("colorbox user origin screen %s,%s size screen %s,%s", fmt(box[1]), fmt(box[2]), fmt(box[3]), fmt(box[4]))
  underlay(panel, "screen", box)
end

--- The name of a bar.
-- @tparam table panel
-- @treturn ?string a gnuplot string, nil where there is none
function M.name(panel)
  local scale = panel.scale
  local words, markup = axis.words(scale.label, panel.common.cb), scale.markup
  if markup == nil then markup = panel.fig.opts.enhanced end
  return words and text.marked(words, markup)
end

--- Writes the name of a bar, upright, with its middle at a point in parts of the canvas.
function M.label(panel, x, y)
  local name = M.name(panel)
  if not name then return end
  panel:label(("%s at screen %s,%s center rotate by 90 textcolor rgb ink %s"):format(name, fmt(x), fmt(y),
    panel:font(layout.FONT_SIZE)))
end

-- At the right end of the cell; the surface lies left of it and takes nine tenths of the room that it is given.
local function beside_surface(panel, width, cell)
  local texts = sizes.MARKS + panel.widest.cb + 11 -- svg sets them farther away than others do
  local left = width - texts - (M.name(panel) and sizes.LINE + 4 or 0) - sizes.BAR
  local function screen(x) return cell.left + x / width * cell.width end
  local bottom, height = cell.bottom + 0.46 * cell.height, 0.32 * cell.height
  M.place(panel, { screen(left), bottom, screen(sizes.BAR) - cell.left, height })
  M.label(panel, screen(left + sizes.BAR + texts + sizes.LINE / 2), bottom + height / 2)
  panel:set("rmargin at screen %s", fmt(math.min(screen(20 + (left - sizes.GAP - 20) / 0.9), cell.left + cell.width)))
  panel.bar = width - left
end

-- Where gnuplot draws a bar of its own accord, in parts of the frame.
local BESIDE_FRAME = { 1.025, 0, 0.05, 1 }

local function beside_frame(panel, width)
  local name = M.name(panel)
  panel:set "colorbox"
  underlay(panel, "graph", BESIDE_FRAME)
  if name then panel:set("cblabel %s offset 1,0", name) end
  -- gnuplot leaves room for the bar, a share of the width, and not for its texts.
  local margin = math.max(8, panel.widest.cb + (name and 40 or 16) - 0.05 * width)
  panel.bar = margin + 14 + 0.0875 * width
  panel:set("rmargin %s", fmt(math.ceil(margin / 0.8) / 10))
end

--- Sets the bar of a panel's colour scale, if there is to be one, with its name; panel.bar is the room that it takes
-- beside the frame where gnuplot places that.
-- @tparam table panel
-- @number width of the panel in pixels
-- @tparam table cell {left =, bottom =, width =, height =}: the panel in parts of the canvas
function M.set(panel, width, cell)
  local scale, place = panel.scale, panel.place
  if not scale then return end
  if not scale.bar or (place and not place.bar) then return panel:unset "colorbox" end
  if place then
    M.place(panel, place.bar)
    return M.label(panel, place.bar_label[1], place.bar_label[2])
  end
  if panel.fig.solid then beside_surface(panel, width, cell) else beside_frame(panel, width) end
end

return M
