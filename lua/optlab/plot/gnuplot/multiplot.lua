--- Several panels on one canvas whose frames have computed places: the frames of a row and of a column are aligned,
-- axes may be shared, and one colour bar and one legend may stand for all.
-- Everything is computed in pixels and written in parts of the canvas.
-- @module optlab.plot.gnuplot.multiplot
local colorbar = require "optlab.plot.gnuplot.panel.colorbar"
local errors = require "optlab.base.errors"
local layout = require "optlab.plot.gnuplot.layout"
local legend = require "optlab.plot.gnuplot.legend"
local number = require "optlab.plot.gnuplot.number"
local panel = require "optlab.plot.gnuplot.panel"
local text = require "optlab.plot.gnuplot.text"
local axis = require "optlab.plot.gnuplot.axis"

local M = {}

local fmt = number.format

local LINE = 18 -- the height of a line of text
local MARKS = 8 -- between a frame and the texts of its marks
local GAP = 9 -- around a frame without texts
local BAR = 14 -- the width of a colour bar

--- Whether a figure's frame has no marks.
-- @tparam table fig
-- @treturn boolean
function M.is_bare(fig)
  local opts = fig.opts
  return opts.bare or (opts.xticks and #opts.xticks == 0 and opts.yticks and #opts.yticks == 0) or false
end

--- Whether a grid's frames have computed places: it shares something, or no frame has marks.
-- @tparam table grid
-- @treturn boolean
function M.is_placed(grid)
  local opts = grid.opts
  local bare = true
  for _, fig in ipairs(grid.figures) do
    if fig.solid then return false end
    if fig.insets then return true end
    bare = bare and M.is_bare(fig) and not fig.opts.bare
  end
  return bare or (opts.sharex or opts.sharey or opts.sharecolor or opts.legend or opts.xlabel or opts.ylabel) ~= nil
end

-- --- what is shared --------------------------------------------------------------------------------------------------

-- Which figures share an axis: a key for each group.
local function group(how, cell)
  if how == true or how == "all" then return "all" end
  if how == "row" then return "row " .. cell.row end
  if how == "col" then return "col " .. cell.col end
  return nil
end

-- The limits of an axis that some figures share.
local function union(list)
  local out = { list[1][1], list[1][2], log = list[1].log }
  local backwards = out[1] > out[2]
  if backwards then out[1], out[2] = out[2], out[1] end
  for _, limits in ipairs(list) do
    if (limits.log or false) ~= (out.log or false) then
      errors.raise("plot.grid: figures that share an axis must all have it logarithmic, or none of them")
    end
    out[1] = math.min(out[1], limits[1], limits[2])
    out[2] = math.max(out[2], limits[1], limits[2])
  end
  if backwards then out[1], out[2] = out[2], out[1] end
  return out
end

local OTHER = { x = "y", y = "x" }

local function share_limits(cells, name, how)
  local groups = {}
  for _, cell in ipairs(cells) do
    local key = group(how, cell)
    if key then
      groups[key] = groups[key] or {}
      table.insert(groups[key], cell)
    end
  end
  for _, members in pairs(groups) do
    local list = {}
    for i, cell in ipairs(members) do list[i] = axis.limits(cell.fig, name, OTHER[name]) end
    local limits = union(list)
    for _, cell in ipairs(members) do cell.limits[name] = limits end
  end
end

-- An axis that is shared keeps its texts at the left or the lower end of each row or column only.
local function hide_inner(cells, opts)
  local lowest = {}
  for _, cell in ipairs(cells) do lowest[cell.col] = math.max(lowest[cell.col] or 0, cell.row) end
  for _, cell in ipairs(cells) do
    cell.hidden.x = (opts.sharex == true or opts.sharex == "all" or opts.sharex == "col")
      and cell.row < lowest[cell.col]
    cell.hidden.y = (opts.sharey == true or opts.sharey == "all" or opts.sharey == "row") and cell.col > 1
  end
end

-- The colour scale of all figures.
local function shared_scale(cells)
  local elements, first = {}, nil
  for _, cell in ipairs(cells) do
    for _, el in ipairs(cell.fig.elements) do
      if el.palette then
        first = first or el
        if el.palette ~= first.palette or el.norm ~= first.norm then
          errors.raise("plot.grid: sharecolor needs one palette and one norm in all figures")
        end
        elements[#elements + 1] = el
      end
    end
  end
  local scale = colorbar.scale(elements)
  if not scale then errors.raise("plot.grid: sharecolor, but no figure colours anything by value") end
  scale.bar, scale.elements = true, elements
  return scale
end

-- Labels that look alike in several figures stand once.
local function shared_labels(cells)
  local out, seen = {}, {}
  for _, cell in ipairs(cells) do
    for _, label in ipairs(legend.labels(cell.fig)) do
      if not seen[label.lines[1].words] then
        seen[label.lines[1].words] = true
        out[#out + 1] = label
      end
    end
  end
  return out
end

-- --- places ----------------------------------------------------------------------------------------------------------

-- The room around the frame of a cell.
local function margins(cell, look, frame)
  local opts, out = cell.fig.opts, {}
  local widest = panel.measure(cell.fig, frame[1], frame[2], look, cell.limits)
  local bare = M.is_bare(cell.fig)
  local x_texts = not (bare or cell.hidden.x or opts.xticklabels == false or (opts.xticks and #opts.xticks == 0))
  local y_texts = not (bare or cell.hidden.y or opts.yticklabels == false or (opts.yticks and #opts.yticks == 0))
  out.left = (y_texts and (widest.y or 0) + MARKS + 4 or 0) + (opts.ylabel and not cell.hidden.y and LINE + 8 or 0)
  out.bottom = (x_texts and LINE + MARKS or 0) + (opts.xlabel and not cell.hidden.x and LINE or 0)
  out.left, out.bottom = math.max(out.left, bare and 3 or GAP), math.max(out.bottom, bare and 3 or GAP)
  local half = x_texts and (widest.x or 0) / 2 + 2 or 0 -- of the text of a mark at the end of the axis
  out.left = math.max(out.left, half)
  out.right, out.top = bare and 3 or math.max(GAP + 3, half), opts.title and LINE + 4 or bare and 3 or GAP
  if cell.fig.twin then
    out.right = math.max(out.right, (widest.y2 or 0) + MARKS + 4 + (opts.y2label and LINE + 16 or 0))
  end
  local scale = colorbar.scale(cell.fig.elements)
  if scale and scale.bar and not cell.scale then
    cell.own_bar = MARKS + (widest.cb or 0) + 8 + LINE / 2
    out.right = GAP + BAR + cell.own_bar + (scale.label and LINE / 2 + 2 or 2 - LINE / 2)
  end
  return out
end

-- The widest margins of each column and the highest of each row.
local function widest_margins(cells, look, frame)
  local left, right, top, bottom = {}, {}, {}, {}
  for _, cell in ipairs(cells) do
    local m = margins(cell, look, frame)
    left[cell.col] = math.max(left[cell.col] or 0, m.left)
    right[cell.col] = math.max(right[cell.col] or 0, m.right)
    top[cell.row] = math.max(top[cell.row] or 0, m.top)
    bottom[cell.row] = math.max(bottom[cell.row] or 0, m.bottom)
  end
  return left, right, top, bottom
end

local function sum(list, n)
  local total = 0
  for i = 1, n do total = total + (list[i] or 0) end
  return total
end

-- The height of a label below or beside all panels, which may have several lines.
local function label_height(words)
  return words and LINE * (select(2, words:gsub("\n", "")) + 1) or 0
end

-- Gives each cell its place: `x`, `y` (of its lower left corner), `width`, `height`, in pixels from the lower left.
local function arrange(cells, opts, look, area)
  local frame = { area.width / opts.cols - 50, area.height / opts.rows - 50 }
  local left, right, top, bottom = widest_margins(cells, look, { math.max(frame[1], 40), math.max(frame[2], 40) })
  local width = (area.width - sum(left, opts.cols) - sum(right, opts.cols)) / opts.cols
  local height = (area.height - sum(top, opts.rows) - sum(bottom, opts.rows)) / opts.rows
  width, height = math.max(width, 20), math.max(height, 20)
  for _, cell in ipairs(cells) do
    local c, r = cell.col, cell.row
    cell.x = area.left + sum(left, c) + sum(right, c - 1) + (c - 1) * width
    cell.y = area.bottom + area.height - sum(top, r) - sum(bottom, r - 1) - r * height
    cell.width, cell.height = width, height
  end
end

-- A place as panels take it.
local function place_of(cell, canvas)
  local w, h = canvas.width, canvas.height
  return {
    left = cell.x / w, right = (cell.x + cell.width) / w, bottom = cell.y / h, top = (cell.y + cell.height) / h,
    width = cell.width, height = cell.height, limits = cell.limits, hidden = cell.hidden, scale = cell.scale,
    key = cell.key, commands = cell.commands, boxes = cell.boxes,
    bar = cell.own_bar and { (cell.x + cell.width + GAP) / w, cell.y / h, BAR / w, cell.height / h } or nil,
    bar_label = cell.own_bar
      and { (cell.x + cell.width + GAP + BAR + cell.own_bar) / w, (cell.y + cell.height / 2) / h } or nil,
  }
end

-- --- what belongs to all panels ------------------------------------------------------------------------------------

-- An invisible panel over the whole canvas, which carries the shared colour bar, the shared legend and the labels.
local Page = {}
Page.__index = Page

function Page:set(command, ...)
  self.settings[#self.settings + 1] = "set " .. command:format(...)
end

local function new_page(look)
  local page = setmetatable({
    settings = {}, items = { "2 with lines notitle" }, widest = {}, common = {}, hidden = {}, look = look, labels = 0,
    fig = { opts = {}, elements = {} },
  }, Page)
  page:set("border 0")
  page.settings[#page.settings + 1] = "unset tics"
  for _, side in ipairs { "l", "b" } do page:set("%smargin at screen 0", side) end
  for _, side in ipairs { "r", "t" } do page:set("%smargin at screen 1", side) end
  page:set("xrange [0:1]")
  page:set("yrange [0:1]")
  page.settings[#page.settings + 1] = "unset key"
  page.settings[#page.settings + 1] = "unset colorbox"
  return page
end

function Page:font(size)
  return ("font ',%s'"):format(fmt(size * self.look.scale))
end

function Page:label(words, markup, x, y, more)
  self.labels = self.labels + 1
  self:set("label %d %s at screen %s,%s %s %s textcolor rgb ink", self.labels, text.marked(words, markup), fmt(x),
    fmt(y), more, self:font(layout.FONT_SIZE))
end

-- From a colour bar to the middle of its label.
local function bar_texts(at)
  return MARKS + (at.widest.cb or 0) + 8 + LINE / 2
end

-- The colour bar of all panels, on the right.
local function page_bar(page, scale, canvas, x, y, height)
  page.scale, page.fig.elements = scale, scale.elements
  page:set("cbtics out nomirror scale 0.6,0.3 textcolor rgb soft")
  colorbar.set(page, height)
  page:set("colorbox user origin screen %s,%s size screen %s,%s", fmt(x / canvas.width), fmt(y / canvas.height),
    fmt(BAR / canvas.width), fmt(height / canvas.height))
  if scale.label then
    page:label(scale.label, scale.markup, (x + BAR + bar_texts(page)) / canvas.width, (y + height / 2) / canvas.height,
      "center rotate by 90")
  end
  page.items[#page.items + 1] = "keyentry with points linecolor palette notitle"
end

-- The legend of all panels: their elements' looks with their labels.
local function page_key(page, plan, samples, at)
  page:set("key %s width %s nobox noopaque %s", at, fmt(legend.width_correction(plan.labels)),
    plan.columns > 1 and "horizontal maxcols " .. plan.columns or "vertical maxrows " .. plan.rows)
  page:set("key %s spacing %s", page:font(plan.size.font), fmt(plan.size.spacing))
  for _, label in ipairs(plan.labels) do
    local line = label.lines[1]
    page.items[#page.items + 1] = ("keyentry with %s title %s"):format(samples[label.el] or "lines",
      text.marked(line.words, line.markup))
  end
end

-- --- small figures inside ------------------------------------------------------------------------------------------

local SMALL = 9 -- the size of an inset's font

-- An inset's paper, which covers the texts around its frame too, and its look.
local function inset_commands(small, m, canvas, look)
  return {
    ("set object 1 rectangle from screen %s,%s to screen %s,%s behind fillcolor rgb paper fillstyle solid noborder")
      :format(fmt((small.x - m.left) / canvas.width), fmt((small.y - m.bottom) / canvas.height),
        fmt((small.x + small.width + m.right) / canvas.width), fmt((small.y + small.height + m.top) / canvas.height)),
    ("set tics font ',%s'"):format(fmt(SMALL * look.scale)), "set border 15 linewidth 0.8",
  }
end

-- The part of a figure that an inset shows, in parts of the frame.
local function shown_part(cell, inset)
  local x, y = axis.limits(inset.figure, "x", "y"), axis.limits(inset.figure, "y", "x")
  local view = layout.frame({}, 1, 1, cell.limits.x or axis.limits(cell.fig, "x", "y"),
    cell.limits.y or axis.limits(cell.fig, "y", "x"))
  local left, bottom = view:pixel(math.min(x[1], x[2]), math.min(y[1], y[2]))
  local right, top = view:pixel(math.max(x[1], x[2]), math.max(y[1], y[2]))
  return left, bottom, right, top
end

-- A rectangle around what an inset shows, and two lines from it to corners of the inset, which do not cross it.
local function zoom_commands(cell, inset, canvas)
  local left, bottom, right, top = shown_part(cell, inset)
  local px, py, pw, ph = table.unpack(inset.place)
  local function screen(x, y)
    return ("screen %s,%s"):format(fmt((cell.x + x * cell.width) / canvas.width),
      fmt((cell.y + y * cell.height) / canvas.height))
  end
  local rising = (px + pw / 2 - (left + right) / 2) * (py + ph / 2 - (bottom + top) / 2) > 0
  local corners = rising and { { left, top, px, py + ph }, { right, bottom, px + pw, py } }
    or { { left, bottom, px, py }, { right, top, px + pw, py + ph } }
  local look = "linecolor rgb soft linewidth 0.8"
  local out = { ("set object 2 rectangle from %s to %s behind fillstyle empty border %s"):format(screen(left, bottom),
    screen(right, top), look) }
  for k, c in ipairs(corners) do
    out[#out + 1] = ("set arrow %d from %s to %s nohead back %s"):format(100 + k, screen(c[1], c[2]),
      screen(c[3], c[4]), look)
  end
  return out
end

-- The cells of a figure's insets.
local function insets_of(cell, look, canvas)
  local out = {}
  cell.boxes = {}
  for i, inset in ipairs(cell.fig.insets or {}) do
    local px, py, pw, ph = table.unpack(inset.place)
    local width, height = pw * cell.width, ph * cell.height
    local small = {
      fig = inset.figure, limits = {}, hidden = {}, key = false, x = cell.x + px * cell.width,
      y = cell.y + py * cell.height, width = width, height = height,
    }
    local m = margins(small, look, { width, height })
    small.commands = inset_commands(small, m, canvas, look)
    for _, command in ipairs(inset.zoom and zoom_commands(cell, inset, canvas) or {}) do
      table.insert(small.commands, command)
    end
    cell.boxes[i] = {
      left = px * cell.width - m.left, bottom = py * cell.height - m.bottom, width = width + m.left + m.right,
      height = height + m.bottom + m.top,
    }
    out[i] = small
  end
  return out
end

-- --- a grid ----------------------------------------------------------------------------------------------------------

local function cells_of(grid)
  local cells = {}
  for i, fig in ipairs(grid.figures) do
    cells[i] = {
      fig = fig, row = (i - 1) // grid.opts.cols + 1, col = (i - 1) % grid.opts.cols + 1, limits = {}, hidden = {},
      key = not grid.opts.legend,
    }
  end
  return cells
end

-- The room for a colour bar with its texts.
local function bar_room(scale, look, height)
  local page = new_page(look)
  page.scale, page.fig.elements = scale, scale.elements
  colorbar.set(page, height)
  return BAR + bar_texts(page) + (scale.label and LINE / 2 or -LINE / 2)
end

--- The panels of a grid and what belongs to all of them.
-- @tparam table grid {figures =, look =, opts = {rows =, cols =, title =, sharex =, sharey =, sharecolor =, legend =,
-- xlabel =, ylabel =}}
-- @number width of the canvas in pixels
-- @number height
-- @treturn {table,...} panels
-- @treturn ?table {settings =, plot =} of the page, nil where nothing is shared
function M.grid(grid, width, height)
  local opts, look, cells = grid.opts, grid.look, cells_of(grid)
  local canvas = { width = width, height = height }
  share_limits(cells, "x", opts.sharex)
  share_limits(cells, "y", opts.sharey)
  hide_inner(cells, opts)
  local area = { left = label_height(opts.ylabel), bottom = label_height(opts.xlabel) }
  for side, room in pairs(area) do area[side] = room > 0 and room + 4 or 0 end
  area.width = width - area.left - 2
  area.height = height - area.bottom - (opts.title and 30 or 0) - 2
  local page, scale = new_page(look), opts.sharecolor and shared_scale(cells) or nil
  local labels, plan = opts.legend and shared_labels(cells) or {}, nil
  if #labels > 0 and opts.legend == "below" then
    plan = legend.across(labels, width - 20)
    area.bottom, area.height = area.bottom + plan.height + 8, area.height - plan.height - 8
  elseif #labels > 0 then
    plan = legend.upright(labels, area.height - 20)
    area.width = area.width - plan.width - 4
  end
  local key_left = area.left + area.width
  if scale then
    for _, cell in ipairs(cells) do cell.scale = scale end
    area.width = area.width - bar_room(scale, look, area.height - 60)
  end
  arrange(cells, opts, look, area)
  local panels, samples = {}, {}
  for i, cell in ipairs(cells) do
    local small = insets_of(cell, look, canvas)
    local p = panel.new(cell.fig, width, height, "p" .. i .. "_", look, place_of(cell, canvas))
    panels[#panels + 1] = p
    for el, sample in pairs(p.samples) do samples[el] = sample end
    for k, inside in ipairs(small) do
      panels[#panels + 1] = panel.new(inside.fig, width, height, ("p%di%d_"):format(i, k), look,
        place_of(inside, canvas))
    end
  end
  local first, last = cells[1], cells[#cells]
  local low, high = last.y, first.y + first.height
  for _, cell in ipairs(cells) do low = math.min(low, cell.y) end
  local right = 0
  for _, cell in ipairs(cells) do right = math.max(right, cell.x + cell.width) end
  if scale then
    page_bar(page, scale, canvas, right + GAP + 3, low, high - low)
  end
  if plan then
    local place = plan.height and "center center" or "left top"
    local x, y = key_left, high
    if plan.height then x, y = (first.x + right) / 2, plan.height / 2 + 4 end
    page_key(page, plan, samples, ("at screen %s,%s %s"):format(fmt(x / width), fmt(y / height), place))
  end
  if opts.xlabel then
    page:label(opts.xlabel, opts.enhanced, (first.x + right) / 2 / width,
      ((plan and opts.legend == "below" and plan.height + 8 or 0) + label_height(opts.xlabel) - LINE / 2 + 3) / height,
      "center")
  end
  if opts.ylabel then
    page:label(opts.ylabel, opts.enhanced, (LINE / 2 + 3) / width, (low + high) / 2 / height, "center rotate by 90")
  end
  page.plot = "plot " .. table.concat(page.items, ", \\\n     ")
  return panels, (scale or plan or opts.xlabel or opts.ylabel) and page or nil
end

return M
