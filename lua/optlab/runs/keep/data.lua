--- The data of a run: the files that it read, with their checksums, and the sets that were made up.
-- @module optlab.runs.keep.data
local checksums = require "optlab.runs.checksums"
local code = require "optlab.runs.keep.code"
local config = require "optlab.base.config"
local core = require("optlab.core").runs
local files = require "optlab.base.files"

local M = {}

local seen = 0 -- entries of the list of files that have been looked at

local function written()
  local set = {}
  for _, path in ipairs(core.files_written(1)) do set[path] = true end
  return set
end

-- Not what belongs to optlab, what this run wrote, what it executes, nor what other runs left.
local function is_input(path, own)
  return not (own[path] or code.has(path) or path:find("/optlab/checksums$") or files.is_inside(path, config.lib)
    or files.is_inside(path, config.root .. "plots") or files.is_inside(path, config.runs))
end

--- Adds what was read since the last call.
-- @tparam {[string]=string,...} data checksums by path
-- @treturn boolean whether something was added
function M.add(data)
  local new, own, added = core.files_read(seen + 1), nil, false
  seen = seen + #new
  for _, path in ipairs(new) do
    own = own or written()
    local sum = is_input(path, own) and checksums.of(path)
    if sum and data[path] ~= sum then data[path], added = sum, true end
  end
  for name in pairs(config.stand_ins) do
    if not data[name] then data[name], added = "stand-in", true end
  end
  return added
end

return M
