--- `optlab sweep SCRIPT ...`: a script with many values of its parameters.
-- @module optlab.cli.commands.sweep.sweep
local words = require "optlab.sweep.words"

local HELP = [[
Usage: optlab sweep [options] SCRIPT [--PARAMETER VALUES]... [options]

Runs a script with every combination of the values of its parameters. Each run
is kept. After an interruption, the same command continues the sweep.

VALUES of a parameter:
  0.1,0.01              a list; also of texts and choices
  1..10  0..1..0.25     numbers from one to another, by 1 or by a step
  'log(1e-6, 1e-2, 5)'  five numbers with equal ratios
  'linspace(0, 1, 5)'   five numbers with equal distances
A repeated flag adds values; a parameter that is a list is varied
that way. With --sample, 0.1..0.5, log(1e-6, 1e-2) and linspace(0, 1) are
ranges to draw from.

Options:
%s
and those of every script, such as --threads, --data and --format. The values
of --seed are a parameter's.]]

local function read(list)
  if words.ask_for_help(list) then return print(HELP:format(words.lines(words.OPTIONS))) end
  local line, plan = require("optlab.sweep").read(list)
  if not line then return nil, plan end
  return { words = line, plan = plan }
end

return {
  name = "sweep", summary = "runs a script with many values: optlab sweep x.lua --lr 0.1,0.01",
  usage = "optlab sweep [options] SCRIPT [--PARAMETER VALUES]... [options]",
  options = words.OPTIONS, takes = "SCRIPT", read = read,
  run = function(o) return require("optlab.sweep").run(o.words, o.plan) end,
}
