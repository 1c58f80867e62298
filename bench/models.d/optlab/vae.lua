--- DeepOBS's variational autoencoder, convolutions to eight numbers and transposed ones back, batches of 64. The
-- normal numbers are given with the images, and nothing is dropped out, so that losses can be compared.
local lab = require "optlab"
local flop = dofile "bench/models.d/flop.lua"
local values = dofile "bench/models.d/values.lua"
local nn, optim = lab.nn, lab.optim

-- "same" of a transposed convolution 4 x 4 at stride 1: one line is cut off at the start and two at the end.
local Same = nn.Module.extend { name = "Same" }
function Same:init(channels)
  self.conv = nn.ConvTranspose2d(channels, channels, 4, { padding = 1 })
end
function Same:forward(x)
  return self.conv(x):narrow(3, 1, x.shape[3]):narrow(4, 1, x.shape[4])
end

local function lrelu() return nn.LeakyReLU(0.3) end

local Vae = nn.Module.extend { name = "Vae" }

function Vae:init()
  self.encoder = nn.Sequential(
    nn.Conv2d(1, 64, 4, { stride = 2, padding = 1 }), lrelu(),
    nn.Conv2d(64, 64, 4, { stride = 2, padding = 1 }), lrelu(),
    nn.Conv2d(64, 64, 4, { padding = "same" }), lrelu(), nn.Flatten())
  self.mean, self.deviation = nn.Linear(3136, 8), nn.Linear(3136, 8)
  self.lines = nn.Sequential(nn.Linear(8, 24), lrelu(), nn.Linear(24, 49), lrelu())
  self.decoder = nn.Sequential(
    nn.ConvTranspose2d(1, 64, 4, { stride = 2, padding = 1 }), nn.ReLU(), Same(64), nn.ReLU(), Same(64), nn.ReLU(),
    nn.Flatten(), nn.Linear(12544, 784), nn.Sigmoid())
end

function Vae:forward(x, noise)
  local code = self.encoder(x)
  local mean, s = self.mean(code), self.deviation(code) * 0.5
  local z = mean + noise * s:exp()
  local image = self.decoder(self.lines(z):reshape(-1, 1, 7, 7))
  local error = (image - x:flatten(2)):square():sum(2)
  return (error - (s * 2 + 1 - mean:square() - (s * 2):exp()):sum(2) * 0.5):mean()
end

local net = values.fill(Vae())
return {
  batch = 64, net = net, X = values.uniform({ 256, 1, 28, 28 }, 1, 0, 1), y = values.uniform({ 256, 8 }, 2, -1.7, 1.7),
  loss = function(m, X, noise) return m(X, noise) end,
  opt = optim.Adam(net:parameters(), { lr = 0.001 }),
  flop = flop.step(64, flop.conv(1, 64, 4, 14), flop.conv(64, 64, 4, 7), flop.conv(64, 64, 4, 7),
    flop.linear(3136, 16), flop.linear(8, 24), flop.linear(24, 49), flop.conv(1, 64, 4, 7),
    flop.conv(64, 64, 4, 14), flop.conv(64, 64, 4, 14), flop.linear(12544, 784)),
}
