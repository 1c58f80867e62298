--- Every optimizer goes down on a quadratic and in a curved valley; only Adam ends wrong on Reddi's example.
local core = require "optlab.core"
local lab = require "optlab"

local optim = lab.optim

-- Options with which it takes 300 updates, where the defaults are meant for larger problems.
local OPTIONS = {
  ADOPT = { lr = 0.1 }, AdEMAMix = { lr = 0.1 }, AdaBelief = { lr = 0.03 }, Adagrad = { lr = 0.3 },
  Adam = { lr = 0.03 },
  AdamW = { lr = 0.03 }, Adamax = { lr = 0.03 }, Adan = { lr = 0.03 }, CautiousAdamW = { lr = 0.03 },
  CautiousLion = { lr = 0.01 }, DAdaptSGD = { lr = 0.3 }, LAMB = { lr = 0.03 }, Lion = { lr = 0.01 },
  MARS = { lr = 0.03, lr_1d = 0.03 }, NAdam = { lr = 0.03 }, OptimisticGradient = { lr = 0.01 }, QHAdam = { lr = 0.03 },
  QHM = { lr = 0.03 }, RAdam = { lr = 0.03 }, SGD = { lr = 0.01 }, SGLD = { lr = 0.1, temperature = 0 },
  AdamMini = { lr = 0.03 }, Grams = { lr = 0.03 }, LaProp = { lr = 0.03 },
  ScheduleFreeAdamW = { lr = 0.1 }, ScheduleFreeSGD = { lr = 0.03 },
  SWATS = { lr = 0.03 }, SignSGD = { lr = 0.01 }, Signum = { lr = 0.01 },
}

local CURVE = lab.tensor({ 1, 3, 10, 0.5 }, { dtype = "float64" })
local PROBLEMS = {
  ["a quadratic"] = function(a, b) return ((a - 1) ^ 2 * CURVE):sum() + ((b - 0.5) ^ 2):sum() end,
  ["a curved valley"] = function(a, b)
    local bend = b:narrow(2, 1, 2) - a:reshape(2, 2) ^ 2
    return ((1 - a) ^ 2):sum() + 3 * (bend ^ 2):sum() + 0.1 * (b ^ 4):sum()
  end,
}

-- The loss after 300 updates as a share of that before them.
local function remaining(name, f)
  local a = lab.tensor({ 0.3, -0.7, 1.2, 0.5 }, { dtype = "float64", requires_grad = true })
  local b = lab.tensor({ { 0.1, 0.9, -0.4 }, { -1.1, 0.2, 0.6 } }, { dtype = "float64", requires_grad = true })
  local opt = optim[name]({ a, b }, OPTIONS[name])
  local first, last
  for _ = 1, 300 do
    opt:zero_grad()
    local loss = f(a, b)
    last = loss:item()
    first = first or last
    loss:backward()
    opt:step(loss)
  end
  return last / first
end

describe("on small problems", function()
  for name in pairs(core.optim) do
    if name:match "^%u" then
      it(name .. " goes down", function()
        for what, f in pairs(PROBLEMS) do
          local share = remaining(name, f)
          assert(share < 0.1, ("%s: %g of the loss is left"):format(what, share))
        end
      end)
    end
  end
end)

-- Reddi, Kale, Kumar, "On the convergence of Adam and beyond": losses C x every third update and -x between, x in
-- [-1, 1]; their mean is least at -1. Adam's steps by the rare large gradient are too small.
describe("Reddi's example", function()
  local function ends_at(name, o)
    local x = lab.tensor({ 0 }, { dtype = "float64", requires_grad = true })
    o.lr = 0.1
    local opt = optim[name]({ x }, o)
    for t = 1, 6000 do
      opt.lr = 0.1 / math.sqrt(t)
      x.grad = lab.tensor({ t % 3 == 1 and 3 or -1 }, { dtype = "float64" })
      opt:step()
      lab.no_grad(x.clamp_, x, -1, 1)
    end
    return x:item()
  end

  it("leads Adam to +1, and AMSGrad, Yogi and SGD to -1", function()
    local betas = { 0, 1 / (1 + 3 ^ 2) }
    assert.is_true(ends_at("Adam", { betas = betas }) > 0.9)
    assert.is_true(ends_at("Adam", { betas = betas, amsgrad = true }) < -0.9)
    assert.is_true(ends_at("Yogi", { betas = betas, eps = 1e-8 }) < -0.9)
    assert.is_true(ends_at("SGD", {}) < -0.9)
  end)
end)
