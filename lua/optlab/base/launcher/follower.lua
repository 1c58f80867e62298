--- Rank 1 and those above it under mpirun: they compute what rank 0 computes, and leave nothing.
--
-- They print nothing but errors, draw nothing, and are not kept as runs. What a script writes to the folder of output
-- goes to a folder in $TMPDIR that is there until the script ends.
-- @module optlab.base.launcher.follower
local config = require "optlab.base.config"
local launcher = require "optlab.base.launcher"

local M = {}

local folder -- where output goes, once something is written

local function make_folder()
  local path, message = require("optlab.base.files").temporary_folder "rank"
  if not path then require("optlab.base.errors").raise("%s", message) end
  folder, config.out = path, path
end

--- Whether this process is such a rank.
-- @treturn boolean
function M.is_one() return (launcher.rank() or 0) > 0 end

--- Makes it silent.
-- @tparam[opt] table host functions of src/host/main.c; none in a stock Lua, where it goes on printing
function M.begin(host)
  if host then host.silence() end
  local size = launcher.size()
  config.rank_label = size and ("rank %d of %d"):format(launcher.rank(), size) or "rank " .. launcher.rank()
  config.is_follower, config.quiet, config.no_keep = true, true, true
  config.format = { "none" }
  config.out_given = nil
  config.begin_with(make_folder)
end

local function remove(path)
  local uv = require "luv"
  local dir = uv.fs_scandir(path) -- nil: somebody has removed it
  while dir do
    local name, kind = uv.fs_scandir_next(dir)
    if not name then break end
    local inside = path .. "/" .. name
    if kind == "directory" then remove(inside) else uv.fs_unlink(inside) end
  end
  uv.fs_rmdir(path)
end

--- Removes what it has written.
function M.finish()
  if folder then remove(folder) end
  folder = nil
end

setmetatable(M, { __gc = M.finish }) -- a stock Lua, which has no end of a script

return M
