--- How much a directory holds, and how that is written.
-- @module optlab.runs.text.size
local uv = require "luv"

local M = {}

--- Calls fn(path, stat) for each file below a directory, links not followed, files before their directories.
-- @tparam string path
-- @tparam function fn
function M.walk(path, fn)
  local dir = uv.fs_scandir(path)
  while dir do
    local name = uv.fs_scandir_next(dir)
    if not name then break end
    local inner = path .. "/" .. name
    local stat = uv.fs_lstat(inner)
    if stat and stat.type == "directory" then M.walk(inner, fn) end
    if stat then fn(inner, stat) end
  end
end

--- The bytes of all files below a directory.
-- @tparam string path
-- @treturn integer
function M.of(path)
  local bytes = 0
  M.walk(path, function(_, stat)
    if stat.type == "file" then bytes = bytes + stat.size end
  end)
  return bytes
end

--- "3 bytes", "1.2 MB".
-- @tparam integer bytes
-- @treturn string
function M.text(bytes)
  if bytes < 1000 then return bytes == 1 and "1 byte" or ("%d bytes"):format(bytes) end
  for _, unit in ipairs { "kB", "MB", "GB", "TB" } do
    bytes = bytes / 1000
    if bytes < 999.5 then return (bytes < 9.95 and "%.1f %s" or "%.0f %s"):format(bytes, unit) end
  end
  return ("%.0f PB"):format(bytes / 1000)
end

return M
