---@meta optlab
--- The types of optlab for the Lua language server (LuaLS): completion, hover texts, checks in an editor.
-- Nothing runs this file. docs/api.md describes what the functions do; tests/cli/docs_spec.lua compares the names with the
-- real ones.

---@alias optlab.DType "float32"|"float64"|"int64"|"uint8"
---@alias optlab.Operand optlab.Tensor|number
---@alias optlab.Dims integer|integer[]
---@alias optlab.Numbers number[]|optlab.Tensor
---@alias optlab.Reduction fun(x: optlab.Tensor, dim?: optlab.Dims|table, keepdim?: boolean): optlab.Tensor
---@alias optlab.UnaryMethod fun(self: optlab.Tensor): optlab.Tensor
---@alias optlab.BinaryMethod fun(self: optlab.Tensor, other: optlab.Operand): optlab.Tensor
---@alias optlab.Backward fun(t: optlab.Tensor, gradient?: optlab.Tensor|table, options?: optlab.BackwardOptions)
---@alias optlab.Field table|optlab.Tensor|fun(x: number, y: number): optlab.Operand
---@alias optlab.Points optlab.Numbers|function
---@alias optlab.Tensors optlab.Tensor|optlab.Tensor[]
---@alias optlab.Options optlab.TensorOptions
---@alias optlab.Float "float32"|"float64"
---@alias optlab.Schedule optlab.BuiltinSchedule|fun(t: integer): number
---@alias optlab.Params optlab.Tensor|optlab.Tensor[]|table[]
---@alias optlab.Rule fun(x: optlab.Operand, grad: optlab.Operand, state: table, t: integer): optlab.Operand
---@alias optlab.How optlab.Rule|table|optlab.Optimizer

-- --- tensors ---------------------------------------------------------------------------------------------------------

---@class optlab.TensorOptions
---@field dtype? optlab.DType the default dtype if not given
---@field requires_grad? boolean false

---@class optlab.BackwardOptions
---@field create_graph? boolean record the backward pass, so that gradients can be differentiated
---@field retain_graph? boolean keep the graph for another backward; true if create_graph is

-- Functions of `lab` that are methods of tensors, too.
---@class optlab.Functions
---Limits each element; nil leaves a side open.
---@field clamp fun(x: optlab.Tensor, lo?: number, hi?: number): optlab.Tensor
---a where the condition is not 0, else b.
---@field where fun(condition: optlab.Tensor, a: optlab.Operand, b: optlab.Operand): optlab.Tensor
---@field sum optlab.Reduction Sum of all elements or over dimensions.
---@field mean optlab.Reduction Mean, as sum.
---@field amax optlab.Reduction Largest value; ties share the gradient.
---@field amin optlab.Reduction Smallest value.
---@field var optlab.Reduction Variance, divided by n - 1.
---@field std optlab.Reduction Standard deviation.
---p-norm, p = 2 if not given.
---@field norm fun(x: optlab.Tensor, p?: number, dim?: optlab.Dims|table, keepdim?: boolean): optlab.Tensor
---@field argmax fun(x: optlab.Tensor, dim?: integer, keepdim?: boolean): optlab.Tensor Position from 1, int64.
---@field argmin fun(x: optlab.Tensor, dim?: integer, keepdim?: boolean): optlab.Tensor Position from 1, int64.
---The extreme element; along a dimension with positions.
---@field max fun(x: optlab.Tensor, dim?: integer|optlab.Tensor, keepdim?: boolean): optlab.Tensor, optlab.Tensor?
---The extreme element; along a dimension with positions.
---@field min fun(x: optlab.Tensor, dim?: integer|optlab.Tensor, keepdim?: boolean): optlab.Tensor, optlab.Tensor?
---@field softmax fun(x: optlab.Tensor, dim: integer): optlab.Tensor
---@field log_softmax fun(x: optlab.Tensor, dim: integer): optlab.Tensor
---@field mm fun(x: optlab.Tensor, other: optlab.Tensor): optlab.Tensor (n, k) (k, m) -> (n, m)
---@field mv fun(x: optlab.Tensor, other: optlab.Tensor): optlab.Tensor (n, k) (k) -> (n)
---@field dot fun(x: optlab.Tensor, other: optlab.Tensor): optlab.Tensor (n) (n) -> ()
---@field matmul fun(x: optlab.Tensor, other: optlab.Tensor): optlab.Tensor Vectors, matrices, batches of matrices.
---The same elements in another shape; one size may be -1.
---@field reshape fun(x: optlab.Tensor, ...: integer|integer[]): optlab.Tensor
---@field view fun(x: optlab.Tensor, ...: integer|integer[]): optlab.Tensor reshape that never copies.
---@field flatten fun(x: optlab.Tensor, first?: integer, last?: integer): optlab.Tensor
---@field squeeze fun(x: optlab.Tensor, dim?: integer): optlab.Tensor
---@field unsqueeze fun(x: optlab.Tensor, dim: integer): optlab.Tensor
---@field transpose fun(x: optlab.Tensor, d1: integer, d2: integer): optlab.Tensor
---@field t fun(x: optlab.Tensor): optlab.Tensor The transposed matrix.
---@field permute fun(x: optlab.Tensor, ...: integer|integer[]): optlab.Tensor
---Repeats dimensions of size 1 without copying.
---@field expand fun(x: optlab.Tensor, ...: integer|integer[]): optlab.Tensor
---@field narrow fun(x: optlab.Tensor, dim: integer, start: integer, length: integer): optlab.Tensor
---@field select fun(x: optlab.Tensor, dim: integer, i: integer): optlab.Tensor
---@field index_select fun(x: optlab.Tensor, dim: integer, positions: optlab.Tensor): optlab.Tensor
---@field gather fun(x: optlab.Tensor, dim: integer, positions: optlab.Tensor): optlab.Tensor
---@field clone fun(x: optlab.Tensor): optlab.Tensor

---@class optlab.Tensor: optlab.Functions
---@field shape integer[]
---@field dtype optlab.DType
---@field requires_grad boolean
---@field grad optlab.Tensor?
---@field is_leaf boolean
---@field [integer|table|optlab.Tensor] optlab.Tensor
---@field neg optlab.UnaryMethod
---@field exp optlab.UnaryMethod
---@field log optlab.UnaryMethod
---@field log1p optlab.UnaryMethod
---@field expm1 optlab.UnaryMethod
---@field erf optlab.UnaryMethod
---@field sqrt optlab.UnaryMethod
---@field square optlab.UnaryMethod
---@field abs optlab.UnaryMethod
---@field sign optlab.UnaryMethod
---@field sin optlab.UnaryMethod
---@field cos optlab.UnaryMethod
---@field tan optlab.UnaryMethod
---@field sinh optlab.UnaryMethod
---@field cosh optlab.UnaryMethod
---@field tanh optlab.UnaryMethod
---@field sigmoid optlab.UnaryMethod
---@field relu optlab.UnaryMethod
---@field softplus optlab.UnaryMethod
---@field reciprocal optlab.UnaryMethod
---@field floor optlab.UnaryMethod
---@field ceil optlab.UnaryMethod
---@field round optlab.UnaryMethod
---@field add optlab.BinaryMethod
---@field sub optlab.BinaryMethod
---@field mul optlab.BinaryMethod
---@field div optlab.BinaryMethod
---@field pow optlab.BinaryMethod
---@field maximum optlab.BinaryMethod
---@field minimum optlab.BinaryMethod
---@field eq optlab.BinaryMethod
---@field ne optlab.BinaryMethod
---@field lt optlab.BinaryMethod
---@field le optlab.BinaryMethod
---@field gt optlab.BinaryMethod
---@field ge optlab.BinaryMethod
---@field dim fun(self: optlab.Tensor): integer
---@field numel fun(self: optlab.Tensor): integer
---@field size fun(self: optlab.Tensor, d?: integer): integer|integer[]
---@field stride fun(self: optlab.Tensor): integer[]
---@field item fun(self: optlab.Tensor): number The element of a one-element tensor.
---@field tolist fun(self: optlab.Tensor): number|table
---@field detach optlab.UnaryMethod The same memory without the graph.
---@field contiguous optlab.UnaryMethod
---@field is_contiguous fun(self: optlab.Tensor): boolean
---@field to fun(self: optlab.Tensor, dtype: optlab.DType): optlab.Tensor
---@field requires_grad_ fun(self: optlab.Tensor, on?: boolean): optlab.Tensor
---Adds gradients into .grad of every leaf below.
---@field backward optlab.Backward
---@field add_ fun(self: optlab.Tensor, other: optlab.Operand, alpha?: number): optlab.Tensor
---@field sub_ fun(self: optlab.Tensor, other: optlab.Operand, alpha?: number): optlab.Tensor
---@field mul_ optlab.BinaryMethod
---@field div_ optlab.BinaryMethod
---@field pow_ optlab.BinaryMethod
---@field copy_ fun(self: optlab.Tensor, other: optlab.Tensor): optlab.Tensor
---@field fill_ fun(self: optlab.Tensor, value: number): optlab.Tensor
---@field zero_ optlab.UnaryMethod
---@field uniform_ fun(self: optlab.Tensor, a?: number, b?: number): optlab.Tensor
---@field normal_ fun(self: optlab.Tensor, mean?: number, std?: number): optlab.Tensor
---@field exp_ optlab.UnaryMethod
---@field log_ optlab.UnaryMethod
---@field sqrt_ optlab.UnaryMethod
---@field square_ optlab.UnaryMethod
---@field abs_ optlab.UnaryMethod
---@field neg_ optlab.UnaryMethod
---@field relu_ optlab.UnaryMethod
---@field sigmoid_ optlab.UnaryMethod
---@field tanh_ optlab.UnaryMethod
---@field floor_ optlab.UnaryMethod
---@field round_ optlab.UnaryMethod
---@field clamp_ fun(self: optlab.Tensor, lo?: number, hi?: number): optlab.Tensor
---@operator add(optlab.Operand): optlab.Tensor
---@operator sub(optlab.Operand): optlab.Tensor
---@operator mul(optlab.Operand): optlab.Tensor
---@operator div(optlab.Operand): optlab.Tensor
---@operator pow(optlab.Operand): optlab.Tensor
---@operator unm: optlab.Tensor
---@operator len: integer

-- --- derivatives -----------------------------------------------------------------------------------------------------

---@class optlab.autograd
---Gradients of the output with respect to the inputs; leaves .grad alone.
---@field grad fun(output: optlab.Tensors, inputs: optlab.Tensors, options?: table): optlab.Tensors
---Compares gradients with central differences.
---@field gradcheck fun(f: function, inputs: optlab.Tensors, options?: table): boolean, string?
---@field differentiable_ops fun(): string[] The names of all operations that have a gradient.
---@field no_grad fun(f: function, ...: any): any
---@field enable_grad fun(f: function, ...: any): any
---@field is_grad_enabled fun(): boolean
---@field set_grad_enabled fun(on: boolean)
---@field backward optlab.Backward

---@class optlab.func
---@field grad fun(f: function): function A function of the same arguments that gives a gradient for each.
---@field hessian fun(f: function): function A function that gives the Hessian: a number for a number, else a matrix.
---@field jacobian fun(f: function): function A function that gives the Jacobian.
---@field hvp fun(f: function, x: optlab.Tensor, v: optlab.Tensor): optlab.Tensor Hessian times v.
---@field gradcheck fun(f: function, inputs: optlab.Tensors, options?: table): boolean, string?

-- --- nn --------------------------------------------------------------------------------------------------------------

---@class optlab.BCEWithLogitsLossOptions
---@field pos_weight? optlab.Tensor
---@field reduction? "mean"|"sum"|"none"

---@class optlab.CrossEntropyLossOptions
---@field weight? optlab.Tensor
---@field label_smoothing? number
---@field reduction? "mean"|"sum"|"none"

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
---@field load_state_dict fun(self: optlab.Module, state: table, options?: table): string[], string[]
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

---@class optlab.LinearOptions
---@field bias? boolean true
---@field dtype? optlab.Float

---@alias optlab.Pair integer|integer[] one number, or {height, width}

---@class optlab.Conv2dOptions
---@field stride? optlab.Pair 1
---@field padding? optlab.Pair 0
---@field bias? boolean true
---@field dtype? optlab.Float

---@class optlab.Pool2dOptions
---@field stride? optlab.Pair the kernel size
---@field padding? optlab.Pair 0

---@class optlab.BatchNormOptions
---@field eps? number 1e-5
---@field momentum? number 0.1
---@field affine? boolean true
---@field track_running_stats? boolean true
---@field dtype? optlab.Float

---@class optlab.FunctionalConv2dOptions
---@field bias? optlab.Tensor
---@field stride? optlab.Pair 1
---@field padding? optlab.Pair 0

---@class optlab.Sequential: optlab.Module
---@field append fun(self: optlab.Sequential, layer: optlab.Module|function): optlab.Sequential
---@operator len: integer

---@class optlab.nn
---@field Sequential fun(...: optlab.Module|function): optlab.Sequential
---@field Linear fun(in_features: integer, out_features: integer, options?: optlab.LinearOptions): optlab.Module
---@field ReLU fun(): optlab.Module
---@field Sigmoid fun(): optlab.Module
---@field Tanh fun(): optlab.Module
---@field SiLU fun(): optlab.Module
---@field Identity fun(): optlab.Module
---@field LeakyReLU fun(options?: number|{negative_slope?: number}): optlab.Module
---@field ELU fun(options?: number|{alpha?: number}): optlab.Module
---@field GELU fun(options?: "none"|"tanh"|{approximate?: "none"|"tanh"}): optlab.Module
---@field Softplus fun(options?: {beta?: number, threshold?: number}): optlab.Module
---@field Softmax fun(options?: integer|{dim?: integer}): optlab.Module
---@field LogSoftmax fun(options?: integer|{dim?: integer}): optlab.Module
---@field Flatten fun(options?: {start_dim?: integer, end_dim?: integer}): optlab.Module
---@field Conv2d fun(in_channels: integer, out_channels: integer, kernel_size: optlab.Pair, options?: optlab.Conv2dOptions): optlab.Module
---@field MaxPool2d fun(kernel_size: optlab.Pair, options?: optlab.Pool2dOptions): optlab.Module
---@field AvgPool2d fun(kernel_size: optlab.Pair, options?: optlab.Pool2dOptions): optlab.Module
---@field BatchNorm1d fun(num_features: integer, options?: optlab.BatchNormOptions): optlab.Module
---@field BatchNorm2d fun(num_features: integer, options?: optlab.BatchNormOptions): optlab.Module
---@field Dropout fun(options?: number|{p?: number}): optlab.Module
---@field MSELoss fun(options?: {reduction?: "mean"|"sum"|"none"}): optlab.Module
---@field L1Loss fun(options?: {reduction?: "mean"|"sum"|"none"}): optlab.Module
---@field HuberLoss fun(options?: {delta?: number, reduction?: "mean"|"sum"|"none"}): optlab.Module
---@field SmoothL1Loss fun(options?: {beta?: number, reduction?: "mean"|"sum"|"none"}): optlab.Module
---@field CrossEntropyLoss fun(options?: optlab.CrossEntropyLossOptions): optlab.Module
---@field NLLLoss fun(options?: {weight?: optlab.Tensor, reduction?: "mean"|"sum"|"none"}): optlab.Module
---@field BCELoss fun(options?: {reduction?: "mean"|"sum"|"none"}): optlab.Module
---@field BCEWithLogitsLoss fun(options?: optlab.BCEWithLogitsLossOptions): optlab.Module
---@field type fun(m: any): string? The name of a module's class.
---@field is_module fun(x: any): boolean
---@field Module optlab.ModuleClass
---@field functional optlab.functional
---@field init optlab.init

---@class optlab.functional
---@field relu fun(x: optlab.Tensor, ...: any): optlab.Tensor
---@field sigmoid fun(x: optlab.Tensor, ...: any): optlab.Tensor
---@field tanh fun(x: optlab.Tensor, ...: any): optlab.Tensor
---@field silu fun(x: optlab.Tensor, ...: any): optlab.Tensor
---@field leaky_relu fun(x: optlab.Tensor, ...: any): optlab.Tensor
---@field elu fun(x: optlab.Tensor, ...: any): optlab.Tensor
---@field gelu fun(x: optlab.Tensor, ...: any): optlab.Tensor
---@field softplus fun(x: optlab.Tensor, ...: any): optlab.Tensor
---@field softmax fun(x: optlab.Tensor, ...: any): optlab.Tensor
---@field log_softmax fun(x: optlab.Tensor, ...: any): optlab.Tensor
---@field flatten fun(x: optlab.Tensor, ...: any): optlab.Tensor
---@field mse_loss fun(input: optlab.Tensor, target: optlab.Tensor, ...: any): optlab.Tensor
---@field l1_loss fun(input: optlab.Tensor, target: optlab.Tensor, ...: any): optlab.Tensor
---@field huber_loss fun(input: optlab.Tensor, target: optlab.Tensor, ...: any): optlab.Tensor
---@field smooth_l1_loss fun(input: optlab.Tensor, target: optlab.Tensor, ...: any): optlab.Tensor
---@field cross_entropy fun(input: optlab.Tensor, target: optlab.Tensor, ...: any): optlab.Tensor
---@field nll_loss fun(input: optlab.Tensor, target: optlab.Tensor, ...: any): optlab.Tensor
---@field binary_cross_entropy fun(input: optlab.Tensor, target: optlab.Tensor, ...: any): optlab.Tensor
---@field binary_cross_entropy_with_logits fun(input: optlab.Tensor, target: optlab.Tensor, ...: any): optlab.Tensor
---@field linear fun(x: optlab.Tensor, weight: optlab.Tensor, bias?: optlab.Tensor): optlab.Tensor
---@field conv2d fun(x: optlab.Tensor, weight: optlab.Tensor, bias?: optlab.Tensor|optlab.FunctionalConv2dOptions, ...: any): optlab.Tensor
---@field max_pool2d fun(x: optlab.Tensor, kernel_size: optlab.Pair, ...: any): optlab.Tensor
---@field avg_pool2d fun(x: optlab.Tensor, kernel_size: optlab.Pair, ...: any): optlab.Tensor
---@field batch_norm fun(x: optlab.Tensor, running_mean?: optlab.Tensor, running_var?: optlab.Tensor, ...: any): optlab.Tensor
---@field dropout fun(x: optlab.Tensor, p?: number, training?: boolean): optlab.Tensor
---@field one_hot fun(labels: optlab.Tensor, num_classes?: integer): optlab.Tensor

---@class optlab.init
---@field uniform_ fun(t: optlab.Tensor, a?: number|table, b?: number): optlab.Tensor
---@field normal_ fun(t: optlab.Tensor, mean?: number|table, std?: number): optlab.Tensor
---@field constant_ fun(t: optlab.Tensor, val: number): optlab.Tensor
---@field zeros_ fun(t: optlab.Tensor): optlab.Tensor
---@field ones_ fun(t: optlab.Tensor): optlab.Tensor
---@field eye_ fun(t: optlab.Tensor): optlab.Tensor
---@field xavier_uniform_ fun(t: optlab.Tensor, gain?: number|table): optlab.Tensor
---@field xavier_normal_ fun(t: optlab.Tensor, gain?: number|table): optlab.Tensor
---@field kaiming_uniform_ fun(t: optlab.Tensor, a?: number|table, mode?: string, nonlinearity?: string): optlab.Tensor
---@field kaiming_normal_ fun(t: optlab.Tensor, a?: number|table, mode?: string, nonlinearity?: string): optlab.Tensor
---@field calculate_gain fun(nonlinearity: string, param?: number): number

-- --- optim -----------------------------------------------------------------------------------------------------------

---@class optlab.CommonOptions
---@field lr? number
---@field weight_decay? number
---@field maximize? boolean

---@class optlab.AdadeltaOptions: optlab.CommonOptions
---@field rho? number
---@field eps? number

---@class optlab.AdafactorOptions: optlab.CommonOptions
---@field beta2_decay? number
---@field eps1? number
---@field eps2? number
---@field d? number

---@class optlab.AdagradOptions: optlab.CommonOptions
---@field lr_decay? number
---@field initial_accumulator_value? number
---@field eps? number

---@class optlab.AdamOptions: optlab.CommonOptions
---@field betas? number[]
---@field eps? number
---@field amsgrad? boolean

---@class optlab.NAdamOptions: optlab.CommonOptions
---@field betas? number[]
---@field eps? number
---@field momentum_decay? number

---@class optlab.RMSpropOptions: optlab.CommonOptions
---@field alpha? number
---@field eps? number
---@field momentum? number
---@field centered? boolean

---@class optlab.SGDOptions: optlab.CommonOptions
---@field momentum? number
---@field dampening? number
---@field nesterov? boolean

---@class optlab.YogiOptions: optlab.CommonOptions
---@field betas? number[]
---@field eps? number
---@field initial_accumulator? number

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
---One update; a closure computes the loss and its gradients anew, and its loss comes back.
---@field step fun(self: optlab.Optimizer, closure?: fun(): optlab.Operand): optlab.Operand?
---@field zero_grad fun(self: optlab.Optimizer, options?: {set_to_none?: boolean}) Drops the gradients.
---@field add_param_group fun(self: optlab.Optimizer, group: table)
---@field state_dict fun(self: optlab.Optimizer): table
---@field load_state_dict fun(self: optlab.Optimizer, state: table)
---@operator len: integer

---@alias optlab.OptimizerClass fun(params: optlab.Params, options?: table): optlab.Optimizer

---@class optlab.OptimizerDefinition
---@field name string
---@field defaults table<string, number|boolean|number[]> with lr
---@field state? string[]|fun(p: optlab.Tensor, h: optlab.ParamGroup): table
---@field step fun(p: optlab.Tensor, g: optlab.Tensor, state: table, h: optlab.ParamGroup, t: integer): optlab.Tensor?

---@class optlab.optim
---@field SGD fun(params: optlab.Params, options?: optlab.SGDOptions): optlab.Optimizer
---@field Adagrad fun(params: optlab.Params, options?: optlab.AdagradOptions): optlab.Optimizer
---@field RMSprop fun(params: optlab.Params, options?: optlab.RMSpropOptions): optlab.Optimizer
---@field Adafactor fun(params: optlab.Params, options?: optlab.AdafactorOptions): optlab.Optimizer
---@field NAdam fun(params: optlab.Params, options?: optlab.NAdamOptions): optlab.Optimizer
---@field Adadelta fun(params: optlab.Params, options?: optlab.AdadeltaOptions): optlab.Optimizer
---@field Adam fun(params: optlab.Params, options?: optlab.AdamOptions): optlab.Optimizer
---@field AdamW fun(params: optlab.Params, options?: optlab.AdamOptions): optlab.Optimizer
---@field Yogi fun(params: optlab.Params, options?: optlab.YogiOptions): optlab.Optimizer
---Makes an optimizer of a Lua function that updates one parameter.
---@field define fun(definition: optlab.OptimizerDefinition): optlab.OptimizerClass
---Scales all gradients together; returns their norm before.
---@field clip_grad_norm_ fun(params: optlab.Tensors, max_norm: number, options?: table): number
---@field clip_grad_value_ fun(params: optlab.Tensors, value: number)

-- --- sched -----------------------------------------------------------------------------------------------------------

---@class optlab.TorchSchedule
---@field base_lr number

---@class optlab.BookSchedule
---@field base_lr? number
---@field warmup_steps? number
---@field warmup_begin_lr? number
---@field warmup_mode? "linear"|"constant"

---@class optlab.FactorOptions: optlab.BookSchedule
---@field factor? number
---@field stop_factor_lr? number
---@field step? number

---@class optlab.MultiFactorOptions: optlab.BookSchedule
---@field step number[]
---@field factor? number

---@class optlab.PolyOptions: optlab.BookSchedule
---@field max_update number
---@field pwr? number
---@field final_lr? number

---@class optlab.CosineOptions: optlab.BookSchedule
---@field max_update number
---@field final_lr? number

---@class optlab.StepLROptions: optlab.TorchSchedule
---@field step_size number
---@field gamma? number

---@class optlab.MultiStepLROptions: optlab.TorchSchedule
---@field milestones number[]
---@field gamma? number

---@class optlab.ConstantLROptions: optlab.TorchSchedule
---@field factor? number
---@field total_iters? number

---@class optlab.LinearLROptions: optlab.TorchSchedule
---@field start_factor? number
---@field end_factor? number
---@field total_iters? number

---@class optlab.ExponentialLROptions: optlab.TorchSchedule
---@field gamma number

---@class optlab.PolynomialLROptions: optlab.TorchSchedule
---@field total_iters? number
---@field power? number

---@class optlab.CosineAnnealingLROptions: optlab.TorchSchedule
---@field T_max number
---@field eta_min? number

---@class optlab.CosineAnnealingWarmRestartsOptions: optlab.TorchSchedule
---@field T_0 number
---@field T_mult? integer
---@field eta_min? number

---@class optlab.CyclicLROptions: optlab.TorchSchedule
---@field max_lr number
---@field step_size_up? number
---@field step_size_down? number
---@field mode? "triangular"|"triangular2"|"exp_range"
---@field gamma? number

---@class optlab.OneCycleLROptions
---@field max_lr number
---@field total_steps? integer
---@field epochs? integer
---@field steps_per_epoch? integer
---@field pct_start? number
---@field anneal_strategy? "cos"|"linear"
---@field div_factor? number
---@field final_div_factor? number
---@field three_phase? boolean

---@class optlab.LambdaLROptions: optlab.TorchSchedule
---@field lr_lambda fun(t: integer): number

---@class optlab.WarmupOptions
---@field steps number
---@field begin_lr? number
---@field mode? "linear"|"constant"

---@class optlab.BuiltinSchedule
---@field name string
---@field options table
---@overload fun(t: number): number

---@class optlab.LRScheduler
---@field t integer
---@field schedule optlab.Schedule
---@field step fun(self: optlab.LRScheduler): number Moves on to the next t; returns the new rate.
---@field get_last_lr fun(self: optlab.LRScheduler): number[]
---@field state_dict fun(self: optlab.LRScheduler): table
---@field load_state_dict fun(self: optlab.LRScheduler, state: table)

---@class optlab.ReduceLROnPlateau
---@field best number
---@field num_bad_epochs number
---@field step fun(self: optlab.ReduceLROnPlateau, metric: optlab.Operand): boolean
---@field get_last_lr fun(self: optlab.ReduceLROnPlateau): number[]
---@field state_dict fun(self: optlab.ReduceLROnPlateau): table
---@field load_state_dict fun(self: optlab.ReduceLROnPlateau, state: table)

---@class optlab.sched
---@field Factor fun(options: optlab.FactorOptions): optlab.BuiltinSchedule
---@field MultiFactor fun(options: optlab.MultiFactorOptions): optlab.BuiltinSchedule
---@field SquareRoot fun(options: optlab.BookSchedule): optlab.BuiltinSchedule
---@field Poly fun(options: optlab.PolyOptions): optlab.BuiltinSchedule
---@field Cosine fun(options: optlab.CosineOptions): optlab.BuiltinSchedule
---@field StepLR fun(options: optlab.StepLROptions): optlab.BuiltinSchedule
---@field MultiStepLR fun(options: optlab.MultiStepLROptions): optlab.BuiltinSchedule
---@field ConstantLR fun(options: optlab.ConstantLROptions): optlab.BuiltinSchedule
---@field LinearLR fun(options: optlab.LinearLROptions): optlab.BuiltinSchedule
---@field ExponentialLR fun(options: optlab.ExponentialLROptions): optlab.BuiltinSchedule
---@field PolynomialLR fun(options: optlab.PolynomialLROptions): optlab.BuiltinSchedule
---@field CosineAnnealingLR fun(options: optlab.CosineAnnealingLROptions): optlab.BuiltinSchedule
---@field CosineAnnealingWarmRestarts fun(options: optlab.CosineAnnealingWarmRestartsOptions): optlab.BuiltinSchedule
---@field CyclicLR fun(options: optlab.CyclicLROptions): optlab.BuiltinSchedule
---@field OneCycleLR fun(options: optlab.OneCycleLROptions): optlab.BuiltinSchedule
---@field LambdaLR fun(options: optlab.LambdaLROptions): optlab.BuiltinSchedule
---@field MultiplicativeLR fun(options: optlab.LambdaLROptions): optlab.BuiltinSchedule
---@field ReduceLROnPlateau fun(opt: optlab.Optimizer, options?: table): optlab.ReduceLROnPlateau
---Ties a schedule to an optimizer and sets its rate to s(0).
---@field attach fun(opt: optlab.Optimizer, s: optlab.Schedule): optlab.LRScheduler
---@field at fun(s: optlab.Schedule, t: number): number The rate of any schedule at t, checked.
---@field values fun(s: optlab.Schedule, n: integer, first?: integer): number[] The rates s(first), ..., n of them.
---One schedule after another.
---@field sequential fun(options: {schedules: optlab.Schedule[], milestones: number[]}): optlab.Schedule
---@field chain fun(list: optlab.Schedule[]): optlab.Schedule The product of schedules.
---@field warmup fun(s: optlab.Schedule, options: optlab.WarmupOptions): optlab.Schedule
---@field scale fun(s: optlab.Schedule, factor: number): optlab.Schedule

-- --- data ------------------------------------------------------------------------------------------------------------

---@class optlab.DownloadOptions
---@field digest? string
---@field connect_timeout? number
---@field stall_timeout? number
---@field progress? fun(done: integer
---@field total? integer)

---@class optlab.LoaderOptions
---@field batch_size? integer
---@field shuffle? boolean
---@field drop_last? boolean
---@field seed? integer
---@field transform? optlab.Transform|false the data set's own if not given

---A uint8 X comes as floats, (X * scale - mean) / std.
---@class optlab.Transform
---@field dtype? optlab.Float
---@field scale? number
---@field mean? number
---@field std? number

---@class optlab.FashionMnistOptions
---@field split? "train"|"test" "train"
---@field n? integer the first n images
---@field flatten? boolean X is (n, 784)
---@field dtype? optlab.DType of the batches that a loader makes

---@class optlab.FashionMnistPairOptions
---@field n? integer the first n images to train on
---@field n_test? integer the first n images to test on
---@field flatten? boolean X is (n, 784)
---@field dtype? optlab.DType of the batches that a loader makes

---@class optlab.Dataset
---@field name string
---@field X optlab.Tensor
---@field y optlab.Tensor
---@field stand_in boolean made up by the program
---@field note string? then a few words for a title
---@field path string? of the file read
---@field features string[]?
---@field mean optlab.Tensor?
---@field std optlab.Tensor?
---@field classes string[]? names of the labels 1, 2, ...
---@field split string? "train" or "test"
---@field transform optlab.Transform? what a loader does to a uint8 X
---@field subset fun(self: optlab.Dataset, from: integer, to?: integer): optlab.Dataset
---@operator len: integer

---@class optlab.Loader
---@field epoch integer read and write
---@field batch_size integer
---@field rows integer
---One pass over the data: `for X, y in loader:batches() do`.
---@field batches fun(self: optlab.Loader): fun(): optlab.Tensor, optlab.Tensor
---@field state_dict fun(self: optlab.Loader): table
---@field load_state_dict fun(self: optlab.Loader, state: table)
---@operator len: integer

---@class optlab.CsvOptions
---@field delimiter? string detected if not given; " " means runs of blanks
---@field header? boolean the first line holds names
---@field skip? integer lines to pass over
---@field columns? (integer|string)[]
---@field comment? string|false "#"
---@field na? number for missing values, which are errors without it
---@field dtype? optlab.DType

---@class optlab.data
---@field airfoil fun(options?: {n?: integer, dtype?: optlab.Float}): optlab.Dataset
---@field fashion_mnist fun(options?: optlab.FashionMnistOptions): optlab.Dataset
---Images to train on and others to test on.
---@field fashion_mnist_pair fun(options?: optlab.FashionMnistPairOptions): optlab.Dataset, optlab.Dataset
---@field split fun(ds: optlab.Dataset|table, sizes: integer[]): optlab.Dataset...
---@field csv fun(path: string, options?: optlab.CsvOptions): optlab.Tensor, string[]? names with
---@field idx fun(path: string): optlab.Tensor
---@field npy fun(path: string): optlab.Tensor
---@field standardize fun(x: optlab.Tensor): optlab.Tensor, optlab.Tensor, optlab.Tensor
---@field loader fun(ds: optlab.Dataset|table, options?: optlab.LoaderOptions): optlab.Loader
---@field download fun(url: string, path: string, options?: optlab.DownloadOptions): boolean?, string?
---@field digest fun(path: string, algorithm: "md5"|"sha1"|"sha256", unpack?: boolean): string?, string?

-- --- train -----------------------------------------------------------------------------------------------------------

---@class optlab.AirfoilOptions
---@field batch_size? integer
---@field epochs? integer
---@field concise? boolean
---@field figure? string
---@field title? string
---@field data? table

---@class optlab.History
---@field steps integer[]
---@field epochs number[]
---@field loss number[]
---@field seconds number[]
---@field train_loss number[] one an epoch
---@field train_acc number[]? one an epoch, with a metric
---@field test_loss number[]? one a point, with eval_data
---@field test_acc number[]? one a point, with eval_data and a metric
---@field sec_per_epoch number
---@field examples_per_sec number
---@field best number the highest accuracy, else the lowest loss
---@field best_epoch number

---@class optlab.FitCheckpoint
---@field path string ends in .safetensors
---@field every? integer epochs; 1
---@field every_steps? integer within the epochs too
---@field resume? boolean goes on from the file if there is one; false

---@class optlab.FitOptions
---@field model any
---@field loss any
---@field optimizer any
---@field data optlab.Loader
---@field epochs integer
---@field metric? "accuracy"
---@field scheduler? optlab.Schedule|optlab.LRScheduler|optlab.ReduceLROnPlateau
---@field scheduler_unit? "epoch"|"step"
---@field eval_every? integer examples between two points of the history
---@field eval_data? optlab.Dataset|optlab.Loader
---@field evaluate? fun(model: any): number
---@field checkpoint? optlab.FitCheckpoint
---@field compile? boolean
---@field on_step? fun(info: table)
---@field on_epoch? fun(info: table)
---@field log? fun(line: string)
---@field progress? string|false the label of the bar; "training"

---@class optlab.SweepOptions
---@field model fun(run: table): any
---@field optimizer fun(params: optlab.Tensor[], run: table): any
---@field loss? any loss(prediction, y)
---@field data optlab.Dataset|table
---@field epochs integer
---@field batch_size? integer 1
---@field shuffle? boolean true
---@field drop_last? boolean false
---@field runs? table[] one table a run; seed is its seed
---@field grid? table<string, any[]> instead of runs: all combinations
---@field scheduler? fun(run: table): any a schedule of the update count
---@field step? fun(net: any, opt: any, run: table): fun(X: optlab.Tensor, y: optlab.Tensor): optlab.Tensor
---@field evaluate? false|fun(model: any, run: table): any

---@class optlab.SweepResult
---@field run table
---@field model any
---@field loss any
---@field train_loss number[] one an epoch

---@class optlab.train
---Many trainings side by side, each to the bit as by itself.
---@field sweep fun(o: optlab.SweepOptions): optlab.SweepResult[]
---@field fit fun(options: optlab.FitOptions): optlab.History
---The path of a descent: steps + 1 points.
---@field descend fun(f: function, x0: number|optlab.Numbers, how: optlab.How, steps: integer, options?: table): table
---The regression of the book's chapter.
---@field airfoil fun(how: optlab.How, options?: optlab.AirfoilOptions): optlab.History
---The share of right answers, in evaluation mode.
---@field accuracy fun(model: any, data: optlab.Dataset|optlab.Loader): number
---@field mean_loss fun(model: any, loss: any, data: optlab.Dataset|optlab.Loader): number
---@field optimizer fun(params: optlab.Tensor[], how: optlab.How): any
---@field summary fun(result: optlab.History|table): string
---Prints the summary and writes metrics.csv.
---@field report fun(run: string, result: optlab.History|table, note?: string)
---@field record fun(run: string, epoch: number, values: table<string, number>)
---@field distance fun(a: table, b: table): number The largest difference of two paths.

-- --- book ------------------------------------------------------------------------------------------------------------

---@class optlab.book
---The network of the book: images (N, 1, 28, 28) give scores of ten classes, (N, 10).
---@field lenet fun(options?: {zero_bias?: boolean}): optlab.Module

-- --- plot ------------------------------------------------------------------------------------------------------------

---@class optlab.TextOptions
---@field color? string
---@field size? number
---@field align? "left"|"center"|"right"
---@field enhanced? boolean

---@class optlab.GridOptions
---@field rows? integer
---@field cols? integer
---@field title? string
---@field size? integer[]
---@field enhanced? boolean
---@field [integer] optlab.Figure

---@class optlab.BandOptions
---@field label? string
---@field color? string
---@field alpha? number

---@class optlab.HistOptions: optlab.BandOptions
---@field bins? integer
---@field range? number[]
---@field density? boolean

---@class optlab.FigureOptions
---@field title? string
---@field xlabel? string
---@field ylabel? string
---@field zlabel? string
---@field xlim? number[]
---@field ylim? number[]
---@field zlim? number[]
---@field logx? boolean
---@field logy? boolean
---@field size? integer[] {640, 400} pixels
---@field legend? boolean|string
---@field xticks? table
---@field yticks? table
---@field aspect? "equal"
---@field view? number[] {60, 30}
---@field enhanced? boolean

---@class optlab.LineOptions
---@field label? string
---@field style? string a line, a marker, a colour letter: "-o", "r--"
---@field color? string
---@field width? number
---@field size? number of the markers
---@field x? number[] {from, to, step} for a function
---@field enhanced? boolean

---@class optlab.FieldOptions
---@field x? number[] {from, to, step}
---@field y? number[] {from, to, step}
---@field levels? integer|number[] of contours
---@field filled? boolean contours
---@field labels? boolean contours
---@field label? string
---@field color? string
---@field style? string contours
---@field width? number
---@field palette? "viridis"|"magma"|"coolwarm"|"gray"
---@field colorbar? boolean
---@field range? number[] of a heat map's colours

---@class optlab.TraceOptions: optlab.FigureOptions
---@field n? number trace: the range is -n..n
---@field x? number[] trace2d
---@field y? number[] trace2d
---@field levels? integer|number[] trace2d
---@field label? string
---@field color? string

---@class optlab.Figure
---@field line fun(self: optlab.Figure, x: optlab.Points, ...: optlab.Points|optlab.LineOptions): optlab.Figure
---@field points fun(self: optlab.Figure, x: optlab.Points, ...: optlab.Points|optlab.LineOptions): optlab.Figure
---@field band fun(self: optlab.Figure, x: any, lo: any, hi: any, options?: optlab.BandOptions): optlab.Figure
---@field hist fun(self: optlab.Figure, values: optlab.Numbers, options?: optlab.HistOptions): optlab.Figure
---@field hline fun(self: optlab.Figure, y: number, options?: optlab.LineOptions): optlab.Figure
---@field vline fun(self: optlab.Figure, x: number, options?: optlab.LineOptions): optlab.Figure
---@field annotate fun(self: optlab.Figure, text: string, point: table, at: table, o?: table): optlab.Figure
---@field text fun(self: optlab.Figure, text: string, at: number[], options?: optlab.TextOptions): optlab.Figure
---@field contour fun(self: optlab.Figure, source: optlab.Field, options?: optlab.FieldOptions): optlab.Figure
---@field wireframe fun(self: optlab.Figure, source: optlab.Field, options?: optlab.FieldOptions): optlab.Figure
---@field surface fun(self: optlab.Figure, source: optlab.Field, options?: optlab.FieldOptions): optlab.Figure
---@field heatmap fun(self: optlab.Figure, source: optlab.Field, options?: optlab.FieldOptions): optlab.Figure
---@field image fun(self: optlab.Figure, source: table|optlab.Tensor, options?: {label?: string}): optlab.Figure
---Writes `<out>/name.gp` and starts drawing `<out>/name.svg`.
---@field save fun(self: optlab.Figure, name: string): string

---@class optlab.Grid
---@field save fun(self: optlab.Grid, name: string): string

---@class optlab.ImagesOptions
---@field labels? any[]|optlab.Tensor of one line or more
---@field colors? any[] of the labels
---@field cols? integer
---@field stretch? boolean each image from its own darkest to its own brightest value
---@field title? string
---@field size? number[]

---@class optlab.plot
---@field figure fun(options?: optlab.FigureOptions): optlab.Figure
---@field grid fun(options: optlab.GridOptions): optlab.Grid
---A one-dimensional path on the graph of f.
---@field trace fun(f: function, path: optlab.Numbers, options?: optlab.TraceOptions): optlab.Figure
---A two-dimensional path among the contours of f.
---@field trace2d fun(f: function, path: number[][]|optlab.Tensor, options?: optlab.TraceOptions): optlab.Figure
---Many grey images (N, 1, H, W) in one figure.
---@field images fun(images: optlab.Tensor|table, options?: optlab.ImagesOptions): optlab.Figure
---@field set_format fun(formats: string|string[])
---@field set_out fun(dir: string)
---@field out fun(): string
---@field wait fun(): boolean?, string? Waits until all figures are drawn.
---@field written fun(): string[]

-- --- the whole -------------------------------------------------------------------------------------------------------

---@class optlab.Metrics
---@field row fun(self: optlab.Metrics, ...: any)
---@field close fun(self: optlab.Metrics)

---@class optlab.ProgressOptions
---@field unit? string what the rate counts
---@field per_step? number so many a step; 1
---@field done? integer steps done before; 0
---@field text? string|fun(): string shown behind the bar

---@class optlab.Progress
---@field step fun(self: optlab.Progress, text?: string)
---@field set fun(self: optlab.Progress, count: integer, text?: string)
---@field clear fun(self: optlab.Progress)
---@field done fun(self: optlab.Progress)
---@operator call: integer?

---@class optlab.RngState
---@field seed integer
---@field user integer blocks drawn so far, likewise the others
---@field init integer
---@field data integer
---@field dropout integer

---@class optlab.CompileOptions
---@field fallback? boolean false; true: a step that cannot be recorded goes on as plain Lua

---A part of an epoch at a time.
---@class optlab.CompiledPass
---Up to `count` more batches: their losses and the rows of the last one; nil at the end.
---@field run fun(self: optlab.CompiledPass, count?: integer): optlab.Tensor?, integer?

---Called like the function it was made of.
---@class optlab.CompiledStep
---@field recordings integer calls that ran as Lua
---@field replays integer calls that ran in C
---@field eager boolean it could not be recorded and runs as plain Lua
---@field reason string? why, or why the last recording was made
---One epoch; gives one loss a batch.
---@field run fun(self: optlab.CompiledStep, loader: optlab.Loader): optlab.Tensor
---@field pass fun(self: optlab.CompiledStep, loader: optlab.Loader): optlab.CompiledPass
---@overload fun(...: any): ...

---@class optlab.SaveOptions
---@field metadata? table<string, string> for .safetensors
---@field compress? boolean for .npz

---@class optlab: optlab.Functions
---@field _VERSION string
---A tensor from a number, nested tables, or a copy of a tensor.
---@field tensor fun(x: number|boolean|table|optlab.Tensor, options?: optlab.Options): optlab.Tensor
---Zeros: `lab.zeros(2, 3)`, `lab.zeros({2, 3}, {dtype = "float64"})`.
---@field zeros fun(...: integer|integer[]|optlab.Options): optlab.Tensor
---@field ones fun(...: integer|integer[]|optlab.Options): optlab.Tensor Ones.
---@field empty fun(...: integer|integer[]|optlab.Options): optlab.Tensor A tensor to be filled; it holds zeros.
---@field rand fun(...: integer|integer[]|optlab.Options): optlab.Tensor Uniform numbers in [0, 1).
---@field randn fun(...: integer|integer[]|optlab.Options): optlab.Tensor Standard normal numbers.
---@field full fun(sizes: integer[], value: number, options?: optlab.Options): optlab.Tensor One value everywhere.
---Ones on the diagonal.
---@field eye fun(n: integer, m?: integer|optlab.Options, options?: optlab.Options): optlab.Tensor
---start, start + step, ... without stop; one number is the stop.
---@field arange fun(start: number, ...: number|optlab.Options): optlab.Tensor
---n numbers evenly spaced, both ends included.
---@field linspace fun(a: number, b: number, n: integer, options?: optlab.Options): optlab.Tensor
---Normal numbers.
---@field normal fun(mean: number, std: number, sizes: integer[], options?: optlab.Options): optlab.Tensor
---@field randperm fun(n: integer): optlab.Tensor The numbers 1..n in random order, int64.
---Integers from low to high, both included, int64.
---@field randint fun(low: integer, high: integer, sizes: integer[]): optlab.Tensor integers from low up to but without high
---@field zeros_like fun(x: optlab.Tensor, options?: optlab.Options): optlab.Tensor
---@field ones_like fun(x: optlab.Tensor, options?: optlab.Options): optlab.Tensor
---@field empty_like fun(x: optlab.Tensor, options?: optlab.Options): optlab.Tensor
---@field full_like fun(x: optlab.Tensor, value: number, options?: optlab.Options): optlab.Tensor
---@field is_tensor fun(x: any): boolean
---@field manual_seed fun(n: integer) Restarts every stream of random numbers.
---@field initial_seed fun(): integer
---@field get_rng_state fun(): optlab.RngState Where all random numbers stand.
---@field set_rng_state fun(state: optlab.RngState)
---Saves tensors and tables of them; .safetensors, .npy or .npz by the path's suffix.
---@field save fun(path: string, value: any, options?: optlab.SaveOptions)
---@field load fun(path: string): any, table<string, string>?
---Saves the state of each object, the random numbers and `extra`.
---@field save_checkpoint fun(path: string, objects: table<string, any>)
---Continues from such a file; gives `extra`.
---@field load_checkpoint fun(path: string, objects: table<string, any>): any
---A training step that is recorded while it runs and then replayed in C.
---@field compile fun(fn: function, options?: optlab.CompileOptions): optlab.CompiledStep
---@field set_default_dtype fun(name: optlab.Float)
---@field get_default_dtype fun(): optlab.DType
---@field cat fun(tensors: optlab.Tensor[], dim?: integer): optlab.Tensor Joins along a dimension.
---@field stack fun(tensors: optlab.Tensor[], dim?: integer): optlab.Tensor Joins along a new dimension.
---@field no_grad fun(f: function, ...: any): any Calls f(...) without recording.
---@field enable_grad fun(f: function, ...: any): any Calls f(...) with recording.
---@field is_grad_enabled fun(): boolean
---@field set_grad_enabled fun(on: boolean)
---Declares what the command line may override.
---@field params fun(defaults: table<string, any>, args?: string[]): table<string, any>
---@field arguments fun(): string[] What stands after the script's name, for a script that reads it itself.
---@field metrics fun(columns: string[], name?: string): optlab.Metrics A record in `<out>/<name>.csv`.
---A progress bar; also the iterator of a generic for.
---@field progress fun(total: integer, label?: string, options?: optlab.ProgressOptions): optlab.Progress
---@field clock fun(): number Seconds on a clock that never goes back.
---@field memory fun(): table<string, integer> live, peak, cached, mallocs, frees, resident
---@field reset_peak_memory fun()
---@field empty_cache fun()
---@field fail_allocation fun(n: integer) For tests: the n-th allocation from now on fails.
---@field set_num_threads fun(n: integer)
---@field get_num_threads fun(): integer
---@field isatty fun(stream: "stdin"|"stdout"|"stderr"): boolean
---@field columns fun(): integer
---@field set_out fun(dir: string) The folder for figures and metrics: --out from a script.
---@field autograd optlab.autograd
---@field func optlab.func
---@field nn optlab.nn
---@field optim optlab.optim
---@field sched optlab.sched
---@field data optlab.data
---@field train optlab.train
---@field book optlab.book
---@field plot optlab.plot
---@field config table what the command line decided
---@field errors table errors that point at the user's line
local lab = {}

---Functions of one tensor or plain number, which give the same kind.
---@generic T: optlab.Tensor|number
---@param x T
---@return T
local function unary(x) end

lab.neg = unary
lab.exp = unary
lab.log = unary
lab.log1p = unary
lab.expm1 = unary
lab.erf = unary
lab.sqrt = unary
lab.square = unary
lab.abs = unary
lab.sign = unary
lab.sin = unary
lab.cos = unary
lab.tan = unary
lab.sinh = unary
lab.cosh = unary
lab.tanh = unary
lab.sigmoid = unary
lab.relu = unary
lab.softplus = unary
lab.reciprocal = unary
lab.floor = unary
lab.ceil = unary
lab.round = unary

---Functions of two tensors or numbers, which give a number for two numbers.
---@overload fun(a: number, b: number): number
---@param a optlab.Operand
---@param b optlab.Operand
---@return optlab.Tensor
local function binary(a, b) end

lab.add = binary
lab.sub = binary
lab.mul = binary
lab.div = binary
lab.pow = binary
lab.maximum = binary
lab.minimum = binary
lab.eq = binary
lab.ne = binary
lab.lt = binary
lab.le = binary
lab.gt = binary
lab.ge = binary

return lab
