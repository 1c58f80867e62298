--- `optlab completion bash|zsh`: prints the script that lets a shell complete optlab's commands.
-- @module optlab.cli.commands.completion
local HELP = [[
Usage: optlab completion bash|zsh

Prints a script that lets the shell complete commands, options, experiments by
their path or name, a script's parameters and their choices, numbers and tags
of runs. For the present shell, and for all later ones:

  bash   eval "$(optlab completion bash)"                 in ~/.bashrc
  zsh    eval "$(optlab completion zsh)"    after compinit, in ~/.zshrc

cmake --install puts both scripts where the shells look for them.
]]

-- `--bash LINE WORD` and `--zsh WORD...` are what these scripts call.
local function read(words)
  local first = words[1]
  if first == "--bash" then return { bash = { words[2] or "", words[3] or "" } } end
  if first == "--zsh" then return { zsh = { table.unpack(words, 2) } } end
  if first == "--help" or first == "-h" then return { help = true } end
  if (first == "bash" or first == "zsh") and #words == 1 then return { shell = first } end
  return nil, "the shell must be bash or zsh, got " .. (first and ("'%s'"):format(words[2] or first)
    or "nothing")
end

local function run(values)
  local text
  if values.help then
    text = HELP
  elseif values.bash then
    text = require("optlab.cli.completion.shells").bash(table.unpack(values.bash))
  elseif values.zsh then
    text = require("optlab.cli.completion.shells").zsh(values.zsh)
  else
    local name = ("%scli/completion/optlab.%s"):format(require("optlab.base.config").lib, values.shell)
    local message
    text, message = require("optlab.base.files").read(name)
    if not text then return nil, message end
  end
  io.write(text)
  return true
end

return {
  name = "completion", summary = "prints a script that completes these commands in bash or zsh",
  usage = "optlab completion bash|zsh", read = read, run = run, takes = { "bash", "zsh" },
}
