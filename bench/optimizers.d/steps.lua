--- Microseconds of a step on 50 tensors of 64 x 64, eager and compiled, a line "row program microseconds" each.
local lab = require "optlab"
local per_call = dofile "bench/per_call.lua"

for _, entry in ipairs(dofile "bench/optimizers.d/settings.lua") do
  local name, options = table.unpack(entry)
  local params = {}
  for i = 1, 50 do
    params[i] = lab.randn(64, 64):requires_grad_()
    params[i].grad = lab.randn(64, 64)
  end
  local opt = lab.optim[name](params, options)
  local function step() opt:step() end
  print(("%s eager %.3f"):format(name, per_call(step)))
  print(("%s compiled %.3f"):format(name, per_call(lab.compile(step))))
end
