--- Models of characters: DeepOBS's tolstoi_char_rnn, and a small GPT.
-- @module optlab.problems.texts
local core = require "optlab.core"
local data = require "optlab.data"
local nn = require "optlab.nn"
local problem = require "optlab.problems.problem"

local tensor = core.tensor

local M = {}

local PATH = { "path", "path", doc = "A text file; by default a generated text." }
local N = { "n", "integer", min = 1, doc = "The first n characters; by default all." }

-- Scores (rows, V) and the next characters.
local function text_loss(prediction, y) return nn.functional.cross_entropy(prediction, y:reshape(-1)) end
local function accuracy(prediction, y) return prediction:argmax(2):eq(y:reshape(-1)):to("float32"):mean() end

-- The first nine tenths of a text to train on, the rest to test on.
local function parts(text)
  local n = #text.tokens * 9 // 10
  return text.tokens:narrow(1, 1, n), text.tokens:narrow(1, n + 1, #text.tokens - n)
end

local CharRnn = nn.Module.extend { name = "CharRnn" }

function CharRnn:init(vocabulary, hidden, layers, batch)
  self.embedding = nn.Embedding(vocabulary, hidden)
  self.cells, self.layers = {}, layers
  for i = 1, layers do self.cells[i] = nn.LSTM(hidden, hidden, { batch_first = true }) end
  self.drop, self.scores = nn.Dropout(0.2), nn.Linear(hidden, vocabulary)
  self:register_buffer("h", tensor.zeros(layers, batch, hidden))
  self:register_buffer("c", tensor.zeros(layers, batch, hidden))
end

--- The state is 0 again, as at the start of an epoch.
function CharRnn:reset()
  self.h:zero_()
  self.c:zero_()
end

-- In training a batch goes on from the state that the one before left; otherwise each starts from 0.
function CharRnn:forward(x)
  local y, keep = self.embedding(x), self.training
  for i = 1, self.layers do
    local h, c
    local state = keep and { self.h:narrow(1, i, 1):clone(), self.c:narrow(1, i, 1):clone() } or nil
    y, h, c = self.cells[i](self.drop(y), state)
    if type(h) == "table" then h, c = h[1], h[2] end
    if keep then
      self.h:narrow(1, i, 1):copy_(h:detach())
      self.c:narrow(1, i, 1):copy_(c:detach())
    end
    y = self.drop(y)
  end
  return self.scores(y:reshape(-1, y.shape[3]))
end

-- TensorFlow's first values: Xavier-uniform matrices, a bias of 1 for the gate that forgets, the others 0.
local function first_values(model)
  nn.init.xavier_uniform_(model.embedding.weight)
  nn.init.xavier_uniform_(model.scores.weight)
  local bound = math.sqrt(3 / #model.scores.bias)
  nn.init.uniform_(model.scores.bias, -bound, bound)
  for _, cell in ipairs(model.cells) do
    local input, hidden = cell.weight_ih_l0, cell.weight_hh_l0
    local size = hidden.shape[2]
    local limit = math.sqrt(6 / (input.shape[2] + size + 4 * size))
    nn.init.uniform_(input, -limit, limit)
    nn.init.uniform_(hidden, -limit, limit)
    nn.init.zeros_(cell.bias_ih_l0)
    nn.init.zeros_(cell.bias_hh_l0)
    core.autograd.no_grad(function() cell.bias_ih_l0:narrow(1, size + 1, size):fill_(1) end)
  end
end

M.char_rnn = problem.define("char_rnn", {
  doc = "DeepOBS's tolstoi_char_rnn: two layers of LSTM with 128 units and dropout 0.2 before and after each, on "
    .. "windows of 50 characters; the last state of a batch is the first of the next.",
  batch_size = 50, epochs = 200, PATH, N,
  { "length", "integer", min = 1, default = 50, doc = "Number of characters in a window." },
  { "hidden", "integer", min = 1, default = 128, doc = "Number of units in a layer." },
}, function(o)
  local text = data.text { path = o.path, n = o.n }
  local first, last = parts(text)
  local model = CharRnn(#text.vocabulary, o.hidden, 2, o.batch_size)
  first_values(model)
  return {
    model = model, loss = text_loss, metric = accuracy, metric_name = "right", text = text, in_order = true,
    train_set = data.windows(first, o.length, { batch_size = o.batch_size }), test = data.windows(last, o.length),
    start = function() model:reset() end,
  }
end)

local Block = nn.Module.extend { name = "Block" }

function Block:init(width, heads, dropout)
  self.heads = heads
  self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
  self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
  self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
  self.gelu, self.drop = nn.GELU { approximate = "tanh" }, nn.Dropout(dropout)
end

function Block:attention(x)
  local b, t, width = table.unpack(x.shape)
  local qkv = self.qkv(x):reshape(b, t, 3, self.heads, width // self.heads):permute { 3, 1, 4, 2, 5 }
  local y = nn.functional.scaled_dot_product_attention(qkv:select(1, 1), qkv:select(1, 2), qkv:select(1, 3),
    { is_causal = true })
  return self.out(y:permute { 1, 3, 2, 4 }:reshape(b, t, width))
end

function Block:forward(x)
  x = x + self.drop(self:attention(self.norm1(x)))
  return x + self.drop(self.down(self.gelu(self.up(self.norm2(x)))))
end

local Gpt = nn.Module.extend { name = "Gpt" }

function Gpt:init(vocabulary, o)
  self.tokens, self.places = nn.Embedding(vocabulary, o.width), nn.Embedding(o.length, o.width)
  self.blocks, self.norm = nn.Sequential(), nn.LayerNorm(o.width)
  local blocks = {}
  for i = 1, o.layers do blocks[i] = Block(o.width, o.heads, o.dropout) end
  self.blocks = nn.Sequential(table.unpack(blocks))
  self.scores = nn.Linear(o.width, vocabulary, { bias = false })
end

function Gpt:forward(x)
  local places = self.places.weight:narrow(1, 1, x.shape[2])
  local y = self.norm(self.blocks(self.tokens(x) + places))
  return self.scores(y:reshape(-1, y.shape[3]))
end

local function gpt_values(model, layers)
  for name, p in model:named_parameters() do
    if name:match "bias$" then
      nn.init.zeros_(p)
    elseif not name:match "norm" then
      local into_sum = name:match "out%.weight$" or name:match "down%.weight$"
      nn.init.normal_(p, { std = into_sum and 0.02 / math.sqrt(2 * layers) or 0.02 })
    end
  end
end

M.gpt = problem.define("gpt", {
  doc = "A small GPT on characters: layers of causal attention and GELU, each after a layer norm (Radford et al., "
    .. "2019); weights are normal with deviation 0.02, those that lead into the sums smaller by the square root of "
    .. "twice the number of layers.",
  batch_size = 32, epochs = 10, PATH, N,
  { "length", "integer", min = 1, default = 64, doc = "Number of characters in a window." },
  { "width", "integer", min = 1, default = 64, doc = "Size of the vector for each character." },
  { "heads", "integer", min = 1, default = 4, doc = "Number of heads of the attention, a divisor of width." },
  { "layers", "integer", min = 1, default = 2, doc = "Number of layers." },
  { "dropout", "number", min = 0, max = 1, default = 0, doc = "The probability of dropout." },
}, function(o)
  if o.width % o.heads ~= 0 then
    require("optlab.base.errors").raise("problems.gpt: %d heads do not divide a width of %d", o.heads, o.width)
  end
  local text = data.text { path = o.path, n = o.n }
  local first, last = parts(text)
  local model = Gpt(#text.vocabulary, o)
  gpt_values(model, o.layers)
  return {
    model = model, loss = text_loss, metric = accuracy, metric_name = "right", text = text,
    train_set = data.windows(first, o.length), test = data.windows(last, o.length),
  }
end)

return M
