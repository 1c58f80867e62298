--- Runs the program that runs the specs, on scripts written to a folder of their own.
local uv = require "luv"

local M = {}

--- The program's file.
M.path = assert(uv.exepath())

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local function read(path)
  local f = assert(io.open(path, "rb"))
  local text = f:read("a")
  f:close()
  return text
end
M.read = read

--- A new empty folder; `remove` takes it away again.
function M.folder()
  return assert(uv.fs_mkdtemp(uv.os_tmpdir() .. "/optlab-spec-XXXXXX"))
end

function M.remove(dir)
  os.execute("rm -rf " .. quoted(dir))
end

--- Writes a file and returns its name.
function M.write(path, text)
  local f = assert(io.open(path, "wb"))
  f:write(text)
  f:close()
  return path
end

--- Runs a shell command in a folder.
-- @return exit status, standard output, standard error
function M.shell(dir, command)
  local out, err = dir .. "/.out", dir .. "/.err"
  local line = ("cd %s && { %s\n} >%s 2>%s"):format(quoted(dir), command, quoted(out), quoted(err))
  local _, how, status = os.execute(line)
  return how == "signal" and 128 + status or status, read(out), read(err)
end

--- Runs the program in a folder, with standard input empty.
-- @usage local status, out, err = program.run(dir, "a.lua", "--lr", "0.1")
function M.run(dir, ...)
  local words = { quoted(M.path) }
  for _, word in ipairs { ... } do words[#words + 1] = quoted(word) end
  return M.shell(dir, table.concat(words, " ") .. " </dev/null")
end

--- The same with text on standard input.
function M.feed(dir, text, ...)
  M.write(dir .. "/.in", text)
  local words = { quoted(M.path) }
  for _, word in ipairs { ... } do words[#words + 1] = quoted(word) end
  return M.shell(dir, table.concat(words, " ") .. " <.in")
end

return M
