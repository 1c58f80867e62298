--- Kills runs at random moments and looks at what is left (tests/cli/kill_spec.lua, scripts/kill).
--
-- Of a killed run, every file is whole: records hold whole rows, the first ones of the unbroken run, and at least those
-- that the run said it had written; any other file is that of the unbroken run, byte for byte, or not there. A run that
-- a signal other than SIGKILL ended has left no temporary file and no gnuplot. The next run leaves no temporary file
-- either, and ends with the tensors of the unbroken run.
local files = require "tests.support.files"
local program = require "tests.support.program"

local M = {}

local STATUS = { KILL = 137, TERM = 143, HUP = 129, INT = 130 }
local SCRIPT = "tests/support/killed_run.lua"

local function is_temporary(name) return name:find("^%.") ~= nil end

local function lines(text)
  local list = {}
  for line in text:gmatch("([^\n]*)\n") do list[#list + 1] = line end
  return list
end

-- The unbroken run: its folder's files by name, its rows by epoch, and its seconds.
local function unbroken(dir)
  local lab = require "optlab"
  local t = lab.clock()
  local status, _, err = program.shell(dir, M.command "--out whole")
  assert(status == 0, err)
  local run = { seconds = lab.clock() - t, files = {}, rows = {} }
  for _, name in ipairs(files.names(dir .. "/whole")) do run.files[name] = files.read(dir .. "/whole/" .. name) end
  for _, row in ipairs(lines(run.files["metrics-1.csv"])) do run.rows[row:match("^[^,]*")] = row end
  return run
end

--- The shell's words that start the run.
function M.command(options)
  return ("%s %s %s"):format(program.quoted(program.path), program.quoted(M.root .. "/" .. SCRIPT), options)
end

M.root = assert(require("luv").cwd())

-- --- what is wrong with a folder, as a list of sentences ------------------------------------------------------------

-- A record: whole rows of the unbroken run, one epoch after the other.
local function check_rows(whole, name, text, wrong)
  if text:sub(-1) ~= "\n" then wrong[#wrong + 1] = name .. " ends within a row" end
  local list, last = lines(text), nil
  if list[1] ~= "epoch,loss" then wrong[#wrong + 1] = name .. " has no head" end
  for i = 2, #list do
    local epoch = list[i]:match("^[^,]*")
    if whole.rows[epoch] ~= list[i] then
      wrong[#wrong + 1] = ("%s: row '%s' is not the unbroken run's"):format(name, list[i])
    end
    if last and tonumber(epoch) ~= last + 1 then wrong[#wrong + 1] = name .. " lacks a row" end
    last = tonumber(epoch)
  end
  return last or 0
end

local function check_files(whole, dir, wrong)
  local last = 0
  for _, name in ipairs(files.names(dir)) do
    local text = files.read(dir .. "/" .. name)
    if name:find("^metrics") then
      last = check_rows(whole, name, text, wrong)
    elseif not is_temporary(name) and name ~= "checkpoint.safetensors" and text ~= whole.files[name] then
      wrong[#wrong + 1] = name .. " is not the unbroken run's"
    end
  end
  return last
end

-- What the run said it had written is there.
local function check_said(said, dir, last, wrong)
  for what, epoch in said:gmatch("(%a+)\t(%d+)\n") do
    if what == "row" and tonumber(epoch) > last then wrong[#wrong + 1] = ("row %s is lost"):format(epoch) end
    local suffix = what == "figure" and "gp" or what == "tensors" and "safetensors"
    if suffix and not files.exists(("%s/epoch-%s.%s"):format(dir, epoch, suffix)) then
      wrong[#wrong + 1] = ("the %s of epoch %s are lost"):format(what, epoch)
    end
  end
end

local function check_temporary(dir, when, wrong)
  for _, name in ipairs(files.names(dir)) do
    if is_temporary(name) then wrong[#wrong + 1] = ("%s is there %s"):format(name, when) end
  end
end

-- --- one kill --------------------------------------------------------------------------------------------------------

-- Whether a gnuplot draws into the folder.
local function gnuplot_runs(dir)
  for _, pid in ipairs(files.names("/proc")) do
    local cwd = pid:find("^%d+$") and require("luv").fs_readlink("/proc/" .. pid .. "/cwd")
    if cwd == dir then return true end
  end
  return false
end

local function kill(dir, signal, seconds, wrong)
  local status, out, err = program.shell(dir, ("%s & pid=$!; sleep %.4f; kill -%s $pid; wait $pid"):format(
    M.command "--out out", seconds, signal))
  if status ~= STATUS[signal] and status ~= 0 then
    wrong[#wrong + 1] = ("status %s after SIG%s: %s"):format(status, signal, err)
  end
  return out, status
end

--- Kills a run after some seconds and runs it again.
-- @tparam table whole what `unbroken` gave
-- @treturn {string,...} what is wrong
-- @treturn boolean whether the run was still under way
local function trial(whole, dir, signal, seconds)
  local wrong, out = {}, dir .. "/out"
  local said, status = kill(dir, signal, seconds, wrong)
  check_said(said, out, check_files(whole, out, wrong), wrong)
  if signal ~= "KILL" then
    check_temporary(out, "after SIG" .. signal, wrong)
    if gnuplot_runs(out) then wrong[#wrong + 1] = "gnuplot is still running" end
  end
  local again, _, err = program.shell(dir, M.command "--out out --attempt 2")
  if again ~= 0 then wrong[#wrong + 1] = ("status %d of the next run: %s"):format(again, err) end
  check_files(whole, out, wrong)
  check_temporary(out, "after the next run", wrong)
  local last = "epoch-8.safetensors"
  if not files.exists(out .. "/" .. last) or files.read(out .. "/" .. last) ~= whole.files[last] then
    wrong[#wrong + 1] = "the next run ends with other tensors"
  end
  return wrong, status ~= 0
end

--- Kills `count` runs by a signal, at moments drawn from a seed.
-- @tparam string signal "KILL", "TERM", "HUP" or "INT"
-- @tparam integer count
-- @tparam[opt] function note note(number, wrong, under_way, seconds) is called after each
-- @treturn {string,...} what is wrong
-- @treturn integer how many were still under way when they were killed
function M.try(signal, count, note)
  local all, under_way = {}, 0
  local base = files.folder()
  local whole = unbroken(base)
  for number = 1, count do
    local dir = files.folder()
    local seconds = math.random() * whole.seconds
    local wrong, killed = trial(whole, dir, signal, seconds)
    for _, text in ipairs(wrong) do all[#all + 1] = ("SIG%s after %.3f s: %s"):format(signal, seconds, text) end
    under_way = under_way + (killed and 1 or 0)
    if note then note(number, wrong, killed, seconds) end
    files.remove(dir)
  end
  files.remove(base)
  return all, under_way
end

return M
