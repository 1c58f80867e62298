--- The message of every mistake in the use of optimizers.
local lab = require "optlab"
local errors = require "tests.support.errors"
local problem = require "tests.support.problem"
local optim = lab.optim

describe("optim", function()
  describe("says what is wrong:", function()
    local a, b = problem.start()

    local CASES = {
      { "an unknown option", function() optim.SGD({ a }, { momentun = 0.9 }) end,
        "optim.SGD: unknown option 'momentun'; did you mean 'momentum'?" },
      { "sparse gradients", function() optim.SparseAdam({ a }) end,
        "lab.optim has no 'SparseAdam': there are no sparse gradients here, the gradient of an Embedding is a whole "
          .. "tensor; Adam and Adagrad take it" },
      { "a negative learning rate", function() optim.Adam({ a }, { lr = -1 }) end,
        "optim.Adam: lr must be a number of at least 0, got -1" },
      { "an infinite learning rate", function() optim.Adam({ a }, { lr = math.huge }) end,
        "optim.Adam: lr must be a number of at least 0, got inf" },
      { "a beta of 1", function() optim.Adam({ a }, { betas = { 0.9, 1 } }) end,
        "optim.Adam: betas[2] must be a number in [0, 1), got 1" },
      { "one beta", function() optim.Adam({ a }, { betas = 0.9 }) end,
        "optim.Adam: betas must be a list of 2 numbers in [0, 1), got 0.9" },
      { "a rho above 1", function() optim.Adadelta({ a }, { rho = 1.5 }) end,
        "optim.Adadelta: rho must be a number in [0, 1], got 1.5" },
      { "a number for a boolean", function() optim.Adam({ a }, { amsgrad = 1 }) end,
        "optim.Adam: amsgrad must be true or false, got 1" },
      { "a string for a number", function() optim.Adam({ a }, { lr = "0.1" }) end,
        "optim.Adam: lr must be a number of at least 0, got '0.1'" },
      { "Nesterov without momentum", function() optim.SGD({ a }, { nesterov = true }) end,
        "optim.SGD: nesterov needs momentum > 0 and dampening = 0, got momentum 0 and dampening 0" },
      { "no parameters", function() optim.SGD {} end, "optim.SGD: the list of parameters is empty" },
      { "no list", function() optim.SGD(nil, { lr = 1 }) end,
        "optim.SGD: params is missing; it must be a list of tensors such as {w, b} or model:parameters()" },
      { "a module among the parameters", function() optim.SGD { lab.nn.Linear(1, 1) } end,
        "optim.SGD: params[1] must be a tensor; a module's parameters are model:parameters(), got an optlab.Module" },
      { "a module in place of its parameters", function() optim.SGD(lab.nn.Sequential(lab.nn.Linear(1, 1))) end,
        "optim.SGD: params[1] must be a tensor; a module's parameters are model:parameters(), got an optlab.Module" },
      { "a tensor for a number", function() optim.SGD({ a }, { lr = lab.tensor(0.1) }) end,
        "optim.SGD: lr must be a number of at least 0, got a tensor of shape (); its number is x:item()" },
      { "a schedule for a number", function() optim.SGD({ a }, { lr = lab.sched.Cosine { max_update = 3 } }) end,
        "optim.SGD: lr must be a number of at least 0, got an optlab.Schedule; sched.attach(optimizer, schedule) makes "
        .. "an optimizer follow a schedule" },
      { "a field by another name", function() return optim.SGD({ a }).learning_rate end,
        "SGD has no field 'learning_rate'; its hyperparameters are lr, momentum, dampening, weight_decay, nesterov, "
        .. "maximize" },
      { "a number among the parameters", function() optim.SGD { a, 3 } end,
        "optim.SGD: params[2] must be a tensor, got 3" },
      { "a parameter given twice", function() optim.SGD { a, b, a } end,
        "optim.SGD: parameters 1 and 3 are the same tensor" },
      { "an integer parameter", function() optim.SGD { lab.zeros(2, { dtype = "int64" }) } end,
        "optim.SGD: parameter 1 is int64; only float32 and float64 tensors can be optimized" },
      { "a computed parameter", function() optim.SGD { a * 2 } end,
        "optim.SGD: parameter 1 is the result of an operation; only leaf tensors can be optimized "
        .. "(create it with requires_grad=true, or detach it)" },
      { "a group without params", function() optim.SGD { { params = { a } }, { lr = 1 } } end,
        "optim.SGD: a parameter group needs a field 'params'" },
      { "a group among tensors", function() optim.SGD { { params = { a } }, b } end,
        "optim.SGD: params[2] must be a group like the others, got a tensor of shape (4)" },
      { "an unknown field", function() return optim.SGD({ a }).momenum end,
        "SGD has no field 'momenum'; did you mean 'momentum'?" },
      { "an unknown field of a group", function() optim.SGD({ a }).param_groups[1].lrr = 1 end,
        "SGD has no field 'lrr'; did you mean 'lr'?" },
      { "a field that cannot be set", function() optim.SGD({ a }).param_groups = {} end,
        "SGD: the field 'param_groups' cannot be set" },
      { "a bad value for a field",
        function() optim.SGD({ a }).lr = -3 end, "optim.SGD: lr must be a number of at least 0, got -3" },
      { "a closure that is no function", function() optim.SGD({ a }):step("x") end,
        "Optimizer:step: closure must be a function that returns the loss, or the loss, got 'x'" },
      { "a method without its optimizer", function() optim.SGD({ a }).step() end,
        "Optimizer:step: opt is missing; it must be an optimizer" },
      { "an unknown option of zero_grad", function() optim.SGD({ a }):zero_grad { none = true } end,
        "Optimizer:zero_grad: unknown option 'none'; did you mean 'set_to_none'?" },
    }
    for _, case in ipairs(CASES) do
      it(case[1], function() assert.equal(case[3], errors.text(case[2])) end)
    end
  end)
end)
