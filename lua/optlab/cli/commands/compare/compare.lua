--- `optlab compare`: runs side by side, or groups of runs with their spread.
-- @module optlab.cli.commands.compare.compare
local choice = require "optlab.cli.commands.compare.choice"

local function build(parser)
  choice.add_runs(parser)
  parser:option("--by"):argname("NAME[,NAME]"):count("*")
    :description("groups that differ in this parameter, with their spread; without RUN: of all runs that have it")
  choice.add_metric(parser)
  parser:flag("--best"):description("keep only the configuration of each group that has the best median")
  parser:option("--against"):argname("VALUE"):description("differences from this group (default: the best one)")
  parser:option("--format"):argname("FORMAT"):choices(require("optlab.base.text.table").FORMATS):default("text")
    :description("text, csv (all digits), markdown or latex")
end

-- Warnings belong to a text; beside a table for a file they go to standard error.
local function say(format, lines, prefix)
  local out = format == "text" and io.stdout or io.stderr
  if #lines > 0 and format == "text" then out:write("\n") end
  for _, line in ipairs(lines) do out:write(prefix, line, "\n") end
end

local function show_groups(list, by, o)
  local result, message = require("optlab.compare.groups").make(list, by, o)
  if not result then return nil, "compare: " .. message end
  local text = require "optlab.compare.group_text"
  io.write(text.text(result, o.format, o.width))
  local note = o.format == "text" and text.note(result)
  if note then io.write("\n", note, "\n") end
  say(o.format, result.warnings, "warning: ")
  return true
end

local function show_runs(list, o)
  if #list < 2 then return nil, "compare: one run alone; name two or more, or groups with --by NAME" end
  local text, remarks = require("optlab.compare.side_by_side").text(list, o)
  if not text then return nil, "compare: " .. remarks end
  io.write(text)
  say(o.format, remarks, "note: ")
  return true
end

local function run(values)
  local by, message = choice.by(values, "compare")
  if message then return nil, message end
  local list, o
  list, message = choice.runs(values, "compare", by)
  if not list then return nil, message end
  o, message = choice.metric(values, "compare")
  if not o then return nil, message end
  o.format, o.width = values.format, require("optlab.core").system.columns()
  o.best, o.against = values.best, values.against
  if by then return show_groups(list, by, o) end
  if o.best or o.against then return nil, "compare: --best and --against are about groups; give --by NAME" end
  return show_runs(list, o)
end

return {
  name = "compare", summary = "puts runs, or groups of runs, side by side: --by lr",
  usage = "optlab compare RUN RUN ... [--metric NAME]\n       optlab compare [RUN...] --by NAME [--metric NAME] "
    .. "[--best]",
  doc = "Shows in what runs differ, and their final values. With --by: groups of runs with median, quartiles, mean and"
    .. " standard deviation, differences in pairs of the same seed with their intervals, and warnings about an "
    .. "unfair comparison.",
  completes = { runs = "RUN", experiment = "experiment" }, reads_runs = true, build = build, run = run,
}
