--- A run that writes files of all kinds, for tests/support/kill.lua: rows, figures, tensors and a checkpoint an epoch.
--
-- It goes on from its checkpoint, and says on standard output what it has written, once that is done. The records have
-- the name of the attempt, because a record begins anew.
local lab = require "optlab"
local nn, optim, data, train, config = lab.nn, lab.optim, lab.data, lab.train, lab.config

local p = lab.params { attempt = "1", epochs = 8 }

lab.manual_seed(1)
local x = lab.randn(200, 6)
local loader = data.loader({ x, x:sum(2, true) }, { batch_size = 20, shuffle = true })
local net = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Dropout(0.2), nn.Linear(16, 1))
local opt = optim.Adam(net:parameters(), { lr = 0.01 })
local rows = lab.metrics({ "epoch", "loss" }, "metrics-" .. p.attempt)

local function said(...)
  print(...)
  io.stdout:flush()
end

local function draw(epoch, losses)
  local f = lab.plot.figure { title = "epoch " .. epoch }
  f:line(losses)
  f:save("epoch-" .. epoch .. ".svg")
  said("figure", epoch)
end

train.fit {
  model = net, optimizer = opt, loss = nn.MSELoss(), data = loader, epochs = p.epochs,
  checkpoint = { path = config.out .. "/checkpoint.safetensors", resume = true },
  on_epoch = function(info)
    rows:row(info.epoch, info.loss)
    said("row", info.epoch)
    lab.save(("%s/epoch-%d.safetensors"):format(config.out, info.epoch), net:state_dict())
    said("tensors", info.epoch)
    if info.epoch % 4 == 0 then draw(info.epoch, info.history.loss) end
  end,
}
