--- What belongs to all panels of a grid: an invisible panel over the whole canvas, which carries the shared colour bar,
-- the shared legend and the labels.
-- @module optlab.plot.gnuplot.multiplot.page
local bar = require "optlab.plot.gnuplot.panel.bar"
local colorbar = require "optlab.plot.gnuplot.panel.colorbar"
local layout = require "optlab.plot.gnuplot.layout"
local legend = require "optlab.plot.gnuplot.legend"
local number = require "optlab.plot.gnuplot.number"
local sizes = require "optlab.plot.gnuplot.sizes"
local text = require "optlab.plot.gnuplot.text"

local M = {}

local fmt = number.format

local Page = {}
Page.__index = Page

function Page:set(command, ...)
  self.settings[#self.settings + 1] = "set " .. command:format(...)
end

--- An empty page.
-- @tparam table look as of optlab.plot.look.themes
-- @tparam table canvas {width =, height =} in pixels
-- @bool enhanced whether texts hold gnuplot's markup
-- @treturn table with settings and, after finish, plot
function M.new(look, canvas, enhanced)
  local page = setmetatable({
    settings = {}, items = { "2 with lines notitle" }, widest = {}, common = {}, hidden = {}, look = look, labels = 0,
    canvas = canvas, remarks = {}, small = {},
    fig = { opts = { enhanced = enhanced }, elements = {} }, is_empty = true,
  }, Page)
  page:set("border 0")
  page.settings[#page.settings + 1] = "unset tics"
  for _, side in ipairs { "l", "b" } do page:set("%smargin at screen 0", side) end
  for _, side in ipairs { "r", "t" } do page:set("%smargin at screen 1", side) end
  page:set("xrange [0:1]")
  page:set("yrange [0:1]")
  page.settings[#page.settings + 1] = "unset key"
  page.settings[#page.settings + 1] = "unset colorbox"
  return page
end

function Page:font(size)
  return ("font ',%s'"):format(fmt(size * self.look.scale))
end

--- Notes down what the user is to be told about the grid.
function Page:remark(message, ...)
  self.remarks[#self.remarks + 1] = message:format(...)
end

--- Adds a label, as a panel does.
function Page:label(command)
  self.labels, self.is_empty = self.labels + 1, false
  self:set("label %d %s", self.labels, command)
end

--- Writes a text at a place in pixels.
-- @string words
-- @number x
-- @number y
-- @string more gnuplot's words for how it stands
function Page:write(words, x, y, more)
  self:label(("%s at screen %s,%s %s %s textcolor rgb ink"):format(text.marked(words, self.fig.opts.enhanced),
    fmt(x / self.canvas.width), fmt(y / self.canvas.height), more, self:font(layout.FONT_SIZE)))
end

-- From a colour bar to the middle of its label.
local function bar_texts(at)
  return sizes.MARKS + (at.widest.cb or 0) + 8 + sizes.LINE / 2
end

--- The room for a colour bar with its texts.
-- @tparam table scale
-- @tparam table look
-- @tparam table canvas
-- @number height of the bar
-- @treturn number pixels
function M.bar_room(scale, look, canvas, height)
  local page = M.new(look, canvas)
  page.scale, page.fig.elements = scale, scale.elements
  colorbar.set(page, canvas.width, height)
  return sizes.BAR + bar_texts(page) + (bar.name(page) and sizes.LINE / 2 or -sizes.LINE / 2)
end

--- The colour bar of all panels.
-- @tparam table scale
-- @number x its left end
-- @number y its lower end
-- @number height
function Page:bar(scale, x, y, height)
  self.scale, self.fig.elements, self.is_empty = scale, scale.elements, false
  self:set("cbtics out nomirror scale 0.6,0.3 textcolor rgb soft")
  colorbar.set(self, self.canvas.width, height)
  local w, h = self.canvas.width, self.canvas.height
  bar.place(self, { x / w, y / h, sizes.BAR / w, height / h })
  bar.label(self, (x + sizes.BAR + bar_texts(self)) / w, (y + height / 2) / h)
  self.items[#self.items + 1] = "keyentry with points linecolor palette notitle"
end

--- The legend of all panels: their elements' looks with their labels.
-- @tparam table plan as of legend.across or legend.upright
-- @tparam table samples element -> how the legend shows it
-- @number x of its middle, or of its upper left corner if it has one column
-- @number y
function Page:key(plan, samples, x, y)
  self.is_empty = false
  self:set("key at screen %s,%s %s width %s nobox noopaque %s", fmt(x / self.canvas.width), fmt(y / self.canvas.height),
    plan.height and "center center" or "left top", fmt(legend.width_correction(plan.labels)),
    plan.columns > 1 and "horizontal maxcols " .. plan.columns or "vertical maxrows " .. plan.rows)
  self:set("key %s spacing %s", self:font(plan.size.font), fmt(plan.size.spacing))
  for _, label in ipairs(plan.labels) do
    local line = label.lines[1]
    self.items[#self.items + 1] = ("keyentry with %s title %s"):format(samples[label.el] or "lines",
      text.marked(line.words, line.markup))
  end
end

--- Joins the items to a plot command.
-- @treturn ?table the page; nil if there is nothing on it
function Page:finish()
  if self.is_empty then return nil end
  self.plot = "plot " .. table.concat(self.items, ", \\\n     ")
  return self
end

return M
