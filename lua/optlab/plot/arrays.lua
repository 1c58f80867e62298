--- What a figure draws, turned into plain Lua arrays: arrays, tensors (anything with a tolist method) and functions.
-- @module optlab.plot.arrays
local errors = require "optlab.base.errors"

local M = {}

local function is_list(v)
  return type(v) == "table" or (type(v) == "userdata" and M.is_tensor(v))
end

--- Whether a value is a tensor: it has a tolist method.
-- @param v
-- @treturn boolean
function M.is_tensor(v)
  local kind = type(v)
  if kind ~= "userdata" and kind ~= "table" then return false end
  local ok, method = pcall(function() return v.tolist end)
  return ok and type(method) == "function"
end

--- Whether a value holds points: a tensor or an array, not an options table and not a function.
-- @param v
-- @treturn boolean
function M.is_array(v)
  return M.is_tensor(v) or (type(v) == "table" and (v[1] ~= nil or next(v) == nil))
end

local function plain(v)
  if M.is_tensor(v) then return v:tolist() end
  return v
end

-- A Lua number from a number or from a tensor with one element; nil for everything else.
local function scalar(v)
  if type(v) == "number" then return v + 0.0 end
  if is_list(v) and M.is_tensor(v) and type(v.item) == "function" then return v:item() + 0.0 end
  return nil
end

local function show(v)
  if type(v) == "string" then return string.format('the string "%.40s"', v) end
  if v == nil then return "nothing" end
  return "a " .. type(v)
end

--- Checks one number.
-- @param v
-- @tparam string what how an error calls it
-- @treturn number
function M.number(v, what)
  local x = scalar(v)
  if not x then errors.raise("%s must be a number, got %s", what, show(v)) end
  return x
end

--- Checks an array of numbers or a one-dimensional tensor; it must not be empty.
-- @param v
-- @tparam string what how an error calls it, "fig:line: x"
-- @treturn {number,...} a fresh array
function M.vector(v, what)
  if not is_list(v) then errors.raise("%s must be an array of numbers or a tensor, got %s", what, show(v)) end
  local list, out = plain(v), {}
  if type(list) == "number" then list = { list } end
  for i = 1, #list do
    out[i] = scalar(list[i])
    if not out[i] then errors.raise("%s[%d] must be a number, got %s", what, i, show(list[i])) end
  end
  if #out == 0 then errors.raise("%s is empty: there is nothing to draw", what) end
  return out
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

--- Checks a pair of numbers.
-- @param v
-- @tparam string what
-- @treturn number
-- @treturn number
function M.pair(v, what)
  local list = plain(v)
  if type(list) ~= "table" or #list ~= 2 then errors.raise("%s must be two numbers {a, b}, got %s", what, show(v)) end
  return M.number(list[1], what .. "[1]"), M.number(list[2], what .. "[2]")
end

--- Values from a to b, b included, from {a, b, step} or {a, b} with a given count.
-- @param spec
-- @int count how many values when there is no step
-- @tparam string what
-- @treturn {number,...}
function M.span(spec, count, what)
  if type(spec) ~= "table" or #spec < 2 or #spec > 3 then
    errors.raise("%s must be {from, to, step}, got %s", what, show(spec))
  end
  local a, b = M.number(spec[1], what .. "[1]"), M.number(spec[2], what .. "[2]")
  if not (a < b and b - a < math.huge) then errors.raise("%s: from %g to %g is no range", what, a, b) end
  local step = spec[3] and M.number(spec[3], what .. "[3]") or (b - a) / (count - 1)
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
      show(value))
  end
  return x
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

-- Rows of equal length out of a nested table or a two-dimensional tensor.
local function matrix(v, where)
  local rows, out = plain(v), {}
  if type(rows) ~= "table" or #rows == 0 then
    errors.raise("%s needs a function of two numbers or a matrix of numbers, got %s", where, show(v))
  end
  for j = 1, #rows do
    out[j] = M.vector(rows[j], string.format("%s: row %d", where, j))
    if #out[j] ~= #out[1] then
      errors.raise("%s: row %d has %d values but row 1 has %d", where, j, #out[j], #out[1])
    end
  end
  return out
end

-- Coordinates of n columns: given, spread over {a, b}, or 1..n.
local function coordinates(spec, n, what)
  if spec then
    local xs = n == 1 and { (M.pair(spec, what)) } or M.span(spec, n, what)
    if #xs ~= n then errors.raise("%s gives %d values but the matrix has %d", what, #xs, n) end
    return xs
  end
  local xs = {}
  for i = 1, n do xs[i] = i end
  return xs
end

--- A function of two numbers, sampled, or a matrix with its coordinates.
-- @param source f(x, y), or rows of numbers: row j lies at y[j]
-- @tparam table opts x and y: {from, to, step}; for a matrix also {from, to}, default 1..n
-- @tparam string where
-- @treturn table {x = array, y = array, z = rows}
function M.grid(source, opts, where)
  if type(source) ~= "function" then
    local z = matrix(source, where)
    return { x = coordinates(opts.x, #z[1], where .. ": x"), y = coordinates(opts.y, #z, where .. ": y"), z = z }
  end
  if not opts.x or not opts.y then
    errors.raise("%s: a function needs its ranges: {x={from, to, step}, y={from, to, step}}", where)
  end
  local xs, ys, z = M.span(opts.x, 41, where .. ": x"), M.span(opts.y, 41, where .. ": y"), {}
  if #xs * #ys > 4e6 then errors.raise("%s: %d x %d values are too many; take a larger step", where, #xs, #ys) end
  for j, y in ipairs(ys) do
    local row = {}
    for i, x in ipairs(xs) do row[i] = M.call(source, where, x, y) end
    z[j] = row
  end
  return { x = xs, y = ys, z = z }
end

return M
