--- The lowest rows of the terminal, in which progress bars and curves are drawn again and again.
--
-- Everything that optlab draws on a terminal goes through here, and from here by one system call to the terminal's
-- descriptor, past standard output and standard error. The area has slots, one above the other: "curve", "table",
-- "bar". Each has a function that draws it. It is drawn at most so often as its interval says, and so seldom that
-- drawing takes at most a twentieth of the time. What a script prints goes above the area
-- (optlab.base.terminal.guard). Without a terminal nothing is drawn.
-- @module optlab.base.terminal.area
-- @usage
-- area.show("bar", function(columns) return { lines = { "half done" } } end, 0.1)
-- area.touch("bar")       -- something has changed: it is drawn when its time has come
-- area.hide("bar")
local clock = require("optlab.core").system.clock
local interrupt = require("optlab.core").interrupt
local terminal = require("optlab.core").terminal

local M = {}

local SLOTS = { "curve", "table", "bar" } -- from top to bottom
local SHARE = 20 -- drawing takes at most the 1/SHARE part of the time

local slots = {}
local painted -- the frame on the screen, or nil

--- Whether a line that a script has begun, and not ended, stands where the area would be; guard.lua sets it.
M.line_is_open = false

--- How often everything was taken off the screen, for those who bring it back.
M.taken_off = 0

--- Called before something is drawn: what was printed must have reached the terminal; guard.lua sets it.
M.flush = function() end

-- Draws the contents of the slots that have changed, if their time has come or all = true; whether there are any.
local function render(columns, rows, now, all)
  local any = false
  for _, name in ipairs(SLOTS) do
    local slot = slots[name]
    if slot and slot.dirty and (all or now >= slot.next_at) then
      slot.content, slot.dirty, slot.drawn, any = slot.draw(columns, rows), false, true, true
    end
  end
  return any
end

-- The time after which a slot may be drawn again.
local function set_times(start)
  local now = clock()
  for _, name in ipairs(SLOTS) do
    local slot = slots[name]
    if slot and slot.drawn then
      slot.drawn, slot.next_at = nil, now + math.max(slot.interval, SHARE * (now - start))
    end
  end
end

local function contents()
  local list = {}
  for _, name in ipairs(SLOTS) do list[#list + 1] = slots[name] and slots[name].content end
  return list
end

local function forget_contents()
  for _, slot in pairs(slots) do slot.dirty = true end
end

-- After Ctrl-Z and fg, the shell has written below what was drawn: that stays, and the area begins anew.
local function look_at_stops()
  if terminal.was_stopped() and painted then
    painted = nil
    forget_contents()
  end
end

-- Draws what has changed, in the place of what stands there.
local function paint(columns, rows, all)
  local start = clock()
  if columns == 0 then columns, rows = 80, 24 end
  if painted and (painted.columns ~= columns or painted.rows ~= rows) then
    forget_contents()
    all = true
  end
  if not render(columns, rows, start, all) and painted then return end
  M.flush()
  painted = require("optlab.base.terminal.frame").paint(contents(), painted, columns, rows)
  set_times(start)
end

-- Calls fn; a request for an end (Ctrl-C) waits, so that what stands on the screen is always known.
local function undisturbed(fn, ...)
  local before = interrupt.hold(true)
  local ok, problem = pcall(fn, ...)
  interrupt.hold(before)
  if not ok then error(problem, 0) end
end

-- Draws if that is possible now, else later.
local function draw(all)
  look_at_stops()
  local columns, rows = terminal.size()
  if columns and not M.line_is_open and terminal.is_ours() then return undisturbed(paint, columns, rows, all) end
  for _, slot in pairs(slots) do slot.next_at = clock() + slot.interval end
end

local function take_off()
  require("optlab.base.terminal.frame").clear(painted, terminal.size() or painted.columns)
  painted, M.taken_off = nil, M.taken_off + 1
  forget_contents()
  for _, slot in pairs(slots) do slot.next_at = 0 end
end

--- Adds a slot, or puts another function in its place; it is drawn at the next touch.
-- @tparam string name "curve", "table" or "bar"
-- @tparam function fn fn(columns, rows) returns {lines = {...}}, or nil for nothing (optlab.base.terminal.frame)
-- @tparam number interval least number of seconds between two drawings
function M.show(name, fn, interval)
  slots[name] = { draw = fn, interval = interval, dirty = true, next_at = 0 }
end

--- Says that a slot has changed.
-- @tparam string name
function M.touch(name)
  local slot = slots[name]
  if not slot then return end
  slot.dirty = true
  if clock() >= slot.next_at then draw(false) end
end

--- Removes a slot.
-- @tparam string name
function M.hide(name)
  slots[name] = nil
  if not painted then return end
  if next(slots) then draw(true) else M.clear() end
end

--- Takes everything off the screen, so that a line can be printed. It comes back with the next touch.
function M.clear()
  if painted then look_at_stops() end
  if painted then undisturbed(take_off) end
end

--- Draws what is there, whether or not its time has come.
function M.refresh()
  if not next(slots) then return end
  forget_contents()
  draw(true)
end

--- Draws the curve and the table for the last time and leaves them on the screen: what is printed from then on goes
-- below them. A bar is removed.
function M.leave()
  slots.bar = nil
  if next(slots) then M.refresh() else M.clear() end
  slots = {}
  if painted then undisturbed(require("optlab.base.terminal.frame").leave) end
  painted = nil
end

--- Whether a slot is there.
-- @tparam string name
-- @treturn boolean
function M.has(name) return slots[name] ~= nil end

return M
