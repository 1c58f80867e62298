--- `optlab rm RUN...`: removes runs.
-- @module optlab.cli.commands.runs.rm
local function build(parser)
  parser:argument("run"):args("+"):description("12, 12-momentum, 12..20, last, @tag; a sweep is removed with its runs")
  parser:flag("-y --yes"):description("do not ask")
end

-- Whether a run lies in the folder of runs. What is said of a sweep's runs is not true of a copy elsewhere.
local function is_kept_here(run)
  local uv, folder = require "luv", require("optlab.base.config").runs
  return uv.fs_realpath(run.path) == uv.fs_realpath(folder .. "/" .. run.name)
end

-- The runs that are named, and those of the sweeps among them.
local function with_cells(runs)
  local all, seen = {}, {}
  local function add(run)
    if not seen[run.path] then all[#all + 1], seen[run.path] = run, true end
  end
  for _, run in ipairs(runs) do
    if run.kind == "sweep" and is_kept_here(run) then
      for _, cell in ipairs(require("optlab.runs").all { sweep = run.name, kind = "run" }) do add(cell) end
    end
    add(run)
  end
  return all
end

local MOST = 5 -- names in the question

local function question(runs)
  local names, bytes, tagged = {}, 0, 0
  for i, run in ipairs(runs) do
    if i <= MOST then names[i] = run.name end
    bytes = bytes + require("optlab.runs.text.size").of(run.path)
    if #run.tags > 0 then tagged = tagged + 1 end
  end
  if #runs > MOST then names[MOST + 1] = ("%d more"):format(#runs - MOST) end
  local size = require("optlab.runs.text.size").text(bytes)
  return ("Remove %s (%s)%s?"):format(table.concat(names, ", "), size,
    tagged > 0 and (", of which %d have tags"):format(tagged) or "")
end

local function none_in_use(runs)
  for _, one in ipairs(runs) do
    if require("optlab.runs.tidy.removal").is_in_use(one.path) then
      return nil, ("%s is running; nothing is removed"):format(one.name)
    end
  end
  return true
end

local function run(values)
  local named, message = require("optlab.runs").select(values.run)
  if not named then return nil, message end
  local runs, removal = with_cells(named), require "optlab.runs.tidy.removal"
  local ok, running = none_in_use(runs)
  if not ok then return nil, running end
  local may, why = require "optlab.cli.commands.runs.confirm"(question(runs), values.yes)
  if not may then return why == nil or nil, why end
  ok, running = none_in_use(runs) -- the answer may have taken long
  if not ok then return nil, running end
  local gone = {}
  for _, one in ipairs(runs) do
    local removed, wrong = removal.remove(one.path)
    if not removed then return nil, wrong end
    gone[one.name] = true
  end
  for link, name in pairs(removal.dangling_links "out") do
    if gone[name] then removal.remove(link) end
  end
  return true
end

return {
  name = "rm", summary = "removes runs: optlab rm 12 14..20", usage = "optlab rm RUN... [-y]",
  doc = "Removes runs with everything in their directories, after asking. A run that is still running is not removed.",
  completes = { run = "RUN" }, reads_runs = true, build = build, run = run,
}
