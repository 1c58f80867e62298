--- `optlab watch`: the curve of a run that another process makes, or the table of a sweep, in the terminal.
--
-- What the run writes is read as it grows, ten times a second; a sweep's cells once a second. It ends when the run
-- ends. One that is over is drawn once.
-- @module optlab.watch
local area = require "optlab.base.terminal.area"
local capabilities = require "optlab.term.capabilities"
local chart = require "optlab.term.chart"
local clock = require("optlab.core").system.clock
local cut = require("optlab.base.text.line").cut
local loop = require "optlab.base.loop"
local terminal = require("optlab.core").terminal
local uv = require "luv"

local M = {}

local TICK = 100 -- milliseconds
local STATUS_EVERY = 0.4 -- seconds between two looks whether the run is over
local SWEEP_EVERY = 1 -- seconds between two looks at the cells of a sweep
local STDOUT = 1

-- Draws on standard error's terminal, else on standard output's; whether there is one.
local function find_terminal()
  if terminal.size() then return true end
  if not require("optlab.core").system.isatty "stdout" then return false end
  terminal.use(STDOUT)
  return true
end

-- --- what is drawn --------------------------------------------------------------------------------------------------

local function show_run(watched, style, is_over)
  area.show("curve", function(columns, rows)
    return chart.draw(watched.board:curves(), watched.board.x_name, columns, rows, style)
  end, 0.1)
  if is_over then return end
  area.show("table", function(columns) return { lines = { cut(watched:line(), columns - 1) } } end, 0.1)
end

local function show_sweep(watched)
  area.show("table", function(columns, rows)
    local lines = watched:table(columns - 1, rows)
    for i, line in ipairs(lines) do lines[i] = cut(line, columns - 1) end
    return { lines = { table.unpack(lines, 1, math.max(1, rows - 1)) } }
  end, 0.1)
end

-- On a terminal that cannot move its cursor.
local function draw_once(watched, style)
  local columns, rows = terminal.size()
  local content = chart.draw(watched.board:curves(), watched.board.x_name, columns, rows, style)
  if content then print(table.concat(content.lines, "\n")) end
end

local function draw()
  area.touch("curve")
  area.touch("table")
end

-- --- waiting --------------------------------------------------------------------------------------------------------

-- Calls tick ten times a second until it returns true, and draws anew after the window's size has changed.
local function wait(tick)
  local timer, resized = uv.new_timer(), uv.new_signal()
  local over, problem = false, nil
  resized:start("sigwinch", area.refresh)
  resized:unref()
  timer:start(TICK, TICK, function()
    local ok, result = pcall(tick)
    if not ok then problem = result end
    over = not ok or result
    if over then timer:stop() end
  end)
  loop.run()
  timer:close()
  resized:close()
  loop.run("nowait") -- the handles are freed
  if problem then error(problem, 0) end
end

local function follow(watched, every)
  local looked_at, read_at = clock(), clock()
  draw()
  wait(function()
    local now = clock()
    if now - read_at >= every then
      read_at = now
      if watched:read() then area.touch("curve") end
      area.touch("table")
    end
    if now - looked_at < STATUS_EVERY then return false end
    looked_at = now
    area.touch("table")
    return watched:is_over()
  end)
  watched:read() -- what came between the last reading and the end
end

--- Watches a run until it is over, and prints how it ended.
-- @tparam table run a run or a sweep
-- @tparam[opt] {string,...} quantities to draw; by default the losses
-- @treturn ?boolean true, or nil and a message
function M.watch(run, quantities)
  local is_sweep = run.kind == "sweep"
  local watched = require(is_sweep and "optlab.watch.sweep" or "optlab.watch.run").new(run, quantities)
  if run.status == "damaged" then return nil, ("%s: %s"):format(run.name, run.error or "it cannot be read") end
  if is_sweep and quantities then
    return nil, ("--y is for the curves of a run; the table of the sweep %s has the quantity that it was told to "
      .. "minimize or maximize, else the loss"):format(run.name)
  end
  local style = find_terminal() and capabilities.find()
  watched:read()
  local is_over = watched:is_over()
  if is_over and quantities and #watched.board:curves() == 0 then
    local hint, names = watched:others(quantities[1])
    return nil, ("%s has no numbers called '%s'%s (it has %s)"):format(run.name, table.concat(quantities, "', '"), hint,
      names)
  end
  if style and style.moves then
    local show = is_sweep and show_sweep or show_run
    show(watched, style, is_over)
  end
  if not is_over then follow(watched, is_sweep and SWEEP_EVERY or TICK / 1000) end
  watched.is_last = true
  if not is_sweep then area.hide("table") end
  area.leave()
  if style and not style.moves and not is_sweep then draw_once(watched, style) end
  print(watched:summary())
  return true
end

return M
