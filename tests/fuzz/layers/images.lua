--- Random layers on images beside plain formulas: convolutions tap by tap, pools place by place, means by hand. A case
-- is a function of random choices that gives {what, layer's function, formula, inputs}.
local lab = require "optlab"
local F = lab.nn.functional

local M = {}

local function uniform(...) return lab.rand({ ... }, { dtype = "float64" }) * 2 - 1 end

-- x at the places of tap k of each window: rows or columns first, first + step, ..., n of them.
local function tap(x, dim, k, n, stride, dilation)
  local first = (k - 1) * dilation + 1
  return x:index_select(dim, lab.arange(first, first + n * stride, stride, { dtype = "int64" }))
end

local function padded(x, p, value)
  return F.pad(x, { p[2], p[2], p[1], p[1] }, { value = value or 0 })
end

local function extent(size, k, stride, padding, dilation)
  return (size + 2 * padding - dilation * (k - 1) - 1) // stride + 1
end

local function conv(x, w, b, o)
  x = padded(x, o.padding)
  local n = {}
  for d = 1, 2 do n[d] = extent(x:size(d + 2), w:size(d + 2), o.stride[d], 0, o.dilation[d]) end
  local to, from = w:size(1) // o.groups, w:size(2)
  local parts = {}
  for g = 1, o.groups do
    local sum
    for i = 1, w:size(3) do
      for j = 1, w:size(4) do
        local part = tap(tap(x:narrow(2, (g - 1) * from + 1, from), 3, i, n[1], o.stride[1], o.dilation[1]), 4, j, n[2],
          o.stride[2], o.dilation[2])
        local term = lab.einsum("nchw,oc->nohw", part, w:narrow(1, (g - 1) * to + 1, to):select(4, j):select(3, i))
        sum = sum and sum + term or term
      end
    end
    parts[g] = sum
  end
  return lab.cat(parts, 2) + b:reshape(1, -1, 1, 1)
end

local function conv_case(c)
  local groups = c:of { 1, 1, 1, 2, 3 }
  local o = { groups = groups, stride = { c:int(1, 3), c:int(1, 3) }, padding = { c:int(0, 2), c:int(0, 2) },
    dilation = { c:of { 1, 1, 2 }, c:of { 1, 1, 2 } } }
  local from, to = groups * c:int(1, 5), groups * c:int(1, 9)
  local k, size = { c:int(1, 5), c:int(1, 5) }, {}
  for d = 1, 2 do size[d] = math.max(1, o.dilation[d] * (k[d] - 1) + 1 - 2 * o.padding[d]) + c:int(0, 9) end
  return o, from, to, k, size
end

function M.conv2d(c)
  local o, from, to, k, size = conv_case(c)
  local x, w, b = uniform(c:int(1, 18), from, size[1], size[2]), uniform(to, from // o.groups, k[1], k[2]), uniform(to)
  return function(x_, w_, b_) return F.conv2d(x_, w_, b_, o) end, function(x_, w_, b_) return conv(x_, w_, b_, o) end,
    { x, w, b }
end

-- The convolution's gradient with respect to its input.
function M.conv_transpose2d(c)
  local o, from, to, k, size = conv_case(c)
  local n = {}
  for d = 1, 2 do n[d] = extent(size[d], k[d], o.stride[d], o.padding[d], o.dilation[d]) end
  local x, w = uniform(c:int(1, 18), to, n[1], n[2]), uniform(to, from // o.groups, k[1], k[2])
  local rest = {}
  for d = 1, 2 do
    rest[d] = size[d] - ((n[d] - 1) * o.stride[d] - 2 * o.padding[d] + o.dilation[d] * (k[d] - 1) + 1)
  end
  local options = { stride = o.stride, padding = o.padding, dilation = o.dilation, groups = o.groups,
    output_padding = rest }
  local function formula(x_, w_)
    local z = lab.zeros(x:size(1), from, size[1], size[2], { dtype = "float64", requires_grad = true })
    local y = conv(z, w_, lab.zeros(to, { dtype = "float64" }), o)
    return lab.autograd.grad((y * x_):sum(), z, { create_graph = true })
  end
  return function(x_, w_) return F.conv_transpose2d(x_, w_, nil, options) end, formula, { x, w }
end

local function windows(x, k, stride, padding, dilation, value)
  x = padded(x, padding, value)
  local list, n = {}, {}
  for d = 1, 2 do n[d] = extent(x:size(d + 2), k[d], stride[d], 0, dilation[d]) end
  for i = 1, k[1] do
    for j = 1, k[2] do
      list[#list + 1] = tap(tap(x, 3, i, n[1], stride[1], dilation[1]), 4, j, n[2], stride[2], dilation[2])
    end
  end
  return lab.stack(list, 5)
end

local function pool_case(c)
  local k = { c:int(1, 4), c:int(1, 4) }
  local padding, dilation, size = { c:int(0, k[1] // 2), c:int(0, k[2] // 2) }, { c:int(1, 2), c:int(1, 2) }, {}
  for d = 1, 2 do size[d] = math.max(1, dilation[d] * (k[d] - 1) + 1 - 2 * padding[d]) + c:int(0, 9) end
  local n = c:int(1, 3) * c:int(1, 3) * size[1] * size[2]
  local shape = { n // (size[1] * size[2]), 1, size[1], size[2] }
  local x = lab.randperm(n):to("float64"):reshape(shape[1], shape[2], shape[3], shape[4]) -- no two alike
  return x, k, { c:int(1, 3), c:int(1, 3) }, padding, dilation
end

function M.max_pool2d(c)
  local x, k, stride, padding, dilation = pool_case(c)
  local o = { stride = stride, padding = padding, dilation = dilation }
  return function(x_) return F.max_pool2d(x_, k, o) end,
    function(x_) return windows(x_, k, stride, padding, dilation, -math.huge):amax(5) end, { x }
end

function M.avg_pool2d(c)
  local x, k, stride, padding = pool_case(c)
  for d = 1, 2 do if x:size(d + 2) + 2 * padding[d] < k[d] then k[d] = 1; padding[d] = 0 end end
  local count = c:chance(0.5)
  local function formula(x_)
    local sum = windows(x_, k, stride, padding, { 1, 1 }):sum(5)
    if count then return sum / (k[1] * k[2]) end
    return sum / windows(lab.ones(x.shape, { dtype = "float64" }), k, stride, padding, { 1, 1 }):sum(5)
  end
  return function(x_)
    return F.avg_pool2d(x_, k, { stride = stride, padding = padding, count_include_pad = count })
  end, formula, { x }
end

local function normalized(x, dims, eps)
  local m = x - x:mean(dims, true)
  return m / ((m * m):mean(dims, true) + eps):sqrt()
end

function M.group_norm(c)
  local groups = c:int(1, 3)
  local channels = groups * c:int(1, 4)
  local x, w, b = uniform(c:int(1, 5), channels, c:int(1, 7), c:int(2, 7)), uniform(channels), uniform(channels)
  local function formula(x_, w_, b_)
    local y = normalized(x_:reshape(x:size(1), groups, -1), { 3 }, 1e-5):reshape(x.shape)
    return y * w_:reshape(1, -1, 1, 1) + b_:reshape(1, -1, 1, 1)
  end
  return function(x_, w_, b_) return F.group_norm(x_, groups, { weight = w_, bias = b_ }) end, formula, { x, w, b }
end

function M.batch_norm2d(c)
  local channels = c:int(1, 9)
  local layer = lab.nn.BatchNorm2d(channels):to "float64"
  local x, w, b = uniform(c:int(2, 20), channels, c:int(1, 7), c:int(1, 7)), uniform(channels), uniform(channels)
  local function formula(x_, w_, b_)
    return normalized(x_, { 1, 3, 4 }, 1e-5) * w_:reshape(1, -1, 1, 1) + b_:reshape(1, -1, 1, 1)
  end
  return function(x_, w_, b_) return lab.nn.functional_call(layer, { weight = w_, bias = b_ }, x_) end, formula,
    { x, w, b }
end

function M.interpolate(c)
  local x, up = uniform(c:int(1, 18), c:int(1, 3), c:int(1, 6), c:int(1, 6)), { c:int(1, 3), c:int(1, 3) }
  local function formula(x_)
    local n, ch, h, w = x:size(1), x:size(2), x:size(3), x:size(4)
    return x_:reshape(n, ch, h, 1, w, 1):expand(n, ch, h, up[1], w, up[2]):reshape(n, ch, h * up[1], w * up[2])
  end
  local size = { x:size(3) * up[1], x:size(4) * up[2] }
  return function(x_) return F.interpolate(x_, { size = size, mode = "nearest" }) end, formula, { x }
end

return M
