---@meta _
--- Modules; layers, losses, nn.functional and nn.init are in declared/.

---@class optlab.ExtendOptions
---@field name? string
---@field init? function
---@field forward? function
---@field extra_repr? function
---@field [string] any

---@class optlab.Module
---@field training boolean
---@field class any
---@field weight optlab.Tensor? of a layer that has one
---@field bias optlab.Tensor?
---@field [any] any
---@field forward fun(self: optlab.Module, ...: optlab.Tensor): any
---@field parameters fun(self: optlab.Module): optlab.Tensor[]
---@field named_parameters fun(self: optlab.Module): table<string, optlab.Tensor> In order, with `pairs` too.
---@field buffers fun(self: optlab.Module): optlab.Tensor[]
---@field named_buffers fun(self: optlab.Module): table<string, optlab.Tensor>
---@field children fun(self: optlab.Module): optlab.Module[]
---@field named_children fun(self: optlab.Module): table<string, optlab.Module>
---@field modules fun(self: optlab.Module): optlab.Module[]
---@field zero_grad fun(self: optlab.Module) Drops the gradients of all parameters.
---@field train fun(self: optlab.Module, on?: boolean): optlab.Module
---@field eval fun(self: optlab.Module): optlab.Module
---@field apply fun(self: optlab.Module, fn: fun(m: optlab.Module)): optlab.Module
---@field requires_grad_ fun(self: optlab.Module, on?: boolean): optlab.Module
---@field to fun(self: optlab.Module, dtype: optlab.Float): optlab.Module In place.
---@field state_dict fun(self: optlab.Module): table<string, optlab.Tensor> Copies.
---@field load_state_dict fun(self: optlab.Module, state: table, options?: optlab.options.Module.load_state_dict): string[], string[]
---@field reset_parameters fun(self: optlab.Module): optlab.Module Of built-in layers.
---@operator call: optlab.Tensor

---A class of modules written in Lua; calling it makes one.
---@class optlab.ModuleClass: optlab.Module
---@field name string
---@field super optlab.ModuleClass?
---@field extend fun(definition: optlab.ExtendOptions): optlab.ModuleClass Makes a class below this one.
---@field register_buffer fun(self: optlab.ModuleClass, name: string, tensor: optlab.Tensor)
---@field extra_repr fun(self: optlab.ModuleClass): string
---@operator call: optlab.Module

---@alias optlab.Pair integer|integer[] one number, or {height, width}

---@class optlab.Sequential: optlab.Module
---@field append fun(self: optlab.Sequential, layer: optlab.Module|function): optlab.Sequential
---@operator len: integer

---@class optlab.nn
---@field Sequential fun(...: optlab.Module|function): optlab.Sequential
---@field type fun(m: any): string? The name of a module's class.
---@field is_module fun(x: any): boolean
---@field Module optlab.ModuleClass
---@field functional optlab.functional
---@field init optlab.init
