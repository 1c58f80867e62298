--- Animations: figures one after the other.
-- The frames keep one scale: where none of them says what the limits of an axis are, all take those of the data of all,
-- and the legend stays at the place that suits the last one.
-- @module optlab.plot.animate
local args = require "optlab.base.args"
local axis = require "optlab.plot.gnuplot.axis"
local errors = require "optlab.base.errors"
local figure = require "optlab.plot.figure"
local kinds = require "optlab.base.kinds"
local panel = require "optlab.plot.gnuplot.panel"
local save_figure = require "optlab.plot.save_figure"
local script = require "optlab.plot.gnuplot.script"

local Animation = { __name = "optlab.Animation" }
Animation.__index = Animation

function Animation:__tostring()
  return ("Animation (%d frames; animation:save(name) draws it)"):format(#self.frames)
end

local function is_grid(v)
  local mt = getmetatable(v)
  return type(mt) == "table" and mt.__name == "optlab.Grid"
end

kinds.picture = { what = "a figure or a grid", accept = function(v)
  if figure.is_figure(v) then return v.root or v end -- of a second axis, its figure
  return is_grid(v) and v or nil
end }

local WHERE = "plot.animate"
local ANIMATE = args.declare(WHERE, {
  doc = "Makes an animation of figures.",
  positions = 1,
  { "figures", "function|list", of = { "picture" }, least = 1,
    what = "a function of a frame's number, or a list of figures", required = true,
    doc = "The figures or grids, of one size; or a function that gives the i-th one." },
  { "frames", "integer", min = 1, max = 5000, doc = "Number of frames, if figures is a function." },
  { "fps", "scalar", min = 0.1, max = 50, default = 10, doc = "Frames per second." },
  { "hold", "scalar", min = 0, max = 60, default = 1, doc = "How many seconds longer the last frame is shown." },
  { "loop", "flag|integer", min = 1, max = 60000, default = true,
    doc = "Whether the animation repeats, or how often it plays." },
})
local SAVE = args.declare("Animation:save", {
  doc = "Writes the animation's data and gnuplot commands and starts drawing it.",
  positions = 1, { "name", "path", required = true,
    doc = "Name of the files; a suffix (.webp, .gif) chooses the format." },
})

-- --- the frames ------------------------------------------------------------------------------------------------------

local function list_of(o)
  if type(o.figures) ~= "function" then
    if o.frames then errors.raise("%s: frames is for a function; a list of figures has its own number", WHERE) end
    return o.figures
  end
  if not o.frames then errors.raise("%s: frames is missing; a function needs the number of frames", WHERE) end
  local out = {}
  for i = 1, o.frames do
    out[i] = kinds.picture.accept(o.figures(i))
    if not out[i] then
      errors.raise("%s: the function must return a figure or a grid, but for frame %d it does not", WHERE, i)
    end
  end
  return out
end

local function check_frames(frames)
  local first = frames[1]
  for i, frame in ipairs(frames) do
    if is_grid(frame) ~= is_grid(first) or (is_grid(frame) and #frame.figures ~= #first.figures) then
      errors.raise("%s: frame %d is not of the kind of frame 1: all figures, or grids of as many figures", WHERE, i)
    end
    for k = 1, 2 do
      if frame.opts.size[k] ~= first.opts.size[k] then
        errors.raise("%s: frame %d is %g x %g pixels but frame 1 is %g x %g", WHERE, i, frame.opts.size[1],
          frame.opts.size[2], first.opts.size[1], first.opts.size[2])
      end
    end
    for _, fig in ipairs(is_grid(frame) and frame.figures or { frame }) do
      if #fig.elements == 0 then errors.raise("%s: frame %d is empty: draw something first", WHERE, i) end
    end
  end
end

-- --- one scale -------------------------------------------------------------------------------------------------------

-- The limits of an axis that hold the data of all figures; nil where a figure has limits of its own.
local function common_limits(figures, name, other)
  local lo, hi = math.huge, -math.huge
  for _, fig in ipairs(figures) do
    if fig.opts[name .. "lim"] or (name == "z" and not fig.solid) then return nil end
    local limits = axis.limits(fig, name, other)
    lo, hi = math.min(lo, limits[1]), math.max(hi, limits[2])
  end
  return { lo, hi }
end

local function copy(t)
  local out = {}
  for key, value in pairs(t) do out[key] = value end
  return setmetatable(out, getmetatable(t))
end

-- The place of the legend in a figure, if that is inside.
local function legend_place(fig)
  if fig.opts.legend ~= "auto" then return nil end
  local scale = fig.look.scale
  local place = panel.new(fig, fig.opts.size[1] / scale, fig.opts.size[2] / scale, "", fig.look).legend_place
  return place and place:find "^inside" and place or nil
end

-- The figures with one scale and one place of the legend.
local function aligned(figures)
  local changes, out = {}, {}
  for name, other in pairs { x = "y", y = "x", z = "x" } do
    changes[name .. "lim"] = common_limits(figures, name, other)
  end
  for i, fig in ipairs(figures) do
    out[i] = copy(fig)
    out[i].opts = copy(fig.opts)
    for key, value in pairs(changes) do out[i].opts[key] = value end
  end
  local place = legend_place(out[#out])
  for _, fig in ipairs(out) do
    if place and fig.opts.legend == "auto" then fig.opts.legend = place end
  end
  return out
end

-- The same for the panels of grids that stand at one place.
local function aligned_grids(grids)
  local out = {}
  for i, grid in ipairs(grids) do
    out[i] = copy(grid)
    out[i].figures = copy(grid.figures)
  end
  for k = 1, #grids[1].figures do
    local panels = {}
    for i, grid in ipairs(grids) do panels[i] = grid.figures[k] end
    for i, fig in ipairs(aligned(panels)) do out[i].figures[k] = fig end
  end
  return out
end

-- --- the animation ---------------------------------------------------------------------------------------------------

--- Writes the animation's script and starts drawing it. Formats without motion (svg, pdf, ...) show the last frame.
-- @string name of the files; without a suffix, and where no format is set, it is a webp
-- @treturn string the picture's path
function Animation:save(...)
  return save_figure(SAVE:read(...).name, SAVE.callee, function(base, format, texts)
    if texts then return script.picture(self.frames[#self.frames], base, format, texts) end
    return script.movie(self, base, format)
  end, self)
end

local function loops(loop)
  if type(loop) == "number" then return loop end
  return loop and 0 or 1
end

--- An animation of figures: `plot.animate{fig1, fig2, ...}`, `plot.animate(function(i) return fig end, {frames = 60})`.
-- @tparam function|table figures a function of the frame's number, or a list of figures or grids
-- @tparam[opt] table options see the declaration above
-- @treturn Animation with a method save
-- @usage
-- plot.animate(function(i)
--   return plot.figure { title = "step " .. i }:line(xs, ys[i])
-- end, { frames = 100, fps = 20 }):save("race")
local function animate(...)
  local o = ANIMATE:read(...)
  local frames = list_of(o)
  check_frames(frames)
  return setmetatable({
    frames = (is_grid(frames[1]) and aligned_grids or aligned)(frames), loops = loops(o.loop),
    delay = math.max(1, math.floor(100 / o.fps + 0.5)), hold = math.floor(100 * o.hold + 0.5),
  }, Animation)
end

return animate
