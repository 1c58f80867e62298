--- Optimizers of PyTorch on parameters of 0 to 5 dimensions, in both dtypes.
local lab = require "optlab"
local text = require "tests.support.text"
local expected = dofile("tests/reference/optim_shapes_values.lua")

local function indices(n) return lab.arange(n):to "float64" end
local function wave(n, step, shift, shape) return (indices(n) * step + shift):sin():reshape(shape) end

-- As tests/reference/optim_shapes.py.
local function run(name, options, dtype)
  local params, sums = {}, {}
  for k, shape in ipairs(expected.shapes) do
    local n = lab.zeros(shape):numel()
    params[k] = wave(n, 0.37, k - 1, shape):to(dtype):requires_grad_()
  end
  local opt = lab.optim[name](params, options)
  for t = 1, 25 do
    for k, p in ipairs(params) do
      p.grad = (wave(p:numel(), 0.7, t + k - 1, p.shape) * 2):to(dtype) + p:detach() * 0.3
    end
    opt:step()
  end
  for _, p in ipairs(params) do
    local x = p:detach():to("float64"):reshape(p:numel())
    sums[#sums + 1] = x:sum():item()
    sums[#sums + 1] = (x * indices(p:numel()):sin()):sum():item()
  end
  return sums
end

describe("on parameters of all shapes,", function()
  for _, case in ipairs(expected) do
    it(("%s %s is PyTorch's in %s"):format(case.name, text.options(case.options), case.dtype), function()
      local tolerance = case.dtype == "float64" and 1e-12 or 1e-5
      local got = run(case.name, case.options, case.dtype)
      for i, want in ipairs(case.sums) do
        local shape = table.concat(expected.shapes[(i + 1) // 2], " x ")
        assert.near(want, got[i], tolerance * math.max(1, math.abs(want)), "shape " .. shape)
      end
    end)
  end
end)
