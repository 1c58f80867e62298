local files = require "tests.support.files"
local program = require "tests.support.program"
local screens = require "tests.support.screen"
local sixel = require "tests.support.sixel"
local terminal = require "tests.support.terminal"

local ENV = "env -u NO_COLOR -u TMUX -u KITTY_WINDOW_ID -u KONSOLE_VERSION -u WEZTERM_PANE -u TERM_PROGRAM "
  .. "-u OPTLAB_TERMINAL LC_ALL=C.UTF-8"

-- A script that records a falling loss of 30 rows.
local SCRIPT = [[
  local lab, uv = require "optlab", require "luv"
  local log = lab.metrics {"epoch", "loss"}
  for i = 1, 30 do
    log:row(i, 1 - i / 40)
    if i % 10 == 0 then print("row " .. i) end
    uv.sleep(15)
  end
]]

describe("--live", function()
  local dir

  before_each(function() dir = files.folder() end)
  after_each(function() files.remove(dir) end)

  -- The screen after a script at a terminal, the bytes that it was sent, the exit status.
  local function run(code, o)
    o = o or {}
    files.write(dir .. "/a.lua", code)
    local command = ("%s --no-keep a.lua %s"):format(program.path, o.words or "--live")
    local status, bytes, complaints = terminal.run(dir, command, o.steps or {}, {
      rows = o.rows, columns = o.columns, term = o.term, env = ENV .. " " .. (o.env or ""),
    })
    assert.equal("", complaints)
    return screens.new(o.columns or 80, o.rows or 24):feed(bytes), bytes, status
  end

  local function count(text, what) return select(2, text:gsub(what, "")) end

  it("draws the loss below what is printed, and leaves it there", function()
    local screen, _, status = run(SCRIPT)
    local lines = screen:lines()
    assert.equal(0, status)
    assert.same({ "row 10", "row 20", "row 30", "⠶⠶ loss 0.250" }, { table.unpack(lines, 1, 4) })
    assert.matches("\n *0%.8 ┤.*\n *0%.4 ┤", screen:text())
    assert.matches("^ +5 +10 +15 +20 +25 +epoch +30$", lines[#lines])
    assert.equal(1, count(screen:text(), "└"))
    assert.is_true(screen.y == #lines and screen.x == 0 and not screen.cursor_hidden)
  end)

  it("draws at most ten times a second", function()
    local _, bytes = run [[
      local lab = require "optlab"
      local log, t0 = lab.metrics {"epoch", "loss"}, lab.clock()
      local i = 0
      while lab.clock() - t0 < 0.95 do i = i + 1 log:row(i, 1 / i) end]]
    assert.is_true(count(bytes, "epoch") <= 11, count(bytes, "epoch") .. " drawings")
    assert.is_true(count(bytes, "epoch") >= 3)
  end)

  it("asks, and draws sixels of the size of the terminal's characters where it knows them", function()
    local screen, bytes = run(SCRIPT, { steps = { terminal.expect "\27[16t\27[c",
      terminal.send "\27[6;16;8t\27[?64;1;4;22c", terminal.expect "row 30" } })
    local width, height = sixel.decode(screen.pictures[#screen.pictures].text)
    local text = screen:text()
    assert.equal(0, height % 6)
    assert.is_true(width == (80 - 1 - 6 - 1) * 8 or width == (80 - 1 - 5 - 1) * 8, tostring(width))
    assert.matches("row 30\n━━ loss 0.250\n", text)
    assert.is_nil(text:find("[6;16", 1, true)) -- the answers are not echoed
    assert.is_nil(bytes:find("\27_G", 1, true)) -- a terminal that is not kitty is not asked in its language
  end)

  it("draws by kitty's protocol where the terminal says yes", function()
    local screen = run(SCRIPT, { term = "xterm-kitty", steps = {
      terminal.expect "\27_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\27\\", terminal.expect "\27[c",
      terminal.send "\27_Gi=31;OK\27\\\27[?62c", terminal.expect "row 30" } })
    local last
    for _, picture in ipairs(screen.pictures) do
      if picture.text:find("a=T", 1, true) then last = picture end
    end
    assert.matches("^_Ga=T,f=100,i=%d+,p=1,q=2,C=1,c=%d+,r=%d+,m=0;iVBOR", last.text)
    assert.same({ 5 }, { last.x })
  end)

  it("goes on in braille where the terminal says no, or nothing", function()
    for _, answer in ipairs { "\27[?62;22c", "\27[?4c", "" } do
      local start = os.time()
      local screen = run(SCRIPT, { term = "xterm-kitty",
        steps = { terminal.expect "\27[c", terminal.send(answer), terminal.expect "row 30" } })
      assert.matches("⠶⠶ loss 0.250", screen:text())
      assert.is_true(os.time() - start < 4)
    end
  end)

  it("does not ask somebody who has typed ahead, and takes nothing away", function()
    local _, bytes = run([[io.write("go\n") require("luv").sleep(300)]] .. SCRIPT .. [[print("typed " .. io.read())]],
      { steps = { terminal.expect "go", terminal.send "hello\r", terminal.expect "typed hello" } })
    assert.is_nil(bytes:find("\27[c", 1, true))
  end)

  it("draws ASCII without UTF-8 or without colours for two curves, nothing but the end on a dumb terminal", function()
    assert.matches("\n%* loss 0.250\n", run(SCRIPT, { env = "LC_ALL=C" }):text())
    assert.matches("⠶⠶ loss 0.250\n", (run(SCRIPT, { env = "OPTLAB_TERMINAL=braille LC_ALL=C" }):text()))
    local screen, bytes = run(SCRIPT, { term = "dumb" })
    assert.matches("^row 10\nrow 20\nrow 30\n%* loss 0.250\n", screen:text())
    assert.equal(1, count(bytes, "epoch"))
    assert.is_nil(bytes:find("\27", 1, true))
  end)

  it("follows the size of the terminal", function()
    local _, bytes = run(SCRIPT:gsub("sleep%(15%)", "sleep(40)"), {
      steps = { terminal.expect "row 10", terminal.resize(24, 50), terminal.expect "row 20", terminal.resize(12, 40),
        terminal.expect "row 30" } })
    local last = bytes:match("row 30.*$")
    local screen = screens.new(40, 12):feed("row 20\r\n" .. last:match("^.-(\27%[%?2026h.*)$"))
    for _, line in ipairs(screen:lines()) do
      assert.is_true(require("optlab.base.terminal.frame").width(line) < 40)
    end
    assert.equal(1, count(screen:text(), "└"))
  end)

  it("stands with the progress bar below it, and goes on for several trainings", function()
    local screen, bytes = run [[
      local lab, uv = require "optlab", require "luv"
      local config = lab.config
      for run = 1, 3 do
        local bar = lab.progress(20, "training")
        for i = 1, 20 do
          config.on_point("fit-" .. run, i / 10, i, "loss", run / i)
          bar:step()
          uv.sleep(25)
        end
        bar:done()
      end]]
    assert.matches("epoch[^\n]*\27%[K[\r\n]+training", bytes)
    local text = screen:text()
    assert.matches("⠶⠶ fit%-1 0.050   ⠶⠶ fit%-2 0.100   ⠶⠶ fit%-3 0.150", text)
    assert.is_nil(text:find("training", 1, true))
  end)

  it("leaves the terminal as it was after Ctrl-C and after an error, also while it asks", function()
    -- Nothing is drawn when the key comes: the terminal may drop what is on its way.
    local screen, _, status = run(SCRIPT .. "while true do end",
      { steps = { terminal.expect "row 30", "pause 300", terminal.send "\3", terminal.expect "interrupted" } })
    assert.equal(130, status)
    assert.matches("└.*\n[^\n]*epoch[^\n]*\noptlab: a.lua:%d+: interrupted", screen:text())
    assert.is_falsy(screen.cursor_hidden)
    local text
    files.write(dir .. "/a.lua", SCRIPT)
    local command = "trap : INT; stty -a >before; %s --no-keep a.lua --live; echo status $?; stty -a >after"
    status, text = terminal.run(dir, command:format(program.path), {
      terminal.expect "\27[c", terminal.send "\3", terminal.expect "status",
    }, { env = ENV })
    assert.equal(0, status)
    assert.matches("status 130", text)
    assert.equal(files.read(dir .. "/before"), files.read(dir .. "/after"))
  end)

  it("draws a training that records its loss once an epoch between these points, too", function()
    local code = [[
      local lab = require "optlab"
      local nn = lab.nn
      local net = nn.Linear(2, 1)
      lab.train.fit {
        model = net, loss = nn.MSELoss(), optimizer = lab.optim.SGD(net:parameters(), {lr = 0.001}), epochs = 2,
        data = lab.data.loader({X = lab.ones(40, 2), y = lab.zeros(40, 1)}, {batch_size = 1}), EVERY
        on_step = function() require("luv").sleep(8) end,
      }]]
    assert.matches("⠶⠶ running loss %d%.%d+   ⠶⠶ loss %d%.%d+\n", run((code:gsub("EVERY", ""))):text())
    assert.matches("⠶⠶ loss %d%.%d+\n", run((code:gsub("EVERY", "eval_every = 4,"))):text())
  end)

  it("names the curve of a training as train.report does, and draws its rows once", function()
    local screen = run [[
      local lab = require "optlab"
      for i = 1, 5 do lab.config.on_point("fit-1", i, 10 * i, "loss", 1 / i) end
      lab.train.report("adam", {loss = {1, 1 / 2, 1 / 3, 1 / 4, 1 / 5}, epochs = {1, 2, 3, 4, 5}, sec_per_epoch = 1})
      lab.train.record("adam-2", 1, {loss = 0.7, kept = 3})
      lab.train.record("adam-2", 2, {loss = 0.6, kept = 3})]]
    assert.matches("⠶⠶ adam 0.200   ⠶⠶ adam%-2 0.600\n", screen:text())
  end)

  it("draws rows of quantity and value that name no run", function()
    local screen = run [[
      local log = require("optlab").metrics {"step", "quantity", "value"}
      for i = 1, 5 do
        log:row(i, "loss", 1 / i)
        log:row(i, "accuracy", i)
      end]]
    assert.matches("^⠶⠶ loss 0.200\n", screen:text())
  end)

  it("shows names and texts of any characters on their lines", function()
    local screen = run([[
      local lab, uv = require "optlab", require "luv"
      local log = lab.metrics {"epoch", "run", "loss"}
      local bar = lab.progress(4, "η\n" .. ("訓練"):rep(9))
      for i = 1, 4 do
        log:row(i, ("損失"):rep(9), 1 / i)
        log:row(i, "b\27[2J", 1)
        uv.sleep(110)
        bar:step("a\nb")
        if i == 3 then lab.config.on_point("x", 0 / 0, 1, "loss", 5) print(i) end
      end]], { columns = 40 })
    local lines = screen:lines()
    assert.equal("3", lines[1])
    assert.matches("^⠶⠶ " .. ("損失"):rep(6) .. "損~ 0.250\n⠶⠶ b\\x1b%[2J 1.000\n", screen:text():sub(3))
    assert.equal(1, count(screen:text(), "└"))
  end)

  it("draws nothing without a terminal, and prints the same bytes", function()
    files.write(dir .. "/a.lua", SCRIPT)
    assert.same({ 0, "row 10\nrow 20\nrow 30\n", "" }, { program.run(dir, "--no-keep", "a.lua", "--live") })
  end)

  it("leaves no trace in the record of what was printed", function()
    files.write(dir .. "/a.lua", SCRIPT)
    terminal.run(dir, program.path .. " --runs-dir runs a.lua --live", {}, { env = ENV })
    assert.equal("row 10\nrow 20\nrow 30\n", files.read(dir .. "/runs/1-a/output.txt"))
  end)
end)
