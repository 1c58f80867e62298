--- The parser of a script's options, and what --help says about them.
-- @module optlab.params.parser
local options = require "optlab.params.options"
local values = require "optlab.params.values"

local text_of = values.text

local M = {}

-- The reader of a parameter's word. Several values, which a sweep would take, are pointed out.
local function reader(entry, script)
  return function(text)
    local value, message = values.convert(entry, text)
    if value ~= nil then return value end
    return nil, message .. require("optlab.params.grammar").hint(entry, text, script)
  end
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
  local script_text = require "optlab.base.text.script_text"
  return text and script_text.refill(script_text.opening_comment(text), help_width()) or ""
end

--- Makes the parser of a script.
-- @tparam {table,...} list entries
-- @tparam ?string script file name
-- @return an argparse parser, whose values are named "=lr"; those of every script "seed", ..., "help", "parameters"
function M.make(list, script)
  local parser = require("argparse")(script or "script", opening_comment(script))
  parser:add_help(false):help_max_width(help_width())
  parser:usage(("Usage: optlab %s [--name value ...]"):format(script or "script.lua"))
  local declared = {}
  for _, entry in ipairs(list) do
    if entry.name == "seed" then goto continue end -- among the options of every script
    local option = parser:option("--" .. entry.name):target("=" .. entry.name):convert(reader(entry, script))
    option:argname(entry.kind == "boolean" and "true|false" or entry.kind:upper()):description(describe(entry))
    if entry.kind == "boolean" then option:args("?") option._boolean = true end
    declared[#declared + 1] = option
    ::continue::
  end
  if #declared > 0 then parser:group("Parameters", table.unpack(declared)) end
  options.add_common(parser)
  parser:flag("-h --help"):description("show this and exit"):target("help")
  parser:flag("--parameters"):hidden(true):target("parameters") -- for programs: optlab.params.declaration
  return parser
end

return M
