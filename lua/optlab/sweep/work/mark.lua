--- The files `cells/0001`, ...: who works on a cell has its file locked, and what became of the cell stands in it:
-- the name of the run's directory, a word ("running", "done" or "failed"), how often it failed, and the job that it
-- last failed in. A file that was not written to its end counts as empty.
-- @module optlab.sweep.work.mark
local work = require("optlab.core").work

local M = {}

--- The file of a cell.
-- @tparam string sweep path of the sweep's directory
-- @tparam integer index of the cell
-- @treturn string
function M.path(sweep, index) return ("%s/cells/%04d"):format(sweep, index) end

--- Reads a mark.
-- @tparam string text of the file
-- @treturn table {run =, status =, failures =, job =}; without a run, status is "open"
function M.parse(text)
  local run, status, failures, job = text:match "^(%S+) (%a+) (%d+) (%S*)\n$"
  if not run then return { status = "open", failures = 0, job = "" } end
  return { run = run, status = status, failures = math.tointeger(tonumber(failures)) or 0, job = job }
end

--- The text of a mark.
-- @tparam table mark
-- @treturn string
function M.text(mark) return ("%s %s %d %s\n"):format(mark.run, mark.status, mark.failures, mark.job) end

--- The mark of a cell that others may be at work on.
-- @tparam string sweep
-- @tparam integer index
-- @treturn table
function M.peek(sweep, index)
  local file = io.open(M.path(sweep, index), "rb")
  local text = file and file:read "a" or ""
  if file then file:close() end
  return M.parse(text)
end

--- Locks a cell.
-- @tparam string sweep
-- @tparam integer index
-- @return the lock; false if another process has it; nil and a message where it cannot be had
-- @treturn ?table the mark
-- @treturn ?boolean with a message: whether the disk has no locks
function M.lock(sweep, index)
  local lock, message, none = work.lock(M.path(sweep, index))
  if not lock then return lock, message, none end
  return lock, M.parse(lock:read() or "")
end

return M
