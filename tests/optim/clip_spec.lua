--- Gradients clipped by norm and by value.
local lab = require "optlab"
local close = require "tests.support.close"
local errors = require "tests.support.errors"
local optim = lab.optim

describe("optim", function()
  describe("clipping", function()
    local function with_grads()
      local p = lab.zeros(2, { dtype = "float64", requires_grad = true })
      local q = lab.zeros(1, { dtype = "float64", requires_grad = true })
      local free = lab.zeros(1, { requires_grad = true })
      p.grad = lab.tensor({ 3.0, -4.0 }, { dtype = "float64" })
      q.grad = lab.tensor({ 12.0 }, { dtype = "float64" })
      return p, q, free
    end

    it("scales all gradients together to the largest norm and returns the norm before", function()
      local p, q, free = with_grads()
      assert.equal(13, optim.clip_grad_norm_({ p, q, free }, 6.5))
      close.list({ 3 * 6.5 / 13.000001, -4 * 6.5 / 13.000001 }, close.flat(p.grad), "p", 1e-14)
      close.list({ 12 * 6.5 / 13.000001 }, close.flat(q.grad), "q", 1e-14)
    end)

    it("leaves small gradients as they are", function()
      local p, q = with_grads()
      assert.equal(13, optim.clip_grad_norm_({ p, q }, 20))
      assert.same({ 3.0, -4.0 }, close.flat(p.grad))
    end)

    it("knows other norms", function()
      local p, q = with_grads()
      assert.equal(19, optim.clip_grad_norm_({ p, q }, 100, { norm_type = 1 }))
      assert.equal(12, optim.clip_grad_norm_({ p, q }, 100, { norm_type = math.huge }))
      close.number((27 + 64 + 1728) ^ (1 / 3), optim.clip_grad_norm_({ p, q }, 100, { norm_type = 3 }), "3-norm", 1e-14)
      assert.equal(5, optim.clip_grad_norm_(p, 100))
    end)

    it("works on float32 and on strided gradients", function()
      local p = lab.zeros(50, 3)
      p.requires_grad = true
      p.grad = lab.full({ 3, 50 }, 2.0):t()
      close.number(math.sqrt(600), optim.clip_grad_norm_({ p }, 1), "norm", 1e-7)
      close.number(1, optim.clip_grad_norm_({ p }, 10), "norm after", 1e-6)
    end)

    it("refuses a norm that is not finite only if asked", function()
      local p = with_grads()
      p.grad = lab.tensor({ 0 / 0, 1.0 }, { dtype = "float64" })
      assert.is_truthy(errors.text(optim.clip_grad_norm_, { p }, 1, { error_if_nonfinite = true }):find(
        "clip_grad_norm_: the total norm of the gradients is %-?nan, so they cannot be clipped"))
      local norm = optim.clip_grad_norm_({ p }, 1)
      assert.is_true(norm ~= norm)
    end)

    it("by value limits each element", function()
      local p, q = with_grads()
      optim.clip_grad_value_({ p, q }, 3.5)
      assert.same({ 3.0, -3.5 }, close.flat(p.grad))
      assert.same({ 3.5 }, close.flat(q.grad))
    end)

    it("checks its arguments", function()
      local p = with_grads()
      assert.equal("optim.clip_grad_norm_: max_norm must be a number of at least 0, got -1",
        errors.text(optim.clip_grad_norm_, { p }, -1))
      assert.equal("optim.clip_grad_norm_: norm_type must be a number above 0 (or math.huge), got 0",
        errors.text(optim.clip_grad_norm_, { p }, 1, { norm_type = 0 }))
      assert.equal("optim.clip_grad_value_: clip_value must be a number of at least 0, got -2",
        errors.text(optim.clip_grad_value_, { p }, -2))
      assert.equal("optim.clip_grad_norm_: max_norm is missing; it must be a number",
        errors.text(optim.clip_grad_norm_, { p }, nil))
      assert.equal("optim.clip_grad_norm_: unknown option 'norm'; did you mean 'norm_type'?",
        errors.text(optim.clip_grad_norm_, { p }, 1, { norm = 2 }))
    end)
  end)
end)
