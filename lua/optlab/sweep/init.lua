--- `optlab sweep`: a script with many values of its parameters.
-- @module optlab.sweep
local checkpoints = require "optlab.sweep.work.checkpoints"
local config = require "optlab.base.config"
local core = require "optlab.core"
local directory = require "optlab.sweep.directory"
local errors = require "optlab.base.errors"
local finished = require "optlab.sweep.work.finished"
local halving = require "optlab.sweep.halving"
local job = require "optlab.sweep.work.job"
local options = require "optlab.params.options"
local plan_of = require "optlab.sweep.plan"
local screens = require "optlab.sweep.screen"
local script_of = require "optlab.sweep.script"
local words_of = require "optlab.sweep.words"
local workers = require "optlab.sweep.work.worker"

local M = {}

--- Reads a command line: the script is asked for its parameters, and every word is checked.
-- @tparam {string,...} list
-- @treturn ?table the command line (optlab.sweep.words), or nil and a message
-- @treturn ?table the plan (optlab.sweep.plan)
function M.read(list)
  local words, message = words_of.begin(list)
  if not words then return nil, message end
  words.all = list
  local ok, wrong = options.read_common(words.common)
  if not ok then return nil, wrong end
  local script, complaint = script_of.read(words.script, words.common)
  if not script then return nil, complaint end
  ok, wrong = words_of.finish(words, script.declaration)
  if not ok then return nil, wrong end
  ok, wrong = options.read_common(words.common)
  if not ok then return nil, wrong end
  local plan
  plan, message = plan_of.new(script, words.given, words.options)
  if plan and words.options.halving then plan, message = halving.prepare(plan, words.options.halving) end
  return plan and words, plan or message
end

local function say(...)
  if job.rank == 0 and not config.quiet then io.stderr:write("optlab: ", errors.visible(string.format(...)), "\n") end
end

-- --- before ---------------------------------------------------------------------------------------------------------

--- Prints what a sweep would do, for --dry-run.
-- @tparam table plan
-- @treturn boolean true
function M.list_cells(plan)
  for _, cell in ipairs(plan.cells) do
    print(("%d  %s"):format(cell.index, screens.describe(plan.names, cell.values)))
  end
  print(("%d %s of %s"):format(#plan.cells, #plan.cells == 1 and "cell" or "cells", plan.script.name))
  local factor = plan.halving and plan.halving.factor
  if factor then print(("the best 1/%d of the choices get %d times the epochs, and so on"):format(factor, factor)) end
  return true
end

-- Cells at a time in all processes of this machine share its cores.
local function threads_for(jobs)
  local cores = job.task and math.tointeger(tonumber(os.getenv "SLURM_CPUS_PER_TASK")) or core.system.get_num_threads()
  return math.max(1, cores // (jobs * job.here))
end

-- Options that cells get in another way.
local NOT_FOR_CELLS = {
  ["--quiet"] = true, ["--no-progress"] = true, ["--runs-dir"] = true, ["--threads"] = true, ["--format"] = true,
}

-- The words before the script in a cell's process.
local function options_of_cells(words)
  local list = { "--no-progress" }
  for _, word in ipairs(words.common) do
    if not NOT_FOR_CELLS[word:match "^[^=]+"] then list[#list + 1] = word end
  end
  local format = config.format
  local jobs = words.options.jobs or 1
  for _, word in ipairs {
    "--format", type(format) == "table" and table.concat(format, ",") or format or "none",
    "--threads", ("%d"):format(config.threads or threads_for(jobs)),
  } do list[#list + 1] = word end
  return list
end

local function tell_what_changed(sweep, plan)
  local older = directory.older(sweep)
  if not older then return end
  local what = older.definition.script_sha256 ~= sweep.definition.script_sha256 and plan.script.name or "optlab"
  say("%s has changed since %s, so its cells are run again", what, older.name)
end

-- --- the whole ------------------------------------------------------------------------------------------------------

-- The cells with what the worker knows of them.
local function cells_of(worker)
  for _, cell in ipairs(worker.cells) do
    cell.state, cell.run = worker.state[cell.index], worker.run[cell.index]
  end
  return worker.cells
end

local function make_worker(words, plan, sweep)
  local worker, screen
  screen = job.rank > 0 and screens.SILENT
    or screens.new { plan = plan, options = words.options, cells_with_runs = function() return cells_of(worker) end }
  worker = workers.new {
    plan = plan, sweep = sweep, finished = finished.new(sweep, words), jobs = words.options.jobs or 1,
    options = options_of_cells(words), fail_fast = words.options.fail_fast, say = say,
    leaves_early = (job.rank > 0 or job.task ~= nil) and not plan.halving,
    on_change = function(cell, state) screen:note(cell, state) end,
    keeps_checkpoints = words.options.halving ~= nil,
  }
  screen.worker = worker
  return worker, screen
end

-- A program that is interrupted ends its cells in order.
local function guard(worker, screen)
  config.on_abandon = function()
    screen:close()
    worker:abandon()
    say("%d of %d cells are done; the same command continues the sweep", worker.count.done, #worker.cells)
  end
end

local function conclude(words, plan, sweep, worker)
  return require("optlab.sweep.ending").conclude {
    plan = plan, words = words, sweep = sweep, cells = cells_of(worker),
  }
end

-- All rounds; without halving there is one.
local function work(words, plan, worker, screen)
  local ok, message = worker:work()
  while ok and plan.halving and worker:is_complete() do
    local more, problem = halving.next_round(plan, cells_of(worker), words.options)
    if not more then return nil, problem end
    if #more == 0 then break end
    worker:add(more)
    screen.begun = false
    worker:survey()
    screen.begun = true
    ok, message = worker:work()
  end
  return ok, message
end

-- At the end of a sweep with halving nothing goes on from checkpoints any more.
local function clear(worker)
  if not worker.keeps_checkpoints or worker.count.failed > 0 then return end
  for _, cell in ipairs(worker.cells) do checkpoints.remove(worker.run[cell.index].path) end
end

--- Does a sweep.
-- @tparam table words what `read` gave
-- @tparam table plan
-- @treturn ?boolean true, or nil and a message
function M.run(words, plan)
  if words.options.dry_run then return M.list_cells(plan) end
  local sweep, message = directory.open(plan, words)
  if not sweep then return nil, message end
  if job.rank == 0 then tell_what_changed(sweep, plan) end
  local worker, screen = make_worker(words, plan, sweep)
  worker:add(plan.cells)
  guard(worker, screen)
  worker:survey()
  if worker.count.done > 0 then say("%d of %d cells are done already", worker.count.done, #worker.cells) end
  screen:begin()
  local ok, problem = work(words, plan, worker, screen)
  screen:close()
  config.on_abandon = nil
  if not ok then return nil, problem end
  if #worker.finished.changed > 0 then
    say("%s changed, so cells that depend on it were run again", table.concat(worker.finished.changed, ", "))
  end
  if job.rank > 0 then return true end
  if worker:is_complete() then
    clear(worker)
    return conclude(words, plan, sweep, worker)
  end
  if job.task and not worker.stopping then
    say("%d of %d cells are done; other tasks have the rest", worker.count.done, #worker.cells)
    return true
  end
  return nil, ("%d of %d cells are done; the same command continues the sweep"):format(worker.count.done, #worker.cells)
end

return M
