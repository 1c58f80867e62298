--- A progress bar on standard error, for long loops at a terminal.
--
-- It shows what is done, the rate and the time left, is drawn at most ten times a second, fits the terminal's width,
-- and is not there at all when standard error is no terminal or after --quiet or --no-progress. Nothing it does
-- changes a result. `bar:state()` gives the same as values, with or without a terminal.
-- @module optlab.base.progress
-- @usage
-- for epoch in lab.progress(30, "training") do ... end
-- local bar = lab.progress(n, "download"); bar:step("12 kB"); bar:done()
-- print(bar:state().percent)
local args = require "optlab.base.args"
local arguments = require "optlab.base.script_arguments"
local bar = require "optlab.base.terminal.bar"
local config = require "optlab.base.config"
local system = require("optlab.core").system

local PROGRESS = args.declare("lab.progress", {
  doc = "A progress bar on a terminal; also the iterator of a for loop.",
  positions = 2,
  { "total", "integer", min = 0, required = true, doc = "The number of steps." },
  { "label", "string", doc = "Shown before the bar." },
  { "unit", "string", doc = "What the shown rate counts, such as \"examples\"; by default steps." },
  { "per_step", "number", above = 0, default = 1, doc = "How many of these units a step has." },
  { "done", "integer", min = 0, default = 0, doc = "Number of steps already done." },
  { "text", "string|number|callable", doc = "Shown after the bar; a function is called each time the bar is drawn." },
  { "loss", "number|callable",
    doc = "The last loss, shown with the bar; a function that returns it, or nil, is called each time." },
})

--- Starts a bar; also the iterator of a generic for.
-- @tparam integer total number of steps
-- @tparam[opt] string label
-- @tparam[opt] table options see the declaration above
-- @treturn Bar with `:step(text) :set(n, text) :clear() :done() :state()`
local function progress(...)
  arguments.settle()
  local o = PROGRESS:read(...)
  local self = bar.new {
    total = o.total, label = o.label, unit = o.unit, per_step = o.per_step, text = o.text, loss = o.loss,
    count = o.done, shown = not config.no_progress and not config.quiet and system.isatty("stderr"),
  }
  return self, nil, nil, self
end

return progress
