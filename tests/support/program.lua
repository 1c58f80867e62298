--- Runs the program that runs the specs, in a folder of the spec's own (tests/support/files.lua).
local files = require "tests.support.files"
local uv = require "luv"

local M = {}

--- The program's file.
M.path = assert(uv.exepath())

--- Whether it is a sanitizer build: what tests nothing in C is left out there.
function M.is_sanitized() return files.read(M.path):find("__asan_init", 1, true) ~= nil end

--- A word of a shell command.
function M.quoted(text) return "'" .. text:gsub("'", "'\\''") .. "'" end
local quoted = M.quoted

--- Runs a shell command in a folder.
-- @return exit status, standard output, standard error
function M.shell(dir, command)
  local out, err = dir .. "/.out", dir .. "/.err"
  local line = ("cd %s && { %s\n} >%s 2>%s"):format(quoted(dir), command, quoted(out), quoted(err))
  local _, how, status = os.execute(line)
  return how == "signal" and 128 + status or status, files.read(out), files.read(err)
end

local function command_line(words)
  local line = { quoted(M.path) }
  for _, word in ipairs(words) do line[#line + 1] = quoted(word) end
  return table.concat(line, " ")
end

--- Runs the program in a folder, with standard input empty.
-- @usage local status, out, err = program.run(dir, "a.lua", "--lr", "0.1")
function M.run(dir, ...) return M.shell(dir, command_line { ... } .. " </dev/null") end

--- The same with text on standard input.
function M.feed(dir, text, ...)
  files.write(dir .. "/.in", text)
  return M.shell(dir, command_line { ... } .. " <.in")
end

--- Runs dir/script.lua, a first line that requires optlab and then the code, with its cache in dir/cache and without
-- data and settings of the user; env: variables to set.
-- @return what it wrote, standard output first; exit status
function M.without_data(dir, env, code, ...)
  files.write(dir .. "/script.lua", 'local lab = require "optlab"\n' .. code)
  local set = { "env -u OPTLAB_DATA -u OPTLAB_MIRROR -u OPTLAB_OFFLINE no_proxy='*'",
    "XDG_CACHE_HOME=" .. quoted(dir .. "/cache") }
  for name, value in pairs(env) do set[#set + 1] = name .. "=" .. quoted(tostring(value)) end
  local status, out, err = M.shell(dir, table.concat(set, " ") .. " " .. command_line { "script.lua", ... })
  return out .. err, status
end

return M
