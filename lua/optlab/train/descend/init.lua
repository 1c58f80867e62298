--- Minimising a function of one or a few numbers, keeping every point on the way.
-- @module optlab.train.descend

local args = require "optlab.base.args"
local arguments = require "optlab.base.script_arguments"
local divergence = require "optlab.train.divergence"
local errors = require "optlab.base.errors"
local kinds = require "optlab.base.kinds"
local mean = require "optlab.train.fit.mean"
local tensor = require("optlab.core").tensor.tensor
local update_function = require "optlab.train.update_function"

local M = {}

local DESCEND = args.declare("train.descend", {
  hints = {
    scheduler = "an update rule, function(x, grad, state, t), whose rate depends on t, or a loop with sched.attach",
    lr = "{\"SGD\", lr = 0.1} as the third argument", optimizer = "{\"SGD\", lr = 0.1} as the third argument",
  },
  doc = "Minimizes a function from a starting point; returns the path, a list of steps + 1 points. If it diverges "
    .. "there are fewer, and the field `diverged` is {step =, point =}.",
  positions = 4,
  { "f", "callable", required = true,
    doc = "The objective, a function of one number, of as many numbers as x0 has, or of a tensor." },
  { "x0", "number|tensor|list", of = { "number" }, least = 1, required = true,
    doc = "Where to start: a number, a list of numbers or a tensor." },
  { "how", "function|object|table", has = { "step", "zero_grad" }, required = true,
    what = update_function.WHAT, test = update_function.is_no_constructor,
      doc = "An update rule function(x, grad, state, t), or an optimizer, {\"SGD\", lr = 0.1}." },
  { "steps", "integer", min = 0, required = true, doc = "Number of updates." },
  { "grad", "callable",
    doc = "A function that is called like f and returns the gradient; by default automatic differentiation." },
  { "points", "flag", default = false,
    doc = "Whether x0 is a tensor (..., d) of many starting points, for each of which f is minimized by itself: f gets "
      .. "d tensors and returns a value for each point." },
  { "every", "integer", min = 1, doc = "With points: the result also has all points after each so many steps." },
  { "target", "number", doc = "With points: the result says after how many steps f is at most this." },
  { "minima", "tensor|list", of = { "list", of = { "number" } },
    doc = "With points: the result says which of these points is the nearest at the end." },
  divergence.OPTION,
})

-- The coordinates of a vector as 0-dimensional tensors, still connected to it.
local function coordinates(x)
  local list = {}
  for i = 1, x:numel() do list[i] = x:select(1, i) end
  return table.unpack(list)
end

-- How f is called for a starting point of each kind: f(x) or f(x1, x2, ...).
local CALL = {
  number = function(f, x) return f(x) end,
  list = function(f, x) return f(coordinates(x)) end,
  tensor = function(f, x) return f(x) end,
}

local function kind_of(x0)
  if type(x0) == "number" then return "number" end
  return type(x0) == "table" and "list" or "tensor"
end

-- A float64 copy of x0 that records what is done with it.
local function leaf_of(x0)
  local x = type(x0) == "userdata" and x0:detach():to("float64"):clone() or tensor(x0, {dtype = "float64"})
  x.requires_grad = true
  return x
end

-- f at a leaf, checked to be something that can be differentiated.
local function evaluate(f, kind, x)
  local y = CALL[kind](f, x)
  if type(y) ~= "userdata" then
    errors.raise("train.descend: f returned a %s, not a tensor; compute it from its arguments with operators and "
      .. "lab.cos and its kin, or give the gradient as {grad = function}", type(y))
  end
  return y
end

local function text_of(x)
  if type(x) == "number" then return x ~= x and "nan" or ("%g"):format(x) end
  local parts = {}
  for i, member in ipairs(x) do parts[i] = text_of(member) end
  return "{" .. table.concat(parts, ", ") .. "}"
end

-- Refuses a function of fewer arguments than a list x0 has numbers: it would never see the others.
local function check_count(o, kind)
  local info = kind == "list" and not o.grad and type(o.f) == "function" and debug.getinfo(o.f, "u")
  if not info or info.isvararg or info.nparams >= #o.x0 then return end
  errors.raise("train.descend: f takes %d of the %d numbers in x0, each of which is an argument; a function of one "
    .. "vector gets it if x0 is a tensor: lab.tensor{%s}", info.nparams, #o.x0, text_of(o.x0):sub(2, -2))
end

-- x -> gradient by automatic differentiation; a number for a number, else a tensor of x's shape.
local function recorded_gradient(f, kind)
  return function(x)
    local leaf = leaf_of(x)
    evaluate(f, kind, leaf):backward()
    return kind == "number" and leaf.grad:item() or leaf.grad
  end
end

-- x -> gradient by the function given in the options, brought into the form that recorded_gradient has.
local function given_gradient(grad, kind)
  if kind ~= "list" then return grad end
  return function(x) return tensor({grad(table.unpack(x:tolist()))}, {dtype = "float64"}) end
end

local function point(x)
  if type(x) == "number" then return x end
  return x:tolist()
end

-- A path. `diverged` is behind the metatable: to functions that take a list the path is one, without names.
local function new_path(points, diverged)
  local path = errors.strict(points, "a path, the list of its points,", {diverged = diverged or false})
  getmetatable(path).__name = "path"
  return path
end

-- Ends a path before a point that is not finite.
local function diverge(path, o, t, reached)
  local diverged = divergence.settle(o.on_divergence,
    ("train.descend: x is %s at step %d; a smaller learning rate may help"):format(text_of(reached), t),
    {step = t, point = reached})
  return new_path(path, diverged)
end

-- Repeats next_point(t), which returns a point, and lists the points until one is not finite.
local function follow(first, o, next_point)
  local path = {first}
  for t = 1, o.steps do
    local reached = next_point(t)
    if not divergence.is_finite(reached) then return diverge(path, o, t, reached) end
    path[t + 1] = reached
  end
  return new_path(path)
end

local function descend_by_rule(gradient, x, rule, o)
  local state = {}
  return follow(point(x), o, function(t)
    x = update_function.checked(rule(x, gradient(x), state, t), x, t)
    return point(x)
  end)
end

-- Sets x.grad from a gradient function that takes and gives plain values.
local function fill_gradient(gradient, kind, x)
  if kind == "number" then
    x.grad = tensor(gradient(x:item()), {dtype = "float64"})
  else
    x.grad = gradient(x:detach())
  end
end

local function descend_by_optimizer(kind, gradient, o)
  local x = leaf_of(o.x0)
  local optimizer = update_function.optimizer({x}, o.how)
  local needs = kinds.field(optimizer, "needs")
  local function closure(argument)
    optimizer:zero_grad()
    if gradient then return fill_gradient(gradient, kind, x) end
    local value = evaluate(o.f, kind, x)
    value:backward { create_graph = needs == "graph" and argument == true }
    return value
  end
  return follow(point(x), o, function()
    if needs then
      optimizer:step(closure)
    else
      closure()
      optimizer:step()
    end
    return mean.at(optimizer, point, x)
  end)
end

--- Follows an update rule or a built-in optimizer downhill and returns every point visited.
--
-- All arithmetic is float64, and nothing is random unless f, the rule or the gradient is. Of an optimizer that keeps
-- a mean (Schedule-Free) the points are those of the mean, as `opt:eval()` gives them.
--
-- With `points = true` x0 is a tensor (..., d) of starting points. f gets d tensors, the coordinates of many points,
-- and returns a value for each. An optimizer that does not treat each element by itself (`opt.elementwise`) takes one
-- point after the other, which is slower; f then gets one point at a time. An update rule is called with the values of
-- one coordinate. Hyperparameters may be tensors with a value for each point. The
-- result has `points` (as x0), `value` and `diverged` (1 where a point is not finite), with `every` also `path`
-- (1 + steps // every, ..., d), with `target` `steps` (float64; nan where f never was at most target), with `minima`
-- `nearest` (int64, 0 where the point has diverged).
-- @tparam function f the objective: of one number for a number x0, of as many numbers as a list x0 has, of one tensor
--   for a tensor. Written with operators and `lab.cos` and its kin it takes numbers (to be drawn) and tensors (to be
--   differentiated) alike.
-- @tparam number|table|Tensor x0 where to start
-- @tparam function|table how an update rule `function(x, grad, state, t) return new_x end`, where x and grad are
--   numbers for a number x0 and float64 vectors otherwise; or an optimizer, {"SGD", lr = 0.1, momentum = 0.9}
-- @tparam integer steps
-- @tparam[opt] table opts `grad`: the gradient as a function called like f, instead of automatic differentiation;
--   `on_divergence`
-- @treturn table the path, steps + 1 points: numbers, or lists of numbers; fewer if a point is not finite, and then its
--   field `diverged` is {step =, point =}: the step that led to it, and that point
-- @usage local path = train.descend(function(x) return x ^ 2 end, 10, function(x, g) return x - 0.2 * g end, 10)
-- print(path[#path]) --> 0.060466176
-- @usage train.descend(function(x1, x2) return x1 ^ 2 + 2 * x2 ^ 2 end, {-5, -2}, {"SGD", lr = 0.1}, 20)
function M.descend(...)
  arguments.settle()
  local o = DESCEND:read(...)
  if o.points then return require("optlab.train.descend.points").descend(o) end
  for _, name in ipairs { "every", "target", "minima" } do
    if o[name] then errors.raise("train.descend: %s needs points = true", name) end
  end
  local x0, kind = o.x0, kind_of(o.x0)
  check_count(o, kind)
  local gradient = o.grad and given_gradient(o.grad, kind)
  if type(o.how) ~= "function" then return descend_by_optimizer(kind, gradient, o) end
  local x = kind == "number" and x0 or leaf_of(x0):detach()
  return descend_by_rule(gradient or recorded_gradient(o.f, kind), x, o.how, o)
end

return M
