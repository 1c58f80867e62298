--- The folder of output belongs to one run at a time.
-- @module optlab.base.output
local config = require "optlab.base.config"
local files = require "optlab.base.files"

local M = {}

--- To be called before a file is written: where it lies in the output folder, the folder becomes this run's own.
-- @tparam string path of the file, whose folder is there
-- @treturn ?boolean true, or nil and a message that names the process that has it
function M.claim(path)
  if not files.is_inside(path, config.out) then return true end
  return files.claim(config.out)
end

return M
