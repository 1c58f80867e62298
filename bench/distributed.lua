--- Images a second of train.fit with LeNet, batches of 256, by one process or by the ranks that mpirun has started.
-- bench/distributed runs it; the number of threads is OMP_NUM_THREADS. The first epoch is the warm-up.
local lab = require "optlab"
local nn, optim = lab.nn, lab.optim
local p = lab.params { epochs = { default = 4, min = 2, help = "epochs; the first does not count" }, batch_size = 256,
  parts = { default = 0, help = "parts of a batch; 0: one a rank" } }

local n = 8192
local X = lab.randint(256, { n, 1, 28, 28 }):to "uint8"
local y = lab.randint(1, 11, { n })
local loader = lab.data.loader({ X = X, y = y },
  { batch_size = p.batch_size, shuffle = true, drop_last = true, transform = { scale = 1 / 255 } })
local net = lab.book.lenet()

local history = lab.train.fit {
  model = net, loss = nn.CrossEntropyLoss(), optimizer = optim.SGD(net:parameters(), { lr = 0.1 }), data = loader,
  epochs = p.epochs, progress = false, distributed = p.parts > 0 and { parts = p.parts } or true,
}
local seconds = history.seconds
print(("%.1f"):format((p.epochs - 1) * n / (seconds[#seconds] - seconds[1])))
