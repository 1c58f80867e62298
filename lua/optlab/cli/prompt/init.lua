--- The interactive prompt, `optlab -i`.
--
-- An expression shows its value; a statement that is not complete asks for more lines; an error does not end the
-- session; locals stay visible on the next lines (scope.lua), undefined globals are errors (cli/strict.lua).
-- `?name` or `help name` shows what the reference says about a name. `lab` and its parts (`nn`, `optim`, ...) are
-- globals here. Tab completes names and fields, Ctrl-C drops the line, Ctrl-D ends.
-- @module optlab.cli.prompt
local area = require "optlab.base.terminal.area"
local complete = require("optlab.cli.prompt.complete").complete
local error_report = require "optlab.cli.error_report"
local explain = require "optlab.cli.prompt.explain"
local scope = require "optlab.cli.prompt.scope"
local show = require "optlab.cli.prompt.show"

local MOST_REMEMBERED = 20000 -- bytes of an entry of the history

-- The locals of the lines so far.
local M = { scope = scope.new() }

-- --- the loop -------------------------------------------------------------------------------------------------------

-- ~/.local/state/optlab/history, or nil where no such file can be.
local function history_file()
  local home = os.getenv("HOME")
  local state = os.getenv("XDG_STATE_HOME")
  if not state or state == "" then state = home and home .. "/.local/state" end
  if not state then return nil end
  local ok = require("optlab.base.files").make_folder(state .. "/optlab")
  return ok and state .. "/optlab/history" or nil
end

-- Prints the help on a name.
local function print_help(name)
  io.write((explain.text(name, M.scope)))
end

-- The function that "?name" and "help name" stand for; nil for other lines.
local function help_on(line)
  local name = line:match("^%s*%?%s*(.-)%s*$") or line:match("^%s*help%s+([%a_][%w_.:]*)%s*$")
  return name and function() print_help(name) end
end

-- A global that says what to type when its name alone is typed.
local function hint_object(text, call)
  return setmetatable({}, { __name = "hint", __tostring = function() return text end, __call = call })
end

local HELP = 'help SGD or ?SGD explains a name, "?" alone lists all names; lab, nn, optim, sched, data, plot, train '
  .. "are ready;\nTab completes names; Ctrl-D ends."

-- Reads until a chunk is complete; the whole of it is one entry of the history. Gives a function; or nil at the end of
-- the input; or false if there is nothing to run.
local function read_chunk(host)
  local text
  while true do
    local line = host.prompt.read(text and ">> " or "> ")
    if line == nil then
      if text then error_report.show(select(2, load(text, "=prompt"))) end
      return nil
    end
    if not line then return false end
    local help = not text and help_on(line)
    text = text and text .. "\n" .. line or line:gsub("^=", "return ")
    local fn, message, incomplete = help, nil, nil
    if not fn then fn, message, incomplete = M.scope:compile(text) end
    if not incomplete then
      if text:match("%S") and #text <= MOST_REMEMBERED then host.prompt.remember(text) end
      if fn then return fn, text end
      error_report.show(message)
      return false
    end
  end
end

local function print_results(ok, ...)
  if not ok then return error_report.show((...)) end
  for i = 1, select("#", ...) do
    local shown, problem = xpcall(show.text, error_report.handler, (select(i, ...)))
    if shown then print(problem) else error_report.show(problem) end
  end
end

local function set_globals()
  local lab = require "optlab"
  _G.lab = lab
  for _, name in ipairs(explain.PARTS) do _G[name] = lab[name] end
  _G.help = hint_object(HELP, function(_, name) print_help(tostring(name or "")) end)
  for _, name in ipairs { "exit", "quit" } do
    _G[name] = hint_object("Ctrl-D ends the prompt, and so does os.exit().", function() os.exit(true) end)
  end
end

-- Pictures that the last line asked for are there when the next prompt is.
local function finish_figures()
  local plot = package.loaded["optlab.plot"]
  if not plot then return end
  local ok, message = plot.wait()
  if not ok then error_report.show(message) end
end

-- Those that a Ctrl-C kept from being drawn.
local function abandon_figures()
  local runner = package.loaded["optlab.plot.draw.runner"]
  if runner then runner.abandon() end
end

-- Tensors fill the terminal.
local function fit_terminal()
  local core = require "optlab.core"
  if core.system.isatty("stdout") then core.tensor.set_line_width(core.system.columns()) end
end

-- Says that the locals of a line end with it.
local function tell_lost()
  if not M.scope.lost then return end
  io.stdout:flush()
  io.stderr:write(("(%s is lost at the end of its line, which has a goto)\n"):format(M.scope.lost))
  M.scope.lost = nil
end

-- Reads and runs a line. False at the end of the input.
local function turn(host)
  local fn, text = read_chunk(host)
  if fn then
    error_report.chunk = fn
    fit_terminal()
    print_results(xpcall(fn, function(problem)
      M.scope:save_failing(fn)
      return error_report.handler(problem)
    end))
    tell_lost()
    explain.remember(M.scope, text)
  end
  if fn ~= nil then finish_figures() end
  return fn ~= nil
end

-- The locals of the prompt, as strict.watch wants them.
local function typed_names()
  local names = {}
  for _, name in ipairs(M.scope:names()) do names[name] = true end
  return names
end

--- Runs the prompt until the input ends.
-- @tparam table host functions of src/main.c
function M.run(host)
  set_globals()
  require("optlab.cli.strict").watch("=prompt", typed_names)
  host.prompt.open(history_file(), function(text) return complete(text, M.scope) end)
  if require("optlab.core").system.isatty("stdin") then
    local version = require("optlab.core").version
    print(("optlab %s  (lab, nn, optim, ... are ready; ?SGD explains; Ctrl-D ends)"):format(version))
  end
  local goes_on = true
  while goes_on do
    local ok, problem = host.attempt(function() goes_on = turn(host) end, error_report.handler)
    if not ok then
      error_report.show(problem)
      abandon_figures()
    end
    error_report.interrupted = nil
    area.leave()
  end
  host.prompt.close()
end

return M
