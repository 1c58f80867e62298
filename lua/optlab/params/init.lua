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
-- are accepted as well. `--parameters` prints the declaration as JSON, for other programs. Options that nobody declares
-- are refused (optlab.base.script_arguments).
-- @module optlab.params
local args = require "optlab.base.args"
local arguments = require "optlab.base.script_arguments"
local config = require "optlab.base.config"
local declaration = require "optlab.params.declaration"
local errors = require "optlab.base.errors"
local make_parser = require("optlab.params.parser").make
local options = require "optlab.params.options"
local order = require "optlab.base.order"

local FN = "lab.params"

local PARAMS = args.declare(FN, {
  doc = "Declares the parameters of a script, which the command line may override; returns their values.",
  positions = 2,
  { "defaults", "table", required = true, doc = "Each parameter's default by its name, or a table that describes it." },
  { "words", "list", of = { "string" }, doc = "A command line to read instead of the script's own." },
})

local ARGUMENTS = args.declare("lab.arguments", {
  doc = "The command line's arguments, for a script that reads them itself.",
})

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

local function show_parameters(list)
  config.refused = true -- leaves no run
  io.write(declaration.encode(list), "\n")
  os.exit(0)
end

local function read_all(list, words, script)
  if #words == 0 then return {} end
  local parser = make_parser(list, script)
  local values, message = options.parse(parser, words)
  if values and values.help then show_help(parser) end
  if values and values.parameters then show_parameters(list) end
  return values, message
end

local M = {}

-- The error for options of a script that has declared none; --help and --parameters are answered.
local function refuse(given, script)
  local flags = { "--help" }
  for i, row in ipairs(options.COMMON) do flags[i + 1] = row[1] end
  for _, word in ipairs(given) do
    if word == "--help" or word == "-h" then show_help(make_parser({}, script)) end
    if word == "--parameters" then show_parameters {} end
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
  local list = declaration.read(o.defaults)
  local own = script_asks()
  if own then arguments.declared() end
  local values, message = read_all(list, o.words or own and { table.unpack(arg) } or {}, config.script)
  if not values then
    config.refused = own
    errors.raise("%s", message)
  end
  if o.words or not config.on_load then options.apply(values) end -- otherwise they are in force since optlab was loaded
  if values.seed then config.seed_given = true end
  local p, declared = {}, {}
  for _, entry in ipairs(list) do
    declared[entry.name] = false -- nil where it has no default
    if entry.name == "seed" then p.seed = take_seed(entry.default) else p[entry.name] = value_of(entry, values) end
  end
  if own and config.on_parameters then config.on_parameters(copy(p), given_names(values)) end
  return errors.strict(p, "lab.params", declared)
end

return M
