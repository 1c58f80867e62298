--- `optlab runs`: the runs that are kept, as a table.
-- @module optlab.cli.commands.runs.runs
local LAST = 20 -- shown unless more are asked for

local function build(parser)
  local STATUS = require("optlab.runs.where").STATUS
  parser:argument("experiment"):args("?"):description("only runs of this experiment, such as momentum")
  parser:option("--where"):argname("CONDITION"):description("a Lua expression over parameters, final values, number, "
    .. "seed, status, tags...: 'lr < 0.1 and loss < 0.25'")
  local sort = parser:option("--sort"):argname("NAME")
  sort:description("sort by a value, such as loss; -loss: the largest first")
  sort._any_value = "any"
  parser:option("--status"):argname("STATUS"):choices(STATUS):description("only runs with this status: "
    .. table.concat(STATUS, ", "))
  parser:option("--tag"):argname("TAG"):description("only runs with this tag")
  parser:option("--sweep"):argname("RUN"):description("the runs of a sweep")
  parser:flag("--cells"):description("also the runs of sweeps, which are otherwise one line")
  parser:option("--limit"):argname("N"):convert(function(text)
    local n = math.tointeger(tonumber(text))
    return n and n >= 0 and n or nil, "--limit must be an integer of at least 0, got '" .. text .. "'"
  end):description("how many to show (default " .. LAST .. "): the last ones, or the first ones of a sorted list")
  parser:flag("--all"):description("show all")
  parser:option("--format"):argname("FORMAT"):choices(require("optlab.base.text.table").FORMATS):default("text")
    :description("text, csv (every value), markdown or latex")
  parser:flag("--reindex"):description("build the index of the folder again, then show")
end

local function reindex()
  local system = require("optlab.core").system
  local start = system.clock()
  local count, message = require("optlab.runs.index").rebuild()
  if not count then return nil, message end
  io.stderr:write(("%d runs read in %.2f s\n"):format(count, system.clock() - start))
  return true
end

-- The query of the command's words.
local function query_of(values)
  local limit = not values.all and (values.limit or LAST) or nil
  local whole = values.where or values.sort or values.sweep or values.cells or values.status or values.tag
  local o = {
    experiment = values.experiment, where = values.where, status = values.status, tag = values.tag, sort = values.sort,
    top = not whole or nil, counts = true,
  }
  o[values.sort and "limit" or "last"] = limit
  if values.sweep then
    local sweep, message = require("optlab.runs").read(values.sweep)
    if not sweep then return nil, message end
    if sweep.kind ~= "sweep" then return nil, ("%s is no sweep"):format(sweep.name) end
    o.sweep = sweep.name
  end
  return o
end

-- What to say where nothing is shown.
local function nothing(values)
  local folder = require("optlab.base.config").runs
  local names = require("optlab.runs.directory").names()
  if #names == 0 then return ("no runs are kept in %s; optlab SCRIPT keeps one"):format(folder) end
  local experiments, seen = {}, {}
  for _, name in ipairs(names) do
    local experiment = name:match "^%d+%-(.*)$"
    if not seen[experiment] then experiments[#experiments + 1], seen[experiment] = experiment, true end
  end
  local hint = values.experiment and require("optlab.base.errors").hint(values.experiment, experiments) or ""
  return ("no run matches, of %d in %s%s"):format(#names, folder, hint)
end

local function run(values)
  if values.reindex then
    local ok, message = reindex()
    if not ok then return nil, message end
  end
  local o, wrong = query_of(values)
  if not o then return nil, wrong end
  local runs, total = require("optlab.runs.query").find(o)
  if not runs then return nil, total end
  if #runs == 0 and (total or 0) == 0 and values.format == "text" then
    print(nothing(values))
    return true
  end
  local columns = require("optlab.core").system.columns()
  io.write(require("optlab.runs.text.listing").text(runs, values.format, columns))
  if values.format == "text" and total and total > #runs then
    local which = values.sort and "first" or "last"
    print(("(the %s %d of %d; --all shows all, --limit N so many)"):format(which, #runs, total))
  end
  return true
end

return {
  name = "runs", summary = "lists the runs that are kept: optlab runs --sort loss",
  usage = "optlab runs [EXPERIMENT] [--where CONDITION] [--sort NAME] ...",
  doc = "Lists the kept runs: their number, experiment, status, time, a final value, the parameters that the "
    .. "command line gave, tags.",
  completes = { experiment = "experiment" }, reads_runs = true, build = build, run = run,
}
