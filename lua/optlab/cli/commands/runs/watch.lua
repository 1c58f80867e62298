--- `optlab watch [RUN]`: the curve of a run in another window, or the table of a sweep.
-- @module optlab.cli.commands.runs.watch
local function build(parser)
  parser:argument("run"):args("?")
    :description("12, 12-momentum, last, or a directory (default the last; of a cell its sweep)")
  parser:option("-y --y"):argname("NAME[,NAME]"):description("quantities to draw (default: the losses)")
end

-- The words of "a,b", or nil.
local function list_of(text)
  if not text then return nil end
  local list = {}
  for word in text:gmatch "[^,]+" do list[#list + 1] = word end
  return #list > 0 and list or nil
end

-- What is watched by default: the last run, or the sweep that it is a cell of.
local function newest()
  local runs = require "optlab.runs"
  local found, message = runs.read "last"
  return found and found.sweep and runs.read(found.sweep) or found, message
end

local function run(values)
  local found, message
  if values.run then
    found, message = require("optlab.runs").read(values.run)
  else
    found, message = newest()
  end
  if not found then return nil, message end
  return require("optlab.watch").watch(found, list_of(values.y))
end

return {
  name = "watch", summary = "draws the curve of a run while it trains: optlab watch 12",
  usage = "optlab watch [RUN] [--y NAME]",
  doc = "Draws the losses of a run of another process, or a table of a sweep's cells, until the run or the sweep "
    .. "ends. One that has ended is drawn once.",
  completes = { run = "RUN", y = "quantity" }, reads_runs = true, build = build, run = run,
}
