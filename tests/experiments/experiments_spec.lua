-- Every experiment of the chapter, run to its end by the program that runs this spec.

local experiment = require "tests.support.experiment"
local files = require "tests.support.files"

local run = experiment.run

-- What each prints, to all digits, and the figures it leaves. `losses`: how many lines about the regression there are.
local EXPERIMENTS = {
  ["optimization-intro"] = {
    prints = {"tanh'(4) = 0.0013"},
    figures = {"risk", "local-minimum", "saddle-1d", "saddle-2d", "vanishing-gradient"},
  },
  convexity = {
    prints = {"Jensen, exp(0.5 x): mean of f >= f of the mean in 400 of 400 samples",
      "max(|x| - 1, 0): descents end between -0.95 and 1.00, all at f = 0"},
    figures = {"convex-functions", "local-is-global", "minima", "jensen", "projections"},
  },
  gd = {
    prints = {"epoch 10, x: 0.060466", "epoch 10, x: 3.486784", "epoch 10, x: 61.917364", "epoch 10, x: -1.528166",
      "epoch 20, x1: -0.057646, x2: -0.000073", "epoch 10, x: 0.000000", "epoch 10, x: 26.834133",
      "epoch 10, x: 7.269860"},
    figures = {"gd-eta-0.2", "gd-eta-0.05", "gd-eta-1.1", "gd-local-minimum", "gd-2d", "newton-quadratic",
      "newton-cosh", "newton-nonconvex-eta-1", "newton-nonconvex-eta-0.5", "newton-nonconvex-abs", "gd-valley",
      "preconditioning", "line-search"},
  },
  sgd = {
    prints = {"with replacement: at least once 0.63, exactly once 0.37",
      "without replacement: at least once 1.00, exactly once 1.00"},
    figures = {"trace-constant", "trace-piecewise", "trace-exponential", "trace-polynomial", "learning-rates",
      "distance", "sampling"},
  },
  ["minibatch-sgd"] = {
    prints = {"performance in Gigaflops: element ", "performance in Gigaflops: block "}, losses = 5,
    figures = {"matrix-product", "airfoil-batch-1500", "airfoil-batch-1", "airfoil-batch-100", "airfoil-batch-10",
      "loss-seconds", "airfoil-concise"},
    timed = {["matrix-product"] = true, ["loss-seconds"] = true},
  },
  momentum = {
    prints = {"epoch 20, x1: -0.943467, x2: -0.000073", "epoch 20, x1: -0.387814, x2: -1673.365109",
      "epoch 20, x1: 0.007188, x2: 0.002553", "epoch 20, x1: -0.126340, x2: -0.186632"}, losses = 4,
    figures = {"trace-gd-0.4", "trace-gd-0.6", "trace-momentum-0.5", "trace-momentum-0.25", "weights",
      "airfoil-lr-0.02", "airfoil-lr-0.01", "airfoil-lr-0.005", "airfoil-concise", "scalar-convergence",
      "convergence-region"},
  },
  adagrad = {
    prints = {"epoch 20, x1: -2.382563, x2: -0.158591", "epoch 20, x1: -0.002295, x2: -0.000000"}, losses = 2,
    figures = {"trace-0.4", "trace-2", "learning-rates", "airfoil", "airfoil-concise"},
  },
  rmsprop = {
    prints = {"epoch 20, x1: -0.010599, x2: 0.000000", "gamma 0.90: half-life  6.58 steps",
      "s = 1.189, with gamma^2 g^2 1.189, with the book's gamma^2 g 0.703"}, losses = 2,
    figures = {"weights", "trace", "airfoil", "airfoil-concise"},
  },
  adadelta = {
    prints = {"epoch 300, x1: -1.500690, x2: -0.000005", "(Adadelta, ρ = 0.9, ε = 1e-05)",
      "(optim.Adadelta, ρ = 0.9, ε = 1e-06)", "rho 0.9: half-life 6.58 steps"}, losses = 2,
    figures = {"airfoil", "airfoil-concise", "trace"},
  },
  adam = {
    prints = {}, losses = 3,
    figures = {"airfoil", "airfoil-concise", "airfoil-yogi", "trace-adam", "trace-yogi", "optimizers",
      "bias-correction"},
  },
  ["lr-scheduler"] = {
    prints = {"square-root: 0.1000 at first", "cosine-warmup: 0.0000 at first", "  (constant)", "  (cosine-warmup)",
      "schedule      train loss train acc test acc  best (epoch)  seconds  images/s"},
    figures = {"square-root", "factor", "multi-factor", "cosine", "cosine-warmup", "all", "train-constant",
      "train-square-root", "train-factor", "train-multi-factor", "train-cosine", "train-cosine-warmup",
      "test-accuracy"},
    options = "--n 200 --n_test 50 --batch_size 50 --epochs 2",
  },
  lenet = {
    prints = {"Conv2d      (1, 16, 10, 10)         2416", "61706", "epoch 1, train loss "},
    figures = {"training", "predictions", "filters", "confusion"},
    options = "--n 200 --n_test 50 --epochs 2",
  },
}

local names = {}
for name in pairs(EXPERIMENTS) do names[#names + 1] = name end
table.sort(names)

-- The losses and the seconds of the lines "loss: 0.243, 0.00112 sec/epoch".
local function losses(text)
  local list = {}
  for loss in text:gmatch("loss: (%d+%.%d%d%d), %d[%d.e-]* sec/epoch") do list[#list + 1] = tonumber(loss) end
  return list
end

local function has_line_with(text, words) return text:find(words, 1, true) ~= nil end

describe("experiments", function()
  teardown(experiment.clean)

  for _, name in ipairs(names) do
    local expected = EXPERIMENTS[name]
    local text, out, ok

    describe(name, function()
      setup(function() text, out, ok = run(name, "--format none " .. (expected.options or "")) end)

      it("runs to its end", function() assert.is_true(ok, text) end)

      it("prints the book's numbers", function()
        for _, words in ipairs(expected.prints) do
          assert.is_true(has_line_with(text, words), ("'%s' is not in:\n%s"):format(words, text))
        end
      end)

      it("draws all figures of the section", function()
        for _, figure in ipairs(expected.figures) do
          local script = files.read(("%s/%s.gp"):format(out, figure))
          assert.is_truthy(script and #script > 200, figure .. ".gp is missing or empty")
        end
      end)

      if expected.losses then
        it("ends near the least-squares optimum in every regression", function()
          if not experiment.have_airfoil then
            return pending("the real airfoil data are not in ../shared/data or $OPTLAB_DATA")
          end
          local list = losses(text)
          assert.equal(expected.losses, #list, text)
          for _, loss in ipairs(list) do
            assert.is_true(loss >= 0.241 and loss < 0.262, ("loss %.3f in:\n%s"):format(loss, text))
          end
        end)
      end

      it("writes the same bytes again, whatever the number of threads", function()
        local _, again, fine = run(name, "--format none --threads 2 " .. (expected.options or ""))
        assert.is_true(fine)
        assert.equal(files.read(out .. "/metrics.csv"), files.read(again .. "/metrics.csv"))
        for _, figure in ipairs(expected.figures) do
          if not (expected.timed and expected.timed[figure]) then
            local file = ("/%s.gp"):format(figure)
            assert.is_true(files.read(out .. file) == files.read(again .. file), figure .. ".gp differs")
          end
        end
      end)
    end)
  end

  -- Name, parameters that are far too large, how many figures there are, how many lines at least speak of divergence.
  local DIVERGE = {
    {"adadelta", "--rho 1", 3, 1}, {"adagrad", "--lr 1e300", 5, 0}, {"adam", "--trace_lr 1e300", 7, 2},
    {"gd", "--lr_2d 1e16 --steps_2d 40", 13, 1}, {"momentum", "--airfoil_lr 1e6", 11, 1},
    {"minibatch-sgd", "--size 16 --lr_1 1e6 --lr_10 1e6", 7, 2}, {"rmsprop", "--gamma 1", 4, 1},
    {"rmsprop", "--gamma 2", 4, 2}, {"sgd", "--lr 1e6", 7, 4},
    {"lenet", "--n 256 --n_test 40 --epochs 2 --batch_size 64 --lr 1e6", 4, 1},
    {"lr-scheduler", "--n 100 --n_test 50 --batch_size 50 --epochs 3 --schedule constant --lr 1e6", 8, 1},
    {"custom/scheduler", "--lr 1e6", 2, 0}, {"custom/optimizer", "--airfoil_lr 1e300", 3, 1},
  }
  for _, case in ipairs(DIVERGE) do
    local name, parameters, figures, lines = table.unpack(case)
    it(("draw what there is and say so when a run diverges: %s %s"):format(name, parameters), function()
      local text, out, ok = run(name, "--format none " .. parameters)
      assert.is_true(ok, text)
      assert.is_true(select(2, text:gsub("diverged at step %d", "")) >= lines, text)
      local drawn = 0
      for _, file in ipairs(files.names(out)) do drawn = drawn + (file:match("%.gp$") and 1 or 0) end
      assert.equal(figures, drawn)
    end)
  end

  it("differ in nothing but the schedule, in lr-scheduler", function()
    local _, out = run("lr-scheduler",
      "--format none --n 100 --n_test 50 --batch_size 50 --epochs 17 --lr 0.05 --threads 1")
    local rows = {constant = {}, ["multi-factor"] = {}}
    for name, epoch, rest in files.read(out .. "/metrics.csv"):gmatch("train%-(%S-),(%d+),(%S+)\n") do
      if rows[name] then table.insert(rows[name], {tonumber(epoch), rest}) end
    end
    local same, different = 0, 0
    for i, row in ipairs(rows.constant) do
      local equal = row[2] == rows["multi-factor"][i][2]
      if row[1] <= 15 then
        assert.is_true(equal, row[2])
        same = same + 1
      elseif not equal then
        different = different + 1
      end
    end
    assert.equal(4 * 15, same) -- losses and accuracies until the rate is halved
    assert.is_true(different > 0)
  end)

  it("trains with one schedule alone when it is asked for", function()
    local text, out, ok = run("lr-scheduler",
      "--format none --n 100 --n_test 50 --batch_size 50 --epochs 1 --schedule cosine")
    assert.is_true(ok, text)
    assert.is_truthy(files.read(out .. "/train-cosine.gp"))
    assert.is_false(files.exists(out .. "/train-constant.gp"))
    local message, _, fine = run("lr-scheduler", "--schedule cosin")
    assert.is_falsy(fine)
    assert.is_true(has_line_with(message, "did you mean 'cosine'?"))
  end)

  it("writes other numbers with another seed", function()
    local _, one = run("sgd", "--format none --seed 1")
    local _, two = run("sgd", "--format none --seed 2")
    assert.not_equal(files.read(one .. "/metrics.csv"), files.read(two .. "/metrics.csv"))
  end)

  it("gives the same numbers with compiled updates and without", function()
    for _, name in ipairs {"momentum", "adam", "minibatch-sgd"} do
      local _, compiled = run(name)
      local _, plain = run(name, "--format none --no-compile")
      local numbers = files.read(compiled .. "/metrics.csv")
      assert.equal(numbers, files.read(plain .. "/metrics.csv"), name)
    end
  end)

  it("draws the same pictures twice", function()
    local text, one, ok = run("momentum", "--format svg")
    assert.is_true(ok, text)
    local _, two = run("momentum", "--format svg")
    for _, figure in ipairs(EXPERIMENTS.momentum.figures) do
      local svg = files.read(("%s/%s.svg"):format(one, figure))
      assert.is_truthy(svg and svg:find("<svg", 1, true), figure .. ".svg is missing")
      assert.is_true(svg == files.read(("%s/%s.svg"):format(two, figure)), figure .. ".svg differs")
    end
  end)

  it("takes hyperparameters from the command line", function()
    local text, out, ok = run("momentum", "--format none --lr 0.4 --momentum 0.25 --steps 5")
    assert.is_true(ok, text)
    assert.is_true(has_line_with(text, "epoch 5, x1: "))
    assert.is_truthy(files.read(out .. "/trace-momentum-0.125.gp"))
  end)

  it("trains on the stand-in, which has the same optimum, when there are no data", function()
    local text, out, ok = run("adam", "--format none", true)
    assert.is_true(ok, text)
    local list = losses(text)
    assert.equal(3, #list, text)
    for _, loss in ipairs(list) do assert.is_true(loss >= 0.241 and loss < 0.262, text) end
    assert.is_truthy(files.read(out .. "/airfoil.gp"):lower():find("stand%-in"))
  end)

  it("stays at the built-in optimizer's side with the rules written out", function()
    local allowed = {momentum = 1e-9, adam = 1e-9, adadelta = 1e-9, adagrad = 1e-2, rmsprop = 1e-2}
    for name, tolerance in pairs(allowed) do
      local found = 0
      for difference in run(name):gmatch("largest difference from optim%.%a+: (%S+)") do
        found = found + 1
        assert.is_true(tonumber(difference) <= tolerance, ("%s: %s"):format(name, difference))
      end
      assert.is_true(found > 0, name)
    end
  end)
end)
