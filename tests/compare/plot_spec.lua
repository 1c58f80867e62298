--- optlab plot: the numbers in the figure's script are those of the runs.
local fake_runs = require "tests.support.fake_runs"
local files = require "tests.support.files"
local has = require("tests.support.text").contains
local runs_folder = require "tests.support.runs_folder"

local dir

local function plot(...) return runs_folder.said("plot", ...) end

local function refused(...) return runs_folder.refused("plot", ...) end

local function script(name) return files.read(dir .. "/out/" .. name .. ".gp") end

local function make(values, of) return fake_runs.grid(dir .. "/runs", values, of, { experiment = "m" }) end

describe("optlab plot", function()
  before_each(function() dir = runs_folder.open() end)
  after_each(runs_folder.close)

  it("draws a line for each run", function()
    make({ lr = { 0.1, 0.2 } }, function(p) return { 1, p.lr * 3 } end)
    assert.equal("out/loss.svg: 2 curves\n", plot "1..2")
    local text = script "loss"
    has(text, "lr 0.1")
    has(text, "lr 0.2")
    has(text, "0.3")
    assert.is_truthy(files.read(dir .. "/out/loss.svg"):find("<svg", 1, true))
  end)

  it("draws median and quartiles of groups; a run that diverged counts as the worst", function()
    make({ lr = { 0.1, 0.2 }, seed = { 1, 2, 3 } }, function(p) return { 1, p.lr * p.seed } end)
    fake_runs.make(dir .. "/runs", { n = 7, experiment = "m", parameters = { lr = 0.1 }, seed = 4, status = "diverged",
      loss = { 5 } })
    assert.equal("pics/a.png: 7 curves in 2 groups, median and quartiles\n",
      plot("--by", "lr", "--name", "a.png", "--out", "pics", "--logy"))
    local text = files.read(dir .. "/pics/a.gp")
    has(text, "lr 0.1 (4)")
    has(text, "lr 0.2 (3)")
    has(text, "0.25") -- of 0.1, 0.2, 0.3 and infinity
    has(text, "logscale y")
  end)

  it("draws a run once that was repeated", function()
    for n, loss in ipairs { 9, 9, 1 } do
      fake_runs.make(dir .. "/runs", { n = n, experiment = "m", parameters = { lr = 1 }, seed = n,
        loss = { loss, loss }, cell = n < 3 and "a" or "b" })
    end
    assert.equal("out/loss-by-lr.svg: 2 curves in 1 group, median and quartiles\n", plot("--by", "lr"))
    has(script "loss-by-lr", "lr 1 (2)")
  end)

  it("draws over steps, and one line of several", function()
    fake_runs.make(dir .. "/runs", { n = 1, experiment = "m", metrics = {}, history = {
      { "fit-1", 1, 50, "loss", 0.5 }, { "fit-1", 2, 100, "loss", 0.25 }, { "fit-2", 1, 70, "loss", 0.75 },
      { "fit-2", 2, 140, "loss", 0.125 } } })
    plot("1", "--x", "step", "--line", "fit-2", "--format", "none")
    local text = script "loss"
    has(text, "140")
    has(text, "0.75")
    assert.is_nil(text:find("0.25", 1, true))
    plot("1", "--format", "none")
    has(script "loss", "fit-1")
  end)

  it("refuses what is not there, before anything is written", function()
    make({ lr = { 0.1 } }, function() return { -1, 0 } end)
    fake_runs.make(dir .. "/runs", { n = 2, experiment = "m" })
    for words, message in pairs {
      ["1 --y los"] = "plot: --y: no run has a curve of 'los'; did you mean 'loss'?",
      ["1 --x step"] = "plot: --x: the curves are not recorded over 'step' (there are epoch)",
      ["1 --line a"] = "plot: --line: no run has a line 'a' (there are train)",
      ["1 --logy"] = "plot: --logy: no value of loss is positive",
      ["1 --by lrr"] = "plot: --by: no run has a parameter 'lrr'; did you mean 'lr'?",
      ["2"] = "plot: the runs have no curves (lab.metrics and train.fit record them)",
      ["1 --format bmp"] = "plot: the format must be one of 'svg', 'png', 'pdf', 'eps', 'tex', 'gif', 'webp', 'html', "
        .. "'txt', 'none', got 'bmp'",
    } do
      local list = {}
      for word in words:gmatch "%S+" do list[#list + 1] = word end
      assert.equal("optlab: " .. message .. "\n", refused(table.unpack(list)))
    end
    assert.is_false(files.exists(dir .. "/out"))
  end)
end)
