local fake_runs = require "tests.support.fake_runs"
local files = require "tests.support.files"
local report = require "optlab.report"
local runs = require "optlab.runs"

describe("a report's page", function()
  local dir

  before_each(function() dir = files.folder() end)
  after_each(function() files.remove(dir) end)

  local function read(paths)
    local list = {}
    for i, path in ipairs(paths) do list[i] = assert(runs.read(path)) end
    return list
  end

  local function grid(o)
    return read(fake_runs.grid(dir .. "/runs", { optimizer = { "adam", "sgd" }, seed = { 1, 2, 3 } }, function(p)
      local losses = {}
      for i = 1, 5 do losses[i] = (p.optimizer == "adam" and 1 or 2) / i + p.seed / 100 end
      return losses
    end, o))
  end

  local function text_of(html) -- what a reader sees
    return (html:gsub("<style>.-</style>", ""):gsub("<script.-</script>", ""):gsub("<[^>]->", " "):gsub("%s+", " "))
  end

  it("asks for nothing: no address but data, anchors and the names of SVG", function()
    local page = report.page(grid())
    for address in page:gmatch '%f[%w][sh]rc?e?f?="([^"]*)"' do
      assert.is_truthy(address:match "^#" or address:match "^data:", address)
    end
    assert.is_nil(page:gsub('"http://www.w3.org/2000/svg"', ""):find "https?://")
    assert.is_nil(page:find "<link")
    assert.is_nil(page:find "@import")
  end)

  it("allows only its own script and style", function()
    local page = report.page(grid())
    local policy = page:match 'Content%-Security%-Policy"' and page:match 'content="(default%-src[^"]*)"'
    assert.is_truthy(policy:find("default-src &#39;none&#39;", 1, true))
    assert.equal(2, select(2, policy:gsub("sha256%-[%w+/]+=*", "")))
    assert.is_nil(policy:find "unsafe")
    assert.is_nil(page:find ' style="')
    assert.is_nil(page:find " on%l+=")
  end)

  it("has a table of all runs with what distinguishes them", function()
    local text = text_of(report.page(grid()))
    assert.is_truthy(text:find("run optimizer seed loss status time", 1, true))
    assert.is_truthy(text:find("1 adam 1 0.2100 done 1.50 s", 1, true))
    assert.is_truthy(text:find("Lowest loss 0.2100 run 1", 1, true))
  end)

  it("has groups with their spread", function()
    local text = text_of(report.page(grid()))
    assert.is_truthy(text:find("optimizer adam 3 0.2200 0.2200 ± 0.010 0.2100 0.2300", 1, true))
    assert.is_truthy(text:find("Best median of loss 0.2200 optimizer adam, 3 runs, 0.2100 to 0.2300", 1, true))
  end)

  it("has differences over pairs with the same seed", function()
    local text = text_of(report.page(grid()))
    assert.is_truthy(text:find("loss minus that of optimizer adam", 1, true))
    assert.is_truthy(text:find("optimizer sgd 3 +0.2000 +0.2000 to +0.2000 0 of 3", 1, true))
    assert.is_nil(text:find("The budgets differ", 1, true))
  end)

  it("compares only runs that agree in all other parameters", function()
    local paths = fake_runs.grid(dir .. "/runs", { lr = { 1, 2 }, m = { 0, 1 }, seed = { 1, 2 } }, function(p)
      return { 9, p.lr * 10 + p.m + (p.m == 1 and p.seed or 0) }
    end)
    table.remove(paths, 1) -- lr 1, m 0, seed 1
    local text = text_of(report.page(read(paths)))
    assert.is_truthy(text:find("lr 2 3 +10 +10 to +10 0 of 3", 1, true))
    assert.is_truthy(text:find("m 0 3 −2.667 ", 1, true))
  end)

  it("counts a run that diverged as the worst, one that failed not at all, and says that budgets differ", function()
    local folder = dir .. "/runs"
    local function make(n, lr, seed, losses, status)
      fake_runs.make(folder, { n = n, parameters = { lr = lr }, seed = seed, loss = losses, status = status })
    end
    make(1, 1, 1, { 1, 0.5 })
    make(2, 1, 2, { 1, 0.1 }, "diverged")
    make(3, 2, 1, { 1, 0.9, 0.6 })
    make(4, 2, 2, { 1, 0.01 }, "failed")
    make(5, 2, 3, { 1, 0.8 })
    local paths = {}
    for i = 1, 5 do paths[i] = ("%s/%d-train"):format(folder, i) end
    local text = text_of(report.page(read(paths)))
    assert.is_truthy(text:find("lr 1 , 1 diverged 2 inf 0.5000 0.5000 inf", 1, true))
    assert.is_truthy(text:find("lr 2 , 1 failed 3 0.7000 0.7000 ± 0.14 0.6000 0.8000", 1, true))
    assert.is_truthy(text:find("Lowest loss 0.5000 run 1", 1, true))
    assert.is_truthy(text:find("The budgets differ: runs go to epoch 2 to 3", 1, true))
  end)

  it("has the parameters: those that differ first, then what all share", function()
    fake_runs.make(dir .. "/runs", { n = 1, parameters = { lr = 0.1, epochs = 5 }, seed = 3, loss = { 1, 2 } })
    fake_runs.make(dir .. "/runs", { n = 2, parameters = { lr = 0.01, epochs = 5 }, seed = 3, loss = { 1, 2 } })
    local text = text_of(report.page(read { dir .. "/runs/1-train", dir .. "/runs/2-train" }))
    assert.is_truthy(text:find("Different parameter values and runs that have them lr 0.01 ×1 , 0.1 ×1", 1, true))
    assert.is_truthy(text:find("The same in all runs parameter value epochs 5 seed 3", 1, true))
  end)

  it("shows the script once, and of other versions the difference", function()
    local fields = { code = { ["train.lua"] = "one = 1\ntwo = 2\nthree = 3\n" } }
    fake_runs.make(dir .. "/runs", { n = 1, code = fields.code, loss = { 1, 2 } })
    fake_runs.make(dir .. "/runs", { n = 2, code = fields.code, loss = { 1, 2 } })
    fields.code["train.lua"] = "one = 1\ntwo = 22\nthree = 3\n"
    fake_runs.make(dir .. "/runs", { n = 3, code = fields.code, loss = { 1, 2 } })
    local text = text_of(report.page(read { dir .. "/runs/1-train", dir .. "/runs/2-train", dir .. "/runs/3-train" }))
    assert.equal(1, select(2, text:gsub("one = 1 two = 2 three = 3", "")))
    assert.is_truthy(text:find("-two = 2 +two = 22", 1, true))
    assert.is_truthy(text:find("script A", 1, true))
  end)

  it("shows the environment, and where it differs, for which runs", function()
    local function versions(openblas) return { optlab = "0.1.0", openblas = openblas, processor = "P" } end
    fake_runs.make(dir .. "/runs", { n = 1, versions = versions "0.3.21", data = { ["a.csv"] = "stand-in" } })
    fake_runs.make(dir .. "/runs", { n = 2, versions = versions "0.3.30", data = { ["a.csv"] = "stand-in" } })
    local text = text_of(report.page(read { dir .. "/runs/1-train", dir .. "/runs/2-train" }))
    assert.is_truthy(text:find("openblas 0.3.21 run 1 0.3.30 run 2", 1, true))
    assert.is_truthy(text:find("data a.csv stand-in", 1, true))
  end)

  it("shows a failed run's error, what was printed, and its tags", function()
    fake_runs.make(dir .. "/runs", { n = 1, status = "failed", error = "train.lua:3: no data", tags = { "odd" },
      files = { ["output.txt"] = "\27[1mhello\27[0m\n" } })
    local text = text_of(report.page(read { dir .. "/runs/1-train" }))
    assert.is_truthy(text:find("train.lua:3: no data", 1, true))
    assert.is_truthy(text:find("hello", 1, true))
    assert.is_truthy(text:find("tags odd", 1, true))
  end)

  it("holds the runs' own figures as images", function()
    local svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>50 % #1</text></svg>'
    fake_runs.make(dir .. "/runs", { files = { ["a.svg"] = svg, ["b.png"] = "\137PNG\r\n\26\n", ["a.png"] = "x" } })
    local page = report.page(read { dir .. "/runs/1-train" })
    local address = page:match 'src="data:image/svg%+xml,([^"]*)"'
    assert.equal(svg, (address:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end)))
    assert.is_truthy(page:find('src="data:image/png;base64,iVBORw0KGgo="', 1, true))
    assert.equal(2, select(2, page:gsub("<img", "")))
  end)

  it("has no figures that would make it too large, and says which", function()
    local large = '<svg xmlns="http://www.w3.org/2000/svg">' .. ("<g/>"):rep(500000) .. "</svg>"
    fake_runs.make(dir .. "/runs", { files = { ["a.svg"] = large, ["b.svg"] = "<svg/>" } })
    local page = report.page(read { dir .. "/runs/1-train" })
    assert.is_truthy(#page < 200000)
    assert.is_truthy(text_of(page):find("too large: a.svg (2.0 MB)", 1, true))
    assert.equal(1, select(2, page:gsub("<img", "")))
  end)

  it("reads no file outside of a run's directory", function()
    files.write(dir .. "/secret", "SECRET")
    local path = fake_runs.make(dir .. "/runs", { loss = { 1, 2 }, code = {} })
    local code = '"code": {"../../../secret": "aa", "/etc/hostname": "bb", "x": "cc"}'
    local record = files.read(path .. "/run.json"):gsub('"code": {}', code)
    files.write(path .. "/run.json", record)
    local uv = require "luv"
    uv.fs_mkdir(path .. "/code", 493)
    uv.fs_symlink(dir .. "/secret", path .. "/code/x")
    uv.fs_symlink(dir .. "/secret", path .. "/output.txt")
    uv.fs_symlink(dir .. "/secret", path .. "/a.svg")
    local page = report.page(read { path })
    assert.is_nil(page:find "SECRET")
    assert.is_truthy(text_of(page):find("The text is not shown", 1, true))
  end)

  it("cuts what a run printed in the middle", function()
    local lines = {}
    for i = 1, 20000 do lines[i] = ("line %d"):format(i) end
    fake_runs.make(dir .. "/runs", { files = { ["output.txt"] = table.concat(lines, "\n") .. "\n" } })
    local text = text_of(report.page(read { dir .. "/runs/1-train" }))
    assert.is_truthy(text:find(" line 1 line 2 ", 1, true))
    assert.is_truthy(text:find(" line 19999 line 20000 ", 1, true))
    assert.is_truthy(text:find("left out here; all of it is in output.txt", 1, true))
    assert.is_nil(text:find(" line 9000 ", 1, true))
  end)

  it("takes damaged runs, and runs without anything", function()
    local path = fake_runs.make(dir .. "/runs", { n = 1 })
    files.write(path .. "/run.json", "{")
    local other = fake_runs.make(dir .. "/runs", { n = 2, parameters = { lr = 1 } })
    files.write(other .. "/run.json", '{"format": 1, "kind": "run"}')
    local text = text_of(report.page(read { path, other }))
    assert.is_truthy(text:find("damaged", 1, true))
  end)

  it("is the same for the same runs", function()
    local list = grid { status = "done" }
    assert.equal(report.page(list), report.page(list))
  end)

  it("says which curves are thinned, and stays small with fifty long runs", function()
    local paths = fake_runs.grid(dir .. "/runs", { lr = { 1, 2, 3, 4, 5 }, m = { 1, 2 }, seed = { 1, 2, 3, 4, 5 } },
      function(p)
        local losses = {}
        for i = 1, 1200 do losses[i] = p.lr / i + p.m + math.sin(i * p.seed) / 10 end
        return losses
      end)
    local page = report.page(read(paths))
    assert.is_true(#page < 2e6)
    assert.is_truthy(text_of(page):find("points are thinned", 1, true))
  end)

  -- Curves of quantities q1, q2, ... with so many points each.
  local function curves_of(quantities, points)
    local series = {}
    for q = 1, quantities do
      local y = {}
      for k = 1, points do y[k] = math.sin(k * q) * 1.2345 + k / 1000 end
      series[q] = { quantity = "q" .. q, y = y }
    end
    return series
  end

  it("stays small with many groups in many charts", function()
    local values = { a = { 1, 2, 3 }, b = { 1, 2, 3 }, c = { 1, 2 }, seed = { 1, 2 } }
    local paths = fake_runs.grid(dir .. "/runs", values, function() return { 1, 2 } end,
      { series = curves_of(18, 120) })
    assert.is_true(#report.page(read(paths)) < 2e6)
  end)

  it("draws at most a thousand lines, and names what it leaves out", function()
    local paths = {}
    for n = 1, 190 do paths[n] = fake_runs.make(dir .. "/runs", { n = n, seed = n, series = curves_of(6, 2) }) end
    local text = text_of(report.page(read(paths)))
    assert.is_truthy(text:find("Not drawn, because there are many: q6 (optlab report --y NAME", 1, true))
  end)
end)

describe("optlab report", function()
  local program = require "tests.support.program"
  local dir

  before_each(function()
    dir = files.folder()
    fake_runs.grid(dir .. "/kept", { lr = { 0.1, 0.5 }, seed = { 1, 2 } }, function(p) return { 1, p.lr } end)
  end)
  after_each(function() files.remove(dir) end)

  local function run(...) return program.run(dir, "--runs-dir", "kept", "report", ...) end

  it("writes out/report.html, or another file", function()
    local status, out, err = run("1..4")
    assert.same({ 0, "" }, { status, err })
    assert.is_truthy(out:match "^out/report%.html: 4 runs, %d+ KB\n$")
    assert.is_truthy(files.read(dir .. "/out/report.html"):find "</html>\n$")
    status, out = run("--where", "lr < 0.2", "--out", "a/b.html")
    assert.equal(0, status)
    assert.is_truthy(out:match "^a/b%.html: 2 runs, ")
  end)

  it("takes a sweep's cells for the sweep, and shows what it drew of them", function()
    local folder = dir .. "/swept"
    local sweep = fake_runs.make(folder, { n = 1, experiment = "train-sweep", kind = "sweep",
      files = { ["loss.svg"] = '<svg xmlns="http://www.w3.org/2000/svg"/>' } })
    local name = sweep:match "[^/]+$"
    fake_runs.grid(folder, { lr = { 1, 2, 3 } }, function(p) return { 1, p.lr } end, { n = 2, sweep = name })
    fake_runs.make(folder, { n = 9, loss = { 1, 2 } })
    local status, out, err = program.run(dir, "--runs-dir", "swept", "report", "1")
    assert.same({ 0, "" }, { status, err })
    assert.is_truthy(out:find("3 runs", 1, true))
    local page = files.read(dir .. "/out/report.html")
    assert.is_truthy(page:find("Figure loss.svg", 1, true))
    assert.is_nil(page:find("run-9", 1, true))
  end)

  it("tells runs of two folders with one number apart", function()
    local one = fake_runs.make(dir .. "/one", { n = 1, parameters = { lr = 1 }, loss = { 1, math.huge } })
    local other = fake_runs.make(dir .. "/other", { n = 1, parameters = { lr = 2 }, loss = { 1, 2 } })
    assert.equal(0, (run(one, other)))
    local page = files.read(dir .. "/out/report.html")
    for _, id in ipairs { "run-1", "run-1-2" } do
      assert.equal(1, select(2, page:gsub('id="' .. id:gsub("%-", "%%-") .. '"', "")))
      assert.is_truthy(page:find('href="#' .. id .. '"', 1, true))
    end
    assert.is_truthy(page:find('data-v="Infinity">inf<', 1, true)) -- page.js sorts by it
  end)

  it("counts a run once in its groups that was repeated, as optlab compare does", function()
    local folder = dir .. "/repeated"
    for n, loss in ipairs { 5, 5, 1, 2 } do
      local lr, seed = n > 3 and 2 or 1, n < 3 and 1 or 2
      fake_runs.make(folder, { n = n, parameters = { lr = lr }, seed = seed, cell = lr .. " " .. seed,
        loss = { 9, loss } })
    end
    assert.equal(0, (program.run(dir, "--runs-dir", "repeated", "report", "1..4")))
    local page = files.read(dir .. "/out/report.html")
    assert.is_truthy(page:find("1 run not counted: a later run has the same script, parameters and seed.", 1, true))
    assert.is_truthy(page:find('<span class="group">lr 1</span></th><td class="number">2</td>'
      .. '<td class="number" data-v="3">3</td>', 1, true))
  end)

  it("says what is wrong, and writes nothing then", function()
    local function wrong(message, ...)
      local status, out, err = run(...)
      assert.same({ 1, "", "optlab: report: " .. message .. "\n" }, { status, out, err })
      assert.is_false(files.exists(dir .. "/out"))
    end
    wrong("which runs? For example: optlab report last, 12..20, @tag, a sweep's number, or --where 'lr < 0.1'")
    wrong("--by must be something in which the runs differ, got 'lrr'; did you mean 'lr'?", "1..4", "--by", "lrr")
    wrong("--y must be a quantity of which the runs have curves, got 'acc' (there are loss)", "1..4", "--y", "acc")
    wrong("--minimize must be a quantity of the runs, got 'los'; did you mean 'loss'?", "1", "--minimize", "los")
    wrong("no run is left by --where 'lr > 0.2'", "1", "--where", "lr > 0.2")
    wrong("there is no run 99 in kept (the last one is 4-train)", "99")
  end)

  it("leaves an old page as it was where there is no room for a new one", function()
    files.write(dir .. "/out", "a file")
    local status, _, err = run("1")
    assert.equal(1, status)
    assert.is_truthy(err:match "^optlab: report: .*out")
    assert.equal("a file", files.read(dir .. "/out"))
  end)
end)
