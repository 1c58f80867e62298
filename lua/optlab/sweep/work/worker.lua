--- The work: cells that are free are taken, one for each place, and run. Any number of workers may be at it, processes
-- of this machine or of others; what they know of each other stands in the cells' files (optlab.sweep.work.mark).
--
-- A cell's index is its place in the list of cells. To a worker a cell is "open", "running" (here), "away" (another
-- worker has it), "done" or "failed".
-- @module optlab.sweep.work.worker
local checkpoints = require "optlab.sweep.work.checkpoints"
local files = require "optlab.base.files"
local interrupt = require("optlab.core").interrupt
local job = require "optlab.sweep.work.job"
local loop = require "optlab.base.loop"
local mark = require "optlab.sweep.work.mark"
local process = require "optlab.sweep.work.process"
local record = require "optlab.runs.record"
local reader = require "optlab.runs.reader"
local runs = require "optlab.runs"
local uv = require "luv"
local work = require("optlab.core").work

local M = {}

local LOOK = 250        -- milliseconds between two looks at cells that others have
local PATIENCE = 15000  -- milliseconds that cells have to end after they were asked to

local Worker = {}
Worker.__index = Worker

-- --- what is known of a cell ----------------------------------------------------------------------------------------

local function run_path(self, name) return self.sweep.path:match "^(.*)/" .. "/" .. name end

local function set_state(self, cell, state, run)
  local old = self.state[cell.index]
  if old == state then return end
  self.state[cell.index] = state
  self.count[old] = self.count[old] - 1
  self.count[state] = self.count[state] + 1
  if run then self.run[cell.index] = run end
  if state == "open" then self.first = math.min(self.first, cell.index) end
  self.on_change(cell, state, old)
end

-- A cell whose run is good. The mark of a cell that this worker has locked is written.
local function accept(self, cell, run, lock, old)
  if lock then lock:write(mark.text { run = run.name, status = "done", failures = old.failures, job = job.token }) end
  set_state(self, cell, "done", run)
end

-- A failed cell is run again by the next command, but not by another worker of this one.
local function has_failed_now(self, cell, found)
  if found.status ~= "failed" then return false end
  if job.token ~= "" and found.job == job.token then return true end
  return found.failures > (self.failures_before[cell.index] or 0)
end

-- Whether there is nothing left to do for a cell that nobody is at work on; sets its state then.
local function is_settled(self, cell, found, lock)
  if has_failed_now(self, cell, found) then
    set_state(self, cell, "failed", reader.read(run_path(self, found.run)))
    return true
  end
  local run = found.run and found.status == "done" and reader.read(run_path(self, found.run))
  if run and self.finished:accepts(cell, run) then
    accept(self, cell, run)
    return true
  end
  local other = self.finished:find(cell)
  if other then accept(self, cell, other, lock, found) end
  return other ~= nil
end

-- --- running a cell -------------------------------------------------------------------------------------------------

-- A run that no longer counts as the cell's goes on as a run by itself.
local function detach(self, name)
  local path = run_path(self, name)
  local fields = record.read(path)
  if not fields or fields.sweep ~= self.sweep.name then return end
  fields.sweep = nil
  runs.write(path, fields)
end

-- The directory for a cell's run: that of a run that was broken off or has failed, else a new one.
local function directory_for(self, cell, found)
  if found.run and found.status ~= "done" then
    local fields = record.read(run_path(self, found.run))
    if fields and fields.sweep == self.sweep.name then
      -- A training does not go on from a checkpoint of other modules or data.
      local run = reader.read(run_path(self, found.run))
      if #runs.changed(run) > 0 then checkpoints.remove(run.path) end
      return found.run
    end
  end
  if found.run then detach(self, found.run) end
  local path, message = runs.new {
    experiment = self.sweep.experiment, sweep = self.sweep.name, script = self.plan.script.name,
    arguments = cell.words, parameters = cell.parameters, seed = cell.seed, cell = cell.id, status = "interrupted",
    continues = cell.previous and self.run[cell.previous.index].name,
  }
  if path and cell.previous then checkpoints.hand_over(self.run[cell.previous.index].path, path) end
  return path and path:match "[^/]+$", message
end

local function fail(self, cell, name, message)
  local path = run_path(self, name)
  local run = reader.read(path)
  if run.status ~= "failed" then
    local fields = record.read(path)
    if fields then
      fields.status, fields.error = "failed", message
      runs.write(path, fields)
      run = reader.read(path)
    end
  end
  set_state(self, cell, "failed", run)
  if self.fail_fast then self:stop() end
end

-- Whether cells are broken off, also by the Ctrl-C that this process has got, too, and has not yet taken up.
local function is_ending(self) return self.stopping or interrupt.requested() end

local function why(status, signal, said)
  if signal ~= 0 then return ("ended by signal %d%s"):format(signal, said ~= "" and ": " .. said or "") end
  return said ~= "" and said or ("ended with status %d"):format(status)
end

local function conclude(self, cell, found, status, signal, said)
  local lock = cell.lock
  self.active[cell.index], self.places, cell.lock = nil, self.places + 1, nil
  local run = reader.read(run_path(self, found.run))
  if run.status == "done" or run.status == "diverged" then
    accept(self, cell, run, lock, found)
    if not self.keeps_checkpoints then checkpoints.remove(run.path) end
  elseif is_ending(self) then
    set_state(self, cell, "open")
  else
    found.failures, found.status, found.job = found.failures + 1, "failed", job.token
    if lock then lock:write(mark.text(found)) end
    fail(self, cell, found.run, why(status, signal, said))
  end
  if lock then lock:free() end
  self:pump()
end

local function start(self, cell, lock, found)
  local name, message = directory_for(self, cell, found)
  if not name then return self:give_up(message) end
  found.run, found.status = name, "running"
  if lock then
    local ok, wrong = lock:write(mark.text(found))
    if not ok then return self:give_up(wrong) end
  end
  loop.undisturbed(function()
    local path = run_path(self, name)
    local handle, wrong = process.start({
      options = self.options, script = self.plan.script.name, words = cell.words, run_path = path, lock = lock,
    }, function(...) conclude(self, cell, found, ...) end)
    if not handle then
      self:give_up(wrong)
      return
    end
    cell.lock, self.active[cell.index], self.places = lock, handle, self.places - 1
    set_state(self, cell, "running", reader.read(path))
  end)
end

-- Looks at a cell that is open or away; runs it if it is free and has to be run.
local function try(self, cell)
  local lock, found, no_locks = mark.lock(self.sweep.path, cell.index)
  if lock == false then
    set_state(self, cell, "away")
    return
  end
  if lock == nil then
    if not no_locks then return self:give_up(found) end
    if not self:work_alone(found) then return end
    found = mark.peek(self.sweep.path, cell.index)
  end
  if is_settled(self, cell, found, lock) then
    if lock then lock:free() end
  elseif self.places == 0 then
    set_state(self, cell, "open")
    if lock then lock:free() end
  else
    start(self, cell, lock or nil, found)
  end
end

-- --- the whole ------------------------------------------------------------------------------------------------------

-- Where the disk has no locks, one worker does everything.
function Worker:work_alone(message)
  if job.size > 1 or job.task then
    self:give_up(message .. "; several processes need a disk with locks")
    return false
  end
  if not self.is_alone then
    self.is_alone = true
    self.say("%s: no other process may work on this sweep meanwhile", message)
  end
  return true
end

function Worker:give_up(message)
  self.problem = self.problem or message
  self:stop()
end

-- The sweep's status is "running" while a worker has its folder of cells.
local function hold_status(self)
  if not self.holder then self.holder = work.lock(self.sweep.path .. "/cells") or nil end
end

local function look(self)
  hold_status(self)
  for _, cell in ipairs(self.cells) do
    if self.state[cell.index] == "away" and not self.stopping then try(self, cell) end
  end
end

-- A worker that leaves the rest to the others looks once more before: the last one to end sees that all is done.
local function leaves(self)
  local idle = self.leaves_early and self.count.open == 0 and next(self.active) == nil
  if idle and not self.has_left then
    self.has_left = true
    look(self)
    self:pump()
  end
  return idle
end

local function look_again(self)
  if self.timer or self.stopping or self.count.away == 0 or leaves(self) then return end
  self.timer = uv.new_timer()
  self.timer:start(LOOK, 0, function()
    self.timer:close()
    self.timer = nil
    look(self)
    self:pump()
  end)
end

--- Starts what can be started.
function Worker:pump()
  while self.places > 0 and not is_ending(self) and self.first <= #self.cells do
    local cell = self.cells[self.first]
    self.first = self.first + 1
    if self.state[cell.index] == "open" then try(self, cell) end
  end
  if not is_ending(self) then look_again(self) end
end

--- Takes no further cell, and asks those that run here to end.
function Worker:stop()
  if self.stopping then return end
  self.stopping = true
  if self.timer then
    self.timer:close()
    self.timer = nil
  end
  for _, handle in pairs(self.active) do handle.kill "sigterm" end
end

--- Ends the cells that run here, by force if they take too long. For a program that was interrupted.
function Worker:abandon()
  self:stop()
  local timer = uv.new_timer()
  timer:start(PATIENCE, 0, function()
    for _, handle in pairs(self.active) do handle.kill "sigkill" end
  end)
  while next(self.active) ~= nil do loop.run "once" end
  timer:close()
  loop.run "nowait" -- handles of libuv that are being closed must be so before the Lua state ends
end

--- Adds cells to those that are to be done.
-- @tparam {table,...} cells
function Worker:add(cells)
  for _, cell in ipairs(cells) do
    self.cells[#self.cells + 1] = cell
    self.state[cell.index] = "open"
    self.count.open = self.count.open + 1
    self.failures_before[cell.index] = mark.peek(self.sweep.path, cell.index).failures
  end
end

--- Looks at all cells, so that those that are done are known before anything runs.
function Worker:survey()
  local places = self.places
  self.places = 0
  for _, cell in ipairs(self.cells) do
    if self.state[cell.index] == "open" and not self.stopping then try(self, cell) end
  end
  self.places = places
end

--- Works until nothing is left that this worker can do.
-- @treturn ?boolean true, or nil and a message
function Worker:work()
  hold_status(self)
  self:pump()
  loop.run()
  if self.problem then return nil, self.problem end
  return true
end

--- Whether every cell is done or has failed.
-- @treturn boolean
function Worker:is_complete() return self.count.done + self.count.failed == #self.cells end

--- Makes a worker.
-- @tparam table o `plan`, `sweep`, `finished`, `jobs`, `options` of every cell, `fail_fast`, `leaves_early` (whether it
--   ends when the rest is in others' hands), `on_change(cell, state, old)`, `say`,
--   `keeps_checkpoints` of cells that are done
-- @treturn Worker
function M.new(o)
  local self = setmetatable({
    cells = {}, state = {}, run = {}, active = {}, failures_before = {}, places = o.jobs, first = 1,
    count = { open = 0, running = 0, away = 0, done = 0, failed = 0 },
  }, Worker)
  for key, value in pairs(o) do self[key] = value end
  files.make_folder(self.sweep.path .. "/cells")
  return self
end

return M
