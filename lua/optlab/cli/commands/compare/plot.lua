--- `optlab plot RUN...`: the curves of runs in one figure.
-- @module optlab.cli.commands.compare.plot
local choice = require "optlab.cli.commands.compare.choice"

local function build(parser)
  choice.add_runs(parser)
  parser:option("--y"):argname("NAME"):description("the quantity to draw (default loss)")
  parser:option("--x"):argname("NAME"):description("what it was recorded over: epoch, step, ...")
  parser:option("--by"):argname("NAME[,NAME]"):count("*")
    :description("draw median and quartiles of groups by this parameter")
  parser:option("--line"):argname("NAME"):description("of runs that record several lines, the one of this name")
  parser:flag("--logx"):description("logarithmic x axis")
  parser:flag("--logy"):description("logarithmic y axis")
  parser:option("--title"):argname("TEXT"):description("the title (default: the experiments' names)")
  parser:option("--name"):argname("NAME"):description("the picture's name (default: the quantity's)")
  parser:option("--format"):argname("F[,F]")
    :description(table.concat(require("optlab.base.config").FORMATS, ", ") .. " (default svg)")
  parser:option("--out"):argname("DIR"):description("its folder (default out)")
end

local function file_name(values, o)
  if values.name then return values.name end
  return (table.concat({ o.y, o.by and "by" or nil, table.unpack(o.by or {}) }, "-"):gsub("[^%w._+%-]", "-"))
end

local function save(fig, values, o)
  local config, plot = require "optlab.base.config", require "optlab.plot"
  config.out = values.out or "out"
  if values.format then plot.set_format(values.format) end
  local path = fig:save(file_name(values, o))
  local ok, message = plot.wait()
  return ok and path, message
end

local function run(values)
  local by, message = choice.by(values, "plot")
  if message then return nil, message end
  local o = { y = values.y, x = values.x, line = values.line, by = by, logx = values.logx, logy = values.logy,
    title = values.title }
  local list
  list, message = choice.runs(values, "plot", o.by)
  if not list then return nil, message end
  local fig, drawn = require("optlab.compare.figure").make(list, o)
  if not fig then return nil, "plot: " .. drawn end
  local ok, path, wrong = pcall(save, fig, values, o)
  if not ok then wrong = tostring(type(path) == "table" and path.message or path) end
  if wrong then return nil, "plot: " .. wrong:gsub("^Figure:save: ", ""):gsub("^plot%.[%w_]+: ", "") end
  print(("%s: %s"):format(path, drawn))
  return true
end

return {
  name = "plot", summary = "draws the curves of runs: --by lr for medians and bands",
  usage = "optlab plot RUN... [--y NAME] [--x NAME] [--by NAME] [--logy] [--out DIR]",
  doc = "Draws curves of runs in one figure: a line for each run, or with --by the median of each group and a band from"
    .. " the lower to the upper quartile. A run that diverged counts as the worst from then on.",
  completes = { runs = "RUN", experiment = "experiment" }, reads_runs = true, build = build, run = run,
}
