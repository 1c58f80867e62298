--- Runs that are kept: plain directories `runs/<n>-<experiment>/`, how they are found and read.
--
-- A run is a table: `number`, `name` ("12-momentum"), `path`, `kind` ("run" or "sweep"), `experiment`, `script`,
-- `arguments`, `parameters`, `seed`, `status` ("running", "done", "failed", "diverged", "interrupted" or "damaged"),
-- `error`, `started`, `seconds`, `versions`, `code`, `data`, `cell`, `final` {[quantity] = the last value}, `tags`,
-- `sweep` (the directory's name of the sweep it belongs to). docs/howto/runs.md describes the directory.
-- @module optlab.runs
local args = require "optlab.base.args"
local config = require "optlab.base.config"
local directory = require "optlab.runs.directory"
local errors = require "optlab.base.errors"
local files = require "optlab.base.files"
local identity = require "optlab.runs.identity"
local query = require "optlab.runs.query"
local reader = require "optlab.runs.reader"
local record = require "optlab.runs.record"
local series = require "optlab.runs.series"
local where = require "optlab.runs.where"
local words = require "optlab.runs.words"

local M = {}

local FOLDER = args.declare("runs.folder", { doc = "The folder of kept runs." })

--- The folder of runs: `--runs-dir`, $OPTLAB_RUNS, or "runs".
-- @treturn string
function M.folder(...)
  FOLDER:read(...)
  return config.runs
end

local READ = args.declare("runs.read", {
  doc = "Reads one kept run; returns it, or nil and a message.",
  positions = 1,
  { "which", "integer|string", required = true,
    doc = "The run: 12, \"12-momentum\", \"last\", or the path of a run's directory." },
})

--- Reads one run.
-- @tparam integer|string which
-- @treturn ?table the run, or nil and a message
-- @usage local run = assert(lab.runs.read "last"); print(run.final.loss)
function M.read(...)
  local path, message = words.find(READ:read(...).which)
  if not path then return nil, message end
  return reader.read(path)
end

--- The runs that words name: 12, 12-momentum, 12..20, last, @tag, the path of a run's directory.
-- @tparam {string,...} list
-- @treturn ?{table,...} the runs, each once, or nil and a message
function M.select(list) return words.select(list) end

local FIND = args.declare("runs.find", {
  doc = "The kept runs that match, in the order of their numbers or sorted.",
  { "experiment", "string", doc = "Only runs of this experiment, such as \"momentum\"." },
  { "sweep", "string", doc = "Only cells of this sweep: its directory's name." },
  { "status", "choice", choices = where.STATUS, doc = "Only runs with this status." },
  { "tag", "string", doc = "Only runs with this tag." },
  { "kind", "choice", choices = { "run", "sweep" }, doc = "Only runs of this kind; by default both." },
  { "where", "string",
    doc = "A Lua expression over parameters, final quantities, number, seed, ...: \"lr < 0.1 and loss < 0.25\"." },
  { "sort", "string", doc = "The name of a value to sort by, such as \"loss\"; \"-loss\" for the largest first." },
  { "limit", "integer", min = 0, doc = "The largest number of runs." },
})

--- The runs that are asked for; nil and a message where the question makes no sense.
-- @tparam[opt] table o see `find`
-- @treturn ?{table,...}
function M.all(o) return query.find(o or {}) end

--- Finds runs: `all` with its options checked; what is wrong with them is an error.
-- @treturn {table,...}
-- @usage
-- for _, run in ipairs(lab.runs.find { where = "lr < 0.1", sort = "loss" }) do print(run.name, run.final.loss) end
function M.find(...)
  local list, message = M.all(FIND:read(...))
  if not list then errors.raise("runs.find: %s", message) end
  return list
end

local SERIES = args.declare("runs.series", {
  doc = "The curves that a run recorded: {file =, run =, quantity =, x_name =, x = {...}, y = {...}}, ...",
  positions = 1, { "run", "table", required = true, doc = "A run." },
})

--- The curves of a run: those of metrics.csv, of history.csv, then of other records.
-- @tparam table run
-- @treturn {table,...}
function M.series(...) return series.read(SERIES:read(...).run.path) end

--- The runs that stand for the cells of a sweep so far, in the order of the cells. Runs that were there before the
-- sweep are among them, and those that were removed are not.
-- @tparam table sweep a run of kind "sweep"
-- @treturn {table,...}
function M.cells(sweep)
  local folder, list = sweep.path .. "/cells", {}
  if not files.readable(folder) then return M.all { sweep = sweep.name, kind = "run" } end
  for _, name in ipairs(files.list(folder, "^%d+$")) do
    local run = (files.read(folder .. "/" .. name) or ""):match "^(%S+) %a+ %d+ %S*\n$" -- optlab.sweep.work.mark
    local path = run and ("%s/%s"):format(sweep.path:match "^(.*)/" or ".", run)
    if path and files.readable(path) then list[#list + 1] = reader.read(path) end
  end
  return list
end

--- Makes a numbered directory with its run.json, for a run that another process is to do.
-- @tparam table fields of run.json; `experiment` at least. `kind` is "run" and `status` "running" unless given
-- @tparam[opt] string suffix of the directory's name, by default the experiment
-- @treturn ?string its path, or nil and a message
function M.new(fields, suffix)
  fields.kind, fields.status = fields.kind or "run", fields.status or "running"
  return directory.make(fields, suffix)
end

--- Replaces the run.json of a directory.
-- @tparam string path
-- @tparam table fields
-- @treturn ?boolean true, or nil and a message
function M.write(path, fields) return record.write(path, fields, true) end

--- The identity of a run that has these bytes of the script, parameters and seed (optlab.runs.identity).
-- @function cell
M.cell = identity.cell

--- The files of a run, its script, modules and data, that are no longer what they were when it ran.
-- @function changed
-- @tparam table run
-- @treturn {string,...} their names
M.changed = identity.changed

--- Whether a value is a run.
-- @function is_run
-- @param value
-- @treturn boolean
M.is_run = reader.is_run

--- What scripts see as lab.runs.
M.public = errors.strict({ folder = M.folder, read = M.read, find = M.find, series = M.series }, "lab.runs")

return M
