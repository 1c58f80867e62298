--- Lines that write in place, through views as well.
local text = require "tests.fuzz.programs.text"
local number = require "tests.fuzz.programs.reference.number"
local T = require "tests.fuzz.programs.reference.tensor"

local kinds = {}

local THROUGH = { "exp_", "log_", "sqrt_", "square_", "abs_", "neg_", "relu_", "sigmoid_", "tanh_", "floor_", "round_" }

local KEEPING = { "neg_", "abs_", "square_", "relu_", "floor_", "round_" } -- integers stay integers

-- A tensor that broadcasts to x's shape.
local function source(g, x)
  local own = g.c:chance(0.3)
  local name = own and g:pick(function(y)
    return y ~= x and y._storage == x._storage and not y._requires and T.same_shape(y._shape, x._shape)
  end)
  return name or g:pick(function(y)
    local ok, shape = pcall(T.broadcast, x._shape, y._shape)
    return ok and T.same_shape(shape, x._shape) and g:assigns(x, y) and not y._requires
  end)
end

-- A factor of what is added, or nothing.
local function alpha(g, op, x, other)
  local c, y = g.c, rawget(g.env, other) or x
  if op ~= "add_" and op ~= "sub_" or not number.is_float(x._dtype) or not number.is_float(y._dtype) then return "" end
  return c:chance(0.3) and ", " .. text.number(c:int(-8, 8) / 4) or ""
end

-- A write where a mask is 1.
local function masked(g, name, x)
  local c = g.c
  local at = c:int(1, 2)
  local mask, m = g:mask_of(x, at)
  if not mask then return end
  local value = g:number(x._dtype)
  if #m._shape == #x._shape and c:chance(0.4) then return ("%s:masked_fill_(%s, %s)"):format(name, mask, value) end
  return ("%s[%s%s%s] = %s"):format(name, at == 2 and "{{}, " or "", mask, at == 2 and "}" or "", value)
end

local function in_place(g, name, x)
  local c, float = g.c, number.is_float(x._dtype)
  local kind = c:int(1, 7)
  if kind <= 2 then
    local op = c:of { "add_", "sub_", "mul_", "add_", "pow_", float and "div_" or "mul_" }
    local other = c:chance(0.3) and g:number(x._dtype) or c:chance(g.wrong) and g:pick() or source(g, x)
    if not other then return end
    return ("%s:%s(%s%s)"):format(name, op, other, alpha(g, op, x, other))
  elseif kind == 3 then
    if not float and not c:chance(g.wrong) then return ("%s:%s()"):format(name, c:of(KEEPING)) end
    return ("%s:%s()"):format(name, c:of(THROUGH))
  elseif kind == 4 then
    local from = c:chance(g.wrong) and g:pick() or source(g, x)
    return from and ("%s:copy_(%s)"):format(name, from)
  elseif kind == 5 then
    local key = g:key(x)
    if c:chance(0.6) then return ("%s[%s] = %s"):format(name, key, g:number(x._dtype)) end
    local from = g:pick(function(y) return #y._map == 1 and g:assigns(x, y) end) or source(g, x)
    return from and ("%s[%s] = %s"):format(name, key, from)
  end
  if kind == 7 then return masked(g, name, x) end
  if float and c:chance(0.4) then return ("%s:%s()"):format(name, c:of { "uniform_", "normal_" }) end
  if c:chance(0.4) then return ("%s:clamp_(%d, %d)"):format(name, c:int(-2, 0), c:int(0, 3)) end
  return c:chance(0.2) and name .. ":zero_()" or ("%s:fill_(%s)"):format(name, g:number(x._dtype))
end

-- A write through one window of a tensor that reads another, which overlaps it.
function kinds.overlap(g)
  local c = g.c
  local name, x = g:pick(function(x) return g:writable(x) and (x._shape[1] or 0) > 1 end)
  if not name then return end
  local op, n, d = c:of { "copy_", "copy_", "add_", "mul_", "sub_" }, x._shape[1], #x._shape
  if d >= 2 and x._shape[d] == x._shape[d - 1] and c:chance(0.5) then
    return ("%s:%s(%s:transpose(-1, -2))"):format(name, op, name)
  end
  local length = c:int(1, n - 1)
  local to, from = c:int(1, n - length + 1), c:int(1, n - length + 1)
  if c:chance(0.3) then
    return ("%s[{{%d, %d}}] = %s[{{%d, %d}}]"):format(name, to, to + length - 1, name, from, from + length - 1)
  end
  return ("%s:narrow(1, %d, %d):%s(%s:narrow(1, %d, %d))"):format(name, to, length, op, name, from, length)
end

function kinds.in_place(g)
  local name, x = g:pick(function(x) return g:writable(x) end)
  return name and in_place(g, name, x)
end


-- A write into what requires a gradient.
function kinds.no_grad(g)
  local name, x = g:pick(function(x) return x._requires and not T.repeats(x) and g:spoils(x) end)
  local line = name and in_place(g, name, x)
  return line and ("lab.no_grad(function() %s end)"):format(line)
end

return kinds
