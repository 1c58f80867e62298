--- A whole gnuplot script: what to draw on, the data, the theme, one panel or several.
-- The script depends on nothing of the machine it runs on: the same figure gives the same text, and the same picture.
-- @module optlab.plot.gnuplot.script
local multiplot = require "optlab.plot.gnuplot.multiplot"
local panel = require "optlab.plot.gnuplot.panel"
local terminals = require "optlab.plot.gnuplot.terminals"
local text = require "optlab.plot.gnuplot.text"
local theme = require "optlab.plot.gnuplot.theme"

local M = {}

local function append(out, lines)
  table.move(lines, 1, #lines, #out + 1, out)
end

local function append_panel(out, p, look)
  append(out, theme.theme(look))
  append(out, p.settings)
  out[#out + 1] = "if (format eq 'txt') { unset grid; set key width 0 nobox noopaque }"
  out[#out + 1] = p.plot
end

local function finish(out)
  out[#out + 1] = "unset output"
  return table.concat(out, "\n") .. "\n"
end

-- On a dark background black lines are drawn in the colour of texts.
local function visible(source, look)
  if look.name ~= "dark" then return source end
  return (source:gsub("rgb '#000000'", "rgb ink"))
end

-- The lines before the panels: what to draw on, in which colours.
local function begin(name, format, look, width, height)
  local out = terminals.head(name, format, look, width, height)
  append(out, theme.colors(look))
  return out
end

--- The script of one figure.
-- @tparam table fig
-- @string name of its files, without suffix
-- @string format drawn when the script is run by hand
-- @treturn string
-- @treturn {string,...} what the user is to be told about it
function M.figure(fig, name, format)
  local look, width, height = fig.look, fig.opts.size[1], fig.opts.size[2]
  local p = panel.new(fig, width / look.scale, height / look.scale, "", look)
  local out = begin(name, format, look, width, height)
  append(out, p.blocks)
  append_panel(out, p, look)
  return visible(finish(out), look), p.remarks
end

-- The line above the panels of a grid.
local function grid_title(opts, look)
  if not opts.title then return "" end
  return (" title %s font ',%s' %s"):format(text.quote_lines(opts.title), terminals.number(14 * look.scale),
    opts.enhanced and "enhanced" or "noenhanced")
end

-- A grid whose frames have computed places.
local function placed_grid(grid, name, format, width, height)
  local opts, look, remarks = grid.opts, grid.look, {}
  local out = begin(name, format, look, opts.size[1], opts.size[2])
  local panels, page = multiplot.grid(grid, width, height)
  for i, p in ipairs(panels) do
    append(out, p.blocks)
    for _, remark in ipairs(p.remarks) do remarks[#remarks + 1] = ("figure %d: %s"):format(i, remark) end
  end
  out[#out + 1] = "set encoding utf8"
  out[#out + 1] = "set multiplot" .. grid_title(opts, look)
  panels[#panels + 1] = page
  for _, p in ipairs(panels) do
    out[#out + 1] = "reset"
    append_panel(out, p, look)
  end
  out[#out + 1] = "unset multiplot"
  return visible(finish(out), look), remarks
end

--- The script of a grid of figures.
-- @tparam table grid {figures=, look =, opts={rows=, cols=, size=, title=}}
-- @string name
-- @string format
-- @treturn string
-- @treturn {string,...} as of @{figure}
function M.grid(grid, name, format)
  local opts, look = grid.opts, grid.look
  local width, height = opts.size[1] / look.scale, opts.size[2] / look.scale
  if multiplot.is_placed(grid) then return placed_grid(grid, name, format, width, height) end
  local high = (height - (opts.title and 30 or 0)) / opts.rows
  local out, panels, remarks = begin(name, format, look, opts.size[1], opts.size[2]), {}, {}
  for i, fig in ipairs(grid.figures) do
    panels[i] = panel.new(fig, width / opts.cols, high, "p" .. i .. "_", look)
    append(out, panels[i].blocks)
    for _, remark in ipairs(panels[i].remarks) do remarks[#remarks + 1] = ("figure %d: %s"):format(i, remark) end
  end
  out[#out + 1] = "set encoding utf8"
  out[#out + 1] = ("set multiplot layout %d,%d%s"):format(opts.rows, opts.cols, grid_title(opts, look))
  for _, p in ipairs(panels) do
    out[#out + 1] = "reset"
    append_panel(out, p, look)
  end
  out[#out + 1] = "unset multiplot"
  return visible(finish(out), look), remarks
end

return M
