--- The compiled half of train.fit: one update as a compiled step, and an epoch of it.
--
-- A step that cannot be recorded (lab.compile says why in `step.reason`) runs on as plain Lua with the same numbers, so
-- nobody has to know in advance.
-- @module optlab.train.compiled
local lab = require "optlab"

local M = {}

--- The usual update as a compiled step: step(X, y) gives the loss.
-- @tparam table o model, loss, optimizer; `compile = false` gives the plain function
-- @treturn CompiledStep|function
function M.step(o)
  local model, loss, optimizer = o.model, o.loss, o.optimizer
  local function step(X, y)
    optimizer:zero_grad()
    local l = loss(model(X), y)
    l:backward()
    optimizer:step()
    return l
  end
  if o.compile == false then return step end
  return lab.compile(step, { fallback = true })
end

--- How many batches of `size` rows lead from `rows` to the next multiple of `every`, at most `limit`.
-- @treturn integer
function M.batches_until(rows, size, every, limit)
  local n = 1
  while n < limit and (rows + n * size) % every ~= 0 do n = n + 1 end
  return n
end

-- The same for a plain function.
local function plain_epoch(step, loader, each, ahead)
  for X, y in loader:batches() do
    if ahead then ahead() end
    each(step(X, y):item(), #X)
  end
end

--- One epoch: calls each(loss, rows) for each batch, in order.
-- @tparam CompiledStep|function step
-- @tparam Loader loader
-- @tparam function each
-- @tparam[opt] function ahead called before batches are run; how many of them may run before somebody has to look at
--   the model or to change the learning rate. Without it: all
function M.epoch(step, loader, each, ahead)
  if type(step) == "function" then return plain_epoch(step, loader, each, ahead) end
  local pass, size = step:pass(loader), loader.batch_size
  while #pass > 0 do
    local losses, last = pass:run(ahead and ahead() or nil)
    for i, loss in ipairs(losses:tolist()) do each(loss, i < #losses and size or last) end
  end
end

return M
