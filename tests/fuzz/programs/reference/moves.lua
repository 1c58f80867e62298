--- Copies with elements in other places: flipped, rolled, tiled; nn.functional.pad.
local T = require "tests.fuzz.programs.reference.tensor"

local M = {}
local methods, check = T.methods, T.check

-- The elements of a result of x's dimensions: along dimension d, position i (from 0) comes from source(d, i).
local function moved(x, shape, source)
  local step, from = T.row_steps(x._shape), { 1 }
  if T.numel(shape) == 0 then from = {} end
  for d = 1, T.numel(shape) == 0 and 0 or #shape do
    local longer = {}
    for _, at in ipairs(from) do
      for i = 0, shape[d] - 1 do longer[#longer + 1] = at + source(d, i) * step[d] end
    end
    from = longer
  end
  return T.picked(x, shape, from, true)
end

function methods.flip(x, ...)
  local flipped = {}
  for _, d in ipairs(T.list(...)) do
    d = T.dim(d, #x._shape)
    check(not flipped[d], "a dimension twice")
    flipped[d] = true
  end
  return moved(x, T.copy(x._shape), function(d, i) return flipped[d] and x._shape[d] - 1 - i or i end)
end

function methods.roll(x, shift, dim)
  dim = T.dim(dim, #x._shape)
  return moved(x, T.copy(x._shape), function(d, i) return d == dim and (i - shift) % x._shape[d] or i end)
end

function methods.tile(x, ...)
  local times = T.list(...)
  while #times < #x._shape do table.insert(times, 1, 1) end
  local shape = T.copy(x._shape)
  while #shape < #times do table.insert(shape, 1, 1) end
  local wide, sizes = methods.reshape(x, shape), {}
  for d, size in ipairs(shape) do
    check(times[d] >= 0, "times")
    sizes[d] = size * times[d]
  end
  return moved(wide, sizes, function(d, i) return i % shape[d] end)
end

-- Where position i of a padded dimension comes from, in each mode.
local SOURCE = {
  replicate = function(i, size) return math.max(0, math.min(size - 1, i)) end,
  circular = function(i, size) return i % size end,
  reflect = function(i, size)
    if i < 0 then i = -i end
    return i < size and i or 2 * (size - 1) - i
  end,
}

--- widths: {before, after} of the last dimension.
function M.pad(x, widths, options)
  local n, before, after = #x._shape, widths[1], widths[2]
  local size = x._shape[n]
  local room = options.mode == "reflect" and size - 1 or options.mode == "circular" and size or math.huge
  check(size and size > 0 and before <= room and after <= room, "widths")
  local shape = T.copy(x._shape)
  shape[n] = size + before + after
  return moved(x, shape, function(d, i) return d == n and SOURCE[options.mode](i - before, size) or i end)
end

return M
