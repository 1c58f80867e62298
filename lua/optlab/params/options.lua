--- The options that every script has, and how a list of arguments is read.
--
-- argparse does the reading; this module writes the arguments in the form it likes first: `--no-x` for booleans,
-- `--a_b` and `--a-b` alike, `--lr -0.1` with its negative number.
-- @module optlab.params.options
local config = require "optlab.base.config"
local errors = require "optlab.base.errors"

local M = {}

-- --- numbers --------------------------------------------------------------------------------------------------------

local WORDS = { inf = math.huge, infinity = math.huge, nan = -(0 / 0) }

--- The number that a text stands for; also inf and nan, as they are printed.
-- @tparam string text
-- @treturn ?number nil if it is none
function M.number(text)
  local sign, word = text:lower():match("^%s*([+-]?)(%a+)%s*$")
  local value = WORDS[word]
  if not value then return tonumber(text) end
  return sign == "-" and -value or value
end

--- A number as text that reads back as the same number.
-- @tparam number x
-- @treturn string
function M.text_of_number(x)
  if math.type(x) == "integer" then return tostring(x) end
  if x ~= x then return "nan" end
  local short = ("%.14g"):format(x)
  return M.number(short) == x and short or ("%.17g"):format(x)
end

-- --- readers: text to value, or nil and a message -----------------------------------------------------------------

local function read_seed(text)
  local n = math.tointeger(tonumber(text))
  if n and n >= 0 then return n end
  local seed = require("optlab.params.declaration").SEED
  return nil, ("--seed must be an integer of at least 0, got '%s'%s"):format(text,
    require("optlab.params.grammar").hint(seed, text, config.script))
end

local function read_threads(text)
  local n = math.tointeger(tonumber(text))
  if n and n >= 1 and n <= 1024 then return n end
  return nil, ("--threads must be an integer in [1, 1024], got '%s'"):format(text)
end

local function read_folder(flag)
  return function(text)
    if text ~= "" then return text end
    return nil, flag .. " must be the name of a folder, got ''"
  end
end

local function read_formats(text)
  local formats = {}
  for word in (text .. ","):gmatch("([^,]*),") do
    local known = false
    for _, name in ipairs(config.FORMATS) do known = known or name == word end
    if not known then
      return nil, ("--format: unknown format '%s'%s (formats: %s)"):format(word, errors.hint(word, config.FORMATS),
        table.concat(config.FORMATS, ", "))
    end
    formats[#formats + 1] = word
  end
  return formats
end

local function read_theme(text)
  for _, name in ipairs(config.THEMES) do
    if name == text then return text end
  end
  return nil, ("--theme: unknown theme '%s'%s (themes: %s)"):format(text, errors.hint(text, config.THEMES),
    table.concat(config.THEMES, ", "))
end

-- flag, placeholder of its value (nil: none), help, reader, what it sets
M.COMMON = {
  { "--seed", "N", "seed of all random numbers (default 0)", read_seed, "seed" },
  { "--out", "DIR", "folder for figures and metrics (default: the run's own)", read_folder("--out"), "out" },
  { "--format", "F[,F]", table.concat(config.FORMATS, ",") .. " (default svg)", read_formats, "format" },
  { "--theme", "T", "look of figures: " .. table.concat(config.THEMES, ", "), read_theme, "theme" },
  { "--threads", "N", "threads for large operations (default: one a core)", read_threads, "threads" },
  { "--data", "DIR", "folder with data files, searched first", read_folder("--data"), "data" },
  { "--require-real-data", nil, "fail if data are missing, instead of a stand-in", nil, "require_real_data" },
  { "--quiet", nil, "no progress bar and no notes on standard error", nil, "quiet" },
  { "--live", nil, "draw the loss in the terminal while training", nil, "live" },
  { "--no-progress", nil, "no progress bar", nil, "no_progress" },
  { "--no-compile", nil, "train.fit runs every update as plain Lua (same numbers)", nil, "no_compile" },
  { "--runs-dir", "DIR", "folder of the runs that are kept (default runs)", read_folder("--runs-dir"), "runs" },
  { "--no-keep", nil, "do not keep the run: leave out/<script>/ and nothing else", nil, "no_keep" },
  { "--traceback", nil, "show the whole call stack with an error", nil, "full_traceback" },
}

-- The row of COMMON that an argument names, or nil.
local function common_row(word)
  local flag = word:match("^%-%-[^=]+")
  flag = flag and flag:gsub("_", "-")
  for _, row in ipairs(M.COMMON) do
    if row[1] == flag then return row end
  end
  return nil
end

--- Whether an argument is a common option that wants its value in the next one.
-- @tparam string word
-- @treturn boolean
function M.wants_value(word)
  local row = common_row(word)
  return row ~= nil and row[2] ~= nil and not word:find("=", 1, true)
end

--- Whether a word is an option rather than a name, a number or a list of numbers.
-- @tparam string word
-- @treturn boolean
function M.is_option(word)
  return word:match("^%-[^%d%.]") ~= nil and M.number(word:match("^[^,]*")) == nil
end

--- Separates the options of every script from a script's own.
-- @tparam {string,...} args
-- @treturn {string,...} common options with their values
-- @treturn {string,...} the other options, without what may be their values
function M.split(args)
  local common, others, i = {}, {}, 1
  while args[i] and args[i] ~= "--" do
    local word = args[i]
    if common_row(word) then
      common[#common + 1] = word
      if M.wants_value(word) then
        i = i + 1
        common[#common + 1] = args[i]
      end
    elseif M.is_option(word) then
      others[#others + 1] = word
    end
    i = i + 1
  end
  return common, others
end

--- Adds the common options to an argparse parser.
-- @param parser an argparse parser or nothing more
function M.add_common(parser)
  local added = {}
  for _, row in ipairs(M.COMMON) do
    local flag, placeholder, help, read, target = table.unpack(row, 1, 5)
    local option = placeholder and parser:option(flag):argname(placeholder):convert(read) or parser:flag(flag)
    added[#added + 1] = option:description(help):target(target)
  end
  parser:group("Options of every script", table.unpack(added))
end

--- Puts the values of common options in force.
-- @tparam table values as argparse gives them
function M.apply(values)
  for _, row in ipairs(M.COMMON) do
    local name = row[5]
    if values[name] ~= nil then config[name] = values[name] end
  end
  if values.out then config.out_given = true end
  local lab = package.loaded["optlab"]
  if type(lab) == "table" and values.seed then lab.manual_seed(values.seed) end
  if type(lab) == "table" and values.threads then lab.set_num_threads(values.threads) end
end

-- --- reading ------------------------------------------------------------------------------------------------------

-- name without dashes -> the option's flag as argparse knows it
local function spellings(parser)
  local known = {}
  for _, option in ipairs(parser._options) do
    for _, alias in ipairs(option._aliases) do known[alias:gsub("^%-+", ""):gsub("%-", "_")] = { alias, option } end
  end
  return known
end

-- One argument in argparse's form, and whether a value may follow: "any" for one that may look like an option, because
-- the option's field `_any_value` says so.
local function rewrite(word, known)
  local name, value = word:match("^%-%-([^=]+)(.*)$")
  if not name then return word, false end
  local key = name:gsub("%-", "_")
  local found = known[key]
  if found then return found[1] .. value, value == "" and found[2]._maxargs > 0 and (found[2]._any_value or "value") end
  found = known[key:match("^no_(.*)$") or ""]
  if found and found[2]._boolean and value == "" then return found[1] .. "=false", false end
  return word, false
end

local function normalise(args, known)
  local out = {}
  local open = false
  for _, word in ipairs(args) do
    if open and word:match("^%-") and (open == "any" or not M.is_option(word)) then
      out[#out], open = out[#out] .. "=" .. word, false
    else
      out[#out + 1], open = rewrite(word, known)
    end
  end
  return out
end

-- argparse's complaint as one sentence with our guess at what was meant.
local function explain(message, parser)
  local unknown = message:match("^unknown option '(.-)'")
  if not unknown then return (message:gsub("\n.*", "")) end
  local flags = {}
  for _, option in ipairs(parser._options) do flags[#flags + 1] = option._aliases[#option._aliases] end
  local hint = errors.hint(unknown, flags)
  return ("unknown option '%s'%s"):format(unknown, hint ~= "" and hint or " (--help lists the options)")
end

--- Reads arguments.
-- @param parser an argparse parser
-- @tparam {string,...} args
-- @treturn ?table values by target, or nil and a message of one line
function M.parse(parser, args)
  parser:argument("unexpected"):args("*"):hidden(true)
  local ok, result = parser:pparse(normalise(args, spellings(parser)))
  if not ok then return nil, explain(result, parser) end
  local extra = result.unexpected[1]
  if extra then return nil, ("unexpected argument '%s' (options are written --name value)"):format(extra) end
  return result
end

--- Reads common options and puts them in force.
-- @tparam {string,...} args
-- @treturn ?boolean true, or nil and a message of one line
function M.read_common(args)
  if #args == 0 then return true end
  local parser = require("argparse")("optlab"):add_help(false)
  M.add_common(parser)
  parser:flag("--help") -- these two are read before; here they are names to guess from
  parser:flag("--version")
  local values, message = M.parse(parser, args)
  if not values then return nil, message end
  M.apply(values)
  if values.seed then config.seed_given = true end
  return true
end

return M
