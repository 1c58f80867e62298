--- A whole gnuplot script: what to draw on, the data, the theme, one panel or several.
-- The script depends on nothing of the machine it runs on: the same figure gives the same text, and the same picture.
-- @module optlab.plot.gnuplot.script
local number = require "optlab.plot.gnuplot.number"
local panel = require "optlab.plot.gnuplot.panel"
local text = require "optlab.plot.gnuplot.text"
local theme = require "optlab.plot.gnuplot.theme"

local M = {}

local SVG = "set terminal svg size $W,$H font 'DejaVu Sans, Verdana, Helvetica, sans-serif,12' "
  .. "background '#ffffff' rounded"

-- The terminal of each format for a figure of $W x $H pixels, fonts of 12 pixels; a PDF has 96 pixels to the inch, and
-- its fontscale acts twice as far from 1 as that of png: 0.5625 is 0.75 * 0.75.
local TERMINALS = {
  { "svg", SVG },
  { "png", "set terminal pngcairo size $W,$H font 'sans-serif,12' fontscale 0.75 dashlength 2 background '#ffffff' "
    .. "rounded" },
  { "pdf", "set terminal pdfcairo size $Xin,$Yin font 'sans-serif,12' fontscale 0.5625 linewidth 1.5 dashlength 2 "
    .. "background '#ffffff' rounded" },
  { "html", SVG .. " mouse standalone" },
}

-- A figure made of characters, each about 8 x 17 pixels; gnuplot 6 draws with braille dots, and points as signs instead
-- of the numbers of their types.
local TEXT_TERMINAL = [[
if (format eq 'txt' && GPVAL_VERSION >= 6) { set terminal block braille charpoints mono size $C,$R }
if (format eq 'txt' && GPVAL_VERSION < 6) { set terminal dumb noenhanced mono size $C,$R }]]

local function head(name, format, width, height)
  local values = {
    W = number.format(width), H = number.format(height), X = number.format(width / 96), Y = number.format(height / 96),
    C = tostring(math.max(40, math.min(160, width // 8))), R = tostring(math.max(15, height // 17)),
  }
  local lines = {
    "# " .. name .. ".gp: draw it again with   gnuplot " .. name .. ".gp",
    "# in another format (svg, png, pdf, txt): gnuplot -e \"format='png'\" " .. name .. ".gp",
    string.format("if (!exists('format')) format = '%s'", format),
    string.format("if (!exists('output')) output = '%s.'.format", name),
  }
  for _, row in ipairs(TERMINALS) do
    lines[#lines + 1] = string.format("if (format eq '%s') { %s }", row[1], (row[2]:gsub("%$(%u)", values)))
  end
  lines[#lines + 1] = (TEXT_TERMINAL:gsub("%$(%u)", values))
  lines[#lines + 1] = "set output output"
  return lines
end

local function append(out, lines)
  table.move(lines, 1, #lines, #out + 1, out)
end

local function append_panel(out, p)
  append(out, theme.theme())
  append(out, p.settings)
  out[#out + 1] = "if (format eq 'txt') { unset grid; set key width 0 nobox noopaque }"
  out[#out + 1] = p.plot
end

local function finish(out)
  out[#out + 1] = "unset output"
  return table.concat(out, "\n") .. "\n"
end

--- The script of one figure.
-- @tparam table fig
-- @string name of its files, without suffix
-- @string format drawn when the script is run by hand
-- @treturn string
-- @treturn {string,...} what the user is to be told about it
function M.figure(fig, name, format)
  local width, height = fig.opts.size[1], fig.opts.size[2]
  local p = panel.new(fig, width, height, "")
  local out = head(name, format, width, height)
  append(out, p.blocks)
  append_panel(out, p)
  return finish(out), p.remarks
end

--- The script of a grid of figures.
-- @tparam table grid {figures=, opts={rows=, cols=, size=, title=}}
-- @string name
-- @string format
-- @treturn string
-- @treturn {string,...} as of @{figure}
function M.grid(grid, name, format)
  local opts = grid.opts
  local width, height = opts.size[1], opts.size[2]
  local out, panels, remarks = head(name, format, width, height), {}, {}
  for i, fig in ipairs(grid.figures) do
    panels[i] = panel.new(fig, width / opts.cols, (height - (opts.title and 30 or 0)) / opts.rows, "p" .. i .. "_")
    append(out, panels[i].blocks)
    for _, remark in ipairs(panels[i].remarks) do remarks[#remarks + 1] = ("figure %d: %s"):format(i, remark) end
  end
  local title = opts.title and string.format(" title %s font ',14' %s", text.quote_lines(opts.title),
    opts.enhanced and "enhanced" or "noenhanced") or ""
  out[#out + 1] = "set encoding utf8"
  out[#out + 1] = string.format("set multiplot layout %d,%d%s", opts.rows, opts.cols, title)
  for _, p in ipairs(panels) do
    out[#out + 1] = "reset"
    append_panel(out, p)
  end
  out[#out + 1] = "unset multiplot"
  return finish(out), remarks
end

return M
