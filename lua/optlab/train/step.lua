--- The usual training step, which train.fit runs as Lua and as a compiled step, and train.sweep many times at once.
-- @module optlab.train.step
local refuse_third = require("optlab.train.evaluate").refuse_third

local M = {}

--- Makes the function that makes one update on one minibatch.
-- @tparam table o
--
-- * `model`, `loss`, `optimizer`: see optlab.train.fit
-- * `accepts`: accepts(loss) looks at the loss; where it is false (or raises), the parameters are left alone
-- * `clip`: called between backward and the optimizer's step
-- * `scheduler`: an object whose step() moves the learning rate after each update
-- * `weigh`: weigh(prediction, y) says by what the loss counts in a mean over batches (optlab.train.loss_mean)
-- * `measure`: measure(prediction, y) gives what is counted beside the loss
-- * `fn`: who trains, for messages
--
-- @treturn function step(X, y): the loss, a tensor, what `weigh` says, and what `measure` gives
function M.new(o)
  local model, loss_of, optimizer, accepts, scheduler = o.model, o.loss, o.optimizer, o.accepts, o.scheduler
  local built_in = type(optimizer) == "userdata" -- it takes the loss, and few look at it
  local measure, weigh, clip, fn = o.measure, o.weigh, o.clip, o.fn
  return function(X, y, more)
    refuse_third(more, fn)
    optimizer:zero_grad()
    local prediction = model(X)
    local loss = loss_of(prediction, y)
    if accepts and not accepts(loss) then return loss end
    local weight = weigh and weigh(prediction, y)
    loss:backward()
    if clip then clip() end
    if built_in then optimizer:step(loss) else optimizer:step() end
    if scheduler then scheduler:step() end
    return loss, weight or nil, measure and measure(prediction, y)
  end
end

return M
