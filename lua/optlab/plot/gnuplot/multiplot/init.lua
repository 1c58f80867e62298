--- Several panels on one canvas whose frames have computed places: the frames of a row and of a column are aligned,
-- axes may be shared, and one colour bar and one legend may stand for all.
-- Everything is computed in pixels and written in parts of the canvas.
-- @module optlab.plot.gnuplot.multiplot
local colorbar = require "optlab.plot.gnuplot.panel.colorbar"
local insets = require "optlab.plot.gnuplot.multiplot.insets"
local legend = require "optlab.plot.gnuplot.legend"
local number = require "optlab.plot.gnuplot.number"
local pages = require "optlab.plot.gnuplot.multiplot.page"
local panel = require "optlab.plot.gnuplot.panel"
local shared = require "optlab.plot.gnuplot.multiplot.shared"
local sizes = require "optlab.plot.gnuplot.sizes"

local M = {}

local LINE, MARKS, BELOW, GAP, BAR = sizes.LINE, sizes.MARKS, sizes.BELOW, sizes.GAP, sizes.BAR

--- Whether a figure's frame has no marks.
-- @tparam table fig
-- @treturn boolean
function M.is_bare(fig)
  local opts = fig.opts
  return opts.bare or (opts.xticks and #opts.xticks == 0 and opts.yticks and #opts.yticks == 0) or false
end

--- Whether the place of a figure's frame must be computed: a figure stands in it, or both a second axis and a colour
-- bar beside it.
-- @tparam table fig
-- @treturn boolean
function M.needs_place(fig)
  if fig.insets then return true end
  local scale = fig.twin and colorbar.scale(fig.elements)
  return scale and scale.bar or false
end

--- Whether a grid's frames have computed places: one of them needs it, it shares something, or no frame has marks.
-- @tparam table grid
-- @treturn boolean
function M.is_placed(grid)
  local opts = grid.opts
  local bare, flat = true, true
  for _, fig in ipairs(grid.figures) do
    if M.needs_place(fig) then return true end
    bare, flat = bare and M.is_bare(fig) and not fig.opts.bare, flat and not fig.solid
  end
  if opts.sharex or opts.sharey or opts.sharecolor or opts.legend or opts.xlabel or opts.ylabel then return true end
  return bare and flat
end

-- --- places ----------------------------------------------------------------------------------------------------------

-- The height of a label, which may have several lines.
local function label_height(words)
  return words and LINE * (select(2, words:gsub("\n", "")) + 1) or 0
end

-- The room that it takes below or beside what has it.
local function label_room(words) return words and label_height(words) + 4 or 0 end

--- The room of the title above all panels.
-- @tparam table opts
-- @treturn number pixels
function M.title_height(opts)
  return opts.title and 9 + 21 * (label_height(opts.title) / LINE) or 0
end

-- The room around the frame of a cell; a surface has its title and marks inside.
local function margins(cell, look, frame)
  local opts, out = cell.fig.opts, {}
  if cell.fig.solid then return { left = GAP, right = GAP, top = GAP, bottom = GAP } end
  local widest, lines, bar_common = panel.measure(cell.fig, frame[1], frame[2], look, cell.limits)
  local function label(name)
    return not cell.hidden[name] and lines[name] and LINE * lines[name] + 4 or 0
  end
  local bare = M.is_bare(cell.fig)
  local x_texts = not (bare or cell.hidden.x or opts.xticklabels == false or (opts.xticks and #opts.xticks == 0))
  local y_texts = not (bare or cell.hidden.y or opts.yticklabels == false or (opts.yticks and #opts.yticks == 0))
  out.left = (y_texts and (widest.y or 0) + MARKS + 8 or 0) + (label "y" > 0 and label "y" + 4 or 0)
  out.bottom = (x_texts and BELOW + math.max(0, (widest.deep or 0) - LINE) or 0) + label "x"
  out.left, out.bottom = math.max(out.left, bare and 3 or GAP), math.max(out.bottom, bare and 3 or GAP)
  local half = x_texts and (widest.x or 0) / 2 + 2 or 0 -- of the text of a mark at the end of the axis
  out.left = math.max(out.left, half)
  out.right, out.top = bare and 3 or math.max(GAP + 3, half), opts.title and LINE + 4 or bare and 3 or GAP
  if cell.fig.twin then
    cell.beside = (widest.y2 or 0) + MARKS + 4 + (label "y2" > 0 and label "y2" + 12 or 0)
    out.right = math.max(out.right, cell.beside)
  end
  local scale = colorbar.scale(cell.fig.elements)
  if scale and scale.bar and not cell.scale then
    cell.own_bar = MARKS + (widest.cb or 0) + 8 + LINE / 2
    local name = (scale.label or bar_common) and LINE / 2 + 2 or 2 - LINE / 2
    out.right = (cell.beside or 0) + GAP + BAR + cell.own_bar + name
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
local function place_of(cell, canvas, title_size)
  local w, h = canvas.width, canvas.height
  local place = {
    left = cell.x / w, right = (cell.x + cell.width) / w, bottom = cell.y / h, top = (cell.y + cell.height) / h,
    width = cell.width, height = cell.height, limits = cell.limits, hidden = cell.hidden, scale = cell.scale,
    key = cell.key, commands = cell.commands, boxes = cell.boxes, title_size = title_size,
  }
  if cell.own_bar then
    local bar = cell.x + cell.width + (cell.beside or 0) + GAP
    place.bar = { bar / w, cell.y / h, BAR / w, cell.height / h }
    place.bar_label = { (bar + BAR + cell.own_bar) / w, (cell.y + cell.height / 2) / h }
  end
  return place
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

-- What lies around all frames takes its room: the area that is left, and the plan of the legend.
local function reserve(opts, look, cells, canvas, scale)
  local area = { left = label_room(opts.ylabel), bottom = label_room(opts.xlabel) }
  area.width = canvas.width - area.left - 2
  area.height = canvas.height - area.bottom - M.title_height(opts) - 2
  local labels, plan = opts.legend and shared.labels(cells) or {}, nil
  if #labels > 0 and opts.legend == "below" then
    plan = legend.across(labels, canvas.width - 20, canvas.height / 2)
    area.bottom, area.height = area.bottom + plan.height + 8, area.height - plan.height - 8
  elseif #labels > 0 then
    plan = legend.upright(labels, area.height - 20)
    area.width = area.width - plan.width - 4
  end
  area.key = area.left + area.width
  if scale then area.width = area.width - pages.bar_room(scale, look, canvas, area.height - 60) end
  return area, plan
end

-- A cell's panel. That of a surface is a part of the canvas, in which gnuplot places it.
local function panel_of(cell, prefix, look, canvas, title_size)
  local w, h = canvas.width, canvas.height
  if not cell.fig.solid then return panel.new(cell.fig, w, h, prefix, look, place_of(cell, canvas, title_size)) end
  local part = { left = cell.x / w, bottom = cell.y / h, width = cell.width / w, height = cell.height / h }
  local p = panel.new(cell.fig, cell.width, cell.height, prefix, look, nil, part)
  p:set("origin %s,%s", number.format(part.left), number.format(part.bottom))
  p:set("size %s,%s", number.format(part.width), number.format(part.height))
  return p
end

-- The panels of the cells and of what is inside them, and how a legend shows their elements.
local function panels_of(cells, look, canvas)
  local out, samples, title_size = {}, {}, panel.title_size(cells)
  for i, cell in ipairs(cells) do
    local small = insets.cells(cell, look, canvas, margins)
    local p = panel_of(cell, ("p%d_"):format(i), look, canvas, title_size)
    out[#out + 1], p.number = p, i
    for el, sample in pairs(p.samples) do samples[el] = sample end
    for k, inside in ipairs(small) do
      if inside.moved then p:remark("the small figure %d would reach beyond the picture and is moved inside", k) end
      local q = panel_of(inside, ("p%di%d_"):format(i, k), look, canvas, panel.title_size { inside })
      out[#out + 1], q.number = q, i
    end
  end
  return out, samples
end

-- The ends of all frames.
local function extent(cells)
  local left, right, low, high = math.huge, -math.huge, math.huge, -math.huge
  for _, cell in ipairs(cells) do
    left, right = math.min(left, cell.x), math.max(right, cell.x + cell.width)
    low, high = math.min(low, cell.y), math.max(high, cell.y + cell.height)
  end
  return left, right, low, high
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
  shared.limits(cells, "x", opts.sharex)
  shared.limits(cells, "y", opts.sharey)
  shared.hide_inner(cells, opts)
  local scale = opts.sharecolor and shared.scale(cells) or nil
  for _, cell in ipairs(cells) do cell.scale = scale end
  local area, plan = reserve(opts, look, cells, canvas, scale)
  arrange(cells, opts, look, area)
  local panels, samples = panels_of(cells, look, canvas)
  local page, left, right, low, high = pages.new(look, canvas, opts.enhanced), extent(cells)
  if scale then page:bar(scale, right + GAP + 3, low, high - low) end
  if plan and plan.left_out then
    page:remark("%d labels of the legend are left out; take a larger size", plan.left_out)
  end
  local under = plan and plan.height or 0
  if under > 0 then page:key(plan, samples, (left + right) / 2, under / 2 + 4) end
  if plan and under == 0 then page:key(plan, samples, area.key, high) end
  if opts.xlabel then
    page:write(opts.xlabel, (left + right) / 2,
      under + (under > 0 and 8 or 0) + label_height(opts.xlabel) - LINE / 2 + 3, "center")
  end
  if opts.ylabel then
    page:write(opts.ylabel, LINE / 2 + 3, (low + high) / 2, "center rotate by 90")
  end
  return panels, page:finish()
end

return M
