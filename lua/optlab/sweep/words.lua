--- The command line of a sweep: `optlab sweep [options] SCRIPT [--parameter values] [options]`.
--
-- Before the script stand the sweep's options. Behind it a name is first looked for among the script's parameters, then
-- among the sweep's options, then among those of every script.
-- @module optlab.sweep.words
local errors = require "optlab.base.errors"
local options = require "optlab.params.options"

local M = {}

local function whole(least)
  return function(flag, text)
    local n = math.tointeger(tonumber(text))
    if n and n >= least then return n end
    return nil, ("%s must be an integer of at least %d, got '%s'"):format(flag, least, text)
  end
end

local function name(flag, text)
  if text ~= "" then return text end
  return nil, flag .. " must be the name of a quantity, got ''"
end

--- The options: flag, placeholder of its value (nil: none), text, reader.
M.OPTIONS = {
  { "--jobs", "N", "number of cells that run at a time (default 1)", whole(1) },
  { "--minimize", "NAME", "the least final value of NAME is best (default loss)", name },
  { "--maximize", "NAME", "the greatest final value of NAME is best", name },
  { "--sample", "N", "draw N cells at random instead of running all", whole(1) },
  { "--sample-seed", "N", "seed of the random numbers of --sample (default 0)", whole(0) },
  { "--halving", "K", "train the best 1/K with K times the epochs, and so on", whole(2) },
  { "--dry-run", nil, "list the cells, run nothing" },
  { "--fail-fast", nil, "stop at the first cell that fails" },
  { "--again", nil, "also run cells again that are done" },
}

-- Options of every script that mean nothing in a sweep.
local REFUSED = {
  ["--out"] = "--out: the files of a sweep lie in its own directory (docs/howto/sweeps.md)",
  ["--no-keep"] = "--no-keep: the cells of a sweep are runs that are kept",
}

local function row_of(list, flag)
  for _, row in ipairs(list) do
    if row[1] == flag then return row end
  end
  return nil
end

-- "--lr=0.1" as "--lr" and "0.1"; the dash for the underscore.
local function split(word)
  local flag, value = word:match("^(%-%-[^=]+)=(.*)$")
  return (flag or word):gsub("_", "-"), value
end

-- A cursor over words.
local function reader(words)
  return { words = words, at = 1 }
end

local function next_word(r)
  local word = r.words[r.at]
  r.at = r.at + 1
  return word
end

-- The value of an option: behind "=", or the next word.
local function value_of(r, flag, value)
  if value then return value end
  local word = next_word(r)
  if word and not options.is_option(word) then return word end
  return nil, ("option '%s' requires an argument"):format(flag)
end

local function read_own(r, row, value, into)
  local key = row[1]:sub(3):gsub("-", "_")
  if not row[2] then
    if value then return nil, ("option '%s' takes no value"):format(row[1]) end
    into[key] = true
    return true
  end
  local text, message = value_of(r, row[1], value)
  if not text then return nil, message end
  into[key], message = row[4](row[1], text)
  return into[key] ~= nil or nil, message
end

-- An option of every script, however it was written, as one word "--flag" or "--flag=value".
local function read_common(r, row, value, into)
  if REFUSED[row[1]] then return nil, REFUSED[row[1]] end
  if not row[2] then
    into[#into + 1] = row[1] .. (value and "=" .. value or "")
    return true
  end
  local text, message = value_of(r, row[1], value)
  if not text then return nil, message end
  into[#into + 1] = row[1] .. "=" .. text
  return true
end

-- An option that is no parameter.
local function read_option(r, word, plan)
  local flag, value = split(word)
  local row = row_of(M.OPTIONS, flag)
  if row then return read_own(r, row, value, plan.options) end
  row = row_of(options.COMMON, flag)
  if row then return read_common(r, row, value, plan.common) end
  return false
end

local function unknown(word, flags, otherwise)
  for _, list in ipairs { M.OPTIONS, options.COMMON } do
    for _, row in ipairs(list) do flags[#flags + 1] = row[1] end
  end
  local hint = errors.hint((split(word)), flags)
  return nil, ("unknown option '%s'%s"):format(word, hint ~= "" and hint or otherwise)
end

--- Reads the words up to the script.
-- @tparam {string,...} words
-- @treturn ?table {script =, options = {jobs =, ...}, common = {options of every script, a word
--   each}, rest = {words behind it}}, or nil and a message
function M.begin(words)
  local r, plan = reader(words), { options = {}, common = {} }
  while true do
    local word = next_word(r)
    if not word then return nil, "a script is missing: optlab sweep x.lua --lr 0.1,0.01" end
    if not options.is_option(word) then
      plan.script, plan.rest = word, table.move(words, r.at, #words, 1, {})
      return plan
    end
    local ok, message
    if split(word) == "--seed" then
      ok, message = nil, "the values of --seed are written behind the script, as those of every parameter"
    else
      ok, message = read_option(r, word, plan)
    end
    if ok == nil then return nil, message end
    if not ok then return unknown(word, {}, "; parameters are written behind the script") end
  end
end

-- --- behind the script ----------------------------------------------------------------------------------------------

local function by_flag(declaration)
  local entries = {}
  for _, entry in ipairs(declaration) do entries["--" .. entry.name:gsub("_", "-")] = entry end
  return entries
end

-- A flag without a value is true, --no-flag is false.
local function boolean_word(r, value)
  if value then return value end
  local word = r.words[r.at]
  if not word or options.is_option(word) then return "true" end
  r.at = r.at + 1
  return word
end

local function note(plan, entry, text)
  local given = plan.given
  if not given[entry.name] then
    given[entry.name] = { entry = entry }
    given[#given + 1] = entry.name
  end
  table.insert(given[entry.name], text)
  return true
end

local function read_parameter(r, word, entries, plan)
  local flag, value = split(word)
  local entry = entries[flag]
  local negated = not entry and not value and entries[flag:gsub("^%-%-no%-", "--")]
  if negated and negated.kind == "boolean" then return note(plan, negated, "false") end
  if not entry then return false end
  if entry.kind == "boolean" then return note(plan, entry, boolean_word(r, value)) end
  local text, message = value_of(r, flag, value)
  if not text then return nil, message end
  return note(plan, entry, text)
end

local function flags_of(declaration)
  local flags = {}
  for i, entry in ipairs(declaration) do flags[i] = "--" .. entry.name end
  return flags
end

--- Reads the words behind the script.
-- @tparam table plan what `begin` gave; it gets `given`: the names of the parameters in the order in which they were
--   given, and for each name its words and its `entry`
-- @tparam {table,...} declaration the script's parameters, and that of --seed
-- @treturn ?table plan, or nil and a message
function M.finish(plan, declaration)
  local r, entries = reader(plan.rest), by_flag(declaration)
  plan.given = {}
  while r.words[r.at] do
    local word = next_word(r)
    if not options.is_option(word) then
      local last = plan.given[#plan.given]
      local texts = last and plan.given[last]
      local several = texts and ("; several values: --%s %s,%s"):format(last, texts[#texts], word) or ""
      return nil, ("unexpected argument '%s' (options are written --name value%s)"):format(word, several)
    end
    local ok, message = read_parameter(r, word, entries, plan)
    if ok == false then ok, message = read_option(r, word, plan) end
    if ok == nil then return nil, message end
    if not ok then
      return unknown(word, flags_of(declaration), (" (optlab %s --help lists the parameters)"):format(plan.script))
    end
  end
  if plan.options.minimize and plan.options.maximize then return nil, "give either --minimize or --maximize" end
  return plan
end

--- Options as the help shows them, a line each.
-- @tparam {table,...} rows {"--name", value, what it does}
-- @treturn string
function M.lines(rows)
  local lines = {}
  for i, row in ipairs(rows) do
    lines[i] = ("  %-20s  %s"):format(row[1] .. (row[2] and " " .. row[2] or ""), row[3])
  end
  return table.concat(lines, "\n")
end

--- Whether the words of a command ask for its help.
-- @tparam {string,...} list
-- @treturn boolean
function M.ask_for_help(list)
  for _, word in ipairs(list) do
    if word == "--help" or word == "-h" then return true end
  end
  return false
end

return M
