--- What is made of the cells' values: the quantity that decides, groups, the edge of a range, tables, figures.
local results = require "optlab.sweep.results"
local scale = require "optlab.sweep.figure.scale"
local tables = require "optlab.sweep.tables"

local LR = { name = "lr", kind = "number", min = 0 }

local function cell(index, values, final, status)
  local state = status == "failed" and "failed" or "done"
  return { index = index, values = values, seed = values.seed or 0, state = state,
    run = { status = status or "done", final = final or {} } }
end

describe("the quantity that decides", function()
  local function metric(finals, options)
    local cells = {}
    for i, final in ipairs(finals) do cells[i] = cell(i, {}, final) end
    return results.metric(cells, options or {})
  end

  it("is the loss, or the only one", function()
    assert.same({ "loss", 1 }, { metric { { loss = 1, acc = 2 } } })
    assert.same({ "error", 1 }, { metric { { error = 1, ["a.error"] = 1, ["b.error"] = 2 } } })
    assert.same({ "a.x", 1 }, { metric { { ["a.x"] = 1 } } })
  end)

  it("can be named", function()
    assert.same({ "acc", -1 }, { metric({ { loss = 1, acc = 2 } }, { maximize = "acc" }) })
    assert.same({ nil, "no cell recorded 'acx'; did you mean 'acc'?" },
      { metric({ { loss = 1, acc = 2 } }, { maximize = "acx" }) })
  end)

  it("is asked for where it is not clear", function()
    assert.same({ nil, "say which quantity decides, --minimize NAME or --maximize NAME: a, b, c.a" },
      { metric { { b = 1 }, { a = 1, ["c.a"] = 2 } } })
    local nothing = { nil, "the cells recorded no number (train.record, lab.metrics, train.fit)" }
    assert.same(nothing, { metric { {} } })
    assert.same(nothing, { metric({ {} }, { minimize = "loss" }) })
  end)
end)

describe("groups of cells", function()
  local nan = 0 / 0
  local cells = {
    cell(1, { lr = 0.1, seed = 1 }, { loss = 3 }), cell(2, { lr = 0.1, seed = 2 }, { loss = 1 }),
    cell(3, { lr = 1, seed = 1 }, { loss = nan }, "diverged"), cell(4, { lr = 1, seed = 2 }, {}, "failed"),
    cell(5, { lr = 0.2, seed = 1 }, { loss = 1.5 }), cell(6, { lr = 0.2, seed = 2 }, { loss = 1.5 }),
  }

  it("have medians and quartiles, the best first", function()
    local groups, ranked = results.groups({ LR }, cells, "loss", 1)
    assert.same({ 2, 1.5, 2.5, 2 }, { groups[1].median, groups[1].low, groups[1].high, groups[1].n })
    assert.same({ 0.2, 0.1, 1 }, { ranked[1].values.lr, ranked[2].values.lr, ranked[3].values.lr })
    assert.same({ math.huge, 1, 1 }, { groups[2].median, groups[2].diverged, groups[2].failed })
    local _, greatest = results.groups({ LR }, cells, "loss", -1)
    assert.same({ 0.1, 0.2, 1 }, { greatest[1].values.lr, greatest[2].values.lr, greatest[3].values.lr })
    assert.equal(-math.huge, greatest[3].median)
  end)

  it("say when the best value is at the edge of what was tried", function()
    local function edges(entry, best)
      local groups = { { values = { lr = 0.0 } }, { values = { lr = 0.5 } }, { values = { lr = 1.0 } } }
      return results.edges({ entry }, groups, { values = { lr = best } })
    end
    assert.same({ "the best lr, 1, is the greatest that was tried; a higher one may be better" }, edges(LR, 1.0))
    assert.same({}, edges(LR, 0.5))
    assert.same({}, edges(LR, 0.0))
    assert.same({ "the best lr, 0, is the least that was tried; a lower one may be better" },
      edges({ name = "lr", kind = "number" }, 0.0))
    assert.same({}, edges({ name = "lr", kind = "number", max = 1 }, 1.0))
    assert.same({}, edges({ name = "lr", kind = "number", choices = { 0, 0.5, 1 } }, 1.0))
  end)

  it("are rows of a table", function()
    local _, ranked = results.groups({ LR }, cells, "loss", 1)
    local columns, rows = tables.summary({ LR }, ranked, "loss")
    local titles = {}
    for i, column in ipairs(columns) do titles[i] = column.title end
    assert.same({ "lr", "median loss", "25 %", "75 %", "seeds", "diverged", "failed" }, titles)
    assert.same({ { "0.2", "1.5", "1.5", "1.5", "2", "0", "0" }, { "0.1", "2", "1.5", "2.5", "2", "0", "0" },
      { "1", "inf", "inf", "inf", "1", "1", "1" } }, rows)
  end)

  it("are listed cell by cell", function()
    local columns, rows = tables.all({ "lr", "seed" }, cells)
    assert.same({ "cell", "lr", "seed", "status", "loss" }, { columns[1].title, columns[2].title, columns[3].title,
      columns[4].title, columns[5].title })
    assert.same({ "3", "1", "1", "diverged", "nan" }, rows[3])
    assert.same({ "4", "1", "2", "failed", "" }, rows[4])
  end)
end)

describe("an axis", function()
  it("is logarithmic for numbers with equal ratios or far apart", function()
    local function is_log(...) return scale.is_log({}, { ... }) end
    assert.is_true(is_log(0.001, 0.1))
    assert.is_true(is_log(1, 2, 4))
    assert.is_false(is_log(1, 2, 3))
    assert.is_false(is_log(0.5, 0.9))
    assert.is_false(is_log(0, 0.1, 10))
    assert.is_true(scale.is_log({ words = { "log(0.5,0.9)" } }, { 0.5, 0.9 }))
    assert.is_false(scale.is_log({ words = { "0..1" }, sampled = true }, { 0.001, 0.9 }))
  end)

  it("leaves out what is far worse than the rest", function()
    assert.same({ 1, 4.75 }, { scale.most({ 1, 2, 1.5, 3, 2.5, 1000 }, 1) })
    assert.same({ 1, 3 }, { scale.most({ 1, 2, 3 }, 1) })
  end)
end)

describe("figures", function()
  local figure = require "optlab.sweep.figure"
  local config = require "optlab.base.config"
  local files = require "tests.support.files"
  local dir, out, format

  before_each(function()
    dir, out, format = files.folder(), config.out, config.format
    config.out, config.format = dir, { "none" }
  end)
  after_each(function()
    config.out, config.format = out, format
    files.remove(dir)
  end)

  local MOMENTUM = { name = "momentum", kind = "number" }
  local METHOD = { name = "method", kind = "string" }
  local function source(varied, rows)
    local cells, given = {}, {}
    for i, row in ipairs(rows) do cells[i] = cell(i, row, { loss = row.loss }) end
    for _, entry in ipairs(varied) do given[entry.name] = { "" } end
    local groups, ranked = results.groups(varied, cells, "loss", 1)
    figure.draw({ plan = { varied = varied }, words = { given = given, options = {} }, metric = "loss", sign = 1,
      sweep = { experiment = "x" } }, groups, ranked)
    return files.read(dir .. "/sweep.gp")
  end

  it("are a curve with a logarithmic axis for one number", function()
    local text = source({ LR }, { { lr = 0.001, loss = 2 }, { lr = 0.01, loss = 1 }, { lr = 0.1, loss = 3 } })
    assert.matches("set logscale x", text, 1, true)
    assert.matches("set xlabel 'lr'", text, 1, true)
    assert.not_matches("middle half", text, 1, true)
  end)

  it("have a band over seeds, and a mark where runs diverged", function()
    local text = source({ LR }, { { lr = 0.1, loss = 2 }, { lr = 0.1, loss = 1 }, { lr = 0.2, loss = 3 },
      { lr = 0.2, loss = 4 }, { lr = 0.3, loss = 0 / 0 } })
    assert.matches("middle half of the seeds", text, 1, true)
    assert.matches("'diverged'", text, 1, true)
  end)

  it("are a map for two numbers, and one of each choice", function()
    local rows = {}
    for _, method in ipairs { "sgd", "adam" } do
      for _, lr in ipairs { 0.1, 0.2 } do
        for _, momentum in ipairs { 0, 0.9 } do
          rows[#rows + 1] = { lr = lr, momentum = momentum, method = method, loss = lr + momentum }
        end
      end
    end
    local text = source({ METHOD, LR, MOMENTUM }, rows)
    assert.matches("set multiplot", text, 1, true)
    assert.matches("'sgd'", text, 1, true)
    assert.matches("'adam'", text, 1, true)
    assert.matches("set ylabel 'momentum'", text, 1, true)
  end)

  it("draw nothing where every run diverged, and dots for many numbers", function()
    assert.has_error(function() source({ LR }, { { lr = 1, loss = 0 / 0 } }) end)
    local third = { name = "wd", kind = "number" }
    local text = source({ LR, MOMENTUM, third }, { { lr = 1, momentum = 0, wd = 0, loss = 1 },
      { lr = 2, momentum = 0.5, wd = 0.1, loss = 2 } })
    assert.matches("set xlabel 'wd'", text, 1, true)
  end)
end)
