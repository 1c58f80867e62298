--- What there is to complete: experiments, a script's parameters, runs, tags. Each gives a list of {word, text}.
-- @module optlab.cli.completion.sources
local config = require "optlab.base.config"
local directory = require "optlab.runs.directory"
local files = require "optlab.base.files"
local json = require "optlab.base.json"
local query = require "optlab.runs.query"
local quoted = require("optlab.base.text.shell").word
local reader = require "optlab.runs.reader"

local M = {}

local MOST_RUNS = 200 -- whose numbers are offered
local MOST_READ = 30 -- whose status, parameters and quantities are
local MOST_TAGGED = 500 -- whose tags are
local PATIENCE = 2 -- seconds for a script to declare its parameters

-- --- scripts ---------------------------------------------------------------------------------------------------------

local FOLDERS = { "^[^/]+$", "^claims/", "^exercises/", "" } -- where the word is looked for, one after the other

-- Those whose name begins with a word, all in one folder, so that what they have in common begins with the word too.
local function by_name(entries, word)
  for _, folder in ipairs(FOLDERS) do
    local found = {}
    for _, entry in ipairs(entries) do
      local last = entry[1]:match("[^/]+$")
      if entry[1]:match(folder) and last:sub(1, #word) == word then
        found[#found + 1] = { "experiments/" .. entry[1] .. ".lua", entry[2] }
      end
    end
    if #found > 0 then return found end
  end
  return {}
end

-- The paths that begin with a word, a folder at a time: "experiments/claims/", "experiments/momentum.lua".
local function by_path(entries, word)
  local found, seen, depth = {}, {}, #word:match("^(.*/)")
  for _, entry in ipairs(entries) do
    local path = "experiments/" .. entry[1] .. ".lua"
    local folder = path:sub(1, #word) == word and path:match("^[^/]*/", depth + 1)
    local shown = folder and path:sub(1, depth) .. folder or path
    if path:sub(1, #word) == word and not seen[shown] then
      found[#found + 1] = { shown, not folder and entry[2] or nil }
      seen[shown] = true
    end
  end
  return found
end

--- Experiments by their path, "experiments/mo", or by their name alone, "mo". Those of the current folder are files
-- that the shell finds by itself.
-- @tparam string word
-- @treturn {{string,string},...}
-- @treturn boolean whether they take the place of the word rather than go on from it
function M.experiments(word)
  local here = files.kind("experiments") == "directory"
  if ("experiments"):sub(1, #word) == word then return not here and { { "experiments/" } } or {}, false end
  local entries = require("optlab.cli.listing").find()
  if word:find("/", 1, true) then return not here and by_path(entries, word) or {}, false end
  return by_name(entries, word), true
end

-- The script as it would be run: here or among the installed ones.
local function path_of(script)
  if files.readable(script) then return script end
  local installed = config.root .. script
  return script:match("^experiments/") and files.readable(installed) and installed or nil
end

--- What a script declares with lab.params: {name =, type =, default =, choices =, help =}. The script is asked,
-- and only one whose text speaks of parameters: another would be run.
-- @tparam string script
-- @treturn {table,...} empty where nothing is known
function M.parameters(script)
  local path = path_of(script)
  local text = path and files.read(path)
  if not (text and text:find("optlab", 1, true) and text:find("[%w_]%.params%s*[({]")) then return {} end
  local program = require("luv").exepath()
  local pipe = io.popen(("timeout %d %s %s --parameters 2>/dev/null </dev/null"):format(PATIENCE, quoted(program),
    quoted(path)))
  local answer = pipe and pipe:read("a") or ""
  if pipe then pipe:close() end
  local ok, list = pcall(json.decode, answer)
  return ok and type(list) == "table" and list or {}
end

-- --- runs ------------------------------------------------------------------------------------------------------------

-- The last runs. A folder of runs that cannot be read has nothing to offer.
local function last_runs(count)
  local ok, list = pcall(query.find, { last = count })
  return ok and list or {}
end

-- The numbers that begin as the word does, the largest first; with what their directories' names say, and of the first
-- ones the status.
local function numbers(word)
  local ok, names = pcall(directory.names)
  local found = {}
  for i = ok and #names or 0, 1, -1 do
    local number, experiment = names[i]:match("^(%d+)%-(.*)$")
    if number and number:sub(1, #word) == word and #found < MOST_RUNS then
      local run = #found < MOST_READ and reader.read(config.runs .. "/" .. names[i])
      found[#found + 1] = { number, run and ("%s, %s"):format(experiment, run.status) or experiment }
    end
  end
  return found
end

--- Numbers of runs, the last ones first, `last`, and tags as they select runs: "@tag".
-- @tparam string word what is typed
-- @treturn {{string,string},...}
function M.runs(word)
  local found = numbers(word)
  if #found > 0 and word == "" then table.insert(found, 1, { "last", "the run with the largest number" }) end
  if ("last"):sub(1, #word) == word and word ~= "" then found[#found + 1] = { "last" } end
  if word == "" or word:match("^@") then
    for _, tag in ipairs(M.tags()) do found[#found + 1] = { "@" .. tag[1], tag[2] } end
  end
  return found
end

-- {{name, "3 runs"}, ...} of how often names occur, sorted.
local function counted(count)
  local found = {}
  for name, n in pairs(count) do found[#found + 1] = { name, ("%d %s"):format(n, n == 1 and "run" or "runs") } end
  table.sort(found, function(a, b) return a[1] < b[1] end)
  return found
end

--- Tags of the last runs.
-- @treturn {{string,string},...} sorted
function M.tags()
  local count = {}
  for _, run in ipairs(last_runs(MOST_TAGGED)) do
    for _, tag in ipairs(run.tags or {}) do count[tag] = (count[tag] or 0) + 1 end
  end
  return counted(count)
end

--- The experiments of the runs.
-- @treturn {{string,string},...} sorted
function M.run_experiments()
  local count, ok, names = {}, pcall(directory.names)
  for _, name in ipairs(ok and names or {}) do
    local experiment = name:match("^%d+%-(.*)$")
    if experiment then count[experiment] = (count[experiment] or 0) + 1 end
  end
  return counted(count)
end

--- The names in a field of the last runs: of "parameters", or of quantities, "final".
-- @tparam string field
-- @treturn {{string},...} sorted
function M.names_in(field)
  local seen, found = {}, {}
  for _, run in ipairs(last_runs(MOST_READ)) do
    for name in pairs(run[field] or {}) do seen[name] = true end
  end
  for name in pairs(seen) do found[#found + 1] = { name } end
  table.sort(found, function(a, b) return a[1] < b[1] end)
  return found
end

return M
