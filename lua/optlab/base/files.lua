--- Folders and whole files. A file that is written is replaced as a whole or not at all (src/base/files/outfile.h).
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
-- @tparam[opt=false] boolean no_link whether a symbolic link of that name is replaced by the file; by default one's own
--   link stays, and the file that it leads to is replaced
-- @treturn ?boolean true, or nil and a message that names the path and the reason
M.replace = core.replace

--- The same for a file whose old version may be back if the machine loses its power. A symbolic link of that name is
-- replaced.
-- @function note
-- @tparam string path
-- @tparam string text
-- @tparam[opt=false] boolean flush whether its bytes are on the disk before it gets its name; else nothing waits for
--   the disk, and the file may even be empty then
-- @treturn ?boolean true, or nil and a message that names the path and the reason
M.note = core.note

--- Starts a file that grows line by line, in the place of an old one, with its first line. `f:append(line)` writes a
-- line, whole or not at all, before it returns; `f:commit()` puts the file on the disk and closes it. Both return true,
-- or nil and a message.
-- @function grow
-- @tparam string path
-- @tparam string line
-- @return the file, or nil and a message
M.grow = core.grow

--- An empty file without a name, for another program to write to, which inherits `t:fd()` and opens it as /dev/fd/N.
-- `t:read()` gives the bytes, `t:close()` ends it.
-- @function scratch
-- @return the file, or nil and a message
M.scratch = core.scratch

--- Makes a folder of output this process's own until it ends: another process that claims it is refused. A folder that
-- is not there, or whose file system has no locks, cannot be claimed, and nothing is said.
-- @function claim
-- @tparam string folder
-- @treturn ?boolean true, or nil and a message that names the other process
M.claim = core.lock_folder

--- Whether a file lies, or would lie, in a folder or below it.
-- @function is_inside
-- @tparam string path of the file
-- @tparam string folder
-- @treturn boolean
function M.is_inside(path, folder) return core.holds(folder, path) end

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

--- Makes a folder of its own below $TMPDIR, or /tmp.
-- @string purpose a word of its name
-- @treturn ?string its path; nil and a message
function M.temporary_folder(purpose)
  local above = os.getenv "TMPDIR" or ""
  if above == "" then above = "/tmp" end
  local path, message = require("luv").fs_mkdtemp(("%s/optlab-%s-XXXXXX"):format(above, purpose))
  if not path then return nil, "cannot make a temporary folder: " .. message end
  return path
end

return M
