--- One run in full: what `optlab show` prints.
-- @module optlab.runs.text.details
local errors = require "optlab.base.errors"
local files = require "optlab.base.files"
local identity = require "optlab.runs.identity"
local order = require "optlab.base.order"
local size = require "optlab.runs.text.size"
local uv = require "luv"
local values = require "optlab.runs.text.values"
local word = require("optlab.base.text.shell").word

local M = {}

local LAST_LINES = 10 -- of the output

--- The command that makes the run.
-- @tparam table run
-- @treturn ?string
function M.command(run)
  if not run.script then return nil end
  local words = run.kind == "sweep" and { "optlab", "sweep" } or { "optlab", word(run.script) }
  for _, argument in ipairs(run.arguments) do words[#words + 1] = word(tostring(argument)) end
  return table.concat(words, " ")
end

local function add(lines, fmt, ...) lines[#lines + 1] = fmt:format(...) end

local function add_row(lines, name, value)
  if value and value ~= "" then add(lines, "  %-12s %s", name, errors.visible(value)) end
end

-- Names and values in two columns.
local function add_values(lines, title, t, note)
  local names, widest = order.names(t), 0
  if #names == 0 then return end
  for _, name in ipairs(names) do widest = math.max(widest, utf8.len(name) or #name) end
  add(lines, "%s", title)
  for _, name in ipairs(names) do
    local blanks = (" "):rep(widest - (utf8.len(name) or #name))
    local value = errors.visible(values.whole(t[name]))
    add(lines, "  %s%s  %s%s", errors.visible(name), blanks, value, note and note[name] or "")
  end
end

local function head(lines, run)
  local what = run.kind == "sweep" and "sweep" or "run"
  add(lines, "%s %s: %s%s", what, run.name, run.status, run.seconds and " after " .. values.time(run.seconds) or "")
  add_row(lines, "error", run.error)
  add_row(lines, "diverged", run.diverged)
  add_row(lines, "directory", run.path)
  add_row(lines, "files in", run.out)
  add_row(lines, "command", M.command(run))
  add_row(lines, "sweep", run.sweep)
  add_row(lines, "started", run.started and run.started:gsub("T", " "):gsub("Z", " UTC")
    .. (run.host and ", on " .. run.host or ""))
  add_row(lines, "seed", run.seed and tostring(run.seed))
  add_row(lines, "tags", table.concat(run.tags, ", "))
end

local function given_notes(run)
  local notes = {}
  for _, name in ipairs(run.given or {}) do notes[name] = "  (given)" end
  return notes
end

-- Scripts, modules and data, and whether they are still what they were.
local function add_inputs(lines, run)
  local changed = {}
  for _, name in ipairs(identity.changed(run)) do changed[name] = "  (has changed since)" end
  for _, part in ipairs { { "code", run.code }, { "data", run.data } } do
    local names = order.names(part[2])
    if #names > 0 then add(lines, "%s", part[1]) end
    for _, name in ipairs(names) do
      local sum = part[2][name]
      local note = sum == "stand-in" and "  (stand-in, made by the program)" or changed[name] or ""
      add(lines, "  %s%s", errors.visible(name), note)
    end
  end
end

local function add_files(lines, run)
  local list = {}
  size.walk(run.path, function(path, stat)
    local name = path:sub(#run.path + 2)
    local is_part = name:find "^code/" or name:find "^cells/"
    if stat.type == "file" and not is_part then list[#list + 1] = { name, size.text(stat.size) } end
  end)
  table.sort(list, function(a, b) return a[1] < b[1] end)
  if #list > 0 then add(lines, "files") end
  for _, entry in ipairs(list) do add(lines, "  %s  (%s)", errors.visible(entry[1]), entry[2]) end
end

--- What the run printed.
-- @tparam table run
-- @treturn string
function M.output(run)
  local path = run.path .. "/output.txt"
  return files.readable(path) and files.read(path) or ""
end

-- Of a sweep the beginning of its table.
local function add_table(lines, run)
  local path = run.path .. "/table.txt"
  if run.kind ~= "sweep" or not files.readable(path) then return end
  add(lines, "table")
  local count = 0
  for line in (files.read(path) or ""):gmatch "[^\n]+" do
    count = count + 1
    if count <= 1 + LAST_LINES then add(lines, "  %s", errors.visible(line)) end
  end
  if count > 1 + LAST_LINES then add(lines, "  ... %d more rows in %s", count - 1 - LAST_LINES, path) end
end

local function add_output(lines, run)
  local all = {}
  for line in M.output(run):gmatch "[^\n]+" do all[#all + 1] = line end
  if #all == 0 then return end
  add(lines, #all > LAST_LINES and "the last of %d lines of output" or "output", #all)
  for i = math.max(1, #all - LAST_LINES + 1), #all do add(lines, "  %s", errors.visible(all[i])) end
end

--- Everything about a run.
-- @tparam table run
-- @treturn string lines
function M.text(run)
  local lines = {}
  head(lines, run)
  add_values(lines, "parameters", run.parameters, given_notes(run))
  add_values(lines, "final values", run.final)
  if uv.fs_stat(run.path) then
    add_inputs(lines, run)
    add_values(lines, "versions", run.versions)
    add_files(lines, run)
    add_table(lines, run)
    add_output(lines, run)
  end
  return table.concat(lines, "\n") .. "\n"
end

return M
