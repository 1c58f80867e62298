--- The runs that a report is about, from the words of the command line.
-- @module optlab.report.selection
local runs = require "optlab.runs"

local M = {}

--- How many runs fit into one page.
M.MOST = 200

-- Cells in the place of their sweep, each run once; and the sweeps.
local function spread(list)
  local out, sweeps, seen = {}, {}, {}
  local function add(run)
    if not seen[run.path] then out[#out + 1] = run end
    seen[run.path] = true
  end
  for _, run in ipairs(list) do
    if run.kind == "sweep" then
      sweeps[#sweeps + 1] = run
      for _, cell in ipairs(runs.cells(run)) do add(cell) end
    else
      add(run)
    end
  end
  return out, sweeps
end

-- Those of a list for which an expression is true.
local function only(list, where)
  local found, message = runs.all { where = where, kind = "run" }
  if not found then return nil, message end
  local is_found, out = {}, {}
  for _, run in ipairs(found) do is_found[run.path] = true end
  for _, run in ipairs(list) do
    if is_found[run.path] then out[#out + 1] = run end
  end
  return out
end

local function choose(words, where)
  if #words == 0 and not where then
    return nil, "which runs? For example: optlab report last, 12..20, @tag, a sweep's number, or --where 'lr < 0.1'"
  end
  if #words == 0 then
    local list, message = runs.all { where = where, kind = "run" }
    return list, list and {} or message
  end
  local named, message = runs.select(words)
  if not named then return nil, message end
  local list, sweeps = spread(named)
  if where then
    list, message = only(list, where)
    if not list then return nil, message end
  end
  return list, sweeps
end

--- The runs that words name and of which an expression is true, in the order of their numbers.
-- @tparam {string,...} words 12, "12..20", "last", "@tag", a path; a sweep stands for its cells
-- @tparam[opt] string where
-- @treturn ?{Run,...} nil where there is none
-- @treturn {Run,...}|string the sweeps among what was named; what is wrong
function M.make(words, where)
  local list, sweeps = choose(words, where)
  if not list then return nil, sweeps end
  if #list == 0 then return nil, "there is no such run" end
  if #list > M.MOST then
    return nil, ("%d runs are too many for one page, at most %d; --where chooses among them"):format(#list, M.MOST)
  end
  table.sort(list, function(a, b)
    if (a.number or 0) ~= (b.number or 0) then return (a.number or 0) < (b.number or 0) end
    return a.path < b.path
  end)
  return list, sweeps
end

return M
