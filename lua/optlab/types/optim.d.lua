---@meta _
--- Optimizers as objects; their constructors are in declared/.

---@alias optlab.Params optlab.Tensor|optlab.Tensor[]|table[]

---@class optlab.ParamGroup
---@field lr number
---@field initial_lr number
---@field params optlab.Tensor[]
---@field [string] any the other hyperparameters

---@class optlab.Optimizer
---@field lr number read from the first group, written to all
---@field name string
---@field defaults table
---@field param_groups optlab.ParamGroup[]
---@field [string] any the other hyperparameters
---@field elementwise boolean whether each element is updated by itself
---@field needs "loss"|"closure"|"graph"|nil what step() asks for
---One update; a closure computes the loss and its gradients again, and its loss is returned.
---@field step fun(self: optlab.Optimizer, closure?: fun(): optlab.Operand): optlab.Operand?
---@field zero_grad fun(self: optlab.Optimizer, options?: {set_to_none?: boolean}) Removes the gradients.
---Adds parameters with their own hyperparameters.
---@field add_param_group fun(self: optlab.Optimizer, group: table)
---@field eval fun(self: optlab.Optimizer) puts the mean of Schedule-Free in place of the parameters
---@field train fun(self: optlab.Optimizer) puts back where the training stands
---Its state, for a checkpoint.
---@field state_dict fun(self: optlab.Optimizer): table
---Continues from what state_dict returned.
---@field load_state_dict fun(self: optlab.Optimizer, state: table)
---@operator len: integer

---An optimizer around another one; it also has the fields of the inner one.
---@class optlab.WrappedOptimizer: optlab.Optimizer
---@field optimizer optlab.Optimizer the one inside
---EMA and SWA: exchanges weights and averages.
---@field swap? fun(self: optlab.WrappedOptimizer)
---EMA and SWA: f(...) with the averages in place of the weights.
---@field with_averages? fun(self: optlab.WrappedOptimizer, f: function, ...): any

---@alias optlab.OptimizerClass fun(params: optlab.Params, options?: table): optlab.Optimizer

---@class optlab.optim
---Makes an optimizer from an update rule or a Lua function.
---@field define fun(definition: optlab.options.optim.define): optlab.OptimizerClass
---The built-in optimizers by name.
---@field list fun(options?: optlab.options.optim.list): {name: string, defaults: table, needs: string?, wraps: boolean}[]
---Scales all gradients together; returns their norm before.
---@field clip_grad_norm_ fun(params: optlab.Tensors, max_norm: number, options?: optlab.options.optim.clip_grad_norm_): number
---@field clip_grad_value_ fun(params: optlab.Tensors, value: number)
