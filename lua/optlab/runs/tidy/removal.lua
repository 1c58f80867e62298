--- Removing runs and leftovers.
--
-- A directory gets another name first, `.removed-...`, so that nobody meets half a run; `optlab gc` clears away what a
-- killed removal left.
-- @module optlab.runs.tidy.removal
local core = require("optlab.core").runs
local files = require "optlab.base.files"
local link = require "optlab.runs.keep.link"
local reader = require "optlab.runs.reader"
local size = require "optlab.runs.text.size"
local uv = require "luv"

local M = {}

local function parts_of(path)
  path = path:gsub("(.)/+$", "%1")
  local folder, name = path:match "^(.*)/([^/]+)$"
  return folder or ".", name or path
end

-- Removes a directory with all that is in it.
local function remove_tree(path)
  local why
  size.walk(path, function(inner, stat)
    local remove = stat.type == "directory" and uv.fs_rmdir or uv.fs_unlink
    local ok, message = remove(inner)
    if not ok then why = message end
  end)
  local ok, message = uv.fs_rmdir(path)
  if ok then return true end
  return nil, why or message
end

--- Removes a directory, a link or a file.
-- @tparam string path
-- @treturn ?boolean true, also if it is not there; or nil and a message
function M.remove(path)
  local stat = uv.fs_lstat(path)
  if not stat then return true end
  if stat.type ~= "directory" then return uv.fs_unlink(path) end
  local folder, name = parts_of(path)
  local aside = ("%s/.removed-%s-%d"):format(folder, name, uv.hrtime())
  local ok, message = uv.fs_rename(path, aside)
  if ok then ok, message = remove_tree(aside) end
  if ok then return true end
  return nil, ("cannot remove %s: %s"):format(path, message)
end

--- Whether a process works in a directory. That of a sweep is not locked itself, and some disks have no locks: the
-- reader knows.
-- @tparam string path
-- @treturn boolean
function M.is_in_use(path) return core.state(path) == "taken" or reader.read(path).status == "running" end

--- The links out/x that lead to nothing, because their run was removed.
-- @tparam string folder "out"
-- @treturn {[string]=string,...} the names of the runs, by the links' paths
function M.dangling_links(folder)
  local found = {}
  for _, name in ipairs(files.list(folder)) do
    local path = folder .. "/" .. name
    if link.leads_to_run(path) and not uv.fs_stat(path) then found[path] = uv.fs_readlink(path):match "[^/]+$" end
  end
  return found
end

return M
