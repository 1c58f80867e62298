--- What may be read: regular files alone, by names that messages can show, within limits.
local lab = require "optlab"
local errors = require "tests.support.errors"
local files = require "tests.support.files"
local program = require "tests.support.program"
local contains = require("tests.support.text").contains
local lacks = require("tests.support.text").lacks

local dir

local READERS = {
  csv = function(path) return lab.data.csv(path) end,
  idx = function(path) return lab.data.idx(path) end,
  npy = function(path) return lab.data.npy(path) end,
  load_npy = function(path) return lab.load(path .. ".npy") end,
  load_npz = function(path) return lab.load(path .. ".npz") end,
  load_safetensors = function(path) return lab.load(path .. ".safetensors") end,
  load_checkpoint = function(path) return lab.load_checkpoint(path .. ".safetensors", {}) end,
}

local function suffix(name) return name:match("load_(n.*)") or name:match("load") and "safetensors" end

describe("input files", function()
  setup(function() dir = files.folder() end)
  teardown(function() files.remove(dir) end)

  it("that are pipes, devices or folders are refused at once", function()
    for name, read in pairs(READERS) do
      local path = dir .. "/" .. name
      local own = suffix(name) and path .. "." .. suffix(name) or path
      assert.equal(0, (program.shell(dir, "mkfifo " .. program.quoted(own))))
      errors.says(function() read(path) end, "cannot open " .. own .. ": it is a pipe; save what comes out of it to a "
        .. "file first")
      os.remove(own)
      assert.equal(0, (program.shell(dir, "ln -s /dev/zero " .. program.quoted(own))))
      errors.says(function() read(path) end, ": it is a device")
      os.remove(own)
      assert.equal(0, (program.shell(dir, "mkdir " .. program.quoted(own))))
      errors.says(function() read(path) end, ": Is a directory")
    end
    local pipe = dir .. "/digest"
    assert.equal(0, (program.shell(dir, "mkfifo digest")))
    for _, unpack in ipairs { true, false } do
      contains(select(2, lab.data.digest(pipe, "md5", unpack)), "it is a pipe")
    end
  end)

  it("leave the writer of a pipe waiting", function()
    files.write(dir .. "/a.lua", 'local lab = require "optlab"\nprint(pcall(lab.data.csv, "p"))\n')
    local status, out = program.shell(dir, "mkfifo p; (echo 1,2 > p; echo written > w) & sleep 0.1; "
      .. program.quoted(program.path) .. " a.lua; test ! -e w; s=$?; cat p; exit $s")
    assert.equal(0, status)
    contains(out, "it is a pipe", "1,2")
  end)

  it("may be standard input, if that is a file; a script may come out of a pipe", function()
    files.write(dir .. "/in.csv", "1,2\n")
    files.write(dir .. "/b.lua", 'local lab = require "optlab"\nprint(lab.data.csv("/dev/stdin"):sum():item())\n')
    local run = program.quoted(program.path)
    local _, out, err = program.shell(dir, run .. " b.lua < in.csv; cat in.csv | " .. run .. " b.lua")
    assert.equal("3.0\n", out)
    contains(err, "b.lua:2: data.csv: cannot open /dev/stdin: it is a pipe")
    _, out = program.shell(dir, "mkfifo s.lua; (echo 'print(7)' > s.lua &) ; " .. run .. " s.lua")
    assert.equal("7\n", out)
  end)

  it("have names without a byte 0", function()
    files.write(dir .. "/x", "1\n")
    local cut = dir .. "/x\0.npy"
    for _, name in ipairs { "csv", "idx", "npy" } do
      errors.fails(("data.%s: path must be a string without a byte 0, got '%s/x\\x00.npy'"):format(name, dir),
        function() return lab.data[name](cut) end)
    end
    errors.fails("lab.load: path must be a string without a byte 0", function() lab.load(cut) end)
    errors.fails("lab.save: path must be a string without a byte 0", function() lab.save(cut, lab.ones(1)) end)
    errors.fails("lab.save_checkpoint: path must be a string without a byte 0",
      function() lab.save_checkpoint(cut, {}) end)
    errors.fails("data.download: path must be a string without a byte 0",
      function() return lab.data.download("http://x", cut) end)
    errors.fails("data.digest: path must be a string without a byte 0",
      function() return lab.data.digest(cut, "md5") end)
    errors.fails("lab.metrics: name must be a string without a byte 0",
      function() lab.metrics({ "a" }, "x\0y") end)
    errors.fails("must be the name of a folder, got", function() lab.plot.set_out("") end)
    errors.fails("byte 0", function() lab.set_out("a\0b") end)
    errors.fails("Figure:save: name must be a string without a byte 0",
      function() lab.plot.figure():line({ 1, 2 }, { 1, 2 }):save("a\0b") end)
    errors.fails("dtype must be one of 'float32', 'float64', 'int64', 'uint8', got 'int64\\x00x'",
      function() return lab.zeros({ 1 }, { dtype = "int64\0x" }) end)
    errors.fails("columns[1] must be a position (1, 2, ...) or a name, got 'a\\x00'",
      function() return lab.data.csv(dir .. "/x", { columns = { "a\0" } }) end)
  end)

  it("cannot write to the terminal by their names", function()
    local evil = "a\27[31m\7\n\u{9b}\x9b\127b"
    local shown = "a\\x1b[31m\\x07\\n\\xc2\\x9b\\x9b\\x7fb"
    for name, read in pairs(READERS) do
      local message = errors.message(function() read(dir .. "/" .. evil) end)
      contains(message, shown)
      assert.is_nil(message:find("[\0-\31\127]"), name)
    end
    contains(select(2, lab.data.digest(dir .. "/" .. evil, "md5")), shown)
    errors.fails("must end in .safetensors, .npy or .npz", function() lab.load(evil) end)
    errors.fails("got '" .. shown .. "'", function() return lab.zeros({ 1 }, { dtype = evil }) end)
    errors.fails("unknown option '" .. shown .. "'", function() return lab.zeros({ 1 }, { [evil] = 1 }) end)
    files.write(dir .. "/c.lua", ('local lab = require "optlab"\nerror("plain \\27[31m\\ttext")'))
    local _, _, err = program.run(dir, "c.lua")
    contains(err, "plain \\x1b[31m\ttext")
    _, _, err = program.run(dir, evil)
    contains(err, shown:gsub("\\n", "\n"))
    lacks(err, "\27")
    local long = errors.message(function() return lab.zeros({ 1 }, { dtype = ("é"):rep(100000) }) end)
    assert.is_true(#long < 1000 and utf8.len(long) ~= nil and long:find("é...'", 1, true) ~= nil)
  end)

  it("are unpacked up to a limit", function()
    files.write(dir .. "/zeros.csv", ("0\n"):rep(1 << 20))
    files.write(dir .. "/z.idx", "\0\0\8\1" .. string.pack(">I4", 1 << 20) .. ("\0"):rep(1 << 20))
    lab.save(dir .. "/z.npz", { a = lab.zeros(1 << 17), b = lab.zeros(1 << 17) }, { compress = true })
    lab.save(dir .. "/plain.npz", { a = lab.zeros(1 << 17), b = lab.zeros(1 << 17) })
    files.write(dir .. "/d.lua", [[
      local lab = require "optlab"
      for _, f in ipairs { function() return lab.data.csv("zeros.csv.gz") end,
        function() return lab.data.idx("z.idx.gz") end, function() return lab.load("z.npz") end,
        function() return assert(lab.data.digest("z.idx.gz", "md5", true)) end,
        function() return lab.load("plain.npz") end, function() return lab.data.csv("zeros.csv") end } do
        local ok, message = pcall(f)
        print(ok, type(message) == "string" and message or "")
      end]])
    local run = program.quoted(program.path)
    local _, out = program.shell(dir, "gzip -kf zeros.csv z.idx; OPTLAB_MAX_UNPACKED=1000K " .. run .. " d.lua")
    local refused = "more than 1024000 bytes come out of this compressed file; OPTLAB_MAX_UNPACKED sets the limit"
    assert.equal(4, select(2, out:gsub("false\t[^\n]*" .. refused:gsub("%p", "%%%0"), "")), out)
    assert.equal(2, select(2, out:gsub("true", "")), out)
    _, out = program.shell(dir, "OPTLAB_MAX_UNPACKED=2M " .. run .. " d.lua")
    assert.equal(6, select(2, out:gsub("true", "")), out)
    for _, value in ipairs { "x", "-1", "0", "1X", "1MB", "9999999999999999999" } do
      _, out = program.shell(dir, ("OPTLAB_MAX_UNPACKED=%s %s d.lua"):format(value, run))
      contains(out, ("OPTLAB_MAX_UNPACKED must be a number of bytes such as 500M or 16G, got '%s'"):format(value))
    end
  end)
end)
