--- `optlab gc`: clears away what nobody needs in the folder of runs.
-- @module optlab.cli.commands.runs.gc
local function build(parser)
  parser:flag("--failed"):description("also runs that failed or were interrupted")
  parser:flag("--damaged"):description("also damaged runs that have recorded numbers or figures")
  parser:option("--older"):argname("DAYS"):convert(function(text)
    local days = tonumber(text)
    return days and days >= 0 and days or nil, "--older must be a number of days, got '" .. text .. "'"
  end):description("also runs at least DAYS days old; with --failed or --damaged only such runs")
  parser:flag("-n --dry-run"):description("only list what would be removed")
  parser:flag("-y --yes"):description("do not ask")
end

local function show(list)
  local size, rows, bytes = require "optlab.runs.text.size", {}, 0
  for i, entry in ipairs(list) do
    rows[i] = { entry.path, size.text(entry.bytes), entry.what }
    bytes = bytes + entry.bytes
  end
  io.write(require("optlab.base.text.table").render({
    { title = "path", cut = true }, { title = "size", align = "right" }, { title = "why", cut = true },
  }, rows, { width = require("optlab.core").system.columns() }))
  return size.text(bytes)
end

local function run(values)
  local list, message = require("optlab.runs.tidy.leftovers").find {
    failed = values.failed, damaged = values.damaged, older = values.older,
  }
  if not list then return nil, message end
  if #list == 0 then
    print "nothing to clear away"
    return true
  end
  local size = show(list)
  if values.dry_run then return true end
  local things = #list == 1 and "this" or ("these %d"):format(#list)
  local may, why = require "optlab.cli.commands.runs.confirm"(("Remove %s (%s)?"):format(things, size), values.yes)
  if not may then return why == nil or nil, why end
  local removal = require "optlab.runs.tidy.removal"
  for _, entry in ipairs(list) do
    if not removal.is_in_use(entry.path) then
      local ok, wrong = removal.remove(entry.path)
      if not ok then return nil, wrong end
    end
  end
  return true
end

return {
  name = "gc", summary = "removes what killed runs left: optlab gc --failed",
  usage = "optlab gc [--failed] [--damaged] [--older DAYS] [-n] [-y]",
  doc = "Removes leftovers: numbers that killed runs had claimed, unfinished files, broken links, damaged "
    .. "directories without any results. It lists them and asks. A run that is still running or has a tag is not "
    .. "removed.",
  reads_runs = true, build = build, run = run,
}
