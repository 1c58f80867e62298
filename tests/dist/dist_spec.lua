-- lab.dist: what ranks exchange, and how a job ends.
local files = require "tests.support.files"
local lab = require "optlab"
local program = require "tests.support.program"
local ranks = require "tests.support.ranks"

local dir
local function on_ranks(name, fn)
  it(name, function()
    if ranks.missing then return pending(ranks.missing) end
    fn()
  end)
end

-- Runs the code on n ranks; what it printed. Rank 0 alone prints, so others write to standard error.
local function printed(n, code, ...)
  local status, out, err = ranks.run(dir, n, code, ...)
  assert.are.equal(0, status, err)
  return out, err
end

before_each(function() dir = files.folder() end)
after_each(function() files.remove(dir) end)

describe("lab.dist of one process", function()
  local dist = lab.dist

  it("is rank 0 of 1", function()
    assert.are.equal(0, dist.rank)
    assert.are.equal(1, dist.size)
  end)

  it("gives every value back, a tensor as another one", function()
    local x = lab.tensor({1, 2})
    for _, op in ipairs { "sum", "mean", "min", "max" } do
      local y = dist.all_reduce(x, op)
      assert.are.same({1, 2}, y:tolist())
      assert.are_not.equal(x, y)
      assert.are.equal(2.5, dist.all_reduce(2.5, op))
    end
    assert.are.equal("integer", math.type(dist.all_reduce(3)))
    assert.are.same({1, 2}, dist.broadcast(x):tolist())
    assert.are.equal("text", dist.broadcast "text")
    assert.are.equal(7, dist.broadcast(7))
    dist.barrier()
  end)

  it("gives a tensor without a graph", function()
    local x = lab.ones(2, {requires_grad = true})
    assert.is_false(dist.all_reduce(x:mul(2)).requires_grad)
  end)

  it("refuses what is no rank and no dtype for sums", function()
    assert.error_matches(function() dist.broadcast(1, 1) end, "dist.broadcast: root must be a rank, 0 to 0, got 1")
    assert.error_matches(function() dist.all_reduce(lab.ones(2, {dtype = "uint8"})) end,
      "x must be float32, float64 or int64, got uint8")
    assert.error_matches(function() dist.all_reduce("x") end, "dist.all_reduce: x must be")
  end)

  it("loads nothing of MPI", function()
    files.write(dir .. "/a.lua", [[
      local lab = require "optlab"
      print(lab.dist.rank, lab.dist.size, lab.dist.all_reduce(1))
      for line in io.lines "/proc/self/maps" do assert(not line:find("mpi", 1, true), line) end]])
    local status, out, err = program.run(dir, "a.lua")
    assert.are.equal(0, status, err)
    assert.are.equal("0\t1\t1\n", out)
  end)

  it("ends well where the temporary folder of a rank was removed, or none is named", function()
    files.write(dir .. "/a.lua", [[
      require("optlab").metrics({"a"}):row(1)
      os.execute("rm -rf tmp/*")]])
    assert(os.execute("mkdir " .. program.quoted(dir) .. "/tmp"))
    for _, folder in ipairs { "tmp", "" } do
      local line = ("OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2 TMPDIR=%s %s --no-keep a.lua"):format(folder,
        program.quoted(program.path))
      assert.same({ 0, "", "" }, { program.shell(dir, line) })
    end
  end)

  it("needs the module under mpirun with several ranks, and says what to install", function()
    files.write(dir .. "/a.lua", 'print(require("optlab").dist.rank)')
    local here = program.path:match("^(.*)/")
    assert(os.execute(("cp %s %s/program && ln -s %s/share %s/share"):format(program.quoted(program.path),
      program.quoted(dir), program.quoted(here), program.quoted(dir))))
    local status, _, err = program.shell(dir,
      "OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=3 ./program --no-keep a.lua")
    assert.are.equal(1, status)
    assert.matches("dist.rank: mpirun has started 3 processes, but optlab was built without MPI: install openmpi%-bin "
      .. "and libopenmpi%-dev", err)
  end)
end)

describe("lab.dist of several ranks", function()
  for _, n in ipairs { 2, 3, 4 } do
    on_ranks(("reduces and broadcasts on %d"):format(n), function()
      local out = printed(n, [[
        local d = lab.dist
        local r = d.rank
        local function show(x) return type(x) == "userdata" and table.concat(x:tolist(), " ") or tostring(x) end
        for _, op in ipairs {"sum", "mean", "min", "max"} do
          print(op, show(d.all_reduce(lab.tensor{r, -r}, op)), show(d.all_reduce(r, op)),
            show(d.all_reduce(r + 0.5, op)))
        end
        print(show(d.all_reduce(r == 0 and 1 or 0.5)), show(d.all_reduce(lab.arange(2, {dtype = "int64"}):add(r))))
        print(d.broadcast(("x"):rep(r + 1) .. "\0", d.size - 1), d.broadcast(r), d.broadcast(r / 4, 1),
          show(d.broadcast(lab.tensor{r}, 1)))
        d.barrier()
        print(d.size)
      ]])
      local total, top = n * (n - 1) // 2, n - 1
      local number = function(x) return ("%.14g"):format(x) end
      local function float(x) return math.type(x) == "float" and tostring(x) or x end
      local lines = {
        ("sum\t%s -%s\t%d\t%s"):format(float(total + 0.0), float(total + 0.0), total, float(total + n / 2)),
        ("mean\t%s -%s\t%s\t%s"):format(number(total / n) , number(total / n), total / n, total / n + 0.5),
        ("min\t0.0 -%s\t0\t0.5"):format(float(top + 0.0)),
      }
      local seen = {}
      for line in out:gmatch("[^\n]+") do seen[#seen + 1] = line end
      assert.are.equal(lines[1], seen[1])
      assert.matches("^mean\t", seen[2])
      assert.are.equal(lines[3], (seen[3]:gsub("%-0%.0", "-0.0")))
      assert.are.equal(("%s\t%d %d"):format(1 + (n - 1) / 2, total, total + n), seen[5])
      assert.are.equal(("%s\0\t0\t0.25\t1.0"):format(("x"):rep(n)), seen[6])
      assert.are.equal(tostring(n), seen[7])
      assert.is_nil(seen[8])
    end)
  end

  on_ranks("adds in pairs, the lower ranks first, to the bit, and gives all ranks the same", function()
    for _, n in ipairs { 3, 4, 6 } do
      local _, err = printed(n, [[
        local d = lab.dist
        local function value(rank)
          return lab.arange(1000):mul(0.37 * (rank + 1)):sin():mul(10 ^ (3 * (rank % 3)))
        end
        local level = {}
        for rank = 0, d.size - 1 do level[rank + 1] = value(rank) end
        while #level > 1 do
          local above = {}
          for i = 1, #level, 2 do above[#above + 1] = level[i + 1] and level[i]:add(level[i + 1]) or level[i] end
          level = above
        end
        local sum = d.all_reduce(value(d.rank))
        assert(sum:eq(level[1]):sum():item() == 1000)
        io.stderr:write("right\n")
      ]])
      assert.are.equal(n, select(2, err:gsub("right\n", "")), err)
    end
  end)

  on_ranks("moves more than fits one message of the library's fast kind", function()
    local out = printed(2, [[
      local d = lab.dist
      local x = lab.ones(3000000):mul(d.rank + 1)
      print(d.all_reduce(x):eq(3):sum():item(), d.broadcast(x, 1):eq(2):sum():item())
    ]])
    assert.are.equal("3000000\t3000000\n", out)
  end)

  on_ranks("lets only rank 0 print, draw, record and be kept", function()
    local out, err = printed(3, [[
      local d = lab.dist
      print("rank", d.rank)
      io.write("written ", d.rank, "\n")
      local m = lab.metrics{"rank"}
      m:row(d.rank)
      m:close()
      lab.plot.figure():line({1, 2}, {3, 4}):save "a"
      assert(d.rank > 0 or lab.config.out:match "^runs/" or lab.config.out:match "optlab%-spec%-runs")
      d.barrier()
      io.stderr:write(d.rank == 0 and "" or lab.config.out .. "\n")
    ]], "--format", "none")
    assert.are.equal("rank\t0\nwritten 0\n", out)
    assert.are.equal("rank\n0\n", files.read(dir .. "/out/script/metrics.csv"))
    assert.are.same({ "out", "script.lua" }, { table.unpack(files.names(dir), #files.names(dir) - 1) })
    local folders = 0
    for path in err:gmatch("([^\n]+)\n") do
      folders = folders + 1
      assert.is_false(files.exists(path), path)
    end
    assert.are.equal(2, folders)
  end)
end)

describe("the end of a job", function()
  on_ranks("comes when one rank fails, with that rank's error", function()
    local status, _, err = ranks.run(dir, 2, [[
      local d = lab.dist
      if d.rank == 1 then error("something broke") end
      d.barrier()
    ]])
    assert.are.equal(1, status)
    assert.matches("optlab: rank 1 of 2: script.lua:3: something broke\n", err, 1, true)
  end)

  on_ranks("comes when one rank waits for another that has ended", function()
    local status, _, err = ranks.run(dir, 2, "local d = lab.dist\nif d.rank == 0 then d.barrier() end")
    assert.are.equal(1, status)
    assert.matches("rank 0 of 2: script.lua:3: dist.barrier: rank 1 has ended, and rank 0 waits for it; all ranks must "
      .. "make the same calls in the same order", err, 1, true)
  end)

  on_ranks("comes when ranks have come to different calls", function()
    local status, _, err = ranks.run(dir, 2,
      "local d = lab.dist\nif d.rank == 0 then d.barrier() else d.all_reduce(lab.ones(5)) end")
    assert.are.equal(1, status)
    assert.matches("in a barrier %(0 elements%)", err) -- whichever rank says it
    assert.matches("in a sum %(5 elements%)", err)
  end)

  on_ranks("comes when a rank is killed", function()
    local started = os.time()
    local status, _, err = ranks.run(dir, 2, [[
      local d = lab.dist
      if d.rank == 1 then os.execute "kill -9 $PPID" end
      d.barrier()
    ]])
    assert.are_not.equal(0, status)
    assert.matches("rank 0 of 2: script.lua:4: interrupted by SIGTERM", err)
    assert.is_true(os.time() - started < 60)
  end)

  on_ranks("comes with Ctrl-C, also while ranks wait", function()
    files.write(dir .. "/script.lua", [[
      local d = require("optlab").dist
      io.stderr:write "waiting\n"
      if d.rank == 1 then while true do end end
      d.barrier()
    ]])
    local status, _, err = ranks.interrupted(dir, 2, "waiting")
    assert.are_not.equal(0, status)
    assert.matches("rank 0 of 2: script.lua:4: interrupted", err)
  end)

  on_ranks("waits for ranks that end later, and is a good one after os.exit", function()
    local out = printed(2, [[
      local d = lab.dist
      if d.rank == 1 then lab.ones(10):sum() os.execute "sleep 0.3" end
      d.barrier()
      print "through"
      os.exit(0)
    ]])
    assert.are.equal("through\n", out)
  end)
end)
