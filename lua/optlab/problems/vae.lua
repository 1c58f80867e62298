--- DeepOBS's variational autoencoder (mnist_vae, fmnist_vae): three convolutions to eight latent numbers and back.
-- @module optlab.problems.vae
local core = require "optlab.core"
local nn = require "optlab.nn"
local problem = require "optlab.problems.problem"
local weights = require "optlab.problems.weights"

local M = {}

-- TensorFlow's "same" of a transposed convolution 4 x 4 at stride 1 cuts off one line at the start and two at the end.
local Same = nn.Module.extend { name = "SameTransposed" }
function Same:init(channels)
  self.conv = nn.ConvTranspose2d(channels, channels, 4, { padding = 1 })
end
function Same:forward(x)
  local y = self.conv(x)
  return y:narrow(3, 1, x.shape[3]):narrow(4, 1, x.shape[4])
end

local Vae = nn.Module.extend { name = "Vae" }

function Vae:init(latent)
  local function lrelu() return nn.LeakyReLU { negative_slope = 0.3 } end
  self.latent = latent
  self.encoder = nn.Sequential(
    nn.Conv2d(1, 64, 4, { stride = 2, padding = 1 }), lrelu(), nn.Dropout(0.2),
    nn.Conv2d(64, 64, 4, { stride = 2, padding = 1 }), lrelu(), nn.Dropout(0.2),
    nn.Conv2d(64, 64, 4, { padding = "same" }), lrelu(), nn.Dropout(0.2), nn.Flatten())
  self.mean = nn.Linear(7 * 7 * 64, latent)
  self.deviation = nn.Linear(7 * 7 * 64, latent)
  self.lines = nn.Sequential(nn.Linear(latent, 24), lrelu(), nn.Linear(24, 49), lrelu())
  self.decoder = nn.Sequential(
    nn.ConvTranspose2d(1, 64, 4, { stride = 2, padding = 1 }), nn.ReLU(), nn.Dropout(0.2),
    Same(64), nn.ReLU(), nn.Dropout(0.2), Same(64), nn.ReLU(), nn.Flatten(),
    nn.Linear(14 * 14 * 64, 784), nn.Sigmoid())
end

-- Of each image the squared error, summed, plus the divergence of its code from the normal distribution.
function Vae:forward(x)
  local code = self.encoder(x)
  local mean, s = self.mean(code), self.deviation(code) * 0.5
  local z = mean + core.tensor.randn(mean.shape, { dtype = mean.dtype }) * s:exp()
  local image = self.decoder(self.lines(z):reshape(-1, 1, 7, 7))
  local error = (image - x:reshape(#x, 784)):square():sum(2)
  return error - (s * 2 + 1 - mean:square() - (s * 2):exp()):sum(2) * 0.5
end

M.vae = problem.define("vae", {
  doc = "DeepOBS's mnist_vae and fmnist_vae: a variational autoencoder of convolutions; Xavier-uniform weights, "
    .. "biases 0. The model returns the loss of each image.",
  equation = "sum (x' - x)^2 - sum (1 + 2 s - m^2 - exp(2 s)) / 2",
  batch_size = 64, epochs = 50,
  { "data", "choice", choices = { "mnist", "fashion_mnist", "kmnist" }, default = "mnist", doc = "The data set." },
  { "latent", "integer", min = 1, default = 8, doc = "Size of an image's code." }, problem.N, problem.N_TEST,
}, function(o)
  local model = Vae(o.latent)
  weights.each(model, function(weight, bias)
    nn.init.xavier_uniform_(weight)
    nn.init.zeros_(bias)
  end)
  local train_set, test = problem.images(o.data, o)
  return { model = model, loss = function(losses) return losses:mean() end, train_set = train_set, test = test }
end)

return M
