--- Runs random cases of layers: values and gradients beside those of the plain formula, on one thread and on three,
-- with inputs that are contiguous and others that are not. run(cases, seed) gives the number of cases, and a report at
-- the first difference.
local lab = require "optlab"
local choose = require "tests.fuzz.programs.choose"

local kinds, names = {}, {}
for _, file in ipairs { "images", "rows" } do
  for name, make in pairs(require("tests.fuzz.layers." .. file)) do
    kinds[name], names[#names + 1] = make, name
  end
end
table.sort(names)

local M = { names = names }

-- The same numbers, with another dimension in between.
local function spread(x)
  if x:dim() == 0 then return x end
  return lab.stack({ x, x * 2 }, x:dim() + 1):select(x:dim() + 1, 1)
end

local function results(f, inputs, weight, strided)
  local leaves, seen = {}, {}
  for i, x in ipairs(inputs) do
    leaves[i] = x:clone():requires_grad_()
    seen[i] = strided and spread(leaves[i]) or leaves[i]
  end
  local y = f(table.unpack(seen))
  weight = weight or lab.arange(1, y:numel() + 1):to("float64"):cos():reshape(y.shape)
  local list = lab.autograd.grad((y * weight):sum(), leaves)
  table.insert(list, 1, y:detach())
  return list, weight
end

local function distance(a, b)
  if #a.shape ~= #b.shape then return math.huge end
  for d, n in ipairs(a.shape) do if b.shape[d] ~= n then return math.huge end end
  if a:numel() == 0 then return 0 end
  local far = (a - b):abs() / (b:abs() + 1) -- of two infinities nan
  return lab.where(a:eq(b), 0, far):max():item()
end

local function difference(name, what, list, right, bound)
  for i, t in ipairs(list) do
    local d = distance(t, right[i])
    if d > bound or d ~= d then
      local which = i == 1 and "the value" or "gradient " .. i - 1
      return ("%s, %s: %s differs by %g, shape %s"):format(name, what, which, d, table.concat(t.shape, " x "))
    end
  end
end

local function case(name, c)
  lab.manual_seed(c:int(1, 1 << 30))
  local layer, formula, inputs = kinds[name](c)
  local right, weight = results(formula, inputs)
  local threads = lab.get_num_threads()
  lab.set_num_threads(1)
  local one = results(layer, inputs, weight)
  lab.set_num_threads(3)
  local three, strided = results(layer, inputs, weight), results(layer, inputs, weight, true)
  lab.set_num_threads(threads)
  return difference(name, "beside its formula", one, right, 1e-9) or difference(name, "on three threads", three, one, 0)
    or difference(name, "with strided inputs", strided, right, 1e-9)
end

function M.run(cases, seed, only)
  for i = 1, cases do
    local c = choose.new(seed * 1000003 + i)
    local name = only or names[(i - 1) % #names + 1]
    local ok, report = xpcall(case, debug.traceback, name, c)
    if report then
      return i, ("%s\nseed %d, case %d%s"):format(report, seed, i, ok and "" or " raised")
    end
  end
  return cases
end

return M
