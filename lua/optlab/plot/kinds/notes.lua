--- Texts in a figure, with arrows or without.
-- @module optlab.plot.kinds.notes
local args = require "optlab.base.args"
local errors = require "optlab.base.errors"
local figure = require "optlab.plot.figure"
local options = require "optlab.plot.options"

local Figure = figure.Figure

local TEXT = { "text", "text", required = true, doc = "The text; \"\\n\" begins a new line." }
local AT = { "at", "pair", finite = true, required = true, doc = "{x, y} of the text." }
local SIZE = { "size", "scalar", above = 0, max = 1000, doc = "Size of the font." }
local ALIGN = { "align", "choice", choices = { "left", "center", "right" }, default = "left",
  doc = "Which part of the text is at that position." }

local ANNOTATE = args.declare("Figure:annotate", {
  doc = "Writes a text with an arrow that points to a position.",
  positions = 3, TEXT,
  { "point", "pair", finite = true, required = true, doc = "{x, y}: the position to which the arrow points." }, AT,
  options.COLOR, SIZE, ALIGN, options.ENHANCED,
})
local WRITE = args.declare("Figure:text", {
  doc = "Writes text into the figure.",
  positions = 2, TEXT, AT, options.COLOR, SIZE, ALIGN, options.ENHANCED,
})

local function note(fig, o, x, y, where)
  figure.check_kind(fig, false, where)
  if fig.root then errors.raise("%s: notes go by the axes of the figure: write them there", where) end
  figure.check_log(fig, "x", x, where .. ": x")
  figure.check_log(fig, "y", y, where .. ": y")
  fig.notes[#fig.notes + 1] = {
    text = o.text, x = x, y = y, align = o.align, enhanced = o.enhanced, size = o.size, color = o.color,
  }
  return fig
end

--- A text with an arrow to a point. Lines are separated by "\n"; the text is moved when it would leave the frame.
-- @string text
-- @tparam {number,number} point what the arrow points at
-- @tparam {number,number} at the lower left corner of the text
-- @tparam[opt] table opts see the declaration above; the arrow has the text's colour
-- @treturn Figure
function Figure:annotate(...)
  local o = ANNOTATE:read(...)
  return note(self, o, { o.point[1], o.at[1] }, { o.point[2], o.at[2] }, ANNOTATE.callee)
end

--- A text.
-- @string text
-- @tparam {number,number} at its lower left corner
-- @tparam[opt] table opts as of @{annotate}
-- @treturn Figure
function Figure:text(...)
  local o = WRITE:read(...)
  return note(self, o, { o.at[1] }, { o.at[2] }, WRITE.callee)
end

return Figure
