--- A report about runs: one HTML file that anyone can open, without a server and without the network.
-- @module optlab.report
local code = require "optlab.report.sections.code"
local curves = require "optlab.report.sections.curves"
local details = require "optlab.report.sections.details"
local differences = require "optlab.report.sections.differences"
local environment = require "optlab.report.sections.environment"
local errors = require "optlab.base.errors"
local files = require "optlab.base.files"
local frame = require "optlab.report.page.frame"
local groups = require "optlab.report.sections.groups"
local json = require "optlab.report.page.json"
local model = require "optlab.compare.model"
local overview = require "optlab.report.sections.overview"
local parameters = require "optlab.report.sections.parameters"
local runs = require "optlab.runs"
local selection = require "optlab.compare.selection"
local style = require "optlab.report.chart.style"
local summary = require "optlab.report.sections.summary"
local sweeps = require "optlab.report.sections.sweeps"
local values = require "optlab.compare.values"

local M = {}

--- Where a page goes.
M.DEFAULT_OUT = "out/report.html"

--- How many runs fit into one page.
M.MOST_RUNS = 200

-- A page stays below this size: its runs' figures get what everything else leaves.
local MOST = 1900000
local FRAME = 40000 -- style, script, head

-- The sections that there are, with the links to them.
local function collect(...)
  local sections, links = {}, {}
  for _, entry in ipairs { ... } do
    if entry[3] then
      sections[#sections + 1], links[#links + 1] = entry[3], { entry[1], entry[2] }
    end
  end
  return sections, links
end

local function size_of(sections, data)
  local size = FRAME + #data
  for _, section in ipairs(sections) do size = size + #section.text end
  return size
end

local function named(flag, name, names, what)
  if not name then return true end
  for _, known in ipairs(names) do
    if known == name then return true end
  end
  local hint = errors.hint(name, names)
  if hint == "" then
    hint = #names > 0 and (" (there are %s)"):format(table.concat(names, ", ")) or " (there is none)"
  end
  return nil, ("%s must be %s, got '%s'%s"):format(flag, what, name, hint)
end

-- What options name has to be there.
local function check(the_model, charts_of, options)
  local columns = {}
  for _, column in ipairs(the_model.columns) do columns[#columns + 1] = column.name end
  local ok, message = named("--by", options.by, columns, "something in which the runs differ")
  for _, option in ipairs { "minimize", "maximize" } do
    if ok then ok, message = named("--" .. option, options[option], the_model.names, "a quantity of the runs") end
  end
  for _, name in ipairs(ok and options.y or {}) do
    if ok then ok, message = named("--y", name, charts_of, "a quantity of which the runs have curves") end
  end
  return ok, message
end

--- The page.
-- @tparam {Run,...} list
-- @tparam[opt] table options `title`; `minimize` or `maximize`, the quantity that counts; `by`, the parameter that
-- groups the curves first; `y`, a list of the quantities whose curves are drawn; `sweeps`, to which the runs belong
-- @treturn ?string nil and a message where an option names nothing
function M.page(list, options)
  options = options or {}
  local the_model = model.new(list, options)
  for _, way in ipairs(the_model.groupings) do style.assign(way.columns, way.groups, list) end
  local all = curves.charts(the_model, runs.series)
  local ok, message = check(the_model, curves.quantities(all), options)
  if not ok then return nil, message end
  local title = options.title or summary.title(list)
  local curves_section, charts = curves.make(the_model, all, options.y)
  local single = #list == 1
  local sections, links = collect(
    { "runs", "Runs", not single and overview.make(the_model) },
    { "sweeps", "Sweep", sweeps.make(options.sweeps or {}) },
    { "curves", "Curves", curves_section },
    { "groups", "Groups", groups.make(the_model, all) },
    { "differences", "Differences", differences.make(the_model) },
    { "parameters", "Parameters", parameters.make(the_model) },
    { "code", "Code", code.make(the_model) },
    { "environment", "Environment", environment.make(the_model) })
  local data = json.encode { charts = charts }
  local last = details.make(the_model, MOST - size_of(sections, data))
  table.insert(sections, single and 1 or #sections + 1, last)
  table.insert(links, single and 1 or #links + 1, { "details", single and "Run" or "Each run" })
  return frame.make { title = title, header = summary.make(the_model, title), sections = sections, links = links,
    data = data }
end

--- Writes a page to a file.
-- @tparam {string,...} words that select runs
-- @tparam[opt] table options those of `page`; `where`, an expression that chooses among the runs; `out`, the file
-- ("out/report.html")
-- @treturn ?string the file's name, or nil
-- @treturn string what has been written, or what is wrong
function M.write(words, options)
  options = options or {}
  if options.out == "" then return nil, "report: --out must be the name of a file, got ''" end
  local list, chosen = selection.make(words, { command = "report", where = options.where, most = M.MOST_RUNS })
  if not list then return nil, "report: " .. chosen end
  local text, wrong = M.page(list, setmetatable({ sweeps = chosen }, { __index = options }))
  if not text then return nil, "report: " .. wrong end
  local path = options.out or M.DEFAULT_OUT
  local ok, why = files.make_folder(path:match("^(.*)/[^/]*$") or ".")
  if ok then ok, why = files.replace(path, text) end
  if not ok then return nil, "report: " .. why end
  return path, ("%s: %s, %s"):format(path, values.count(#list, "run"), values.size(#text))
end

return M
