--- A whole gnuplot script: what to draw on, the data, the theme, one panel or several.
-- The script depends on nothing of the machine it runs on: the same figure gives the same text, and the same picture.
-- @module optlab.plot.gnuplot.script
local layout = require "optlab.plot.gnuplot.layout"
local multiplot = require "optlab.plot.gnuplot.multiplot"
local panel = require "optlab.plot.gnuplot.panel"
local terminals = require "optlab.plot.gnuplot.terminals"
local text = require "optlab.plot.gnuplot.text"
local theme = require "optlab.plot.gnuplot.theme"

local M = {}

local function append(out, lines)
  table.move(lines, 1, #lines, #out + 1, out)
end

-- The commands that draw a panel, after its data.
local function append_panel(out, p, look)
  append(out, theme.theme(look))
  append(out, p.settings)
  out[#out + 1] = "if (format eq 'txt') { unset grid; set key width 0 nobox noopaque }"
  out[#out + 1] = p.plot
end

-- On a dark background black lines are drawn in the colour of texts.
local function visible(source, look)
  if look.name ~= "dark" then return source end
  return (source:gsub("rgb '#000000'", "rgb ink"))
end

-- --- one picture ---------------------------------------------------------------------------------------------------

-- A figure as {blocks =, commands =, remarks =}: its data, what draws it, what the user is to be told.
local function figure_parts(fig)
  local look, size, commands = fig.look, fig.opts.size, {}
  local p = panel.new(fig, size[1] / look.scale, size[2] / look.scale, "", look)
  append_panel(commands, p, look)
  return { blocks = p.blocks, commands = commands, remarks = p.remarks }
end

local TITLE_SIZE = 14 -- of a grid's font

-- The lines above the panels of a grid.
local function grid_title(opts, look)
  if not opts.title then return "" end
  local words, size = text.marked(opts.title, opts.enhanced), terminals.number(TITLE_SIZE * look.scale)
  return (" title %s font ',%s' textcolor rgb ink"):format(words, size)
end

-- The panels of a grid in gnuplot's own layout.
local function even_panels(grid, width, height)
  local opts, out = grid.opts, {}
  local share = 1 - multiplot.title_height(opts) / height -- of the height that is not the title's
  for i, fig in ipairs(grid.figures) do
    local row, col = (i - 1) // opts.cols, (i - 1) % opts.cols
    local cell = {
      left = col / opts.cols, bottom = share * (1 - (row + 1) / opts.rows), width = 1 / opts.cols,
      height = share / opts.rows,
    }
    out[i] = panel.new(fig, width * cell.width, height * cell.height, "p" .. i .. "_", grid.look, nil, cell)
  end
  return out
end

-- A grid whose texts have as many lines as they need, and remarks on what is cut.
local function fitted(grid, width, height)
  local opts, remarks = setmetatable({}, { __index = grid.opts }), {}
  local function fit(name, room, size)
    local words, cut = grid.opts[name], false
    if words then opts[name], cut = text.fitted(words, opts.enhanced, room, size, height / 5) end
    if cut then remarks[#remarks + 1] = ("the %s is cut: take a shorter one or a larger size"):format(name) end
  end
  fit("title", width - 20, TITLE_SIZE)
  fit("xlabel", width - 60, layout.FONT_SIZE)
  fit("ylabel", height - 60, layout.FONT_SIZE)
  return { figures = grid.figures, look = grid.look, opts = opts }, remarks
end

-- What is to be said about the figures of a grid; what is true of several is said once.
local function remarks_of(panels, count)
  local list, figures = {}, {}
  for i, p in ipairs(panels) do
    for _, remark in ipairs(p.remarks) do
      if not figures[remark] then list[#list + 1], figures[remark] = remark, {} end
      table.insert(figures[remark], p.number or i)
    end
  end
  for i, remark in ipairs(count > 1 and list or {}) do
    local which = figures[remark]
    local more = #which > 3 and (" and %d more"):format(#which - 3) or ""
    local names = table.concat(which, ", ", 1, math.min(#which, 3))
    list[i] = ("figure%s %s%s: %s"):format(#which > 1 and "s" or "", names, more, remark)
  end
  return list
end

-- A grid, as of figure_parts: either its frames have computed places, or gnuplot lays them out.
local function grid_parts(asked)
  local look, size = asked.look, asked.opts.size
  local width, height = size[1] / look.scale, size[2] / look.scale
  local grid, remarks = fitted(asked, width, height)
  local opts, rows = grid.opts, ""
  local panels, page
  if multiplot.is_placed(grid) then
    panels, page = multiplot.grid(grid, width, height)
  else
    panels, rows = even_panels(grid, width, height), (" layout %d,%d"):format(opts.rows, opts.cols)
  end
  local out = { blocks = {}, remarks = remarks, commands = {
    "set encoding utf8", "set multiplot" .. rows .. grid_title(opts, look),
  } }
  for _, p in ipairs(panels) do append(out.blocks, p.blocks) end
  append(remarks, remarks_of(panels, #grid.figures))
  if page then append(out.remarks, page.remarks) end
  panels[#panels + 1] = page
  for _, p in ipairs(panels) do
    out.commands[#out.commands + 1] = "reset"
    append_panel(out.commands, p, look)
  end
  out.commands[#out.commands + 1] = "unset multiplot"
  return out
end

-- A figure whose frame has a computed place is a grid of one.
local function parts(picture)
  if picture.figures then return grid_parts(picture) end
  if not multiplot.needs_place(picture) then return figure_parts(picture) end
  local opts = { rows = 1, cols = 1, size = picture.opts.size }
  return grid_parts { figures = { picture }, look = picture.look, opts = opts }
end

local function whole(lines, look)
  lines[#lines + 1] = "unset output"
  return visible(table.concat(lines, "\n") .. "\n", look)
end

--- The script of a figure or a grid.
-- @tparam table picture {look =, opts =, figures = of a grid}
-- @string name of its files, without suffix
-- @string format drawn when the script is run by hand
-- @string[opt] texts "latex" or "plain" where gnuplot's fonts do not show the texts (optlab.plot.gnuplot.text)
-- @treturn string
-- @treturn {string,...} what the user is to be told about it
function M.picture(picture, name, format, texts)
  local look, size = picture.look, picture.opts.size
  local body = text.as(texts or "shown", function() return parts(picture) end)
  local out = terminals.head(name, format, look, size[1], size[2])
  append(out, theme.colors(look))
  append(out, body.blocks)
  append(out, body.commands)
  return whole(out, look), body.remarks
end

-- --- moving pictures -----------------------------------------------------------------------------------------------

-- Appends those datablocks that do not hold what they held in the frame before.
local function append_changes(out, blocks, known)
  local from = 1
  for i, line in ipairs(blocks) do
    if line == "EOD" then
      local block = table.concat(blocks, "\n", from, i)
      local name = blocks[from]
      if known[name] ~= block then out[#out + 1] = block end
      known[name], from = block, i + 1
    end
  end
end

--- The script of an animation: its frames one after the other, of each the data that are new.
-- @tparam table movie {frames = figures or grids, delay = hundredths of a second, loops =}
-- @string name
-- @string format
-- @treturn string
-- @treturn {string,...} as of @{picture}
function M.movie(movie, name, format)
  local look, size, known, remarks = movie.frames[1].look, movie.frames[1].opts.size, {}, {}
  local out = terminals.head(name, format, look, size[1], size[2], movie)
  append(out, theme.colors(look))
  for _, frame in ipairs(movie.frames) do
    local body = parts(frame)
    append_changes(out, body.blocks, known)
    out[#out + 1] = "reset"
    append(out, body.commands)
    remarks = body.remarks -- of the last frame
  end
  return whole(out, look), remarks
end

return M
