--- The setting of the specs of figures: a folder of their own, no pictures unless asked for, any gnuplot.
local assert = require "luassert"
local config = require "optlab.base.config"
local files = require "tests.support.files"
local plot = require "optlab.plot"
local runner = require "optlab.plot.draw.runner"
local uv = require "luv"

local M = {}

local saved_out, saved_format, saved_gnuplot, saved_timeout

--- Before each spec: M.dir is a new folder, to which figures go.
function M.begin()
  saved_out, saved_format, saved_timeout = config.out, config.format, runner.timeout
  saved_gnuplot = os.getenv("OPTLAB_GNUPLOT")
  M.dir = files.folder()
  plot.set_out(M.dir)
  config.format = { "none" }
  runner.say = function() end -- remarks are read by tests/plot/remarks_spec.lua
end

--- After each: everything as it was.
function M.finish()
  plot.wait()
  runner.say = nil
  config.out, config.format, runner.timeout = saved_out, saved_format, saved_timeout
  if saved_gnuplot then uv.os_setenv("OPTLAB_GNUPLOT", saved_gnuplot) else uv.os_unsetenv("OPTLAB_GNUPLOT") end
  files.remove(M.dir)
end

--- The script of a figure.
function M.script(fig, name)
  fig:save(name or "figure")
  return files.read(M.dir .. "/" .. (name or "figure") .. ".gp")
end

--- Draws with the real gnuplot; the picture's bytes.
function M.draw(fig, name)
  local path = fig:save(name)
  assert(plot.wait())
  return files.read(path)
end

function M.line_figure(options)
  return plot.figure(options):line({ 1, 2, 3 }, { 1, 4, 9 }, { label = "squares" })
end

--- A program that stands in for gnuplot.
function M.fake_gnuplot(body)
  local path = files.write(M.dir .. "/fake-gnuplot", "#!/bin/sh\n" .. body .. "\n")
  uv.fs_chmod(path, tonumber("755", 8))
  uv.os_setenv("OPTLAB_GNUPLOT", path)
end

return M
