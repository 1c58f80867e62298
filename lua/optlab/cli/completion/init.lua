--- What a shell offers for the last word of a command line of optlab. The shells' own halves are optlab.bash and
-- optlab.zsh beside this file.
-- @module optlab.cli.completion
local form_of = require "optlab.cli.completion.form"
local sources = require "optlab.cli.completion.sources"

local M = {}

-- --- candidates of a kind --------------------------------------------------------------------------------------------

-- An answer is {{word, text}, ...}; its field `kind` asks the shell for files besides ("lua", "files", "folders"), or
-- says that the candidates take the place of the word ("replace").
local function answer(list, kind)
  list.kind = kind
  return list
end

-- For lists as in --format svg,png: what goes on after the last comma.
local function choices(list, word)
  local head, found = word:match("^(.*,)") or "", {}
  for i, choice in ipairs(list) do found[i] = { head .. tostring(choice) } end
  return answer(found)
end

local KIND = {}

function KIND.script(word)
  local found, replace = sources.experiments(word)
  return answer(found, replace and #found > 0 and "replace" or "lua")
end

function KIND.name(word)
  local found = {}
  for _, entry in ipairs(require("optlab.cli.help").all()) do
    if not entry.callee:find(" ", 1, true) and not entry.kind then
      found[#found + 1] = { entry.callee, entry.doc }
      if not word:find("[.:]") then found[#found + 1] = { entry.name, entry.doc } end
    end
  end
  return answer(found)
end

function KIND.section()
  local found = {}
  for _, entry in ipairs(require("optlab.cli.listing").find()) do
    if not entry[1]:find("/", 1, true) then found[#found + 1] = entry end
  end
  return answer(found)
end

function KIND.command()
  local commands, found = require "optlab.cli.commands", {}
  for i, name in ipairs(commands.NAMES) do found[i] = { name, commands.find(name).summary } end
  return answer(found)
end

function KIND.runs(word)
  if word:find("/", 1, true) then return answer({}, "folders") end
  return answer(sources.runs(word))
end

-- Runs, and the tag that the last word is.
function KIND.run_or_tag(word)
  local found = KIND.runs(word)
  for _, tag in ipairs(found.kind and {} or sources.tags()) do found[#found + 1] = tag end
  return found
end

function KIND.experiment() return answer(sources.run_experiments()) end
function KIND.parameter() return answer(sources.names_in "parameters") end

-- "loss", and "-loss" for the other order.
function KIND.quantity(word)
  local found, sign = sources.names_in "final", word:match("^%-") or ""
  for _, entry in ipairs(found) do entry[1] = sign .. entry[1] end
  return answer(found)
end

-- Names that a condition on runs may begin with.
function KIND.condition()
  local found = sources.names_in "parameters"
  for _, entry in ipairs(sources.names_in "final") do found[#found + 1] = entry end
  return answer(found)
end
function KIND.tag() return answer(sources.tags()) end
function KIND.folders() return answer({}, "folders") end
function KIND.files() return answer({}, "files") end
function KIND.lua() return answer({}, "lua") end
function KIND.value() return answer({}) end

local function of_kind(kind, word)
  if type(kind) == "table" then return choices(kind, word) end
  return (KIND[kind] or KIND.value)(word)
end

-- --- a form ----------------------------------------------------------------------------------------------------------

local function flags_of(form)
  local found = {}
  for i, option in ipairs(form.options) do found[i] = { option.flag, option.text } end
  return answer(found)
end

-- "--method=s": values, each behind the option.
local function inside(option, word)
  local head, value = word:match("^([^=]+=)(.*)$")
  local found = of_kind(option.wants, value)
  if found.kind then return answer {} end
  for _, entry in ipairs(found) do entry[1] = head .. entry[1] end
  return found
end

local function complete_form(form, words, word)
  local count, waiting = form_of.walk(form, words)
  if waiting and not word:match("^%-%-") then return of_kind(waiting.wants, word) end
  local option = word:match("^%-%-[^=]+=") and form_of.option_of(form, word)
  if option and option.wants then return inside(option, word) end
  if word:match("^%-") then return flags_of(form) end
  return of_kind(form.arguments[count + 1] or form.rest or "value", word)
end

-- --- the first word --------------------------------------------------------------------------------------------------

local BEFORE = {
  { "-e", "value", "run a statement" }, { "-l", "value", "require a module" }, { "-i", nil, "go to the prompt" },
  { "-v", nil, "print the version" }, { "-W", nil, "turn warnings on" }, { "-E", nil, "ignore LUA_PATH and LUA_CPATH" },
  { "--list", nil, "list the experiments" }, { "--version", nil, "print the version" },
  { "--help", nil, "show the options" },
}

local function form_before()
  local form = form_of.add_common { options = {}, arguments = {} }
  for _, row in ipairs(BEFORE) do table.insert(form.options, { flag = row[1], wants = row[2], text = row[3] }) end
  return form
end

-- Commands, experiments, scripts.
local function first_word(word)
  local found = KIND.command()
  local begun = false
  for _, entry in ipairs(found) do begun = begun or entry[1]:sub(1, #word) == word end
  local scripts = KIND.script(word)
  if begun and scripts.kind == "replace" and word ~= "" then return answer(found, "lua") end
  if scripts.kind == "replace" then return scripts end
  table.move(scripts, 1, #scripts, #found + 1, found)
  return answer(found, "lua")
end

--- What may take the place of the last word.
-- @tparam {string,...} words after the program's name, the last one as far as it is typed, perhaps ""
-- @treturn {{string,string},...} words and a text about each, only those that begin as the last word does; see above
function M.complete(words)
  local before = { table.unpack(words, 1, #words - 1) }
  local word, form = words[#words] or "", form_before()
  local _, waiting, at = form_of.walk(form, before)
  local found
  if at then
    local rest = { table.unpack(before, at + 1) }
    local command = require("optlab.cli.commands").find(before[at])
    found = complete_form(command and form_of.of_command(command, rest) or form_of.of_script(before[at]), rest, word)
  else
    found = (waiting or word:match("^%-")) and complete_form(form, before, word) or first_word(word)
  end
  if found.kind == "replace" then return found end
  local kept = { kind = found.kind }
  for _, entry in ipairs(found) do
    if entry[1]:sub(1, #word) == word then kept[#kept + 1] = entry end
  end
  return kept
end

return M
