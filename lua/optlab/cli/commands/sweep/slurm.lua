--- `optlab slurm SCRIPT ...`: a sweep as an array of Slurm.
-- @module optlab.cli.commands.sweep.slurm
local slurm = require "optlab.sweep.slurm"
local sweep_words = require "optlab.sweep.words"

local HELP = [[
Usage: optlab slurm [options] SCRIPT [--PARAMETER VALUES]... [options]

Writes a script for sbatch: an array whose tasks take the cells of a sweep from
a disk that all machines have in common. Everything but these options is as for
optlab sweep; optlab sweep with the same arguments shows the results.

Options:
%s]]

local function read(list)
  if sweep_words.ask_for_help(list) then return print(HELP:format(sweep_words.lines(slurm.OPTIONS))) end
  local values, others = slurm.read(list)
  if not values then return nil, others end
  local words, plan = require("optlab.sweep").read(others)
  if not words then return nil, plan end
  return { values = values, words = words, plan = plan }
end

-- For completion: the sweep's options too.
local function all_options()
  local list = {}
  for _, rows in ipairs { slurm.OPTIONS, sweep_words.OPTIONS } do
    for _, row in ipairs(rows) do list[#list + 1] = { row[1], row[2], row[3] } end
  end
  return list
end

return {
  name = "slurm", summary = "a sweep as a job array of Slurm: optlab slurm x.lua --lr 1,2",
  usage = "optlab slurm [options] SCRIPT [--PARAMETER VALUES]... [options]",
  options = all_options(), takes = "SCRIPT", read = read,
  run = function(o)
    if o.words.options.dry_run then return require("optlab.sweep").list_cells(o.plan) end
    return slurm.run(o.values, o.words, o.plan)
  end,
}
