--- Scripts to start from: `optlab new NAME`. Each kind is a script in this folder, which runs as it is.
-- @module optlab.cli.new
local config = require "optlab.base.config"
local files = require "optlab.base.files"
local shell = require "optlab.base.text.shell"

local M = {}

--- The kinds of scripts: {name, what it does}.
M.KINDS = {
  { "descent", "a function of two numbers, minimized by an update rule" },
  { "training", "a network trained on a data set" },
  { "optimizer", "your own optimizer, beside a built-in one" },
  { "schedule", "your own learning-rate schedule, beside the cosine" },
  { "sweep", "many small trainings side by side, over seeds and learning rates" },
}

--- A script's path in a command line: quoted where a shell needs that, and "./-x.lua" for one that looks like an
-- option.
-- @tparam string path
-- @treturn string
function M.command_word(path) return shell.word((path:gsub("^%-", "./-"))) end

-- "my" and "my.lua" are the file my.lua; its name is what stands before the dot.
local function file_of(word)
  local path = word:match("%.lua$") and word or word .. ".lua"
  return path, path:match("([^/]+)%.lua$")
end

-- The text of a kind with the names of the script in its opening comment.
local function text_of(kind, path, name)
  local text, message = files.read(("%scli/new/%s.lua"):format(config.lib, kind))
  if not text then return nil, message end
  local comment, rest = text:match("^(.-)\n(local lab.*)$")
  if not require("optlab.cli.commands").find "sweep" then comment = comment:gsub("\n[^\n]*optlab sweep [^\n]*", "") end
  local values = { NAME = name, FILE = M.command_word(path), OUT = config.default_out(path) .. "/" }
  return comment:gsub("%f[%w]%u+%f[%W]", values) .. "\n" .. rest
end

--- Writes a script.
-- @tparam string word a name or a path, with or without .lua
-- @tparam string kind
-- @treturn[1] string the file's path
-- @treturn[2] nil
-- @treturn[2] string a message: the file is there already, or cannot be written
function M.write(word, kind)
  local path, name = file_of(word)
  if not name or name:find "%c" then return nil, ("'%s' is not the name of a script"):format(word) end
  if files.kind(path) then return nil, ("%s is there already; it is left as it is"):format(path) end
  local text, message = text_of(kind, path, name)
  if not text then return nil, message end
  local written
  written, message = files.replace(path, text)
  if not written then return nil, message end
  return path
end

return M
