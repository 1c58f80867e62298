--- Functions over rows (softmax, losses of labels, normalisation, embedding, attention) against PyTorch's outputs and
-- gradients; the same for inputs in another order of memory, in float32, compiled, and on any number of threads.
local lab = require "optlab"
local formula = require "tests.support.formula"
local layers = require "tests.support.layers"

local NAMES = { "a", "b", "c", "d", "e" }

-- Other orders of memory: dimensions reversed; every second element of a larger tensor.
local LAYOUTS = {
  plain = function(t) return t end,
  reversed = function(t)
    local back = {}
    for d = 1, t:dim() do back[d] = t:dim() + 1 - d end
    return t:permute(back):contiguous():permute(back)
  end,
  sliced = function(t)
    local wide = lab.cat({ t, t + 1 }, -1):reshape { t:numel() > 0 and -1 or 0, 2, t.shape[t:dim()] }
    return wide:transpose(2, 3):contiguous():select(3, 1):reshape(t.shape)
  end,
}

-- A function that makes a module of an expression, once, with the same parameters as tests/reference/rows.py has.
local function fill(dtype)
  local m
  return function(source)
    if m then return m end
    m = layers.eval(source):to(dtype):eval()
    local state = {}
    for i, entry in ipairs(m:parameters()) do state[i] = formula.centred(20000 * (i - 1), entry.shape) * 0.5 end
    lab.no_grad(function()
      for i, p in ipairs(m:parameters()) do p:copy_(state[i]) end
    end)
    return m
  end
end

local function flat(...)
  local list = { ... }
  for i, x in ipairs(list) do list[i] = x:reshape(-1) end
  return lab.cat(list)
end
local function u8(list) return lab.tensor(list, { dtype = "uint8" }) end

local function inputs_of(case, layout, dtype)
  local env, list = { filled = fill(dtype or "float64"), flat = flat, u8 = u8 }, {}
  for i, shape in ipairs(case.shapes) do
    local t = LAYOUTS[layout](formula.centred(60000 * (i - 1), shape) * case.scale):to(dtype or "float64"):detach()
    t.requires_grad = true
    env[NAMES[i]], list[i] = t, t
  end
  if case.high > 0 then env.y = formula.whole(600000, case.labels, 1, case.high):to "int64" end
  return env, list
end

-- The output and the gradients of all inputs.
local function run(case, env, list)
  local out = layers.eval(case.lua, env)
  local cotangent = formula.centred(700000, out.shape):to(out.dtype)
  local grads = lab.autograd.grad(out, list, { grad_outputs = cotangent, allow_unused = true })
  local all = { out:detach() }
  for i, x in ipairs(list) do all[i + 1] = grads[i] or lab.zeros(x.shape, { dtype = x.dtype }) end
  return all
end

local function check(case, all, tol, grad_tol)
  formula.assert_digest(case.output, all[1], tol, "output")
  for i, want in ipairs(case.grads) do formula.assert_digest(want, all[i + 1], grad_tol, "gradient of " .. NAMES[i]) end
end

-- nan equals nothing, so it is left out.
local function same(want, got)
  for i, t in ipairs(want) do
    assert.same(t.shape, got[i].shape)
    assert.equal(0, lab.logical_and(t:ne(got[i]), t:eq(t)):sum():item(), "tensor " .. i)
  end
end

for k, case in ipairs(dofile "tests/reference/rows_values.lua") do
  local shapes = {}
  for i, shape in ipairs(case.shapes) do shapes[i] = "(" .. table.concat(shape, ", ") .. ")" end
  describe(("%d: %s of %s"):format(k, case.lua, table.concat(shapes, ", ")), function()
    it("gives PyTorch's output and gradients, whatever the order of memory", function()
      for layout in pairs(LAYOUTS) do check(case, run(case, inputs_of(case, layout)), 1e-12, 1e-9) end
      check(case, run(case, inputs_of(case, "plain", "float32")), 2e-5, 1e-4)
    end)

    it("gives the same bits compiled and on 1, 2 and 3 threads", function()
      local threads = lab.get_num_threads()
      finally(function() lab.set_num_threads(threads) end)
      for _, dtype in ipairs { "float32", "float64" } do
        local env, list = inputs_of(case, "plain", dtype)
        lab.set_num_threads(1)
        local want = run(case, env, list)
        for n = 2, 3 do
          lab.set_num_threads(n)
          same(want, run(case, env, list))
        end
        local step = lab.compile(function() return table.unpack(run(case, env, list)) end)
        for _ = 1, 3 do same(want, { step() }) end
      end
    end)
  end)
end
