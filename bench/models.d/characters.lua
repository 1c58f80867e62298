--- A recurrent model of characters: embedding, two layers of 128 units over 50 steps, scores; batches of 50.
-- lstm.lua and gru.lua are its two kinds.
local lab = require "optlab"
local flop = dofile "bench/models.d/flop.lua"
local values = dofile "bench/models.d/values.lua"
local nn, optim = lab.nn, lab.optim

local VOCABULARY, WIDTH, STEPS, BATCH = 83, 128, 50, 50

local Model = nn.Module.extend { name = "Characters" }

function Model:init(layer)
  self.embedding = nn.Embedding(VOCABULARY, WIDTH)
  self.cells = layer(WIDTH, WIDTH, { num_layers = 2, batch_first = true })
  self.scores = nn.Linear(WIDTH, VOCABULARY)
end

function Model:forward(x)
  local y = self.cells(self.embedding(x))
  return self.scores(y:reshape(-1, WIDTH))
end

return function(layer, gates)
  local net = values.fill(Model(layer))
  local cell = 2 * flop.linear(WIDTH, gates * WIDTH)
  return {
    batch = BATCH, net = net, X = values.integers({ 4 * BATCH, STEPS }, 1, VOCABULARY),
    y = values.integers({ 4 * BATCH, STEPS }, 2, VOCABULARY),
    loss = function(m, X, y) return nn.functional.cross_entropy(m(X), y:reshape(-1)) end,
    opt = optim.Adam(net:parameters(), { lr = 0.001 }),
    flop = flop.step(BATCH * STEPS, 0, cell, cell, flop.linear(WIDTH, VOCABULARY)),
  }
end
