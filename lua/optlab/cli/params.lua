--- Hyperparameters that the command line may override.
--
--    local p = lab.params{
--      lr = 0.6,                                    -- --lr 0.1
--      steps = 20,                                  -- an integer: --steps 50
--      nesterov = false,                            -- --nesterov, --no-nesterov, --nesterov true
--      betas = {0.9, 0.999},                        -- --betas 0.9,0.99
--      momentum = {default = 0.5, help = "weight of the past", min = 0, max = 1},
--      method = {default = "sgd", choices = {"sgd", "adam"}},
--    }
--
-- The type of a default is the type of the parameter (an entry may say `type=` instead). `--help` prints the
-- parameters with the script's opening comment and ends the run; the options of every script (`--seed`, `--out`, ...)
-- are accepted as well. Options that nobody declares are refused (optlab.base.script_arguments).
-- @module optlab.cli.params
local args = require "optlab.base.args"
local arguments = require "optlab.base.script_arguments"
local config = require "optlab.base.config"
local errors = require "optlab.base.errors"
local order = require "optlab.base.order"
local kinds = require "optlab.base.kinds"
local options = require "optlab.cli.options"

local FN = "lab.params"
local KINDS = { "integer", "number", "boolean", "string", "list" }

local PARAMS = args.declare(FN, {
  doc = "Declares the parameters of a script, which the command line may override; returns their values.",
  positions = 2,
  { "defaults", "table", required = true, doc = "Each parameter's default by its name, or a table that describes it." },
  { "words", "list", of = { "string" }, doc = "A command line to read instead of the script's own." },
})

local ARGUMENTS = args.declare("lab.arguments", {
  doc = "The command line's arguments, for a script that reads them itself.",
})

local ENTRY = args.declare(FN .. ": a parameter", {
  doc = "A parameter of lab.params that is written as a table.",
  { "default", "any", doc = "The value without an option on the command line; its type is the parameter's." },
  { "help", "string", doc = "A line for --help." },
  { "choices", "list", of = { "any" }, doc = "The values that are allowed." },
  { "min", "number", doc = "The least number that is allowed." },
  { "max", "number", doc = "The greatest number that is allowed." },
  { "type", "choice", choices = KINDS,
    doc = "The type of a parameter that has no default, or another than the default's." },
})
local FIELDS = ENTRY:names()

-- --- declarations -------------------------------------------------------------------------------------------------

local function kind_of(default)
  local kind = math.type(default) == "float" and "number" or math.type(default) or type(default)
  return kind == "table" and "list" or kind
end

local function is_description(value)
  if type(value) ~= "table" then return false end
  for _, field in ipairs(FIELDS) do
    if value[field] ~= nil then return true end
  end
  return false
end

local function check_name(name)
  if type(name) ~= "string" or not name:match("^%a[%w_]*$") then
    errors.raise("%s: a parameter is written name = default, got the name %s", FN, errors.shown(name))
  end
  local flag = "--" .. name:gsub("_", "-")
  for _, row in ipairs(options.COMMON) do
    if row[1] == flag and flag ~= "--seed" then
      errors.raise("%s: '%s' is an option of every script; use another name", FN, name)
    end
  end
  if name == "help" then errors.raise("%s: 'help' is taken by --help; use another name", FN) end
end

-- One entry of the caller's table as {name, kind, default, help, choices, min, max}.
local function declare(name, value)
  check_name(name)
  local fn = FN .. ": " .. name
  local entry = ENTRY:called(fn):read(is_description(value) and value or { default = value })
  if entry.default == nil and not entry.type then errors.raise("%s: give a default or a type", fn) end
  entry.name = name
  entry.kind = args.check(fn, "type", entry.type or kind_of(entry.default), "choice", { choices = KINDS })
  return entry
end

local function declare_all(spec)
  local list = {}
  for name, value in pairs(spec) do list[#list + 1] = declare(name, value) end
  table.sort(list, function(a, b) return order.less(a.name, b.name) end)
  return list
end

-- --- reading values -----------------------------------------------------------------------------------------------

local BOOLEANS = {
  ["true"] = true, yes = true, on = true, ["1"] = true,
  ["false"] = false, no = false, off = false, ["0"] = false,
}

-- The members of a list are strings if those of the default are; without a default, unless all are numbers. An empty
-- text is an empty list.
local function read_list(text, entry)
  local list, numbers = {}, {}
  for item in (text == "" and "" or text .. ","):gmatch("%s*([^,]-)%s*,") do
    list[#list + 1] = item
    numbers[#list] = options.number(item)
  end
  local first = type(entry.default) == "table" and entry.default[1]
  if type(first) == "string" then return list end
  for i = 1, #list do
    if not numbers[i] then return not first and list or nil, "a list of numbers separated by commas" end
  end
  return numbers
end

-- Each gives the value, or nil and what was expected.
local READ = {
  integer = function(text)
    local number = options.number(text)
    local value = number and math.tointeger(number)
    if value or not number or number ~= number then return value, "an integer" end
    if math.abs(number) < 2 ^ 63 then return nil, "an integer (a default such as 1.0 would allow fractions)" end
    return nil, ("an integer from %d to %d"):format(math.mininteger, math.maxinteger)
  end,
  number = function(text)
    local value = options.number(text)
    return value and value + 0.0, "a number"
  end,
  boolean = function(text) return BOOLEANS[text:lower()], "true or false" end,
  string = function(text) return text end,
  list = read_list,
}

-- What one value must be besides its type and, for a choice, what was probably meant; nil if it is.
local function violation_of_one(entry, value)
  if entry.choices then
    for _, choice in ipairs(entry.choices) do
      if choice == value then return nil end
    end
    local names = {}
    for i, choice in ipairs(entry.choices) do names[i] = tostring(choice) end
    return "one of '" .. table.concat(names, "', '") .. "'", errors.hint(tostring(value), names)
  end
  if type(value) ~= "number" or not (entry.min or entry.max) then return nil end
  local row = { kind = entry.kind == "integer" and "integer" or "number", min = entry.min, max = entry.max }
  local infinite = value - value ~= 0 and value == value
  local within = infinite and (value < 0 and not entry.min or value > 0 and not entry.max) or kinds.in_range(value, row)
  return not within and kinds.what(row) or nil
end

-- The same for a value, or for each member of a list.
local function violation(entry, value)
  if type(value) ~= "table" then return violation_of_one(entry, value) end
  for i, member in ipairs(value) do
    local wrong, hint = violation_of_one(entry, member)
    if wrong then return ("a list; its member %d must be %s"):format(i, wrong), hint end
  end
  return nil
end

local function reader(entry)
  return function(text)
    local value, expected, hint = READ[entry.kind](text, entry)
    if value ~= nil then expected, hint = violation(entry, value) end
    if value == nil or expected then
      return nil, ("--%s must be %s, got '%s'%s"):format(entry.name, expected, text, hint or "")
    end
    return value
  end
end

-- --- help ---------------------------------------------------------------------------------------------------------

-- A value as the command line would read it.
local function text_of(value)
  if type(value) == "table" then
    local items = {}
    for i, item in ipairs(value) do items[i] = text_of(item) end
    return #items > 0 and table.concat(items, ",") or '""'
  end
  if value == "" then return '""' end
  return type(value) == "number" and options.text_of_number(value) or tostring(value)
end

local function describe(entry)
  local notes = {}
  if entry.choices then notes[1] = "one of " .. text_of(entry.choices):gsub(",", ", ") end
  if entry.min and entry.max then
    notes[#notes + 1] = ("in %s..%s"):format(text_of(entry.min), text_of(entry.max))
  elseif entry.min or entry.max then
    notes[#notes + 1] = (entry.min and "at least " or "at most ") .. text_of(entry.min or entry.max)
  end
  if entry.default ~= nil then notes[#notes + 1] = "default " .. text_of(entry.default) end
  local note = #notes > 0 and "(" .. table.concat(notes, "; ") .. ")" or ""
  return entry.help and entry.help .. " " .. note or note
end

local function help_width() return math.min(require("optlab.core").system.columns(), 100) end

local function opening_comment(script)
  local text = script and require("optlab.base.files").read(script)
  local script_text = require "optlab.cli.script_text"
  return text and script_text.refill(script_text.opening_comment(text), help_width()) or ""
end

local function make_parser(list, script)
  local parser = require("argparse")(script or "script", opening_comment(script))
  parser:add_help(false):help_max_width(help_width())
  parser:usage(("Usage: optlab %s [--name value ...]"):format(script or "script.lua"))
  local declared = {}
  for _, entry in ipairs(list) do
    if entry.name == "seed" then goto continue end -- among the options of every script
    local option = parser:option("--" .. entry.name):target("=" .. entry.name):convert(reader(entry))
    option:argname(entry.kind == "boolean" and "true|false" or entry.kind:upper()):description(describe(entry))
    if entry.kind == "boolean" then option:args("?") option._boolean = true end
    declared[#declared + 1] = option
    ::continue::
  end
  if #declared > 0 then parser:group("Parameters", table.unpack(declared)) end
  options.add_common(parser)
  parser:flag("-h --help"):description("show this and exit"):target("help")
  return parser
end

-- --- the call -----------------------------------------------------------------------------------------------------

-- Whether it is the running script that asks: a spec or a module must not read busted's arguments.
local function script_asks()
  if type(arg) ~= "table" then return false end
  local source = arg[0] == "-" and "=stdin" or "@" .. tostring(arg[0])
  for level = 3, 50 do
    local info = debug.getinfo(level, "S")
    if not info then break end
    if info.what ~= "C" and not errors.is_own(info) then return info.source == source end
  end
  return false
end

-- The given value, else the default; a list is copied, so that a change to it cannot change the default.
local function value_of(entry, values)
  local given = values["=" .. entry.name]
  if entry.kind == "boolean" and given then given = #given == 0 or given[1] end -- a bare --flag is true
  if given == nil then given = entry.default end
  return type(given) == "table" and { table.unpack(given) } or given
end

-- A script may give --seed another default; the command line wins.
local function take_seed(default)
  if not config.seed_given then options.apply { seed = default } end
  return config.seed
end

local function show_help(parser)
  config.refused = true -- leaves no run
  io.write(parser:get_help(), "\n")
  os.exit(0)
end

local function read_all(list, words, script)
  if #words == 0 then return {} end
  local parser = make_parser(list, script)
  local values, message = options.parse(parser, words)
  if values and values.help then show_help(parser) end
  return values, message
end

local M = {}

-- The error for options of a script that has declared none; --help is answered.
local function refuse(given, script)
  local flags = { "--help" }
  for i, row in ipairs(options.COMMON) do flags[i + 1] = row[1] end
  for _, word in ipairs(given) do
    if word == "--help" or word == "-h" then show_help(make_parser({}, script)) end
  end
  config.refused = true -- leaves no run
  local word = given[1]:match("^[^=]+")
  local hint = errors.hint(word, flags)
  error(("%s: unknown option '%s'%s"):format(script, word, hint ~= "" and hint or "; the script has not declared it "
    .. "(lab.params, before any record, figure or training) nor read it (arg, lab.arguments)"), 0)
end

--- Begins with a script's arguments, when optlab is loaded: puts the options of every script in force; the others have
-- to be declared.
-- @tparam {string,...} words
-- @tparam string script
function M.begin(words, script)
  local common, others = options.split(words)
  local ok, message = options.read_common(common)
  if not ok then errors.raise("%s", message) end
  if #others > 0 then arguments.expect_declaration(function() refuse(others, script) end) end
end

--- The script's arguments, for a script that reads them itself. They are not checked then.
-- @treturn {string,...}
-- @usage for _, word in ipairs(lab.arguments()) do ... end
function M.arguments(...)
  ARGUMENTS:read(...)
  arguments.declared()
  return { table.unpack(config.args or type(arg) == "table" and arg or {}) }
end

local function copy(p)
  local values = {}
  for name, value in pairs(p) do values[name] = type(value) == "table" and { table.unpack(value) } or value end
  return values
end

-- The parameters that the command line gave, sorted.
local function given_names(values)
  local names = {}
  for key in pairs(values) do
    if type(key) == "string" and key:match "^=" then names[#names + 1] = key:sub(2) end
  end
  return order.sort(names)
end

--- Declares parameters and gives their values.
-- @tparam table defaults by name
-- @tparam[opt] {string,...} words instead of the script's own arguments
-- @treturn table values by name
-- @usage local p = lab.params{lr = 0.6, steps = 20}; print(p.lr)
function M.params(...)
  local o = PARAMS:read(...)
  local list = declare_all(o.defaults)
  for _, entry in ipairs(list) do
    local wrong = entry.default ~= nil and violation(entry, entry.default)
    if wrong then
      errors.raise("%s: the default of '%s' must be %s, got %s", FN, entry.name, wrong, text_of(entry.default))
    end
  end
  local own = script_asks()
  if own then arguments.declared() end
  local values, message = read_all(list, o.words or own and { table.unpack(arg) } or {}, config.script)
  if not values then
    config.refused = own
    errors.raise("%s", message)
  end
  if o.words or not config.on_load then options.apply(values) end -- otherwise they are in force since optlab was loaded
  if values.seed then config.seed_given = true end
  local p = {}
  for _, entry in ipairs(list) do
    if entry.name == "seed" then p.seed = take_seed(entry.default) else p[entry.name] = value_of(entry, values) end
  end
  if own and config.on_parameters then config.on_parameters(copy(p), given_names(values)) end
  return p
end

return M
