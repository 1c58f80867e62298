--- The commands of the program: `optlab runs`, `optlab sweep x.lua ...`, each a file in this folder.
--
-- A command is a table
--
--    return {
--      name = "tag",
--      summary = "gives runs a tag",       -- its line in optlab --help
--      usage = "optlab tag RUN... NAME [--remove]",
--      build = function(parser) ... end,                  -- adds arguments and options to an argparse parser
--      run = function(values, host) ... return true end,  -- or nil and a message
--    }
--
-- With `reads_runs = true` it has the option --runs-dir.
--
-- A command whose words are not for argparse (the values of a sweep) has `read(words)` instead of `build`: it returns
-- the table for `run`, or nil and a message.
--
-- For completion in shells the names of arguments and placeholders of options say what may stand there: RUN, TAG,
-- SCRIPT, DIR, FILE (optlab.cli.completion.form); a field `completes` says it for other names. A command with `read`
-- has fields `options`, rows {flag, placeholder or nil, text}, and `takes`, the kind of its arguments.
-- @module optlab.cli.commands
local M = {}

-- In the order of optlab --help.
M.NAMES = {
  "list", "sweep", "slurm", "runs", "show", "watch", "compare", "diff", "plot", "report", "tag", "rm", "gc", "export",
  "verify", "help", "new", "completion",
}

-- Commands that share a folder.
local FOLDERS = {
  sweep = { "sweep", "slurm" }, runs = { "runs", "show", "watch", "tag", "rm", "gc" },
  compare = { "compare", "diff", "plot", "export", "verify" },
}

local module_of = {} -- name -> module
for _, name in ipairs(M.NAMES) do module_of[name] = "optlab.cli.commands." .. name end
for folder, names in pairs(FOLDERS) do
  for _, name in ipairs(names) do module_of[name] = ("optlab.cli.commands.%s.%s"):format(folder, name) end
end

--- A command by its name.
-- @tparam ?string name
-- @treturn ?table nil where there is none of that name
function M.find(name)
  return module_of[name] and require(module_of[name]) or nil
end

--- The lines about all commands for optlab --help.
-- @treturn string "" without commands
function M.overview()
  local lines = {}
  for i, name in ipairs(M.NAMES) do lines[i] = ("  %-12s %s\n"):format(name, M.find(name).summary) end
  return table.concat(lines)
end

--- The argparse parser of a command that has `build`.
-- @tparam table command
-- @treturn table
function M.parser(command)
  local parser = require("argparse")("optlab " .. command.name, command.doc or command.summary)
  parser:add_help(false):help_max_width(80)
  parser:usage("Usage: " .. command.usage)
  command.build(parser)
  if command.reads_runs then
    parser:option("--runs-dir"):argname("DIR"):description("the folder of runs (default runs)")
  end
  parser:flag("-h --help"):description("show this and exit"):target("help")
  return parser
end

local function wants_help(words)
  for _, word in ipairs(words) do
    if word == "--help" or word == "-h" then return true end
    if word == "--" then return false end
  end
  return false
end

-- The values of the words; nil and a message, or nil alone where help has been shown.
local function read(command, words)
  if command.read then return command.read(words) end
  local parser = M.parser(command)
  if wants_help(words) then
    io.write(parser:get_help(), "\n")
    return nil
  end
  return require("optlab.params.options").parse(parser, words)
end

--- Runs a command.
-- @tparam table command
-- @tparam {string,...} words that follow its name
-- @tparam table host functions of src/host/main.c
-- @treturn ?boolean true, or nil and a message
function M.run(command, words, host)
  local values, message = read(command, words)
  if values and values.runs_dir then require("optlab.base.config").runs = values.runs_dir end
  if values then return command.run(values, host) end
  if message then return nil, message end
  return true
end

return M
