--- Whether two runs are the same: checksums of what decides a run's numbers.
-- @module optlab.runs.identity
local config = require "optlab.base.config"
local core = require "optlab.core"
local files = require "optlab.base.files"
local number = require "optlab.base.number"
local order = require "optlab.base.order"

local M = {}

--- The checksum of a text.
-- @function sha256
-- @tparam string text
-- @treturn string 64 hexadecimal digits
M.sha256 = core.data.sha256

local function canonical(value)
  if type(value) == "table" then
    local items = {}
    for i, item in ipairs(value) do items[i] = canonical(item) end
    return "{" .. table.concat(items, ",") .. "}"
  end
  if type(value) == "number" then return math.type(value) .. " " .. number.text(value, 17) end
  return ("%s %q"):format(type(value), tostring(value))
end

--- The identity of a run: its script's bytes, parameters, seed, and the optlab that runs it. Modules and data, which
-- are known only when it has run, are compared by `changed`.
-- @tparam string script_text
-- @tparam table parameters the values by name, defaults included
-- @tparam integer seed
-- @tparam[opt] table versions those of this program unless given
-- @treturn string 64 hexadecimal digits
function M.cell(script_text, parameters, seed, versions)
  versions = versions or core.runs.versions()
  local lines = { M.sha256(script_text), tostring(seed), versions.optlab, versions.build }
  for _, name in ipairs(order.names(parameters)) do lines[#lines + 1] = name .. " = " .. canonical(parameters[name]) end
  return M.sha256(table.concat(lines, "\n"))
end

-- --- what has changed since ---------------------------------------------------------------------------------------

-- The file that a path in code/ was copied from, as far as it can be found again.
local function source_of(run, path)
  local script = run.script or ""
  local above = script:match "^(.*/)" or ""
  for _, place in ipairs { "", above, config.root } do
    if files.readable(place .. path) then return place .. path end
  end
  return nil
end

local function digest(path)
  local found, message = core.data.digest(path, "sha256")
  return found and found:gsub("^sha256:", ""), message
end

--- The files of a run, its script, modules and data, that are no longer what they were when it ran.
-- @tparam table run
-- @treturn {string,...} their names, sorted; none if nothing has changed
function M.changed(run)
  local names = {}
  for path, sum in pairs(run.code) do
    local file = source_of(run, path)
    if not file or digest(file) ~= sum then names[#names + 1] = path end
  end
  local sums = require "optlab.runs.checksums"
  for path, sum in pairs(run.data) do
    if sum ~= "stand-in" and sums.of(path) ~= sum then names[#names + 1] = path end
  end
  return order.sort(names)
end

return M
