--- data.csv: what it reads, and what it says of everything else.
local lab = require "optlab"
local message = require("tests.support.errors").message
local files = require "tests.support.files"
local contains = require("tests.support.text").contains
local data = lab.data

local folder -- a fresh one for the whole file

local function write(name, text) return files.write(folder .. "/" .. name, text) end

describe("data", function()
  setup(function() folder = files.folder() end)
  teardown(function() files.remove(folder) end)

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
      local err = message(function() data.csv(folder .. "/none.csv") end)
      contains(err, "No such file or directory")
      contains(err, "csv_spec.lua:")
      contains(message(data.csv, folder), "Is a directory")
      contains(message(data.csv), "data.csv: path is missing; it must be a string")
      contains(error_of("1\n", { delimeter = "," }), "did you mean 'delimiter'?")
      contains(error_of("1\n", { delimiter = "ab" }), "must be one sign")
      contains(error_of("1\n", { columns = {} }), "must be a list of positions or names")
    end)

    it("reads gzip files, and says when one is cut off", function()
      local plain = write("big.csv", ("1,2,3\n4,5,6\n"):rep(20000))
      assert.equal(0, select(3, os.execute("gzip -k '" .. plain .. "'")))
      assert.same({ 40000, 3 }, data.csv(plain .. ".gz").shape)
      local packed = files.read(plain .. ".gz")
      contains(message(data.csv, write("cut.gz", packed:sub(1, #packed // 2))), "ends too early")
    end)

    it("reads very long lines", function()
      local line = ("7,"):rep(200000) .. "8\n"
      assert.same({ 2, 200001 }, parse(line .. line).shape)
    end)
  end)
end)
