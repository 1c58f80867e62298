--- Runs a command at a pseudo terminal, which may answer questions.
--
-- script(1) makes the terminal: what is written to its standard input is typed, what the terminal shows comes out.
local program = require "tests.support.program"
local uv = require "luv"

local M = {}

--- Whether there is what this needs.
M.is_there = os.execute("command -v script >/dev/null") == true

-- Spawns script(1) with both ends as pipes.
local function start(dir, command, env, on_exit)
  local input, output = uv.new_pipe(), uv.new_pipe()
  local handle, pid = uv.spawn("script", {
    args = { "-qefc", command, "/dev/null" }, cwd = dir, env = env, stdio = { input, output },
  }, on_exit)
  return assert(handle, pid), input, output
end

local function environment(changes)
  local all, list = uv.os_environ(), {}
  for name in pairs { NO_COLOR = 1, COLUMNS = 1, LINES = 1, TMUX = 1, KITTY_WINDOW_ID = 1, XTERM_VERSION = 1 } do
    all[name] = nil
  end
  all.SHELL = "/bin/sh"
  for name, value in pairs(changes or {}) do all[name] = value or nil end
  for name, value in pairs(all) do list[#list + 1] = name .. "=" .. value end
  return list
end

--- Runs the program in a folder at a terminal.
-- @tparam table o {dir =, command = what follows the program's name, columns = 80, rows = 24, env = {NAME = value or
--   false}, answer = function(new, all) that returns what the terminal sends back, or nil, before = shell text}
-- @return all bytes that the terminal was sent; the exit status of the command
function M.run(o)
  local bytes, status, ended = {}, nil, false
  local command = ("%sstty cols %d rows %d; exec timeout --foreground 20 %s %s"):format(o.before or "", o.columns or 80, o.rows or 24,
    program.quoted(program.path), o.command)
  local handle, input, output = start(o.dir, command, environment(o.env), function(code) status = code end)
  output:read_start(function(_, chunk)
    ended = chunk == nil
    if not chunk then return end
    bytes[#bytes + 1] = chunk
    local reply = o.answer and o.answer(chunk, table.concat(bytes))
    if reply then input:write(reply) end
  end)
  while not (ended and status) do uv.run("once") end
  for _, h in ipairs { handle, input, output } do h:close() end
  uv.run("nowait")
  return table.concat(bytes), status
end

return M
