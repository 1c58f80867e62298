--- Files that a run writes to another folder, with --out or lab.set_out: its directory gets a second name of each, a
-- hard link, or a copy where the folder lies on another disk.
-- @module optlab.runs.keep.links
local config = require "optlab.base.config"
local core = require("optlab.core").runs
local files = require "optlab.base.files"
local uv = require "luv"

local M = {}

-- What stands behind a folder in the path of a file that lies in it, links followed; nil for another file.
local function within(folder, path)
  if not files.is_inside(path, folder) then return nil end
  local above = uv.fs_realpath(path:match "^(.*)/" or ".")
  local outer = uv.fs_realpath(folder)
  local rest = above and outer and above:sub(#outer + 1):gsub("^/", "")
  local name = path:match "[^/]+$"
  return rest and (rest == "" and name or rest .. "/" .. name)
end

local places, taken = {}, {} -- path -> its name within the run's directory; the other way round

-- A free name within the run's directory: of files in the first folder that was set as it stands there, of those in
-- another one, or where the run itself has written a file of that name, behind the folder's name.
local function place_of(path, directory)
  for i, folder in ipairs(config.outs) do
    local rest = within(folder, path)
    local behind = rest and (folder:match "([^/]+)/*$" or "out") .. "/" .. rest
    if rest and i == 1 and not taken[rest] and not uv.fs_lstat(directory .. "/" .. rest) then return rest end
    if behind and not taken[behind] and not uv.fs_lstat(directory .. "/" .. behind) then return behind end
  end
  return nil
end

local function link(path, target, may_copy)
  local made, _, code = uv.fs_link(path, target)
  if not made and code == "EEXIST" then -- the file has been replaced since
    uv.fs_unlink(target)
    made, _, code = uv.fs_link(path, target)
  end
  if made or code == "ENOENT" or not may_copy then return true end -- ENOENT: the script has removed it again
  return uv.fs_copyfile(path, target)
end

--- Links one file.
-- @tparam string path
-- @tparam string directory of the run
-- @tparam boolean may_copy where it cannot be linked; a file that still grows is not to be copied
-- @treturn ?boolean true, or nil and a message
function M.add(path, directory, may_copy)
  if files.is_inside(path, directory) then return true end
  local place = places[path] or place_of(path, directory)
  if not place then return true end
  places[path], taken[place] = place, path
  local target = directory .. "/" .. place
  local ok, message = files.make_folder(target:match "^(.*)/")
  if ok then ok, message = link(path, target, may_copy) end
  return ok, message
end

--- Links all files that the run has written.
-- @tparam string directory of the run
-- @treturn ?boolean true, or nil and a message about one that could not be kept
function M.add_all(directory)
  local all, why = true, nil
  if #config.outs == 0 then return true end
  for _, path in ipairs(core.files_written(1)) do
    local ok, message = M.add(path, directory, true)
    if not ok then all, why = nil, message end
  end
  return all, why
end

return M
