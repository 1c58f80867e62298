--- Checksums of data files. That of a large file is remembered, by its path, size and times, in the cache's folder, so
-- that it is computed once.
-- @module optlab.runs.checksums
local core = require("optlab.core").data
local files = require "optlab.base.files"
local uv = require "luv"

local M = {}

local LARGE = 1 << 20 -- bytes; reading less takes no longer than looking it up
local MOST = 1000     -- lines of the file

local function cache_file()
  local base, home = os.getenv "XDG_CACHE_HOME", os.getenv "HOME"
  if base and base:sub(1, 1) == "/" then return base .. "/optlab/checksums" end
  return home and home ~= "" and home .. "/.cache/optlab/checksums" or nil
end

local function key_of(path, stat)
  return ("%d %d.%09d %d.%09d %s"):format(stat.size, stat.mtime.sec, stat.mtime.nsec, stat.ctime.sec, stat.ctime.nsec,
    uv.fs_realpath(path) or path)
end

local known -- key -> sum, and the lines in order; read when they are first wanted

local function load_known()
  known = { sums = {}, lines = {} }
  local file = cache_file()
  local text = file and files.readable(file) and files.read(file) or ""
  for sum, key in text:gmatch "(%x+) ([^\n]+)\n" do
    if #sum == 64 then
      known.sums[key] = sum
      known.lines[#known.lines + 1] = sum .. " " .. key
    end
  end
end

-- Another process may put its own in the place of this file: then a checksum is computed once more.
local function remember(key, sum)
  local file, lines = cache_file(), known.lines
  known.sums[key] = sum
  lines[#lines + 1] = sum .. " " .. key
  if not file or key:find("\n", 1, true) or not files.make_folder(file:match "^(.*)/") then return end
  local first = math.max(1, #lines - MOST + 1)
  files.note(file, table.concat(lines, "\n", first) .. "\n")
end

--- The checksum of a file.
-- @tparam string path
-- @treturn ?string 64 hexadecimal digits, or nil and a message
function M.of(path)
  local stat = uv.fs_stat(path)
  local key = stat and stat.size >= LARGE and key_of(path, stat)
  if key and not known then load_known() end
  if key and known.sums[key] then return known.sums[key] end
  local text, message = core.digest(path, "sha256")
  if not text then return nil, message end
  local sum = text:match ":(%x+)"
  if key then remember(key, sum) end
  return sum
end

return M
