--- Optimizers' state_dict and load_state_dict.
local lab = require "optlab"
local close = require "tests.support.close"
local errors = require "tests.support.errors"
local files = require "tests.support.files"
local problem = require "tests.support.problem"
local optim = lab.optim

describe("optim", function()
  describe("state", function()
    local function run(opt, a, b, steps)
      for _ = 1, steps do
        problem.set_grads(a, b)
        opt:step()
      end
    end

    it("goes through state_dict into a fresh optimizer without a trace, for every optimizer", function()
      for _, c in ipairs(problem.constructors) do
        local a, b = problem.start()
        local whole = optim[c[1]]({ a, b }, c[2])
        run(whole, a, b, 4)
        local a2, b2 = a:detach():clone(), b:detach():clone()
        a2.requires_grad, b2.requires_grad = true, true
        local resumed = optim[c[1]] { a2, b2 }
        resumed:load_state_dict(whole:state_dict())
        run(whole, a, b, 3)
        run(resumed, a2, b2, 3)
        assert.same(problem.state_of(a, b), problem.state_of(a2, b2))
      end
    end)

    it("is a copy under PyTorch's names", function()
      local a, b = problem.start()
      local opt = optim.Adam({ { params = { a } }, { params = { b }, lr = 0.5 } }, { amsgrad = true })
      run(opt, a, b, 2)
      local d = opt:state_dict()
      assert.equal("Adam", d.name)
      assert.equal(2, d.state[1].step)
      assert.same({ 1 }, d.param_groups[1].params)
      assert.same({ 2 }, d.param_groups[2].params)
      assert.equal(0.5, d.param_groups[2].lr)
      local m = close.flat(d.state[2].exp_avg)
      assert.is_truthy(d.state[1].exp_avg_sq and d.state[1].max_exp_avg_sq)
      run(opt, a, b, 1)
      assert.same(m, close.flat(d.state[2].exp_avg))
    end)

    it("has the shapes and dtypes that the optimizer declares, also from a file", function()
      local folder = files.folder()
      local path = folder .. "/state.safetensors"
      local matrix, stack, vector = lab.rand(3, 2), lab.rand(4, 5, 6), lab.rand(4)
      local params = { matrix, stack, vector }
      local function trained(name, steps)
        local opt = optim[name](params)
        for _ = 1, steps do
          for i, p in ipairs(params) do p.grad = lab.full(p.shape, 0.1 * i) end
          opt:step()
        end
        return opt
      end
      local function through_file(opt)
        lab.save_checkpoint(path, { optimizer = opt })
        local other = optim[opt.name](params)
        lab.load_checkpoint(path, { optimizer = other })
        return other:state_dict().state
      end
      local state = through_file(trained("Adafactor", 2))
      assert.same({ 3, 1 }, state[1].row_var.shape)
      assert.same({ 1, 2 }, state[1].col_var.shape)
      assert.same({ 4, 5, 1 }, state[2].row_var.shape)
      assert.same({ 4, 1, 6 }, state[2].col_var.shape)
      assert.same({ 1 }, state[3].row_var.shape)
      assert.same({ 4 }, state[3].col_var.shape)
      for _, v in ipairs(close.flat(state[2].row_var)) do close.number(0.2 ^ 2, v, "row_var", 1e-6) end
      state = through_file(trained("NAdam", 1))
      assert.same({}, state[2].mu_product.shape)
      assert.equal("float64", state[2].mu_product.dtype)
      assert.equal("float32", state[2].exp_avg.dtype)
      close.number(0.9 * (1 - 0.5 * 0.96 ^ 0.004), state[2].mu_product:item(), "mu_product", 1e-15)
      files.remove(folder)
    end)

    it("of another shape than declared is refused", function()
      local opt = optim.Adafactor { lab.ones(3, 2), lab.ones(4) }
      local function with(i, name, value)
        local d = opt:state_dict()
        d.state[i] = { step = 1, [name] = value }
        return errors.text(function() opt:load_state_dict(d) end)
      end
      assert.equal("Optimizer:load_state_dict: 'row_var' of parameter 1 has shape (3, 2); "
        .. "for a parameter of shape (3, 2) it must have shape (3, 1)", with(1, "row_var", lab.ones(3, 2)))
      assert.equal("Optimizer:load_state_dict: Adafactor has no state 'variance' (parameter 1)",
        with(1, "variance", lab.ones(3, 2)))
      assert.equal("Optimizer:load_state_dict: 'row_var' of parameter 2 has shape (4); for a parameter of shape (4) it "
        .. "must have shape (1)", with(2, "row_var", lab.ones(4)))
    end)

    it("that does not fit is refused with what differs, and nothing changes", function()
      local a, b = problem.start()
      local opt = optim.Adam { a, b }
      run(opt, a, b, 2)
      local d = opt:state_dict()
      local before = opt:state_dict().state[1].exp_avg
      assert.equal("Optimizer:load_state_dict: this is the state of an optimizer Adam, it cannot be loaded into SGD",
        errors.text(function() optim.SGD({ a, b }):load_state_dict(d) end))
      assert.equal("Optimizer:load_state_dict: group 1 of the state has 2 parameters, the optimizer's has 1",
        errors.text(function() optim.Adam({ a }):load_state_dict(d) end))
      assert.equal("Optimizer:load_state_dict: the state has 1 parameter group, the optimizer has 2",
        errors.text(function() optim.Adam({ { params = a }, { params = b } }):load_state_dict(d) end))
      assert.equal("Optimizer:load_state_dict: 'exp_avg' of parameter 1 has shape (3, 2), the parameter has shape (4)",
        errors.text(function()
          local only = opt:state_dict()
          only.state[1].exp_avg_sq, only.state[2] = nil, nil
          optim.Adam({ b, a }):load_state_dict(only)
        end))
      d.state[1].exp_avgs = d.state[1].exp_avg
      assert.equal("Optimizer:load_state_dict: Adam has no state 'exp_avgs' (parameter 1)",
        errors.text(function() opt:load_state_dict(d) end))
      d = opt:state_dict()
      d.param_groups[1].lr = -1
      assert.equal("Optimizer:load_state_dict: lr must be a number of at least 0, got -1",
        errors.text(function() opt:load_state_dict(d) end))
      d = opt:state_dict()
      d.state[1].step = "two"
      assert.equal("Optimizer:load_state_dict: parameter 1 needs a count of updates, an integer from 0 to 2^53, "
        .. "got 'two'", errors.text(function() opt:load_state_dict(d) end))
      d.state = nil
      assert.equal("Optimizer:load_state_dict: the state has no table 'state'; it must come from state_dict()",
        errors.text(function() opt:load_state_dict(d) end))
      assert.same(close.flat(before), close.flat(opt:state_dict().state[1].exp_avg))
    end)
  end)
end)
