--- Where a data file comes from: a folder of the user's, the cache, the official address; failing all, the caller
-- makes a stand-in.
--
-- The order, the first that has the file wins:
--
-- 1. `--data DIR` or `$OPTLAB_DATA`; the caller reads the file and then has its digest checked with `check`;
-- 2. the cache, `$XDG_CACHE_HOME/optlab` or `~/.cache/optlab`; a file there with a wrong digest is fetched again;
-- 3. a download into the cache. `OPTLAB_MIRROR` replaces the address up to the file's name, `OPTLAB_OFFLINE=1`
-- forbids downloads.
--
-- A source is a table: `name` of the data set, `file`, `url`, `digest` of the file ("sha1:..."). Optional: `folder`, a
-- folder of that name within the user's in which the file may lie, and within the cache in which it does; `shared`,
-- true if other data sets have files of that name, so that one beside that folder counts only with the right digest;
-- `unpacked`, the digest of what the gzip-compressed file contains, which counts for files of the user's, packed anew
-- or not packed at all; `reader`, the function that reads a file of the user's own; `max_bytes`, the most bytes of a
-- download.
-- @module optlab.data.locate
local config = require "optlab.base.config"
local core = require("optlab.core").data
local errors = require "optlab.base.errors"
local files = require "optlab.base.files"
local say = require "optlab.base.notice"

local M = {}

local TIMEOUT, MAX_BYTES = 900, 1 << 28 -- of a download; most files are smaller

local unreachable = {} -- address -> why it failed; a run tries each once

M.say = say

local function env(name)
  local value = os.getenv(name)
  return value ~= "" and value or nil
end

--- The user's own data folder.
-- @treturn ?string
function M.folder()
  return config.data or env "OPTLAB_DATA"
end

--- The cache's folder, made when something is put there.
-- @treturn ?string nil if neither $XDG_CACHE_HOME nor $HOME is set
function M.cache()
  local base = env "XDG_CACHE_HOME"
  if base and base:sub(1, 1) == "/" then return base .. "/optlab" end
  local home = env "HOME"
  return home and home .. "/.cache/optlab"
end

-- A function for core.download that draws a bar on a terminal; the bar comes when the size is known.
local function reporter(file)
  local bar
  return function(done, total)
    if not bar and total then bar = require "optlab.base.progress"((total + 1023) // 1024, file .. ", kB") end
    if bar then bar:set((done + 1023) // 1024) end
    if bar and done == total then bar:done() end
  end
end

local function address(source)
  local mirror = env "OPTLAB_MIRROR"
  return mirror and mirror:gsub("/+$", "") .. "/" .. source.file or source.url
end

local function download(source, path)
  local offline = env "OPTLAB_OFFLINE"
  if offline and offline ~= "0" then return nil, "OPTLAB_OFFLINE forbids a download" end
  local url = address(source)
  if unreachable[url] then return nil, unreachable[url] end
  local ok, message = core.download(url, path, {
    digest = source.digest, progress = reporter(source.file), timeout = TIMEOUT,
    max_bytes = source.max_bytes or MAX_BYTES,
  })
  if ok then return true end
  unreachable[url] = message
  return nil, message
end

--- Raises unless a file of the user's is the one that is meant.
-- @tparam table source
-- @tparam string path
function M.check(source, path)
  local expected = source.unpacked or source.digest
  local found, message = core.digest(path, expected, source.unpacked ~= nil)
  if not found then errors.raise("data.%s: %s", source.name, message) end
  if found ~= expected then
    errors.raise("data.%s: %s is not the expected file: %s%s, expected %s (%s reads a file of your own)",
      source.name, path, found, source.unpacked and " unpacked" or "", expected, source.reader or "data.csv")
  end
end

-- The file in this place, packed or, where that can be told, unpacked.
local function file_in(source, place)
  local path = place .. "/" .. source.file
  if files.readable(path) then return path end
  local plain = source.folder and path:match("^(.*)%.gz$")
  return plain and files.readable(plain) and plain or nil
end

-- The file in the user's folder: in the source's folder, or beside it. A name that several data sets share says nothing
-- there, so the digest tells whether the file is this one's.
local function given(source, folder)
  if not source.folder then return file_in(source, folder) end
  local path = file_in(source, folder .. "/" .. source.folder)
  if path then return path end
  path = file_in(source, folder)
  if not path or not source.shared or core.digest(path, source.digest) == source.digest then return path end
  say("%s: %s is not the expected file; it would be taken from a folder %s", source.name, path, source.folder)
  return nil
end

--- Finds a file.
-- @tparam table source
-- @treturn ?string path, or nil
-- @treturn string "given", "cache" or "download"; or why there is none
function M.find(source)
  local folder = M.folder()
  if folder then
    local path = given(source, folder)
    if path then return path, "given" end
    say("%s: no %s in %s; looking in the cache and online", source.name, source.file, folder)
  end
  local cache = M.cache()
  if not cache then return nil, "no cache folder: neither XDG_CACHE_HOME nor HOME is set" end
  if source.folder then cache = cache .. "/" .. source.folder end
  local path = cache .. "/" .. source.file
  if files.readable(path) then
    if core.digest(path, source.digest) == source.digest then return path, "cache" end
    say("%s: %s is damaged", source.name, path)
  end
  local ok, message = download(source, path)
  if ok then return path, "download" end
  return nil, message
end

--- To be called before a stand-in is made: announces it on standard error, or raises after `--require-real-data`.
-- @tparam table source
-- @tparam string reason why there is no file
function M.announce_stand_in(source, reason)
  if config.require_real_data then
    local advice = ("put the file (%s) into a folder and pass --data FOLDER"):format(source.digest)
    errors.raise("data.%s: real data are required, but there is no %s (%s); %s",
      source.name, source.file, reason, advice)
  end
  config.stand_ins[source.name] = true
  say("%s: no real data (%s); using a stand-in made by the program (see --data, --require-real-data)", source.name,
    reason)
end

return M
