--- A whole gnuplot script: what to draw on, the data, the theme, one panel or several.
-- The script depends on nothing of the machine it runs on: the same figure gives the same text, and the same picture.
-- @module optlab.plot.gnuplot.script
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
local function figure_parts(fig, prefix, shared)
  local look, size, commands = fig.look, fig.opts.size, {}
  local p = panel.new(fig, size[1] / look.scale, size[2] / look.scale, prefix, look, shared)
  append_panel(commands, p, look)
  return { blocks = p.blocks, commands = commands, remarks = p.remarks }
end

-- The line above the panels of a grid.
local function grid_title(opts, look)
  if not opts.title then return "" end
  return (" title %s font ',%s' %s"):format(text.quote_lines(opts.title), terminals.number(14 * look.scale),
    opts.enhanced and "enhanced" or "noenhanced")
end

-- A grid, as of figure_parts.
local function grid_parts(grid, prefix, shared)
  local opts, look = grid.opts, grid.look
  local width, height = opts.size[1] / look.scale, opts.size[2] / look.scale
  local high = (height - (opts.title and 30 or 0)) / opts.rows
  local out = { blocks = {}, remarks = {}, commands = {
    "set encoding utf8", ("set multiplot layout %d,%d%s"):format(opts.rows, opts.cols, grid_title(opts, look)),
  } }
  for i, fig in ipairs(grid.figures) do
    local p = panel.new(fig, width / opts.cols, high, ("%sp%d_"):format(prefix, i), look, shared)
    append(out.blocks, p.blocks)
    out.commands[#out.commands + 1] = "reset"
    append_panel(out.commands, p, look)
    for _, remark in ipairs(p.remarks) do out.remarks[#out.remarks + 1] = ("figure %d: %s"):format(i, remark) end
  end
  out.commands[#out.commands + 1] = "unset multiplot"
  return out
end

local function parts(picture, prefix, shared)
  return (picture.figures and grid_parts or figure_parts)(picture, prefix, shared)
end

local function whole(head, look, body)
  append(head, theme.colors(look))
  append(head, body.blocks)
  append(head, body.commands)
  head[#head + 1] = "unset output"
  return visible(table.concat(head, "\n") .. "\n", look), body.remarks
end

--- The script of a figure or a grid.
-- @tparam table picture {look =, opts =, figures = of a grid}
-- @string name of its files, without suffix
-- @string format drawn when the script is run by hand
-- @treturn string
-- @treturn {string,...} what the user is to be told about it
function M.picture(picture, name, format)
  local look, size = picture.look, picture.opts.size
  return whole(terminals.head(name, format, look, size[1], size[2]), look, parts(picture, "", nil))
end

-- --- moving pictures -----------------------------------------------------------------------------------------------

--- The script of an animation: its frames one after the other. Data that frames share are written once.
-- @tparam table movie {frames = figures or grids, delay = hundredths of a second, loops =}
-- @string name
-- @string format
-- @treturn string
-- @treturn {string,...} as of @{picture}
function M.movie(movie, name, format)
  local look, size = movie.frames[1].look, movie.frames[1].opts.size
  local body, shared = { blocks = {}, commands = {}, remarks = {} }, {}
  for i, frame in ipairs(movie.frames) do
    local part = parts(frame, ("f%d_"):format(i), shared)
    append(body.blocks, part.blocks)
    body.commands[#body.commands + 1] = "reset"
    append(body.commands, part.commands)
    for _, remark in ipairs(part.remarks) do
      if i == #movie.frames then body.remarks[#body.remarks + 1] = remark end
    end
  end
  return whole(terminals.head(name, format, look, size[1], size[2], movie), look, body)
end

return M
