--- A whole training as work to be timed. A file in optlab/ returns the parts: batch, net, X, y, loss(net, X, y), opt,
-- and flop, the floating-point operations of a step. X and y hold a few batches. training.py does the same.
local lab = require "optlab"

return function(name, compile)
  local t = dofile("bench/models.d/optlab/" .. name .. ".lua")
  local function step(X, y)
    t.opt:zero_grad()
    local l = t.loss(t.net, X, y)
    l:backward()
    t.opt:step()
    return l
  end
  if compile then step = lab.compile(step) end

  local first = {}
  local X, y = t.X:narrow(1, 1, t.batch):clone(), t.y:narrow(1, 1, t.batch):clone()
  for i = 1, 3 do first[i] = step(X, y):item() end

  local loader = lab.data.loader({ X = t.X, y = t.y }, { batch_size = t.batch, shuffle = true })
  local batches = loader:batches()
  return {
    first = first, flop = t.flop,
    step = function()
      local Xb, yb = batches()
      if not Xb then
        batches = loader:batches()
        Xb, yb = batches()
      end
      step(Xb, yb)
    end,
  }
end
