--- Lines that multiply, join and pick.
local number = require "tests.fuzz.programs.reference.number"
local T = require "tests.fuzz.programs.reference.tensor"

local kinds = {}

local function columns(x) return x._shape[#x._shape] end
local function rows(x) return #x._shape > 1 and x._shape[#x._shape - 1] or 1 end
local function head(x) return { table.unpack(x._shape, 1, #x._shape - 2) } end

-- How many multiplications x times y takes, with rows and columns of y exchanged or not; none if they do not multiply.
local function multiplications(x, y, crossed)
  local inner, m = #y._shape == 1 and columns(y) or rows(y), #y._shape == 1 and 1 or columns(y)
  if crossed and #y._shape > 1 then inner, m = m, inner end
  local ok, lead = pcall(T.broadcast, head(x), head(y))
  return ok and inner == columns(x) and T.numel(lead) * rows(x) * m * (inner + 1) or math.huge
end

local PRODUCTS = { [2] = { [2] = "mm", [1] = "mv" }, [1] = { [1] = "dot" } }

function kinds.product(g)
  local c, most = g.c, math.min(50 * g.limit, 400000)
  local function fits(x) return #x._shape > 0 and #x._shape <= 4 and number.is_float(x._dtype) end
  local a, x = g:pick(fits)
  if not a then return end
  local crossed = c:chance(0.3)
  local b, y = g:pick(function(y) return fits(y) and g:mixes(x, y) and multiplications(x, y, crossed) <= most end)
  if not b then
    b, y, crossed = a, x, true
    if multiplications(x, y, true) > most then return end
  end
  if c:chance(g.wrong) then
    b, y = g:pick(function(t) return #t._map * #x._map <= most end)
    if not b then return end
  end
  local op = c:chance(0.6) and PRODUCTS[#x._shape] and PRODUCTS[#x._shape][#y._shape] or "matmul"
  return ("%s = %s:%s(%s%s)"):format(g:target(), a, op, b, crossed and #y._shape > 1 and ":transpose(-1, -2)" or "")
end

function kinds.join(g)
  local c = g.c
  local a, x = g:pick(function(x) return #x._shape < 5 end)
  if not a then return end
  local list, total = { a }, #x._map
  local n = #x._shape
  local stack = c:chance(0.4) or n == 0
  local dim = g:dim(stack and n + 1 or n)
  local at = dim < 0 and n + 1 + dim or dim
  for _ = 1, c:int(0, 3) do
    local b, y = g:pick(function(y)
      if #y._shape ~= n or total + #y._map > g.limit or not g:mixes(x, y) then return false end
      for d = 1, n do
        if y._shape[d] ~= x._shape[d] and (stack or d ~= at) then return false end
      end
      return true
    end)
    if c:chance(g.wrong) then b, y = g:pick(function(t) return #t._map < 100 end) end
    if b then
      list[#list + 1] = b
      total = total + #y._map
    end
  end
  return ("%s = lab.%s({%s}, %d)"):format(g:target(), stack and "stack" or "cat", table.concat(list, ", "), dim)
end

-- Positions as a literal of a shape.
local function positions(g, shape, size, d)
  if d > #shape then return tostring(size == 0 and 1 or g.c:chance(g.wrong * 0.1) and size + 1 or g.c:int(1, size)) end
  local parts = {}
  for i = 1, shape[d] do parts[i] = positions(g, shape, size, d + 1) end
  return "{" .. table.concat(parts, ", ") .. "}"
end

function kinds.pick(g)
  local c = g.c
  local name, x = g:pick(function(x) return #x._shape > 0 and #x._map > 0 and #x._map < 500 end)
  if not name then return end
  local n = #x._shape
  local dim = g:dim(n)
  local size = x._shape[dim < 0 and n + 1 + dim or dim] or 1
  local at = c:int(1, 2)
  local mask, m = g:mask_of(x, at)
  if mask and not g.step and c:chance(0.5) then
    if #m._shape == n and c:chance(0.4) then return ("%s = %s:masked_select(%s)"):format(g:target(), name, mask) end
    return ("%s = %s[%s%s%s]"):format(g:target(), name, at == 2 and "{{}, " or "", mask, at == 2 and "}" or "")
  end
  if c:chance(0.1) and not g.step then return ("%s = %s:nonzero()"):format(g:target(), name) end
  if c:chance(0.5) then
    local index = ('lab.tensor(%s, {dtype = "int64"})'):format(positions(g, { c:int(1, 6) }, size, 1))
    if c:chance(0.3) and dim == 1 then return ("%s = %s[%s]"):format(g:target(), name, index) end
    return ("%s = %s:index_select(%d, %s)"):format(g:target(), name, dim, index)
  end
  local shape = T.copy(x._shape)
  for d = 1, n do shape[d] = d == (dim < 0 and n + 1 + dim or dim) and c:int(1, 4) or c:int(1, shape[d]) end
  if T.numel(shape) > 60 then return end
  return ('%s = %s:gather(%d, lab.tensor(%s, {dtype = "int64"}))'):format(g:target(), name, dim,
    positions(g, shape, size, 1))
end

function kinds.cast(g)
  local name = g:pick()
  return ('%s = %s:to("%s")'):format(g:target(), name, g:dtype())
end

--- Elements in other places, and running sums.
function kinds.move(g)
  local c = g.c
  local name, x = g:pick(function(x) return #x._shape > 0 end)
  if not name then return end
  local n, kind = #x._shape, c:int(1, 5)
  local call
  if kind == 1 then
    local order = c:order(n)
    call = ("%s:flip(%s)"):format(name, table.concat(order, ", ", 1, c:int(1, n)))
  elseif kind == 2 then
    call = ("%s:roll(%d, %d)"):format(name, c:int(-5, 5), g:dim(n))
  elseif kind == 3 then
    if 6 * #x._map > g.limit then return end
    call = ("%s:tile(%s)"):format(name, c:chance(0.5) and c:int(0, 3) or ("%d, %d"):format(c:int(1, 2), c:int(0, 3)))
  elseif kind == 4 then
    call = ("%s:cumsum(%d)"):format(name, g:dim(n))
  else
    local size = x._shape[n]
    if size == 0 or 4 * #x._map > g.limit then return end
    local mode = c:of { "reflect", "replicate", "circular" }
    local room = mode == "reflect" and size - 1 or size
    call = ("lab.nn.functional.pad(%s, {%d, %d}, {mode = %q})"):format(name, c:int(0, math.min(room, 3)),
      c:int(0, math.min(room, 3)) + (c:chance(g.wrong) and mode ~= "replicate" and room or 0), mode)
  end
  return ("%s = %s"):format(g:target(), call)
end

return kinds
