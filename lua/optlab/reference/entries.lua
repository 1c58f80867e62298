--- Everything that is declared, as one list of entries: what pages, stubs and `optlab help` are made of.
--
-- Layers, losses, initializers, optimizers and schedules are declared in C beside what they compute; functions written
-- in Lua by `optlab.base.args`. An entry is
--
-- * `callee`: how users write it, "optim.SGD", "train.fit", "Figure:line"; `space` and `name` are its two parts
-- * `group`: "layer", "loss", "functional", "initializer", "optimizer", "schedule" or "function"
-- * `doc`, a sentence; `equation`, lines of text, or nil; `paper`, or nil
-- * `inputs`: the names of the arguments that stand before the declared ones and that have no row ("params")
-- * `args`: rows {name, kind, what, default, required, choices, of, doc}; `what` is the words of "NAME must be ..."
-- * `positions`: how many of these a call usually gives by position, the first ones
-- * `state`: rows {name, doc, kind} of what a layer or an optimizer keeps; nil for the others. Of an optimizer also
--   `size`, how many numbers a parameter (optlab.reference.catalogue), and `optional`: only with some option
-- * `needs`: what an optimizer's step asks for, "loss", "closure" or "graph"; `evaluations` of the loss at each step
-- * `tables`: the entries of tables that the function takes, "train.fit: checkpoint" for train.fit; nil without them
-- * `functional`, of a layer or a loss: the entry of the function that computes the same; `layer`: the other way round
-- @module optlab.reference.entries
local args = require "optlab.base.args"
local core = require "optlab.core"
local order = require "optlab.base.order"

local M = {}

-- --- declarations in C ----------------------------------------------------------------------------------------------

local function required_first(rows)
  local sorted, required = {}, 0
  for _, row in ipairs(rows) do
    if row.required then required = required + 1 end
    table.insert(sorted, row.required and required or #sorted + 1, row)
  end
  return sorted, required
end

-- A declaration as an entry. `by_name`: its arguments are given by name only.
local function entry_of(declaration, group, inputs, by_name)
  local rows, required = required_first(declaration.args)
  local entry = { group = group, inputs = inputs, args = rows, positions = by_name and 0 or required }
  for _, key in ipairs { "space", "name", "doc", "equation", "paper", "state", "needs" } do
    entry[key] = declaration[key]
  end
  entry.callee = declaration.space .. "." .. declaration.name
  return entry
end

-- Losses say how the elements' losses are combined.
local function is_loss(declaration)
  for _, a in ipairs(declaration.args) do
    if a.name == "reduction" then return true end
  end
  return false
end

-- A layer or a loss, and the function of nn.functional that computes the same, if there is one.
local function layer_entries(declaration)
  local layer = entry_of(declaration, is_loss(declaration) and "loss" or "layer", {})
  if not declaration.functional then return layer end
  local fn = entry_of(declaration, "functional", declaration.inputs)
  fn.space, fn.name, fn.state = "nn.functional", declaration.functional, nil
  fn.callee, fn.layer, layer.functional = fn.space .. "." .. fn.name, layer, fn
  return layer, fn
end

local function add_nn(list)
  for _, declaration in ipairs(core.nn.declarations()) do
    if declaration.space == "nn" then
      local layer, fn = layer_entries(declaration)
      list[#list + 1] = layer
      list[#list + 1] = fn
    elseif declaration.space == "nn.functional" then
      list[#list + 1] = entry_of(declaration, "functional", declaration.inputs)
    else
      list[#list + 1] = entry_of(declaration, "initializer", declaration.inputs or { "tensor" })
    end
  end
end

local function add_optim(list)
  for _, declaration in ipairs(core.optim.declarations()) do
    local group = declaration.state and "optimizer" or "function"
    list[#list + 1] = entry_of(declaration, group, { "params" }, group == "optimizer")
  end
end

-- Compositions take schedules by position; the others one table of options.
local function is_composition(declaration)
  local first = declaration.args[1]
  return first ~= nil and (first.kind == "schedule" or first.kind == "schedules")
end

local function add_sched(list)
  for _, declaration in ipairs(core.sched.declarations()) do
    local inputs = declaration.name == "ReduceLROnPlateau" and { "optimizer" } or {}
    list[#list + 1] = entry_of(declaration, "schedule", inputs, not is_composition(declaration))
  end
end

local DATA_INPUTS = { csv = { "path" }, write_csv = { "path", "table" }, loader = { "data" } }

local function add_data(list)
  for _, declaration in ipairs(core.data.declarations()) do
    list[#list + 1] = entry_of(declaration, "function", DATA_INPUTS[declaration.name] or {})
  end
end

-- --- declarations in Lua --------------------------------------------------------------------------------------------

-- "Figure:line" -> "Figure", "line". "train.fit: checkpoint", a table that train.fit takes, belongs to "train".
local function parts_of(callee)
  local space, name = callee:match("^([%w_.]*)[.:]([%w_]+: .*)$")
  if not space then space, name = callee:match("^([%w_.]*)[.:]([%w_]+)$") end
  return space, name
end

local function state_rows(rows)
  if not rows then return nil end
  local list = {}
  for i, row in ipairs(rows) do list[i] = { name = row[1], doc = row[2], size = row.size } end
  return list
end

local function add_functions(list)
  for callee, declaration in pairs(args.all()) do
    local space, name = parts_of(callee)
    list[#list + 1] = {
      callee = callee, space = space, name = name, inputs = declaration.inputs or {}, args = declaration.args,
      group = declaration.group or space == "sched" and "schedule" or "function", doc = declaration.doc,
      equation = declaration.equation, paper = declaration.paper, state = state_rows(declaration.state),
      positions = declaration.positions, needs = declaration.needs, evaluations = declaration.evaluations,
    }
  end
end

-- Gives every function the entries of the tables that it takes.
local function add_tables(list)
  local known = {}
  for _, entry in ipairs(list) do known[entry.callee] = entry end
  for _, entry in ipairs(list) do
    local owner = known[entry.callee:match("^(.*): ")]
    if owner then
      owner.tables = owner.tables or {}
      table.insert(owner.tables, entry)
    end
  end
end

-- --- the list -------------------------------------------------------------------------------------------------------

-- Modules declare their functions when they are loaded.
local function load_all()
  require("optlab.base.modules.lazy").load_all(require "optlab")
  require "optlab.book.regression" -- train.airfoil
end

local cached

--- All entries, sorted by callee. The list is made once and not to be changed.
-- @treturn {table,...}
function M.all()
  if cached then return cached end
  load_all()
  local list = {}
  add_nn(list)
  add_optim(list)
  add_sched(list)
  add_data(list)
  add_functions(list)
  table.sort(list, function(a, b)
    local la, lb = a.callee:lower(), b.callee:lower()
    if la ~= lb then return order.less(la, lb) end
    return order.less(a.callee, b.callee)
  end)
  add_tables(list)
  cached = list
  return list
end

--- Those of a group, in the same order.
-- @tparam string group
-- @treturn {table,...}
function M.of(group)
  local list = {}
  for _, entry in ipairs(M.all()) do
    if entry.group == group then list[#list + 1] = entry end
  end
  return list
end

return M
