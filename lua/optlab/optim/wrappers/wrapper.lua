--- What optimizers around an optimizer have in common.
--
-- A wrapper is an object with the inner optimizer in `optimizer`. It has the methods of an optimizer, and the fields of
-- the inner one: `opt.lr = 0.1`, `opt.param_groups`; schedules that are attached to it move the inner one's rates. Its
-- state_dict() holds the inner one's.
--
-- A file beside this one returns a definition; `M.new` says what it holds. The methods of a wrapper find in self:
--
-- * `optimizer`, the one inside; `o`, the options; `tensors`, a list with a table for each parameter
-- * `numbers`, a table: what else is to be kept
-- @module optlab.optim.wrappers.wrapper
local args = require "optlab.base.args"
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local field = require("optlab.base.kinds").field

local tensor, autograd = core.tensor, core.autograd

local M = {}

local NAME = "optlab.WrappedOptimizer"

-- --- parameters and copies ------------------------------------------------------------------------------------------

--- Calls f(p, own, group) for every parameter, with its own table of tensors.
-- @tparam table self
-- @tparam function f
-- @tparam ?boolean all without a gradient, too
function M.each(self, f, all)
  local k = 0
  for _, group in ipairs(self.optimizer.param_groups) do
    for _, p in ipairs(group.params) do
      k = k + 1
      local own = self.tensors[k]
      if not own then
        own = {}
        self.tensors[k] = own
      end
      if all or p.grad then f(p, own, group) end
    end
  end
end

-- What is only needed within a step, and belongs to no state.
local SCRATCH = "kept"

--- Keeps the values of a parameter in own[name]; under the name "kept" for this step alone.
function M.keep(p, own, name)
  if own[name] then
    own[name]:copy_(p:detach())
  else
    own[name] = p:detach():clone()
  end
end

local function copy(value)
  if tensor.is_tensor(value) then return value:clone() end
  if type(value) ~= "table" then return value end
  local result = {}
  for k, v in pairs(value) do
    if k ~= SCRATCH then result[k] = copy(v) end
  end
  return result
end

--- Calls a closure with recording for backward.
function M.evaluate(closure, ...) return autograd.enable_grad(closure, ...) end

--- Two evaluations of a closure: `first` goes away from the parameters p (which it keeps in own.kept) with the first
-- gradient, the inner optimizer updates p with the second one.
-- @tparam table self
-- @tparam function closure
-- @tparam function first
-- @return the loss at p
function M.twice(self, closure, first)
  M.need_closure(self, closure)
  local inner = self.optimizer
  local loss = M.evaluate(closure)
  autograd.no_grad(first, self)
  local ok, second = pcall(M.evaluate, closure)
  autograd.no_grad(M.each, self, function(p, own)
    if own.kept then p:copy_(own.kept) end
  end, true)
  if not ok then error(second, 0) end
  if inner.needs == "loss" then inner:step(second) else inner:step() end
  return loss
end

--- Raises where step(closure) got none.
function M.need_closure(self, closure)
  if type(closure) == "function" then return end
  errors.raise("optim.%s: step needs a closure: opt:step(function() opt:zero_grad(); local loss = ...; "
    .. "loss:backward(); return loss end)", self.kind)
end

-- --- methods that all have ------------------------------------------------------------------------------------------

local METHODS = {}

function METHODS:zero_grad(...) return self.optimizer:zero_grad(...) end

--- The inner optimizer's: Schedule-Free has its mean evaluated.
function METHODS:eval() return self.optimizer:eval() end
function METHODS:train() return self.optimizer:train() end

function METHODS:add_param_group(...)
  self.optimizer:add_param_group(...)
  if self.begin then self:begin() end
end

--- The state of both: a plain table, its tensors are copies.
function METHODS:state_dict()
  return { name = self.kind, optimizer = self.optimizer:state_dict(), tensors = copy(self.tensors),
    numbers = copy(self.numbers) }
end

-- Whether tensors have the shapes of their parameters, as all but K-FAC's have.
local function check_tensors(self, state)
  local k = 0
  for _, group in ipairs(self.optimizer.param_groups) do
    for _, p in ipairs(group.params) do
      k = k + 1
      for name, t in pairs(state.tensors[k] or {}) do
        if tensor.is_tensor(t) and #t.shape > 0 and table.concat(t.shape, " ") ~= table.concat(p.shape, " ") then
          errors.raise("%s:load_state_dict: '%s' of parameter %d has shape (%s), the parameter has shape (%s)",
            self.kind, name, k, table.concat(t.shape, ", "), table.concat(p.shape, ", "))
        end
      end
    end
  end
end

--- Goes on from what state_dict() gave.
function METHODS:load_state_dict(state)
  if type(state) ~= "table" or type(state.optimizer) ~= "table" or type(state.tensors) ~= "table" then
    errors.bad_value(self.kind .. ":load_state_dict", "state", "a table from state_dict()", state)
  end
  if state.name ~= self.kind then
    errors.raise("%s:load_state_dict: this is the state of %s", self.kind, tostring(state.name))
  end
  if self.shapes then check_tensors(self, state) end
  self.optimizer:load_state_dict(state.optimizer)
  core.compile.changed() -- compiled steps go on with the tensors that were there
  rawset(self, "tensors", copy(state.tensors))
  rawset(self, "numbers", copy(state.numbers))
end

-- --- classes --------------------------------------------------------------------------------------------------------

local function class(definition)
  local mt = { __name = NAME }
  function mt.__index(self, key)
    local method = definition[key]
    if type(method) == "function" then return method end
    if METHODS[key] then return METHODS[key] end
    if key == "needs" and definition.needs then return definition.needs end
    if key == "begin" then return nil end
    if key == "name" then return ("%s(%s)"):format(definition.name, self.optimizer.name) end
    return rawget(self, "optimizer")[key]
  end
  function mt.__newindex(self, key, value) rawget(self, "optimizer")[key] = value end
  function mt.__len(self) return #rawget(self, "optimizer") end
  function mt.__tostring(self) return ("%s around %s"):format(definition.name, tostring(self.optimizer)) end
  return mt
end

--- Makes the constructor of a wrapper.
-- @tparam table definition `name`, `doc`, `use`, `paper`, `equation`, `args`, `state` as of a matrix optimizer;
--   `needs`; the methods: `step(self, closure)`, others, and `begin(self)`, called for new parameters
-- @treturn function constructor(optimizer, options)
function M.new(definition)
  local doc = definition.doc .. (definition.use and " " .. definition.use or "")
  local declaration = args.declare("optim." .. definition.name, {
    group = "optimizer", doc = doc, paper = definition.paper, equation = definition.equation, state = definition.state,
    needs = definition.needs, evaluations = definition.evaluations,
    positions = 1,
    { "optimizer", "object", has = { "step", "zero_grad", "param_groups" }, what = "an optimizer", required = true,
      doc = "The optimizer that makes the updates; it may be a wrapper, too." },
    table.unpack(definition.args),
  })
  local mt = class(definition)
  return function(...)
    local o = declaration:read(...)
    local needs = field(o.optimizer, "needs")
    if definition.needs and (needs == "closure" or needs == "graph") then
      errors.raise("optim.%s: it evaluates the loss by itself, and so does %s: one cannot be around the other",
        definition.name, tostring(o.optimizer.name))
    end
    local self = { optimizer = o.optimizer, kind = definition.name, o = o, tensors = {}, numbers = {},
      shapes = definition.shapes ~= false }
    setmetatable(self, mt)
    if definition.begin then definition.begin(self) end
    return self
  end
end

return M
