--- A progress bar: what has been done, how fast, and how long the rest will take, as numbers and as a line on the
-- terminal.
-- @module optlab.base.terminal.bar
local area = require "optlab.base.terminal.area"
local args = require "optlab.base.args"
local errors = require "optlab.base.errors"
local short = require "optlab.base.short"
local system = require("optlab.core").system
local tensor = require("optlab.core").tensor
local text_line = require "optlab.base.text.line"

local Bar = {}
Bar.__index = Bar
Bar.__name = "optlab.Bar"

function Bar:__tostring() return ("Bar (%d/%d)"):format(self.count, self.total) end

local INTERVAL = 0.1 -- seconds between two drawings
local WIDTH = 24     -- of the bar itself
local YEAR = 365 * 86400 -- seconds

local M = {}

-- --- numbers --------------------------------------------------------------------------------------------------------

local function value_of(x)
  if type(x) == "function" then return (x()) end
  return x
end

-- The last loss as a number; nil where there is none.
local function loss_of(self)
  local loss = value_of(self.loss)
  if type(loss) == "userdata" and tensor.is_tensor(loss) and loss:numel() == 1 then loss = loss:item() end
  if loss ~= nil and type(loss) ~= "number" then
    errors.raise("lab.progress: loss must be a number, or a function that returns one or nil; got %s",
      errors.shown(loss))
  end
  return loss
end

--- What the bar tells, as values.
-- @treturn table count, total; percent; elapsed: seconds since the start; rate: `unit`s in a second; left: seconds
--   until the end at that rate (rate and left are nil before the first step); loss: the last one that is known, or
--   nil; label, unit, text: as they were given
function Bar:state()
  local elapsed = (self.ended or system.clock()) - self.start
  local state = {
    count = self.count, total = self.total, percent = self.total > 0 and 100 * self.count / self.total or 100.0,
    elapsed = elapsed, label = self.label, unit = self.unit, text = value_of(self.text), loss = loss_of(self),
  }
  if self.count > self.first and elapsed > 0 then
    local per_second = (self.count - self.first) / elapsed
    state.rate, state.left = per_second * self.per_step, math.max(0, self.total - self.count) / per_second
  end
  return state
end

-- --- the line -------------------------------------------------------------------------------------------------------

local function duration(seconds)
  if seconds > YEAR then return ("%.2g years"):format(seconds / YEAR) end
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

-- "training [#####     ] 40%  12/30  3.1/s  0:06 left  loss 0.243", cut to the terminal.
local function line(self, columns)
  local s = self:state()
  local parts = { ("%.0f%%  %d/%d"):format(s.percent // 1, s.count, s.total) }
  if s.rate then
    parts[#parts + 1] = rate(s.rate, s.unit)
    parts[#parts + 1] = duration(s.left) .. " left"
  end
  if s.loss then parts[#parts + 1] = "loss " .. short.number(s.loss) end
  parts[#parts + 1] = s.text ~= nil and text_line.plain(tostring(s.text)) or nil
  local tail = table.concat(parts, "  ")
  local head = s.label and text_line.plain(s.label) .. " " or ""
  local width = math.min(WIDTH, columns - text_line.columns(head) - text_line.columns(tail) - 3)
  if width >= 4 then
    local full = math.floor(math.max(0, math.min(1, s.percent / 100)) * width)
    tail = ("[%s%s] %s"):format(("#"):rep(full), (" "):rep(width - full), tail)
  end
  return text_line.cut(head .. tail, columns)
end

local drawn -- the bar that stands on the screen, or stood there last

local function draw_it(columns) return { lines = { line(drawn, columns - 1) } } end

local function draw(self, now)
  self.drawn_at, self.taken_off = now, area.taken_off
  if drawn ~= self or not area.has("bar") then
    drawn = self
    area.show("bar", draw_it, 0)
  end
  area.touch("bar")
end

-- --- steps ----------------------------------------------------------------------------------------------------------

local newest = setmetatable({}, { __mode = "v" }) -- [1]: the bar that was started last and goes on

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
  local n = type(count) == "number" and math.tointeger(count)
  if not n then errors.bad_value("Bar:set", "count", "an integer", count) end
  self.count = n - 1
  self:step(text)
end

--- Takes the bar off the screen until the next step, so that a line can be printed.
function Bar:clear()
  if drawn == self then area.clear() end
end

--- Ends the bar; what stood there is cleared.
function Bar:done()
  self.shown, self.ended = false, self.ended or system.clock()
  if newest[1] == self then
    local before = self.before
    while before and before.ended do before = before.before end
    newest[1] = before
  end
  if drawn ~= self then return end
  drawn = nil
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

--- Starts a bar.
-- @tparam table fields total, label, unit, per_step, text, loss: see lab.progress; count: the steps done before; shown:
--   whether it is drawn
-- @treturn Bar
function M.new(fields)
  local now = system.clock()
  fields.first, fields.start, fields.drawn_at = fields.count, now, now + INTERVAL
  fields.before, newest[1] = newest[1], fields
  return setmetatable(fields, Bar)
end

local STATE = args.declare("lab.progress_state", {
  doc = "The values of the running progress bar that was started last; nil if there is none.",
})

--- The state of the bar that was started last and goes on, such as train.fit's in on_step.
-- @treturn ?table see Bar:state
function M.state(...)
  STATE:read(...)
  return newest[1] and newest[1]:state()
end

return M
