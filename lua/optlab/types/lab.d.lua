---@meta optlab
--- The types of optlab for the Lua language server (LuaLS): completion, hover texts, checks in an editor.
--
-- Nothing runs these files. What is declared in the code (layers, losses, optimizers, schedules, tables of options) is in
-- the folder declared/, which scripts/reference writes; the rest is written here by hand. docs/api.md describes what the
-- functions do; tests/cli/docs_spec.lua compares the names with the real ones.

---@class optlab.Metrics
---@field row fun(self: optlab.Metrics, ...: any)
---@field close fun(self: optlab.Metrics)

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
---@field save fun(path: string, value: any, options?: optlab.options.lab.save)
---@field load fun(path: string): any, table<string, string>?
---Saves the state of each object, the random numbers and `extra`.
---@field save_checkpoint fun(path: string, objects: table<string, any>)
---Continues from such a file; gives `extra`.
---@field load_checkpoint fun(path: string, objects: table<string, any>): any
---A training step that is recorded while it runs and then replayed in C.
---@field compile fun(fn: function, options?: optlab.options.lab.compile): optlab.CompiledStep
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
---@field progress fun(total: integer, label?: string, options?: optlab.options.lab.progress): optlab.Progress
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
