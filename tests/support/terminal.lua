--- A program in a pseudo terminal (tests/cli/terminal.c).
local files = require "tests.support.files"
local program = require "tests.support.program"

local M = {}

-- A text as `send` takes it.
local function escaped(text)
  return (text:gsub("\\", "\\\\"):gsub("\n", "\\n"):gsub("\r", "\\r"):gsub("\t", "\\t"):gsub("\27", "\\e"))
end

--- A step: types a text; "\r" is Enter.
function M.send(text) return "send " .. escaped(text) end

--- A step: waits for a text.
function M.expect(text) return "expect " .. escaped(text) end

--- A step: the terminal becomes larger or smaller.
function M.resize(rows, columns) return ("resize %d %d"):format(rows, columns) end

-- libedit keeps the names of functions that are added to it; LeakSanitizer is not to mind.
local NO_LEAKS = "ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0"

--- Runs a shell command in a folder, in a terminal, with steps.
-- @param options rows, columns; env: variables to set, a string
-- @return exit status, everything written, complaints
function M.run(dir, command, steps, options)
  options = options or {}
  files.write(dir .. "/.steps", table.concat(steps, "\n") .. "\n")
  local driver = program.path:match("^(.*)/") .. "/tests/terminal"
  return program.shell(dir, ("%s %s TERM=%s %s %d %d sh -c %s <.steps"):format(NO_LEAKS, options.env or "",
    options.term or "xterm",
    program.quoted(driver), options.rows or 24, options.columns or 80, program.quoted(command)))
end

--- What a terminal shows of an output: without escape sequences, carriage returns and colours.
function M.plain(text)
  return (text:gsub("\27%[[%d;?]*[%a]", ""):gsub("\27[()][%w]", ""):gsub("\27[=>]", ""):gsub("\r", ""))
end

return M
