--- Operations with a backward of their own: lab.autograd.Function.
--
--    local Cube = lab.autograd.Function.extend{
--      name = "Cube",
--      forward = function(ctx, x) ctx:save_for_backward(x) return x ^ 3 end,
--      backward = function(ctx, g) return g * 3 * ctx.saved_tensors[1] ^ 2 end,
--    }
--    local y = Cube(x)
--
-- forward runs without recording. backward gets a gradient for each output and returns one for each argument of
-- forward, nil for those that have none. It is made of operations, so with create_graph it can be differentiated in
-- turn.
-- @module optlab.autograd.custom
local args = require "optlab.base.args"
local core = require "optlab.core"
local errors = require "optlab.base.errors"

local autograd, tensor = core.autograd, core.tensor
local is_tensor = tensor.is_tensor

local EXTEND = args.declare("autograd.Function.extend", {
  doc = "Makes an operation with its own backward function.",
  positions = 1, { "definition", "table", required = true, doc = "Its forward, its backward and its name." },
})

-- --- the context ----------------------------------------------------------------------------------------------------

local Context = { __name = "optlab.FunctionContext" }

--- Keeps inputs or outputs of forward for backward, where they are ctx.saved_tensors.
function Context:save_for_backward(...)
  local list, versions = table.pack(...), {}
  for i = 1, list.n do
    if list[i] ~= nil and not is_tensor(list[i]) then
      errors.bad_value("ctx:save_for_backward", "value " .. i, "a tensor or nil", list[i])
    end
    versions[i] = list[i] and autograd.version(list[i])
  end
  rawset(self, "_saved", list)
  rawset(self, "_versions", versions)
end

-- The saved tensors; outputs as the graph has them, so that they can be differentiated again.
local function saved_tensors(ctx)
  local saved, list = rawget(ctx, "_saved") or { n = 0 }, {}
  for i = 1, saved.n do
    local t = saved[i]
    if t and autograd.version(t) ~= rawget(ctx, "_versions")[i] then
      errors.raise("%s: saved tensor %d was changed in place after it was saved; save a clone() instead",
        rawget(ctx, "_name"), i)
    end
    list[i] = t and ((rawget(ctx, "_outputs") or {})[t] or t)
  end
  return list
end

function Context.__index(ctx, key)
  if key == "saved_tensors" then return saved_tensors(ctx) end
  return Context[key]
end

-- --- outputs --------------------------------------------------------------------------------------------------------

local function is_float(t) return is_tensor(t) and (t.dtype == "float32" or t.dtype == "float64") end

local function differentiable(outputs)
  local places = {}
  for i = 1, outputs.n do
    if is_float(outputs[i]) then places[#places + 1] = i end
  end
  return places
end

-- Several outputs are parts of one vector.
local function join(outputs, places, name)
  if #places == 1 then return outputs[places[1]] end
  local parts = {}
  for k, i in ipairs(places) do
    if outputs[i].dtype ~= outputs[places[1]].dtype then
      errors.raise("%s: forward must return floats of one dtype, got %s and %s", name, outputs[places[1]].dtype,
        outputs[i].dtype)
    end
    parts[k] = outputs[i]:reshape(-1)
  end
  return tensor.cat(parts)
end

local function split(joined, outputs, places)
  if #places == 1 then return { joined } end
  local parts, at = {}, 1
  for k, i in ipairs(places) do
    local n = outputs[i]:numel()
    parts[k] = joined:narrow(1, math.min(at, math.max(joined:numel(), 1)), n):reshape(outputs[i].shape)
    at = at + n
  end
  return parts
end

-- --- a call ---------------------------------------------------------------------------------------------------------

-- The tensors among the arguments, and which argument each is.
local function tensors_of(given)
  local list, places = {}, {}
  for i = 1, given.n do
    if is_tensor(given[i]) then list[#list + 1], places[#places + 1] = given[i], i end
  end
  return list, places
end

local function wants_grad(list)
  for _, t in ipairs(list) do
    if t.requires_grad then return true end
  end
  return false
end

-- Gradients that backward returned, as a list for the tensors among the arguments.
local function for_inputs(class, ctx, results, input_places)
  local list, arguments = {}, #ctx.needs_input_grad
  for k, i in ipairs(input_places) do
    if i > results.n and ctx.needs_input_grad[i] then
      errors.raise("%s: backward returned %d gradients, but argument %d of forward needs one; nil counts as zeros",
        class.name, results.n, i)
    end
    list[k] = results[i] or false
  end
  if results.n > arguments and results[results.n] ~= nil then
    errors.raise("%s: backward returned %d gradients for %d arguments of forward", class.name, results.n, arguments)
  end
  return list
end

-- The function that the graph calls: gradient of the joined outputs -> gradients of the tensors among the arguments.
local function backward_of(class, ctx, outputs, places, input_places)
  return function(d, joined)
    local grads, full = split(d, outputs, places), { n = outputs.n }
    rawset(ctx, "_outputs", {})
    for k, part in ipairs(split(joined, outputs, places)) do ctx._outputs[outputs[places[k]]] = part end
    for k, i in ipairs(places) do full[i] = grads[k] end
    local results = table.pack(class.backward(ctx, table.unpack(full, 1, full.n)))
    rawset(ctx, "_outputs", nil)
    return for_inputs(class, ctx, results, input_places)
  end
end

local function apply(class, ...)
  local given = table.pack(...)
  local inputs, input_places = tensors_of(given)
  local ctx = setmetatable({ _name = class.name, needs_input_grad = {} }, Context)
  for i = 1, given.n do ctx.needs_input_grad[i] = is_tensor(given[i]) and given[i].requires_grad end
  local outputs = table.pack(autograd.no_grad(class.forward, ctx, table.unpack(given, 1, given.n)))
  local places = differentiable(outputs)
  if #places == 0 or not autograd.is_grad_enabled() or not wants_grad(inputs) then
    return table.unpack(outputs, 1, outputs.n)
  end
  local joined = autograd.no_grad(function() return join(outputs, places, class.name) end)
  local y = autograd.custom(joined, inputs, backward_of(class, ctx, outputs, places, input_places))
  local results = { table.unpack(outputs, 1, outputs.n) }
  for k, part in ipairs(split(y, outputs, places)) do results[places[k]] = part end
  return table.unpack(results, 1, outputs.n)
end

local Function = {}

--- Makes an operation.
-- @tparam table definition {name=, forward=function(ctx, ...), backward=function(ctx, ...)}
-- @treturn table which is called with forward's arguments, also by its function apply(...)
function Function.extend(...)
  local class = EXTEND:read(...).definition
  for key, kind in pairs { name = "string", forward = "function", backward = "function" } do
    if key ~= "name" or class[key] ~= nil then args.check(EXTEND.callee, key, class[key], kind) end
  end
  class.name = class.name or "Function"
  class.apply = function(...) return apply(class, ...) end
  return setmetatable(class, { __name = "optlab.Function", __call = apply })
end

return Function
