--- The numbers of the claims and exercises, as the tables in numbers/ state them.
--
-- A table, numbers/<section>.lua, has an entry for each script:
--
--    ["claims/sgd-unbiased"] = {
--      figures = {"unbiased"},    -- figures that it draws
--      prints = {"exact words"},  -- what it prints, with seed 0
--      seeds = 20,                -- where chance decides: it runs with the seeds 1 to 20 as well as with 0
--      options = "--steps 100",   -- to make it quicker
--      data = "fashion-mnist",    -- real data that its numbers need: "airfoil" or "fashion-mnist"
--      numbers = {                -- rows of metrics.csv: run, epoch (nil: the last one), quantity, lowest, highest
--        {"mean gradient", nil, "error", -0.05, 0.05},
--      },
--    }
--
-- The variable OPTLAB_SEEDS lowers the number of seeds, for builds that are slow.
local chapter = require "tests.support.chapter"
local experiment = require "tests.support.experiment"
local files = require "tests.support.files"
local number = require "optlab.base.number"
local real_data = require "tests.support.real_data"

local HERE = "tests/experiments/numbers"
local MOST_SEEDS = tonumber(os.getenv "OPTLAB_SEEDS") or math.huge

local HAVE = { airfoil = experiment.have_airfoil, ["fashion-mnist"] = files.exists(real_data.images) }
local FIELDS = { figures = true, prints = true, seeds = true, options = true, data = true, numbers = true }

local entries, names = {}, {}
for _, file in ipairs(files.names(HERE)) do
  if file:match("%.lua$") then
    for name, entry in pairs(dofile(HERE .. "/" .. file)) do
      assert(not entries[name], ("%s is in two tables"):format(name))
      for field in pairs(entry) do assert(FIELDS[field], ("%s: unknown field %s"):format(name, field)) end
      entries[name] = entry
      names[#names + 1] = name
    end
  end
end
table.sort(names)

-- --- metrics.csv -----------------------------------------------------------------------------------------------------

-- The cells of a line; a cell that holds commas stands in quotes.
local function cells_of(line)
  local cells, at = {}, 1
  while at <= #line + 1 do
    local quoted, after = line:match('^"([^"]*)"()', at)
    if quoted then
      while line:sub(after, after) == '"' do -- a doubled quote
        local more
        more, after = line:match('^"([^"]*)"()', after)
        quoted = quoted .. '"' .. more
      end
      cells[#cells + 1], at = quoted, after + 1
    else
      cells[#cells + 1], at = line:match("^([^,]*)()", at)
      at = at + 1
    end
  end
  return cells
end

local SPECIAL = { inf = math.huge, ["-inf"] = -math.huge, nan = 0 / 0 }

local function value_of(text) return tonumber(text) or SPECIAL[text] or 0 / 0 end

-- The rows of metrics.csv: {run, epoch, quantity, value}.
local function rows_of(out)
  local rows, path = {}, out .. "/metrics.csv"
  if not files.exists(path) then return rows end
  for line in files.read(path):gmatch("[^\n]+") do
    local cells = cells_of(line)
    rows[#rows + 1] = { cells[1], value_of(cells[2]), cells[3], value_of(cells[4]) }
  end
  return rows
end

-- The value that a row {run, epoch, quantity} of an entry means, or nil.
local function find(rows, wanted)
  local found
  for _, row in ipairs(rows) do
    local same = row[1] == wanted[1] and row[3] == wanted[3]
    if same and (wanted[2] == nil or math.abs(row[2] - wanted[2]) <= 1e-8 * math.abs(wanted[2])) then found = row[4] end
  end
  return found
end

-- --- one script ------------------------------------------------------------------------------------------------------

local function check_numbers(entry, out, seed, problems)
  local rows = rows_of(out)
  for _, wanted in ipairs(entry.numbers) do
    local v, low, high = find(rows, wanted), wanted[4], wanted[5]
    local what = ("seed %d: %s, epoch %s, %s"):format(seed, wanted[1], wanted[2] or "last", wanted[3])
    if v == nil then
      problems[#problems + 1] = what .. " is not in metrics.csv"
    elseif not (v >= low and v <= high) then
      problems[#problems + 1] = ("%s is %s, expected %.9g to %.9g"):format(what, number.text(v, 9), low, high)
    end
  end
end

local function check_output(entry, text, out, problems)
  for _, words in ipairs(entry.prints or {}) do
    if not text:find(words, 1, true) then problems[#problems + 1] = ("'%s' is not in:\n%s"):format(words, text) end
  end
  for _, figure in ipairs(entry.figures or {}) do
    local path = ("%s/%s.gp"):format(out, figure)
    if not files.exists(path) then problems[#problems + 1] = figure .. ".gp is missing" end
  end
  if not experiment.have_airfoil then return end -- the notice about made-up data is longer
  for line in text:gmatch("[^\n]+") do
    local notice = line:match("^optlab: ") -- about the data, on standard error
    if not notice and utf8.len(line) and utf8.len(line) > 80 then
      problems[#problems + 1] = "longer than 80 columns: " .. line
    end
  end
end

local function check(name, entry)
  local problems = {}
  for seed = 0, math.min(entry.seeds or 0, MOST_SEEDS) do
    local text, out, ok = experiment.run(name, ("--format none --seed %d %s"):format(seed, entry.options or ""))
    if not ok then problems[#problems + 1] = ("seed %d: it fails:\n%s"):format(seed, text) end
    if seed == 0 then check_output(entry, text, out, problems) end
    if ok then check_numbers(entry, out, seed, problems) end
  end
  experiment.clean()
  return problems
end

-- --- the specs -------------------------------------------------------------------------------------------------------

describe("numbers", function()
  teardown(experiment.clean)

  for _, name in ipairs(names) do
    local entry = entries[name]
    it("are right: " .. name, function()
      if entry.data and not HAVE[entry.data] then
        return pending(("the real data '%s' are not in ../shared/data or $OPTLAB_DATA"):format(entry.data))
      end
      assert.is_true(#(entry.numbers or {}) > 0, "an entry needs numbers")
      local problems = check(name, entry)
      assert.is_true(#problems == 0, table.concat(problems, "\n"))
    end)
  end

  it("are stated for every claim and every exercise that there is", function()
    for _, folder in ipairs { "claims", "exercises" } do
      local missing = chapter.missing(chapter.scripts(folder), entries)
      assert.is_true(#missing == 0, "no entry in " .. HERE .. " for " .. table.concat(missing, " "))
    end
  end)

  it("are stated for every exercise of the book that can be computed", function()
    assert.same({}, chapter.missing(chapter.exercises(), entries), "exercises without numbers")
  end)
end)
