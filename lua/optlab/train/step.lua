--- The usual training step, which train.fit runs as Lua and as a compiled step, and train.sweep many times at once.
-- @module optlab.train.step
local field = require("optlab.base.kinds").field
local refuse_third = require("optlab.train.evaluate").refuse_third

local M = {}

local REFUSED = {} -- what a closure raises where the loss is not accepted

-- An optimizer that calls for the loss itself, once or several times: step(closure).
local function by_closure(optimizer, closure)
  local first, weight, measured
  local ok, message = pcall(optimizer.step, optimizer, function(argument)
    local loss, w, m = closure(argument)
    if not first then first, weight, measured = loss, w, m end
    return loss
  end)
  if not ok and message ~= REFUSED then error(message, 0) end
  return ok, first, weight, measured
end

-- The gradients of a batch for what M.new is given; graph: whether they can be differentiated. Gives the loss, what it
-- weighs, what is measured, and whether the loss is accepted.
local function gradients(o, X, y, graph)
  local accepts, weigh, measure = o.accepts, o.weigh, o.measure
  o.optimizer:zero_grad()
  local prediction = o.model(X)
  local loss = o.loss(prediction, y)
  if accepts and not accepts(loss) then return loss, nil, nil, false end
  local weight = weigh and weigh(prediction, y)
  if graph then loss:backward { create_graph = true } else loss:backward() end
  if o.clip then o.clip() end
  return loss, weight or nil, measure and measure(prediction, y), true
end

local function update_by_closure(o, X, y, needs)
  local refused
  local ok, loss, weight, measured = by_closure(o.optimizer, function(argument)
    local l, w, m, accepted = gradients(o, X, y, needs == "graph" and argument == true)
    if not accepted then
      refused = l
      error(REFUSED, 0)
    end
    return l, w, m
  end)
  if not ok then return refused end
  if o.scheduler then o.scheduler:step() end
  return loss, weight, measured
end

--- Makes the function that makes one update on one minibatch.
-- @tparam table o
--
-- * `model`, `loss`, `optimizer`: see optlab.train.fit; an optimizer whose `needs` says so gets the loss, or a closure
-- * `accepts`: accepts(loss) looks at the loss; where it is false (or raises), the parameters are left alone
-- * `clip`: called between backward and the optimizer's step
-- * `scheduler`: an object whose step() moves the learning rate after each update
-- * `weigh`: weigh(prediction, y) says by what the loss counts in a mean over batches (optlab.train.loss_mean)
-- * `measure`: measure(prediction, y) gives what is counted beside the loss
-- * `fn`: who trains, for messages
--
-- @treturn function step(X, y): the loss, a tensor, what `weigh` says, and what `measure` gives
function M.new(o)
  local optimizer, scheduler, fn = o.optimizer, o.scheduler, o.fn
  local needs = field(optimizer, "needs")
  if needs == "closure" or needs == "graph" then
    return function(X, y, more)
      refuse_third(more, fn)
      return update_by_closure(o, X, y, needs)
    end
  end
  return function(X, y, more)
    refuse_third(more, fn)
    local loss, weight, measured, accepted = gradients(o, X, y, false)
    if not accepted then return loss end
    if needs == "loss" then optimizer:step(loss) else optimizer:step() end
    if scheduler then scheduler:step() end
    return loss, weight, measured
  end
end

return M
