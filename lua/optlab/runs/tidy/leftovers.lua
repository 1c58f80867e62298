--- What can be cleared away in the folder of runs: `optlab gc`.
--
-- Always: numbers that a killed process had claimed, what a killed removal left, temporary files of dead processes,
-- links that lead to nothing, directories with neither a run.json nor anything that a run has recorded. On request:
-- failed and interrupted runs, damaged ones, old ones. A run that has a tag, or that goes on, stays.
-- @module optlab.runs.tidy.leftovers
local config = require "optlab.base.config"
local files = require "optlab.base.files"
local order = require "optlab.base.order"
local query = require "optlab.runs.query"
local removal = require "optlab.runs.tidy.removal"
local size = require "optlab.runs.text.size"
local uv = require "luv"

local M = {}

local function add(list, path, what)
  list[#list + 1] = { path = path, what = what, bytes = uv.fs_lstat(path) and size.of(path) or 0 }
end

-- --- leftovers ----------------------------------------------------------------------------------------------------

local function is_empty_claim(path)
  for _, name in ipairs(files.list(path)) do
    if name ~= "run.json" and not name:find "^%.optlab%-.*%.part$" then return false end
  end
  return true
end

local function add_hidden(list, folder)
  for _, name in ipairs(files.list(folder, "^%.")) do
    local path = folder .. "/" .. name
    local kind = (uv.fs_lstat(path) or {}).type
    if name:find "^%.%d+$" and kind == "directory" and not removal.is_in_use(path) and is_empty_claim(path) then
      add(list, path, "number that a killed run had claimed")
    elseif name:find "^%.removed%-" and kind == "directory" then
      add(list, path, "rest of a removed run")
    elseif name:find "^%.sweep%-" and kind == "link" and not uv.fs_stat(path) then
      add(list, path, "link to a sweep that is gone")
    end
  end
end

local function add_temporary(list, run)
  if run.status == "running" then return end
  for _, name in ipairs(files.list(run.path, "^%.optlab%-%x+%.part$")) do
    add(list, run.path .. "/" .. name, "unfinished file of a killed run")
  end
end

-- Whether a damaged directory holds nothing that a run has recorded.
local function holds_nothing(run)
  local something = false
  size.walk(run.path, function(path, stat)
    local name = path:sub(#run.path + 2)
    if stat.type == "file" and name ~= "run.json" and not name:find "^code/" and stat.size > 0 then something = true end
  end)
  return not something
end

-- --- runs ---------------------------------------------------------------------------------------------------------

local function seconds_of(started)
  local y, m, d, h, min, s = (started or ""):match "^(%d%d%d%d)%-(%d%d)%-(%d%d)T(%d%d):(%d%d):(%d%d)Z$"
  if not y then return nil end
  local utc = os.time { year = y, month = m, day = d, hour = h, min = min, sec = s, isdst = false }
  local now = os.time()
  return utc + os.difftime(now, os.time(os.date("!*t", now))) -- of the local zone
end

local function age_in_days(run)
  local stat = uv.fs_stat(run.path)
  local time = seconds_of(run.started) or (stat and stat.mtime.sec) or os.time()
  return (os.time() - time) / 86400
end

-- Why a run is to go; nil if it stays.
local function reason(run, o)
  if run.status == "damaged" and holds_nothing(run) then return "damaged: " .. run.error end
  local of_kind = o.failed and (run.status == "failed" or run.status == "interrupted")
    or o.damaged and run.status == "damaged" or o.older and not (o.failed or o.damaged)
  if not of_kind then return nil end
  local days = age_in_days(run)
  if o.older and days < o.older then return nil end
  return o.older and ("%s, %d days old"):format(run.status, math.floor(days)) or run.status
end

--- What can be cleared away.
-- @tparam table o `failed`, `damaged`: also such runs; `older`: also runs of at least so many days, with `failed` and
--   `damaged` only such ones
-- @treturn ?{table,...} {path =, what =, bytes =}, or nil and a message
function M.find(o)
  local list = {}
  local runs, message = query.find {}
  if not runs then return nil, message end
  add_hidden(list, config.runs)
  for _, path in ipairs(order.names(removal.dangling_links "out")) do add(list, path, "link to a run that is gone") end
  for _, run in ipairs(runs) do
    local why = run.status ~= "running" and #run.tags == 0 and not removal.is_in_use(run.path) and reason(run, o)
    if why then add(list, run.path, why) else add_temporary(list, run) end
  end
  return list
end

return M
