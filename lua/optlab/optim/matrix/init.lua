--- Optimizers whose update is a Lua function on tensors: those of matrices, and those that look at all parameters.
--
-- Each file beside this one returns a definition (or a list of them):
--
--    { name =, doc =, paper =, equation = text,
--      use = when to use it, note = what else to know,        may be left out
--      args = rows of optlab.base.args, lr first,
--      state = { {name, sentence, size = see optlab.reference.catalogue}, ... },
--      start = start(p, h) makes the state of a parameter, step = step(p, g, state, h, t); see optim.define
--      update = update(opt, states, closure),                 instead of these two
--      needs = "closure" or "graph",                          what step() asks for; train.fit gives it
--      evaluations = text }                                   of the loss at each step; without: one
-- @module optlab.optim.matrix
local args = require "optlab.base.args"
local core = require "optlab.core"

local M = {}

--- The file of each.
M.FILES = {
  AdaHessian = "adahessian", GaLore = "galore", Kron = "kron", LBFGS = "lbfgs", Muon = "muon", Shampoo = "shampoo",
  SOAP = "soap", SophiaG = "sophia", SophiaH = "sophia",
}

-- The range of a number's row, in the words of C.
local function range_of(row)
  if row.of then return range_of(row.of) end
  if row.above == 0 then return "positive" end
  if row.min == 0 then return row.max == 1 and "0 to 1" or row.below == 1 and "0 to below 1" or "not negative" end
  return row.min == 1 and "at least 1" or "finite"
end

local function made(definition)
  local doc = definition.doc
  for _, more in ipairs { definition.use or "", definition.note or "" } do
    if more ~= "" then doc = doc .. " " .. more end
  end
  local declared = { group = "optimizer", inputs = { "params" }, doc = doc, paper = definition.paper,
    equation = definition.equation, state = definition.state, needs = definition.needs,
    evaluations = definition.evaluations, table.unpack(definition.args) }
  args.declare("optim." .. definition.name, declared)
  local names, defaults = { range = {}, choices = {}, integer = {}, needs = definition.needs }, {}
  for i, row in ipairs(definition.args) do
    local name = row[1]
    names[i], defaults[name] = name, row.default
    names.range[name], names.choices[name], names.integer[name] = range_of(row), row.choices, row[2] == "integer" or nil
  end
  return core.optim.define(definition.name, names, defaults, definition.start, definition.step or definition.update,
    definition.update ~= nil)
end

--- Loads an optimizer.
-- @tparam string name
-- @tparam string file the module with its definition
-- @treturn function constructor(params, options)
function M.constructor(name, file)
  local found = require(file)
  for _, definition in ipairs(found.name and { found } or found) do
    if definition.name == name then return made(definition) end
  end
end

return M
