--- Times steps of a whole training: a batch from a shuffling loader, forward, loss, backward, update. Prints "NAME
-- PROGRAM microseconds"; the number of threads is OMP_NUM_THREADS. trainings.py has the same ones.
local lab = require "optlab"
local p = lab.params { name = "mlp", seconds = { default = 2.0, help = "how long the steps are repeated" },
  mode = { default = "eager", choices = { "eager", "compiled" } } }
local nn, P = lab.nn, lab.problems

-- A residual block; the first one of a stage halves the image.
local Block = nn.Module.extend { name = "Block" }
function Block:init(c, d, stride)
  self.conv1 = nn.Conv2d(c, d, 3, { stride = stride, padding = 1, bias = false })
  self.conv2 = nn.Conv2d(d, d, 3, { padding = 1, bias = false })
  self.norm1, self.norm2, self.relu = nn.BatchNorm2d(d), nn.BatchNorm2d(d), nn.ReLU()
  if c ~= d then self.short = nn.Conv2d(c, d, 1, { stride = stride, bias = false }) end
end
function Block:forward(x)
  local y = self.norm2(self.conv2(self.relu(self.norm1(self.conv1(x)))))
  return self.relu(y + (self.short and self.short(x) or x))
end

local function resnet8()
  return nn.Sequential(nn.Conv2d(3, 16, 3, { padding = 1, bias = false }), nn.BatchNorm2d(16), nn.ReLU(),
    Block(16, 16, 1), Block(16, 32, 2), Block(32, 64, 2), nn.AvgPool2d(8), nn.Flatten(), nn.Linear(64, 10))
end

local CharRnn = nn.Module.extend { name = "CharRnn" }
function CharRnn:init(cell)
  self.embedding, self.scores = nn.Embedding(64, 128), nn.Linear(128, 64)
  self.first, self.second = cell(128, 128, { batch_first = true }), cell(128, 128, { batch_first = true })
end
function CharRnn:forward(x)
  local y = self.second((self.first(self.embedding(x))))
  return self.scores(y:reshape(-1, 128))
end

local function images(n, channels, side, batch, flat)
  local X = lab.randint(256, { n, channels, side, side }):to "uint8"
  if flat then X = X:reshape(n, -1) end
  return { X = X, y = lab.randint(1, 11, { n }), transform = { scale = 1 / 255 }, batch = batch }
end
local function windows(batch, length)
  local tokens = lab.randint(1, 65, { 64 * batch, length })
  return { X = tokens, y = tokens, batch = batch }
end

local function built(name) return P[name] { n = 1, n_test = 1 }:build().model end
local function entropy(scores, y) return nn.functional.cross_entropy(scores, y:reshape(-1)) end

local TRAININGS = {
  logreg = { function() return built "logreg" end, function() return images(4096, 1, 28, 128, true) end },
  mlp = { function() return built "mlp" end, function() return images(4096, 1, 28, 128, true) end },
  lenet = { lab.book.lenet, function() return images(4096, 1, 28, 256) end },
  net_2c2d = { function() return built "net_2c2d" end, function() return images(2048, 1, 28, 128) end },
  net_3c3d = { function() return built "net_3c3d" end, function() return images(2048, 3, 32, 128) end },
  resnet8 = { resnet8, function() return images(2048, 3, 32, 128) end },
  vae = { function() return built "vae" end, function() return images(1024, 1, 28, 64) end,
    function(losses) return losses:mean() end },
  char_lstm = { function() return CharRnn(nn.LSTM) end, function() return windows(50, 50) end },
  char_gru = { function() return CharRnn(nn.GRU) end, function() return windows(50, 50) end },
  gpt = { function() return P.gpt { n = 3000 }:build().model end, function()
    local set = windows(32, 64)
    set.X = (set.X - 1) % 20 + 1
    set.y = set.X
    return set
  end },
}

lab.manual_seed(1)
local make, data, loss = table.unpack(TRAININGS[p.name])
local model, set = make(), data()
loss = loss or entropy
local loader = lab.data.loader({ X = set.X, y = set.y },
  { batch_size = set.batch, shuffle = true, transform = set.transform or false })
local opt = lab.optim.SGD(model:parameters(), { lr = 1e-3, momentum = 0.9 })

local function step(X, y)
  opt:zero_grad()
  local value = loss(model(X), y)
  value:backward()
  opt:step()
end
if p.mode == "compiled" then step = lab.compile(step) end

local done = 0
local function run(ending)
  while true do
    for X, y in loader:batches() do
      step(X, y)
      done = done + 1
      if ending(done) then return end
    end
  end
end

run(function(n) return n >= 3 end)
local start = lab.clock()
done = 0
run(function(n) return n >= 3 and lab.clock() - start > p.seconds end)
print(("%s %s %.9g"):format(p.name, p.mode, (lab.clock() - start) / done * 1e6))
