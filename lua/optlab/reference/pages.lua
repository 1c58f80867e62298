--- The files that are made of the entries: pages for readers in docs/reference, stubs for editors in lua/optlab/types.
--
-- `scripts/reference` writes them; a spec compares them with what they would be now.
-- @module optlab.reference.pages
local catalogue = require "optlab.reference.catalogue"
local core = require "optlab.core"
local entries = require "optlab.reference.entries"
local markdown = require "optlab.reference.markdown"
local stubs = require "optlab.reference.stubs"

local M = {}

-- --- pages ----------------------------------------------------------------------------------------------------------

local NOTE = "<!-- Made by scripts/reference from the declarations in %s. Change these, not this page. -->\n"

local HOW_TO_READ = [[
In the signatures, `[ ]` marks what may be left out, `{ }` a table of options, and `name = value` a default. All
arguments in the tables may be given by name; [api.md](api.md) says how calls are read.
]]

local GROUPS = {
  { "layers.md", "layer", "Layers", "`src/nn/layers/`", [[
A layer is made once, `local layer = nn.Linear(5, 1)`, and called with its input, `layer(x)`. In the shapes N is the
number of examples in a batch and C the number of channels. Containers, and the methods of every layer:
[api.md](api.md#nn).
]] },
  { "losses.md", "loss", "Losses", "`src/nn/losses/`", [[
A loss is made once, `local loss = nn.MSELoss()`, and called with predictions and targets, `loss(input, target)`.
`loss_i` is the loss of element or example i; `reduction` says how they are combined. Losses that compare element by
element require the same shape on both sides.
]] },
  { "functional.md", "functional", "Functions of nn.functional", "`src/nn/` and `src/lua/nn/lnn_functional.c`", [[
Layers and losses as functions without state. `input` and the other arguments outside of the braces are tensors
unless the table says otherwise.
]] },
  { "init.md", "initializer", "Initializers", "`src/nn/init.c`", [[
Functions of `nn.init`. They fill a tensor of float32 or float64 in place, without recording, and return it.
`fan_in` is the number of inputs of one output of a layer and `fan_out` the number of outputs that one input has:
the sizes of dimensions 2 and 1 of the tensor, each times the size of the window.
]] },
  { "optimizers.md", "optimizer", "Optimizers", "`lua/optlab/optim/`", [[
`params` is a list of tensors, or a list of groups `{params = {...}, lr = ...}` with their own options. In the
equations p is a parameter, g its gradient and t the number of the update, from 1; `<-` changes a value that is
kept, and `=` computes one. Operations are element by element unless matrices are meant. Those that take an
`optimizer` work around another one. Methods, groups and your own optimizers: [api.md](api.md#optim).
]] },
  { "schedules.md", "schedule", "Learning-rate schedules", "`src/sched/` and `lua/optlab/sched/init.lua`", [[
A schedule is a function of t = 0, 1, 2, ..., the number of updates so far; the formulas give the learning rate
at t. `ReduceLROnPlateau` is an object instead. How an optimizer follows a schedule: [api.md](api.md#sched).
]] },
}

local function headings_of(list)
  local headings = {}
  for i, entry in ipairs(list) do headings[i] = entry.name end
  return headings
end

local function catalogue_table()
  local legend = require("optlab.base.text.script_text").fill(catalogue.LEGEND, 120)
  return table.concat(legend, "\n") .. "\n\n" .. markdown.linked_table(catalogue.TITLES, catalogue.rows())
end

local function group_page(row)
  local _, group, title, from, intro = table.unpack(row)
  local list = entries.of(group)
  local contents = group == "optimizer" and catalogue_table() or markdown.contents(headings_of(list))
  local blocks = { NOTE:format(from), "# " .. title .. "\n", intro, HOW_TO_READ, contents }
  for _, entry in ipairs(list) do blocks[#blocks + 1] = markdown.entry(entry, "## " .. entry.name) end
  return table.concat(blocks, "\n")
end

local ELEMENTWISE = [[
## Element-wise functions

Functions of `lab` and methods of tensors, `lab.exp(t)` or `t:exp()`, made from the operations of `src/autograd/ops/`.
Given plain numbers they return plain numbers.

- of one argument: %s
- of two, which broadcast: %s
]]

local function elementwise_section()
  local function list(names) return "`" .. table.concat(names, "` `") .. "`" end
  local names = core.tensor.elementwise()
  return ELEMENTWISE:format(list(names.unary), list(names.binary))
end

-- The spaces of functions in the order of docs/reference/api.md.
local SPACES = {
  "lab", "Tensor", "autograd", "autograd.Function", "func", "linalg", "nn", "nn.utils", "nn.utils.rnn", "nn.Module",
  "Module", "MultiheadAttention", "TransformerEncoderLayer", "TransformerEncoder",
  "optim", "data", "data.transforms", "Dataset", "Text", "train", "SweepResults",
  "problems", "Problem", "Task", "dist",
  "runs", "book", "plot", "Figure", "Grid", "Animation",
}

local function by_space(list)
  local spaces = {}
  for _, entry in ipairs(list) do
    spaces[entry.space] = spaces[entry.space] or {}
    table.insert(spaces[entry.space], entry)
  end
  return spaces
end

local function functions_page()
  local blocks = {
    NOTE:format("`lua/optlab/` and `src/lua/`"), "# Functions and methods\n",
    "The functions that declare their arguments; `Figure:line(x)` is a method of a figure, `fig:line(x)`. What they\n"
      .. "are for, and all the others: [api.md](api.md).\n",
    HOW_TO_READ, markdown.contents(SPACES), elementwise_section(),
  }
  local spaces = by_space(entries.of("function"))
  for _, space in ipairs(SPACES) do
    blocks[#blocks + 1] = "## " .. space .. "\n"
    for _, entry in ipairs(spaces[space]) do blocks[#blocks + 1] = markdown.entry(entry, "### " .. entry.callee) end
    spaces[space] = nil
  end
  assert(next(spaces) == nil, "a space of functions is missing from the page")
  return table.concat(blocks, "\n")
end

-- --- stubs ----------------------------------------------------------------------------------------------------------

local STUB_NOTE = "-- Made by scripts/reference from the declarations. Change these, not this file.\n---@meta _\n"

local RETURNS = {
  layer = "optlab.Module", loss = "optlab.Module", functional = "optlab.Tensor", initializer = "optlab.Tensor",
  optimizer = "optlab.Optimizer", schedule = "optlab.BuiltinSchedule",
}
local RETURNS_OF = { ["nn.init.calculate_gain"] = "number", ["sched.ReduceLROnPlateau"] = "optlab.ReduceLROnPlateau" }

-- A file with the functions of some groups: {file, class, groups, whether options may be given by position}.
local STUBS = {
  { "nn", "optlab.nn", { "layer", "loss" }, true },
  { "functional", "optlab.functional", { "functional" }, true },
  { "init", "optlab.init", { "initializer" }, true },
  { "optim", "optlab.optim", { "optimizer" }, false },
  { "sched", "optlab.sched", { "schedule" }, false },
}

local function stub_file(row)
  local name, class, groups, by_position = table.unpack(row)
  local blocks = { STUB_NOTE, ("---@class %s\nlocal %s = {}\n"):format(class, name) }
  for _, group in ipairs(groups) do
    for _, entry in ipairs(entries.of(group)) do
      if stubs.has_options(entry) then blocks[#blocks + 1] = stubs.options(entry) end
      local returns = RETURNS_OF[entry.callee] or RETURNS[group]
      blocks[#blocks + 1] = stubs.definition(entry, returns, by_position)
    end
  end
  return table.concat(blocks, "\n")
end

-- The tables of options of all other functions.
local function options_file()
  local blocks, known = { STUB_NOTE }, {}
  for _, entry in ipairs(entries.all()) do known[entry.callee] = entry end
  for _, entry in ipairs(entries.of("function")) do
    if stubs.has_options(entry) then blocks[#blocks + 1] = stubs.options(entry, known) end
  end
  return table.concat(blocks, "\n")
end

local UNARY = [[
---Functions of one tensor or plain number, which give the same kind.
---@generic T: optlab.Tensor|number
---@param x T
---@return T
local function unary(x) end
]]

local BINARY = [[
---Functions of two tensors or numbers, which give a number for two numbers.
---@overload fun(a: number, b: number): number
---@param a optlab.Operand
---@param b optlab.Operand
---@return optlab.Tensor
local function binary(a, b) end
]]

-- The element-wise functions of `lab` and methods of tensors.
local function elementwise_file()
  local names = core.tensor.elementwise()
  local methods, functions = { "---@class optlab.Tensor" }, { "---@class optlab\nlocal lab = {}\n", UNARY }
  for _, name in ipairs(names.unary) do
    methods[#methods + 1] = ("---@field %s optlab.UnaryMethod"):format(name)
    functions[#functions + 1] = ("lab.%s = unary"):format(name)
  end
  functions[#functions + 1] = "\n" .. BINARY
  for _, name in ipairs(names.binary) do
    methods[#methods + 1] = ("---@field %s optlab.BinaryMethod"):format(name)
    functions[#functions + 1] = ("lab.%s = binary"):format(name)
  end
  return table.concat({ STUB_NOTE, table.concat(methods, "\n"), "", table.concat(functions, "\n"), "" }, "\n")
end

-- --- all ------------------------------------------------------------------------------------------------------------

--- All files.
-- @treturn {{string,string},...} path from the root of the repository, and text
function M.all()
  local files = {}
  for _, row in ipairs(GROUPS) do files[#files + 1] = { "docs/reference/" .. row[1], group_page(row) } end
  files[#files + 1] = { "docs/reference/functions.md", functions_page() }
  local folder = "lua/optlab/types/declared/"
  for _, row in ipairs(STUBS) do files[#files + 1] = { folder .. row[1] .. ".d.lua", stub_file(row) } end
  files[#files + 1] = { folder .. "options.d.lua", options_file() }
  files[#files + 1] = { folder .. "elementwise.d.lua", elementwise_file() }
  return files
end

return M
