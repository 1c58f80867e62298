--- A training or a descent that diverges: a result like others, which says so.
--
-- It diverges when a loss is infinite or nan, or when a parameter (the point of a descent) is. What was reached before
-- stays in the history or the path, whose field `diverged` tells where, one line on standard error says so, and the
-- script goes on; with `on_divergence = "error"` it is an error, with "ignore" nothing is said: for studies that go
-- beyond the largest rates.
-- @module optlab.train.divergence
local area = require "optlab.base.terminal.area"
local config = require "optlab.base.config"
local errors = require "optlab.base.errors"

local M = {}

--- The row of the option, for declarations.
M.OPTION = { "on_divergence", "choice", choices = { "stop", "ignore", "error" },
  default = "stop",
  doc = "What happens if a loss or a parameter becomes infinite or nan: \"stop\" ends the run, whose result has "
    .. "what was reached and the field `diverged`, and says so; \"ignore\" does the same without a word; \"error\" "
    .. "raises an error." }

--- Says that a run diverged, or raises.
-- @tparam string how "stop", "ignore" or "error"
-- @tparam string message what happened, the function's name in front
-- @tparam table diverged what the result's field is to be
-- @treturn table diverged
function M.settle(how, message, diverged)
  if how == "error" then errors.raise("%s", message) end
  if how == "ignore" then return diverged end
  config.diverged = config.diverged or message
  if config.is_follower then return diverged end
  io.stdout:flush()
  area.clear()
  io.stderr:write(("optlab: %s%s\n"):format(errors.where(), message))
  return diverged
end

--- Whether a number, or every number in nested lists, is finite.
-- @tparam number|table x
-- @treturn boolean
function M.is_finite(x)
  if type(x) == "number" then return x - x == 0 end
  for _, member in ipairs(x) do
    if not M.is_finite(member) then return false end
  end
  return true
end

return M
