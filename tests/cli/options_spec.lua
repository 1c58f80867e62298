--- Nothing that is given to a function is dropped: an option that it does not have is an error, in one form of words,
--- at the line of the script.
local args = require "optlab.base.args"
local calls = require "tests.support.calls"
local core = require "optlab.core"
local files = require "tests.support.files"
local lab = require "optlab"
local uv = require "luv"

local ROOMS = { "autograd", "book", "data", "dist", "func", "linalg", "nn", "optim", "plot", "problems", "runs",
  "sched", "train" }

-- --- the public functions -------------------------------------------------------------------------------------------

local function is_function(value)
  local mt = getmetatable(value)
  return type(value) == "function" or (type(value) == "table" and type(mt) == "table" and mt.__call ~= nil)
end

-- The names under which users call functions, each function once.
local function public_functions()
  local names, seen = {}, {}
  local function add(prefix, members)
    for name, value in pairs(members) do
      if is_function(value) and not seen[value] then
        seen[value] = true
        names[prefix .. name] = true
      end
    end
  end
  add("lab.", lab)
  for _, room in ipairs(ROOMS) do add(room .. ".", lab[room]) end
  add("nn.functional.", lab.nn.functional)
  add("nn.init.", lab.nn.init)
  add("Tensor:", core.tensor.methods)
  for callee in pairs(args.all()) do
    if callee:match("^%a+:%a") then names[callee] = true end -- methods that are written in Lua
  end
  return names
end

-- --- the calls ------------------------------------------------------------------------------------------------------

local dir

local function quiet() end

-- Names that a call may use.
local function environment()
  local nn, w = lab.nn, { lab.ones(1, { requires_grad = true }) }
  local ds = { X = lab.zeros(2, 2), y = lab.zeros(2, 1) }
  local net = nn.Sequential(nn.Linear(2, 1))
  local loader = lab.data.loader(ds, { batch_size = 2 })
  local opt = lab.optim.SGD(net:parameters())
  local env = {
    lab = lab, math = math, print = quiet, dir = dir, w = w, ds = ds, net = net, opt = opt, loader = loader,
    loss = nn.MSELoss(), labels = lab.ones(2):to("int64"), t = lab.ones(2, 2), v = lab.ones(2),
    u = lab.ones(2, 2):to("uint8"), image = lab.ones(1, 1, 1, 1),
    x64 = lab.ones(1, { dtype = "float64", requires_grad = true }),
    Dataset = lab.data.airfoil { n = 2 }, Figure = lab.plot.figure(), Optimizer = opt, Loader = loader,
    Module = nn.Module.extend { forward = quiet }(), Tensor = lab.ones(2), matrix = lab.tensor { { 1, 2 }, { 3, 4 } },
  }
  env.SweepResults = require("optlab.train.sweep_results").new { { run = { lr = 1 }, loss = 1 } }
  env.MultiheadAttention = nn.MultiheadAttention(2, 1)
  env.TransformerEncoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(2, 1), 1)
  env.TransformerEncoderLayer = nn.TransformerEncoderLayer(2, 1)
  env.Problem = lab.problems.beale { n = 2, epochs = 1 }
  env.Task = env.Problem:build()
  env.Text = lab.data.text { n = 100 }
  env.Grid = lab.plot.grid { lab.plot.figure():line { 1 } }
  env.Animation = lab.plot.animate { lab.plot.figure():line { 1 } }
  for _, room in ipairs(ROOMS) do env[room] = lab[room] end
  return env
end

-- The text of a call without "+", or with an option in its place.
local function with(call, option)
  local before, after = call:match("^(.-) ?%+(.*)$")
  if not option then return before .. after end
  local text = after:match("^}") and option or "{" .. option .. "}"
  return before .. (before:match("[({]$") and "" or ", ") .. text .. after
end

local function run(text)
  return pcall(assert(load(text, "@script.lua", "t", environment())))
end

-- callee -> call; a method of a tensor that is a function of `lab` too need not be listed twice.
local function listed(text)
  local list = {}
  for call in text:gmatch("[^\n]+") do
    local chained = call:match("^%a+:.*%):([%w_]+)%(") -- Figure:line({1}):save(...) is a call of Figure:save
    list[chained and call:match("^%a+:") .. chained or call:match("^[%w_.:]+")] = call
    local name, rest = call:match("^lab%.([%w_]+)%([tv],? ?(.*)$")
    if name and core.tensor.methods[name] then
      local object = call:match("%(v") and "v" or "t"
      list["Tensor:" .. name] = object .. ":" .. name .. "(" .. rest
    end
  end
  return list
end

local WITH, WITHOUT = listed(calls.WITH_OPTIONS), listed(calls.WITHOUT_OPTIONS)

-- What is not listed but declared in C, or an element-wise operation, is called as its declaration says.
local function add_declared()
  for _, library in ipairs { core.nn, core.optim, core.sched } do
    for _, declaration in ipairs(library.declarations()) do
      for name, call in pairs(listed(table.concat(calls.of_declaration(declaration), "\n"))) do
        if not WITHOUT[name] then WITH[name] = WITH[name] or call end
      end
    end
  end
  for _, op in ipairs(core.autograd.differentiable_ops()) do
    local name = "lab." .. op
    if rawget(lab, op) and not (WITH[name] or WITHOUT[name]) then
      for callee, call in pairs(listed(name .. "(t +)")) do WITHOUT[callee] = call end
    end
  end
end
add_declared()

-- The names that a message may call a function by: one in C that stands in several rooms has one name of its own.
local function own_names(name)
  local names = { name }
  local method = name:match("^Tensor:(.*)") or name:match("^lab%.(.*)") or name:match("^autograd%.(.*)")
  local f = method and core.tensor.methods[method]
  if f and (f == rawget(lab, method) or f == core.autograd[method]) then
    names = { "Tensor:" .. method, "lab." .. method, "autograd." .. method }
  end
  return names
end

-- Whether a message blames the call and says one of these things.
local function blames(message, name, ...)
  local where, callee, rest = message:match("^(script%.lua:1): ([%w_.:]+): (.*)$")
  if not where then return false end
  for _, own in ipairs(own_names(name)) do
    for _, text in ipairs { ... } do
      if callee == own and rest:sub(1, #text) == text then return true end
    end
  end
  return false
end

local function sorted(list)
  local names = {}
  for name in pairs(list) do names[#names + 1] = name end
  table.sort(names)
  return names
end

describe("a list in an argument", function()
  -- Calls with a name in a list, where it would be dropped.
  local DROPPED = {
    "nn.Sequential({nn.ReLU(), foo = nn.ReLU()})", "sched.MultiStepLR{base_lr = 1, milestones = {1, foo = 1}}",
    "sched.sequential{schedules = {print, foo = 1}, milestones = {}}", "optim.SGD({{params = {w[1], foo = 1}}})",
    "optim.SGD{params = {w[1], foo = 1}}", "optim.Adam(w, {betas = {0.9, 0.99, foo = 1}})",
    "opt:add_param_group{params = {lab.ones(1), foo = 1}}", "optim.clip_grad_norm_({w[1], foo = 1}, 1)",
    "optim.clip_grad_value_({w[1], foo = 1}, 1)", "plot.figure{xlim = {1, 2, foo = 1}}",
    "train.sweep{model = print, optimizer = print, data = ds, epochs = 1, loss = print, runs = {{}, foo = 1}}",
    "train.sweep{model = print, optimizer = print, data = ds, epochs = 1, loss = print, grid = {lr = {1, foo = 1}}}",
    "optim.define{name = 'A', step = print, defaults = {lr = 1, betas = {0.9, foo = 1}}}",
    "nn.Conv2d(1, 1, {kernel_size = {3, 3, foo = 1}})",
  }
  for _, call in ipairs(DROPPED) do
    it("has no names: " .. call, function()
      local ok, message = run(call)
      assert.is_false(ok)
      assert.matches("^script%.lua:1: ", message)
      local without = call:gsub(", foo = [%w.]+%(?%)?", "")
      if not call:match("^train%.sweep") then assert.is_true(run(without)) end
    end)
  end
end)

describe("public functions", function()
  local loud, offline = print, os.getenv("OPTLAB_OFFLINE")

  setup(function()
    uv.os_setenv("OPTLAB_OFFLINE", "1")
    rawset(_G, "print", quiet)
    dir = files.folder()
    files.write(dir .. "/a.csv", "1,2\n3,4\n")
    files.write(dir .. "/a.mat", require("tests.support.archives").mat {})
    files.write(dir .. "/a.idx", "\0\0\8\1\0\0\0\1\7")
    lab.save(dir .. "/a.npy", lab.ones(2))
    lab.save_checkpoint(dir .. "/a.safetensors", { model = environment().net })
  end)
  teardown(function()
    files.remove(dir)
    rawset(_G, "print", loud)
    if offline then uv.os_setenv("OPTLAB_OFFLINE", offline) else uv.os_unsetenv("OPTLAB_OFFLINE") end
  end)

  it("are all called below", function()
    local missing, known = {}, {}
    for _, name in ipairs(calls.VARIADIC) do known[name] = true end
    local functions = public_functions()
    for _, name in ipairs(sorted(functions)) do
      if not (WITH[name] or WITHOUT[name] or known[name]) then missing[#missing + 1] = name end
    end
    assert.same({}, missing)
    for name, declaration in pairs(args.all()) do
      local options = #declaration.args > declaration.positions
      assert.is_falsy(options and WITHOUT[name], name .. " has options")
    end
  end)

  for _, name in ipairs(sorted(WITH)) do
    it("refuse an unknown option: " .. name, function()
      local ok, message = run(with(WITH[name]))
      assert.is_true(ok, message)
      ok, message = run(with(WITH[name], "foo = 1"))
      assert.is_false(ok)
      assert.is_true(blames(message, name, "unknown option 'foo'"), message)
    end)
  end

  for _, name in ipairs(sorted(WITHOUT)) do
    it("that take no options refuse a table of them: " .. name, function()
      local ok, message = run(with(WITHOUT[name]))
      assert.is_true(ok, message)
      ok, message = run(with(WITHOUT[name], "foo = 1"))
      assert.is_false(ok)
      local refused = blames(message, name, "unknown option 'foo'", "too many arguments", "closure must be a function")
      assert.is_true(refused, message)
    end)
  end
end)
