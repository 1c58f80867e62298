--- What is said when a picture cannot be made.
local config = require "optlab.base.config"
local errors = require "tests.support.errors"
local figures = require "tests.support.figures"
local files = require "tests.support.files"
local plot = require "optlab.plot"
local program = require "tests.support.program"
local runner = require "optlab.plot.draw.runner"
local uv = require "luv"
local found = require "tests.support.text"
local has = found.contains
local line_figure, fake_gnuplot = figures.line_figure, figures.fake_gnuplot

describe("plot", function()
  before_each(figures.begin)
  after_each(figures.finish)

  describe("failures", function()
    local function failing_save()
      line_figure():save("broken")
      return debug.getinfo(1, "l").currentline - 1
    end

    it("are errors at once for pictures of too many pixels", function()
      local fig = line_figure { size = { 4000, 4000 }, dpi = 600 }
      errors.fails("Figure:save: at 600 dpi the png has 25000 x 25000 pixels, but at most 32767 on a side and 2e+08 in",
        function() fig:save("large.png") end)
      assert.same({}, files.names(figures.dir))
      fig:save("large.svg")
    end)

    it("of gnuplot are one line that names the Lua line, the script and gnuplot's words", function()
      config.format = { "svg" }
      fake_gnuplot([[echo '"./broken.gp" line 7: something is wrong' >&2; exit 1]])
      local line = failing_save()
      local ok, message = plot.wait()
      assert.is_nil(ok)
      local place = ("failures_spec.lua:%d: plot: %s/broken.gp"):format(line, figures.dir)
      has(message, place .. ": gnuplot failed with status 1: line 7: something is wrong")
      assert.is_nil(message:find("\n", 1, true))
      assert.same({ "broken.gp", "fake-gnuplot" }, files.names(figures.dir))
      assert.is_true(plot.wait())
    end)

    it("include a gnuplot that writes nothing, or half a picture", function()
      config.format = { "svg" }
      fake_gnuplot("exit 0")
      failing_save()
      has(select(2, plot.wait()), "gnuplot wrote no picture")
      fake_gnuplot([[echo "<svg>" > "$(echo "$3" | sed "s/.*output='//; s/'.*//")"]])
      failing_save()
      has(select(2, plot.wait()), "the picture is not complete")
      assert.same({ "broken.gp", "fake-gnuplot" }, files.names(figures.dir))
    end)

    it("include a gnuplot that does not end, or ends by a signal", function()
      config.format = { "svg" }
      runner.timeout = 0.2
      fake_gnuplot("exec sleep 20")
      failing_save()
      has(select(2, plot.wait()), "gnuplot took longer than 0.2 s and was stopped")
      runner.timeout = 20
      fake_gnuplot("kill -SEGV $$")
      failing_save()
      has(select(2, plot.wait()), "gnuplot was ended by signal 11")
    end)

    it("include a gnuplot whose child keeps standard error open, also at the program's end", function()
      fake_gnuplot([[(sleep 20 &); exec gnuplot "$@"]])
      files.write(figures.dir .. "/a.lua", [[
        require("optlab.plot.draw.runner").timeout = 0.5
        local f = require("optlab").plot.figure() f:line { 1, 2 } f:save("a")]])
      local status, _, err = program.shell(figures.dir, ("OPTLAB_GNUPLOT=%s %s a.lua --out out"):format(
        program.quoted(figures.dir .. "/fake-gnuplot"), program.quoted(program.path)))
      assert.equal(1, status)
      has(err, "a.lua:2: plot: out/a.gp: gnuplot took longer than 0.5 s and was stopped")
      assert.same({ "a.gp" }, files.names(figures.dir .. "/out"))
    end)

    it("quote a bounded part of what gnuplot says, without control characters", function()
      config.format = { "svg" }
      fake_gnuplot([[printf 'bad \033[31m' >&2; head -c 3000000 /dev/zero | tr '\000' x >&2; exit 1]])
      failing_save()
      local _, message = plot.wait()
      has(message, "gnuplot failed with status 1: bad ?[31mxxx")
      assert.is_true(#message < 1000)
    end)

    it("do not include a gnuplot that ended in time while the script computed", function()
      config.format = { "svg" }
      runner.timeout = 0.3
      line_figure():save("early")
      uv.sleep(600)
      assert.same({ true }, { plot.wait() })
      assert.same({ "early.gp", "early.svg" }, files.names(figures.dir))
    end)

    it("do not include a gnuplot that starts after the script has computed for a long time", function()
      config.format = { "svg" }
      runner.timeout = 1
      line_figure():save("first")
      assert(plot.wait())
      uv.sleep(1200)
      fake_gnuplot('sleep 0.2; exec gnuplot "$@"')
      line_figure():save("second")
      assert.same({ true }, { plot.wait() })
    end)

    it("without gnuplot are one message, and the scripts stay", function()
      config.format = { "svg" }
      uv.os_setenv("OPTLAB_GNUPLOT", figures.dir .. "/nowhere/gnuplot")
      line_figure():save("one")
      line_figure():save("two")
      local ok, message = plot.wait()
      assert.is_nil(ok)
      has(message, "not found, so no figure was drawn: apt-get install gnuplot-nox; ")
      has(message, "the figures' scripts are in " .. figures.dir)
      assert.is_nil(message:find("\n", 1, true))
      assert.same({ "one.gp", "two.gp" }, files.names(figures.dir))
    end)

    it("of the output folder name it and the reason", function()
      files.write(figures.dir .. "/file", "")
      plot.set_out(figures.dir .. "/file/below")
      local ok, message = pcall(failing_save)
      assert.is_false(ok)
      has(message, "failures_spec.lua:")
      has(message, figures.dir .. "/file")
    end)

    it("of a script leave its figures finished", function()
      local path = figures.dir .. "/fails.lua"
      files.write(path, ([[
        package.path, package.cpath = %q, %q
        local plot = require "optlab.plot"
        plot.set_out(%q)
        for i = 1, 5 do plot.figure():line { 1, 2 }:save("f" .. i .. ".svg") end
        error "the script's own"
      ]]):format(package.path, package.cpath, figures.dir))
      local ok = os.execute(("timeout 20 '%s' '%s' 2>'%s/stderr'"):format(uv.exepath(), path, figures.dir))
      assert.is_falsy(ok)
      has(files.read(figures.dir .. "/stderr"), "the script's own")
      for i = 1, 5 do has(files.read(("%s/f%d.svg"):format(figures.dir, i)), "</svg>") end
      assert.equal(12, #files.names(figures.dir))
    end)

    it("make the folder when it is not there", function()
      plot.set_out(figures.dir .. "/a/b/c")
      line_figure():save("x")
      assert.same({ "x.gp" }, files.names(figures.dir .. "/a/b/c"))
      plot.set_out(figures.dir)
    end)
  end)
end)
