--- Images a second of full LeNet training steps: gather and convert a batch of bytes, forward, loss, backward, SGD.
-- bench/lenet and bench/table run it beside lenet_step.py; the number of threads is OMP_NUM_THREADS.
local lab = require "optlab"
local nn, optim = lab.nn, lab.optim
local p = lab.params { steps = { default = 64, help = "steps to time" }, batch_size = 256,
  mode = { default = "eager", choices = { "eager", "compiled" } } }

local n = 8192
local X = lab.randint(256, { n, 1, 28, 28 }):to "uint8"
local y = lab.randint(1, 11, { n })
local loader = lab.data.loader({ X = X, y = y },
  { batch_size = p.batch_size, shuffle = true, drop_last = true, transform = { scale = 1 / 255 } })
local net, loss = lab.book.lenet(), nn.CrossEntropyLoss()
local opt = optim.SGD(net:parameters(), { lr = 0.1 })

local function step(Xb, yb)
  opt:zero_grad()
  local l = loss(net(Xb), yb)
  l:backward()
  opt:step()
end
if p.mode == "compiled" then step = lab.compile(step) end

local function run(steps)
  while steps > 0 do
    for Xb, yb in loader:batches() do
      step(Xb, yb)
      steps = steps - 1
      if steps == 0 then return end
    end
  end
end

run(4) -- warm-up
local start = lab.clock()
run(p.steps)
print(("%.1f"):format(p.steps * p.batch_size / (lab.clock() - start)))
