--- Floating-point operations of layers, an image or a row; a product of an m x k by a k x n matrix takes 2 m k n.
local M = {}

--- A convolution (or a transposed one, with the size of its input): kernel k, height = width = size of its output.
function M.conv(from, to, k, size)
  return 2 * from * to * k * k * size * size
end

function M.linear(from, to)
  return 2 * from * to
end

--- A step on a batch: layers are {flop, ...}. Backward takes two products a layer, one for a first layer whose input
-- needs no gradient.
function M.step(batch, first, ...)
  local sum = 2 * first
  for _, flop in ipairs { ... } do sum = sum + 3 * flop end
  return batch * sum
end

return M
