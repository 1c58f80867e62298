--- The folder of runs and the directories in it, `<n>-<experiment>`.
--
-- A new number is one more than the largest that is there. A process claims it by making the directory `.n`, which
-- only one can; then it looks again, because another one may have finished `n-...` meanwhile; writes run.json there,
-- and renames it. So a directory that has its name has its run.json, and the clock decides nothing.
-- @module optlab.runs.directory
local config = require "optlab.base.config"
local core = require("optlab.core").runs
local files = require "optlab.base.files"
local record = require "optlab.runs.record"
local uv = require "luv"

local M = {}

local TRIES = 10000

--- The number of a directory's name.
-- @tparam string name "12-momentum"
-- @treturn ?integer
function M.number(name) return math.tointeger(tonumber(name:match "^([1-9]%d*)%-")) end

--- What may stand behind the number: letters, digits, dots, dashes and underscores of the text.
-- @tparam string text
-- @treturn string
function M.suffix(text) return (text:gsub("[^%w._-]", "_"):sub(1, 100)) end

--- The experiment's name of a script: its path below experiments/ with dots, or its base name.
-- @tparam ?string script
-- @treturn string "claims.momentum-eigen" for "experiments/claims/momentum-eigen.lua"
function M.experiment(script)
  if not script or script == "-" then return "script" end
  local name = script:match "^experiments/(.+)$" or script:match "/experiments/(.+)$" or script:match "[^/]+$" or script
  name = name:gsub("%.lua$", ""):gsub("^%./", ""):gsub("/", ".")
  return name ~= "" and name or "script"
end

local function failed(what, path, message)
  return nil, ("cannot %s %s: %s"):format(what, path, (message:gsub("^%w+: ", ""):gsub(":.*", "")))
end

-- Makes `.n` for a number that nobody has; the number and the path.
local function claim(folder)
  local n = core.largest(folder) + 1
  for _ = 1, TRIES do
    local path = ("%s/.%d"):format(folder, n)
    local made, message, code = uv.fs_mkdir(path, 511) -- rwxrwxrwx less the umask
    if made then
      local largest = core.largest(folder)
      if largest < n then return n, path end
      uv.fs_rmdir(path)
      n = largest + 1
    elseif code == "EEXIST" then
      n = n + 1
    else
      return failed("make the folder", path, message)
    end
  end
  return nil, ("cannot find a number for a run in %s"):format(folder)
end

local function abandon(path)
  os.remove(path .. "/" .. record.NAME)
  uv.fs_rmdir(path)
end

--- Makes a numbered directory with its run.json.
-- @tparam table fields of run.json
-- @tparam[opt] string suffix of the directory's name instead of the experiment's
-- @tparam[opt=false] boolean own whether this process locks it
-- @treturn ?string its path, or nil and a message
function M.make(fields, suffix, own)
  local folder = config.runs
  local ok, message = files.make_folder(folder)
  if not ok then return nil, message end
  for _ = 1, TRIES do
    local n, claimed = claim(folder)
    if not n then return nil, claimed end
    ok, message = record.write(claimed, fields)
    if not ok then
      abandon(claimed)
      return nil, message
    end
    if own then files.claim(claimed) end
    local path = ("%s/%d-%s"):format(folder, n, M.suffix(suffix or fields.experiment))
    local renamed, why, code = uv.fs_rename(claimed, path)
    if renamed then return path end
    if code ~= "ENOENT" then -- somebody has cleared away the claim: once more
      abandon(claimed)
      return failed("make the folder", path, why)
    end
  end
  return nil, ("cannot make a directory for a run in %s"):format(folder)
end

--- The names of all runs' directories with their stamps, in the order of their numbers.
-- @tparam[opt] string folder by default that of all runs
-- @treturn {string,...} names; none where there is no folder
-- @treturn {[string]=string,...} a text for each that changes when the run's directory does
function M.names(folder)
  local stamps = core.scan(folder or config.runs) or {}
  local names, number = {}, {}
  for name in pairs(stamps) do names[#names + 1], number[name] = name, M.number(name) end
  table.sort(names, function(a, b)
    if number[a] ~= number[b] then return number[a] < number[b] end
    return a < b
  end)
  return names, stamps
end

return M
