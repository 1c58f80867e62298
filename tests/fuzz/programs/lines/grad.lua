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

return kinds
