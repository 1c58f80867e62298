--- What matplotlib calls the methods and options of a figure: who asks for such a name is told the one here.
-- Who asks lab.plot for them, as for pyplot, is told the same.
-- @module optlab.plot.kinds.hints
local errors = require "optlab.base.errors"
local figure = require "optlab.plot.figure"
local options = require "optlab.plot.options"

local M = {}

local HERE = {
  plot = "fig:line", semilogx = "plot.figure{logx = true} and fig:line",
  semilogy = "plot.figure{logy = true} and fig:line",
  loglog = "plot.figure{logx = true, logy = true} and fig:line",
  hlines = "fig:hline", vlines = "fig:vline",
  contourf = "fig:contour(f, {filled = true})", tricontourf = "fig:contour(f, {filled = true})",
  clabel = "fig:contour(f, {labels = true})", pcolormesh = "fig:heatmap", imshow = "fig:image or fig:heatmap",
  matshow = "fig:heatmap", plot_surface = "fig:surface", plot_wireframe = "fig:wireframe", quiverkey = "fig:quiver",
  inset_axes = "fig:inset", indicate_inset_zoom = "fig:inset(other, place, {zoom = true})", stairs = "fig:step",
  colorbar = "the option colorbar = true of what is coloured",
  legend = "plot.figure{legend =, legendtitle =, legendcols =}",
  title = "plot.figure{title =}", set_title = "plot.figure{title =}", xlabel = "plot.figure{xlabel =}",
  ylabel = "plot.figure{ylabel =}", set_xlabel = "plot.figure{xlabel =}", set_ylabel = "plot.figure{ylabel =}",
  xlim = "plot.figure{xlim =}", ylim = "plot.figure{ylim =}", set_xlim = "plot.figure{xlim =}",
  set_ylim = "plot.figure{ylim =}", xscale = "plot.figure{logx = true}", yscale = "plot.figure{logy = true}",
  set_xscale = "plot.figure{logx = true}", set_yscale = "plot.figure{logy = true}", xticks = "plot.figure{xticks =}",
  yticks = "plot.figure{yticks =}", set_xticks = "plot.figure{xticks =}", set_yticks = "plot.figure{yticks =}",
  subplot = "plot.grid{fig1, fig2}", subplots = "plot.grid{fig1, fig2}", suptitle = "plot.grid{title =}",
  savefig = "fig:save", show = "fig:save", tight_layout = "nothing: margins are computed",
}

local is_option = {}
for _, row in ipairs(options.FIGURE) do is_option[row.name or row[1]] = true end

-- What some figures, grids and animations have, and the code that draws them asks for.
local PARTS = { root = true, solid = true, twin = true, insets = true, inside = true, raws = true,
  figures = true, frames = true }

errors.strict(figure.Figure, "a figure", setmetatable({}, {
  __index = function(_, name)
    local here = HERE[name]
    if here then errors.raise("Figure: there is no '%s'; what matplotlib calls so is %s", name, here) end
    if name == "trace" or name == "trace2d" then
      errors.raise("a figure has no '%s': plot.%s makes a figure; fig:line(path) adds a path to it", name, name)
    end
    if PARTS[name] then return false end
    return nil
  end,
}))

-- fig.xlabel = "epoch", which would be read by nobody.
function figure.Figure.__newindex(fig, name, value)
  if is_option[name] then
    errors.raise("Figure: %s is an option of plot.figure{%s =}; a figure that is made keeps its options", name, name)
  end
  if HERE[name] then errors.raise("Figure: '%s' cannot be set; what matplotlib calls so is %s", name, HERE[name]) end
  rawset(fig, name, value)
end

-- What pyplot draws with, and its figure with axes.
local PYPLOT = { subplots = "plot.figure{}, or plot.grid{fig1, fig2}", gca = "plot.figure{}", gcf = "plot.figure{}" }

--- Raises about a name that lab.plot does not have and that is one of a figure, here or in matplotlib.
-- @tparam string name
function M.check(name)
  local here = PYPLOT[name] or HERE[name]
  if rawget(figure.Figure, name) and name:find "^%l" then
    here = "fig:" .. name
  end
  if not here then return end
  if here:find "^fig:" then
    errors.raise("lab.plot has no '%s'; make a figure, fig = plot.figure{}, and call %s", name, here)
  end
  errors.raise("lab.plot has no '%s'; what matplotlib calls so is %s", name, here)
end

return M
