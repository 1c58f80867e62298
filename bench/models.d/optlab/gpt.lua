--- A small GPT: two layers of width 64 with four heads, 64 characters at a time, batches of 32.
local lab = require "optlab"
local flop = dofile "bench/models.d/flop.lua"
local values = dofile "bench/models.d/values.lua"
local nn, optim = lab.nn, lab.optim

local F = nn.functional
local VOCABULARY, WIDTH, HEADS, LENGTH, BATCH = 65, 64, 4, 64, 32

local Block = nn.Module.extend { name = "Block" }

function Block:init()
  self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
  self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
  self.up, self.down, self.gelu = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH), nn.GELU()
end

function Block:attention(x)
  local n = #x
  local qkv = self.qkv(x):reshape(n, LENGTH, 3, HEADS, WIDTH // HEADS):permute { 3, 1, 4, 2, 5 }
  local y = F.scaled_dot_product_attention(qkv[1], qkv[2], qkv[3], { is_causal = true })
  return self.out(y:transpose(2, 3):reshape(n, LENGTH, WIDTH))
end

function Block:forward(x)
  x = x + self:attention(self.norm1(x))
  return x + self.down(self.gelu(self.up(self.norm2(x))))
end

local Gpt = nn.Module.extend { name = "Gpt" }

function Gpt:init()
  self.tokens, self.places = nn.Embedding(VOCABULARY, WIDTH), nn.Embedding(LENGTH, WIDTH)
  self.blocks, self.norm = nn.Sequential(Block(), Block()), nn.LayerNorm(WIDTH)
  self.scores = nn.Linear(WIDTH, VOCABULARY, { bias = false })
end

function Gpt:forward(x)
  local y = self.norm(self.blocks(self.tokens(x) + self.places.weight))
  return self.scores(y:reshape(-1, WIDTH))
end

local net = values.fill(Gpt())
local products = flop.linear(WIDTH, 12 * WIDTH) + 2 * flop.linear(LENGTH, WIDTH)
return {
  batch = BATCH, net = net, X = values.integers({ 4 * BATCH, LENGTH }, 1, VOCABULARY),
  y = values.integers({ 4 * BATCH, LENGTH }, 2, VOCABULARY),
  loss = function(m, X, y) return F.cross_entropy(m(X), y:reshape(-1)) end,
  opt = optim.Adam(net:parameters(), { lr = 0.001 }),
  flop = flop.step(BATCH * LENGTH, 0, products, products, flop.linear(WIDTH, VOCABULARY)),
}
