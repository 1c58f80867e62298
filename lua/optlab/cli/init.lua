--- The command line of the program: options, scripts, the exit status. Called by src/main.c.
-- @module optlab.cli
local arguments = require "optlab.base.script_arguments"
local config = require "optlab.base.config"
local error_report = require "optlab.cli.error_report"
local files = require "optlab.base.files"

local M = {}

local STDOUT, STDERR = io.stdout, io.stderr -- a script may put other files in their place

local HELP = [=[
Usage: optlab [options] [script [script's options]]
       optlab COMMAND ...
Without a script: the list of experiments. The commands, each with a --help of
its own:

%sOptions are those of lua,

  -e STAT              run a statement
  -l NAME              require a module into a global of that name
  -i                   go to the prompt after everything else
  -v                   print the version
  -W                   turn warnings on
  -E                   ignore LUA_PATH and LUA_CPATH
  -                    run standard input
  --                   stop reading options

and, before the script or after it,

%s
  --list               list the experiments
  --version            print version and commit and exit
  --help               show this and exit; after a script: show its parameters]=]

-- --- reading the options before the script -------------------------------------------------------------------------

local function usage_error(message)
  error_report.show(message)
  return 1
end

-- Options that stand alone, before a script: what they set in the plan.
local SINGLE = {
  ["-i"] = "prompt", ["-v"] = "version", ["-E"] = "no_environment", ["-W"] = "warnings",
  ["-h"] = "help", ["--help"] = "help", ["--version"] = "version_only", ["--list"] = "list",
}

-- -e and -l, their value in the same word or the next one; the index of the last word used, or nil and a message.
local function read_action(plan, argv, i)
  local kind, value = argv[i]:sub(2, 2), argv[i]:sub(3)
  if value == "" then
    i = i + 1
    value = argv[i]
  end
  if not value then return nil, ("option '-%s' needs a value"):format(kind) end
  plan.actions[#plan.actions + 1] = { kind, value }
  return i
end

-- Splits argv into what to do first, common options, and the position of the script.
local function read_plan(argv)
  local plan = { actions = {}, common = {} }
  local i = 1
  while argv[i] do
    local word = argv[i]
    if word == "--" then
      i = i + 1
      plan.only_script = true
      break
    elseif word == "-" or word:sub(1, 1) ~= "-" then
      break
    elseif SINGLE[word] then
      plan[SINGLE[word]] = true
    elseif word:match("^%-[el]") then
      local message
      i, message = read_action(plan, argv, i)
      if not i then return nil, message end
    elseif word:match("^%-%-") then
      plan.common[#plan.common + 1] = word
      if require("optlab.params.options").wants_value(word) then
        i = i + 1
        plan.common[#plan.common + 1] = argv[i]
      end
    else
      return nil, ("unknown option '%s' (--help lists the options)"):format(word)
    end
    i = i + 1
  end
  plan.script = i
  return plan
end

-- The command that the first word names; nil if it is a script (`optlab ./help` runs a script of a command's name).
local function command_of(plan, argv)
  if plan.only_script or #plan.actions > 0 then return nil end
  return require("optlab.cli.commands").find(argv[plan.script])
end

local function run_command(host, command, words)
  local ok, message = require("optlab.cli.commands").run(command, words, host)
  return ok and 0 or usage_error(message)
end

-- --- running --------------------------------------------------------------------------------------------------------

local function run(fn, ...)
  local ok, problem = xpcall(fn, error_report.handler, ...)
  if ok then return true end
  error_report.show(problem)
  return false
end

-- keep: whether its locals are there at the prompt that follows.
local function run_text(text, name, keep, ...)
  local function declared() return require("optlab.cli.prompt.lexer").declared(text) end
  require("optlab.cli.strict").watch(name, declared, "lab.")
  local fn, message
  if keep then
    fn, message = require("optlab.cli.prompt").scope:compile(text, name)
    error_report.chunk = fn
  else
    fn, message = load(text, name)
  end
  if not fn then
    error_report.show(message .. require("optlab.cli.python").syntax(message, text))
    return false
  end
  return run(fn, ...)
end

local function run_action(action)
  if action[1] == "e" then return run_text(action[2], "=(command line)") end
  return run(function() _G[action[2]] = require(action[2]) end)
end

-- "; did you mean 'experiments/momentum.lua'?" for the name of a file that is not there, or ""; also for a command that
-- was misspelt: "; did you mean 'optlab help'?".
local function script_hint(name)
  local known, meant = {}, {}
  for _, entry in ipairs(require("optlab.cli.listing").find()) do
    local path = "experiments/" .. entry[1] .. ".lua"
    local last = entry[1]:match("[^/]+$")
    if name:gsub("%.lua$", "") == last or name == entry[1] or name == entry[1] .. ".lua"
      or name == "experiments/" .. entry[1] then
      return ("; did you mean '%s'?"):format(path)
    end
    known[#known + 1] = path
    if not name:find("/", 1, true) then
      for _, short in ipairs { last, last .. ".lua" } do
        known[#known + 1] = short
        meant[short] = meant[short] or path
      end
    end
  end
  for _, command in ipairs(require("optlab.cli.commands").NAMES) do
    known[#known + 1] = command
    meant[command] = "optlab " .. command
  end
  local near = require("optlab.base.errors").nearest(name, known)
  return near and ("; did you mean '%s'?"):format(meant[near] or near) or ""
end

-- The script as it is called: in the current folder, else among the installed ones ("experiments/momentum.lua" works
-- anywhere).
local function read_script(name)
  if name == "-" then return io.read("a"), "=stdin" end
  local text, message = files.read_script(name)
  local installed = config.root .. name
  if not text and name:match("^experiments/") and files.readable(installed) then
    name = installed
    text, message = files.read_script(name)
  end
  if text then return text, "@" .. name end
  return nil, ("cannot open %s%s"):format(message, script_hint(name))
end

-- The global `arg`: the script at 0, its arguments from 1, what stood before it below. Where options are among them, a
-- look at them counts as reading these.
local function set_arg(argv, at)
  local words = {}
  for i = 0, #argv do words[i - at] = argv[i] end
  _G.arg = words
  if #words == 0 then return end
  local _, others = require("optlab.params.options").split({ table.unpack(words) })
  if #others > 0 then _G.arg = arguments.watched(words) end
end

-- --live, whether it stands before the script or behind it.
local function start_live()
  if config.live then require("optlab.term.live").start() end
end

-- A folder that --out names belongs to the run from the start, so that a second run is refused before it computes; one
-- that is not there yet, and the default one, from the first file on.
local function claim_output()
  if not config.out_given then return end
  local ok, message = files.claim(config.out)
  if not ok then require("optlab.base.errors").raise("%s", message) end
end

local function run_script(host, argv, at, keep)
  local name, args = argv[at], table.move(argv, at + 1, #argv, 1, {})
  local text, chunk = read_script(name)
  if not text then
    error_report.show(chunk)
    return false
  end
  local script = chunk:match("^@(.*)") or name
  argv[at] = script
  set_arg(argv, at)
  config.script, config.args = script, args
  if not config.out_given then config.out = config.default_out(script) end
  local follower = require("optlab.base.launcher.follower")
  if follower.is_one() then follower.begin(host) end
  config.on_load = function()
    host.ignore_closed_pipe() -- figures come to their end
    if #args > 0 then require("optlab.params").begin(args, script) end
    start_live()
    claim_output()
    if name == "-" or config.is_follower then return end
    if config.no_keep then return config.begin_with(function() require("optlab.runs.keep.link").leave() end) end
    require("optlab.runs.keep").prepare {
      script = name, path = script, text = text, words = args, output = host.output, files = { STDOUT, STDERR },
    }
  end
  if package.loaded["optlab"] and not run(config.on_load) then return false end
  return run_text((text:gsub("^\xEF\xBB\xBF", ""):gsub("^#[^\n]*", "")), chunk, keep,
    table.unpack(args))
end

-- Calls fn; a later error must not keep the rest from being closed.
local function close(fn, ...)
  local ok, message = pcall(fn, ...)
  if not ok then error_report.show(message) end
end

-- A module's table, if it is loaded.
local function loaded(name)
  local module = package.loaded[name]
  return type(module) == "table" and module or nil
end

-- For somebody at a terminal who wonders where the figures are.
local function tell_pictures(paths)
  if #paths == 0 or config.quiet or not require("optlab.core").system.isatty("stderr") then return end
  local folder = paths[1]:match("^(.*)/") or "."
  io.stdout:flush()
  local line = ("%d %s in %s/\n"):format(#paths, #paths == 1 and "picture" or "pictures", folder)
  io.stderr:write(require("optlab.base.errors").visible(line))
end

-- The end of a run that is kept, or of a rank that leaves nothing.
local function end_run(status, message)
  if config.is_follower then require("optlab.base.launcher.follower").finish() end
  local keep = loaded "optlab.runs.keep"
  if keep then keep.finish(status, message) end
end

-- What has to be finished when the script is through: options that it did not read are refused, records get their
-- names, gnuplot its time.
local function finish_files()
  local live = loaded "optlab.term.live"
  if live then live.finish() end
  if not run(arguments.settle) then return false end
  local metrics, plot = loaded "optlab.base.csvlog", loaded "optlab.plot"
  if metrics and not run(metrics.close_all) then return false end
  if not (plot and plot.wait) then return true end
  local message
  if not run(function() message = select(2, plot.wait()) end) then return false end
  if message then error_report.show(message) end
  tell_pictures(plot.written())
  return not message
end

local function finish()
  if not finish_files() then return false end
  return run(end_run, "done")
end

-- The same after an error: what was recorded and drawn up to then is kept.
local function finish_files_after_error()
  local metrics, plot = loaded "optlab.base.csvlog", loaded "optlab.plot"
  if metrics then close(metrics.close_all) end
  if not (plot and plot.wait) then return end
  local message
  close(function() message = select(2, plot.wait()) end)
  if message then error_report.show(message) end
end

local function finish_after_error(text)
  finish_files_after_error()
  close(end_run, "failed", text or error_report.last)
end

-- --- the whole ------------------------------------------------------------------------------------------------------

local function version()
  local versions = require("optlab.core").runs.versions()
  local commit = versions.commit and ("commit %s, "):format(versions.commit) or ""
  return ("optlab %s (%s%s)"):format(versions.optlab, commit, _VERSION)
end

local function help()
  local lines = {}
  for _, row in ipairs(require("optlab.params.options").COMMON) do
    lines[#lines + 1] = ("  %-20s %s"):format(row[1] .. (row[2] and " " .. row[2] or ""), row[3])
  end
  print(HELP:format(require("optlab.cli.commands").overview() .. "\n", table.concat(lines, "\n")))
end

-- A script that ends by os.exit has come to a good end too.
local function finish_at_exit(host)
  local exit = os.exit
  os.exit = function(code, and_close) -- luacheck: ignore
    local good = code == nil or code == true or code == 0
    if good then
      if not finish() then code = 1 end
    else
      finish_after_error(error_report.last or ("the script ended by os.exit(%s)"):format(tostring(code)))
    end
    host.let_go()
    exit(code, and_close)
  end
end

-- While os.execute waits, the C library ignores Ctrl-C, which ends the program that was started. It is meant for the
-- script too, which may start the next one.
local function guard_execute(host)
  local execute = os.execute
  local function pass(...)
    local _, how, code = ...
    if how == "signal" and code == 2 then host.interrupt() end
    return ...
  end
  os.execute = function(...) return pass(execute(...)) end -- luacheck: ignore 122
end

-- A script that waits with luv is broken off by a signal too.
local function guard_loop()
  package.preload.luv = function()
    require "optlab.base.loop"
    return require "luv"
  end
end

local function work(host, plan, argv)
  for _, action in ipairs(plan.actions) do
    if not run_action(action) then return false end
  end
  if argv[plan.script] then
    if not run_script(host, argv, plan.script, plan.prompt) then return false end
  elseif #plan.actions == 0 and not plan.version and not plan.prompt then
    -- A program on a pipe or in a file is run, as by lua; nothing there: the list.
    local text = host.input_waits(2) and io.read("a") or ""
    if not text:match("%S") then
      require("optlab.cli.listing").print()
    elseif not run_text((text:gsub("^#[^\n]*", "")), "=stdin") then
      return false
    end
  end
  if not finish() then return false end
  if plan.prompt then host.output.drop() end -- the editor of lines wants the descriptors' own streams
  if plan.prompt then require("optlab.cli.prompt").run(host) end
  return true
end

-- A cell of a sweep ends with the process that started it.
local function follow_parent()
  local parent = math.tointeger(tonumber(os.getenv "OPTLAB_PARENT" or ""))
  if not parent then return end
  require("optlab.core").work.follow(parent)
  require("luv").os_unsetenv "OPTLAB_PARENT"
end

--- Runs the program.
-- @tparam table host functions of src/main.c
-- @tparam {string,...} argv the command line, the program's name at 0
-- @treturn integer exit status
function M.main(host, argv)
  follow_parent()
  local plan, message = read_plan(argv)
  if not plan then return usage_error(message) end
  if plan.help then return help() or 0 end
  if plan.version_only then return print(version()) or 0 end
  if plan.list then return require("optlab.cli.listing").print() or 0 end
  if #plan.common > 0 then
    local ok, wrong = require("optlab.params.options").read_common(plan.common)
    if not ok then return usage_error(wrong) end
  end
  local command = command_of(plan, argv)
  if command then return run_command(host, command, { table.unpack(argv, plan.script + 1) }) end
  if plan.version then print(version()) end
  if plan.warnings then warn("@on") end
  finish_at_exit(host)
  require("optlab.base.terminal.guard").install()
  start_live()
  guard_loop()
  guard_execute(host)
  set_arg(argv, argv[plan.script] and plan.script or 0)
  if work(host, plan, argv) then return 0 end
  finish_after_error()
  return 1
end

local SIGNALS = { [1] = "SIGHUP", [15] = "SIGTERM" }

--- Ends a run that a signal has broken off: records are closed as they are, gnuplot is stopped, and the line says so.
-- @tparam integer signal
function M.abandon(signal)
  local problem = error_report.interrupted or { text = "interrupted" }
  if config.is_follower then return close(end_run) end -- mpirun ends all ranks; one line is enough
  if SIGNALS[signal] then problem.text = ("%s by %s"):format(problem.text, SIGNALS[signal]) end
  local prompt, metrics = loaded "optlab.prompt", loaded "optlab.base.csvlog"
  if prompt then close(prompt.close) end
  error_report.show(problem)
  if config.on_abandon then close(config.on_abandon) end
  if metrics then close(metrics.close_all) end
  local runner = loaded "optlab.plot.draw.runner"
  if runner then close(runner.abandon) end
  close(end_run, "interrupted", problem.text)
end

return M
