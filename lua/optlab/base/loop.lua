--- libuv's event loop, so that Ctrl-C ends the wait. Loading this module replaces uv.run by `run`.
--
-- luv ends the process where a callback raises an error. While the loop turns, a request for an end (Ctrl-C) therefore
-- stops the loop and raises nothing; the program takes it up when `run` has returned.
-- @module optlab.base.loop
local interrupt = require("optlab.core").interrupt
package.preload.luv = nil -- the program's: it loads this module
local uv = require "luv"

local M = {}

local run = uv.run
local watch -- the handle that stops the loop

local function start_watch()
  watch = assert(uv.new_poll(interrupt.fd()))
  watch:unref()
  watch:start("r", function() uv.stop() end)
end

local depth = 0 -- of `hold` within `hold`: a callback of the loop may ask for it, too

local function hold()
  depth = depth + 1
  interrupt.hold(true)
end

local function release()
  depth = depth - 1
  if depth == 0 then interrupt.hold(false) end
end

--- Calls fn; a request for an end waits until it has returned. For what must not be left half done, such as starting a
-- process and noting it down.
-- @tparam function fn
function M.undisturbed(fn)
  hold()
  local ok, problem = pcall(fn)
  release()
  if not ok then error(problem, 0) end
end

--- Turns the loop, as uv.run.
-- @tparam[opt="default"] string mode
-- @treturn boolean whether handles are still active
function M.run(mode)
  if not watch then start_watch() end
  hold()
  local busy = run(mode)
  release()
  return busy
end

uv.run = M.run

return M
