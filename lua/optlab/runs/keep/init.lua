--- Keeping a run: its directory, run.json, the copies of its code, the link out/x.
--
-- The directory is made when the run begins: when the script has declared its parameters, or when something first asks
-- where files go, at the latest at the script's end. A run whose options are refused leaves nothing. Nothing waits for
-- the disk but the end of the run.
-- @module optlab.runs.keep
local arguments = require "optlab.base.script_arguments"
local code = require "optlab.runs.keep.code"
local config = require "optlab.base.config"
local core = require "optlab.core"
local data = require "optlab.runs.keep.data"
local directory = require "optlab.runs.directory"
local files = require "optlab.base.files"
local identity = require "optlab.runs.identity"
local launcher = require "optlab.base.launcher"
local link = require "optlab.runs.keep.link"
local links = require "optlab.runs.keep.links"
local record = require "optlab.runs.record"
local say = require "optlab.base.notice"
local series = require "optlab.runs.series"
local uv = require "luv"

local M = {}

-- The run under way: `fields` of its run.json, `path` of its directory, `full`, the same from the root, `start`,
-- `script_text`, `inode`; nil where no run is kept.
local run

local function inode_of(path)
  local stat = uv.fs_stat(path)
  return stat and stat.ino
end

-- --- what is known at the start -----------------------------------------------------------------------------------

local function first_fields(o)
  local versions = core.runs.versions()
  local host = versions.host
  versions.host = nil
  return {
    kind = "run", experiment = directory.experiment(o.script), script = o.script, arguments = o.words, parameters = {},
    seed = config.seed, status = "running", started = os.date "!%Y-%m-%dT%H:%M:%SZ", host = host,
    pid = math.tointeger(uv.os_getpid()), threads = config.threads or core.system.get_num_threads(),
    ranks = launcher.size(),
    versions = versions, code = code.sums(), data = {},
  }
end

local function set_identity()
  local fields = run.fields
  fields.seed = config.seed
  fields.cell = identity.cell(run.script_text, fields.parameters, fields.seed, fields.versions)
end

-- The directory that a sweep has made for this run: what it wrote there stays, such as the sweep's name.
local function adopt(path)
  local fields = record.read(path)
  if not fields then return nil, ("OPTLAB_RUN names %s, which is no run's directory"):format(path) end
  local ok, message = files.claim(path)
  if not ok then return nil, message end
  for name, value in pairs(run.fields) do fields[name] = value end
  for _, name in ipairs { "error", "diverged", "final", "seconds" } do fields[name] = nil end
  run.fields = fields
  ok, message = record.write(path, fields)
  return ok and path, message
end

local function make_directory()
  local given = os.getenv "OPTLAB_RUN"
  if not given or given == "" then return directory.make(run.fields, nil, true) end
  uv.os_unsetenv "OPTLAB_RUN" -- programs that the script starts are runs of their own
  run.is_given = true
  config.checkpoints = uv.fs_realpath(given) or given -- trainings save themselves there
  return adopt(given)
end

-- --- begin --------------------------------------------------------------------------------------------------------

local function write(flush)
  local ok, message = record.write(run.full, run.fields, flush)
  if not ok then say("%s", message) end
  return ok
end

-- The run is not kept: its files go where they went before there were runs.
local function without_directory(message)
  say("this run is not kept: %s", message)
  run.output.drop()
  run = nil
  link.leave()
end

local function begin()
  set_identity()
  local path, message = make_directory()
  if not path then return without_directory(message) end
  run.path, run.inode, config.run = path, inode_of(path), path
  run.full = uv.fs_realpath(path) or path -- the script may go to another folder
  if rawget(config, "out") == nil then
    config.out = path
    if not run.is_given then link.point(config.default_out(config.script), path) end
  end
  local ok, why = run.output.open(path .. "/output.txt")
  if ok then ok, why = code.write(run.full) end
  if not ok then say("%s", why) end
end

local function on_parameters(values, given)
  if not run then return end
  run.fields.parameters, run.fields.given = values, given
  config.begin()
  if not run then return end
  set_identity()
  write()
end

local function on_settle()
  if run and run.path and data.add(run.fields.data) then write() end
end

-- Lua's print for a file, where the C library's standard output cannot be replaced.
local function printer(file)
  return function(...)
    local texts = table.pack(...)
    for i = 1, texts.n do texts[i] = tostring(texts[i]) end
    file:write(table.concat(texts, "\t"), "\n")
  end
end

-- A record that grows elsewhere can be read in the run's directory at once.
local function on_record(path)
  if config.run and #config.outs > 0 then links.add(path, config.run, false) end
end

--- Prepares for a run, when optlab is loaded: its directory is made when it begins.
-- @tparam table o `script` as it was called, `path` of its file, `text` its bytes, `words` its arguments, `output` the
-- library of src/host/output.h, `files` standard output and standard error
function M.prepare(o)
  core.runs.watch_files()
  code.watch(o.path, o.text)
  run = { start = core.system.clock(), script_text = o.text, output = o.output, files = o.files }
  if not o.output.keep(table.unpack(o.files)) then print = printer(o.files[1]) end -- luacheck: ignore 121
  run.fields = first_fields(o)
  config.begin_with(begin)
  if config.out_given then config.outs[1] = config.out end
  config.on_parameters, config.on_record = on_parameters, on_record
  arguments.on_settle = on_settle
end

--- The directory of the run under way.
-- @treturn ?string nil where no run is kept, or it has not begun
function M.path() return run and run.path end

-- --- the end ------------------------------------------------------------------------------------------------------

-- A directory that somebody removed while the run went on is there again if files were written since.
local function check_directory()
  local inode = inode_of(run.full)
  if inode == run.inode then return true end
  say("%s was removed while the run went on; what it had written there is lost", run.path)
  return inode ~= nil
end

--- Ends the run: writes its status, its final values, and whatever else is known by now.
-- @tparam string status "done", "failed" or "interrupted"
-- @tparam[opt] string message of the error
function M.finish(status, message)
  if not run then return end
  if config.is_pending() then
    if config.refused then
      run.output.drop()
      run = nil
      return
    end
    config.begin()
    if not run then return end
  end
  local fields = run.fields
  run.files[1]:flush()
  data.add(fields.data)
  fields.code, fields.seconds = code.sums(), core.system.clock() - run.start
  fields.diverged, fields.error = config.diverged, message
  fields.status = status == "done" and config.diverged and "diverged" or status
  set_identity()
  local problem = run.output.problem()
  if problem then say("%s/output.txt is not complete: %s", run.path, problem) end
  if check_directory() then
    local ok, why = links.add_all(run.full)
    if not ok then say("not all files are in %s: %s", run.path, why) end
    fields.out = config.outs[1] and uv.fs_realpath(config.outs[1])
    fields.final = series.final(run.full)
    write(true)
  end
  run = nil
end

return M
