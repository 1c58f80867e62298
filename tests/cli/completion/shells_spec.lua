--- Completion of the command line: what is offered, and bash and zsh themselves in a pseudo terminal.
local config = require "optlab.base.config"
local fake_runs = require "tests.support.fake_runs"
local files = require "tests.support.files"
local form_of = require "optlab.cli.completion.form"
local program = require "tests.support.program"
local shells = require "optlab.cli.completion.shells"
local terminal = require "tests.support.terminal"

local send, expect = terminal.send, terminal.expect

local function there_is(shell)
  return (os.execute("command -v " .. shell .. " >/dev/null 2>&1"))
end

-- What bash is offered for a line: the kind, and the words.
local function offered(line)
  local words, kind = {}, nil
  for word in shells.bash("optlab " .. line, line:match("[^ =]*$")):gmatch("[^\n]+") do
    if kind then words[#words + 1] = word else kind = word end
  end
  return table.concat(words, " "), kind
end

local function offers(word, line)
  local words = offered(line)
  assert.is_truthy((" " .. words .. " "):find(" " .. word .. " ", 1, true), line .. ": " .. words)
end

describe("what is offered", function()
  it("for the first word are commands, scripts, experiments by name", function()
    offers("help", "")
    assert.same({ "list", "lua" }, { offered "lis" })
    assert.same({ "experiments/momentum.lua", "replace" }, { offered "mom" })
    assert.same({ "experiments/adadelta.lua experiments/adagrad.lua experiments/adam.lua", "replace" },
      { offered "ada" })
    assert.same({ "experiments/claims/adam-eps.lua", "replace" }, { offered "adam-ep" })
    assert.same({ "", "lua" }, { offered "nowhere/x" })
  end)

  it("before a script are the program's options and their values", function()
    assert.equal("--threads", (offered "--thr"))
    assert.equal("svg", (offered "--format s"))
    assert.equal("svg,png svg,pdf", (offered "--format svg,p"))
    assert.equal("png pdf", (offered "--format=p"))
    assert.same({ "", "folders" }, { offered "--out x" })
    assert.equal("", (offered "-e pri"))
    assert.same({ "experiments/momentum.lua", "replace" }, { offered "--seed 3 --quiet mom" })
  end)

  it("after a command is what it takes", function()
    assert.equal("momentum", (offered "list mo"))
    assert.equal("bash zsh", (offered "completion "))
    offers("Linear", "help Lin")
    offers("nn.Linear", "help nn.Lin")
    assert.equal("--help", (offered "list --"))
  end)

  it("after a script are its parameters and their choices, asked of the script", function()
    local dir = files.folder()
    finally(function() files.remove(dir) end)
    files.write(dir .. "/a.lua", [[
local lab = require "optlab"
local p = lab.params {
  rate = {default = 0.1, help = "how fast"}, method = {default = "sgd", choices = {"sgd", "adam"}}, fast = false,
}
error "it was run"]])
    local script = dir .. "/a.lua"
    assert.equal("--rate", (offered(script .. " --ra")))
    assert.equal("--method", (offered(script .. " --rate 0.5 --me")))
    assert.equal("sgd adam", (offered(script .. " --method ")))
    assert.equal("adam", (offered(script .. " --method=a")))
    assert.equal("true false", (offered(script .. " --fast ")))
    assert.equal("sgd", (offered(script .. " --fast --method s")))
    assert.equal("--format", (offered(script .. " --form")))
    assert.matches("--rate\thow fast (default 0.1)\n", shells.zsh { script, "--rat" }, 1, true)
    assert.same({ "a.lua" }, files.names(dir))
    offers("--lr", "experiments/momentum.lua --")
  end)

  it("after a command that reads its words itself is what its rows say, with its script's parameters", function()
    local command = {
      read = function() end, takes = "script", options = { { "--jobs", "N", "at a time" }, { "--again", nil, "anew" } },
    }
    local form = form_of.of_command(command, { "--jobs", "2", "experiments/momentum.lua", "--lr" })
    assert.same({ flag = "--jobs", wants = "value", text = "at a time" }, form.options[1])
    assert.same({ flag = "--again", text = "anew" }, form.options[2])
    assert.equal("value", form_of.option_of(form, "--lr").wants)
    assert.same({ "script" }, form.arguments)
    assert.is_nil(form_of.option_of(form_of.of_command(command, { "--jobs", "2" }), "--lr"))
  end)

  it("after another script are the options of every script, and it is not run", function()
    local dir = files.folder()
    finally(function() files.remove(dir) end)
    local text = "io.open('%s/was_run', 'w') --"
    files.write(dir .. "/plain.lua", text:format(dir) .. " no params here")
    files.write(dir .. "/uses.lua", "local lab = require 'optlab' " .. text:format(dir))
    for _, name in ipairs { "plain", "uses" } do offers("--seed", ("%s/%s.lua --s"):format(dir, name)) end
    assert.same({ "plain.lua", "uses.lua" }, files.names(dir))
    assert.equal("", (offered("nowhere.lua --lr")))
  end)

  it("for commands about runs are their numbers, tags, parameters and quantities", function()
    local dir = files.folder()
    local before = config.runs
    finally(function()
      config.runs = before
      files.remove(dir)
    end)
    config.runs = dir
    for i = 1, 12 do
      fake_runs.make(dir, {
        n = i, experiment = "momentum", parameters = { lr = i, beta = 1 }, loss = { 2, 1 },
        tags = i == 3 and { "good" } or {},
      })
    end
    assert.equal("last 12 11 10 9 8 7 6 5 4 3 2 1 @good", (offered "report "))
    assert.equal("12 11 10 1", (offered "report --title x 1"))
    assert.equal("@good", (offered "report 3 @"))
    assert.equal("last 12 11 10 9 8 7 6 5 4 3 2 1 @good", (offered "show "))
    assert.equal("12 11 10 1", (offered "rm -y 1"))
    assert.equal("good", (offered "tag 12 g"))
    assert.equal("momentum", (offered "runs mo"))
    assert.equal("beta lr loss", (offered "runs --where "))
    assert.equal("damaged", (offered "runs --status da"))
    assert.equal("", (offered "runs --limit 1"))
    assert.same({ "", "folders" }, { offered "report runs/" })
    assert.equal("beta lr", (offered "report --by "))
    assert.equal("loss", (offered "report --y lo"))
    assert.equal("-loss", (offered "report --y -l"))
    assert.matches("12\tmomentum, done\n11\tmomentum, done\n", shells.zsh { "report", "1" }, 1, true)
  end)

  it("is written as bash reads it: with backslashes unless a quote is open", function()
    local dir = files.folder()
    local before = config.runs
    finally(function()
      config.runs = before
      files.remove(dir)
    end)
    config.runs = dir
    fake_runs.make(dir, { n = 1, experiment = "a", tags = { "it's two" } })
    assert.equal("none\n@it\\'s\\ two\n", shells.bash("optlab show @", "@"))
    assert.equal("none\n@it's two\n", shells.bash('optlab show "@', '"@'))
  end)

  it("understands quotes and backslashes", function()
    assert.equal("svg", (offered "-e 'print(\"a b\")' --format s"))
    assert.equal("svg", (offered "-e a\\ b --format s"))
  end)
end)

describe("optlab completion", function()
  local dir
  before_each(function()
    dir = files.folder()
    files.write(dir .. "/my_script.lua", 'print "mine"')
  end)
  after_each(function() files.remove(dir) end)

  -- A shell with the completion in force, in a terminal; each line is typed after the prompt.
  local function shell(command, setup, steps)
    local lines = { expect "$ " }
    local folder = program.path:match("^(.*)/")
    for _, line in ipairs { "PATH=" .. folder .. ":$PATH", setup, "echo rea''dy" } do
      lines[#lines + 1] = send(line .. "\r")
    end
    lines[#lines + 1] = expect "ready\r\n"
    for _, step in ipairs(steps) do lines[#lines + 1] = step end
    local status, out, err = terminal.run(dir, command, lines, { env = "EDITOR= VISUAL= PS1='$ '", columns = 100 })
    assert.equal("", err, terminal.plain(out))
    return status, terminal.plain(out)
  end

  local function bash(...) return shell("exec bash --norc --noprofile -i", 'eval "$(optlab completion bash)"', ...) end

  local function zsh(...)
    return shell("exec env ZDOTDIR=" .. dir .. " zsh -f -i",
      'autoload -Uz compinit && compinit -u -D && eval "$(optlab completion zsh)"', ...)
  end

  -- Types a line with Tabs, and prints what has become of it.
  local function becomes(steps, typed, line)
    for _, step in ipairs {
      send(typed), send '\1echo "=', send '\5="\r', expect("=" .. line),
    } do steps[#steps + 1] = step end
    table.move({ expect "$ " }, 1, 1, #steps + 1, steps)
  end

  for name, run in pairs { bash = bash, zsh = zsh } do
    it("works in " .. name, function()
      if not there_is(name) then return pending(name .. " is not installed") end
      local steps = {}
      becomes(steps, "optlab lis\t", "optlab list")
      becomes(steps, "optlab list mom\t", "optlab list momentum")
      becomes(steps, "optlab my\t", "optlab my_script.lua")
      becomes(steps, "optlab mom\t", "optlab experiments/momentum.lua")
      becomes(steps, "optlab experi\tmom\t", "optlab experiments/momentum.lua")
      becomes(steps, "optlab --form\tsv\t", "optlab --format svg")
      becomes(steps, "optlab --format=p\tn\t", "optlab --format=png")
      becomes(steps, "optlab help nn.Linea\t", "optlab help nn.Linear")
      becomes(steps, "optlab experiments/momentum.lua --thr\t", "optlab experiments/momentum.lua --threads")
      table.move({ send "optlab my\t\r", expect "mine", send "exit\r" }, 1, 3, #steps + 1, steps)
      run(steps)
    end)
  end

  it("is installed where the shells look, and found there by both", function()
    local build = program.path:match("^(.*)/")
    if not there_is "cmake" or not io.open(build .. "/cmake_install.cmake") then return pending "no cmake here" end
    local status, _, err = program.shell(dir, ("cmake --install '%s' --prefix '%s/usr' >/dev/null"):format(build, dir))
    assert.same({ 0, "" }, { status, err })
    for name, path in pairs { bash = "bash-completion/completions/optlab", zsh = "zsh/site-functions/_optlab" } do
      local _, printed = program.run(dir, "completion", name)
      assert.equal(printed, files.read(dir .. "/usr/share/" .. path))
    end
    local _, said = program.shell(dir, "usr/bin/optlab completion bash")
    assert.equal(files.read(dir .. "/usr/share/bash-completion/completions/optlab"), said)
    if not there_is "zsh" then return end
    local steps = {}
    becomes(steps, "optlab experi\tmom\t", "optlab experiments/momentum.lua")
    shell("exec env ZDOTDIR=" .. dir .. " zsh -f -i", "fpath=(" .. dir .. "/usr/share/zsh/site-functions $fpath); "
      .. "autoload -Uz compinit && compinit -u -D", steps)
  end)

  it("refuses another shell", function()
    local status, out, err = program.run(dir, "completion", "fish")
    assert.same({ 1, "" }, { status, out })
    assert.equal("optlab: the shell must be bash or zsh, got 'fish'\n", err)
    assert.equal(1, (program.run(dir, "completion")))
  end)
end)
