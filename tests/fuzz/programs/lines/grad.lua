--- Lines about gradients.
local number = require "tests.fuzz.programs.reference.number"
local T = require "tests.fuzz.programs.reference.tensor"

local kinds = {}

function kinds.leaf(g)
  local name = g:pick(function(x) return number.is_float(x._dtype) and not x._requires end)
  return name and ("%s:requires_grad_()"):format(name)
end

function kinds.backward(g)
  local c = g.c
  local name, y = g:pick(function(x) return x._requires and x._node end)
  if not name then return end
  local retain = c:chance(0.4) and "{retain_graph = true}" or ""
  if c:chance(0.4) then
    local weight = g:pick(function(w)
      return not w._requires and number.is_float(w._dtype) and T.same_shape(w._shape, y._shape)
    end)
    if weight then return ("%s:backward(%s%s)"):format(name, weight, retain == "" and "" or ", " .. retain) end
  end
  if #y._map == 1 and c:chance(0.5) or c:chance(g.wrong) then return ("%s:backward(%s)"):format(name, retain) end
  return ("%s:sum():backward(%s)"):format(name, retain)
end

function kinds.grad(g)
  local name = g:pick(function(x) return x._requires and x._node end)
  local x = g:pick(function(x) return x._requires and not x._node end)
  if not name or not x then return end
  local options = "{allow_unused = true, retain_graph = true}"
  return ("%s = lab.autograd.grad(%s:square():sum(), {%s}, %s)[1] or %s"):format(g:target(), name, x, options, x)
end

function kinds.drop_grad(g)
  local name = g:pick(function(x) return rawget(x, "_grad") end)
  if not name then return end
  return g.c:chance(0.5) and ("%s.grad = nil"):format(name) or ("%s = %s.grad:clone()"):format(g:target(), name)
end

local OPTIMIZERS = {
  'SGD(%s, {lr = 0.1})', 'SGD(%s, {lr = 0.1, momentum = 0.9, weight_decay = 0.1})',
  'SGD(%s, {lr = 0.01, momentum = 0.5, nesterov = true})', 'SGD(%s, {lr = 0.1, momentum = 0.9, dampening = 0.5})',
  'SGD(%s, {lr = 0.1, momentum = 0.9, nesterov = true, dampening = 0.1})', 'Adam(%s, {lr = 0.05})',
  'Adam(%s, {lr = 0.05, amsgrad = true, betas = {0.5, 0.9}, maximize = true})', 'AdamW(%s, {lr = 0.1})', 'NAdam(%s)',
  'Adagrad(%s, {lr = 0.1, lr_decay = 0.1})', 'RMSprop(%s)', 'RMSprop(%s, {momentum = 0.9, weight_decay = 0.01})',
  'Adadelta(%s, {weight_decay = 0.1})',
}

local function is_leaf(x) return x._requires and not x._node and not T.repeats(x) end

-- An optimizer of one or two variables, or a step of one whose parameters are still in variables: there they are
-- compared.
function kinds.optimizer(g)
  local c, name = g.c, "o" .. g.c:int(1, 2)
  local optimizer = rawget(g.env, name)
  local held = optimizer ~= nil
  for _, p in ipairs(optimizer and optimizer.params or {}) do
    held = held and g:pick(function(x) return x == p end) ~= nil
  end
  if held then
    local first = optimizer.params[1]
    if rawget(first, "_grad") or c:chance(0.3) then return name .. (c:chance(0.8) and ":step()" or ":zero_grad()") end
    return
  end
  local a, x = g:pick(function(x) return is_leaf(x) and (rawget(x, "_grad") or c:chance(0.3)) end)
  local b = a and g:pick(function(y) return is_leaf(y) and y ~= x end)
  if not a then return end
  local list = "{" .. a .. (b and c:chance(0.5) and ", " .. b or "") .. "}"
  return ("%s = lab.optim.%s"):format(name, c:of(OPTIMIZERS):format(list))
end

return kinds
