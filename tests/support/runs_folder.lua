--- A folder of a spec's own in which the program keeps its runs: what specs about runs have in common.
--
--    local runs_folder = require "tests.support.runs_folder"
--    before_each(function() dir = runs_folder.open() end)
--    after_each(runs_folder.close)
local assert = require "luassert"
local fake_runs = require "tests.support.fake_runs"
local files = require "tests.support.files"
local json = require "optlab.base.json"
local program = require "tests.support.program"
local uv = require "luv"

local M = {}

local dir
local everywhere = os.getenv "OPTLAB_RUNS" -- of the other specs

--- Makes the folder; runs are kept in runs/ in it.
-- @treturn string its path
function M.open()
  dir = files.folder()
  uv.os_setenv("OPTLAB_RUNS", "runs")
  return dir
end

--- Removes it.
function M.close()
  files.remove(dir)
  if everywhere then uv.os_setenv("OPTLAB_RUNS", everywhere) else uv.os_unsetenv "OPTLAB_RUNS" end
end

--- Writes a script, by default a.lua.
function M.script(text, name) files.write(dir .. "/" .. (name or "a.lua"), text) end

--- The names in a folder below.
function M.names(folder) return files.names(dir .. "/" .. folder) end

--- The run.json of a run.
function M.record(name) return assert(json.decode(files.read(("%s/runs/%s/run.json"):format(dir, name)))) end

--- Makes a run without running anything: tests/support/fake_runs.lua.
function M.make(fields) return fake_runs.make(dir .. "/runs", fields) end

--- What the program prints on standard output; it must succeed and say nothing else.
function M.said(...)
  local status, out, err = program.run(dir, ...)
  assert.same({ 0, "" }, { status, err })
  return out
end

--- What the program says where it must refuse.
function M.refused(...)
  local status, out, err = program.run(dir, ...)
  assert.same({ 1, "" }, { status, out })
  return err
end

return M
