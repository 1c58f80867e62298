--- Prints and draws what bench/growth measured: tab-separated medians and ranges in microseconds, two panels.
local lab = require "optlab"
local plot = lab.plot
local p = lab.params { measured = { default = "out/growth/measured.txt", help = "lines: row program microseconds" } }

local measured = dofile "bench/measured.lua" (p.measured)

local PANELS = {
  { row = "batch", title = "Linear regression", xlabel = "batch size", at = { 1, 10, 100, 1000, 10000 } },
  { row = "width", title = "Two square layers, batch of 64", xlabel = "width",
    at = { 1, 4, 16, 64, 256, 1024, 4096 } },
}
local PROGRAMS = {
  { "pytorch", label = "PyTorch", color = "C2", style = "-o" },
  { "eager", label = "optlab", color = "C1", style = "-o" },
  { "compiled", label = "optlab, compiled", color = "C3", style = "-s" },
}
local TIMES = {
  { 0.1, "0.1 us" }, { 1, "1 us" }, { 10, "10 us" }, { 100, "100 us" }, { 1e3, "1 ms" }, { 1e4, "10 ms" },
  { 1e5, "0.1 s" },
}

local function draw(panel)
  local ticks = {}
  for i, x in ipairs(panel.at) do ticks[i] = { x, ("%d"):format(x) } end
  local fig = plot.figure { title = panel.title, xlabel = panel.xlabel, logx = true, logy = true, legend = "top left",
    xticks = ticks, yticks = TIMES, ylim = { 0.1, 4e5 } }
  for _, program in ipairs(PROGRAMS) do
    local median, low, high = {}, {}, {}
    for i, x in ipairs(panel.at) do
      local m = measured[panel.row .. "-" .. x][program[1]]
      median[i], low[i], high[i] = m[1], m[2], m[3]
      print(table.concat({ panel.row, x, program[1], m[1], m[2], m[3] }, "\t"))
    end
    fig:band(panel.at, low, high, { color = program.color })
    fig:line(panel.at, median, { label = program.label, color = program.color, style = program.style })
  end
  return fig
end

print(table.concat({ "what", "size", "program", "median", "smallest", "largest" }, "\t"))
local left, right = draw(PANELS[1]), draw(PANELS[2])
plot.grid { rows = 1, cols = 2, size = { 900, 380 }, title = "Time of a training step", left, right }:save("growth")
