--- optlab compare: groups, their differences, and what speaks against comparing them.
local fake_runs = require "tests.support.fake_runs"
local files = require "tests.support.files"
local program = require "tests.support.program"
local runs_folder = require "tests.support.runs_folder"
local text = require "tests.support.text"
local uv = require "luv"

local dir

local has, has_not = text.contains, text.lacks

local function compare(...) return runs_folder.said("compare", ...) end

local function refused(...) return runs_folder.refused("compare", ...) end

-- Losses of two optimizers with five seeds: adam's are lower by 0.10 to 0.14.
local function losses(p)
  local noise = ({ 0.03, 0.01, 0.05, 0.02, 0.04 })[p.seed]
  return { 1, (p.optimizer == "adam" and 0.2 or 0.3) + noise + (p.optimizer == "sgd" and noise - 0.01 or 0) }
end

local function make(values, of, fields)
  fields = fields or {}
  fields.experiment = fields.experiment or "momentum"
  return fake_runs.grid(dir .. "/runs", values, of or losses, fields)
end

local function optimizers() return make { optimizer = { "sgd", "adam" }, seed = { 1, 2, 3, 4, 5 } } end

describe("optlab compare --by", function()
  before_each(function() dir = runs_folder.open() end)
  after_each(runs_folder.close)

  it("tells median, quartiles, mean and spread of each group", function()
    optimizers()
    local out = compare("--by", "optimizer")
    has(out, "loss (lower is better)\n")
    has(out, "adam          5  0.2300  0.2200 to 0.2400  0.2300 ± 0.016  0.2100   0.2500\n")
    has(out, "sgd           5  0.3500  0.3300 to 0.3700  0.3500 ± 0.032  0.3100   0.3900\n")
    has_not(out, "warning")
  end)

  -- Means of pairs: 0.12; the interval is that of SciPy's bootstrap to the error of 2000 resamples (statistics_spec).
  it("tells the differences in pairs, the same each time", function()
    optimizers()
    local out = compare("--by", "optimizer")
    has(out, "loss minus that of optimizer adam, in pairs of the same seed\n")
    assert.is_truthy(out:find "sgd +5 +%+0%.1200 +%+0%.1[01]%d%d to %+0%.1[23]%d%d +0 of 5\n", out)
    assert.equal(out, compare("--by", "optimizer"))
    has(compare("--by", "optimizer", "--against", "sgd"), "loss minus that of optimizer sgd")
    has(compare("--by", "optimizer", "--against", "sgd"), "5 of 5")
  end)

  it("pairs runs that differ in what goes with the group, and not runs that differ in more", function()
    for i, p in ipairs { { "sgd", 0.1 }, { "adam", 0.001 } } do
      make({ optimizer = { p[1] }, lr = { p[2] }, beta = { 0, 0.9 }, seed = { 1, 2, 3 } }, function(q)
        return { i * q.seed + q.beta }
      end, { n = 10 * i })
    end
    local out = compare("--by", "optimizer")
    assert.is_truthy(out:find "adam +6 +%+2 +%+1.333 to %+2.667 +0 of 6\n", out)
  end)

  it("warns of few seeds, of other seeds, of other budgets", function()
    make({ optimizer = { "sgd" }, seed = { 1, 2 } })
    make({ optimizer = { "adam" }, seed = { 2, 3, 4 } }, function() return { 3, 2, 1 } end, { n = 3 })
    local out = compare("--by", "optimizer")
    has(out, "warning: fewer than 3 seeds say next to nothing about chance: optimizer sgd (2)\n")
    has(out, "warning: the seeds are not the same in all groups: optimizer adam: 2..4; optimizer sgd: 1, 2\n")
    has(out, "warning: the groups were not trained for the same number of epochs: optimizer adam: 3; "
      .. "optimizer sgd: 2\n")
  end)

  it("warns where the seed makes no difference, and of other data", function()
    local read = { ["a/x.dat"] = "123456789" }
    make({ lr = { 1, 2 }, seed = { 1, 2, 3 } }, function(p) return { p.lr } end, { data = read })
    local out = compare("--by", "lr")
    has(out, "warning: the seed makes no difference in lr 1, lr 2: does the script set one of its own")
    assert.is_nil(out:find("the same data", 1, true))
    fake_runs.make(dir .. "/runs", { n = 19, experiment = "momentum", parameters = { lr = 2 }, seed = 4, loss = { 1 },
      data = { x = "stand-in" } })
    has(compare("--by", "lr"),
      "warning: the runs did not read the same data: 6 runs: x.dat (12345678); 1 run: x (stand-in)\n")
  end)

  it("does not name all of many groups", function()
    make({ lr = { 1, 2, 3, 4, 5, 6 }, seed = { 1, 2, 3 } }, function(p) return { p.lr } end)
    fake_runs.make(dir .. "/runs", { n = 19, experiment = "momentum", parameters = { lr = 2 }, seed = 9, loss = { 1 } })
    has(compare("--by", "lr"), "the seeds are not the same in all groups: lr 2: 1..3, 9; the 5 others: 1..3\n")
  end)

  it("warns of other numbers of steps, of configurations, of builds and scripts", function()
    local function history(steps)
      return { { "fit-1", 1, steps, "loss", 0.5 }, { "fit-1", 2, 2 * steps, "loss", 0.4 } }
    end
    for i, name in ipairs { "sgd", "adam" } do
      make({ lr = i == 1 and { 0.1 } or { 0.1, 0.2 }, seed = { 1, 2, 3 } }, function() return { 1, 0.5 } end, {
        n = 10 * i, optimizer = name, history = history(100 * i), versions = { build = name },
        script = "m.lua", code = { ["m.lua"] = name } })
    end
    for n = 10, 25 do
      local path = ("%s/runs/%d-momentum/run.json"):format(dir, n)
      if uv.fs_stat(path) then
        local optimizer = n < 20 and '"optimizer": "sgd", ' or '"optimizer": "adam", '
        files.write(path, (files.read(path):gsub('"lr"', optimizer .. '"lr"')))
      end
    end
    local out = compare("--by", "optimizer")
    has(out, "not trained for the same number of steps: optimizer adam: 400; optimizer sgd: 200\n")
    has(out, "the groups had different numbers of configurations, and more tries find a better one by chance: "
      .. "optimizer adam: 2; optimizer sgd: 1\n")
    has(out, "warning: the script has changed between runs of momentum (optlab diff N M shows how)\n")
    has(out, "warning: the runs were made by 2 builds of optlab\n")
  end)

  it("counts a run that diverged as the worst, and leaves out one that did not end", function()
    make({ optimizer = { "sgd" }, seed = { 1, 2, 3 } }, function() return { 0.5 } end)
    make({ optimizer = { "adam" }, seed = { 1 } }, function() return { 0.1 } end, { n = 4, status = "diverged" })
    make({ optimizer = { "adam" }, seed = { 2 } }, function() return { 0.1 } end, { n = 5, status = "failed" })
    make({ optimizer = { "adam" }, seed = { 3 } }, function() return { 0.1 } end, { n = 6 })
    local out = compare("--by", "optimizer")
    has(out, "adam          3     inf        inf to inf      0.1000  0.1000      inf  1 diverged, 1 failed\n")
    has(out, "loss minus that of optimizer sgd, in pairs of the same seed\n")
    has(out, "1 of 2\n")
    has(out, "warning: in 1 of 2 pairs of optimizer adam a run diverged: mean difference and interval are those of the "
      .. "other pairs\n")
  end)

  it("counts a run that diverged as the worst of accuracies, too", function()
    for n, acc in ipairs { 0.9, 0.1, 0.8, 0.7 } do
      fake_runs.make(dir .. "/runs", { n = n, experiment = "m", parameters = { lr = (n + 1) // 2 }, seed = n % 2,
        series = { { quantity = "acc", y = { acc } } }, status = n == 2 and "diverged" or "done" })
    end
    local out = compare("--by", "lr")
    assert.is_truthy(out:find "\n1 +2 +%-inf +%-inf to %-inf +0%.9000 +%-inf +0%.9000")
    has(out, "acc minus that of lr 2, in pairs of the same seed\n")
  end)

  it("says where runs did not record the quantity", function()
    make({ lr = { 1, 2 }, seed = { 1, 2, 3 } }, function(p) return { p.seed } end)
    fake_runs.make(dir .. "/runs", { n = 9, experiment = "momentum", parameters = { lr = 2 }, seed = 4,
      series = { { quantity = "other", y = { 1 } } } })
    local out = compare("--by", "lr")
    has(out, "warning: of lr 2 not all runs ended with 'loss', and only those count: 1 without\n")
    has_not(out, "seeds are not the same")
  end)

  it("does not count a run twice that was repeated", function()
    for n = 1, 4 do
      local seed = math.max(1, n - 1)
      fake_runs.make(dir .. "/runs", { n = n, experiment = "m", seed = seed, cell = "c" .. seed,
        parameters = { lr = 0.1 }, loss = { n } })
    end
    local out = compare("--by", "lr")
    has(out, "\n0.1     3       3  2.500 to 3.500       3 ± 1       2        4\n")
    has(out, "warning: 1 run left out: a later run has the same script, parameters and seed\n")
  end)

  it("does not count what came before a run that was repeated, whatever became of it", function()
    for n, status in ipairs { "diverged", "failed", "diverged", "done", "failed" } do
      fake_runs.make(dir .. "/runs", { n = n, experiment = "m", seed = n == 4 and 2 or 1,
        cell = n == 4 and "b" or "a", parameters = { lr = 0.1 }, loss = { n }, status = status })
    end
    local out = compare("--by", "lr")
    assert.is_truthy(out:find "\n0%.1 +3 +inf .* 1 diverged, 1 failed\n")
    has(out, "warning: 2 runs left out: a later run has the same script, parameters and seed\n")
  end)

  it("takes the best configuration of each group, and says of how many", function()
    make({ optimizer = { "sgd", "adam" }, lr = { 0.1, 0.2 }, seed = { 1, 2, 3 } },
      function(p) return { (p.optimizer == "sgd" and p.lr or 0.3 - p.lr) + p.seed / 100 } end)
    local out = compare("--by", "optimizer", "--best")
    has(out, "configurations  the best one\n")
    assert.is_truthy(out:find "adam +3 +0%.1200 .* 2  lr 0%.2\n", out)
    assert.is_truthy(out:find "sgd +3 +0%.1200 .* 2  lr 0%.1\n", out)
  end)

  it("says of how many where the best configuration of the second script ran first", function()
    for n, p in ipairs { { "x", 1, 5 }, { "y", 1, 1 }, { "x", 2, 2 }, { "x", 3, 3 } } do
      fake_runs.make(dir .. "/runs", { n = n, experiment = "m", parameters = { lr = p[2] }, loss = { p[3] },
        script = "m.lua", code = { ["m.lua"] = p[1] } })
    end
    local out = compare("--by", "script", "--best")
    assert.is_truthy(out:find "\n%u +1 +1 [^\n]* 1  lr 1\n")
    assert.is_truthy(out:find "\n%u +1 +2 [^\n]* 3  lr 2\n")
  end)

  it("takes a list of numbers as the group to compare with", function()
    make({ size = { { 1, 2 }, { 3 } }, seed = { 1, 2 } }, function(p) return { #p.size + p.seed } end)
    has(compare("--by", "size", "--against", "1,2"), "loss minus that of size 1, 2, in pairs")
    has(compare("--by", "size", "--against", "1, 2"), "loss minus that of size 1, 2, in pairs")
  end)

  it("groups by several names, chooses runs, and knows other quantities and formats", function()
    make({ optimizer = { "sgd", "adam" }, lr = { 0.1, 0.2 }, seed = { 1, 2, 3 } }, nil,
      { series = { { quantity = "accuracy", y = { 0.5 } } } })
    local out = compare("--by", "optimizer,lr", "--where", "lr < 0.2", "--metric", "accuracy")
    has(out, "accuracy (higher is better)\n")
    has(out, "optimizer adam, lr 0.1")
    has_not(out, "lr 0.2")
    local _, csv = program.run(dir, "compare", "--by", "optimizer", "--format", "csv")
    has(csv, "group,metric,runs,counted,configurations,median,q25,q75,mean,std,lowest,highest,against,difference_pairs")
    has(csv, "\noptimizer adam,loss,6,6,2,0.23")
    local _, latex = program.run(dir, "compare", "--by", "optimizer", "--format", "latex")
    has(latex, "$\\pm$")
    has(latex, "25 \\% to 75 \\%")
  end)

  it("refuses what makes no sense", function()
    optimizers()
    fake_runs.make(dir .. "/runs", { n = 40, experiment = "lenet", parameters = { optimizer = "sgd" }, loss = { 1 } })
    for words, message in pairs {
      ["--by optimzer"] = "compare: --by: no run has a parameter 'optimzer'; did you mean 'optimizer'?",
      ["--by optimizer"] = "compare: runs of several experiments have optimizer; --experiment NAME chooses one (lenet, "
        .. "momentum)",
      ["1..5 --by optimizer --metric los"] = "compare: no run ended with 'los' (there are loss)",
      ["1..5 --by optimizer --against rms"] = "compare: --against: there is no group 'rms' (there are optimizer sgd)",
      ["1..5 --by optimizer --metric loss --minimize loss"] =
        "compare: give one of --metric, --minimize and --maximize",
      ["1 2 --by ,"] = "compare: --by must be the name of a parameter, got ''",
      ["--by optimizer --where seed>9"] = "compare: no run is left by --where 'seed>9'",
      ["--by lr --experiment x"] = "compare: no run is left by --experiment 'x'",
      ["1 ./runs/1-momentum"] = "compare: one run alone; name two or more, or groups with --by NAME",
      ["1 2 --best"] = "compare: --best and --against are about groups; give --by NAME",
      ["1"] = "compare: one run alone; name two or more, or groups with --by NAME",
      ["99"] = "compare: there is no run 99 in runs (the last one is 40-lenet)",
    } do
      local list = {}
      for word in words:gmatch "%S+" do list[#list + 1] = word end
      assert.equal("optlab: " .. message .. "\n", refused(table.unpack(list)))
    end
  end)
end)

describe("optlab compare RUN RUN", function()
  before_each(function() dir = runs_folder.open() end)
  after_each(runs_folder.close)

  it("shows what differs, final values, and other versions, scripts and data", function()
    for n = 1, 2 do
      fake_runs.make(dir .. "/runs", { n = n, experiment = "m", parameters = { lr = n / 10, steps = 5 }, seed = n,
        loss = { 1 / n }, seconds = n, versions = { optlab = "0.1.0", build = "b" .. n }, script = "m.lua",
        code = { ["m.lua"] = "print(" .. n .. ")\n" }, data = { ["a.csv"] = "x" .. n } })
    end
    local out = compare("1", "2")
    has(out, "           1-m     2-m\n")
    has(out, "lr         0.1     0.2\n")
    has(out, "seed         1       2\n")
    has(out, "loss         1     0.5\n")
    has_not(out, "steps")
    has(out, "note: build differs: b1 in 1, b2 in 2\n")
    has(out, "note: m.lua has different bytes in these runs (optlab diff N M shows how)\n")
    has(out, "note: a.csv is not the same data in all runs\n")
  end)

  it("chooses also among runs that are named by their directories, wherever these are", function()
    make({ lr = { 0.1, 0.2 } }, function(p) return { p.lr } end, { seed = 1 })
    fake_runs.make(dir .. "/elsewhere", { n = 1, parameters = { lr = 0.3 }, loss = { 4 } })
    local out = compare("./runs/1-momentum", dir .. "/runs/2-momentum", "elsewhere/1-train", "--where", "lr > 0.15")
    has(out, "            1-train  2-momentum\n")
  end)

  it("has a row for each of many runs, and all digits in CSV", function()
    make({ lr = { 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7 } }, function(p) return { p.lr / 3 } end, { seed = 1 })
    local out = compare("1..7")
    has(out, "run          lr")
    has(out, "\n7-momentum  0.7")
    local _, csv = program.run(dir, "compare", "1", "7", "--format", "csv")
    has(csv, "run,lr,loss,seconds\n1-momentum,0.1,0.033333333333333333,1.5\n")
  end)
end)
