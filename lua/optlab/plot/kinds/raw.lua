--- gnuplot's own commands in a figure, for what optlab has no method for.
-- @module optlab.plot.kinds.raw
local args = require "optlab.base.args"
local errors = require "optlab.base.errors"
local figure = require "optlab.plot.figure"

local Figure = figure.Figure

local RAW = args.declare("Figure:raw", {
  doc = "Puts gnuplot commands of your own into the figure's script, unchanged. Never pass text of other people to "
    .. "it: gnuplot can run programs.",
  positions = 1,
  { "commands", "string", doc = "Commands before the plot, such as \"set arrow from 0,0 to 1,1\"; several lines." },
  { "plot", "string", doc = "An item of the plot command, such as \"sin(x) with lines\"." },
})

--- Commands of one's own: `fig:raw("set arrow from 0,0 to 1,1 nohead")`, `fig:raw{plot = "sin(x) with lines notitle"}`.
-- They stand behind optlab's, so they can change any of its settings.
-- @string[opt] commands
-- @tparam[opt] table opts see the declaration above
-- @treturn Figure
function Figure:raw(...)
  local o = RAW:read(...)
  if not o.commands and not o.plot then
    errors.raise("%s: give commands, or plot = an item of the plot command", RAW.callee)
  end
  local whole = self.root or self -- of a second axis, its figure
  whole.raws = whole.raws or {}
  whole.raws[#whole.raws + 1] = o.commands
  if o.plot then figure.add(self, { kind = "raw", item = o.plot }, self.solid or false, RAW.callee) end
  return self
end

return Figure
