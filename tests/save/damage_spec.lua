--- Files with changed sizes, offsets and bytes: lab.load gives a value that can be worked with, or an error of a line.
--
-- scripts/fuzz does this to the readers in C, for longer; here the headers that are read in Lua are met too.
local lab = require "optlab"
local files = require "tests.support.files"

local ROUNDS = 400
local NUMBERS = { "0", "1", "2", "3", "-1", "7", "255", "65536", "2147483648", "4294967296", "9007199254740993",
  "1152921504606846976", "4611686018427387904", "9223372036854775807", "9223372036854775808", "1e3", "0.5", "1e999" }

-- A generator of the spec's own, so that a failure can be repeated.
local state
local function below(n)
  state = (state * 6364136223846793005 + 1442695040888963407)
  return (state >> 33) % n + 1
end

-- One of the numbers in a text becomes another.
local function change_number(text, last)
  local places = {}
  for at, stop in text:sub(1, last):gmatch("()%d+()") do places[#places + 1] = { at, stop } end
  if #places == 0 then return text end
  local place = places[below(#places)]
  return text:sub(1, place[1] - 1) .. NUMBERS[below(#NUMBERS)] .. text:sub(place[2])
end

local function change_byte(text)
  local at = below(#text)
  return text:sub(1, at - 1) .. string.char(below(256) - 1) .. text:sub(at + 1)
end

local function change_order(text, last)
  local a, b = below(last), below(last)
  if a > b then a, b = b, a end
  return text:sub(1, a - 1) .. text:sub(b) .. text:sub(a, b - 1)
end

-- The header is changed, and its length put right, so that the change is met.
local FORMATS = {
  safetensors = { length = "<I8", at = 1, header = 9 },
  npy = { length = "<I2", at = 9, header = 11 },
}

local function damage(bytes, f)
  if below(4) == 1 then return change_byte(bytes) end
  local n = string.unpack(f.length, bytes, f.at)
  local header, rest = bytes:sub(f.header, f.header + n - 1), bytes:sub(f.header + n)
  for _ = 1, below(2) do
    header = below(6) == 1 and change_order(header, #header) or change_number(header, #header)
  end
  if below(8) == 1 then rest = rest:sub(1, below(#rest + 1) - 1) end
  return bytes:sub(1, f.at - 1) .. string.pack(f.length, #header) .. header .. rest
end

-- Sums, copies and softmaxes all tensors of a value.
local function work(value)
  if type(value) == "table" then
    for key, entry in pairs(value) do work(key) work(entry) end
  elseif type(value) == "userdata" then
    local t = value:to("float32")
    t:contiguous():sum():item()
    tostring(value)
    for d = 1, t:dim() do
      t:softmax(d):sum():item()
      t:transpose(1, d):clone()
    end
  end
end

describe("a damaged file", function()
  local dir
  before_each(function() dir = files.folder() end)
  after_each(function() files.remove(dir) end)

  for suffix, format in pairs(FORMATS) do
    it("of the format " .. suffix .. " is a value or an error", function()
      local path = dir .. "/x." .. suffix
      local value = { a = lab.rand(2, 3), b = { lab.arange(4), lab.zeros(0, 5), 1.5, "x" }, [true] = lab.ones(2, 1, 2) }
      lab.save(path, suffix == "npy" and lab.rand(2, 3, 4) or value)
      local bytes, loaded = files.read(path), 0
      local before = lab.memory().live
      for seed = 1, ROUNDS do
        state = seed * 7919
        files.write(path, damage(bytes, format))
        local ok, result = pcall(lab.load, path)
        if ok then
          loaded = loaded + 1
          work(result)
        else
          assert.is_string(result, seed)
          assert.is_truthy(result:find(path, 1, true), ("seed %d: %s"):format(seed, result))
          assert.is_nil(result:find("[\0-\31\127]"), ("seed %d: %s"):format(seed, result))
          assert.is_nil(result:find("attempt to", 1, true), ("seed %d: %s"):format(seed, result))
        end
      end
      assert.is_true(loaded < ROUNDS)
      collectgarbage() collectgarbage()
      assert.is_true(lab.memory().live - before < 1e6)
    end)
  end
end)
