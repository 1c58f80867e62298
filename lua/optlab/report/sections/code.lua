--- The scripts of the runs: the text of each version, and what is different in the others.
-- @module optlab.report.sections.code
local diff = require "optlab.base.text.diff"
local h = require "optlab.report.page.html"
local model = require "optlab.compare.model"
local order = require "optlab.base.order"
local source = require "optlab.report.source"
local values = require "optlab.compare.values"

local M = {}

local MOST_OF_A_FILE = 200000
local MOST_OF_ALL = 300000

-- The files of the runs by path, each with its versions in the order of the runs: {hash =, runs =, run = the first}.
local function files_of(runs)
  local versions, names = {}, {}
  for _, run in ipairs(runs) do
    for name, hash in pairs(run.code) do
      if not versions[name] then
        versions[name] = {}
        names[#names + 1] = name
      end
      local list = versions[name]
      if not list[hash] then
        list[hash] = { hash = hash, runs = {}, run = run }
        list[#list + 1] = list[hash]
      end
      table.insert(list[hash].runs, run)
    end
  end
  return order.sort(names), versions
end

-- Scripts first, then modules.
local function sort_names(names, runs)
  local is_script = {}
  for _, run in ipairs(runs) do is_script[model.script_name(run) or ""] = true end
  table.sort(names, function(a, b)
    if is_script[a] ~= is_script[b] then return is_script[a] == true end
    return order.less(a, b)
  end)
end

--- Numbers of runs: "12 to 15, 18".
-- @tparam {Run,...} runs
-- @treturn string
function M.numbers(runs)
  local parts, i = {}, 1
  while i <= #runs do
    local last = i
    while runs[last + 1] and runs[last].number and runs[last + 1].number == runs[last].number + 1 do last = last + 1 end
    local first = tostring(runs[i].number or runs[i].name)
    parts[#parts + 1] = last > i + 1 and ("%s to %d"):format(first, runs[last].number) or first
    i = last > i + 1 and last + 1 or i + 1
  end
  return table.concat(parts, ", ")
end

local function text_of(version, name, budget)
  local text = source.read(version.run.path, "code/" .. name, math.min(MOST_OF_A_FILE, budget.left))
  if text then budget.left = budget.left - #text end
  return text
end

-- The rows of a diff, each of a class of its own and with its sign, so that it can be read without colours.
local function diff_rows(lines)
  local rows = {}
  for i, line in ipairs(lines) do
    local sign = line:sub(1, 1)
    local class = sign == "+" and "added" or sign == "-" and "removed" or sign == "@" and "place" or nil
    rows[i] = h.span({ class = class }, line, "\n")
  end
  return rows
end

local function difference(version, name, base, base_version, budget)
  local text = base and text_of(version, name, budget)
  if not text then
    return h.p({ class = "note" }, ("Another version in %s, which is not shown."):format(M.numbers(version.runs)))
  end
  return h.div(h.p(("Different in %s (− as in run %s, + as here):"):format(
    (#version.runs == 1 and "run " or "runs ") .. M.numbers(version.runs), M.numbers { base_version.run })),
    h.pre({ class = "diff", tabindex = "0" }, diff_rows(diff.unified(base, text))))
end

local function file_block(name, list, n_runs, budget)
  local first = list[1]
  local text = text_of(first, name, budget)
  local of = #first.runs < n_runs and (" (%s %s)"):format(#first.runs == 1 and "run" or "runs", M.numbers(first.runs))
    or ""
  local body = text and h.pre({ class = "code", tabindex = "0" }, h.code(text))
    or h.p({ class = "note" }, "The text is not shown: it is not in the run's directory, or too long for this page.")
  local parts = { h.details(h.summary(h.code(name), of, h.span({ class = "soft" }, " ",
    text and values.count(select(2, text:gsub("\n", "")), "line") or "")), body) }
  for i = 2, #list do parts[#parts + 1] = difference(list[i], name, text, first, budget) end
  return parts
end

--- The section.
-- @tparam table the_model
-- @treturn ?Markup nil where no run has its code
function M.make(the_model)
  local names, versions = files_of(the_model.runs)
  if #names == 0 then return nil end
  sort_names(names, the_model.runs)
  local budget, blocks = { left = MOST_OF_ALL }, {}
  for _, name in ipairs(names) do
    blocks[#blocks + 1] = file_block(name, versions[name], #the_model.runs, budget)
  end
  return h.section({ id = "code" }, h.h2("Code"), blocks)
end

return M
