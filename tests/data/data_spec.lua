local lab = require "optlab"
local uv = require "luv"
local data = lab.data

local REAL = (os.getenv "OPTLAB_DATA" or "../shared/data") .. "/airfoil_self_noise.dat"
local SHA1 = "sha1:76e5be1548fd8222e5074cf0faae75edff8cf93f"
local IDX = (os.getenv "OPTLAB_DATA" or "../shared/data") .. "/fashion-mnist/"

uv.os_setenv("no_proxy", "*")

local folder -- a fresh one for the whole file

local function write(name, text)
  local path = folder .. "/" .. name
  local f = assert(io.open(path, "wb"))
  f:write(text)
  f:close()
  return path
end

local function read(path)
  local f = io.open(path, "rb")
  if not f then return nil end
  local text = f:read("a")
  f:close()
  return text
end

local function names(path)
  local list = {}
  local dir = uv.fs_scandir(path)
  while dir do
    local name = uv.fs_scandir_next(dir)
    if not name then break end
    list[#list + 1] = name
  end
  return list
end

local function remove(path)
  for _, name in ipairs(names(path)) do
    local p = path .. "/" .. name
    if uv.fs_lstat(p).type == "directory" then remove(p) else os.remove(p) end
  end
  uv.fs_rmdir(path)
end

local function message(fn, ...)
  local ok, err = pcall(fn, ...)
  assert.is_false(ok)
  return tostring(err)
end

local function contains(text, part)
  assert.truthy(text:find(part, 1, true), ("%q is not in %q"):format(part, text))
end

local function real_file()
  if not read(REAL) then pending("the real airfoil file is missing: " .. REAL) end
  return read(REAL)
end

describe("data", function()
  setup(function() folder = assert(uv.fs_mkdtemp((os.getenv "TMPDIR" or "/tmp") .. "/optlab-data-XXXXXX")) end)
  teardown(function() remove(folder) end)

  describe("csv", function()
    local count = 0
    local function parse(text, options)
      count = count + 1
      return data.csv(write(("t%d.csv"):format(count), text), options)
    end
    local function table_of(text, options) return (parse(text, options)):tolist() end
    local function error_of(text, options) return message(parse, text, options) end
    local TWO = { { 1, 2.5, -3 }, { 4, 5, 6 } }

    it("detects commas, tabs, semicolons and blanks", function()
      assert.same(TWO, table_of "1,2.5,-3\n4,5,6\n")
      assert.same(TWO, table_of "1\t2.5\t-3\n4\t5\t6\n")
      assert.same(TWO, table_of "1;2.5;-3\n4;5;6\n")
      assert.same(TWO, table_of "  1 2.5   -3\n4\t5  6  \n")
    end)

    it("takes CRLF, empty lines, comments, a byte-order mark and a last line without end", function()
      assert.same(TWO, table_of "\xEF\xBB\xBF# c\r\n1,2.5,-3\r\n\r\n   \r\n4,5,6 # d")
    end)

    it("reads quoted fields", function()
      local t, header = parse('"a, b","say ""x"""\n"1", "2"\n', { header = true })
      assert.same({ { 1, 2 } }, t:tolist())
      assert.same({ "a, b", 'say "x"' }, header)
    end)

    it("picks columns by position and by name, past columns of text", function()
      local text = "a,kind,c\n1,oak,3\n4,elm,6\n"
      local t, header = parse(text, { header = true, columns = { "c", 1 } })
      assert.same({ { 3, 1 }, { 6, 4 } }, t:tolist())
      assert.same({ "c", "a" }, header)
      contains(error_of(text, { header = true, columns = { "d" } }), ":1: no column is called 'd'")
      contains(error_of(text, { header = true, columns = { 4 } }), ":1: no column 4, the line has 3 fields")
    end)

    it("skips lines", function() assert.same({ { 1, 2 } }, table_of("some words\n1 2\n", { skip = 1 })) end)

    it("keeps every digit, in each dtype", function()
      local t = parse("0.1 1e23 123456789012345678901 4.9e-324 -inf\n", { dtype = "float64" })
      assert.same({ { 0.1, 1e23, 123456789012345678901.0, 4.9e-324, -math.huge } }, t:tolist())
      assert.same({ { 255, 1000 } }, table_of("255,1e3\n", { dtype = "int64" }))
      assert.equal("uint8", parse("255\n", { dtype = "uint8" }).dtype)
      assert.equal("float32", parse("1\n").dtype)
    end)

    it("names file, line and column of what is wrong", function()
      contains(error_of "1,2,3\n4,5\n", ".csv:2: 2 fields, expected 3")
      contains(error_of "1,2\n\n# x\n4,5x\n", ".csv:4: column 2: '5x' is not a number")
      contains(error_of("a,b\n1,z\n", { header = true }), ".csv:2: column 2 (b): 'z' is not a number")
      contains(error_of "1,0x10\n", ":1: column 2: '0x10' is not a number")
      contains(error_of "a,b\n1,2\n", "pass header=true")
      contains(error_of '1,"2\n', ":1: a quote is not closed")
      contains(error_of '"1"x,2\n', ":1: column 1: text after a closing quote")
      contains(error_of "1\n2\0\n", ":2: a byte 0; this is no text file")
      contains(error_of("300\n", { dtype = "uint8" }), ":1: column 1: '300' is outside uint8's 0..255")
      contains(error_of("3.5\n", { dtype = "int64" }), ":1: column 1: '3.5' is no integer")
      contains(error_of "# nothing\n", "no row of numbers")
    end)

    it("refuses missing values unless told what stands for them", function()
      contains(error_of "1,2\n3,\n", ":2: column 2: no value; the option na=0/0 would read it as NaN")
      contains(error_of "1,2\nNA,4\n", ":2: column 1: no value ('NA')")
      assert.same({ { 1, -1 }, { -1, 4 } }, table_of("1,?\nnan,4\n", { na = -1 }))
      local t = parse("1,\n", { na = 0 / 0 })[{ 1, 2 }]:item()
      assert.is_true(t ~= t)
      contains(error_of("1,\n", { na = 0 / 0, dtype = "int64" }), "cannot stand in a table of int64")
    end)

    it("raises at the script's line for bad options and files", function()
      local err = message(data.csv, folder .. "/none.csv")
      contains(err, "No such file or directory")
      contains(err, "data_spec.lua:")
      contains(message(data.csv, folder), "Is a directory")
      contains(message(data.csv), "expected a path, got nothing")
      contains(error_of("1\n", { delimeter = "," }), "did you mean 'delimiter'?")
      contains(error_of("1\n", { delimiter = "ab" }), "must be one sign")
      contains(error_of("1\n", { columns = {} }), "must be a list of positions or names")
    end)

    it("reads gzip files, and says when one is cut off", function()
      local plain = write("big.csv", ("1,2,3\n4,5,6\n"):rep(20000))
      assert.equal(0, select(3, os.execute("gzip -k '" .. plain .. "'")))
      assert.same({ 40000, 3 }, data.csv(plain .. ".gz").shape)
      local packed = read(plain .. ".gz")
      contains(message(data.csv, write("cut.gz", packed:sub(1, #packed // 2))), "ends too early")
    end)

    it("reads very long lines", function()
      local line = ("7,"):rep(200000) .. "8\n"
      assert.same({ 2, 200001 }, parse(line .. line).shape)
    end)
  end)

  describe("standardize", function()
    it("divides by the population's deviation, like NumPy", function()
      local z, mean, std = data.standardize(lab.tensor({ { 1, 10 }, { 2, 30 }, { 3, 20 } }, { dtype = "float64" }))
      assert.same({ 2, 20 }, mean:tolist())
      assert.near(0.816496580927726, std[1]:item(), 1e-15)
      assert.near(-1.224744871391589, z[{ 1, 1 }]:item(), 1e-15)
      assert.near(1.224744871391589, z[{ 2, 2 }]:item(), 1e-15)
    end)

    it("works on a transposed view", function()
      local x = lab.tensor { { 1, 2, 4 }, { 5, 3, 9 } }
      assert.same(data.standardize(x:t():contiguous()):tolist(), data.standardize(x:t()):tolist())
    end)

    it("refuses a constant column, integers and vectors", function()
      contains(message(data.standardize, lab.tensor { { 1, 5 }, { 2, 5 } }), "column 2 is constant (5)")
      contains(message(data.standardize, lab.tensor { 1, 2 }), "(rows, columns), got float32 of shape (2)")
      contains(message(data.standardize, lab.zeros(2, 2, { dtype = "int64" })), "got int64")
      contains(message(data.standardize, 3), "expected a tensor, got number")
    end)
  end)

  describe("loader", function()
    local X, y
    before_each(function()
      X = lab.arange(0, 50, { dtype = "float32" }):reshape(10, 5)
      y = lab.arange(0, 10, { dtype = "int64" })
    end)

    -- The labels in the order in which they come; checks that each row stays with its label.
    local function order(loader)
      local list = {}
      for bx, by in loader:batches() do
        for i = 1, #by do
          assert.equal(by[i]:item() * 5 + 3, bx[{ i, 4 }]:item())
          list[#list + 1] = by[i]:item()
        end
      end
      return list
    end

    it("gives each row once an epoch, in a new order each time", function()
      local loader = data.loader({ X = X, y = y }, { batch_size = 3, shuffle = true, seed = 1 })
      local first, second = order(loader), order(loader)
      assert.not_same(first, second)
      for _, list in ipairs { first, second } do
        table.sort(list)
        assert.same(y:tolist(), list)
      end
    end)

    it("makes an epoch's order a function of seed and epoch", function()
      local options = { batch_size = 4, shuffle = true, seed = 5 }
      local a, b = data.loader({ X, y }, options), data.loader({ X, y }, options)
      local first, second = order(a), order(a)
      b.epoch = 1
      assert.same(second, order(b))
      b.epoch = 0
      assert.same(first, order(b))
      assert.equal(1, b.epoch)
    end)

    it("follows lab.manual_seed when it has no seed of its own", function()
      local loader = data.loader({ X = X, y = y }, { shuffle = true })
      lab.manual_seed(9)
      local a = order(loader)
      lab.manual_seed(9)
      assert.same(a, order(loader))
      assert.not_same(a, order(loader))
      lab.manual_seed(0)
    end)

    it("continues in the middle of an epoch from its state", function()
      for _, seed in ipairs { 7, false } do
        local options = { batch_size = 2, shuffle = true, seed = seed or nil }
        local whole, part = {}, data.loader({ X = X, y = y }, options)
        local state
        for _, by in part:batches() do
          whole[#whole + 1] = by:tolist()
          if #whole == 2 then state = part:state_dict() end
        end
        local resumed = data.loader({ X = X, y = y }, options)
        resumed:load_state_dict(state)
        local i = 2
        for _, by in resumed:batches() do
          i = i + 1
          assert.same(whole[i], by:tolist())
        end
        assert.equal(5, i)
      end
    end)

    it("gives copies of the rows in order when it does not shuffle", function()
      local sizes = {}
      local loader = data.loader({ X = X, y = y }, { batch_size = 4 })
      assert.same(y:tolist(), order(loader))
      for bx, by in loader:batches() do
        sizes[#sizes + 1] = #by
        if #sizes == 2 then bx:fill_(-1) end
      end
      assert.same({ 4, 4, 2 }, sizes)
      assert.equal(20, X[{ 5, 1 }]:item())
    end)

    it("counts batches with and without the last one", function()
      assert.equal(10, #data.loader({ X = X }))
      assert.equal(4, #data.loader({ X = X }, { batch_size = 3 }))
      assert.equal(3, #data.loader({ X = X }, { batch_size = 3, drop_last = true }))
      assert.equal(1, #data.loader({ X = X }, { batch_size = 99 }))
      assert.equal(9, #order(data.loader({ X, y }, { batch_size = 3, drop_last = true, shuffle = true })))
      assert.equal(10, #order(data.loader({ X, y }, { batch_size = 99, shuffle = true })))
    end)

    it("carries any dtype and shape, transposed tensors too", function()
      local images = lab.arange(0, 160, { dtype = "float64" }):reshape(10, 4, 4):to("uint8")
      local columns = lab.arange(0, 30, { dtype = "float64" }):reshape(3, 10):t()
      local loader = data.loader({ images, columns }, { batch_size = 4, shuffle = true, seed = 2 })
      for a, b in loader:batches() do
        assert.equal("uint8", a.dtype)
        for i = 1, #a do assert.equal(a[{ i, 1, 1 }]:item() / 16, b[{ i, 1 }]:item()) end
      end
    end)

    it("starts a new epoch after a loop that was left early", function()
      local loader, seen = data.loader({ X = X, y = y }, { batch_size = 2, shuffle = true }), 0
      for _ in loader:batches() do
        seen = seen + 1
        if seen == 2 then break end
      end
      assert.equal(2, loader:state_dict().position)
      assert.equal(10, #order(loader))
      assert.equal(2, loader.epoch)
    end)

    it("reports when memory runs out, and goes on afterwards", function()
      local loader = data.loader({ X = X, y = y }, { batch_size = 2, shuffle = true })
      for n = 1, 4 do
        lab.fail_allocation(n)
        contains(message(function() for _ in loader:batches() do end end), "out of memory")
      end
      lab.fail_allocation(0)
      assert.equal(10, #order(loader))
    end)

    it("refuses what cannot be a data set", function()
      contains(message(data.loader), "expected a data set {X=tensor, y=tensor} or a list of tensors, got nothing")
      contains(message(data.loader, {}), "neither a tensor X nor a list of tensors")
      contains(message(data.loader, { X = 1 }), "field 1 of the data set must be a tensor, got number")
      contains(message(data.loader, { X, y:narrow(1, 1, 4) }), "differ in their number of rows: (10, 5) and (4)")
      contains(message(data.loader, { X }, { batch_size = 0 }), "batch_size must be at least 1, got 0")
      contains(message(data.loader, { X }, { batchsize = 1 }), "did you mean 'batch_size'?")
      contains(message(data.loader, { X }, { batch_size = 11, drop_last = true }), "drop_last leaves no batch")
      local loader = data.loader { X }
      contains(message(loader.batches), "call it as loader:method()")
      contains(message(function() loader.epoch = -1 end), "no such place")
      contains(message(function() loader.size = 3 end), "'size' cannot be set")
    end)
  end)

  describe("idx", function()
    local function error_of(text) return message(data.idx, write("x.idx", text)) end

    it("reads bytes, integers and floats", function()
      local t = data.idx(write("a.idx", "\0\0\8\2\0\0\0\2\0\0\0\2\1\2\3\255"))
      assert.equal("uint8", t.dtype)
      assert.same({ { 1, 2 }, { 3, 255 } }, t:tolist())
      assert.same({ -1, 256 }, data.idx(write("b.idx", "\0\0\x0B\1\0\0\0\2\xff\xff\1\0")):tolist())
      assert.same({ 1, -2 }, data.idx(write("c.idx", "\0\0\x0D\1\0\0\0\2\x3f\x80\0\0\xc0\0\0\0")):tolist())
    end)

    it("refuses damaged and hostile headers without asking for their memory", function()
      local before = lab.memory().peak
      contains(error_of "", "the file ends too early")
      contains(error_of "PK\3\4", "no IDX file: it starts with 50 4b")
      contains(error_of "\0\0\7\1", "unknown IDX element type 0x07")
      contains(error_of "\0\0\8\9", "9 dimensions; IDX files have 1 to 8")
      contains(error_of "\0\0\8\1\255\255\255\255abc", "more than a file of 11 bytes can hold")
      contains(error_of("\0\0\8\3" .. ("\255"):rep(12)), "the header's dimensions are too large")
      contains(error_of "\0\0\8\1\0\0\0\3abcd", "bytes follow the last element")
      contains(error_of "\0\0\8\1\0\0\0\3ab", "the file ends too early")
      assert.is_true(lab.memory().peak - before < 1e6)
    end)

    it("reads Fashion-MNIST's test files #data", function()
      if not read(IDX .. "t10k-labels-idx1-ubyte.gz") then pending("Fashion-MNIST is missing: " .. IDX) end
      assert.same({ 10000, 28, 28 }, data.idx(IDX .. "t10k-images-idx3-ubyte.gz").shape)
      local labels = data.idx(IDX .. "t10k-labels-idx1-ubyte.gz")
      assert.same({ 9, 2, 1, 1, 6 }, labels:narrow(1, 1, 5):tolist())
      assert.equal("md5:8181f5470baa50b63fa0f6fddb340f0a",
        data.digest(IDX .. "t10k-images-idx3-ubyte.gz", "md5", true))
    end)
  end)

  describe("npy", function()
    local function npy(header, body)
      return write("x.npy", "\x93NUMPY\1\0" .. string.pack("<s2", header) .. body)
    end
    local function header(descr, fortran, shape)
      return ("{'descr': '%s', 'fortran_order': %s, 'shape': %s, }\n"):format(descr, fortran, shape)
    end
    local function error_of(...) return message(data.npy, npy(...)) end

    it("reads floats and integers in both byte orders", function()
      assert.same({ { 1, -2 } }, data.npy(npy(header("<f4", "False", "(1, 2)"), string.pack("<ff", 1, -2))):tolist())
      assert.same({ 0.1 }, data.npy(npy(header(">f8", "False", "(1,)"), string.pack(">d", 0.1))):tolist())
      assert.same({ -3, 7 }, data.npy(npy(header(">i2", "False", "(2,)"), string.pack(">i2i2", -3, 7))):tolist())
      assert.same({ 65535 }, data.npy(npy(header("<u2", "False", "(1,)"), "\255\255")):tolist())
      assert.equal("uint8", data.npy(npy(header("|u1", "False", "(2,)"), "ab")).dtype)
      assert.equal(5, data.npy(npy(header("<i8", "False", "()"), string.pack("<i8", 5))):item())
    end)

    it("keeps the meaning of Fortran order", function()
      local t = data.npy(npy(header("|u1", "True", "(2, 3)"), "\1\4\2\5\3\6"))
      assert.same({ { 1, 2, 3 }, { 4, 5, 6 } }, t:tolist())
    end)

    it("refuses damaged files", function()
      contains(message(data.npy, write("x.npy", "PK\3\4 some zip file")), "no .npy file")
      contains(error_of("{}", ""), "the header has no 'descr':")
      contains(error_of(header("|O", "False", "(1,)"), "x"), "elements of type '|O'")
      contains(error_of(header("<f4", "False", "(1, x)"), "abcd"), "a damaged shape")
      contains(error_of(header("<f4", "False", "(2,)"), "abcd"),
        "promises (2) elements of 4 bytes, the file holds 4 bytes of them")
      contains(error_of(header("<f4", "False", "(99999999999, 99999999999)"), "abcd"), "dimensions are too large")
      contains(error_of(header("<f4", "False", "(1, 1, 1, 1, 1, 1, 1, 1, 1)"), "abcd"), "more than 8 dimensions")
      contains(message(data.npy, folder), "Is a directory")
    end)
  end)

  it("computes digests", function()
    local path = write("abc", "abc")
    assert.equal("md5:900150983cd24fb0d6963f7d28e17f72", data.digest(path, "md5"))
    assert.equal("sha1:a9993e364706816aba3e25717850c26c9cd0d89d", data.digest(path, "sha1"))
    assert.equal("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", data.digest(path, "sha256"))
    contains(select(2, data.digest(path, "crc32")), "unknown digest 'crc32'")
    contains(select(2, data.digest(folder .. "/none", "md5")), "No such file or directory")
  end)

  -- Half the mean squared error of the least-squares fit, and its weights, by the normal equations.
  local function least_squares(ds)
    local n, d = #ds, 6
    local Xb = lab.cat({ ds.X, lab.ones(n, 1, { dtype = ds.X.dtype }) }, 2)
    local A, b = Xb:t():matmul(Xb):tolist(), Xb:t():mv(ds.y):tolist()
    for k = 1, d do
      for i = k + 1, d do
        local f = A[i][k] / A[k][k]
        for j = k, d do A[i][j] = A[i][j] - f * A[k][j] end
        b[i] = b[i] - f * b[k]
      end
    end
    local w = {}
    for k = d, 1, -1 do
      local s = b[k]
      for j = k + 1, d do s = s - A[k][j] * w[j] end
      w[k] = s / A[k][k]
    end
    local r = Xb:mv(lab.tensor(w, { dtype = "float64" })) - ds.y
    return (r * r):mean():item() / 2, w
  end

  local WEIGHTS = { -0.585947658, -0.361944023, -0.483903144, 0.225407003, -0.280784569, 0 }
  local OPTIMUM = 0.24214512895356358

  -- Runs a piece of Lua in a fresh process; returns everything it wrote and its status.
  local function run(env, code)
    local script = write("script.lua", 'local lab = require "optlab"\n' .. code)
    local set = { "env -u OPTLAB_DATA -u OPTLAB_MIRROR -u OPTLAB_OFFLINE no_proxy='*'",
      ("XDG_CACHE_HOME='%s/cache'"):format(folder) }
    for name, value in pairs(env) do set[#set + 1] = ("%s='%s'"):format(name, value) end
    local pipe = io.popen(("%s '%s' '%s' 2>&1"):format(table.concat(set, " "), uv.exepath(), script))
    local text = pipe:read("a")
    return text, select(3, pipe:close())
  end

  local SHOW = "local ds = lab.data.airfoil{n=3}; print(ds.stand_in, ds.note, ds.path, #ds)"

  describe("airfoil", function()
    it("standardises all rows, then takes the first n, as the book does #data", function()
      real_file()
      local text = run({ OPTLAB_DATA = REAL:match("^(.*)/") },
        "local ds = lab.data.airfoil{dtype='float64'} print(#ds, ds.X.shape[2], ds.X.dtype, ds.stand_in) " ..
        "print(('%.12f %.12f %.12f'):format(ds.X[{1, 1}]:item(), ds.X[{1500, 5}]:item(), ds.y[1]:item()))")
      -- NumPy's numbers: (x - mean) / std of the whole table in double
      assert.equal("1500\t5\tfloat64\tfalse\n-0.662022703398 3.172772505745 0.197938762772\n", text)
    end)

    it("has a stand-in with the real table's least-squares optimum", function()
      local text = run({ OPTLAB_OFFLINE = 1 }, SHOW)
      contains(text, "optlab: airfoil: no real data (OPTLAB_OFFLINE forbids a download); using a stand-in")
      contains(text, "true\tstand-in data\tnil\t3\n")
      uv.os_setenv("OPTLAB_OFFLINE", "1")
      local saved = os.getenv "OPTLAB_DATA"
      local cache = os.getenv "XDG_CACHE_HOME"
      uv.os_unsetenv("OPTLAB_DATA")
      uv.os_setenv("XDG_CACHE_HOME", folder .. "/empty")
      local ds = data.airfoil { n = 1503, dtype = "float64" }
      local half = data.airfoil { dtype = "float64" }
      uv.os_unsetenv("OPTLAB_OFFLINE")
      if saved then uv.os_setenv("OPTLAB_DATA", saved) end
      if cache then uv.os_setenv("XDG_CACHE_HOME", cache) else uv.os_unsetenv("XDG_CACHE_HOME") end
      assert.is_true(ds.stand_in)
      local loss, w = least_squares(ds)
      assert.near(OPTIMUM, loss, 1e-12)
      for i = 1, 6 do assert.near(WEIGHTS[i], w[i], 1e-8) end
      assert.near(OPTIMUM, (least_squares(half)), 2e-3)
    end)

    it("checks its options", function()
      contains(message(data.airfoil, { n = 1504 }), "n must be in 1..1503, got 1504")
      contains(message(data.airfoil, { rows = 3 }), "unknown option 'rows'")
      contains(message(data.airfoil, { dtype = "int64" }), "dtype must be one of float32, float64")
    end)

    it("makes a stand-in an error on --require-real-data", function()
      local text, status = run({ OPTLAB_OFFLINE = 1 }, "lab.config.require_real_data = true\n" .. SHOW)
      assert.equal(1, status)
      contains(text, "script.lua:3: data.airfoil: real data are required, but there is no airfoil_self_noise.dat")
      contains(text, "pass --data FOLDER")
    end)

    it("names the line of a bad row in the user's file #data", function()
      local given = folder .. "/bad"
      uv.fs_mkdir(given, 448)
      write("bad/airfoil_self_noise.dat", (real_file():gsub("\n(%d+)\t", "\n", 16):gsub("\n", "\n", 1)))
      local text, status = run({ OPTLAB_DATA = given }, SHOW)
      assert.equal(1, status)
      contains(text, "airfoil_self_noise.dat:2: 5 fields, expected 6")
    end)

    it("names both digests when the user's file is another one", function()
      local given = folder .. "/other"
      uv.fs_mkdir(given, 448)
      write("other/airfoil_self_noise.dat", "1\t2\t3\t4\t5\t6\n")
      local text, status = run({ OPTLAB_DATA = given }, SHOW)
      assert.equal(1, status)
      contains(text, "is not the expected file: sha1:")
      contains(text, "expected " .. SHA1)
    end)
  end)

  describe("download #data", function()
    local pipe, port

    setup(function()
      if not read(REAL) then return end
      pipe = io.popen(("'%s' tests/support/http_server.lua '%s'"):format(uv.exepath(), REAL))
      port = pipe:read("n")
    end)
    teardown(function()
      if not port then return end
      data.download(("http://127.0.0.1:%d/quit"):format(port), folder .. "/quit")
      pipe:close()
    end)

    local function url(path) return ("http://127.0.0.1:%d/%s"):format(port, path) end
    local function fetch(path, options)
      real_file()
      local target = folder .. "/dl/file"
      return target, data.download(url(path), target, options)
    end

    it("gives the file under its name, through redirects, with progress", function()
      local last
      local function progress(done, total) last = { done, total } end
      local target, ok = fetch("moved/x", { digest = SHA1, progress = progress })
      assert.is_true(ok)
      assert.same({ 59984, 59984 }, last)
      assert.equal(read(REAL), read(target))
      os.remove(target)
    end)

    it("leaves nothing behind when it fails", function()
      local cases = {
        { "damaged/x", "not the expected file: sha1:" }, { "cut/x", "the connection broke off after 29992 bytes" },
        { "nowhere/x", "the server answered 404" },
      }
      for _, case in ipairs(cases) do
        local _, ok, err = fetch(case[1], { digest = SHA1 })
        assert.is_nil(ok)
        contains(err, case[2])
        assert.same({}, names(folder .. "/dl"))
      end
      local ok, err = data.download("http://127.0.0.1:1/x", folder .. "/dl/file")
      assert.is_nil(ok)
      contains(err, "127.0.0.1")
      assert.same({}, names(folder .. "/dl"))
    end)

    it("keeps the old file until the new one is complete", function()
      local target, ok = fetch("good/x", { digest = SHA1 })
      assert.is_true(ok)
      fetch("damaged/x", { digest = SHA1 })
      assert.equal(SHA1, data.digest(target, "sha1"))
      assert.same({ "file" }, names(folder .. "/dl"))
      os.remove(target)
    end)

    it("passes on an error of the progress function, and leaves nothing", function()
      real_file()
      contains(message(data.download, url "good/x", folder .. "/dl/file", { progress = function() error "stop!" end }),
        "stop!")
      assert.same({}, names(folder .. "/dl"))
    end)

    it("gives up on a server that stays silent", function()
      local _, ok, err = fetch("silent/x", { stall_timeout = 1 })
      assert.is_nil(ok)
      contains(err, "Operation too slow")
    end)

    it("replaces nothing but regular files", function()
      real_file()
      local target = folder .. "/a-link"
      uv.fs_symlink(REAL, target)
      local ok, err = data.download(url "good/x", target)
      assert.is_nil(ok)
      contains(err, "no regular file; it is left alone")
      assert.equal("link", uv.fs_lstat(target).type)
    end)

    it("fills the cache once, from OPTLAB_MIRROR; after that the network is not needed", function()
      real_file()
      local cached = folder .. "/cache/optlab/airfoil_self_noise.dat"
      local text = run({ OPTLAB_MIRROR = url "good/" }, SHOW)
      assert.equal(("false\tnil\t%s\t3\n"):format(cached), text)
      assert.equal(text, (run({ OPTLAB_MIRROR = url "nowhere" }, SHOW)))
      assert.equal(text, (run({ OPTLAB_OFFLINE = 1 }, SHOW)))
      -- a damaged copy is fetched again
      write("cache/optlab/airfoil_self_noise.dat", "1 2 3\n")
      local again = run({ OPTLAB_MIRROR = url "good" }, SHOW)
      contains(again, "is damaged")
      contains(again, text)
      -- the user's folder comes first; without the file in it the search goes on, aloud
      contains(run({ OPTLAB_DATA = REAL:match("^(.*)/"), OPTLAB_OFFLINE = 1 }, SHOW), REAL)
      local empty = run({ OPTLAB_DATA = folder .. "/nofile", OPTLAB_OFFLINE = 1 }, SHOW)
      contains(empty, "no airfoil_self_noise.dat in " .. folder .. "/nofile; looking in the cache and online")
      contains(empty, text)
      os.remove(cached)
    end)

    it("falls back to the stand-in when the download fails, trying once a run", function()
      real_file()
      local text = run({ OPTLAB_MIRROR = url "nowhere" }, SHOW .. SHOW)
      contains(text, "the server answered 404); using a stand-in")
      assert.equal(1, select(2, text:gsub("using a stand%-in", "")))
      local path = "nowhere/airfoil_self_noise.dat"
      assert.is_true(data.download(url("count/" .. path), folder .. "/count"))
      assert.equal("1", read(folder .. "/count")) -- the data set is asked for twice, the server once
    end)
  end)
end)
