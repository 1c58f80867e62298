--- A word to the user on standard error that is no error: each line once per run.
-- @module optlab.base.notice
local config = require "optlab.base.config"
local errors = require "optlab.base.errors"

local said = {}

--- Writes "optlab: LINE".
-- @function notice
-- @tparam string fmt
-- @param ... its arguments
return function(fmt, ...)
  local line = fmt:format(...)
  if said[line] or config.is_follower then return end
  said[line] = true
  io.stderr:write("optlab: ", errors.visible(line), "\n")
end
