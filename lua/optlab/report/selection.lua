--- The runs that a report is about, from the words of the command line.
-- @module optlab.report.selection
local runs = require "optlab.runs"

local M = {}

--- How many runs fit into one page.
M.MOST = 200

-- Cells in the place of their sweep; each run once.
local function spread(list)
  local out, seen = {}, {}
  local function add(run)
    if not seen[run.path] then out[#out + 1] = run end
    seen[run.path] = true
  end
  for _, run in ipairs(list) do
    if run.kind == "sweep" then
      for _, cell in ipairs(runs.cells(run)) do add(cell) end
    else
      add(run)
    end
  end
  return out
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
  if #words == 0 then return runs.all { where = where, kind = "run" } end
  local list, message = runs.select(words)
  if not list then return nil, message end
  list = spread(list)
  if not where then return list end
  return only(list, where)
end

--- The runs that words name and of which an expression is true, in the order of their numbers.
-- @tparam {string,...} words 12, "12..20", "last", "@tag", a path; a sweep stands for its cells
-- @tparam[opt] string where
-- @treturn ?{Run,...} nil and a message where there is none
function M.make(words, where)
  local list, message = choose(words, where)
  if not list then return nil, message end
  if #list == 0 then return nil, "there is no such run" end
  if #list > M.MOST then
    return nil, ("%d runs are too many for one page, at most %d; --where chooses among them"):format(#list, M.MOST)
  end
  table.sort(list, function(a, b)
    if (a.number or 0) ~= (b.number or 0) then return (a.number or 0) < (b.number or 0) end
    return a.path < b.path
  end)
  return list
end

return M
