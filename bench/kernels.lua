--- Microseconds of single operations, a line "row program microseconds" each: exp, tanh and add on 1e3, 1e5 and 1e7
-- floats, Adam's update of as many parameters, products of square matrices. The number of threads is OMP_NUM_THREADS.
-- bench/table runs it beside kernels.py and floor.c.
local lab = require "optlab"
local per_call = dofile "bench/per_call.lua"

local function measure(row, program, f)
  print(("%s %s %.4f"):format(row, program, per_call(f)))
end

local function elementwise(n)
  local x, other = lab.randn(n), lab.randn(n)
  measure("exp-" .. n, "eager", function() local _ <close> = x:exp() end)
  measure("tanh-" .. n, "eager", function() local _ <close> = x:tanh() end)
  measure("add-" .. n, "eager", function() local _ <close> = x + other end)
end

local function product(n)
  local a, b = lab.randn(n, n), lab.randn(n, n)
  measure("product-" .. n, "eager", function() local _ <close> = a:mm(b) end)
end

local function adam(n)
  local param = lab.randn(n):requires_grad_()
  param.grad = lab.randn(n)
  local opt = lab.optim.Adam({ param }, { lr = 0.001 })
  local function update() opt:step() end
  measure("adam-" .. n, "eager", update)
  measure("adam-" .. n, "compiled", lab.compile(update))
end

for _, n in ipairs { 1000, 100000, 10000000 } do
  lab.no_grad(elementwise, n)
  adam(n)
end
for _, n in ipairs { 64, 128, 256, 512, 1024 } do lab.no_grad(product, n) end
