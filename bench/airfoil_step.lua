--- Time of one training step on the airfoil problem: gather a batch of 10, forward, loss, backward, optimizer.
-- Prints microseconds a step and the resident memory after them; bench/table runs it beside the same step in PyTorch.
-- --mode eager: operation by operation; compiled: by lab.compile, each step called from Lua; epochs: the same, a whole
-- epoch at a time (step:run); call, number: compiled, with one batch again and again, the loss as a tensor or a number.
local lab = require "optlab"
local nn, optim = lab.nn, lab.optim
local p = lab.params { steps = { default = 150000, help = "steps to time" }, optimizer = "SGD", check_memory = false,
  mode = { default = "eager", choices = { "eager", "compiled", "epochs", "call", "number" } } }

lab.set_num_threads(1)
local X, y = lab.randn(1500, 5), lab.randn(1500, 1)
local loader = lab.data.loader({ X = X, y = y }, { batch_size = 10, shuffle = true })
local net, loss = nn.Sequential(nn.Linear(5, 1)), nn.MSELoss()
local opt = optim[p.optimizer](net:parameters(), { lr = 0.01 })

local function step(Xb, yb)
  local l = loss(net(Xb), yb)
  opt:zero_grad()
  l:backward()
  opt:step()
  return l
end
if p.mode ~= "eager" then step = lab.compile(step, p.mode == "number" and { numbers = true } or {}) end

local function run(steps)
  local done = 0
  if p.mode == "epochs" then
    for _ = 1, steps, #loader do step:run(loader) end
    return
  elseif p.mode == "call" or p.mode == "number" then
    local Xb, yb = X:narrow(1, 1, 10):clone(), y:narrow(1, 1, 10):clone()
    for _ = 1, steps do step(Xb, yb) end
    return
  end
  while done < steps do
    for Xb, yb in loader:batches() do
      step(Xb, yb)
      done = done + 1
      if done == steps then return end
    end
  end
end

run(3000) -- warm-up
local before = lab.memory()
local start = lab.clock()
run(p.steps)
local timed = p.mode == "epochs" and math.ceil(p.steps / #loader) * #loader or p.steps
print(string.format("%.3f", (lab.clock() - start) / timed * 1e6))
if p.check_memory then
  local after = lab.memory()
  print(string.format("resident %.1f -> %.1f MB, live %d -> %d bytes, system allocations %d", before.resident / 1e6,
    after.resident / 1e6, before.live, after.live, after.mallocs - before.mallocs))
end
