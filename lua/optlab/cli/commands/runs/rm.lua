--- `optlab rm RUN...`: removes runs.
-- @module optlab.cli.commands.runs.rm
local function build(parser)
  parser:argument("run"):args("+"):description("12, 12-momentum, 12..20, last, @tag; a sweep goes with its runs")
  parser:flag("-y --yes"):description("do not ask")
end

-- The runs that are named, and those of the sweeps among them.
local function with_cells(runs)
  local all, seen = {}, {}
  local function add(run)
    if not seen[run.path] then all[#all + 1], seen[run.path] = run, true end
  end
  for _, run in ipairs(runs) do
    if run.kind == "sweep" then
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

local function run(values)
  local named, message = require("optlab.runs").select(values.run)
  if not named then return nil, message end
  local runs, removal = with_cells(named), require "optlab.runs.tidy.removal"
  for _, one in ipairs(runs) do
    if removal.is_in_use(one.path) then return nil, ("%s is running; nothing is removed"):format(one.name) end
  end
  local may, why = require "optlab.cli.commands.runs.confirm"(question(runs), values.yes)
  if not may then return why == nil or nil, why end
  for _, one in ipairs(runs) do
    local ok, wrong = removal.remove(one.path)
    if not ok then return nil, wrong end
  end
  for _, link in ipairs(removal.dangling_links "out") do removal.remove(link) end
  return true
end

return {
  name = "rm", summary = "removes runs: optlab rm 12 14..20", usage = "optlab rm RUN... [-y]",
  doc = "Removes runs with everything in their directories, after a question. A run that goes on is not removed.",
  completes = { run = "RUN" }, reads_runs = true, build = build, run = run,
}
