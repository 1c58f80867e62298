--- The checkpoints that trainings make by themselves in a cell's directory (optlab.train.fit.automatic).
-- @module optlab.sweep.work.checkpoints
local files = require "optlab.base.files"
local uv = require "luv"

local M = {}

local NAME = "^%.training%-%d+%.safetensors$"

--- Removes them from the directory of a run that is done.
-- @tparam string path of the directory
function M.remove(path)
  for _, name in ipairs(files.list(path, NAME)) do os.remove(path .. "/" .. name) end
end

--- Gives those of a run to another one, which goes on from there. A checkpoint is replaced as a whole, so both may have
-- the same file.
-- @tparam string from a directory
-- @tparam string to another
function M.hand_over(from, to)
  for _, name in ipairs(files.list(from, NAME)) do
    local source, target = from .. "/" .. name, to .. "/" .. name
    if not uv.fs_link(source, target) then uv.fs_copyfile(source, target) end
  end
end

return M
