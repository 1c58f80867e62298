--- `optlab tag RUN... TAG`: a tag for runs.
-- @module optlab.cli.commands.runs.tag
local function build(parser)
  parser:argument("run"):args("2+"):description("12, 12..20, last, @tag, ..., and as the last word the tag, such as "
    .. "baseline: in other commands @baseline means these runs")
  parser:flag("--remove"):description("remove the tag")
end

local function run(values)
  local tags, tag = require "optlab.runs.tags", table.remove(values.run)
  local runs, message = require("optlab.runs").select(values.run)
  if not runs then return nil, message end
  if not values.remove then return tags.add(runs, tag) end
  local count, wrong = tags.remove(runs, tag)
  if not count then return nil, wrong end
  if count == 0 then return nil, ("none of these runs has the tag '%s'"):format(tag) end
  return true
end

return {
  name = "tag", summary = "gives runs a tag: optlab tag 12 best",
  usage = "optlab tag RUN... TAG [--remove]",
  doc = "Gives runs a tag, which is a line in tags.txt in their directories. optlab gc does not remove runs with a "
    .. "tag.",
  completes = { run = "run_or_tag" }, reads_runs = true, build = build, run = run,
}
