--- What may stand on a command line after its first word: options with their values, and arguments by place.
--
-- A form is {options = {{flag =, wants =, text =}, ...}, arguments = {kind, ...}, rest = kind}: `wants` is nil for a
-- flag, else the kind of its value; `rest` is the kind of all arguments after the listed ones. A kind is a list of
-- words to choose from, or "runs", "tag", "script", "folders", "files", "lua", "name" (of the reference), "section",
-- "command", "parameter", "quantity", "condition" (on runs), "experiment" (of runs), "run_or_tag", "value" (anything).
-- @module optlab.cli.completion.form
local config = require "optlab.base.config"
local options = require "optlab.params.options"
local sources = require "optlab.cli.completion.sources"

local M = {}

local VALUE_OF = {
  ["--out"] = "folders", ["--data"] = "folders", ["--runs-dir"] = "folders", ["--format"] = config.FORMATS,
  ["--theme"] = config.THEMES,
}

-- What the placeholders and names of arguments stand for.
local KINDS = {
  run = "runs", runs = "runs", which = "runs", tag = "tag", script = "script", dir = "folders",
  folder = "folders", file = "files", path = "files", command = "command",
}

local IS_KIND = {
  runs = true, tag = true, script = true, folders = true, files = true, lua = true, name = true, section = true,
  command = true, parameter = true, quantity = true, condition = true, experiment = true,
  run_or_tag = true, value = true,
}

-- Options of commands about runs.
local OF_FLAG = {
  ["--by"] = "parameter", ["--y"] = "quantity", ["--sort"] = "quantity", ["--minimize"] = "quantity",
  ["--maximize"] = "quantity", ["--where"] = "condition", ["--experiment"] = "experiment", ["--tag"] = "tag",
}

local function kind_of(element, named)
  if element._choices then return element._choices end
  for _, alias in ipairs(element._aliases or {}) do
    if OF_FLAG[alias] then return OF_FLAG[alias] end
  end
  for _, name in ipairs { element._name or "", element._argname or "" } do
    if type(name) == "table" then name = name[1] or "" end
    name = name:gsub("[<>%[%]%-.]", "")
    local kind = named[name] or name:lower()
    if type(kind) == "table" or IS_KIND[kind] then return kind end
    kind = KINDS[kind:lower()]
    if kind then return kind end
  end
  return "value"
end

-- --- reading words by a form -----------------------------------------------------------------------------------------

--- The option that a word names, "--lr" or "--lr=1".
-- @tparam table form
-- @tparam string word
-- @treturn ?table
function M.option_of(form, word)
  local name = word:match("^[^=]+"):gsub("_", "-")
  for _, option in ipairs(form.options) do
    if option.flag:gsub("_", "-") == name then return option end
  end
end

--- How many arguments are among the words, and what the next one is the value of.
-- @tparam table form
-- @tparam {string,...} words
-- @treturn integer
-- @treturn ?table the option that waits for its value
-- @treturn ?integer the place of the first argument
function M.walk(form, words)
  local count, waiting, first = 0, nil, nil
  for i, word in ipairs(words) do
    if word:match("^%-%D") then
      local option = M.option_of(form, word)
      waiting = option and option.wants and not word:find("=", 1, true) and option or nil
    elseif waiting then
      waiting = nil
    else
      count, first = count + 1, first or i
    end
  end
  return count, waiting, first
end

-- --- the options of every script -------------------------------------------------------------------------------------

--- Adds the options that every script has.
-- @tparam table form
-- @treturn table form
function M.add_common(form)
  for _, row in ipairs(options.COMMON) do
    local wants = row[2] and (VALUE_OF[row[1]] or "value") or nil
    table.insert(form.options, { flag = row[1], wants = wants, text = row[3] })
  end
  return form
end

-- --- scripts ---------------------------------------------------------------------------------------------------------

local BOOLEAN = { "true", "false" }

-- A line about a parameter: its help, its default.
local function about(entry)
  local default = entry.default
  if type(default) == "table" then
    local items = {}
    for i, item in ipairs(default) do items[i] = tostring(item) end
    default = table.concat(items, ",")
  end
  local note = default ~= nil and ("(default %s)"):format(tostring(default)) or ""
  return entry.help and ("%s %s"):format(entry.help, note) or note
end

--- A script with its parameters.
-- @tparam string script
-- @treturn table form
function M.of_script(script)
  local form = { options = {}, arguments = {}, rest = "files" }
  for _, entry in ipairs(sources.parameters(script)) do
    if entry.name ~= "seed" then
      local wants = entry.choices or entry.type == "boolean" and BOOLEAN or "value"
      table.insert(form.options, { flag = "--" .. entry.name, wants = wants, text = about(entry) })
    end
  end
  M.add_common(form)
  table.insert(form.options, { flag = "--help", text = "show the script's parameters" })
  return form
end

-- --- commands --------------------------------------------------------------------------------------------------------

-- A command that argparse reads.
local function of_parser(parser, named)
  local form = { options = {}, arguments = {} }
  for _, option in ipairs(parser._options) do
    local flag = option._aliases[#option._aliases]
    local wants = option._maxargs > 0 and kind_of(option, named) or nil
    if not option._hidden then
      table.insert(form.options, { flag = flag, wants = wants, text = option._description })
    end
  end
  for _, argument in ipairs(parser._arguments) do
    local kind = kind_of(argument, named)
    if argument._maxargs > 1 then form.rest = kind else table.insert(form.arguments, kind) end
  end
  return form
end

-- A command that reads its words itself: its fields `options`, rows {flag, placeholder, text}, and `takes`. One that
-- takes a script has the script's options, too.
local function of_rows(command, words)
  local form = { options = {}, arguments = {} }
  for _, row in ipairs(command.options or {}) do
    local wants = row[2] and (row.choices or OF_FLAG[row[1]] or KINDS[row[2]:lower()] or "value") or nil
    table.insert(form.options, { flag = row[1], wants = wants, text = row[3] })
  end
  if command.takes ~= "script" then
    form.rest = command.takes
    return form
  end
  form.arguments = { "script" }
  local _, _, first = M.walk(form, words)
  for _, option in ipairs(first and M.of_script(words[first]).options or {}) do
    if not M.option_of(form, option.flag) then table.insert(form.options, option) end
  end
  return form
end

--- A command of the program.
-- @tparam table command
-- @tparam {string,...} words after its name
-- @treturn table form
function M.of_command(command, words)
  if command.read then return of_rows(command, words) end
  return of_parser(require("optlab.cli.commands").parser(command), command.completes or {})
end

return M
