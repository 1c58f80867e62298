--- What a sweep is to do: its cells, in order.
--
-- A cell is a table {index =, values = {name = value, ...} of the parameters that were given, parameters = all of them,
-- defaults too, seed =, words = the script's arguments, id = the run's identity (optlab.runs.identity)}.
--
-- The parameters vary in the order in which they were given, the first one slowest; the seed varies fastest. With
-- --sample every cell but for its seed is drawn at random: a number of a parameter depends on the parameter's name, the
-- place in the list and --sample-seed alone, so a larger sample begins with the smaller one.
-- @module optlab.sweep.plan
local grammar = require "optlab.params.grammar"
local identity = require "optlab.runs.identity"
local options_of = require "optlab.params.options"
local values = require "optlab.params.values"

local M = {}

--- The most cells of a sweep.
M.MOST = 100000

-- --- a cell ---------------------------------------------------------------------------------------------------------

-- A value as a word of the command line.
local function word_of(value)
  if type(value) ~= "table" then return value == "" and "" or values.text(value) end
  local items = {}
  for i, item in ipairs(value) do items[i] = word_of(item) end
  return table.concat(items, ",")
end

local function words_of(names, chosen)
  local words = {}
  for _, name in ipairs(names) do
    local word = word_of(chosen[name])
    if word == "" or options_of.is_option(word) then
      words[#words + 1] = ("--%s=%s"):format(name, word)
    else
      words[#words + 1], words[#words + 2] = "--" .. name, word
    end
  end
  return words
end

local function parameters_of(script, chosen)
  local all = {}
  for _, entry in ipairs(script.declaration) do
    local value = chosen[entry.name]
    if value == nil then value = entry.default end
    if entry.name ~= "seed" or script.declares_seed then all[entry.name] = value end
  end
  return all
end

local function seed_of(script, chosen)
  return chosen.seed or script.declaration[#script.declaration].default
end

--- Makes a cell.
-- @tparam table script
-- @tparam {string,...} names of the parameters that are given, in order
-- @tparam table chosen their values by name
-- @treturn table
function M.cell(script, names, chosen)
  local parameters, seed = parameters_of(script, chosen), seed_of(script, chosen)
  return {
    values = chosen, parameters = parameters, seed = seed, words = words_of(names, chosen),
    id = identity.cell(script.text, parameters, seed),
  }
end

-- --- all combinations -----------------------------------------------------------------------------------------------

local function copy(t)
  local new = {}
  for key, value in pairs(t) do new[key] = value end
  return new
end

-- The product of lists of values; each member is a table by name.
local function product(names, lists)
  local rows = { {} }
  for _, name in ipairs(names) do
    local longer = {}
    for _, row in ipairs(rows) do
      for _, value in ipairs(lists[name]) do
        local new = copy(row)
        new[name] = value
        longer[#longer + 1] = new
      end
    end
    rows = longer
  end
  return rows
end

local function check_count(n)
  if n <= M.MOST then return true end
  return nil, ("these are %.0f cells, at most %d"):format(n, M.MOST)
end

local function grid(names, given)
  local lists, count = {}, 1.0
  for _, name in ipairs(names) do
    local list, message = grammar.values(given[name].entry, given[name])
    if not list then return nil, message end
    lists[name], count = list, count * #list
  end
  local ok, message = check_count(count)
  if not ok then return nil, message end
  return product(names, lists)
end

-- --- a sample -------------------------------------------------------------------------------------------------------

-- A number in [0, 1) that depends on these three alone.
local function uniform(seed, name, place)
  local digits = identity.sha256(("%d\0%s\0%d"):format(seed, name, place)):sub(1, 13) -- 52 bits
  return tonumber(digits, 16) / 2.0 ^ 52
end

local function sources_of(names, given)
  local sources, random = {}, false
  for _, name in ipairs(names) do
    local source, message = grammar.source(given[name].entry, given[name])
    if not source then return nil, message end
    sources[name] = source
    random = random or not source.values or #source.values > 1
  end
  if not random then return nil, "--sample: no parameter but the seed has several values or a range to draw from" end
  return sources
end

local function key_of(names, row)
  local parts = {}
  for i, name in ipairs(names) do parts[i] = values.text(row[name]) end
  return table.concat(parts, "\0")
end

-- n rows, each different from the others, or as many as there are.
local function draw(names, given, n, seed)
  local sources, message = sources_of(names, given)
  if not sources then return nil, message end
  local rows, known, place = {}, {}, 0
  while #rows < n and place < 20 * n + 100 do
    place = place + 1
    local row = {}
    for _, name in ipairs(names) do
      row[name] = grammar.at(given[name].entry, sources[name], uniform(seed, name, place))
    end
    local key = key_of(names, row)
    if not known[key] then rows[#rows + 1], known[key] = row, true end
  end
  return rows
end

local function sample(names, given, options)
  local drawn, seeds = {}, nil
  for _, name in ipairs(names) do
    if name ~= "seed" then drawn[#drawn + 1] = name end
  end
  if given.seed then
    local message
    seeds, message = grammar.values(given.seed.entry, given.seed)
    if not seeds then return nil, message end
  end
  local ok, too_many = check_count(options.sample * (seeds and #seeds or 1.0))
  if not ok then return nil, too_many end
  local rows, message = draw(drawn, given, options.sample, options.sample_seed or 0)
  if not rows or not seeds then return rows, message end
  local all = {}
  for _, row in ipairs(rows) do
    for _, seed in ipairs(seeds) do
      all[#all + 1] = copy(row)
      all[#all].seed = seed
    end
  end
  return all
end

-- --- the plan -------------------------------------------------------------------------------------------------------

-- The names that were given, the seed last.
local function order_of(given)
  local names = {}
  for _, name in ipairs(given) do
    if name ~= "seed" then names[#names + 1] = name end
  end
  if given.seed then names[#names + 1] = "seed" end
  return names
end

-- The entries of the parameters that have several values, in order, the seed's not among them.
local function varied_of(names, given, rows)
  local varied = {}
  for _, name in ipairs(names) do
    local first, several = values.text(rows[1][name]), false
    for _, row in ipairs(rows) do several = several or values.text(row[name]) ~= first end
    if several and name ~= "seed" then varied[#varied + 1] = given[name].entry end
  end
  return varied
end

--- Makes the plan of a sweep.
-- @tparam table script what optlab.sweep.script gives
-- @tparam table given see optlab.sweep.words: names in order, and by name the words and the `entry`
-- @tparam table options `sample`, `sample_seed`
-- @treturn ?table {script =, names =, varied = entries with several values, cells =}, or nil and a message
function M.new(script, given, options)
  if #given == 0 then return nil, ("nothing to vary: give a parameter of %s several values"):format(script.name) end
  local names = order_of(given)
  local rows, message
  if options.sample then rows, message = sample(names, given, options) else rows, message = grid(names, given) end
  if not rows then return nil, message end
  local plan = { script = script, names = names, varied = varied_of(names, given, rows), cells = {} }
  for i, row in ipairs(rows) do
    plan.cells[i] = M.cell(script, names, row)
    plan.cells[i].index = i
  end
  return plan
end

return M
