--- Lines that compute with elements: functions of each, reductions, softmax.
local number = require "tests.fuzz.programs.reference.number"
local T = require "tests.fuzz.programs.reference.tensor"
local elementwise = require "tests.fuzz.programs.reference.elementwise"

local kinds = {}

-- Whether both do not broadcast.
local function clashes(a)
  return function(b) return not pcall(T.broadcast, a._shape, b._shape) end
end

local UNARY, BINARY = {}, {}
for name in pairs(elementwise.unary) do UNARY[#UNARY + 1] = name ~= "sign" and name or nil end
for name in pairs(elementwise.binary) do BINARY[#BINARY + 1] = name end
table.sort(UNARY)
table.sort(BINARY)

function kinds.unary(g)
  local c, name = g.c, g:pick()
  local op = c:of(UNARY)
  if op == "neg" and c:chance(0.5) then return ("%s = -%s"):format(g:target(), name) end
  if c:chance(0.5) then return ("%s = lab.%s(%s)"):format(g:target(), op, name) end
  return ("%s = %s:%s()"):format(g:target(), name, op)
end

local OPERATORS = { add = "+", sub = "-", mul = "*", div = "/", pow = "^" }

function kinds.binary(g)
  local c = g.c
  local a, x = g:pick()
  local op = c:of(BINARY)
  local b
  if c:chance(0.25) then
    b = g:number(x._dtype)
  else
    b = g:pick(c:chance(g.wrong) and clashes(x) or g:broadcasts(x))
  end
  if not b then return end
  if b:match("^%a") and c:chance(0.5) then a, b = b, a end
  if OPERATORS[op] and c:chance(0.5) then
    if not b:match("^%a") and c:chance(0.5) then a, b = "(" .. b .. ")", a else b = "(" .. b .. ")" end
    return ("%s = %s %s %s"):format(g:target(), a, OPERATORS[op], b)
  end
  return ("%s = %s:%s(%s)"):format(g:target(), a, op, b)
end

function kinds.clamp(g)
  local c, name = g.c, g:pick()
  local lo, hi = c:int(-3, 1), c:int(1, 4)
  if c:chance(g.wrong) then lo, hi = hi, lo end
  if c:chance(0.3) then lo = "nil" end
  if c:chance(0.3) then hi = "nil" end
  return ("%s = %s:clamp(%s, %s)"):format(g:target(), name, lo, hi)
end

function kinds.where(g)
  local c = g.c
  local mask, m = g:pick(function(x) return x._dtype == "uint8" or x._dtype == "int64" end)
  if not mask then return end
  local a, x = g:pick(g:broadcasts(m))
  if not a then return end
  local ok, shape = pcall(T.broadcast, m._shape, x._shape)
  local b = ok and c:chance(0.6) and g:pick(g:broadcasts({ _shape = shape, _dtype = x._dtype })) or g:number(x._dtype)
  if c:chance(0.5) then a, b = b, a end
  return ("%s = lab.where(%s, %s, %s)"):format(g:target(), mask, a, b)
end

local REDUCTIONS = { "sum", "sum", "mean", "mean", "amax", "amin", "var", "std", "norm" }

function kinds.reduce(g)
  local c = g.c
  local name, x = g:pick()
  local op, dims = c:of(REDUCTIONS), g:dims(#x._shape)
  local keep = dims and c:chance(0.4) and ", true" or ""
  local form = c:int(1, 4)
  local p = op == "norm" and c:of { 2, 2, 1, 3, 2.5 } or nil
  if p and p ~= 2 and not number.is_float(x._dtype) then p = 2 end
  if form == 1 and not p then
    local parts = {}
    if dims then parts[1] = "dim = " .. dims end
    if keep ~= "" then parts[#parts + 1] = "keepdim = true" end
    if (op == "var" or op == "std") and c:chance(0.5) then parts[#parts + 1] = "unbiased = false" end
    return ("%s = %s:%s{%s}"):format(g:target(), name, op, table.concat(parts, ", "))
  end
  local first = p and (dims and p .. ", " or c:chance(0.3) and "" or tostring(p)) or ""
  return ("%s = %s:%s(%s%s%s)"):format(g:target(), name, op, first, dims or "", keep)
end

function kinds.extreme(g)
  local c = g.c
  local name, x = g:pick()
  local n = #x._shape
  if c:chance(0.5) then
    local whole = c:chance(0.3)
    return ("%s = %s:%s(%s%s)"):format(g:target(), name, c:of { "argmax", "argmin" }, whole and "" or g:dim(n),
      not whole and c:chance(0.3) and ", true" or "")
  end
  local first = g:target()
  local second = first
  while second == first do second = g:target() end
  return ("%s, %s = %s:%s(%d%s)"):format(first, second, name, c:of { "max", "min" }, g:dim(n),
    c:chance(0.3) and ", true" or "")
end

function kinds.softmax(g)
  local name, x = g:pick()
  return ("%s = %s:%s(%d)"):format(g:target(), name, g.c:of { "softmax", "log_softmax" }, g:dim(#x._shape))
end

return kinds
