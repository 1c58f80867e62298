--- One run, read from its directory.
--
-- Whatever the directory holds, the result is a run: one whose run.json is missing or damaged has the status "damaged"
-- and says why in `error`. Nobody has to write that a run was killed: its run.json says "running", and its directory's
-- lock is free.
-- @module optlab.runs.reader
local core = require("optlab.core").runs
local directory = require "optlab.runs.directory"
local files = require "optlab.base.files"
local order = require "optlab.base.order"
local record = require "optlab.runs.record"
local series = require "optlab.runs.series"

local M = {}

local Run = { __name = "optlab.Run" }

-- The final values of a run that could not write them are those in its records.
function Run:__index(name)
  if name ~= "final" then return nil end
  local final = series.final(self.path)
  rawset(self, "final", final)
  return final
end

function Run:__tostring()
  return ("Run (%s, %s)"):format(self.name, self.status)
end

--- Makes a run of a table of its fields.
-- @tparam table fields
-- @treturn table the same
function M.new(fields) return setmetatable(fields, Run) end

--- Whether a value is a run.
-- @param value
-- @treturn boolean
function M.is_run(value) return getmetatable(value) == Run end

local host -- of this machine

-- Where the disk has no locks, a process of this machine is asked for; of one elsewhere nothing is known.
local function seems_alive(fields)
  host = host or core.versions().host
  if fields.host ~= host or not fields.pid then return true end
  local _, _, code = require("luv").kill(fields.pid, 0)
  return code ~= "ESRCH"
end

local function true_status(path, fields)
  if fields.status ~= "running" then return fields.status end
  local state = core.state(fields.kind == "sweep" and path .. "/cells" or path)
  if state == "taken" or (state == "unknown" and seems_alive(fields)) then return "running" end
  return "interrupted"
end

--- The tags in a text.
-- @tparam string text
-- @treturn {string,...} sorted
function M.split_tags(text)
  local tags = {}
  for tag in text:gmatch "[^\n]+" do tags[#tags + 1] = tag end
  return order.sort(tags)
end

--- The tags of a run.
-- @tparam string path of its directory
-- @treturn {string,...} sorted
function M.tags(path)
  local file = path .. "/tags.txt"
  return M.split_tags(files.readable(file) and files.read(file) or "")
end

--- Makes a run of the fields of its run.json.
-- @tparam table fields
-- @tparam string path of its directory
-- @tparam {string,...} tags
-- @treturn table the run
function M.complete(fields, path, tags)
  local name = path:match "([^/]+)/*$" or path
  fields.path, fields.name, fields.number, fields.tags = path, name, directory.number(name), tags
  fields.parameters, fields.arguments = fields.parameters or {}, fields.arguments or {}
  fields.versions, fields.code, fields.data = fields.versions or {}, fields.code or {}, fields.data or {}
  return M.new(fields)
end

--- Reads a run.
-- @tparam string path of its directory
-- @treturn table the run
function M.read(path)
  local fields, message = record.read(path)
  local name = path:match "([^/]+)/*$" or path
  if not fields then
    local experiment = name:match "^%d+%-(.+)$" or name
    fields = { kind = "run", experiment = experiment, status = "damaged", error = message, final = {} }
  end
  fields.status = true_status(path, fields)
  return M.complete(fields, path, M.tags(path))
end

return M
