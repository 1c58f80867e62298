--- Trains LeNet as the book does, on real images; prints the share of test images it gets right after the last epoch.
-- Fashion-MNIST's file of 10,000 test images is all it needs: the first 8,000 train, the last 2,000 test.
local lab = require "optlab"
local nn, optim, data = lab.nn, lab.optim, lab.data
local p = lab.params { epochs = 30, lr = 0.3, batch_size = 256 } -- and --seed, --threads

local train, test = data.split(data.fashion_mnist { split = "test" }, { 8000, 2000 })
local loader = data.loader(train, { batch_size = p.batch_size, shuffle = true })
local net, loss = lab.book.lenet(), nn.CrossEntropyLoss()
local opt = optim.SGD(net:parameters(), { lr = p.lr })

for _ = 1, p.epochs do
  for X, y in loader:batches() do
    opt:zero_grad()
    loss(net(X), y):backward()
    opt:step()
  end
end

local right = 0
lab.no_grad(function()
  for X, y in data.loader(test, { batch_size = 500 }):batches() do
    right = right + net(X):argmax(2):eq(y):sum():item()
  end
end)
print(("%.4f"):format(right / #test))
