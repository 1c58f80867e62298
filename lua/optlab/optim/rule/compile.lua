--- A rule's tree, compiled: which numbers are computed once, which operations go over the elements, in which stages.
--
-- A *number* is a double: a hyperparameter, `t`, or what follows from numbers alone. *Elements* are arrays of the
-- parameter's shape and dtype: `p`, `g`, the state, and what follows from them. A *mask* is what a comparison of
-- elements gives. An operation on elements takes numbers rounded to the elements' dtype.
--
-- A program is a list of stages, each a list of operations on numbers and then one pass over the elements. Sums that
-- a pass makes are numbers of the next stage; sums over all parameters (`total`) begin a new phase.
--
--    { registers = {..}, stages = { { numbers = {..}, elements = {..}, sums = {..}, phase = k }, ... }, ... }
--
-- Two readers turn it into work: `optlab.optim.rule.blocks` (kernels on blocks) and `optlab.optim.rule.emit` (C).
-- @module optlab.optim.rule.compile
local Builder = require "optlab.optim.rule.builder"
local errors = require "optlab.base.errors"
local functions = require "optlab.optim.rule.functions"
local parse = require "optlab.optim.rule.parse"

local M = {}

local fail = parse.fail

local Compiler = setmetatable({}, { __index = Builder })
Compiler.__index = Compiler

-- --- trees ----------------------------------------------------------------------------------------------------------

function Compiler:known_names()
  local names = {}
  for name in pairs(self.variables) do names[#names + 1] = name end
  for name in pairs(functions.COUNT) do names[#names + 1] = name end
  table.sort(names)
  return names
end

-- Names that others give to what a rule has.
local MEANT = {
  grad = "; the gradient is called g", gradient = "; the gradient is called g",
  param = "; the parameter is called p", params = "; the parameter is called p",
}

function Compiler:name(node)
  local value = self.variables[node.name]
  if value then
    if value.optional then self:check_optional(value, node) end
    if value.loss then self.needs_loss = true end
    return value
  end
  if functions.COUNT[node.name] then fail(node.pos, "'%s' is a function: %s(...)", node.name, node.name) end
  local hint = MEANT[node.name] or errors.hint(node.name, self:known_names())
  return fail(node.pos, "'%s' is not known here%s", node.name,
    hint ~= "" and hint or "; known are hyperparameters, t, p, g, the state, and names assigned above")
end

-- The conditions that are joined by `and`.
local function conditions(tree, list)
  list = list or {}
  if tree and tree.op == "and" then
    conditions(tree[1], list)
    conditions(tree[2], list)
  elseif tree and tree.op == "name" then
    list[tree.name] = true
  end
  return list
end

-- State that exists only where a hyperparameter is not 0 may be touched only there.
function Compiler:check_optional(value, node)
  if self.conditions[value.optional] then return end
  fail(node.pos, "'%s' is there only where %s is not 0: end the line with 'if %s'", node.name, value.optional,
    value.optional)
end

local SUMS = { add = true, sub = true }

function Compiler:operation(node)
  local args, numbers = {}, true
  for i, child in ipairs(node) do
    args[i] = self:value(child)
    numbers = numbers and args[i].kind == "number"
  end
  return self:apply(node.op, args, numbers, node)
end

local function all_masks(args)
  for _, a in ipairs(args) do
    if a.kind ~= "mask" then return false end
  end
  return true
end

function Compiler:apply(op, args, numbers, node)
  if numbers then return self:number_op(op, args) end
  if op == "and" or op == "or" or op == "not" then
    if not all_masks(args) then
      fail(node.pos, "'%s' joins comparisons of elements, or numbers; a condition on a number is `if` at the end of a "
        .. "line, or where(...)", op)
    end
    return self:element_op("logical_" .. op, args, "mask")
  end
  for i, a in ipairs(args) do args[i] = self:as_elements(a) end
  if functions.MASKS[op] then return self:element_op(op, args, "mask") end
  if op == "pow" then return self:power(args[1], args[2]) end
  if SUMS[op] then return self:sum(op, args[1], args[2]) end
  return self:element_op(op, args)
end

function Compiler:power(x, y)
  if x.kind == "elements" and y.constant == 2 then return self:element_op("square", { x }) end
  if x.kind == "elements" and y.constant == 0.5 then return self:element_op("sqrt", { x }) end
  if x.kind == "elements" and y.constant == 1 then return x end
  return self:element_op("pow", { x, y })
end

-- --- calls ----------------------------------------------------------------------------------------------------------

local function check_call(node)
  local count = functions.COUNT[node.name]
  if not count then
    local names = {}
    for name in pairs(functions.COUNT) do names[#names + 1] = name end
    table.sort(names)
    fail(node.pos, "there is no function '%s'%s", node.name, errors.hint(node.name, names))
  end
  if #node.args ~= count then
    fail(node.pos, "%s takes %d argument%s, got %d", node.name, count, count == 1 and "" or "s", #node.args)
  end
end

function Compiler:call(node)
  check_call(node)
  local name = node.name
  if name == "new" then return self:is_new(node) end
  if name == "where" then return self:choice(node) end
  if name == "normal" then
    self.needs_noise = true
    return self.arrays.normal
  end
  local args, numbers = {}, true
  for i, child in ipairs(node.args) do
    args[i] = self:value(child)
    numbers = numbers and args[i].kind == "number"
  end
  if name == "numel" then return self.variables["#"] end
  if name == "ndim" then return self.variables["##"] end
  if functions.SPREADS[name] then
    if numbers then fail(node.args[1].pos, "%s is of elements, and this is a number", name) end
    return self:spread(functions.SPREADS[name].axis, functions.SPREADS[name].how, self:as_elements(args[1]))
  end
  if functions.REDUCTIONS[name] then return self:reduction(functions.REDUCTIONS[name], args, node, false) end
  if functions.TOTALS[name] then return self:reduction(functions.TOTALS[name], args, node, true) end
  if name == "clamp" then
    local low = self:apply("maximum", { args[1], args[2] }, args[1].kind == "number" and args[2].kind == "number", node)
    return self:apply("minimum", { low, args[3] }, low.kind == "number" and args[3].kind == "number", node)
  end
  return self:apply(functions.BINARY[name] or name, args, numbers, node)
end

-- Lowers a tree where a condition on a number holds.
function Compiler:value_where(condition, tree, node)
  local guard, names = self.guard, self.conditions
  self.guard = guard and self:number_op("and", { guard, condition }) or condition
  self.conditions = setmetatable(tree and conditions(tree) or {}, { __index = names })
  local value = self:value(node)
  self.guard, self.conditions = guard, names
  return value
end

-- where(condition, a, b)
function Compiler:choice(node)
  local condition = self:value(node.args[1])
  if condition.kind == "elements" then
    fail(node.args[1].pos, "where's first argument is a comparison, such as m * g > 0")
  end
  if condition.kind == "mask" then
    return self:element_op("where", { condition, self:as_elements(self:value(node.args[2])),
      self:as_elements(self:value(node.args[3])) })
  end
  local given = condition
  condition = self:number_op("ne", { condition, self:constant(0) })
  local a = self:value_where(condition, node.args[1], node.args[2])
  local b = self:value_where(self:number_op("not", { condition }), nil, node.args[3])
  if a.kind == "number" and b.kind == "number" then return self:number_op("where", { given, a, b }) end
  return self:element_op("choose", { condition, self:as_elements(a), self:as_elements(b) })
end

function Compiler:is_new(node)
  local child = node.args[1]
  local value = child.op == "name" and self.variables[child.name]
  if not value or not value.slot then fail(child.pos, "new() asks about a state, such as new(%s)", self.first_state) end
  if not value.new then value.new = self:register { stage = 1, rank = 2, new = value.slot } end
  return value.new
end

-- --- sums -----------------------------------------------------------------------------------------------------------

function Compiler:reduction(how, args, node, total)
  for i, a in ipairs(args) do
    if a.kind == "number" then
      fail(node.args[i].pos, "%s adds up elements, and this is a number", node.name)
    end
    args[i] = self:as_elements(a)
  end
  local x = args[1]
  if how == "dot" then x = self:element_op("mul", { x, args[2] }) end
  if how == "norm" then x = self:element_op("square", { x }) end
  local kind = (how == "amax" or how == "amin") and how or "sum"
  local sum = self:sum_register(kind, x, total)
  if how == "norm" then return self:number_op("sqrt", { sum }) end
  if how == "mean" then return self:number_op("div", { sum, self.variables["#"] }) end
  return sum
end

local HANDLERS = { name = Compiler.name, call = Compiler.call }

function Compiler:value(node)
  if node.op == "number" then return self:constant(node.value) end
  return (HANDLERS[node.op] or Compiler.operation)(self, node)
end

-- --- assignments ----------------------------------------------------------------------------------------------------

local READ_ONLY = { t = "t counts updates", loss = "loss is what the step was given",
  epsilon = "epsilon is the machine's", initial_lr = "initial_lr is the group's first lr" }

function Compiler:check_target(target)
  local old = self.variables[target.name]
  if functions.COUNT[target.name] then fail(target.pos, "'%s' is a function", target.name) end
  if old and old.hyper then fail(target.pos, "'%s' is a hyperparameter; a rule cannot change it", target.name) end
  if READ_ONLY[target.name] then fail(target.pos, "%s and cannot be assigned to", READ_ONLY[target.name]) end
  if old and old.optional then self:check_optional(old, target) end
  return old
end

-- Elements that a name may be bound to: not an array that may change under it.
function Compiler:own(value, target)
  if value.kind == "mask" then return value end
  if value.array and value.writable and value.array ~= (self.arrays[target.name] or -1) then
    return self:element_op("copy", { value })
  end
  return value
end

-- `p` and state: the last operation writes there.
function Compiler:store(array, value, target)
  if value.kind == "number" then
    fail(target.pos, "'%s' has elements, and this is a number; write %s = %s * 0 + ... to spread it", target.name,
      target.name, target.name)
  end
  value = self:as_elements(value)
  if value == array then return end
  local def = value.def
  local stage = self.stages[self.current].elements
  if not (def and def.guard == self.guard and value.uses == 0 and not value.named and stage[#stage] == def) then
    value = self:element_op("copy", { value })
    def = value.def
  end
  if value.key then self.known[value.key] = nil end
  def.into = array
  array.version, array.written = array.version + 1, true
end

function Compiler:assign_number(target, old, value)
  if self.guard then
    if not old then fail(target.pos, "'%s' has no value where the condition does not hold", target.name) end
    value = self:number_op("where", { self.guard, value, old })
  end
  if old and old.slot or self.number_states[target.name] then
    value = self:number_op("copy", { value })
    value.slot, value.optional = self.number_states[target.name].slot, self.number_states[target.name].optional
    self.number_results[value.slot] = value
  end
  self.variables[target.name] = value
end

function Compiler:assign_elements(target, old, value)
  if old and old.kind == "number" and self.number_states[target.name] then
    fail(target.pos, "'%s' is a number, and this has elements", target.name)
  end
  value = self:own(value, target)
  if self.guard then
    if not old then fail(target.pos, "'%s' has no value where the condition does not hold", target.name) end
    local guard = self.guard
    self.guard = nil
    value = self:element_op("choose", { guard, self:as_elements(value), old }, "elements")
    self.guard = guard
  end
  value.named = true
  self.variables[target.name] = value
end

function Compiler:statement(s)
  if #s.targets > 1 then fail(s.targets[2].pos, "only a function of matrices gives several results") end
  local target = s.targets[1]
  self.conditions = conditions(s.guard)
  self.guard = nil
  if s.guard then
    local guard = self:value(s.guard)
    if guard.kind ~= "number" then
      fail(s.guard.pos, "`if` takes a condition on numbers; for elements write where(condition, a, b)")
    end
    self.guard = self:number_op("ne", { guard, self:constant(0) })
  end
  local old = self:check_target(target)
  local value = self:value(s.value)
  if self.arrays[target.name] then
    self:store(self.arrays[target.name], value, target)
  elseif value.kind == "number" then
    self:assign_number(target, old, value)
  else
    self:assign_elements(target, old, value)
  end
end

-- The names that the statements assign to and never read, but state and p.
function Compiler:unread(statements)
  local read, names, seen = {}, {}, {}
  for _, s in ipairs(statements) do
    parse.names(s.value, read)
    if s.guard then parse.names(s.guard, read) end
  end
  for _, s in ipairs(statements) do
    local name = s.targets[1].name
    if not (read[name] or seen[name] or self.arrays[name] or self.number_states[name]) then
      names[#names + 1], seen[name] = ("'%s'"):format(name), true
    end
  end
  return names
end

-- State that starts at 0 and is never assigned stays 0, unless `new` only asks whether it was just made.
function Compiler:check_state(definition, statements)
  for i, state in ipairs(definition.state) do
    local name = state.letter
    local value = state.number and self.number_states[name] or self.arrays[name]
    if not (value.written or value.new or state.start or self.number_results[i - 1]) then
      local unread = self:unread(statements)
      fail(statements[1].pos, "state '%s' is never assigned%s", name, #unread == 0 and ""
        or ("; %s %s never used"):format(table.concat(unread, ", "), #unread == 1 and "is" or "are"))
    end
  end
end

-- --- what a rule begins with ----------------------------------------------------------------------------------------

local function array(index, writable, slot, optional)
  return { kind = "elements", array = index, writable = writable, slot = slot, optional = optional, uses = 0,
    version = 0 }
end

-- Hyperparameters in the order of their places, t, the number of elements, p, g, and the state.
local function begin(definition)
  local self = setmetatable({
    registers = {}, constants = {}, known = {}, variables = {}, arrays = {}, number_states = {}, number_results = {},
    stages = {}, conditions = {}, first_state = "m", current = 1, nvalues = 0,
  }, Compiler)
  self:open_stage(1)
  for _, name in ipairs(definition.hyper) do
    self.variables[name] = self:register { stage = 1, rank = 0, hyper = name }
  end
  self.variables.t = self:register { stage = 1, rank = 1, count = true }
  self.variables["#"] = self:register { stage = 1, rank = 2, numel = true }
  self.variables.loss = self:register { stage = 1, rank = 1, loss = true }
  self.variables.initial_lr = self:register { stage = 1, rank = 1 }
  self.variables["##"] = self:register { stage = 1, rank = 2 }
  self.variables.epsilon = self:register { stage = 1, rank = 2 }
  self.arrays.p, self.arrays.normal = array(0, true), array(2 + #definition.state, false)
  self.variables.p, self.variables.g = self.arrays.p, array(1, false)
  for i, state in ipairs(definition.state) do
    if i == 1 then self.first_state = state.letter end
    if state.number then
      local r = self:register { stage = 1, rank = 2, slot = i - 1, optional = state.when }
      self.variables[state.letter], self.number_states[state.letter] = r, r
    else
      self.arrays[state.letter] = array(1 + i, true, i - 1, state.when)
      self.variables[state.letter] = self.arrays[state.letter]
    end
  end
  return self
end

--- Compiles a rule.
-- @tparam table definition `hyper` (names, a tuple's members one by one), `state` (a list of `{letter, number = true or
-- nil, when = hyperparameter or nil, start = what it starts with if not 0}`), `rule` (text)
-- @treturn table the program
-- @raise an error object `{pos, message}`
function M.program(definition)
  local self = begin(definition)
  local statements = parse.tree(definition.rule)
  for _, statement in ipairs(statements) do self:statement(statement) end
  if not self.arrays.p.written then fail(1, "the rule never assigns to p, the parameter") end
  self:check_state(definition, statements)
  self:drop_unread()
  self:check_limits()
  return { registers = self.registers, stages = self.stages, number_results = self.number_results,
    nhyper = #definition.hyper, nstate = #definition.state, state = definition.state,
    needs_loss = self.needs_loss, needs_noise = self.needs_noise }
end

--- Compiles a condition on hyperparameters.
-- @tparam {string,...} hyper
-- @tparam string text
-- @treturn table registers; numbers, the operations; result, the register
-- @raise an error object `{pos, message}`
function M.condition(hyper, text)
  local self = begin { hyper = hyper, state = {} }
  local result = self:value(parse.expression(text))
  return { registers = self.registers, numbers = self.stages[1].numbers, result = result }
end

return M
