---@meta _
--- Derivatives: lab.autograd and lab.func.

---@class optlab.autograd
---Gradients of the output with respect to the inputs; does not change .grad.
---@field grad fun(output: optlab.Tensors, inputs: optlab.Tensors, options?: table): optlab.Tensors
---Compares gradients with central differences.
---@field gradcheck fun(f: function, inputs: optlab.Tensors, options?: optlab.options.autograd.gradcheck): boolean, string?
---@field differentiable_ops fun(): string[] The names of all operations that have a gradient.
---Calls f(...) without recording.
---@field no_grad fun(f: function|optlab.Module, ...: any): any
---Calls f(...) with recording.
---@field enable_grad fun(f: function, ...: any): any
---Whether operations are recorded.
---@field is_grad_enabled fun(): boolean
---Whether operations are recorded from now on.
---@field set_grad_enabled fun(on: boolean)
---Adds gradients into .grad of every leaf below; Tensor:backward.
---@field backward optlab.Backward
---Operations with their own backward functions: extend{name=, forward=, backward=}.
---@field Function optlab.FunctionMaker

---@class optlab.FunctionMaker
---Makes an operation, a function with the arguments of forward.
---@field extend fun(definition: table): function

---@class optlab.HookHandle
---@field remove fun(self: optlab.HookHandle) Removes the hook.

---@alias optlab.Point number|optlab.Tensor|optlab.Module|table

---@class optlab.func
---@field grad fun(f: function): function A function of the same arguments that gives a gradient for each.
---@field hessian fun(f: function): function A function that gives the Hessian: a number for a number, else a matrix.
---@field jacobian fun(f: function): function A function that gives the Jacobian.
---@field hvp fun(f: function, x: optlab.Point, v: optlab.Point): optlab.Point Hessian times v.
---The value, and the product of the Jacobian with v.
---@field jvp fun(f: function, x: optlab.Point, v: optlab.Point): optlab.Tensor, optlab.Tensor
---The value, and the product of v with the Jacobian.
---@field vjp fun(f: function, x: optlab.Point, v?: optlab.Tensor): optlab.Tensor, optlab.Point
---lab.vmap.
---@field vmap fun(f: function, options?: table): function
---nn.functional_call.
---@field functional_call fun(module: optlab.Module, parameters: table<string, optlab.Tensor>, ...: any): any
---lab.autograd.gradcheck.
---@field gradcheck fun(f: function, inputs: optlab.Tensors, options?: optlab.options.autograd.gradcheck): boolean, string?
