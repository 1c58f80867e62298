--- Microseconds of an update by a built-in optimizer and by the same text as a rule of one's own, a line
-- "rule-NAME-ELEMENTS program microseconds" each.
local lab = require "optlab"

lab.set_num_threads(1)

-- The built-in one's text with its defaults.
local function own(name, path)
  local definition = dofile("lua/optlab/optim/rules/" .. path)
  local defaults, state = {}, {}
  for _, h in ipairs(definition.hyper) do defaults[h[1]] = h[2] end
  for i, s in ipairs(definition.state) do state[i] = { name = s[2], when = s.when } end
  return lab.optim.define { name = "My" .. name, defaults = defaults, state = state, rule = definition.rule }
end

local function updater(constructor, n)
  local p = lab.randn(n):requires_grad_()
  p.grad = lab.randn(n)
  local opt = constructor({ p }, { lr = 1e-3 })
  for _ = 1, 7 do opt:step() end -- AdaBelief's first updates are shorter
  return function() opt:step() end
end

local function seconds(f, calls)
  local start = os.clock()
  for _ = 1, calls do f() end
  return os.clock() - start
end

local PATHS = { { "Adam", "adam/adam.lua" }, { "AdaBelief", "adam/adabelief.lua" }, { "Lion", "sgd/lion.lua" } }
for _, entry in ipairs(PATHS) do
  local name, path = table.unpack(entry)
  for _, n in ipairs { 1000, 10000, 100000, 1000000, 10000000 } do
    local built_in, mine, calls = updater(lab.optim[name], n), updater(own(name, path), n), math.max(1, 2000000 // n)
    for _ = 1, 5 do
      print(("rule-%s-%d built-in %.4f"):format(name, n, seconds(built_in, calls) / calls * 1e6))
      print(("rule-%s-%d own %.4f"):format(name, n, seconds(mine, calls) / calls * 1e6))
    end
  end
end
