--- What a figure does not show although it was drawn, said to the user when the figure is saved.
-- A value that is nan or infinite is a gap, as it is meant; nothing is said as long as something is left to draw.
-- @module optlab.plot.gnuplot.visibility
local number = require "optlab.plot.gnuplot.number"

local M = {}

local NAMES = {
  curve = "a curve", band = "a band", contour = "the contour", filled = "the contour", heatmap = "the heat map",
  surface = "the surface", wireframe = "the wireframe", scatter = "the points", quiver = "the arrows",
  boxplot = "the boxes", violin = "the violins", bars = "the histogram",
}
local MANY = { scatter = true, quiver = true } -- names in the plural

local function name_of(el)
  local label = el.label or el.bar_label
  return label and ("'%s'"):format((label:gsub("%c", " "))) or NAMES[el.kind] or "a part of it"
end

-- The columns that must all be finite for a row to be drawn.
local function columns_of(el)
  if el.columns then return el.columns end
  if el.kind == "band" then return { el.x, el.lo, el.hi } end
end

local function is_finite(v)
  return v == v and v ~= math.huge and v ~= -math.huge
end

-- The number of values, of those that can be drawn, and of those that are finite but too large for gnuplot.
local function count(el)
  local total, drawn, large = 0, 0, 0
  local columns = columns_of(el)
  for i = 1, columns and #columns[1] or 0 do
    local all, too_large = true, false
    for _, column in ipairs(columns) do
      all = all and number.finite(column[i])
      too_large = too_large or (is_finite(column[i]) and not number.finite(column[i]))
    end
    total, drawn, large = total + 1, drawn + (all and 1 or 0), large + (too_large and 1 or 0)
  end
  for _, row in ipairs(not columns and el.grid and el.grid.z or {}) do
    for _, v in ipairs(row) do
      local ok = number.finite(v)
      total, drawn, large = total + 1, drawn + (ok and 1 or 0), large + (is_finite(v) and not ok and 1 or 0)
    end
  end
  return total, drawn, large
end

local function is_zero(list)
  for _, v in ipairs(list) do
    if v ~= 0 then return false end
  end
  return true
end

-- Whether a band has no two points side by side between which it could be filled.
local function is_torn(el)
  local before
  for i = 1, #el.x do
    local here = number.finite(el.x[i]) and number.finite(el.lo[i]) and number.finite(el.hi[i])
      and not (el.where and not el.where[i])
    if before and here then return false end
    before = here
  end
  return true
end

local function remark_values(el)
  if el.omitted and el.omitted[1] > 0 then
    return ("%d of %d values of %s are not finite and left out"):format(el.omitted[1], el.omitted[2], name_of(el))
  end
  local total, drawn, large = count(el)
  if large > 0 then
    return ("%d of %d values of %s are beyond 1e280, which gnuplot cannot draw, and are left out"):format(large, total,
      name_of(el))
  end
  if total > 0 and drawn == 0 then
    return ("%s %s nothing but nan and infinities, so nothing is drawn"):format(name_of(el),
      MANY[el.kind] and not el.label and "hold" or "holds")
  end
  if el.kind == "bars" and is_zero(el.height) then
    return ("no value of %s lies in its range"):format(name_of(el))
  end
  if el.kind == "band" and is_torn(el) then
    return ("%s has no two points side by side, so nothing is drawn"):format(name_of(el))
  end
  if el.uncrossed then return "no contour crosses a level, so none is drawn" end
end

-- --- limits chosen by the user ---------------------------------------------------------------------------------------

-- Whether something of an element lies between two ends of an axis.
local function reaches(el, name, ends)
  local lo, hi, any = math.huge, -math.huge, false
  local function add(v)
    if number.finite(v) then lo, hi, any = math.min(lo, v), math.max(hi, v), true end
  end
  for _, column in ipairs(el.span and el.span[name] or {}) do
    for _, v in ipairs(column) do add(v) end
  end
  for _, v in ipairs(el.edge and el.edge[name] or {}) do add(v) end
  return not any or (lo <= math.max(ends[1], ends[2]) and hi >= math.min(ends[1], ends[2]))
end

-- The limits of an axis that keep everything out of sight.
local function hiding(fig, name)
  local ends = fig.opts[name .. "lim"]
  if not ends then return nil end
  for _, el in ipairs(fig.elements) do
    if (el.twin and name == "y") or reaches(el, name, ends) then return nil end
  end
  return ("%slim = {%g, %g}"):format(name, ends[1], ends[2])
end

--- What to tell the user about a figure.
-- @tparam table fig
-- @treturn {string,...}
function M.remarks(fig)
  local out = {}
  for _, el in ipairs(fig.elements) do out[#out + 1] = remark_values(el) end
  for _, name in ipairs { "x", "y", "z" } do
    local limits = hiding(fig, name)
    if limits then out[#out + 1] = ("all data lie outside %s, so the frame is empty"):format(limits) end
  end
  return out
end

return M
