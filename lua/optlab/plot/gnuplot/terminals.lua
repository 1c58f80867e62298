--- What a script draws on: gnuplot's terminal for each format, of one size and with texts of one size in all of them.
-- @module optlab.plot.gnuplot.terminals
local number = require "optlab.plot.gnuplot.number"

local M = {}

-- Of a figure of $W x $H pixels, each 1/96 inch, with fonts of $F pixels and everything else in proportion ($L, lines
-- and points). A picture made of pixels has $P x $Q of them, $D times as many. A PDF's fontscale acts twice as far from
-- 1 as that of png: 0.5625 is 0.75 * 0.75. The scales of points, and of lines in eps and tex, make both as large as in
-- svg.
local SVG = "set terminal svg size $W,$H font '$S,$F'$l background '$B' rounded"
local TERMINALS = {
  { "svg", SVG },
  { "png", "set terminal pngcairo size $P,$Q font '$C,$F' fontscale $D$d pointscale $p dashlength 2 "
    .. "background '$B' rounded" },
  { "pdf", "set terminal pdfcairo size $Xin,$Yin font '$C,$F' fontscale 0.5625 linewidth $M pointscale $q dashlength 2 "
    .. "background '$B' rounded" },
  { "eps", "set terminal epscairo size $Xin,$Yin font '$C,$F' fontscale 0.5625 linewidth $N pointscale $q dashlength 2 "
    .. "background '$B' rounded" },
  { "tex", "set terminal cairolatex pdf input colortext size $Xin,$Yin font ',$G' linewidth $N pointscale $q "
    .. "dashlength 2 $t rounded" },
  { "html", SVG .. " mouse standalone" },
  { "gif", "set terminal gif size $P,$Q font '$C,$F' fontscale $D background '$B' rounded$g" },
  { "webp", "set terminal webp size $P,$Q font '$C,$F' fontscale $D$d pointscale $p dashlength 2 "
    .. "background '$B' rounded$w" },
}

-- Those of an animation: the frames of png follow each other in one file, from which gif and webp are made.
local MOVING = { png = true, gif = true, webp = true }

-- A figure made of characters, each about 8 x 17 pixels; gnuplot 6 draws with braille dots, and points as signs instead
-- of the numbers of their types.
local TEXT_TERMINAL = [[
if (format eq 'txt' && GPVAL_VERSION >= 6) { set terminal block braille charpoints mono size $R,$T }
if (format eq 'txt' && GPVAL_VERSION < 6) { set terminal dumb noenhanced mono size $R,$T }]]

--- A number with at most nine digits.
-- @number v
-- @treturn string
function M.number(v)
  return number.format(v)
end

local function round(v) return ("%d"):format(math.floor(v + 0.5)) end

-- An option of a terminal that is left out where it is 1.
local function option(format, v)
  return v == 1 and "" or format:format(M.number(v))
end

-- The scale of points in png, where everything is `times` as large as in svg.
local function png_points(times)
  return (times < 1.5 and 1.25 or 1.38) * times
end

local function values(look, width, height, movie)
  local scale, dots = look.scale, look.dpi / 96
  local columns, rows = width / scale // 8, height / scale // 17
  return {
    W = round(width), H = round(height), X = M.number(width / 96), Y = M.number(height / 96),
    P = round(width * dots), Q = round(height * dots), D = M.number(0.75 * dots),
    F = M.number(12 * scale), B = look.paper,
    S = look.font and look.font .. ", sans-serif" or "DejaVu Sans, Verdana, Helvetica, sans-serif",
    C = look.font or "sans-serif",
    l = option(" linewidth %s", scale), M = M.number(1.5 * scale), N = M.number(3 * scale),
    q = M.number(1.06 * scale), p = M.number(png_points(scale * dots)), d = option(" linewidth %s", scale * dots),
    G = M.number(look.font_size),
    t = look.paper == "#ffffff" and "transparent" or "background '" .. look.paper .. "'",
    g = movie and (" animate delay %d loop %d"):format(movie.delay, movie.loops) or "",
    w = movie and (" animate delay %d loop %d"):format(10 * movie.delay, movie.loops) or "",
    R = round(math.max(40, math.min(160, columns))), T = round(math.max(15, rows)),
  }
end

local function fill(template, with)
  return (template:gsub("%$(%a)", with))
end

--- The first lines of a script: how to draw it, the format and the file unless they are given, the terminal.
-- @string name of the script, without suffix
-- @string format drawn when the script is run by hand
-- @tparam table look as of optlab.plot.look.themes
-- @number width in pixels
-- @number height
-- @tparam[opt] table movie {delay = hundredths of a second, loops =} of an animation
-- @treturn {string,...}
function M.head(name, format, look, width, height, movie)
  local with = values(look, width, height, movie)
  local others = movie and { "gif, webp", "webp" } or { "svg, png, pdf, eps, gif, webp, txt", "png" }
  local lines = {
    "# " .. name .. ".gp: draw it again with   gnuplot " .. name .. ".gp",
    format == "tex" and "# texts are written for LaTeX"
      or ("# in another format (%s): gnuplot -e \"format='%s'\" %s.gp"):format(others[1], others[2], name),
    ("if (!exists('format')) format = '%s'"):format(format),
    ("if (!exists('output')) output = '%s.'.format"):format(name),
  }
  for _, row in ipairs(TERMINALS) do
    if (not movie or MOVING[row[1]]) and (row[1] == "tex") == (format == "tex") then
      lines[#lines + 1] = ("if (format eq '%s') { %s }"):format(row[1], fill(row[2], with))
    end
  end
  if not movie and format ~= "tex" then lines[#lines + 1] = fill(TEXT_TERMINAL, with) end
  lines[#lines + 1] = "set output output"
  return lines
end

return M
