--- libuv's event loop, so that Ctrl-C ends the wait.
--
-- luv ends the process where a callback raises an error. While the loop turns, a request for an end (Ctrl-C) therefore
-- stops the loop and raises nothing; the program takes it up when `run` has returned.
-- @module optlab.base.loop
local interrupt = require("optlab.core").interrupt
local uv = require "luv"

local M = {}

local run = uv.run
local watch -- the handle that stops the loop

local function start_watch()
  local fd = interrupt.fd()
  if not fd then return end
  watch = uv.new_poll(fd)
  watch:unref()
  watch:start("r", function() uv.stop() end)
end

--- Turns the loop, as uv.run.
-- @tparam[opt="default"] string mode
-- @treturn boolean whether handles are still active
function M.run(mode)
  if not watch then start_watch() end
  interrupt.hold(true)
  local busy = run(mode)
  interrupt.hold(false)
  return busy
end

return M
