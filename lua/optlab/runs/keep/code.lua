--- The script and the modules of a run: copies of their bytes, as they were executed.
--
-- A module of the project is one that lies below the current folder, the script's folder or the folder of experiments;
-- others belong to the system. Their bytes are read here and compiled from memory, so the copy is what ran.
-- @module optlab.runs.keep.code
local config = require "optlab.base.config"
local files = require "optlab.base.files"
local identity = require "optlab.runs.identity"
local say = require "optlab.base.notice"
local uv = require "luv"

local M = {}

local texts, order = {}, {} -- the path within code/ -> bytes; the paths as they came
local folder -- where copies go; nil until there is one
local roots -- folders of the project, each with a slash at its end

local function without_dots(path)
  repeat
    local before = path
    path = path:gsub("^%./+", ""):gsub("/%./", "/")
  until path == before
  return path
end

-- The path within code/ of a file of the project; nil for another one.
local function place_of(path)
  path = without_dots(path)
  if path:sub(1, #config.lib) == config.lib or path:find("/share/lua/", 1, true) then return nil end
  if path:sub(1, 1) ~= "/" and not path:find "%.%./" then return path end
  local absolute = uv.fs_realpath(path) or path
  for _, root in ipairs(roots) do
    for _, form in ipairs { path, absolute } do
      if form:sub(1, #root) == root then return form:sub(#root + 1) end
    end
  end
  return nil
end

local function write(place)
  local path = folder .. "/code/" .. place
  local ok, message = files.make_folder(path:match "^(.*)/")
  if not ok then return nil, message end
  return files.note(path, texts[place])
end

local function add(place, text)
  if texts[place] == text then return end
  if not texts[place] then order[#order + 1] = place end
  texts[place] = text
  if not folder then return end
  local ok, message = write(place)
  if not ok then say("%s", message) end
end

local function read(path)
  local file = io.open(path, "rb")
  local text = file and file:read "a"
  if file then file:close() end
  return text
end

--- Whether a file is among those that were noted.
-- @tparam string path
-- @treturn boolean
function M.has(path) return texts[place_of(path) or ""] ~= nil end

--- Notes a file that has been, or is about to be, executed.
-- @tparam string path
-- @treturn ?string its bytes, if it is one of the project
function M.note(path)
  local place = place_of(path)
  local text = place and read(path)
  if text then add(place, text) end
  return text
end

--- The bytes that Lua compiles of a file: without a mark of UTF-8 and a first line with #.
-- @tparam string text
-- @treturn string
function M.compiled(text) return (text:gsub("^\xEF\xBB\xBF", ""):gsub("^#[^\n]*", "")) end

local function watch_require()
  local standard, load_file = package.searchers[2], loadfile
  package.searchers[2] = function(name)
    local file = type(package.path) == "string" and package.searchpath(name, package.path)
    local text = file and M.note(file)
    if not file then return standard(name) end
    local fn, message
    if text then
      fn, message = load(M.compiled(text), "@" .. file)
    else
      fn, message = load_file(file)
    end
    if not fn then error(("error loading module '%s' from file '%s':\n\t%s"):format(name, file, message), 0) end
    return fn, file
  end
end

local function watch_files()
  local run_file, load_file = dofile, loadfile
  loadfile = function(path, ...) -- luacheck: ignore 121
    local text = type(path) == "string" and M.note(path)
    if not text then return load_file(path, ...) end
    return load(M.compiled(text), "@" .. path, ...)
  end
  dofile = function(path, ...) -- luacheck: ignore 121
    local text = type(path) == "string" and M.note(path)
    if not text then return run_file(path, ...) end
    local fn, message = load(M.compiled(text), "@" .. path)
    if not fn then error(message, 0) end
    return fn()
  end
end

-- Modules that were loaded before optlab was.
local function note_loaded()
  for name in pairs(package.loaded) do
    local is_own = type(name) ~= "string" or name:find "^optlab" or _G[name] == package.loaded[name] or name == "luv"
    local file = not is_own and package.searchpath(name, package.path)
    if file then M.note(file) end
  end
end

--- Begins: notes the script, and from here on what it loads.
-- @tparam string path of the script
-- @tparam string text its bytes
function M.watch(path, text)
  local above = uv.fs_realpath(path:match "^(.*)/" or ".")
  roots = {}
  for _, root in ipairs { assert(uv.cwd()), above or "", config.root:match "^/" and config.root or "" } do
    if root ~= "" then roots[#roots + 1] = (root:gsub("/*$", "/")) end
  end
  add(place_of(path) or path:match "[^/]+$" or "script.lua", text)
  note_loaded()
  watch_require()
  watch_files()
end

--- Writes the copies into a run's directory, now and as they come.
-- @tparam string path
-- @treturn ?boolean true, or nil and a message
function M.write(path)
  folder = path
  for _, place in ipairs(order) do
    local ok, message = write(place)
    if not ok then return nil, message end
  end
  return true
end

--- The checksums of all copies.
-- @treturn {[string]=string,...} by the path within code/
function M.sums()
  local sums = {}
  for place, text in pairs(texts) do sums[place] = identity.sha256(text) end
  return sums
end

return M
