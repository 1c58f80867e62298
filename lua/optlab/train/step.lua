--- The usual training step, which train.fit runs as Lua and as a compiled step, and train.sweep many times at once.
-- @module optlab.train.step
local refuse_third = require("optlab.train.evaluate").refuse_third

local M = {}

--- Makes the function that makes one update on one minibatch.
-- @tparam table o
--
-- * `model`, `loss`, `optimizer`: see optlab.train.fit
-- * `accepts`: accepts(loss) looks at the loss; where it is false (or raises), the parameters are left alone
-- * `scheduler`: an object whose step() moves the learning rate after each update
-- * `weigh`: weigh(prediction, y) says by what the loss counts in a mean over batches (optlab.train.loss_mean)
-- * `count`: count(prediction, y) says how many predictions are right
-- * `fn`: who trains, for messages
--
-- @treturn function step(X, y): the loss, a tensor, what `weigh` says, and what `count` says
function M.new(o)
  local model, loss_of, optimizer, accepts, scheduler = o.model, o.loss, o.optimizer, o.accepts, o.scheduler
  local count, weigh, fn = o.count, o.weigh, o.fn
  return function(X, y, more)
    refuse_third(more, fn)
    optimizer:zero_grad()
    local prediction = model(X)
    local loss = loss_of(prediction, y)
    if accepts and not accepts(loss) then return loss end
    local weight = weigh and weigh(prediction, y)
    loss:backward()
    optimizer:step()
    if scheduler then scheduler:step() end
    return loss, weight or nil, count and count(prediction, y)
  end
end

return M
