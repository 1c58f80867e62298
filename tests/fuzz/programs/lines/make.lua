--- Lines that make tensors.
local text = require "tests.fuzz.programs.text"
local T = require "tests.fuzz.programs.reference.tensor"

local kinds = {}

local function literal(g, shape, dtype, d)
  if d > #shape then return text.number(g:element(dtype)) end
  local parts = {}
  for i = 1, shape[d] do parts[i] = literal(g, shape, dtype, d + 1) end
  return "{" .. table.concat(parts, ", ") .. "}"
end

function kinds.literal(g)
  local shape, dtype = g:shape(), g:dtype()
  local n = T.numel(shape)
  if n == 0 or n > 60 then return kinds.filled(g) end
  return ("%s = lab.tensor(%s, %s)"):format(g:target(), literal(g, shape, dtype, 1), g:options(dtype))
end

function kinds.filled(g)
  local c, shape = g.c, g:shape()
  local sizes = #shape == 0 and "{}" or c:chance(0.5) and "{" .. text.sizes(shape) .. "}" or text.sizes(shape)
  local name = c:of { "zeros", "ones", "rand", "randn", "rand", "randn", "full", "randint" }
  if name == "full" then
    local dtype = g:dtype()
    return ("%s = lab.full({%s}, %s, %s)"):format(g:target(), text.sizes(shape),
      text.number(g:element(dtype)), g:options(dtype))
  elseif name == "randint" then
    return ("%s = lab.randint(%d, %d, {%s})"):format(g:target(), c:int(-4, 0), c:int(1, 8), text.sizes(shape))
  end
  local dtype = (name == "zeros" or name == "ones") and g:dtype() or g:float_dtype()
  return ("%s = lab.%s(%s, %s)"):format(g:target(), name, sizes, g:options(dtype))
end

function kinds.rule(g)
  local c = g.c
  local kind = c:int(1, 4)
  if kind == 1 then
    return ("%s = lab.eye(%d, %d, %s)"):format(g:target(), c:int(0, 5), c:int(0, 5), g:options(g:dtype()))
  end
  if kind == 2 then return ("%s = lab.randperm(%d)"):format(g:target(), c:int(0, 7)) end
  if kind == 3 then
    local name = g:pick()
    return ("%s = lab.%s(%s)"):format(g:target(), c:of { "zeros_like", "ones_like", "empty_like" }, name)
  end
  local start, count = c:int(-3, 3), c:int(0, 7)
  return ("%s = lab.arange(%d, %d, %d, %s)"):format(g:target(), start, start + count, c:int(1, 3), g:options(g:dtype()))
end

return kinds
