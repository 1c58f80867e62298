--- `optlab export RUN...`: the numbers of runs for other programs.
-- @module optlab.cli.commands.compare.export
local choice = require "optlab.cli.commands.compare.choice"

local function build(parser)
  choice.add_runs(parser)
  parser:flag("--csv"):description("a row for each recorded value, with the run's parameters")
  parser:flag("--json"):description("everything about each run")
  parser:option("--tensorboard"):argname("DIR")
    :description("event files that TensorBoard reads: tensorboard --logdir DIR")
  parser:option("--out"):argname("FILE"):description("the file of --csv and --json (default: standard output)")
end

local function one_form(values)
  local count = (values.csv and 1 or 0) + (values.json and 1 or 0) + (values.tensorboard and 1 or 0)
  if count ~= 1 then return nil, "export: give one of --csv, --json and --tensorboard DIR" end
  if values.tensorboard == "" then return nil, "export: --tensorboard must be the name of a folder, got ''" end
  if values.out == "" then return nil, "export: --out must be the name of a file, got ''" end
  if values.tensorboard and values.out then return nil, "export: --out is the file of --csv and --json" end
  return true
end

local function count_of(n, noun) return require("optlab.compare.values").count(n, noun) end

local function write_events(list, folder)
  local count, points, empty = require("optlab.compare.export.tensorboard").write(list, folder)
  if not count then return nil, "export: " .. points end
  print(("%s: %s with %s of %s"):format(folder, count_of(count, "event file"), count_of(points, "value"),
    count_of(#list - #empty, "run")))
  if #empty > 0 then print("without curves: " .. table.concat(empty, ", ")) end
  return true
end

local function write_text(text, list, out)
  if not out then
    io.write(text)
    return true
  end
  local files = require "optlab.base.files"
  local ok, message = files.make_folder(out:match "^(.*)/[^/]*$" or ".")
  if ok then ok, message = files.replace(out, text) end
  if not ok then return nil, "export: " .. message end
  print(("%s: %s"):format(out, count_of(#list, "run")))
  return true
end

local function run(values)
  local ok, message = one_form(values)
  if not ok then return nil, message end
  local list
  list, message = choice.runs(values, "export")
  if not list then return nil, message end
  if values.tensorboard then return write_events(list, values.tensorboard) end
  local text = require "optlab.compare.export.text"
  return write_text(values.csv and text.csv(list) or text.json(list), list, values.out)
end

return {
  name = "export", summary = "writes the numbers of runs as CSV, JSON or for TensorBoard",
  usage = "optlab export RUN... --csv | --json | --tensorboard DIR",
  doc = "Writes what runs recorded for other programs.",
  completes = { runs = "RUN", experiment = "experiment" }, reads_runs = true, build = build, run = run,
}
