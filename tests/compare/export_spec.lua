--- optlab export: CSV, JSON, and event files whose frames and messages are read again by code of its own.
local crc32c = require "optlab.compare.export.crc32c"
local fake_runs = require "tests.support.fake_runs"
local files = require "tests.support.files"
local json = require "optlab.base.json"
local program = require "tests.support.program"
local runs_folder = require "tests.support.runs_folder"
local tensorboard = require "optlab.compare.export.tensorboard"

local dir

local function export(...) return runs_folder.said("export", ...) end

-- --- a reader of its own --------------------------------------------------------------------------------------------

-- CRC-32C bit by bit, from its polynomial x^32 + x^28 + ... + 1 (0x1EDC6F41), the bits of each byte reversed.
local function reversed(n, bits)
  local out = 0
  for i = 0, bits - 1 do out = out | (n >> i & 1) << (bits - 1 - i) end
  return out
end

local function checksum(bytes)
  local crc = 0xFFFFFFFF
  for byte in bytes:gmatch "." do
    crc = crc ~ reversed(byte:byte(), 8) << 24
    for _ = 1, 8 do
      local top = crc & 0x80000000 ~= 0
      crc = crc << 1 & 0xFFFFFFFF
      if top then crc = crc ~ 0x1EDC6F41 end
    end
  end
  return reversed(crc ~ 0xFFFFFFFF, 32)
end

local function unmasked(masked)
  local turned = masked - 0xA282EAD8 & 0xFFFFFFFF
  return (turned >> 17 | turned << 15) & 0xFFFFFFFF
end

-- The messages of a TFRecord file; each checksum is checked.
local function frames(text)
  local list, at = {}, 1
  while at <= #text do
    local length, sum, after = ("<I8I4"):unpack(text, at)
    assert.equal(checksum(text:sub(at, at + 7)), unmasked(sum))
    local message = text:sub(after, after + length - 1)
    assert.equal(length, #message)
    local second, stop = ("<I4"):unpack(text, after + length)
    assert.equal(checksum(message), unmasked(second))
    list[#list + 1], at = message, stop
  end
  return list
end

local function varint(text, at)
  local n, shift = 0, 0
  while true do
    local byte = text:byte(at)
    n, shift, at = n | (byte & 0x7F) << shift, shift + 7, at + 1
    if byte < 0x80 then return n, at end
  end
end

-- field -> value of a message: bytes, or what a format of string.unpack gives.
local function fields(text)
  local found, at = {}, 1
  while at <= #text do
    local key, value
    key, at = varint(text, at)
    local kind = key & 7
    if kind == 0 then
      value, at = varint(text, at)
    elseif kind == 2 then
      local length
      length, at = varint(text, at)
      value, at = text:sub(at, at + length - 1), at + length
    else
      value, at = (kind == 1 and "<d" or "<f"):unpack(text, at)
    end
    found[key >> 3] = value
  end
  return found
end

-- {{time, step, tag, value}, ...} of an event file, whose first message is its version.
local function events(text)
  local list = frames(text)
  local first = fields(table.remove(list, 1))
  assert.equal("brain.Event:2", first[3])
  for i, message in ipairs(list) do
    local event = fields(message)
    local value = fields(fields(event[5])[1])
    list[i] = { event[1], event[2], value[1], value[2] }
  end
  return list, first[1]
end

local function event_file(folder)
  local names = files.names(folder)
  assert.equal(1, #names)
  assert.is_truthy(names[1]:find "^events%.out%.tfevents%.")
  return files.read(folder .. "/" .. names[1])
end

-- --- specs ----------------------------------------------------------------------------------------------------------

describe("CRC-32C", function()
  it("has the known values", function() -- RFC 3720, B.4; the last one is the usual check of a CRC
    assert.equal(0x8A9136AA, crc32c.sum(("\0"):rep(32)))
    assert.equal(0x62A8AB43, crc32c.sum(("\xFF"):rep(32)))
    local up = ""
    for i = 0, 31 do up = up .. string.char(i) end
    assert.equal(0x46DD794E, crc32c.sum(up))
    assert.equal(0x113FDB5C, crc32c.sum(up:reverse()))
    assert.equal(0xE3069283, crc32c.sum "123456789")
    assert.equal(0, crc32c.sum "")
  end)

  it("is that of the definition", function()
    for _, text in ipairs { "a", "optlab", ("x\0\xFF"):rep(100) } do
      assert.equal(checksum(text), crc32c.sum(text))
      assert.equal(checksum(text), unmasked(crc32c.masked(text)))
    end
  end)
end)

describe("optlab export", function()
  before_each(function() dir = runs_folder.open() end)
  after_each(runs_folder.close)

  it("writes event files with the run's values, steps and times, the same each time", function()
    fake_runs.make(dir .. "/runs", { n = 3, experiment = "m", started = "2026-03-01T10:12:05Z", seconds = 10,
      series = { { x = { 1, 2, 300 }, y = { 0.5, 0.25, 0 / 0 } },
        { quantity = "acc", x = { 1, 2 }, y = { 0.1, 0.9 } } } })
    assert.equal("tb: 1 event file with 5 values of 1 run\n", export("3", "--tensorboard", "tb"))
    local text = event_file(dir .. "/tb/3-m")
    local list, start = events(text)
    assert.equal(1772359925, start) -- date -u -d 2026-03-01T10:12:05Z +%s
    assert.equal(5, #list)
    assert.same({ 1772359925 + 10 / 3, 1, "loss", 0.5 }, list[1])
    assert.same({ 1772359930, 1, "acc", (("<f"):unpack(("<f"):pack(0.1))) }, list[2])
    assert.same({ 2, "loss", 0.25 }, { table.unpack(list[3], 2) })
    assert.same({ 1772359935, 300, "loss" }, { table.unpack(list[5], 1, 3) })
    assert.is_true(list[5][4] ~= list[5][4])
    export("3", "--tensorboard", "tb")
    assert.equal(text, event_file(dir .. "/tb/3-m"))
  end)

  it("gives each line of a run its folder, takes recorded steps, and counts where x is not whole", function()
    fake_runs.make(dir .. "/runs", { n = 1, experiment = "m", metrics = {}, history = {
      { "a/b", 0.5, 50, "loss", 4 }, { "a/b", 1, 100, "loss", 2 }, { "..", 1, 70, "loss", 1 } } })
    fake_runs.make(dir .. "/runs", { n = 2, experiment = "m", series = { { x = { 0.5, 1.5 }, y = { 1, 2 } } } })
    fake_runs.make(dir .. "/runs", { n = 3, experiment = "m" })
    assert.equal("tb: 3 event files with 5 values of 2 runs\nwithout curves: 3-m\n",
      export("1..3", "--tensorboard", "tb"))
    local list = events(event_file(dir .. "/tb/1-m/a_b"))
    assert.same({ 50, 100 }, { list[1][2], list[2][2] })
    assert.same({ "..", "a_b" }, { "..", files.names(dir .. "/tb/1-m")[2] })
    assert.equal(70, events(event_file(dir .. "/tb/1-m/_.."))[1][2])
    assert.equal(1, events(event_file(dir .. "/tb/2-m"))[1][2])
  end)

  it("gives no two lines and no two runs one folder", function()
    for n, folder in ipairs { "runs", "more" } do
      fake_runs.make(("%s/%s"):format(dir, folder), { n = 1, experiment = "m", series = {
        { run = "η 1", y = { n } }, { run = "β 1", y = { 2 } }, { run = "a/b", y = { 3 } }, { run = "a b", y = { 4 } },
        { run = ("x"):rep(300), y = { 5 } } } })
    end
    assert.equal("tb: 10 event files with 10 values of 2 runs\n", export("1", "more/1-m", "--tensorboard", "tb"))
    assert.same({ "1-m", "1-m_2" }, files.names(dir .. "/tb"))
    assert.same({ "a_b", "a_b_2", ("x"):rep(200), "β_1", "η_1" }, files.names(dir .. "/tb/1-m"))
    assert.equal(3, events(event_file(dir .. "/tb/1-m/a_b"))[1][4])
    assert.equal(4, events(event_file(dir .. "/tb/1-m/a_b_2"))[1][4])
  end)

  it("knows the calendar", function()
    for text, seconds in pairs {
      ["1970-01-01T00:00:00Z"] = 0, ["2000-02-29T23:59:59Z"] = 951868799, ["2024-12-31T12:00:00Z"] = 1735646400,
      ["2026-03-01T00:00:00Z"] = 1772323200, ["yesterday"] = 0,
    } do
      assert.equal(seconds, tensorboard.seconds(text))
    end
  end)

  it("writes CSV with parameters, and JSON with everything", function()
    fake_runs.make(dir .. "/runs", { n = 1, experiment = "m", parameters = { lr = 0.1 }, seed = 7,
      loss = { 0.5, 1 / 0 }, tags = { "a,b" } })
    fake_runs.make(dir .. "/runs", { n = 2, experiment = "m", parameters = { beta = 2 }, loss = { 3 } })
    assert.equal("run,experiment,seed,status,parameter.beta,parameter.lr,line,quantity,x_name,x,value\n"
      .. "1-m,m,7,done,,0.1,train,loss,epoch,1,0.5\n1-m,m,7,done,,0.1,train,loss,epoch,2,inf\n"
      .. "2-m,m,0,done,2,,train,loss,epoch,1,3\n", export("1", "2", "--csv"))
    assert.equal("e/r.json: 2 runs\n", export("1..2", "--json", "--out", "e/r.json"))
    local list = json.decode(files.read(dir .. "/e/r.json"))
    assert.same({ "1-m", 7, 0.1, "a,b" }, { list[1].name, list[1].seed, list[1].parameters.lr, list[1].tags[1] })
    assert.same({ 0.5, { float = "inf" } }, { list[1].series[1].y[1], list[1].series[1].y[2] })
    assert.equal(3, list[2].final.loss)
  end)

  it("refuses what it cannot do", function()
    fake_runs.make(dir .. "/runs", { n = 1, experiment = "m", loss = { 1 } })
    files.write(dir .. "/file", "")
    for words, message in pairs {
      ["1"] = "export: give one of --csv, --json and --tensorboard DIR",
      ["1 --csv --json"] = "export: give one of --csv, --json and --tensorboard DIR",
      ["1 --tensorboard t --out x"] = "export: --out is the file of --csv and --json",
      ["9 --csv"] = "export: there is no run 9 in runs (the last one is 1-m)",
      ["1 --tensorboard file"] = "export: cannot make the folder file: a file of that name is in the way",
    } do
      local list = {}
      for word in words:gmatch "%S+" do list[#list + 1] = word end
      local status, out, err = program.run(dir, "export", table.unpack(list))
      assert.same({ 1, "", "optlab: " .. message .. "\n" }, { status, out, err })
    end
  end)
end)
