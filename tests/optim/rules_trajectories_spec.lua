--- The catalogue's rules against 30 steps of other programs: those of their authors where there are any.
local core = require "optlab.core"
local lab = require "optlab"
local close = require "tests.support.close"
local problem = require "tests.support.problem"
local text = require "tests.support.text"
local valley = require "tests.support.valley"
local expected = dofile("tests/reference/rules_values.lua")
expected["Cautious Lion"] = dofile("tests/reference/matrix_values.lua")["Cautious Lion"]

local optim = lab.optim

-- The same settings here: the optimizer, its options.
local HERE = {
  ["Yogi"] = { "Yogi", { lr = 0.05 } },
  ["AdaBelief"] = { "AdaBelief", { lr = 0.03 } },
  ["AdaBelief (rectify=false)"] = { "AdaBelief", { lr = 0.03, rectify = false } },
  ["Lion"] = { "Lion", { lr = 0.01 } },
  ["LARS"] = { "LARS", { lr = 20 } },
  ["LARS (optax)"] = { "LARS", { lr = 20, eps = 0 } },
  ["LAMB"] = { "LAMB", { lr = 0.02, max_grad_norm = 1 } },
  ["LAMB (optax, paper)"] = { "LAMB", { lr = 0.02, weight_decay = 0 } },
  ["Adan"] = { "Adan", { lr = 0.02 } },
  ["NovoGrad"] = { "NovoGrad", { lr = 0.02 } },
  ["NovoGrad (optax)"] = { "NovoGrad", { lr = 0.02, betas = { 0.9, 0.25 }, eps = 1e-6 } },
  ["AdaBound"] = { "AdaBound", { lr = 0.02, final_lr = 0.01 } },
  ["SWATS"] = { "SWATS", { lr = 0.01, eps = 1e-6 } },
  ["AggMo"] = { "AggMo", { lr = 0.005 } },
  ["QHM"] = { "QHM", { lr = 0.02 } },
  ["QHAdam"] = { "QHAdam", { lr = 0.03 } },
  ["SM3"] = { "SM3", {} },
  ["Fromage"] = { "Fromage", {} },
  ["ScheduleFree SGD"] = { "ScheduleFreeSGD", { lr = 0.02 } },
  ["ScheduleFree AdamW"] = { "ScheduleFreeAdamW", { lr = 0.05 } },
  ["D-Adaptation Adam"] = { "DAdaptAdam", { lr = 0.2, d0 = 1e-2 } },
  ["D-Adaptation SGD"] = { "DAdaptSGD", { d0 = 1e-3 } },
  ["Prodigy"] = { "Prodigy", { d0 = 1e-3 } },
  ["DoG"] = { "DoG", { reps_rel = 1e-2 } },
  ["L-DoG"] = { "LDoG", { reps_rel = 1e-2 } },
  ["MoMo"] = { "MoMo", { lr = 0.05 } },
  ["MoMo-Adam"] = { "MoMoAdam", { lr = 0.05 } },
  ["SPS"] = { "SPS", {} },
  ["Polyak SGD"] = { "Polyak", { lr = 0.5, max_step = 1 } },
  ["COCOB"] = { "COCOB", {} },
  ["MARS-AdamW"] = { "MARS", { lr = 0.02, lr_1d = 0.02 } },
  ["ADOPT"] = { "ADOPT", { lr = 0.03 } },
  ["AdEMAMix"] = { "AdEMAMix", { lr = 0.03 } },
  ["Cautious Lion"] = { "CautiousLion", { lr = 0.01 } },
  ["Cautious AdamW"] = { "CautiousAdamW", { lr = 0.03 } },
  ["NAdam"] = { "NAdam", { lr = 0.03 } },
  ["RAdam"] = { "RAdam", { lr = 0.03 } },
  ["Adafactor (torch)"] = { "Adafactor", { lr = 0.05 } },
  ["AdaMax"] = { "Adamax", { lr = 0.03 } },
  ["SignSGD"] = { "SignSGD", { lr = 0.01 } },
  ["Signum"] = { "Signum", { lr = 0.01 } },
  ["LaProp"] = { "LaProp", { lr = 0.03 } },
  ["MADGRAD"] = { "MADGRAD", { lr = 0.03 } },
  ["MirrorMADGRAD"] = { "MirrorMADGRAD", { lr = 0.03 } },
  ["Grams"] = { "Grams", { lr = 0.03 } },
  ["SGLD"] = { "SGLD", { lr = 0.01, gamma = 0, temperature = 0 } },
}

-- That program has sqrt(v + 1e-15).
local AGREEMENT = { SWATS = 1e-10 }

-- The trajectory of SGLD has cos(t + i) for its noise at element i, from 0; its step has none here.
local function add_noise(t, ...)
  for _, p in ipairs { ... } do
    local xi = (lab.arange(p:numel()):to(p.dtype) + t):cos():reshape(p.shape)
    lab.no_grad(function() p:add_(xi * 0.1) end)
  end
end

-- What Schedule-Free averages, from the point p where gradients are taken and its iterate z.
local function mean_of(opt, i, p)
  local beta = (opt.defaults.betas or { opt.defaults.momentum })[1]
  local y, z = p:detach(), opt:state_dict().state[i].z
  return y + (1 - 1 / beta) * (z - y)
end

local function compare(want, got, what, tol)
  for i, x in ipairs(want) do close.number(x, got[i], ("%s, value %d"):format(what, i), tol, tol) end
end

local function follow(name, case)
  local a, b = valley.start()
  local opt = optim[HERE[name][1]]({ a, b }, HERE[name][2])
  local losses = {}
  for t = 1, 30 do
    local loss = valley.closure(opt, valley.loss, a, b)()
    losses[t] = loss:item()
    opt:step(loss)
    if name == "SGLD" then add_noise(t, a, b) end
  end
  local tol = 10 * math.max(1e-12, 2 * (AGREEMENT[name] or case.agreement), 1e-15 * case.amplification)
  compare(case.losses, losses, "loss", tol)
  compare(case.a, close.flat(a), "a", tol)
  compare(case.b, close.flat(b), "b", tol)
  local state = opt:state_dict().state[1]
  if case.final_d then close.number(case.final_d, state.d:item(), "d", tol) end
  if case.final_step_size then close.number(case.final_step_size, state.step_size:item(), "step size", tol) end
  if case.x_a then
    compare(case.x_a, close.flat(mean_of(opt, 1, a)), "mean of a", tol)
    compare(case.x_b, close.flat(mean_of(opt, 2, b)), "mean of b", tol)
  end
end

describe("the trajectory", function()
  for name, case in pairs(expected) do
    it(("of %s is followed by %s %s"):format(name, HERE[name][1], text.options(HERE[name][2])), function()
      follow(name, case)
    end)
  end

  it("of each rule is compared here or with PyTorch's", function()
    local seen = { OptimisticGradient = true, AdamMini = true } -- by its equation in catalogue_spec.lua
    for _, here in pairs(HERE) do seen[here[1]] = true end
    for _, case in ipairs(problem.cases) do seen[case.name] = true end
    for name in pairs(core.optim) do
      if name:match "^%u" then assert(seen[name], name .. " has no trajectory of another program") end
    end
  end)
end)
