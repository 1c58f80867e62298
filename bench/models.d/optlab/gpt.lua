--- The GPT of lab.problems: two layers of width 64 with four heads, 64 characters at a time, batches of 32.
local lab = require "optlab"
local flop = dofile "bench/models.d/flop.lua"
local values = dofile "bench/models.d/values.lua"
local nn, optim = lab.nn, lab.optim

local VOCABULARY, WIDTH, LENGTH, BATCH = 65, 64, 64, 32

-- The model of a text with so many different characters.
local function model()
  local path, letters = os.tmpname(), {}
  for i = 1, VOCABULARY do letters[i] = string.char(48 + i) end
  local file <close> = assert(io.open(path, "w"))
  file:write(table.concat(letters):rep(100))
  file:flush()
  local net = lab.problems.gpt { path = path, length = LENGTH, width = WIDTH }:build().model
  os.remove(path)
  return net
end

local net = values.fill(model())
local products = flop.linear(WIDTH, 12 * WIDTH) + 2 * flop.linear(LENGTH, WIDTH)
return {
  batch = BATCH, net = net, X = values.integers({ 4 * BATCH, LENGTH }, 1, VOCABULARY),
  y = values.integers({ 4 * BATCH, LENGTH }, 2, VOCABULARY),
  loss = function(m, X, y) return nn.functional.cross_entropy(m(X), y:reshape(-1)) end,
  opt = optim.Adam(net:parameters(), { lr = 0.001 }),
  flop = flop.step(BATCH * LENGTH, 0, products, products, flop.linear(WIDTH, VOCABULARY)),
}
