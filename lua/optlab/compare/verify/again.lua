--- Runs a kept run again, from its own copies of script and modules, in a temporary folder.
--
-- The folder holds the copies, where the script runs, links to the data that it named by relative paths, and a folder
-- of runs of its own, in which the new run is kept until it has been compared.
-- @module optlab.compare.verify.again
local files = require "optlab.base.files"
local model = require "optlab.compare.model"
local quoted = require("optlab.base.text.shell").word
local removal = require "optlab.runs.tidy.removal"
local runs = require "optlab.runs"
local sha256 = require("optlab.runs.identity").sha256
local uv = require "luv"

local M = {}

-- Options of the first run that say where its files went, with the number of words that follow each.
local PLACES = { ["--out"] = 1, ["--runs-dir"] = 1, ["--no-keep"] = 0, ["--live"] = 0 }

local function absolute(path) return path and path ~= "" and uv.fs_realpath(path) or path end

-- --- the folder ---------------------------------------------------------------------------------------------------

local function make_link(folder, path)
  local target, place = uv.fs_realpath(path), folder .. "/code/" .. path
  if not target or files.readable(place) then return true end
  local ok, message = files.make_folder(place:match "^(.*)/")
  if not ok then return nil, message end
  return uv.fs_symlink(target, place)
end

-- The copies have to be what ran.
local function copy_code(run, folder)
  for path, sum in pairs(run.code) do
    local text, message = files.read(("%s/code/%s"):format(run.path, path))
    if not text then return nil, "its copy of the code is not complete: " .. message end
    if sha256(text) ~= sum then
      return nil, ("its copy code/%s is not what ran: the checksum is another one"):format(path)
    end
    local place = folder .. "/code/" .. path
    local ok, why = files.make_folder(place:match "^(.*)/")
    if ok then ok, why = files.note(place, text) end
    if not ok then return nil, why end
  end
  return true
end

-- Whether a path stays in the folder in which it is taken: neither "/a" nor "../a".
local function stays_inside(path)
  return path:sub(1, 1) ~= "/" and not ("/" .. path .. "/"):find("/../", 1, true)
end

local function fill(run, folder)
  local ok, message = copy_code(run, folder)
  for path, sum in pairs(ok and run.data or {}) do
    if ok and sum ~= "stand-in" and stays_inside(path) then ok, message = make_link(folder, path) end
  end
  return ok, message
end

-- --- the command --------------------------------------------------------------------------------------------------

local function name_and_value(word)
  local name, value = word:match "^(%-%-[^=]+)=(.*)$"
  return (name or word):gsub("_", "-"), value
end

-- The words of the first run without what says where its files went; a relative folder of data is made absolute.
local function words_of(run)
  local words, has_seed, has_format, i = {}, false, false, 1
  while run.arguments[i] do
    local word = tostring(run.arguments[i])
    local name, value = name_and_value(word)
    if PLACES[name] then
      i = i + (value and 0 or PLACES[name])
    elseif name == "--data" then
      words[#words + 1] = "--data=" .. absolute(value or tostring(run.arguments[i + 1] or ""))
      i = i + (value and 0 or 1)
    else
      words[#words + 1] = word
    end
    has_seed, has_format = has_seed or name == "--seed", has_format or name == "--format"
    i = i + 1
  end
  if not has_seed and run.seed then table.move({ "--seed", tostring(run.seed) }, 1, 2, #words + 1, words) end
  if not has_format then table.move({ "--format", "none" }, 1, 2, #words + 1, words) end -- the .gp files are compared
  return words
end

-- The folder in which the run found its data, if the file is there still; else the one that is set now.
local function data_folder(run)
  for path, sum in pairs(run.data or {}) do
    local folder = sum ~= "stand-in" and path:match "^(/.*)/[^/]+$"
    if folder and files.readable(path) then return folder end
  end
  local data = os.getenv "OPTLAB_DATA"
  return data and data ~= "" and absolute(data) or nil
end

local function command_of(run, script, folder)
  local parts = { "cd", quoted(folder .. "/code"), "&& OPTLAB_RUNS=" .. quoted(folder .. "/runs") }
  local data = data_folder(run)
  if data then parts[#parts + 1] = "OPTLAB_DATA=" .. quoted(data) end
  parts[#parts + 1] = quoted(uv.exepath())
  parts[#parts + 1] = quoted("./" .. script)
  for _, word in ipairs(words_of(run)) do parts[#parts + 1] = quoted(word) end
  return ("%s </dev/null >%s 2>&1"):format(table.concat(parts, " "), quoted(folder .. "/output"))
end

local function last_line(path)
  local text = files.readable(path) and files.read(path) or ""
  return text:match "([^\n]+)\n*$" or "nothing was printed"
end

local function execute(run, script, folder)
  uv.os_unsetenv "OPTLAB_RUN"
  local _, how, code = os.execute(command_of(run, script, folder))
  if how == "signal" or code == 130 or code == 143 then return nil, "interrupted" end
  local names = files.list(folder .. "/runs", "^1%-")
  if #names == 0 then
    return nil, ("it did not run again (exit status %d): %s"):format(code, last_line(folder .. "/output"))
  end
  return runs.read(folder .. "/runs/" .. names[1])
end

local ENDED = { done = true, diverged = true, failed = true }

local function check(run)
  if run.kind ~= "run" then return nil, "it is a sweep; verify one of its runs" end
  if run.status == "running" then return nil, "it is still running" end
  if not ENDED[run.status] then return nil, ("it is %s, so it has no end to compare"):format(run.status) end
  local script = model.script_name(run)
  if not script then return nil, "it has no copy of its script" end
  return script
end

--- Runs a run again and hands the new one to a function; then everything is removed.
-- @tparam Run run
-- @tparam function use use(new_run), whose results are returned
-- @return nil and a message where the run cannot be done again
function M.with(run, use)
  local script, message = check(run)
  if not script then return nil, message end
  local folder, why = files.temporary_folder "verify"
  if not folder then return nil, why end
  local ok, wrong = fill(run, folder)
  local new
  if ok then new, wrong = execute(run, script, folder) end
  local results = new and table.pack(pcall(use, new))
  removal.remove(folder)
  if not new then return nil, wrong end
  if not results[1] then error(results[2], 0) end
  return table.unpack(results, 2, results.n)
end

return M
