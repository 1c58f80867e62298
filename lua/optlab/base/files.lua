--- Folders and whole files: made in one go or not at all.
-- @module optlab.base.files
local uv = require "luv"

local M = {}

-- "no such file or directory" of libuv's "ENOENT: no such file or directory: /x"
local function reason(err)
  return (tostring(err):match("^E%w+: ([^:]+)") or tostring(err))
end

--- Makes a folder and those above it.
-- @tparam string path
-- @treturn ?boolean true, or nil and a message that names the path and the reason
function M.make_folder(path)
  local stat = uv.fs_stat(path)
  if stat then
    if stat.type == "directory" then return true end
    return nil, ("cannot make the folder %s: a file of that name is in the way"):format(path)
  end
  local parent = path:match("^(.*[^/])/+[^/]+/*$")
  if parent then
    local ok, message = M.make_folder(parent)
    if not ok then return nil, message end
  end
  local ok, err, name = uv.fs_mkdir(path, tonumber("755", 8))
  if ok or name == "EEXIST" then return true end
  return nil, ("cannot make the folder %s: %s"):format(path, reason(err))
end

--- Writes a file through a temporary one beside it, so that a reader (or a full disk) never sees half of it.
-- @tparam string path
-- @tparam string text
-- @treturn ?boolean true, or nil and a message
function M.write(path, text)
  local temporary = path .. ".part"
  local f, err = io.open(temporary, "w")
  if not f then return nil, ("cannot write %s: %s"):format(path, err:match(": ([^:]+)$") or err) end
  local ok, why = f:write(text)
  local closed, why_closed = f:close()
  if ok and closed then
    ok, why = os.rename(temporary, path)
    if ok then return true end
  end
  os.remove(temporary)
  return nil, ("cannot write %s: %s"):format(path, why or why_closed)
end

--- The names in a folder, sorted.
-- @tparam string path
-- @tparam[opt] string pattern only names that match this Lua pattern
-- @treturn {string,...} empty if there is no such folder
function M.list(path, pattern)
  local names = {}
  local dir = uv.fs_scandir(path)
  while dir do
    local name = uv.fs_scandir_next(dir)
    if not name then break end
    if not pattern or name:match(pattern) then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

--- "file", "directory", ..., or nil if there is nothing of that name.
-- @tparam string path
-- @treturn ?string
function M.kind(path)
  local stat = uv.fs_stat(path)
  return stat and stat.type
end

return M
