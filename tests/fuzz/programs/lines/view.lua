--- Lines that look at a tensor through another shape.
local text = require "tests.fuzz.programs.text"
local T = require "tests.fuzz.programs.reference.tensor"

local kinds = {}

-- Sizes of n elements, in another cut.
local function other_sizes(g, n)
  local c, shape = g.c, {}
  if n == 0 then return { c:int(0, 3), 0 } end
  local rest = n
  while rest > 1 and #shape < 5 do
    local size = rest
    for _ = 1, 3 do
      local s = c:int(1, math.min(rest, 12))
      if rest % s == 0 then size = s end
    end
    shape[#shape + 1] = size
    rest = rest // size
  end
  if rest > 1 then shape[#shape + 1] = rest end
  if c:chance(0.2) then table.insert(shape, c:int(1, #shape + 1), 1) end
  return shape
end

function kinds.reshape(g)
  local c = g.c
  local name, x = g:pick()
  local shape = other_sizes(g, #x._map)
  if #shape > 0 and c:chance(0.3) then shape[c:int(1, #shape)] = -1 end
  if #shape > 0 and c:chance(g.wrong) then shape[c:int(1, #shape)] = c:int(-2, 5) end
  if #shape == 0 then shape = { 1 } end
  return ("%s = %s:%s(%s)"):format(g:target(), name, c:of { "reshape", "view" }, text.sizes(shape))
end

function kinds.view(g)
  local c = g.c
  local name, x = g:pick()
  local n, call = #x._shape
  local kind = c:int(1, 9)
  if kind == 1 then call = ("transpose(%d, %d)"):format(g:dim(n), g:dim(n))
  elseif kind == 2 then
    if n > 2 and not c:chance(g.wrong) then return end
    call = "t()"
  elseif kind == 3 then
    local order = c:order(n)
    if n > 0 and c:chance(g.wrong) then order[1] = c:int(-n - 1, n + 1) end
    call = ("permute(%s)"):format(n == 0 and "{}" or text.sizes(order))
  elseif kind == 4 then call = c:chance(0.5) and "squeeze()" or ("squeeze(%d)"):format(g:dim(n))
  elseif kind == 5 then call = ("unsqueeze(%d)"):format(g:dim(n + 1))
  elseif kind == 6 then call = c:chance(0.4) and "flatten()" or ("flatten(%d, %d)"):format(g:dim(n), g:dim(n))
  elseif kind == 7 then
    local d = g:dim(n)
    local size = x._shape[d < 0 and n + 1 + d or d] or 1
    local start = g:position(size)
    local room = size - (start < 0 and size + start or start - 1)
    call = ("narrow(%d, %d, %d)"):format(d, start, c:int(c:chance(g.wrong) and -1 or 0,
      math.max(0, room) + (c:chance(g.wrong) and 1 or 0)))
  elseif kind == 8 then
    local d = g:dim(n)
    call = ("select(%d, %d)"):format(d, g:position(x._shape[d < 0 and n + 1 + d or d] or 1))
  else call = c:of { "detach()", "contiguous()", "clone()" } end
  return ("%s = %s:%s"):format(g:target(), name, call)
end

-- A copy, which a compiled step may do without.
function kinds.copy(g)
  local c = g.c
  local name, x = g:pick()
  if c:chance(0.5) or #x._shape < 2 then return ("%s = %s:clone()"):format(g:target(), name) end
  return ("%s = %s:transpose(1, -1):contiguous()"):format(g:target(), name)
end

function kinds.expand(g)
  local c = g.c
  local name, x = g:pick()
  local shape = T.copy(x._shape)
  for d, size in ipairs(shape) do
    if size == 1 and c:chance(0.7) then shape[d] = c:int(0, 4) elseif c:chance(0.1) then shape[d] = -1 end
    if c:chance(g.wrong) then shape[d] = size + 1 end
  end
  if #shape < 5 and c:chance(0.4) then table.insert(shape, 1, c:int(0, 3)) end
  if #shape == 0 or math.abs(T.numel(shape)) > g.limit then return end
  return ("%s = %s:expand(%s)"):format(g:target(), name, text.sizes(shape))
end

function kinds.index(g)
  local name, x = g:pick(function(x) return #x._shape > 0 end)
  return name and ("%s = %s[%s]"):format(g:target(), name, g:key(x))
end

return kinds
