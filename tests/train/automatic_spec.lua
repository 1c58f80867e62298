-- A run of a sweep that is killed goes on from the checkpoints which train.fit makes by itself (fit/automatic.lua).
local files = require "tests.support.files"
local program = require "tests.support.program"
local runs = require "optlab.runs"

-- Two trainings, as plain Lua and compiled, each with points within its epochs. With KILL = "2 30" the run kills itself
-- in the thirtieth update or evaluation of the second training.
local SCRIPT = [[
local lab = require "optlab"
local nn, train = lab.nn, lab.train
local p = lab.params {epochs = 3, remember = false}
local training, calls = (os.getenv "KILL" or "0 0"):match "(%d+) (%d+)"
local state = {inner = {calls = 0}}

local data = lab.data.airfoil {n = 200}
local mse = nn.MSELoss()
local seen = 0
for i, compile in ipairs {false, true} do
  local net = nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Dropout(0.1), nn.Linear(8, 1))
  local function mae(a, b)
    state.inner.calls = state.inner.calls + 1
    if i == tonumber(training) and state.inner.calls == tonumber(calls) then
      require("luv").kill(require("luv").os_getpid(), 9)
    end
    return (a:reshape(-1) - b):abs():mean()
  end
  local function loss(prediction, y)
    if p.remember then seen = seen + 1 end
    if compile and prediction.shape[1] == 200 then mae(prediction, y) end -- an evaluation
    return mse(prediction, y:reshape(-1, 1))
  end
  local history = train.fit {
    model = net, loss = loss, optimizer = lab.optim.Adam(net:parameters(), {lr = 0.01}), epochs = p.epochs,
    compile = compile, metrics = not compile and {mae = mae} or nil, eval_data = data, eval_every = 50,
    data = lab.data.loader(data, {batch_size = 10, shuffle = true}), log = print, progress = false,
    scheduler = function(t) return 0.01 / (1 + t) end,
  }
  train.report("training-" .. i, history)
  state.inner.calls = 0
end
]]

describe("a run of a sweep that was killed", function()
  local dir

  before_each(function()
    dir = files.folder()
    files.write(dir .. "/script.lua", SCRIPT)
  end)
  after_each(function() files.remove(dir) end)

  local function attempt(run, kill, ...)
    local words = { run, ... }
    local line = ("OPTLAB_CHECKPOINT_SECONDS=0 OPTLAB_RUN=%s %s %s script.lua %s --format none"):format(run,
      kill and ("KILL='%s'"):format(kill) or "", program.quoted(program.path), table.concat(words, " ", 2))
    return program.shell(dir, line)
  end

  local function new_run()
    local path = assert(runs.new({ experiment = "script" }))
    return path:match "^/" and path or require("luv").fs_realpath(path)
  end

  it("goes on to the bits of an unbroken one", function()
    local whole = new_run()
    assert.equal(0, (attempt(whole)))
    local history, metrics = files.read(whole .. "/history.csv"), files.read(whole .. "/metrics.csv")
    assert.is_true(#history > 1000 and #metrics > 300)
    for _, kill in ipairs { "1 30", "1 70", "2 3", "2 8" } do
      local run = new_run()
      assert.equal(128 + 9, (attempt(run, kill)))
      local status, out = attempt(run)
      assert.equal(0, status)
      assert.matches("goes on after step %d+", out)
      assert.equal(history, files.read(run .. "/history.csv"))
      assert.equal(metrics, files.read(run .. "/metrics.csv"))
    end
  end)

  it("refuses a wrong number of seconds", function()
    local line = "OPTLAB_CHECKPOINT_SECONDS=2s OPTLAB_RUN=%s %s script.lua --format none"
    local status, _, err = program.shell(dir, line:format(new_run(), program.quoted(program.path)))
    assert.equal(1, status)
    assert.matches("OPTLAB_CHECKPOINT_SECONDS must be a number of seconds, at least 0, got '2s'", err, 1, true)
  end)

  it("begins anew where a function of the script remembers something", function()
    local run = new_run()
    assert.equal(128 + 9, (attempt(run, "2 8", "--remember")))
    assert.is_false(files.exists(run .. "/.training-1.safetensors"))
    local status, out = attempt(run, nil, "--remember")
    assert.equal(0, status)
    assert.not_matches("goes on", out)
    local whole = new_run()
    attempt(whole, nil, "--remember")
    assert.equal(files.read(whole .. "/history.csv"), files.read(run .. "/history.csv"))
  end)

  it("passes over a checkpoint that does not fit", function()
    local run = new_run()
    files.write(run .. "/.training-1.safetensors", "nothing of the kind")
    local status, _, err = attempt(run)
    assert.equal(0, status)
    assert.matches("the training starts again: ", err, 1, true)
  end)

  it("takes nothing from the checkpoint of a training with other metrics", function()
    local run, whole = new_run(), new_run()
    assert.equal(128 + 9, (attempt(run, "1 70")))
    files.write(dir .. "/script.lua", (SCRIPT:gsub("{mae = mae}", "{other = mae}")))
    assert.equal(0, (attempt(whole)))
    local status, _, err = attempt(run)
    assert.equal(0, status)
    assert.matches("starts again: .* has no '[%a_]+_other'; was it made without metric or eval_data", err)
    assert.equal(files.read(whole .. "/history.csv"), files.read(run .. "/history.csv"))
  end)
end)

it("a run that is no cell leaves no checkpoints", function()
  local dir = files.folder()
  files.write(dir .. "/script.lua", SCRIPT)
  assert.equal(0, (program.shell(dir, "OPTLAB_RUNS=runs " .. program.quoted(program.path) .. " script.lua")))
  assert.is_false(files.exists(dir .. "/runs/1-script/.training-1.safetensors"))
  assert.is_true(files.exists(dir .. "/runs/1-script/history.csv"))
  files.remove(dir)
end)
