--- A function of two numbers, or a matrix, with the coordinates of its values: what contours, maps and surfaces draw.
-- @module optlab.plot.fields
local arrays = require "optlab.plot.arrays"
local errors = require "optlab.base.errors"
local figure = require "optlab.plot.figure"

local M = {}

M.SOURCE = {
  "source", "function|matrix", what = "a function of two numbers or a matrix of numbers", required = true,
  doc = "A function f(x, y), or a matrix whose row j is at the j-th y.",
}
M.X = { "x", "span",
  doc = "{from, to, step} for a function; {from, to} for a matrix, by default 1 to its number of columns." }
M.Y = { "y", "span",
  doc = "{from, to, step} for a function; {from, to} for a matrix, by default 1 to its number of rows." }
M.XS = { "xs", "vector", doc = "The x of the values one by one, instead of x: they may have unequal distances." }
M.YS = { "ys", "vector", doc = "The y of the values one by one, instead of y: they may have unequal distances." }

--- The first and the last of a list.
function M.ends(list)
  return { list[1], list[#list] }
end

-- n numbers from a to b, in equal steps or, on a logarithmic axis, in equal ratios.
local function spread(a, b, n, log, what)
  if not log then return arrays.span({ a, b }, n, what) end
  if not (a > 0 and b > a) then errors.raise("%s: from %g to %g is no range of a logarithmic axis", what, a, b) end
  local out = {}
  for i = 1, n do out[i] = a * (b / a) ^ ((i - 1) / (n - 1)) end
  return out
end

local COUNT = 41 -- values along an axis for a function without a step

-- The coordinates along one axis: given one by one, as a span, or by default. `n` is what a matrix has, nil for a
-- function; cells may have one edge more than there are values.
local function along(name, o, n, log, cells, where)
  local list, span, what = o[name .. "s"], o[name], where .. ": " .. name
  if list and span then errors.raise("%s: give %s or %ss, not both", where, name, name) end
  if list then
    for i = 2, #list do
      if list[i] <= list[i - 1] or list[i] ~= list[i] then
        errors.raise("%ss must ascend, but %ss[%d] does not", what, name, i)
      end
    end
    if n and #list ~= n and not (cells and #list == n + 1) then
      errors.raise("%ss has %d values but the matrix has %d%s", what, #list, n, cells and " (edges are one more)" or "")
    end
    return list
  end
  if n and not span then
    local out = {}
    for i = 1, n do out[i] = i end
    return out
  end
  if not span then return nil end
  if n == 1 then return { span[1] } end
  if n or (log and not span[3]) then
    local out = span[3] and arrays.span(span, n, what) or spread(span[1], span[2], n or COUNT, log, what)
    if n and #out ~= n then errors.raise("%s gives %d values but the matrix has %d", what, #out, n) end
    return out
  end
  return arrays.span(span, COUNT, what)
end

local MOST = 4e6 -- values of a grid

--- The values of a field on a grid.
-- @tparam table fig whose axes may be logarithmic
-- @tparam table o source, x, y, xs, ys
-- @string where the function that an error names
-- @bool[opt] cells whether xs and ys may be the edges of cells, one more than there are values
-- @treturn table {x = array, y = array, z = rows}
function M.grid(fig, o, where, cells)
  local z = o.source
  if type(z) ~= "function" then
    arrays.check_rows(z, where)
    return {
      x = along("x", o, #z[1], fig.opts.logx, cells, where), y = along("y", o, #z, fig.opts.logy, cells, where), z = z,
    }
  end
  local xs, ys = along("x", o, nil, fig.opts.logx, cells, where), along("y", o, nil, fig.opts.logy, cells, where)
  if not xs or not ys then
    errors.raise("%s: a function needs its ranges: {x={from, to, step}, y={from, to, step}}", where)
  end
  if #xs * #ys > MOST then errors.raise("%s: %d x %d values are too many; take a larger step", where, #xs, #ys) end
  return { x = xs, y = ys, z = arrays.table_of(z, xs, ys, where) }
end

--- Raises unless a grid has at least two values along both axes, all of which its axes can show.
-- @treturn table the grid
function M.check(fig, grid, where)
  if #grid.x < 2 or #grid.y < 2 then
    errors.raise("%s needs at least 2 x 2 values, got %d x %d", where, #grid.y, #grid.x)
  end
  for _, axis in ipairs { "x", "y" } do figure.check_log(fig, axis, grid[axis], where .. ": " .. axis) end
  return grid
end

return M
