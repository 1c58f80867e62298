--- `optlab show [RUN]`: everything about a run.
-- @module optlab.cli.commands.runs.show
local function build(parser)
  parser:argument("run"):args("?"):description("12, 12-momentum, last, or a directory (default last)")
  parser:flag("--path"):description("print only its directory: cd \"$(optlab show --path)\"")
  parser:flag("--output"):description("print its output")
  parser:flag("--command"):description("print the command that starts it again")
end

local function run(values)
  local found, message = require("optlab.runs").read(values.run or "last")
  if not found then return nil, message end
  local details = require "optlab.runs.text.details"
  if values.path then
    print(found.path)
  elseif values.output then
    io.write(details.output(found))
  elseif values.command then
    local command = details.command(found)
    if not command then return nil, ("%s does not say which script made it"):format(found.name) end
    print(command)
  else
    io.write(details.text(found))
  end
  return true
end

return {
  name = "show", summary = "shows everything about a run: optlab show 12",
  usage = "optlab show [RUN] [--path | --output | --command]",
  doc = "Shows a run: its parameters, final values, script, data, versions, files, and the last lines that it printed.",
  completes = { run = "RUN" }, reads_runs = true, build = build, run = run,
}
