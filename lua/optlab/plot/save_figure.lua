--- Saving a figure or a grid of figures: checks the name, writes the gnuplot script, and starts drawing the picture.
-- @module optlab.plot.save_figure
local arguments = require "optlab.base.script_arguments"
local config = require "optlab.base.config"
local errors = require "optlab.base.errors"
local files = require "optlab.base.files"
local fonts = require "optlab.plot.draw.fonts"
local mathematics = require "optlab.plot.math"
local runner = require "optlab.plot.draw.runner"

local function is_format(name)
  for _, known in ipairs(config.FORMATS) do
    if known == name then return true end
  end
  return false
end

-- What is drawn where neither the name nor the user says it.
local function default_formats(movie)
  if type(config.format) == "table" then return config.format end
  return { config.format or (movie and "webp" or "svg") }
end

-- "a" and the formats to draw from "a", "a.png" or "a.gp"; a dot followed by digits ("eta-0.1") is part of the name.
local function split_name(name, where, movie)
  if not name:match("^[%w_][%w._+%-]*$") or #name > 200 then
    errors.raise("%s: name must be letters, digits, '.', '_', '+' and '-' only, up to 200, and begin with a letter, a "
      .. "digit or '_', got %s; the folder is set by --out or lab.set_out", where, errors.shown(name))
  end
  local base, suffix = name:match("^(.+)%.(%a%w*)$")
  if not suffix then return name, default_formats(movie) end
  if suffix == "gp" then return base, { "none" } end
  if is_format(suffix) then return base, { suffix } end
  errors.raise("%s: unknown format '.%s' of '%s'; there are %s%s", where, suffix, name,
    table.concat(config.FORMATS, ", "), errors.hint(suffix, config.FORMATS))
end

-- Formats whose texts are drawn with the machine's fonts, so that a character may be missing.
local NEEDS_FONTS = { png = true, pdf = true, eps = true, gif = true, webp = true }

local MOVES = { gif = true, webp = true } -- formats in which an animation moves

local MISSING = "no installed font has %s, so png and pdf show a sign in its place; svg leaves fonts to the viewer"
local FOREIGN = "tex: pdflatex may not know %s; lualatex with a font that has it does"

local told = { [MISSING] = {}, [FOREIGN] = {} } -- characters of which the user knows

-- Says of characters what is wrong with them, once.
local function remark_characters(figure, message, codes)
  local new = {}
  for _, code in ipairs(codes) do
    if not told[message][code] then new[#new + 1] = ("%s (U+%04X)"):format(utf8.char(code), code) end
    told[message][code] = true
  end
  if #new > 0 then runner.remark(figure, message:format(table.concat(new, ", "))) end
end

-- What is drawn instead of a script because characters are missing, or nil.
local function replacement(figure, source, format)
  local codes = NEEDS_FONTS[format] and fonts.missing(source) or {}
  if #codes == 0 then return nil end
  remark_characters(figure, MISSING, codes)
  return fonts.without(source, codes)
end

-- Formats made of pixels, and how many those may have: cairo's limit for a side, and some 800 MB in all.
local PIXELS = { png = true, gif = true, webp = true }
local LONGEST, MOST = 32767, 2e8

-- Raises about a picture of more pixels than can be drawn.
local function check_pixels(picture, format, where)
  if not PIXELS[format] then return end
  local size, dpi = picture.opts.size, picture.look.dpi
  local width, height = size[1] * dpi / 96, size[2] * dpi / 96
  if math.max(width, height) <= LONGEST and width * height <= MOST then return end
  errors.raise("%s: at %g dpi the %s has %.0f x %.0f pixels, but at most %d on a side and %g in all can be drawn; "
    .. "take a smaller size or dpi, or pdf", where, dpi, format, width, height, LONGEST, MOST)
end

-- How texts are written for formats that do not take gnuplot's markup.
local TEXTS = { tex = "latex", txt = "plain" }

-- The format that a script draws when it is run by hand.
local function script_format(formats, movie)
  for _, format in ipairs(formats) do
    if format ~= "none" and format ~= "tex" and (not movie or MOVES[format]) then return format end
  end
  return movie and "gif" or formats[1] == "tex" and "tex" or "svg"
end

-- Whether texts of a picture hold gnuplot's markup.
local function has_markup(picture)
  local own = rawget(picture, "opts") or picture
  if own.enhanced then return true end
  for _, list in ipairs { "figures", "frames", "elements", "notes" } do
    for _, part in ipairs(rawget(picture, list) or {}) do
      if has_markup(part) then return true end
    end
  end
  return false
end

--- Writes `<name>.gp` into the output folder and submits a drawing for each format.
-- @string name of the files; a suffix (".png") chooses the format
-- @string where the function that an error names
-- @tparam function write_script write_script(base, format, texts) gives the text of the gnuplot script, and remarks
-- about it; of an animation it gives that of the last frame where `texts` is not nil
-- @tparam table picture the figure, grid or animation
-- @treturn string the path of the first picture, or of the script if there is none
local function save_figure(name, where, write_script, picture)
  local movie = picture.frames and picture
  arguments.settle()
  local base, formats = split_name(name, where, movie)
  local dir = config.out:gsub("(.)/+$", "%1")
  local path = dir .. "/" .. base .. ".gp"
  for _, format in ipairs(formats) do check_pixels(movie and movie.frames[1] or picture, format, where) end
  local default = script_format(formats, movie)
  local texts = default == "tex" and "latex" or nil
  local source, remarks = write_script(base, default, texts)
  local ok, message = files.make_folder(dir)
  if ok then ok, message = files.claim(dir) end
  if ok then
    runner.wait_for(path)
    ok, message = files.replace(path, source, true)
  end
  if not ok then errors.raise("%s: %s", where, message) end
  local line, first = errors.where(), nil
  local figure = { dir = dir, name = base, where = line }
  for _, remark in ipairs(remarks) do runner.remark(figure, remark) end
  for _, format in ipairs(formats) do
    if format ~= "none" then
      local moves = movie and MOVES[format]
      local apart = (movie and not moves) or TEXTS[format] ~= texts
      local still = apart and write_script(base, format, TEXTS[format] or "shown") or nil
      if format == "tex" then remark_characters(figure, FOREIGN, mathematics.foreign(still or source)) end
      runner.submit {
        dir = dir, name = base, format = format, where = line, movie = moves and movie or nil,
        markup = has_markup(picture), font_size = (movie and movie.frames[1] or picture).look.font_size,
        source = replacement(figure, still or source, format) or still,
      }
      first = first or dir .. "/" .. base .. "." .. format
    end
  end
  return first or path
end

return save_figure
