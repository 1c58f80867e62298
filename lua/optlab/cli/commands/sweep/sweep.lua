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

local function help()
  local lines = {}
  for _, row in ipairs(words.OPTIONS) do
    lines[#lines + 1] = ("  %-20s  %s"):format(row[1] .. (row[2] and " " .. row[2] or ""), row[3])
  end
  print(HELP:format(table.concat(lines, "\n")))
end

local function read(list)
  for _, word in ipairs(list) do
    if word == "--help" or word == "-h" then return help() end
  end
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
