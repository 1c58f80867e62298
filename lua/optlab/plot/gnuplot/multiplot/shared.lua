--- What the figures of a grid have in common: limits of axes, a colour scale, labels of one legend.
-- @module optlab.plot.gnuplot.multiplot.shared
local axis = require "optlab.plot.gnuplot.axis"
local colorbar = require "optlab.plot.gnuplot.panel.colorbar"
local errors = require "optlab.base.errors"
local legend = require "optlab.plot.gnuplot.legend"

local M = {}

-- Which figures share an axis: a key for each group.
local function group(how, cell)
  if how == true or how == "all" then return "all" end
  if how == "row" then return "row " .. cell.row end
  if how == "col" then return "col " .. cell.col end
  return nil
end

-- The limits of an axis that some figures share.
local function union(list)
  local out = { list[1][1], list[1][2], log = list[1].log }
  local backwards = out[1] > out[2]
  if backwards then out[1], out[2] = out[2], out[1] end
  for _, limits in ipairs(list) do
    if (limits.log or false) ~= (out.log or false) then
      errors.raise("plot.grid: figures that share an axis must all have it logarithmic, or none of them")
    end
    out[1] = math.min(out[1], limits[1], limits[2])
    out[2] = math.max(out[2], limits[1], limits[2])
  end
  if backwards then out[1], out[2] = out[2], out[1] end
  return out
end

local OTHER = { x = "y", y = "x" }

--- Gives figures that share an axis the same limits of it.
-- @tparam {table,...} cells with fig, row, col, limits
-- @string name "x" or "y"
-- @param how true, "all", "row", "col" or nil
function M.limits(cells, name, how)
  local groups = {}
  for _, cell in ipairs(cells) do
    local key = group(how, cell)
    if key then
      groups[key] = groups[key] or {}
      table.insert(groups[key], cell)
    end
  end
  for _, members in pairs(groups) do
    local list = {}
    for i, cell in ipairs(members) do list[i] = axis.limits(cell.fig, name, OTHER[name]) end
    local limits = union(list)
    for _, cell in ipairs(members) do cell.limits[name] = limits end
  end
end

--- An axis that is shared keeps its texts at the left or the lower end of each row or column only.
function M.hide_inner(cells, opts)
  local lowest = {}
  for _, cell in ipairs(cells) do lowest[cell.col] = math.max(lowest[cell.col] or 0, cell.row) end
  for _, cell in ipairs(cells) do
    cell.hidden.x = (opts.sharex == true or opts.sharex == "all" or opts.sharex == "col")
      and cell.row < lowest[cell.col]
    cell.hidden.y = (opts.sharey == true or opts.sharey == "all" or opts.sharey == "row") and cell.col > 1
  end
end

--- The colour scale of all figures.
-- @treturn table as of colorbar.scale, and its elements
function M.scale(cells)
  local elements, first, first_markup = {}, nil, nil
  for _, cell in ipairs(cells) do
    for _, el in ipairs(cell.fig.elements) do
      if el.palette then
        if not first then first, first_markup = el, cell.fig.opts.enhanced end
        if el.palette ~= first.palette or el.norm ~= first.norm then
          errors.raise("plot.grid: sharecolor needs one palette and one norm in all figures")
        end
        elements[#elements + 1] = el
      end
    end
  end
  local scale = colorbar.scale(elements)
  if not scale then errors.raise("plot.grid: sharecolor, but no figure colours anything by value") end
  scale.bar, scale.elements = true, elements
  if scale.markup == nil then scale.markup = first_markup end
  return scale
end

--- The labels of all figures; those that are equal stand once.
-- @treturn {table,...} as of legend.labels
function M.labels(cells)
  local out, seen = {}, {}
  for _, cell in ipairs(cells) do
    for _, label in ipairs(legend.labels(cell.fig)) do
      if not seen[label.lines[1].words] then
        seen[label.lines[1].words] = true
        out[#out + 1] = label
      end
    end
  end
  return out
end

return M
