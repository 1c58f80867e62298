--- Folders and files of a spec's own.
local uv = require "luv"

local M = {}

--- A new empty folder; `remove` takes it away again.
function M.folder() return assert(uv.fs_mkdtemp(uv.os_tmpdir() .. "/optlab-spec-XXXXXX")) end

--- The names in a folder, sorted; none where there is no folder.
function M.names(dir)
  local list, entries = {}, uv.fs_scandir(dir)
  while entries do
    local name = uv.fs_scandir_next(entries)
    if not name then break end
    list[#list + 1] = name
  end
  table.sort(list)
  return list
end

--- Removes a folder with all that is in it.
function M.remove(dir)
  for _, name in ipairs(M.names(dir)) do
    local path = dir .. "/" .. name
    local stat = uv.fs_lstat(path) -- nil where another process, a browser that ends, was faster
    if stat and stat.type == "directory" then M.remove(path) else os.remove(path) end
  end
  uv.fs_rmdir(dir)
end

--- Whether there is a file or a folder of that name.
function M.exists(path) return uv.fs_stat(path) ~= nil end

--- The bytes of a file, which must be there.
function M.read(path)
  local f = assert(io.open(path, "rb"))
  local text = f:read("a")
  f:close()
  return text
end

--- Writes a file and returns its name.
function M.write(path, text)
  local f = assert(io.open(path, "wb"))
  f:write(text)
  f:close()
  return path
end

return M
