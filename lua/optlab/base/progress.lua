--- A progress bar on standard error, for long loops at a terminal.
--
-- It shows what is done, the rate and the time left, is drawn at most ten times a second, fits the terminal's width,
-- and is not there at all when standard error is no terminal or after --quiet or --no-progress. Nothing it does
-- changes a result.
-- @module optlab.base.progress
-- @usage
-- for epoch in lab.progress(30, "training") do ... end
-- local bar = lab.progress(n, "download"); bar:step("12 kB"); bar:done()
local area = require "optlab.base.terminal.area"
local args = require "optlab.base.args"
local arguments = require "optlab.base.script_arguments"
local config = require "optlab.base.config"
local system = require("optlab.core").system

local Bar = {}
Bar.__index = Bar
Bar.__name = "optlab.Bar"

function Bar:__tostring() return ("Bar (%d/%d)"):format(self.count, self.total) end

local INTERVAL = 0.1 -- seconds between two drawings
local WIDTH = 24     -- of the bar itself

local function duration(seconds)
  local s = math.floor(seconds + 0.5)
  if s < 3600 then return ("%d:%02d"):format(s // 60, s % 60) end
  return ("%d:%02d:%02d"):format(s // 3600, s // 60 % 60, s % 60)
end

local function rate(per_second, unit)
  unit = unit and " " .. unit or ""
  if per_second >= 10 then return ("%.0f%s/s"):format(per_second, unit) end
  if per_second >= 0.1 then return ("%.1f%s/s"):format(per_second, unit) end
  return ("%.1f s each"):format(1 / per_second)
end

-- "training [#####     ]  12/30  3.1/s  0:06 left  loss 0.24", cut to the terminal.
local function line(self, columns)
  local elapsed = system.clock() - self.start
  local parts = { ("%d/%d"):format(self.count, self.total) }
  if self.count > self.first and elapsed > 0 then
    local per_second = (self.count - self.first) / elapsed
    parts[#parts + 1] = rate(per_second * self.per_step, self.unit)
    parts[#parts + 1] = duration((self.total - self.count) / per_second) .. " left"
  end
  parts[#parts + 1] = type(self.text) == "function" and self.text() or self.text
  local tail = table.concat(parts, "  ")
  local head = self.label and self.label .. " " or ""
  local width = math.min(WIDTH, columns - #head - #tail - 3)
  if width >= 4 then
    local full = self.total > 0 and math.min(width, width * self.count // self.total) or width
    tail = ("[%s%s] %s"):format(("#"):rep(full), (" "):rep(width - full), tail)
  end
  return (head .. tail):sub(1, columns)
end

local current -- the bar that stands on the screen, or stood there last

local function draw_current(columns) return { lines = { line(current, columns - 1) } } end

local function draw(self, now)
  self.drawn_at, self.taken_off = now, area.taken_off
  if current ~= self or not area.has("bar") then
    current = self
    area.show("bar", draw_current, 0)
  end
  area.touch("bar")
end

--- Counts one step, and draws the bar if it is time to.
-- @tparam[opt] string text shown behind the bar
function Bar:step(text)
  self.count = self.count + 1
  if text then self.text = tostring(text) end
  if not self.shown then return end
  local now = system.clock()
  if now - self.drawn_at >= INTERVAL or (self.taken_off or area.taken_off) < area.taken_off then draw(self, now) end
end

--- Moves to a count, for steps of different sizes.
-- @tparam integer count
-- @tparam[opt] string text
function Bar:set(count, text)
  self.count = count - 1
  self:step(text)
end

--- Takes the bar off the screen until the next step, so that a line can be printed.
function Bar:clear()
  if current == self then area.clear() end
end

--- Ends the bar; what stood there is cleared.
function Bar:done()
  self.shown = false
  if current ~= self then return end
  current = nil
  area.hide("bar")
end

Bar.__close = Bar.done

-- The generic for: each call counts the step before it.
function Bar:__call(_, previous)
  if previous then self:step() end
  local i = (previous or 0) + 1
  if i <= self.total then return i end
  self:done()
  return nil
end

local PROGRESS = args.declare("lab.progress", {
  doc = "A progress bar on a terminal; also the iterator of a for loop.",
  positions = 2,
  { "total", "integer", min = 0, required = true, doc = "The number of steps." },
  { "label", "string", doc = "Shown before the bar." },
  { "unit", "string", doc = "What the shown rate counts, such as \"examples\"; by default steps." },
  { "per_step", "number", above = 0, default = 1, doc = "How many of these units a step has." },
  { "done", "integer", min = 0, default = 0, doc = "Number of steps already done." },
  { "text", "string|number|callable", doc = "Shown after the bar; a function is called each time the bar is drawn." },
})

--- Starts a bar; also the iterator of a generic for.
-- @tparam integer total number of steps
-- @tparam[opt] string label
-- @tparam[opt] table options see the declaration above
-- @treturn Bar with `:step(text) :set(n, text) :clear() :done()`
local function progress(...)
  arguments.settle()
  local o = PROGRESS:read(...)
  local now = system.clock()
  local shown = not config.no_progress and not config.quiet and system.isatty("stderr")
  local self = setmetatable({
    total = o.total, label = o.label, unit = o.unit, per_step = o.per_step, text = o.text,
    count = o.done, first = o.done,
    shown = shown, start = now, drawn_at = now + INTERVAL,
  }, Bar)
  return self, nil, nil, self
end

return progress
