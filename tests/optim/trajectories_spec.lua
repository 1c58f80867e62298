--- Optimizers against PyTorch's trajectories, and the same numbers whatever dtype, strides and threads.
local lab = require "optlab"
local close = require "tests.support.close"
local problem = require "tests.support.problem"
local text = require "tests.support.text"
local optim = lab.optim

local STEPS, KEPT = 50, { 1, 2, 5, 50 }

local function contains(list, value)
  for _, v in ipairs(list or {}) do
    if v == value then return true end
  end
  return false
end

describe("optim", function()
  describe("follows PyTorch over 50 steps in float64:", function()
    for _, case in ipairs(problem.cases) do
      local title = case.name .. " " .. text.options(case.options)
      if case.b_options then title = title .. ", group of b: " .. text.options(case.b_options) end
      it(title, function()
        local a, b = problem.start()
        local params = { a, b }
        if case.b_options then
          local group = { params = { b } }
          for k, v in pairs(case.b_options) do group[k] = v end
          params = { { params = { a } }, group }
        end
        local opt = optim[case.name](params, case.options)
        local checksum, kept = 0, 0
        for t = 1, STEPS do
          problem.set_grads(a, b)
          if contains(case.missing, t) then b.grad = nil end
          opt:step()
          local values = problem.state_of(a, b)
          for _, v in ipairs(values) do checksum = checksum + math.abs(v) end
          if t == KEPT[kept + 1] then
            kept = kept + 1
            close.list(case.kept[kept], values, ("update %d"):format(t))
          end
        end
        assert.equal(4, kept)
        close.number(case.checksum, checksum, "checksum")
      end)
    end
  end)

  it("compares three settings or more of each optimizer of torch.optim, LBFGS in matrix_spec.lua", function()
    local count = {}
    for _, case in ipairs(problem.cases) do count[case.name] = (count[case.name] or 0) + 1 end
    for name in ("ASGD Adadelta Adafactor Adagrad Adam AdamW Adamax Muon NAdam RAdam RMSprop Rprop SGD"):gmatch "%w+" do
      assert.is_true((count[name] or 0) >= 3, name)
    end
  end)

  for _, case in ipairs(dofile("tests/reference/averages_values.lua")) do
    it(("averages weights as PyTorch's AveragedModel: %s %s"):format(case.name, text.options(case.options)), function()
      local a, b = problem.start()
      local opt = optim[case.name](optim.SGD({ a, b }, { lr = 0.02, momentum = 0.5 }), case.options)
      for _ = 1, STEPS do
        problem.set_grads(a, b)
        opt:step()
      end
      opt:swap()
      close.list(case.values, problem.state_of(a, b), "average")
    end)
  end

  it("gives no nan where the variance of a gradient is 0 but for rounding, as PyTorch's does", function()
    for _, name in ipairs { "RMSprop", "LaProp" } do
      for _, dtype in ipairs { "float32", "float64" } do
        local p = lab.zeros({ 64 }, { dtype = dtype, requires_grad = true })
        p.grad = (lab.arange(64):to(dtype) * 0.37 + 0.1):sin()
        local opt = optim[name]({ p }, { centered = true, eps = 1e-2 })
        if name == "RMSprop" then opt.alpha = 0.5 else opt.betas = { 0.9, 0.5 } end
        for _ = 1, 100 do opt:step() end
        assert.equal(0, p:isnan():any():item(), name)
        assert.is_true(p:abs():amax():item() <= 100 * opt.lr / 1e-2 + 1)
      end
    end
  end)

  describe("gives the same numbers", function()
    it("in float32 to single precision", function()
      for _, c in ipairs(problem.constructors) do
        local runs = {}
        for i, dtype in ipairs { "float64", "float32" } do
          local a, b = problem.start(dtype)
          local opt = optim[c[1]]({ a, b }, c[2])
          for _ = 1, 5 do
            problem.set_grads(a, b, dtype)
            opt:step()
          end
          runs[i] = problem.state_of(a, b)
        end
        for i = 1, #runs[1] do
          assert(math.abs(runs[1][i] - runs[2][i]) < 2e-5 * (1 + math.abs(runs[1][i])), c[1] .. " value " .. i)
        end
      end
    end)

    it("for strided gradients and strided parameters", function()
      for _, c in ipairs(problem.constructors) do
        local plain = lab.tensor({ { 1, 2, 3 }, { 4, 5, 6 } }, { dtype = "float64", requires_grad = true })
        local strided = lab.tensor({ { 1, 4 }, { 2, 5 }, { 3, 6 } }, { dtype = "float64" }):t():detach()
        strided.requires_grad = true
        local one, two = optim[c[1]]({ plain }, c[2]), optim[c[1]]({ strided }, c[2])
        for t = 1, 4 do
          local g = lab.tensor({ { 1, -2 }, { 0.5, t }, { 3, 1 } }, { dtype = "float64" })
          plain.grad = g:t():contiguous()
          strided.grad = g:t()
          one:step()
          two:step()
        end
        assert.same(close.flat(plain), close.flat(strided:contiguous()))
      end
    end)

    it("for one thread and for two, on long parameters", function()
      local threads = lab.get_num_threads and lab.get_num_threads() or 1
      for _, c in ipairs(problem.constructors) do
        local results = {}
        for n = 1, 2 do
          lab.set_num_threads(n)
          lab.manual_seed(3)
          local p = lab.randn(70001)
          p.requires_grad = true
          local opt = optim[c[1]]({ p }, c[2])
          for _ = 1, 3 do
            p.grad = lab.randn(70001)
            opt:step()
          end
          results[n] = p:detach()
        end
        assert.equal(0, (results[1] - results[2]):abs():max():item())
      end
      lab.set_num_threads(threads)
    end)

    it("as the book's Yogi when the accumulator starts at zero", function()
      local p = lab.tensor({ 1.0, -2.0 }, { dtype = "float64", requires_grad = true })
      local opt = optim.Yogi({ p }, { lr = 0.01, initial_accumulator = 0 })
      local x, v, s = { 1.0, -2.0 }, { 0, 0 }, { 0, 0 }
      for t = 1, 20 do
        p.grad = p:detach() * 0.5
        opt:step()
        for i = 1, 2 do
          local g = 0.5 * x[i]
          local d = g * g - s[i]
          v[i] = 0.9 * v[i] + 0.1 * g
          s[i] = s[i] + (1 - 0.999) * (d > 0 and 1 or d < 0 and -1 or 0) * g * g
          x[i] = x[i] - 0.01 * (v[i] / (1 - 0.9 ^ t)) / (math.sqrt(s[i] / (1 - 0.999 ^ t)) + 1e-3)
        end
      end
      close.list(x, close.flat(p), "Yogi", 1e-12)
    end)
  end)
end)
