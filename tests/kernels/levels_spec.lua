--- The kernels are compiled for several instruction sets. Correctly rounded operations give the same bits in all of
-- them; exp, log and the like differ by a few units in the last place, and never by an element's place.
local lab = require "optlab"
local files = require "tests.support.files"
local program = require "tests.support.program"

local LEVELS = { "avx512", "avx2", "baseline" }

-- What a level computes: exact = {name = tensor}, close = {name = tensor}.
local function results(level, script)
  local dir = files.folder()
  finally(function() files.remove(dir) end)
  files.write(dir .. "/script.lua", script)
  local command = ("OPTLAB_CPU=%s %s script.lua"):format(level, program.quoted(program.path))
  local status, out, err = program.shell(dir, command)
  assert.same({ 0, "", "" }, { status, out, err })
  return lab.load(dir .. "/results.npz")
end

local EXACT = [[
  local lab = require "optlab"
  local keep = {}
  for _, dtype in ipairs { "float32", "float64" } do
    for _, n in ipairs { 1, 7, 16, 1003 } do
      lab.manual_seed(n)
      local x, y = lab.rand({ n }, { dtype = dtype }) - 0.5, lab.rand({ n }, { dtype = dtype }) - 0.5
      local function put(name, t) keep[name .. "-" .. dtype .. "-" .. n] = t end
      for _, f in ipairs { "neg", "square", "abs", "sign", "relu", "reciprocal", "floor", "ceil", "round" } do
        put(f, lab[f](x))
      end
      put("sqrt", lab.sqrt(lab.abs(x)))
      put("add", x + y) put("sub", x - y) put("mul", x * y) put("div", x / y) put("cube", x ^ 3)
      put("larger", lab.maximum(x, y)) put("less", lab.lt(x, y)) put("where", lab.where(lab.lt(x, y), x, y))
      put("sum", x:sum()) put("rows", (x:reshape(-1, 1) * y):sum(1)) put("amax", x:amax()) put("amin", x:amin())
      for name in ("SGD Adam AdamW RMSprop Adagrad Adadelta NAdam Yogi Adafactor"):gmatch "%S+" do
        local w = x:clone():requires_grad_()
        local optimizer = lab.optim[name]({ w }, { lr = 0.01 })
        for _ = 1, 3 do
          optimizer:zero_grad()
          lab.sum(w * w):backward()
          optimizer:step()
        end
        put(name, w:detach())
      end
    end
  end
  lab.save("results.npz", keep)
]]

local FUNCTIONS = [[
  local lab = require "optlab"
  local keep = {}
  local function same(a, b) return lab.ne(a, b):sum():item() == 0 end
  for _, dtype in ipairs { "float32", "float64" } do
    lab.manual_seed(1)
    local n = 67
    local x = lab.rand({ n }, { dtype = dtype }) * 6 - 3
    local positive = lab.abs(x) + 0.01
    local spread = lab.stack({ x, x }, 2):t()[1] -- stride 2
    local functions = { pow = function(t) return lab.abs(t) ^ 1.7 end, log = function(t) return lab.log(lab.abs(t)) end,
      log1p = function(t) return lab.log1p(lab.abs(t)) end }
    for _, f in ipairs { "exp", "expm1", "sin", "cos", "tan", "sinh", "cosh", "tanh", "erf", "sigmoid", "softplus" } do
      functions[f] = lab[f]
    end
    for name, f in pairs(functions) do
      local all = f(x)
      keep[name .. "-" .. dtype] = all
      assert(same(f(spread), all), name .. " with a stride")
      for i = 1, n do
        assert(same(f(x:narrow(1, i, 1)), all:narrow(1, i, 1)), name .. " of one element")
        assert(same(f(x:narrow(1, i, n - i + 1)), all:narrow(1, i, n - i + 1)), name .. " of the last elements")
      end
    end
    keep["normal-" .. dtype] = lab.randn({ n }, { dtype = dtype })
    local scores = (x:reshape(-1, 1) * x):requires_grad_()
    local labels = {}
    for i = 1, n do labels[i] = i end
    local loss = lab.nn.CrossEntropyLoss({ reduction = "none" })(scores, lab.tensor(labels, { dtype = "int64" }))
    loss:sum():backward()
    keep["loss-" .. dtype], keep["gradient-" .. dtype] = loss:detach(), scores.grad
  end
  lab.save("results.npz", keep)
]]

describe("The kernels of all instruction sets", function()
  local function names(t)
    local list = {}
    for name in pairs(t) do list[#list + 1] = name end
    table.sort(list)
    return list
  end

  it("give the same bits where every operation is correctly rounded", function()
    local best = results("", EXACT)
    for _, level in ipairs(LEVELS) do
      local other = results(level, EXACT)
      for _, name in ipairs(names(best)) do
        assert(lab.ne(best[name], other[name]):sum():item() == 0, name .. " " .. level)
      end
    end
  end)

  it("agree in exp, log and the like, and give an element the same bits at every place", function()
    local best = results("", FUNCTIONS)
    for _, level in ipairs(LEVELS) do
      local other = results(level, FUNCTIONS)
      for _, name in ipairs(names(best)) do
        local epsilon = name:find "float32" and 2.0 ^ -23 or 2.0 ^ -52
        local gap = lab.abs(best[name] - other[name]) / (lab.abs(best[name]) + 1e-2)
        assert(gap:amax():item() < 60 * epsilon, name .. " " .. level .. ": " .. gap:amax():item() / epsilon)
      end
    end
  end)
end)
