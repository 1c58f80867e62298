-- Every study, run to its end with little work; its numbers do not depend on the threads.
local experiment = require "tests.support.experiment"
local files = require "tests.support.files"
local order = require "optlab.base.order"

-- What each runs with here, a pattern of what it prints (with the stand-in for its data), and its figures.
local STUDIES = {
  basins = {
    options = "--side 30 --rates 12", prints = "momentum 0.9 +η [%d.]+ +%d+ %% as gradient flow", figures = {"basins"},
  },
  ["critical-batch-size"] = {
    options = "--n 200 --target 2 --batches 8,64 --rates 3 --width 8", prints = "Adam +S_min = %d+, B_crit = ",
    figures = {"critical-batch-size"},
  },
  ["double-descent"] = {
    options = "--n 40 --n_test 60 --widths 10,40,100 --seeds 3",
    prints = "∞ steps +largest test error [%d.]+ %% at N = 40,",
    figures = {"double-descent"},
  },
  ["edge-of-stability"] = {
    options = "--n 60 --width 8 --lr 0.2 --time 30 --points 10", prints = "η = 0.2 +150 updates, loss 0",
    figures = {"edge-of-stability"},
  },
  ["gradient-noise"] = {
    options = "--draws 40 --seeds 2 --epochs 2", prints = "B = 5, shuffled excess over", figures = {"gradient-noise"},
  },
  grokking = {
    options = "--prime 11 --width 32 --lr 0.01 --decays 0,1 --steps 300",
    prints = "weight decay 1 +99 %% of the training answers right after %d+ updates", figures = {"grokking"},
  },
  race = {
    options = "--steps 40 --rates 10 --frames 3", prints = "Adam +η = [%d.]+ +f = [%d.e-]+ after 40 steps",
    figures = {"race", "values"},
  },
  rates = {
    options = "--side 40", prints = "momentum: rate 0%.5%d+ at η h = 2%.%d+, β = 0%.2%d", figures = {"rates"},
  },
  saddle = {
    options = "--descents 20 --steps 600", prints = "SGD +median steps +4%d%d with", figures = {"paths", "steps"},
  },
  sensitivity = {
    options = "--updates 50 --rates 5 --seeds 2", prints = "Schedule%-Free +%d", figures = {"sensitivity", "width"},
  },
  sgld = {
    options = "--chains 50 --steps 400", prints = "ε = 0.005 +total variation distance to the posterior 0%.%d+",
    figures = {"density", "marginal"},
  },
  wall = {
    options = "--problem quadratic --steps 40 --trials 8", prints = "quadratic: %S+ first, f = ",
    figures = {"quadratic", "ranking"}, silent = "has changed no parameter", -- SOAP waits for a basis
  },
  landscape = {
    options = "--n 100 --n_loss 40 --epochs 2 --batch_size 20 --grid 4",
    prints = "components hold [%d.]+ %% of the squared distances",
    figures = {"landscape"},
  },
  ["mode-connectivity"] = {
    options = "--n 100 --n_test 40 --epochs 2 --common 1 --curve_epochs 2 --points 5",
    prints = "curve, different beginnings +loss", figures = {"mode-connectivity"},
  },
}

describe("studies", function()
  teardown(experiment.clean)

  it("are all here", function()
    local names = {}
    for name in pairs(STUDIES) do names[#names + 1] = name .. ".lua" end
    assert.same(require("optlab.base.files").list("experiments/studies", "%.lua$"), order.sort(names))
  end)

  for name, expected in pairs(STUDIES) do
    it(name .. " runs to its end, to the same bytes on one thread and two", function()
      local outs = {}
      for threads = 1, 2 do
        local text, out, ok = experiment.run("studies/" .. name,
          ("--format none --threads %d %s"):format(threads, expected.options), true)
        assert.is_true(ok, text)
        assert.matches(expected.prints, text)
        if expected.silent then assert.is_nil(text:find(expected.silent, 1, true), text) end
        outs[threads] = out
      end
      for _, figure in ipairs(expected.figures) do
        local script = files.read(("%s/%s.gp"):format(outs[1], figure))
        assert.is_true(#script > 200)
        assert.is_true(script == files.read(("%s/%s.gp"):format(outs[2], figure)), figure .. ".gp differs")
      end
      assert.equal(files.read(outs[1] .. "/metrics.csv"), files.read(outs[2] .. "/metrics.csv"))
    end)
  end

  it("basins takes a start that does not arrive for no minimum, as gradient flow may", function()
    local text, out, ok = experiment.run("studies/basins", "--format none --side 20 --rates 2 --steps 10", true)
    assert.is_true(ok, text)
    local shares = {}
    for name, quantity, value in files.read(out .. "/metrics.csv"):gmatch "([^\n,]+),%d+,(%a+),([^\n]+)" do
      shares[name] = shares[name] or {}
      shares[name][quantity] = tonumber(value)
    end
    for name, found in pairs(shares) do assert.is_true(found.same <= found.arrived, name) end
    assert.is_number(shares.Adam.same)
  end)
end)
