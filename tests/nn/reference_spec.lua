--- Layers and losses against PyTorch's outputs and gradients.
local close = require "tests.support.close"
local layers = require "tests.support.layers"
local tensors = require "tests.support.tensors"
local reference = dofile "tests/reference/nn_values.lua"

-- A reference entry {shape=, values=} as a tensor.
local function stored(entry)
  local t = tensors.f64(entry.values)
  return #entry.shape == 0 and t:reshape {} or t:reshape(entry.shape)
end

-- A pure float64 copy of the reference's layer, with its parameters and buffers.
local function build(case)
  local m = layers.eval(case.lua):to "float64"
  local params = {}
  for _, entry in ipairs(case.params) do params[entry[1]] = stored(entry[2]) end
  for _, entry in ipairs(case.buffers or {}) do params[entry[1]] = stored(entry[2]) end
  m:load_state_dict(params, { strict = #case.params > 0 })
  return m, params
end

local function input_tensors(case)
  local a = stored(case.inputs[1])
  a.requires_grad = true
  return a, case.inputs[2] and stored(case.inputs[2]), case.inputs[3] and stored(case.inputs[3])
end

describe("a layer or loss gives PyTorch's", function()
  for i, case in ipairs(reference.cases) do
    local inputs = {}
    for k, entry in ipairs(case.inputs) do inputs[k] = "(" .. table.concat(entry.shape, ", ") .. ")" end
    local title = ("%d: %s of %s"):format(i, case.lua, table.concat(inputs, ", "))

    it("output and gradients, " .. title, function()
      local m = build(case)
      local a, b, c = input_tensors(case)
      local out = m(a, b, c)
      close.tensor(stored(case.output), out, 1e-12, "output")
      out:backward(stored(case.cotangent))
      close.tensor(stored(case.grads[1]), a.grad, 1e-12, "gradient of the input")
      local names = {}
      for name, p in m:named_parameters() do
        names[#names + 1] = name
        assert.equal(case.params[#names][1], name)
        close.tensor(stored(case.grads[#names + 1]), p.grad, 1e-12, "gradient of " .. name)
      end
      assert.equal(#case.params, #names)
      for _, entry in ipairs(case.buffers_after or {}) do
        close.tensor(stored(entry[2]), m:named_buffers()[entry[1]], 1e-12, entry[1])
      end
    end)

    if case.functional then
      it("output as a function, " .. title, function()
        local _, params = build(case)
        local a, b, c = input_tensors(case)
        local out = layers.eval(case.functional, { a = a, b = b, c = c, p = params })
        close.tensor(stored(case.output), out, 1e-12, case.functional)
      end)
    end
  end
end)
