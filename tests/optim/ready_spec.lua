--- Steps of short parameters, which are noted once: whatever changes between steps, the bits are those of a step that
-- finds everything out anew (kernels on blocks, which are never noted).
local core = require "optlab.core"
local lab = require "optlab"

local optim = lab.optim

-- What happens before step t.
local changes = {
  ["momentum is switched on and off"] = function(opt, t) opt.momentum = (t // 2) % 2 == 0 and 0.5 or 0 end,
  ["amsgrad is switched on"] = function(opt, t) opt.amsgrad = t > 2 end,
  ["the rate changes"] = function(opt, t) opt.lr = 0.1 / t end,
  ["a group is added"] = function(opt, t, extra)
    if t == 3 then opt:add_param_group { params = { extra }, lr = 0.01 } end
  end,
  ["a state is loaded"] = function(opt, t)
    if t == 4 then opt:load_state_dict(opt:state_dict()) end
  end,
  ["a parameter has no gradient at times"] = function(_, t, _, params)
    if t % 2 == 0 then params[1].grad = nil end
  end,
  ["a gradient is strided"] = function(_, t, _, params)
    if t == 3 then params[1].grad = params[1].grad:t():clone():t() end
  end,
}

local function run(name, o, change)
  lab.manual_seed(3)
  local params, extra = { lab.randn(3, 5), lab.randn(2) }, lab.randn(4)
  for _, p in ipairs { params[1], params[2], extra } do p:requires_grad_() end
  local opt = optim[name](params, o)
  for t = 1, 7 do
    for i, p in ipairs { params[1], params[2], extra } do p.grad = (p:detach() * t + i):sin() end
    change(opt, t, extra, params)
    opt:step()
  end
  local all = {}
  for _, p in ipairs { params[1], params[2], extra } do all[#all + 1] = p:detach():reshape(-1) end
  return lab.cat(all)
end

describe("a step of short parameters", function()
  for what, change in pairs(changes) do
    local cases = { { "SGD", { lr = 0.1, momentum = 0.9 } }, { "Adam", { lr = 0.1 } }, { "AdamW", { lr = 0.1 } } }
    for _, case in ipairs(cases) do
      local name = case[1]
      local fits = not (what:find "^momentum" and name ~= "SGD") and not (what:find "^amsgrad" and name == "SGD")
      if fits then
        it(("of %s: %s"):format(name, what), function()
          local noted = run(name, case[2], change)
          core.optim.blocks_only(true)
          local plain = run(name, case[2], change)
          core.optim.blocks_only(false)
          assert.is_true(noted:eq(plain):amin():item() == 1)
        end)
      end
    end
  end
end)
