--- What a figure draws, turned into plain Lua arrays: arrays, tensors (anything with a tolist method) and functions.
--
-- The kinds of arguments (`optlab.base.kinds`) that it adds:
--
-- * coordinate: a number or a tensor of one element, nan and infinities too
-- * scalar: the same, within the limits that the row has
-- * vector: a list of numbers or a one-dimensional tensor, as a fresh array
-- * pair: two numbers; span: {from, to} or {from, to, step}
-- * points: a list of {x, y} or an n x 2 tensor
-- * matrix: rows of numbers or a two-dimensional tensor
-- * array: a list or tensor whose members are `of` a kind
-- @module optlab.plot.arrays
local errors = require "optlab.base.errors"
local kinds = require "optlab.base.kinds"

local M = {}

local function is_list(v)
  return type(v) == "table" or (type(v) == "userdata" and M.is_tensor(v))
end

--- Whether a value is a tensor: it has a tolist method.
-- @param v
-- @treturn boolean
function M.is_tensor(v)
  return type(kinds.field(v, "tolist")) == "function"
end

--- Whether a value holds points: a tensor or an array, not an options table and not a function.
-- @param v
-- @treturn boolean
function M.is_array(v)
  return M.is_tensor(v) or (type(v) == "table" and (v[1] ~= nil or next(v) == nil))
end

--- The plain Lua value of a tensor; everything else is returned as it is.
function M.plain(v)
  if M.is_tensor(v) then return v:tolist() end
  return v
end

-- A Lua number from a number or from a tensor with one element; nil for everything else.
local function scalar(v)
  if type(v) == "number" then return v + 0.0 end
  if is_list(v) and M.is_tensor(v) and type(v.item) == "function" then return v:item() + 0.0 end
  return nil
end

-- --- kinds ----------------------------------------------------------------------------------------------------------

kinds.coordinate = { what = "a number", accept = scalar }

kinds.scalar = {
  what = kinds.number.what,
  accept = function(v, row)
    local x = scalar(v)
    if not x or not (row.finite or row.min or row.max or row.above or row.below) then return x end
    return kinds.in_range(x, row) and x or nil
  end,
}

local function members(v, row)
  if not is_list(v) then return nil end
  local list = M.plain(v)
  return kinds.list.accept(type(list) == "number" and { list } or list, row)
end

-- A kind whose values are lists or tensors with members like `member`.
local function array(what, member, width)
  local row = { width = width, of = member }
  return { takes = "list", what = what, accept = function(v) return members(v, row) end }
end

local NUMBER = { kind = "coordinate" }

kinds.array = { takes = "list", what = kinds.list.what, accept = members }
kinds.vector = array("a list of numbers or a tensor", NUMBER)
kinds.matrix = array("a matrix of numbers", { kind = "vector" })

kinds.pair = {
  takes = "list",
  what = function(row) return row.finite and "a list of 2 finite numbers" or "a list of 2 numbers" end,
  accept = function(v, row) return members(v, { width = 2, of = { kind = "scalar", finite = row.finite } }) end,
}

kinds.points = {
  takes = "list", what = "a list of {x, y}",
  accept = function(v)
    local list = is_list(v) and M.plain(v)
    if type(list) ~= "table" or not is_list(list[1]) then return nil end
    return members(list, { of = { kind = "pair" } })
  end,
}

kinds.span = {
  takes = "list", what = "a range {from, to, step}",
  accept = function(v)
    if type(v) ~= "table" or #v < 2 or #v > 3 then return nil end
    return members(v, { of = NUMBER })
  end,
}

-- --- checks and samples ---------------------------------------------------------------------------------------------

--- Raises if there is nothing in a column.
-- @tparam table list
-- @string where the function
-- @string name of the column
-- @treturn table the list
function M.filled(list, where, name)
  if #list == 0 then errors.raise("%s: %s is empty: there is nothing to draw", where, name) end
  return list
end

--- The two columns of points.
-- @tparam {{number,number},...} points
-- @treturn {number,...}
-- @treturn {number,...}
function M.columns(points)
  local xs, ys = {}, {}
  for i, point in ipairs(points) do xs[i], ys[i] = point[1], point[2] end
  return xs, ys
end

--- Checks that two columns have one length.
-- @tparam table a
-- @tparam table b
-- @string where the function
-- @string a_name
-- @string b_name
function M.same_length(a, b, where, a_name, b_name)
  if #a ~= #b then
    errors.raise("%s: %s has %d values but %s has %d: they must be as many", where, a_name, #a, b_name, #b)
  end
end

--- Values from a to b, b included, from {a, b, step} or {a, b} with a given count.
-- @tparam {number,...} spec
-- @int count how many values when there is no step
-- @tparam string what
-- @treturn {number,...}
function M.span(spec, count, what)
  local a, b = spec[1], spec[2]
  if not (a < b and b - a < math.huge) then errors.raise("%s: from %g to %g is no range", what, a, b) end
  local step = spec[3] or (b - a) / (count - 1)
  if not (step > 0 and (b - a) / step <= 1e5) then
    errors.raise("%s: step %g does not divide %g to %g into 1 to 100000 parts", what, step, a, b)
  end
  local out = {}
  for i = 0, math.floor((b - a) / step + 1e-9) do out[i + 1] = a + i * step end
  return out
end

--- Calls a user's function, which must give a number.
-- @tparam function f
-- @tparam string where the function that an error names
-- @number ... its arguments
-- @treturn number
function M.call(f, where, ...)
  local value = f(...)
  local x = scalar(value)
  if not x then
    errors.raise("%s: the function must return a number, at %s it gave %s", where, table.concat({ ... }, ", "),
      errors.shown(value))
  end
  return x
end

--- Calls a user's function, which must give two numbers.
-- @tparam function f
-- @tparam string where the function that an error names
-- @number ... its arguments
-- @treturn number
-- @treturn number
function M.pair(f, where, ...)
  local first, second = f(...)
  local u, v = scalar(first), scalar(second)
  if not (u and v) then
    errors.raise("%s: the function must return two numbers, at %s it gave %s and %s", where,
      table.concat({ ... }, ", "), errors.shown(first), errors.shown(second))
  end
  return u, v
end

--- The values of a function at every x.
-- @tparam function f
-- @tparam {number,...} xs
-- @tparam string where
-- @treturn {number,...}
function M.map(f, xs, where)
  local ys = {}
  for i, x in ipairs(xs) do ys[i] = M.call(f, where, x) end
  return ys
end

--- Raises unless there are rows and all have one length.
function M.check_rows(rows, where)
  M.filled(rows, where, "the matrix")
  for j, row in ipairs(rows) do
    if #M.filled(row, where, "row " .. j) ~= #rows[1] then
      errors.raise("%s: row %d has %d values but row 1 has %d", where, j, #row, #rows[1])
    end
  end
end

--- The values of a function of two numbers at every x and y.
-- @tparam function f
-- @tparam {number,...} xs
-- @tparam {number,...} ys
-- @string where
-- @treturn {{number,...},...} rows: row j lies at ys[j]
function M.table_of(f, xs, ys, where)
  local z = {}
  for j, y in ipairs(ys) do
    local row = {}
    for i, x in ipairs(xs) do row[i] = M.call(f, where, x, y) end
    z[j] = row
  end
  return z
end

return M
