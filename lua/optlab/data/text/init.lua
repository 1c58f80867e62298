--- Texts for models of characters: a file's characters as numbers, and windows of them.
-- @module optlab.data.text
local args = require "optlab.base.args"
local config = require "optlab.base.config"
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local Dataset = require "optlab.data.dataset"
local invent = require "optlab.data.text.invent"
local say = require "optlab.base.notice"

local M = {}

local TEXT = args.declare("data.text", {
  doc = "The characters of a text as numbers from 1 to the size of their vocabulary; without a file, a made-up text.",
  positions = 1,
  { "path", "path", doc = "A text file (UTF-8, or bytes), plain or gzip-compressed." },
  { "n", "integer", min = 1, doc = "The first n characters; by default all (of a made-up text, 200,000)." },
  { "vocabulary", "list", of = { "string" }, what = "a list of characters",
    doc = "The characters, in the order of their numbers; by default those of the text, sorted." },
})
local WINDOWS = args.declare("data.windows", {
  doc = "Windows of a sequence of tokens, X, and the same windows one token later, y, both (rows, length).",
  positions = 2,
  { "tokens", "tensor", required = true, doc = "The sequence (n)." },
  { "length", "integer", min = 1, required = true, doc = "Tokens of a window." },
  { "batch_size", "integer", min = 1, default = 1,
    doc = "Orders the rows so that, in batches of this size, row i continues where row i of the previous batch "
      .. "ended." },
})

-- The characters of a text; bytes where it is no UTF-8.
local function characters(text)
  local list = {}
  if utf8.len(text) then
    for _, code in utf8.codes(text) do list[#list + 1] = code end
    return list, utf8.char
  end
  for i = 1, #text do list[i] = text:byte(i) end
  return list, string.char
end

local function is_ascii(bytes) return bytes:max():item() < 128 end

-- The numbers of the characters that occur, sorted.
local function occurring(codes)
  local seen, list = {}, {}
  for _, code in ipairs(codes) do
    if not seen[code] then seen[code], list[#list + 1] = true, code end
  end
  table.sort(list)
  return list
end

local function occurring_bytes(bytes)
  local list = {}
  for code = 0, 127 do
    if bytes:eq(code):to("float32"):amax():item() > 0 then list[#list + 1] = code end
  end
  return list
end

local function index_of(vocabulary)
  local index = {}
  for i, character in ipairs(vocabulary) do
    if index[character] then
      errors.raise("data.text: the vocabulary holds %s twice", errors.shown(character))
    end
    index[character] = i
  end
  return index
end

local Text = { __name = "Text" }
Text.__index = Text

function Text:__len() return #self.tokens end
function Text:__tostring()
  local text = ("Text %s: %d characters, vocabulary of %d"):format(self.name, #self.tokens, #self.vocabulary)
  return self.note and text .. ", " .. self.note or text
end

local ENCODE = args.declare("Text:encode", {
  doc = "The numbers of a string's characters, int64 (n).",
  positions = 1, { "text", "string", required = true, doc = "Characters of the vocabulary." },
})
local DECODE = args.declare("Text:decode", {
  doc = "The string of the characters with these numbers.",
  positions = 1, { "tokens", "tensor", required = true, doc = "Numbers (n) from 1 to the vocabulary's size." },
})

local function number_of(self, character)
  local number = self.index[character]
  if not number then
    errors.raise("Text:encode: the vocabulary has no character %s", errors.shown(character))
  end
  return number
end

--- The numbers of a string's characters.
function Text:encode(...)
  local codes, char = characters(ENCODE:read(...).text)
  local list = {}
  for i, code in ipairs(codes) do list[i] = number_of(self, char(code)) end
  if #list == 0 then return core.tensor.zeros(0, { dtype = "int64" }) end
  return core.tensor.tensor(list, { dtype = "int64" })
end

--- The characters of a tensor of numbers, as a string.
function Text:decode(...)
  local parts = {}
  for i, number in ipairs(DECODE:read(...).tokens:reshape(-1):tolist()) do
    parts[i] = self.vocabulary[number]
      or errors.raise("Text:decode: a token must be from 1 to %d, got %s", #self.vocabulary, errors.shown(number))
  end
  return table.concat(parts)
end

-- ASCII by one look-up of all bytes.
local function tokens_of_bytes(self, bytes)
  local map = {}
  for code = 0, 127 do map[code + 1] = self.index[string.char(code)] or 0 end
  local tokens = core.tensor.tensor(map, { dtype = "int64" }):index_select(1, bytes:to("int64") + 1)
  if tokens:min():item() == 0 then
    local at = tokens:argmin():item()
    number_of(self, string.char(bytes[at]:item()))
  end
  return tokens
end

local function tokens_of_codes(self, codes, char)
  local list, known = {}, {}
  for i, code in ipairs(codes) do
    known[code] = known[code] or number_of(self, char(code))
    list[i] = known[code]
  end
  return core.tensor.tensor(list, { dtype = "int64" })
end

local function with_vocabulary(self, given, codes, char)
  local vocabulary = given and { table.unpack(given) } or {}
  if not given then
    for i, code in ipairs(codes) do vocabulary[i] = char(code) end
  end
  self.vocabulary, self.index = vocabulary, index_of(vocabulary)
  return setmetatable(self, Text)
end

local function read(path, o)
  local bytes = core.data.bytes(path)
  if #bytes == 0 then errors.raise("data.text: %s is empty", path) end
  local self = { name = path:match "[^/]+$", path = path, stand_in = false }
  if is_ascii(bytes) then
    if o.n and o.n < #bytes then bytes = bytes:narrow(1, 1, o.n) end
    with_vocabulary(self, o.vocabulary, o.vocabulary or occurring_bytes(bytes), string.char)
    self.tokens = tokens_of_bytes(self, bytes)
    return self
  end
  local codes, char = characters(core.data.text(bytes))
  for i = #codes, (o.n or #codes) + 1, -1 do codes[i] = nil end
  with_vocabulary(self, o.vocabulary, o.vocabulary or occurring(codes), char)
  self.tokens = tokens_of_codes(self, codes, char)
  return self
end

local LENGTH = 200000

local function made_up(o)
  if config.require_real_data then
    errors.raise("data.text: real data are required, but no file is given (path)")
  end
  config.stand_ins.text = true
  say("text: no file is given; using a text made up by the program")
  local codes = {}
  local text = invent(o.n or LENGTH)
  for i = 1, #text do codes[i] = text:byte(i) end
  local self = { name = "text", stand_in = true, note = "stand-in data" }
  with_vocabulary(self, o.vocabulary, o.vocabulary or occurring(codes), string.char)
  self.tokens = tokens_of_codes(self, codes, string.char)
  return self
end

--- Reads a text.
-- @tparam[opt] string path
-- @tparam[opt] table options see the declaration above
-- @treturn Text `tokens` int64 (n), `vocabulary` (list of characters), `encode(string)`, `decode(tensor)`, `name`,
-- `path`, `stand_in`, `note`
-- @usage local text = data.text("war_and_peace.txt")
function M.text(...)
  local o = TEXT:read(...)
  return o.path and read(o.path, o) or made_up(o)
end

--- Cuts a sequence into windows. A loader in order, of the same batch size, hands out batches that go on where the one
-- before ended, as a recurrent network with a state wants them; with a batch size of 1 rows follow each other.
-- @treturn Dataset `X` and `y` (rows, length); y is X one token later
-- @usage local set = data.windows(text.tokens, 50, { batch_size = 50 })
function M.windows(...)
  local o = WINDOWS:read(...)
  local tokens, length, b = o.tokens, o.length, o.batch_size
  if tokens:dim() ~= 1 then errors.raise("data.windows: tokens must be a sequence (n)") end
  local count = (#tokens - 1) // (length * b)
  if count < 1 then
    errors.raise("data.windows: %d tokens are too few for %d windows of %d", #tokens, b, length)
  end
  local n = count * b * length
  local function arrange(first)
    local rows = tokens:narrow(1, first, n):reshape(b, count, length)
    return rows:transpose(1, 2):reshape(count * b, length):contiguous()
  end
  return Dataset.new { name = "windows", X = arrange(1), y = arrange(2) }
end

return M
