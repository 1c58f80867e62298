--- The rows of bench/models, in the order of the table: {name, peer = the name in peer.py, target, open}. The target is
-- the least ratio, PyTorch's time over optlab's. open() gives {first, step}: numbers to compare, and what is timed; a
-- row or what it opens may have flop, floating-point operations, or bytes, which must be read and written at least.
local training = dofile "bench/models.d/training.lua"

local rows = {}

for _, t in ipairs {
  { "LeNet", "lenet", 2.8 }, { "2c2d", "2c2d", 1.8 }, { "3c3d", "3c3d", 2 }, { "ResNet-8 + BN", "resnet8", 2 },
  { "VAE", "vae", 1.6 }, { "char LSTM", "lstm", 1.3 }, { "char GRU", "gru", 1.3 }, { "GPT", "gpt", 1.3 },
  { "MLP", "mlp", 1 }, { "logreg", "logistic", 1 },
} do
  for _, mode in ipairs { "", " compiled" } do
    rows[#rows + 1] = {
      name = t[1] .. mode, peer = t[2], target = t[3], open = function() return training(t[2], mode ~= "") end,
    }
  end
end

for _, file in ipairs { "images", "rows", "memory", "indices", "elementwise" } do
  for _, row in ipairs(dofile("bench/models.d/operations/" .. file .. ".lua")) do
    row.name, row.peer, row.target = row[1], row[1], row.target or 1
    rows[#rows + 1] = row
  end
end

return rows
