--- optlab: tensors, automatic differentiation, layers, optimizers and schedules for Lua.
--
-- `local lab = require "optlab"`. Nothing is global. What a script may not need is loaded when it is first used.
-- @module optlab
local args = require "optlab.base.args"
local config = require "optlab.base.config"
local core = require "optlab.core"

core.system.set_library_dir(config.lib)

-- What several experiments share lies beside them (experiments/exercises/matrix.lua); they find it from every folder.
package.path = ("%s;%s?.lua"):format(package.path, config.root)

-- Methods of tensors that are written in Lua.
core.tensor.methods.register_hook = function(...) return require("optlab.autograd.hooks").register_hook(...) end

local lab = { _VERSION = "optlab " .. core.version, config = config }

-- Straight from C: lab.zeros, lab.exp, ...; lab.no_grad, ...; lab.clock, lab.memory, ...
local PRIVATE = {
  methods = true, elementwise = true, set_line_width = true, set_library_dir = true, nearest = true, shown = true,
  visible = true, format_number = true, parse_number = true, string_less = true,
  backward = true, grad = true, differentiable_ops = true, custom = true, add_hook = true, remove_hook = true,
  set_leaf_hooks = true, version = true, computing_ops = true, observe_ops = true,
}
for _, part in ipairs { "tensor", "autograd", "system" } do
  for name, value in pairs(core[part]) do
    if not PRIVATE[name] then lab[name] = value end
  end
end

-- Loaded on first use (optlab.base.modules.lazy).
local LAZY = {
  arguments = { "optlab.params", "arguments" },
  autograd = { "optlab.autograd" },
  book = { "optlab.book" },
  compile = { "optlab.compile" },
  data = { "optlab.data" },
  deepcopy = { "optlab.nn.copy", "deepcopy" },
  dist = { "optlab.dist" },
  einsum = { "optlab.tensor.einsum" },
  errors = { "optlab.base.errors" },
  vmap = { "optlab.autograd.vmap" },
  linalg = { "optlab.linalg" },
  load = { "optlab.save", "load" },
  load_checkpoint = { "optlab.save.checkpoint", "load" },
  metrics = { "optlab.base.csvlog" },
  minimize = { "optlab.minimize", "minimize" },
  nn = { "optlab.nn" },
  optim = { "optlab.optim" },
  params = { "optlab.params", "params" },
  plot = { "optlab.plot" },
  problems = { "optlab.problems" },
  progress = { "optlab.base.progress" },
  progress_state = { "optlab.base.terminal.bar", "state" },
  runs = { "optlab.runs", "public" },
  save = { "optlab.save", "save" },
  save_checkpoint = { "optlab.save.checkpoint", "save" },
  sched = { "optlab.sched" },
}

-- lab.func.functional_call is that of nn.
function LAZY.func()
  local func = require "optlab.autograd.func"
  func.functional_call = function(...) return require("optlab.nn.stateless").functional_call(...) end
  return func
end

-- lab.train.airfoil is made of the parts above training; they are loaded when it is first called.
function LAZY.train()
  local train = require "optlab.train"
  train.airfoil = function(...) return require("optlab.book.regression").run(...) end
  return train
end

require("optlab.base.modules.lazy").fields(lab, "lab", LAZY)

local SET_OUT = args.declare("lab.set_out", {
  doc = "Sets the folder for figures and metrics, like --out on the command line.",
  positions = 1, { "folder", "path", required = true, doc = "The folder." },
})

--- Sets the folder for figures and metrics: `--out` from a script.
-- @tparam string folder
function lab.set_out(...)
  config.set_out(SET_OUT:read(...).folder)
end

if config.on_load then config.on_load() end
if config.threads then lab.set_num_threads(config.threads) end
lab.manual_seed(config.seed)

return lab
