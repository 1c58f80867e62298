--- Folders and whole files. A file that is written is replaced as a whole or not at all (src/base/outfile.h).
-- @module optlab.base.files
local core = require("optlab.core").files
local order = require "optlab.base.order"

local M = {}

--- Makes a folder and those above it.
-- @function make_folder
-- @tparam string path
-- @treturn ?boolean true, or nil and a message that names the path and the reason
M.make_folder = core.make_folder

--- Writes a file. Until it is complete there is the old file, or none.
-- @function replace
-- @tparam string path
-- @tparam string text
-- @treturn ?boolean true, or nil and a message that names the path and the reason
M.replace = core.replace

--- Starts a file that is written little by little, under the name `partial` in the same folder. `f:write(text)` adds
-- to it, `f:commit()` gives it its name; both return true, or nil and a message. A file that is not committed stays
-- under the name `partial`.
-- @function open_partial
-- @tparam string path
-- @tparam string partial
-- @return the file, or nil and a message
M.open_partial = core.open_partial

--- Reads a whole file, which must be a regular one (src/base/files/infile.h).
-- @function read
-- @tparam string path
-- @treturn ?string its bytes, or nil and a message: the path and the reason
M.read = core.read

--- Reads a whole file or pipe, as it suits a script: `optlab <(echo 'print(1)')`.
-- @tparam string path
-- @treturn ?string its bytes, or nil and a message: the path and the reason
function M.read_script(path)
  local file, message = io.open(path, "rb")
  if not file then return nil, message end
  local text, why = file:read("a")
  file:close()
  if not text then return nil, ("%s: %s"):format(path, why) end
  return text
end

--- Whether a file or a folder of that name may be read; opens nothing.
-- @function readable
-- @tparam string path
-- @treturn boolean
M.readable = core.readable

--- The names in a folder, sorted.
-- @tparam string path
-- @tparam[opt] string pattern only names that match this Lua pattern
-- @treturn {string,...} empty if there is no such folder
function M.list(path, pattern)
  local uv = require "luv" -- here, because most runs do without it
  local names = {}
  local dir = uv.fs_scandir(path)
  while dir do
    local name = uv.fs_scandir_next(dir)
    if not name then break end
    if not pattern or name:match(pattern) then names[#names + 1] = name end
  end
  order.sort(names)
  return names
end

--- "file", "directory", ..., or nil if there is nothing of that name.
-- @tparam string path
-- @treturn ?string
function M.kind(path)
  local stat = require("luv").fs_stat(path)
  return stat and stat.type
end

return M
