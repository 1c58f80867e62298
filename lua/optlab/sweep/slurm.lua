--- A sweep as an array of Slurm: a script for sbatch whose tasks take cells of one sweep from a common disk.
-- @module optlab.sweep.slurm
local directory = require "optlab.runs.directory"
local errors = require "optlab.base.errors"
local files = require "optlab.base.files"
local loop = require "optlab.base.loop"
local order = require "optlab.base.order"
local quoted = require("optlab.base.text.shell").word
local uv = require "luv"

local M = {}

local TASKS = 8 -- unless --tasks says otherwise, and no more than cells

--- The options: flag, placeholder, text, the option of sbatch that it becomes.
M.OPTIONS = {
  { "--tasks", "N", "tasks of the array (default 8, at most one a cell)" },
  { "--cpus", "N", "cores of a task, for its --jobs (default --jobs)", "cpus-per-task" },
  { "--time", "T", "the longest time of a task, such as 2:00:00", "time" },
  { "--mem", "SIZE", "memory of a task, such as 2G", "mem" },
  { "--partition", "NAME", "the partition", "partition" },
  { "--account", "NAME", "the account", "account" },
  { "--file", "FILE", "the script to write (default SCRIPT-sweep.sbatch)" },
  { "--submit", nil, "submit the script with sbatch" },
}

local function row_of(flag)
  for _, row in ipairs(M.OPTIONS) do
    if row[1] == flag then return row end
  end
  return nil
end

local function check_value(row, value)
  if not value or value == "" then return nil, ("option '%s' requires an argument"):format(row[1]) end
  if value:find "[%c%s]" then return nil, ("%s must be one word, got '%s'"):format(row[1], value) end
  if row[2] ~= "N" then return value end
  local n = math.tointeger(tonumber(value))
  if n and n >= 1 then return n end
  return nil, ("%s must be an integer of at least 1, got '%s'"):format(row[1], value)
end

--- Takes Slurm's options out of a command line; what is left is a sweep's.
-- @tparam {string,...} words
-- @treturn ?table values by flag without dashes, or nil and a message
-- @treturn ?{string,...} the other words
function M.read(words)
  local values, others, i = {}, {}, 1
  while words[i] do
    local flag, value = words[i]:match "^(%-%-[^=]+)=(.*)$"
    local row = row_of(flag or words[i])
    if not row then
      others[#others + 1] = words[i]
    elseif not row[2] then
      values[row[1]:sub(3)] = true
    else
      if not flag then
        i = i + 1
        value = words[i]
      end
      local checked, message = check_value(row, value)
      if not checked then return nil, message end
      values[row[1]:sub(3)] = checked
    end
    i = i + 1
  end
  return values, others
end

-- --- the script -----------------------------------------------------------------------------------------------------

local function command(words)
  local list = { quoted(assert(uv.exepath())), "sweep" }
  for _, word in ipairs(words) do list[#list + 1] = quoted(word) end
  return table.concat(list, " ")
end

-- Variables that name one process or its terminal; they mean nothing to a task.
local OF_A_PROCESS = { OPTLAB_RUN = true, OPTLAB_PARENT = true, OPTLAB_TERMINAL = true }
-- Others that decide what a task does: where data are cached, where modules and gnuplot are found.
local OF_OTHERS = {
  XDG_CACHE_HOME = true, LUA_PATH = true, LUA_PATH_5_4 = true, LUA_CPATH = true, LUA_CPATH_5_4 = true,
}

-- The environment that the tasks need, as lines: they do the same after `sbatch --export=NONE`, and from a shell in
-- which other values are set.
local function exports()
  local environment, names = uv.os_environ(), {}
  for name in pairs(environment) do
    local is_own = name:find "^OPTLAB_[%w_]+$" and not OF_A_PROCESS[name]
    if is_own or OF_OTHERS[name] then names[#names + 1] = name end
  end
  for i, name in ipairs(order.sort(names)) do names[i] = ("export %s=%s"):format(name, quoted(environment[name])) end
  return names
end

local function settings(values, plan, words, name)
  local tasks = math.min(values.tasks or TASKS, #plan.cells)
  values.cpus = values.cpus or words.options.jobs
  local lines = { "--job-name=" .. name, ("--array=1-%d"):format(tasks), ("--output=%s-%%A-%%a.txt"):format(name) }
  for _, row in ipairs(M.OPTIONS) do
    local value = values[row[1]:sub(3)]
    if row[4] and value then lines[#lines + 1] = ("--%s=%s"):format(row[4], value) end
  end
  return lines, tasks
end

--- The text of the script.
-- @tparam table values of Slurm's options
-- @tparam table plan
-- @tparam table words the sweep's command line
-- @tparam string name of the job
-- @treturn string
-- @treturn integer number of tasks
function M.text(values, plan, words, name)
  local lines, tasks = settings(values, plan, words, name)
  for i, line in ipairs(lines) do lines[i] = "#SBATCH " .. line end
  table.insert(lines, 1, "#!/bin/sh")
  lines[#lines + 1] =
    "# Each task takes the cells of one sweep that nobody has yet; the last one writes the table and the figure."
  for _, line in ipairs(exports()) do lines[#lines + 1] = line end
  lines[#lines + 1] = "cd " .. quoted(assert(uv.cwd())) .. " || exit 1"
  lines[#lines + 1] = "exec " .. command(words.all)
  return table.concat(lines, "\n") .. "\n", tasks
end

-- --- handing it in --------------------------------------------------------------------------------------------------

local function submit(file)
  local status, reason
  local handle
  handle, reason = uv.spawn("sbatch", { args = { file }, stdio = { nil, 1, 2 } }, function(code, signal)
    status = signal == 0 and code or 128 + signal
    handle:close()
  end)
  if not handle then loop.run "nowait" end -- libuv closes what it had made
  if not handle then return nil, ("cannot start sbatch: %s; %s is written"):format(reason:gsub(":.*", ""), file) end
  loop.run()
  if status == 0 then return true end
  return nil, ("sbatch failed with status %d; %s is written"):format(status, file)
end

--- Writes the script, and hands it in where that was asked for.
-- @tparam table values of Slurm's options
-- @tparam table words the sweep's command line
-- @tparam table plan
-- @treturn ?boolean true, or nil and a message
function M.run(values, words, plan)
  local name = directory.suffix(directory.experiment(plan.script.name)) .. "-sweep"
  local file = values.file or name .. ".sbatch"
  local text, tasks = M.text(values, plan, words, name)
  local ok, message = files.replace(file, text)
  if not ok then return nil, message end
  print(errors.visible(("%s: %d cells for %d tasks%s"):format(file, #plan.cells, tasks,
    values.submit and "" or "; sbatch " .. quoted(file) .. " hands it in")))
  io.stdout:flush()
  if values.submit then return submit(file) end
  return true
end

return M
