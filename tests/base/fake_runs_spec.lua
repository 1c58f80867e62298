-- The directories of runs that specs make for themselves (tests/support/fake_runs.lua).
local fake_runs = require "tests.support.fake_runs"
local files = require "tests.support.files"
local json = require "optlab.base.json"

describe("directories of runs made by a spec", function()
  local dir
  before_each(function() dir = files.folder() end)
  after_each(function() files.remove(dir) end)

  it("hold a record, the numbers, the code and the tags", function()
    local path = fake_runs.make(dir .. "/runs", {
      n = 12, experiment = "momentum", parameters = { lr = 0.1, betas = { 0.9, 0.99 } }, seed = 7,
      series = { { run = "sgd", y = { 0.5, 0.25 } }, { run = "adam", y = { 0.5, 0 / 0 } } }, tags = { "good" },
      history = { { "fit-1", 1, 10, "loss", 0.5 } },
    })
    assert.equal(dir .. "/runs/12-momentum", path)
    local record = assert(json.decode(files.read(path .. "/run.json")))
    assert.equal(1, record.format)
    assert.equal("momentum", record.experiment)
    assert.same({ 0.9, 0.99 }, { table.unpack(record.parameters.betas) })
    assert.equal("nan", record.final["adam.loss"].float)
    assert.equal(0.25, record.final["sgd.loss"])
    assert.equal(fake_runs.sha256(files.read(path .. "/code/train.lua")), record.code["train.lua"])
    assert.truthy(json.is_array(record.arguments))
    assert.equal("run,epoch,quantity,value\nsgd,1,loss,0.5\nsgd,2,loss,0.25\nadam,1,loss,0.5\nadam,2,loss,nan\n",
      files.read(path .. "/metrics.csv"))
    assert.equal("run,epoch,step,quantity,value\nfit-1,1,10,loss,0.5\n", files.read(path .. "/history.csv"))
    assert.equal("good\n", files.read(path .. "/tags.txt"))
  end)
  it("are made for each combination of values", function()
    local seen = {}
    local paths = fake_runs.grid(dir .. "/runs", { lr = { 0.1, 0.2 }, seed = { 1, 2, 3 } }, function(p, n)
      seen[n] = { p.lr, p.seed }
      return { p.lr * p.seed }
    end, { n = 5 })
    assert.same({ { 0.1, 1 }, { 0.1, 2 }, { 0.1, 3 }, { 0.2, 1 }, { 0.2, 2 }, { 0.2, 3 } }, seen)
    assert.equal(dir .. "/runs/10-train", paths[6])
    local record = assert(json.decode(files.read(paths[6] .. "/run.json")))
    assert.equal(3, record.seed)
    assert.same({ lr = 0.2 }, record.parameters)
  end)
end)
