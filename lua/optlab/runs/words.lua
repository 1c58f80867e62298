--- Which runs are meant: 12, 12-momentum, 12..20, last, @tag, or the path of a run's directory.
-- @module optlab.runs.words
local config = require "optlab.base.config"
local directory = require "optlab.runs.directory"
local errors = require "optlab.base.errors"
local files = require "optlab.base.files"
local reader = require "optlab.runs.reader"
local record = require "optlab.runs.record"
local uv = require "luv"

local M = {}

local function path_of(name) return config.runs .. "/" .. name end

local function nothing_kept()
  return ("no runs are kept in %s (optlab SCRIPT keeps one; --runs-dir DIR names another folder)"):format(config.runs)
end

-- The only directory with a number.
local function by_number(names, number)
  local found = {}
  for _, name in ipairs(names) do
    if directory.number(name) == number then found[#found + 1] = name end
  end
  if #found == 1 then return path_of(found[1]) end
  if #found > 1 then
    return nil, ("%d is the number of %s; give the name"):format(number, table.concat(found, " and "))
  end
  if #names == 0 then return nil, nothing_kept() end
  return nil, ("there is no run %d in %s (the last one is %s)"):format(number, config.runs, names[#names])
end

local function is_run(path) return files.readable(path .. "/" .. record.NAME) end

-- A path; of a link to a run that is kept, such as out/momentum, the run's own, beside which a sweep's cells lie.
local function followed(path)
  local above, name = (uv.fs_realpath(path) or path):match "^(.*)/([^/]+)$"
  local stat = uv.fs_lstat(path)
  if above and stat and stat.type == "link" and above == uv.fs_realpath(config.runs) then return path_of(name) end
  return path
end

-- A name in the folder of runs, or a path anywhere. Where there is no run.json, only a name that the folder of runs
-- lists is a run: commands remove what they are given.
local function by_name(names, word)
  local path = word:gsub("(.)/+$", "%1")
  local above, name = path:match "^(.*)/([^/]+)$"
  if not above then
    local inside = path_of(path)
    if path ~= "" and is_run(inside) then return inside end
    above, name = config.runs, path
  end
  if path ~= "" and is_run(path) then return followed(path) end
  if uv.fs_realpath(above) == uv.fs_realpath(config.runs) then
    for _, other in ipairs(names) do
      if other == name then return path_of(name) end
    end
  end
  if #names == 0 and not word:find("/", 1, true) then return nil, nothing_kept() end
  return nil, ("there is no run '%s'%s (runs are named 12, 12-momentum, 12..20, last, @tag, or by a directory)"):format(
    word, errors.hint(word, names))
end

--- The directory of one run.
-- @tparam integer|string which
-- @treturn ?string its path, or nil and a message
function M.find(which)
  local names = directory.names()
  local word = tostring(which)
  if word == "last" then
    if #names == 0 then return nil, nothing_kept() end
    return path_of(names[#names])
  end
  local number = math.tointeger(tonumber(word:match "^%d+$"))
  if number then return by_number(names, number) end
  return by_name(names, word)
end

local function range(first, last)
  local list = {}
  local from, to = tonumber(first), tonumber(last)
  for _, name in ipairs((directory.names())) do
    local n = directory.number(name)
    if n >= from and n <= to then list[#list + 1] = path_of(name) end
  end
  if #list == 0 then return nil, ("there are no runs from %s to %s in %s"):format(first, last, config.runs) end
  return list
end

local function tagged(tag)
  local list, others = {}, {}
  for _, name in ipairs((directory.names())) do
    for _, other in ipairs(reader.tags(path_of(name))) do
      if other == tag then list[#list + 1] = path_of(name) end
      others[#others + 1] = other
    end
  end
  if #list == 0 then return nil, ("no run has the tag '%s'%s"):format(tag, errors.hint(tag, others)) end
  return list
end

local function paths_of(word)
  local first, last = word:match "^(%d+)%.%.(%d+)$"
  if first then return range(first, last) end
  if word:match "^@." then return tagged(word:sub(2)) end
  local path, message = M.find(word)
  return path and { path }, message
end

--- The runs that words name, each once, in the order of the words.
-- @tparam {string,...} words
-- @treturn ?{table,...} runs, or nil and a message
function M.select(words)
  local runs, seen = {}, {}
  for _, word in ipairs(words) do
    local paths, message = paths_of(tostring(word))
    if not paths then return nil, message end
    for _, path in ipairs(paths) do
      local same = uv.fs_realpath(path) or path
      if not seen[same] then
        seen[same] = true
        runs[#runs + 1] = reader.read(path)
      end
    end
  end
  return runs
end

return M
