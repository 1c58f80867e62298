--- The top of a report: what it is about, and the few numbers that one reads first.
-- @module optlab.report.sections.summary
local h = require "optlab.report.page.html"
local order = require "optlab.base.order"
local outcomes = require "optlab.compare.outcomes"
local overview = require "optlab.report.sections.overview"
local values = require "optlab.compare.values"

local M = {}

local STATUS = { "done", "running", "diverged", "failed", "interrupted", "damaged" }

-- "9 done, 1 diverged"
local function statuses(runs)
  local count, parts = {}, {}
  for _, run in ipairs(runs) do count[run.status] = (count[run.status] or 0) + 1 end
  for _, status in ipairs(STATUS) do
    if count[status] then parts[#parts + 1] = ("%d %s"):format(count[status], status) end
  end
  return table.concat(parts, ", ")
end

local function experiments(runs)
  local seen, names = {}, {}
  for _, run in ipairs(runs) do
    local name = run.experiment or values.NONE
    if not seen[name] then names[#names + 1] = name end
    seen[name] = true
  end
  return order.sort(names)
end

--- A title for some runs: the names of up to three experiments.
-- @tparam {Run,...} runs
-- @treturn string
function M.title(runs)
  local names = experiments(runs)
  if #runs == 1 then return runs[1].name or names[1] end
  if #names <= 3 then return table.concat(names, ", ") end
  return ("%s and %d more"):format(table.concat(names, ", ", 1, 2), #names - 2)
end

-- "2026-03-01 10:12" of an ISO time
local function minute(text)
  local day, time = tostring(text):match("^(%d+%-%d+%-%d+)T(%d+:%d+)")
  return day and day .. " " .. time or nil
end

local function period(runs)
  local first, last
  for _, run in ipairs(runs) do
    local time = run.started and minute(run.started)
    if time and (not first or time < first) then first = time end
    if time and (not last or time > last) then last = time end
  end
  if not first then return nil end
  return first == last and first .. " UTC" or ("%s to %s UTC"):format(first, last)
end

local function fact(title, value, more)
  return h.div(h.dt(title), h.dd(h.span({ class = "big" }, value), more and h.span({ class = "soft" }, more)))
end

local function facts(model)
  local alone = #model.runs == 1
  local list = { fact(alone and "Status" or "Runs", alone and model.runs[1].status or #model.runs,
    not alone and statuses(model.runs)) }
  local metric = model.metric
  if not metric then return list end
  local run = outcomes.best_run(model)
  local which = metric.more and "Highest " or "Lowest "
  if run and #model.runs > 1 then
    list[#list + 1] = fact(which .. metric.name, values.measured(run.final[metric.name]),
      h.list("run ", h.a({ href = "#" .. overview.id(model, run) }, run.number or run.name)))
  elseif run then
    list[#list + 1] = fact("Final " .. metric.name, values.measured(run.final[metric.name]))
  end
  if #model.groupings > 0 and #model.groupings[1].groups > 1 then
    local group, median, all = outcomes.best_group(model, model.groupings[1])
    if group then
      list[#list + 1] = fact("Best median of " .. metric.name, values.measured(median),
        ("%s, %s, %s to %s"):format(group.label, values.count(#all, "run"), values.measured(all[1]),
          values.measured(all[#all])))
    end
  end
  return list
end

--- The head of the page.
-- @tparam table model
-- @tparam string title
-- @treturn Markup
function M.make(model, title)
  local runs = model.runs
  local about = {}
  local names = experiments(runs)
  if #runs == 1 or title ~= M.title(runs) then about[#about + 1] = table.concat(names, ", ") end
  about[#about + 1] = period(runs)
  if #runs == 1 then about[#about + 1] = values.duration(runs[1].seconds) end
  return h.header(h.h1(title), h.p({ class = "soft" }, table.concat(about, " · ")),
    h.dl({ class = "facts" }, facts(model)))
end

return M
