--- Layers and losses against PyTorch's outputs and gradients.
local core = require "optlab.core"
local close = require "tests.support.close"
local files = require "tests.support.files"
local layers = require "tests.support.layers"
local tensors = require "tests.support.tensors"
local list = require("optlab.base.files").list
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

-- Compared as a function, or (what is not PyTorch's) with the layers that it joins, by these specs.
local ELSEWHERE = { Embedding = "rows_spec", RMSNorm = "rows_spec", BatchNormReLU = "batch_norm_relu_spec" }

describe("a layer or loss gives PyTorch's", function()
  it("numbers, each of them in a table of tests/reference", function()
    local tables, missing = {}, {}
    for _, name in ipairs(list("tests/reference", "_values%.lua$")) do
      tables[#tables + 1] = files.read("tests/reference/" .. name)
    end
    local text = table.concat(tables)
    for _, d in ipairs(core.nn.declarations()) do
      local found = d.space ~= "nn" or ELSEWHERE[d.name] or text:find("nn%." .. d.name .. "%f[^%w]")
        or text:find(('name = "%s"'):format(d.name), 1, true)
      if not found then missing[#missing + 1] = d.name end
    end
    assert.equal("", table.concat(missing, " "), "no case in tests/reference/nn.py")
  end)

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
