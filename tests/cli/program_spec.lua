--- The program: as an interpreter, its options, its prompt, its messages.
local files = require "tests.support.files"
local program = require "tests.support.program"

describe("the program", function()
  local dir

  before_each(function() dir = files.folder() end)
  after_each(function() files.remove(dir) end)

  local function run(...) return program.run(dir, ...) end
  local function script(text, name) files.write(dir .. "/" .. (name or "a.lua"), text) end

  describe("as a Lua interpreter", function()
    it("runs a script with its arguments in `...` and `arg`", function()
      script 'print(arg[0], arg[1], select("#", ...), (select(2, ...)))'
      local status, out = run("a.lua", "--x", "two words")
      assert.same({ 0, "a.lua\t--x\t2\ttwo words\n" }, { status, out })
    end)

    it("puts what stood before the script below arg[0]", function()
      script "print(arg[-1], arg[-2])"
      local _, out = run("-W", "-E", "a.lua")
      assert.equal("-E\t-W\n", out)
    end)

    it("runs -e and -l in their order, before the script", function()
      script('return { say = function() print "module" end }', "mine.lua")
      script "print(x, y)"
      local _, out = run("-e", "x = 1", "-lmine", "-e", "mine.say() y = x + 1", "a.lua")
      assert.equal("module\n1\t2\n", out)
    end)

    it("runs standard input, with and without `-`", function()
      local _, out = program.feed(dir, "print(7, ...)", "-", "a")
      assert.equal("7\ta\n", out)
      _, out = program.feed(dir, "#!/usr/bin/env optlab\nprint(8)")
      assert.equal("8\n", out)
    end)

    it("passes over a first line that begins with #! and keeps the line numbers", function()
      script '#!/usr/bin/env optlab\nerror("here")'
      local status, _, err = run("a.lua")
      assert.same({ 1, "optlab: a.lua:2: here\n" }, { status, err })
    end)

    it("gives the status of os.exit", function()
      assert.equal(3, (run("-e", "os.exit(3)")))
      assert.equal(0, (run("-e", "os.exit(true)")))
      assert.equal(1, (run("-e", "os.exit(false)")))
    end)

    it("ignores LUA_PATH after -E", function()
      local command = "LUA_PATH='/nowhere/?.lua' " .. program.path
        .. " %s -e 'print(package.path:find(\"nowhere\") ~= nil)'"
      local _, out = program.shell(dir, command:format("-E"))
      assert.equal("false\n", out)
      _, out = program.shell(dir, command:format(""))
      assert.equal("true\n", out)
    end)

    it("sets no globals by requiring optlab", function()
      local _, out = run("-e", [[
        local before = {}
        for name in pairs(_G) do before[name] = true end
        require "optlab"
        for name in pairs(_G) do if not before[name] then print(name) end end]])
      assert.equal("", out)
    end)

    it("finds its modules from any folder, also through a link", function()
      local status, out = program.shell(dir, "ln -s " .. program.path .. " link && "
        .. "./link -e 'print(require(\"optlab\")._VERSION)'")
      assert.equal(0, status)
      assert.matches("^optlab %d", out)
    end)
  end)

  describe("with options", function()
    it("prints version and commit", function()
      local status, out = run("--version")
      assert.equal(0, status)
      local commit = out:match("^optlab %d+%.%d+%.%d+ %(commit (%x+)%+?, Lua 5%.4%)\n$")
      if program.shell(".", "git rev-parse") ~= 0 then -- no checkout
        return assert.matches("^optlab %d+%.%d+%.%d+ %(Lua 5%.4%)\n$", out)
      end
      assert.equal(0, (program.shell(".", "git cat-file -e " .. assert(commit, out))))
    end)

    it("prints help", function()
      local status, out
      status, out = run("--help")
      assert.equal(0, status)
      for _, flag in ipairs { "--seed N", "--out DIR", "--format F[,F]", "--threads N", "--data DIR", "--quiet" } do
        assert.matches("\n  " .. flag .. "  ", out, 1, true)
      end
    end)

    it("reads the common ones before the script", function()
      script [[
        local c = require("optlab").config
        print(c.seed, c.out, c.threads, c.data, c.quiet, table.concat(c.format, "+"))]]
      local _, out = program.shell(dir,
        program.path .. " --seed 7 --out=o --threads 1 --data d --quiet --format svg,png a.lua")
      assert.equal("7\to\t1\td\ttrue\tsvg+png\n", out)
    end)

    it("lets them stand after the name of a script that uses optlab", function()
      script [[
        local lab = require "optlab"
        print(lab.config.seed, lab.config.out, ...)]]
      local status, out = run("a.lua", "--seed", "7", "--out=o")
      assert.same({ 0, "7\to\t--seed\t7\t--out=o\n" }, { status, out })
      local failed, _, err = run("a.lua", "--seed", "x")
      assert.same({ 1, "optlab: a.lua:1: --seed must be an integer of at least 0, got 'x'\n" }, { failed, err })
    end)

    it("leaves the arguments of a script that does not use optlab alone", function()
      script 'print("plain", getmetatable(arg), ...)'
      local status, out = run("a.lua", "--seed", "x")
      assert.same({ 0, "plain\tnil\t--seed\tx\n" }, { status, out })
    end)

    it("repeats random numbers by default and changes them with --seed", function()
      script 'print(table.concat(require("optlab").rand(4):tolist(), " "))'
      local _, first = run("a.lua")
      local _, again = run("a.lua")
      local _, other = run("--seed", "1", "a.lua")
      local _, after = run("a.lua", "--seed=1")
      assert.equal(first, again)
      assert.not_equal(first, other)
      assert.equal(other, after)
    end)

    for given, message in pairs {
      ["--sede 3"] = "unknown option '--sede'; did you mean '--seed'?",
      ["-q"] = "unknown option '-q' (--help lists the options)",
      ["--seed x"] = "--seed must be an integer of at least 0, got 'x'",
      ["--seed"] = "option '--seed' requires an argument",
      ["-e"] = "option '-e' needs a value",
      ["--threads 0"] = "--threads must be an integer in [1, 1024], got '0'",
      ["--theme drak"] = "--theme: unknown theme 'drak'; did you mean 'dark'? (themes: default, paper, slides, dark)",
      ["--format sgv"] =
        "--format: unknown format 'sgv'; did you mean 'svg'? "
          .. "(formats: svg, png, pdf, eps, tex, gif, webp, html, txt, none)",
    } do
      it("explains " .. given, function()
        local status, out, err = program.shell(dir, program.path .. " " .. given .. " </dev/null")
        assert.same({ 1, "", "optlab: " .. message .. "\n" }, { status, out, err })
      end)
    end
  end)

  describe("without a script", function()
    it("lists the experiments with their first sentences, 80 columns wide", function()
      os.execute("mkdir -p " .. dir .. "/experiments/custom")
      script("--- Finds the minimum. Then more.\nprint(1)", "experiments/first.lua")
      local words = ("of many words "):rep(9)
      script("#!/usr/bin/env optlab\n--[[ A second one\n  " .. words .. "]]", "experiments/custom/b.lua")
      local status, out = run()
      assert.equal(0, status)
      assert.matches("\n  first +Finds the minimum%.\n", out)
      assert.matches("\n  custom/b +A second one of many", out)
      for line in out:gmatch("[^\n]+") do assert.is_true(#line <= 80, line) end
    end)

    describe("where sections have claims and exercises", function()
      before_each(function()
        for name, text in pairs {
          gd = "Gradient descent.", sgd = "With noise.", ["minibatch-sgd"] = "Batches.", mine = "My own.",
          ["claims/sgd-unbiased"] = "Is it?", ["claims/minibatch-sgd-variance"] = "How much less?",
          ["exercises/gd-10"] = "The tenth.", ["exercises/gd-2"] = "The second.", ["claims/other-1"] = "Of none.",
          ["exercises/tools"] = "What they share.\n--\n-- @module tools",
        } do
          os.execute(("mkdir -p %s/experiments/%s"):format(dir, name:match("^(.*/)") or ""))
          script("--- " .. text .. "\nprint(1)", ("experiments/%s.lua"):format(name))
        end
      end)

      it("names them below their section, in the book's order", function()
        local _, out = run()
        local list = out:match("\n\n(.-)\n\n"):gsub(" +", " ")
        assert.equal(" gd Gradient descent.\n exercises 2 10\n sgd With noise.\n claims unbiased\n"
          .. " minibatch-sgd Batches.\n claims variance\n mine My own.\n claims/other-1 Of none.", list)
        assert.matches("\nA claim: +optlab experiments/claims/sgd%-unbiased%.lua\n", out)
        assert.matches("\nAn exercise: +optlab experiments/exercises/gd%-2%.lua\n", out)
        assert.equal(out, (select(2, run("--list"))))
      end)

      it("gives a line to each, of all or of a section", function()
        local status, out = run("list", "gd")
        assert.equal(0, status)
        assert.equal(" gd Gradient descent.\n exercises/gd-2 The second.\n exercises/gd-10 The tenth.\n",
          (out:gsub(" +", " ")))
        status, out = run("list")
        assert.equal(0, status)
        assert.equal(10, select(2, out:gsub("\n", ""))) -- a long name has a line of its own
        assert.matches("\n  claims/minibatch%-sgd%-variance\n +How much less%?\n", out)
      end)

      it("guesses what was meant", function()
        local function says(message, ...)
          local status, _, err = run(...)
          assert.same({ 1, "optlab: " .. message .. "\n" }, { status, err })
        end
        says("there is no section 'sdg'; did you mean 'sgd'?", "list", "sdg")
        says("there is no section 'zebra' (optlab --list shows them)", "list", "zebra")
        says("unexpected argument 'sgd' (options are written --name value)", "list", "gd", "sgd")
        says("cannot open gd-2.lua: No such file or directory; did you mean 'experiments/exercises/gd-2.lua'?",
          "gd-2.lua")
      end)

      it("runs a script called list by its path", function()
        script("print(7)", "list")
        assert.equal("7\n", (select(2, run("./list"))))
      end)
    end)

    it("lists the installed ones elsewhere, and runs them by name", function()
      local _, out = run("--list")
      assert.matches("\n  momentum ", out)
      local status, help = run("experiments/momentum.lua", "--help")
      assert.equal(0, status)
      assert.matches("%-%-momentum NUMBER", help)
    end)
  end)

  describe("when something fails", function()
    local function fails(text, message)
      script(text)
      local status, _, err = run("a.lua")
      assert.same({ 1, "optlab: " .. message .. "\n" }, { status, err })
    end

    it("names a missing script in one line", function()
      local status, _, err = run("nofile.lua")
      assert.same({ 1, "optlab: cannot open nofile.lua: No such file or directory\n" }, { status, err })
    end)

    it("shows a syntax error in one line", function()
      fails("local x = = 3", "a.lua:1: unexpected symbol near '='")
    end)
    it("shows an error of the main chunk in one line", function() fails("\nerror('mine')", "a.lua:2: mine") end)
    it("keeps a message without a position", function() fails("error('mine', 0)", "mine") end)

    it("shows an error object through __tostring", function()
      fails("error(setmetatable({}, { __tostring = function() return 'my object' end }))", "my object")
      fails("error({})", "(error object is a table value)")
      fails("error()", "(error object is a nil value)")
    end)

    it("names a module that is not there without the list of places", function()
      fails("require 'nosuch'", "a.lua:1: module 'nosuch' not found")
    end)

    it("puts an error of the library at the script's line", function()
      fails("local lab = require 'optlab'\n\nlab.progress('x')",
        "a.lua:3: lab.progress: total must be an integer of at least 0, got 'x'")
      fails("local lab = require 'optlab'\nlab.set_num_threads(0)",
        "a.lua:2: lab.set_num_threads: n must be an integer of at least 1, got 0")
    end)

    it("adds the user's own calls when there are any", function()
      fails("local function f(x) return x.y.z end\nlocal function g() local v = f({}) return v end\nlocal v = g()",
        "a.lua:1: attempt to index a nil value (field 'y')\nstack traceback:\n\ta.lua:1: in function 'f'\n"
        .. "\ta.lua:2: in function 'g'\n\ta.lua:3: in main chunk")
    end)

    it("survives a stack overflow and a failing __tostring", function()
      script "local function f() return 1 + f() end f()"
      local status, _, err = run("a.lua")
      assert.equal(1, status)
      assert.matches("^optlab: a.lua:1: stack overflow", err)
      script "error(setmetatable({}, { __tostring = function() error 'no' end }))"
      status, _, err = run("a.lua")
      assert.equal(1, status)
      assert.matches("^optlab: a.lua:1: no\n", err)
    end)

    it("shows the whole stack after --traceback", function()
      script "local lab = require 'optlab' lab.progress('x')"
      local _, _, err = run("--traceback", "a.lua")
      assert.matches("optlab/base/progress.lua:%d+: in", err)
    end)

    it("reports output that does not reach its file", function()
      local status, _, err = program.shell(dir, program.path .. " -e 'print(1)' >/dev/full")
      assert.equal(1, status)
      assert.equal("optlab: cannot write to standard output: No space left on device\n", err)
    end)

    it("goes on without a reader when it uses optlab, so that its figures are drawn", function()
      script "local lab = require 'optlab'\nfor i = 1, 20000 do print(i) end\nlab.metrics{'a'}:row(1)"
      local status, out, err = program.shell(dir, "mkfifo .fifo; " .. program.path .. " a.lua >.fifo & pid=$!\n"
        .. "head -n 1 <.fifo; wait $pid")
      assert.same({ 0, "1\n", "" }, { status, out, err })
      assert.equal("a\n1\n", files.read(dir .. "/out/a/metrics.csv"))
    end)

    it("passes that on to no program that it starts", function()
      script 'require "optlab" print(select(2, os.execute "kill -PIPE $$"))'
      local status, out = run("a.lua")
      assert.same({ 0, "signal\t13\n" }, { status, out })
    end)

    it("ends without a reader when it does not, as under lua", function()
      script "while true do print(1) end"
      local status = program.shell(dir, "mkfifo .fifo; " .. program.path .. " a.lua >.fifo & pid=$!\n"
        .. "head -n 1 <.fifo; wait $pid")
      assert.equal(128 + 13, status)
    end)

    it("stops at Ctrl-C with a traceback and status 130", function()
      script "local function work() while true do end end\nio.stderr:write('up\\n')\nwork()"
      local status, _, err = program.shell(dir, program.path .. " a.lua & pid=$!\n"
        .. "until grep -q up .err; do sleep 0.02; done; kill -INT $pid; wait $pid")
      assert.equal(130, status)
      assert.matches("optlab: a.lua:1: interrupted\nstack traceback:\n\ta.lua:1: in [^\n]*work[^\n]*\n"
        .. "\ta.lua:3: in main chunk\n", err)
    end)
  end)

  describe("at a terminal", function()
    -- What a terminal of 80 columns would get.
    local function typescript(text)
      if os.execute("command -v script >/dev/null") ~= true then return nil end
      script(text)
      local _, out = program.shell(dir, "script -qec 'stty cols 80; " .. program.path .. " a.lua' /dev/null </dev/null")
      return out
    end

    it("clears the progress bar for a printed line, and goes on below it", function()
      local out = typescript [[
        local lab, uv = require "optlab", require "luv"
        for i in lab.progress(4, "work") do
          uv.sleep(120)
          if i == 3 then print "a line" end
        end]]
      if not out then pending("there is no script(1) here") return end
      assert.matches("\rwork %[#+ *%] 50%%  2/4 [^\r]*left\r +\ra line\r\n\rwork %[#+ *%] 75%%  3/4 ", out)
    end)

    it("shows the rate in the trainer's examples, the time left and the loss within 80 columns", function()
      local out = typescript [[
        local lab, uv = require "optlab", require "luv"
        local nn = lab.nn
        local net = nn.Linear(2, 1)
        lab.train.fit {
          model = net, loss = nn.MSELoss(), optimizer = lab.optim.SGD(net:parameters(), {lr = 0.1}), epochs = 2,
          data = lab.data.loader({X = lab.ones(64, 2), y = lab.zeros(64, 1)}, {batch_size = 32}),
          on_step = function() uv.sleep(120) end, progress = "a long label",
        }]]
      if not out then pending("there is no script(1) here") return end
      assert.matches("\ra long label %[#+ *%] 75%%  3/4  %d+ examples/s  0:00 left  loss %d%.%d%d%d", out)
      for line in out:gmatch("[^\r\n]+") do assert.is_true(#line < 80, line) end
    end)
  end)

  describe("at the prompt", function()
    local function prompt(text)
      files.write(dir .. "/.in", text)
      return program.shell(dir, "XDG_STATE_HOME=" .. dir .. " " .. program.path .. " -i <.in")
    end

    it("prints the values of expressions", function()
      local status, out = prompt "1 + 1\n'a', nil\n=3\nx = 4\nx\n"
      assert.same({ 0, '2\n"a"\nnil\n3\n4\n' }, { status, out })
    end)

    it("shows tables and tensors as they print", function()
      local _, out = prompt "{1, 2, x = {}, ['a b'] = 'c'}\nlab.zeros(2)\n"
      local shown, rest = out:match("^([^\n]+)\n(.*)$")
      assert.equal('{1, 2, ["a b"] = "c", x = {}}', shown)
      assert.equal(tostring(require("optlab").zeros(2)) .. "\n", rest)
    end)

    it("shows objects by a line and none of their internals", function()
      local _, out = prompt(table.concat({
        'plot.figure{title = "a"}:line{1, 2}', "plot.grid{plot.figure():line{1}, plot.figure():line{2}}",
        "lab.progress(3)",
        "train.optimizer({lab.ones(1)}, function(x) return x end)", "{plot.figure(), print}",
        "lab.compile(print):pass(data.loader{X = lab.ones(2, 1)})",
      }, "\n") .. "\n")
      assert.equal('Figure "a" (1 element; fig:save(name) draws it)\n'
        .. "Grid (2 figures; grid:save(name) draws it)\nBar (0/3)\nnil\nnil\nBar (0/3)\n"
        .. "RuleOptimizer (parameters: 1, updates: 0)\n"
        .. "{Figure (0 elements; fig:save(name) draws it), function}\nCompiledPass(2 batches left)\n", out)
    end)

    it("prints no address for what the library makes", function()
      local made = {
        "optim.SGD{lab.ones(1, {requires_grad = true})}", "nn.Linear(1, 1)", "nn.Sequential(nn.ReLU())",
        "nn.Module.extend{name = 'N'}()", "data.loader{X = lab.ones(1, 1)}", "sched.Cosine{max_update = 3}",
        "sched.LambdaLR{base_lr = 1, lr_lambda = print}", "nn.Linear(1, 1):state_dict()", "lab.compile(print)",
        "sched.ReduceLROnPlateau(optim.SGD{lab.ones(1)})", "sched.attach(optim.SGD{lab.ones(1)}, sched.SquareRoot{})",
        "optim.SGD{lab.ones(1)}.param_groups[1]", "optim.SGD{lab.ones(1)}.defaults", "lab.ones(2)", "lab.metrics{'a'}",
        "lab.get_rng_state()", "lab.nn", "lab", "lab.config",
      }
      local _, out, err = prompt(table.concat(made, "\n") .. "\n")
      assert.equal("", err)
      assert.is_nil(out:find("0x", 1, true), out)
    end)

    it("has help, also by its name alone", function()
      local _, out = prompt "help\n"
      assert.matches("?SGD explains", out, 1, true)
      local _, called = prompt "help SGD\nhelp 'SGD'\n?SGD\n"
      local third = #called // 3
      assert.equal(called:sub(1, third):rep(3), called)
      assert.matches("optim.SGD(params", called, 1, true)
      _, out = prompt "exit\nquit\n"
      assert.equal(("Ctrl-D ends the prompt, and so does os.exit().\n"):rep(2), out)
      assert.equal(0, (prompt "exit()\nerror()\n"))
    end)

    it("reads on while a statement is incomplete", function()
      local _, out = prompt "for i = 1, 2 do\nprint(i)\nend\n"
      assert.equal("1\n2\n", out)
    end)

    it("goes on after an error", function()
      local status, out, err = prompt "error('a')\nx = = 1\nprint('on')\n"
      assert.same({ 0, "on\n" }, { status, out })
      assert.matches("^optlab: prompt:1: a\n", err)
      assert.matches("unexpected symbol near '='", err)
    end)

    it("has lab and its parts as globals", function()
      local _, out = prompt "lab.nn == nn, lab.optim == optim, lab.plot == plot, lab.sched == sched\n"
      assert.equal("true\ntrue\ntrue\ntrue\n", out)
    end)
  end)

  describe("in other hands", function()
    it("is a module for a stock lua5.4", function()
      local build = program.path:match("^(.*)/")
      if os.execute("command -v lua5.4 >/dev/null") ~= true then pending("no lua5.4 here") return end
      local f = io.open(build .. "/optlab.so")
      assert.is_truthy(f)
      f:close()
      if program.is_sanitized() then
        pending("a stock lua5.4 cannot load a sanitizer build")
        return
      end
      local status, out, err = program.shell(dir, "unset LUA_PATH; LUA_CPATH='" .. build
        .. "/?.so;;' lua5.4 -e 'local lab = require \"optlab\" print(lab.zeros(2):numel(), lab.config.out, undefined)'")
      assert.same({ 0, "2\tout\tnil\n", "" }, { status, out, err })
    end)
  end)
end)
