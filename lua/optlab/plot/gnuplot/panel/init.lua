--- One figure as gnuplot commands: its datablocks, its settings and its plot command.
-- A script holds one panel, or one for each figure of a grid.
-- @module optlab.plot.gnuplot.panel
local axes = require "optlab.plot.gnuplot.panel.axes"
local axis = require "optlab.plot.gnuplot.axis"
local bar = require "optlab.plot.gnuplot.panel.bar"
local colorbar = require "optlab.plot.gnuplot.panel.colorbar"
local elements = require "optlab.plot.gnuplot.elements"
local key = require "optlab.plot.gnuplot.panel.key"
local layout = require "optlab.plot.gnuplot.layout"
local number = require "optlab.plot.gnuplot.number"
local style = require "optlab.plot.gnuplot.style"
local text = require "optlab.plot.gnuplot.text"
local visibility = require "optlab.plot.gnuplot.visibility"

local Panel = {}
Panel.__index = Panel

local fmt = number.format

--- Adds a datablock.
-- @string kind the first part of its name
-- @tparam {string,...} rows
-- @treturn string its name
function Panel:block(kind, rows)
  self.counts[kind] = (self.counts[kind] or 0) + 1
  local name = "$" .. self.prefix .. kind .. self.counts[kind]
  local out = self.blocks
  out[#out + 1] = name .. " << EOD"
  table.move(rows, 1, #rows, #out + 1, out)
  out[#out + 1] = "EOD"
  return name
end

--- Adds a command before the plot.
function Panel:set(command, ...)
  self.settings[#self.settings + 1] = "set " .. string.format(command, ...)
end

--- Takes a setting away before the plot.
function Panel:unset(what)
  self.settings[#self.settings + 1] = "unset " .. what
end

--- Adds an item to the plot command.
-- @tparam ?table el whose title the legend shows beside it; nil for an item without one
-- @string source a datablock and its columns, or "keyentry"
-- @string look how it is drawn: what stands after `with`
function Panel:draw(el, source, look)
  local system = self.second and source ~= "keyentry" and " axes x1y2" or ""
  self:item(("%s%s with %s %s"):format(source, system, look, el and self:title(el) or "notitle"))
  if el and not self.samples[el] then self.samples[el] = look end
end

--- The limits of the axis that an element lies along.
-- @string name "x" or "y"
-- @treturn table {lo, hi, log =}
function Panel:limits_of(name)
  return self.limits[self.second and name == "y" and "y2" or name]
end

--- Adds an item to the plot command as it is.
function Panel:item(item)
  self.items[#self.items + 1] = item
end

--- The colour of a value on the colour scale.
-- @number v
-- @treturn string "#rrggbb"
function Panel:shade(v)
  return colorbar.shade(self.scale, v)
end

--- Notes down what the user is to be told about the figure.
function Panel:remark(message, ...)
  self.remarks[#self.remarks + 1] = message:format(...)
end

local function title_of(line)
  return "title " .. text.marked(line.words, line.markup)
end

--- An element's title in the legend: "title 'x' noenhanced" or "notitle".
function Panel:title(el)
  local lines = self.titles[el]
  return lines and lines[1] and title_of(lines[1]) or "notitle"
end

--- Adds the further lines of an element's title.
function Panel:continue_title(el)
  local lines = self.titles[el] or {}
  for i = 2, #lines do self:item("keyentry " .. title_of(lines[i])) end
end

--- A size of a text, 12 being that of axes and titles, as gnuplot takes it: "font ',12'".
function Panel:font(size)
  return ("font ',%s'"):format(fmt(size * self.look.scale))
end

--- Adds a label.
function Panel:label(command)
  self.label_count = self.label_count + 1
  self:set("label %d %s", self.label_count, command)
end

--- Whether a small label at (x, y) stays inside the frame and away from those placed before; takes the place if so.
-- @number x data
-- @number y data
-- @tparam {table,...} taken places so far, in pixels
-- @treturn boolean
function Panel:is_free(x, y, taken)
  local px, py = self.view:pixel(x, y)
  if px < 20 or px > self.view.width - 20 or py < 10 or py > self.view.height - 10 then return false end
  for _, place in ipairs(taken) do
    if math.abs(px - place[1]) < 42 and math.abs(py - place[2]) < 18 then return false end
  end
  taken[#taken + 1] = { px, py }
  return true
end

--- Which corner of the base is farthest from the eye.
-- @treturn boolean whether it is at the high end of x
-- @treturn boolean whether it is at the high end of y
function Panel:far_corner()
  local x, y = self.limits.x, self.limits.y
  local quarter = math.floor(self.turn % 360 / 90)
  return (quarter >= 2) ~= (x[1] > x[2]), (quarter == 0 or quarter == 3) ~= (y[1] > y[2])
end

-- --- texts -------------------------------------------------------------------------------------------------------

local TITLE_SIZES = { 12, 11, 10, 9, 8 }

-- What is seen of a figure's title, in one line.
local function seen_title(fig)
  return text.seen(text.clean(fig.opts.title or ""):gsub("\n", " "), fig.opts.enhanced)
end

-- The room of a title above a frame; small fonts are wider than their size says.
local function title_room(width) return (width + 4) / 1.12 end

-- The title. Where the place of a panel is fixed it gets one line, in a smaller font if need be.
local function title(panel, width, height)
  local opts, place = panel.fig.opts, panel.place
  if not opts.title then return end
  local words, cut
  if not place then
    local view = panel.view -- over its middle the title stands
    local middle = view and view.room.left + view.width / 2 or width / 2
    local room = 2 * math.min(middle, width - middle) - 20
    words, cut = text.fitted(opts.title, opts.enhanced, room, layout.FONT_SIZE, height / 3)
    panel:set("title %s", text.marked(words, opts.enhanced))
  else
    local seen = seen_title(panel.fig)
    words = text.cut(seen, title_room(place.width), place.title_size)
    cut = words ~= seen
    local whole = not cut and text.marked((opts.title:gsub("\n", " ")), opts.enhanced)
    -- Low enough to belong to the frame below it, in svg too, where gnuplot puts titles 5 pixels higher than in png.
    panel:set("title %s %s offset 0,-0.8", whole or text.marked(words, false), panel:font(place.title_size))
  end
  if cut then
    panel:remark("the title '%s' is cut: take a shorter one or a larger size", text.cut(seen_title(panel.fig), 30, 1))
  end
end

-- A text, and for an annotation its arrow. Returns the box it takes.
local function note_commands(panel, view, note, index)
  local size = note.size or layout.FONT_SIZE
  local markup = note.enhanced
  if markup == nil then markup = panel.fig.opts.enhanced end
  local words = text.fitted(note.text, markup, view.width - 10, size, math.huge)
  local box = layout.text_box(view, words, note.x[#note.x], note.y[#note.y], note.align, size)
  local lx, ly = layout.first_line(view, box)
  local color, cycle = "rgb ink", nil
  if note.color then color, cycle = style.colorspec(note.color) end
  panel:label(string.format("%s at %s,%s left front %s textcolor %s", text.marked(words, markup),
    fmt(lx, true), fmt(ly, true), panel:font(size), color or "linetype " .. cycle))
  local arrow = #note.x == 2 and layout.arrow(view, box, note.x[1], note.y[1])
  if arrow then
    for i, v in ipairs(arrow) do arrow[i] = fmt(v, true) end
    local own = note.color and " linecolor " .. (color or cycle) or ""
    panel:set("arrow %d from %s,%s to %s,%s arrowstyle 1%s front", index, arrow[1], arrow[2], arrow[3], arrow[4], own)
  end
  return box
end

-- --- two and three dimensions --------------------------------------------------------------------------------------

-- A frame without any marks is whole and thin.
local function set_frame(panel)
  local opts = panel.fig.opts
  if opts.bare then
    panel:unset "border"
    panel:unset "tics"
  elseif opts.xticks and #opts.xticks == 0 and opts.yticks and #opts.yticks == 0 then
    panel:set("border 15 linecolor rgb axis_color linewidth 0.6")
  end
end

-- The margins of a panel whose place is fixed, in parts of the canvas.
local function set_margins(panel)
  local place = panel.place
  for _, side in ipairs { "left", "right", "bottom", "top" } do
    panel:set("%smargin at screen %s", side:sub(1, 1), fmt(place[side]))
  end
  for _, command in ipairs(place.commands or {}) do panel.settings[#panel.settings + 1] = command end
end

local function flat_commands(panel)
  local fig, place, boxes = panel.fig, panel.place, {}
  if place then set_margins(panel) end
  for i, note in ipairs(fig.notes) do boxes[i] = note_commands(panel, panel.view, note, i) end
  if fig.opts.aspect then panel:set("size ratio -1") end
  for _, box in ipairs(place and place.boxes or {}) do boxes[#boxes + 1] = box end
  key.set(panel, boxes, panel.view.room)
  axes.finish(panel)
  set_frame(panel) -- without marks, if so
end

-- The four edges of the base instead of a border, to which gnuplot adds a post from its front corner to the surface.
local function base_edges(panel)
  local x, y, z = panel.limits.x, panel.limits.y, fmt(panel.limits.z[1], true)
  local corners = { { x[1], y[1] }, { x[2], y[1] }, { x[2], y[2] }, { x[1], y[2] } }
  panel:unset "border"
  for i, from in ipairs(corners) do
    local to = corners[i % 4 + 1]
    panel:set("arrow %d from %s,%s,%s to %s,%s,%s nohead back linecolor rgb '#999999' linewidth 0.8", i,
      fmt(from[1], true), fmt(from[2], true), z, fmt(to[1], true), fmt(to[2], true), z)
  end
end

local function solid_commands(panel, width, height)
  local fig = panel.fig
  local view = fig.opts.view or { 60, 30 }
  panel.turn = view[2]
  local scale = panel.bar and "1" or fig.opts.title and "1.04" or "1.1"
  panel:set("view %s,%s,%s", fmt(view[1] % 360), fmt(view[2] % 360), scale)
  panel:set("xyplane at %s", fmt(panel.limits.z[1], true))
  base_edges(panel)
  panel:set("grid x y z vertical")
  key.set(panel, {}, { width = width, height = height, left = 20, right = 20, bottom = 60, rows = height - 80 })
end

local M = {}

-- The axes whose marks have no texts.
local function hidden_texts(fig, place)
  local inner = place and place.hidden or {}
  return { x = inner.x or fig.opts.xticklabels == false, y = inner.y or fig.opts.yticklabels == false }
end

local function new_panel(fig, prefix, look, place)
  local limits = place and place.limits or {}
  local panel = setmetatable({
    fig = fig, look = look, prefix = prefix, place = place, counts = {}, blocks = {}, settings = {}, items = {},
    label_count = 0, remarks = visibility.remarks(fig), widest = {}, common = {}, lines = {}, small = {}, own = {},
    titles = {}, samples = {},
    hidden = hidden_texts(fig, place),
    limits = { x = limits.x or axis.limits(fig, "x", "y"), y = limits.y or axis.limits(fig, "y", "x") },
  }, Panel)
  if fig.solid then panel.limits.z = axis.limits(fig, "z", "x") end
  if fig.twin then panel.limits.y2 = axis.limits(fig, "y2", "x") end
  return panel
end

local WHOLE = { left = 0, bottom = 0, width = 1, height = 1 } -- the cell of a panel alone on the canvas

--- The room that the texts around a flat panel's frame need.
-- @tparam table fig
-- @number width of its frame in pixels
-- @number height
-- @tparam table look
-- @tparam ?table limits {x =, y =} that are not the figure's own
-- @treturn table {x =, y =, cb =}: the width of the widest text of each axis, nil where there is none; `deep`, the
-- longest text of x where these stand upright
-- @treturn table {x =, y =, y2 =}: how many lines the label of each axis has, nil where there is none
-- @treturn boolean whether a part was taken out of the texts of the colour bar
function M.measure(fig, width, height, look, limits)
  local panel = new_panel(fig, "", look, { hidden = {}, limits = limits, width = width, height = height })
  panel.scale = colorbar.scale(fig.elements)
  colorbar.set(panel, width, height)
  panel.width, panel.height = width + 90, height + 60
  axes.flat(panel)
  return panel.widest, panel.lines, panel.common.cb ~= nil
end

--- The size of the font in which the titles of figures fit above their frames, the smallest if none is small enough.
-- @tparam {table,...} list {{fig =, width =}, ...}
-- @treturn number
function M.title_size(list)
  for _, size in ipairs(TITLE_SIZES) do
    local fits = true
    for _, entry in ipairs(list) do
      fits = fits and (text.extent(seen_title(entry.fig), size)) <= title_room(entry.width)
    end
    if fits then return size end
  end
  return TITLE_SIZES[#TITLE_SIZES]
end

--- Writes a figure down.
-- @tparam table fig
-- @number width in pixels
-- @number height
-- @string prefix of the names of its datablocks
-- @tparam table look as of optlab.plot.look.themes
-- @tparam[opt] table place where its frame lies: `left`, `right`, `bottom`, `top` in parts of the canvas, `width` and
-- `height` in pixels; `limits` {x =, y =} instead of its own; `hidden` {x =, y =}, axes without texts; `scale` of
-- colours instead of its own; `bar` {left, bottom, width, height} of its colour bar, if it has one, and `bar_label`
-- {x, y}; `title_size`, that of its title's font; `key`, whether it has a legend; `commands`, further ones; `boxes`
-- {left =, bottom =, width =, height =} in pixels that the legend avoids
-- @tparam[opt] table cell {left =, bottom =, width =, height =}, the part of the canvas that a panel without a place
-- has; by default all of it
-- @treturn table {blocks=, settings=, plot=, remarks=, samples=}: lists of lines, what the user is to be told, and how
-- the legend shows each element
function M.new(fig, width, height, prefix, look, place, cell)
  if place then width, height = place.width + 90, place.height + 60 end
  local panel = new_panel(fig, prefix, look, place)
  panel.scale = place and place.scale or colorbar.scale(fig.elements)
  colorbar.set(panel, width, height)
  panel.width, panel.height, panel.cell = width, height, cell or WHOLE
  bar.set(panel, width, panel.cell)
  if fig.solid then
    axes.solid(panel)
    title(panel, width, height)
    solid_commands(panel, width, height)
  else
    axes.flat(panel)
    title(panel, width, height)
    flat_commands(panel)
  end
  local first_view = panel.view
  for _, el in ipairs(fig.elements) do
    panel.second, panel.view = el.twin, el.twin and panel.second_view or first_view
    elements[el.kind](el, panel)
    panel:continue_title(el)
  end
  for _, commands in ipairs(fig.raws or {}) do panel.settings[#panel.settings + 1] = commands end
  local verb = fig.solid and "splot " or "plot "
  panel.plot = verb .. table.concat(panel.items, ", \\\n" .. (" "):rep(#verb))
  return panel
end

return M
