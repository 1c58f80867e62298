--- What a script prints goes above what is drawn on the terminal.
--
-- print, io.write, file:write, warn and os.execute take the drawing off the screen before they write to the terminal.
-- A curve comes back at once, at most twenty times a second; a bar with the next step. While the script's last line is
-- not ended, nothing is drawn.
-- @module optlab.base.terminal.guard
local area = require "optlab.base.terminal.area"
local config = require "optlab.base.config"
local core = require "optlab.core"

local M = {}

local PER_SECOND = 20

local credit, credit_at = PER_SECOND, 0

local function may_come_back()
  local now = core.system.clock()
  credit = math.min(PER_SECOND, credit + (now - credit_at) * PER_SECOND)
  credit_at = now
  if credit < 1 then return false end
  credit = credit - 1
  return true
end

local function come_back()
  if area.has("curve") and not area.line_is_open and may_come_back() then area.refresh() end
end

-- Before text is written: whether its line will be ended. Raises what file:write would.
local function note_end(...)
  local last = ""
  for i = 1, select("#", ...) do
    local text = select(i, ...)
    if type(text) ~= "string" and type(text) ~= "number" then
      error(("bad argument #%d to 'write' (string expected, got %s)"):format(i, type(text)), 3)
    end
    last = text
  end
  if last ~= "" then area.line_is_open = tostring(last):sub(-1) ~= "\n" end
end

local function after_print(...)
  area.line_is_open = false
  come_back()
  return ...
end

local function wrap_print(plain)
  return function(...)
    area.clear()
    return after_print(plain(...))
  end
end

local function wrap_write(plain, is_terminal)
  local function after(...)
    come_back()
    return ...
  end
  return function(file, ...)
    if not is_terminal(file) then return plain(file, ...) end
    area.clear()
    note_end(...)
    return after(plain(file, ...))
  end
end

local function wrap_command(plain)
  local function after(...)
    come_back()
    return ...
  end
  return function(...)
    area.clear()
    return after(plain(...))
  end
end

--- Puts the functions in their place. To be called once, by the program, before a script could keep the old ones. Does
-- nothing where standard error is no terminal, and so nothing is drawn.
function M.install()
  local system = core.system
  if not system.isatty("stderr") then return end
  local out = system.isatty("stdout") and io.stdout or nil
  local function is_terminal(file) return file == out or file == io.stderr end
  local methods = getmetatable(io.stderr).__index
  local write = wrap_write(methods.write, is_terminal)
  methods.write = write
  io.write = function(...) return write(io.output(), ...) end -- luacheck: ignore 122
  if out then print = wrap_print(print) end -- luacheck: ignore 121
  warn = wrap_command(warn) -- luacheck: ignore 121
  os.execute = wrap_command(os.execute) -- luacheck: ignore 122
  area.flush = function()
    if out then out:flush() end
    if config.drain then config.drain() end
  end
end

return M
