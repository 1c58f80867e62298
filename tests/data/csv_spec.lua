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

    it("takes what pandas takes for a missing value", function()
      for _, word in ipairs { "", "nan", "NaN", "-nan", "-NaN", "NA", "N/A", "n/a", "#N/A", "#NA", "#N/A N/A", "<NA>",
        "NULL", "null", "None", "?", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN", "nan(ind)", "-nan(ind)" } do
        local t = parse("1," .. word .. "\n" .. word .. ",4\n", { na = -7 })
        assert.same({ { 1, -7 }, { -7, 4 } }, t:tolist(), word)
        if word ~= "" then contains(error_of("1," .. word .. "\n"), "no value ('" .. word .. "')") end
      end
      contains(error_of("1,nanx\n", { na = 0 }), "'nanx' is not a number")
    end)

    it("tells a missing value from a comment", function()
      assert.same({ { -1, 2 }, { 3, -1 } }, table_of("# c\n#N/A,2\n3,#NA\n", { na = -1 }))
      assert.same({ { 1, -1, 3 } }, table_of("1 #N/A 3 # N/A\n", { na = -1 }))
      assert.same({ { 1, 2 } }, table_of("#N/A stands for nothing\n1 2\n", { skip = 1 }))
    end)

    it("reads quoted fields with line breaks, and counts the file's lines", function()
      local text = 'note,loss\n"two\nlines",0.5\r\n"x ""y""\r\n\r\n# no comment, ""z"",",1.5\nlast,2'
      local t, header = parse(text, { header = true, columns = { "loss" } })
      assert.same({ { 0.5 }, { 1.5 }, { 2 } }, t:tolist())
      assert.same({ "loss" }, header)
      local _, both = parse('"a\nb",c\n1,2\n', { header = true })
      assert.same({ "a\nb", "c" }, both)
      contains(error_of(text, { header = true }), ":2: column 1 (note): 'two\\nlines' is not a number")
      contains(error_of '1,2\n"3\n",4\n5,x\n', ":2: column 1: '3\\n' is not a number")
      contains(error_of('"a\nb",1\n\nc,x\n', { columns = { 2 } }), ":4: column 2: 'x' is not a number")
      contains(error_of('1,2\n3,"4\n5,6\n7,8\n'), ":2: a quote is not closed")
      contains(error_of '1,2\n3,"4\n\0"\n', ":3: a byte 0")
      assert.same({ { 1 }, { 2 } }, table_of('5" pipe, 1\n6" pipe, 2\n', { columns = { 2 } }))
      assert.same({ { 2 }, { 3 } }, table_of('"a ""b;\tc""",2\n"",3\n', { columns = { 2 } }))
      local long = '"' .. ("line\n"):rep(100000) .. '",3\n'
      assert.same({ { 3 } }, table_of(long, { columns = { 2 } }))
      contains(error_of(long .. '1,2,3\n', { columns = { 2 } }), ":100002: 3 fields, expected 2")
    end)

    it("reads what lab.metrics writes", function()
      lab.set_out(folder)
      local record = lab.metrics({ "note", "loss" }, "multiline")
      record:row('two\nlines, "quoted"', 0.5)
      record:close()
      assert.same({ { 0.5 } }, data.csv(folder .. "/multiline.csv", { header = true, columns = { "loss" } }):tolist())
    end)

    it("reads 64-bit integers exactly", function()
      for text, n in pairs { ["1234567890123456789"] = 1234567890123456789, ["9223372036854775807"] = math.maxinteger,
        ["-9223372036854775808"] = math.mininteger, ["1e18"] = 1000000000000000000, ["+9.0E18"] = 9000000000000000000,
        ["9007199254740993"] = 9007199254740993, ["123456789012345678.0"] = 123456789012345678,
        ["1234567890123456789000e-3"] = 1234567890123456789, ["9.223372036854775807e18"] = math.maxinteger,
        ["0e999999999"] = 0, ["-0.0"] = 0, ["1e0000000000000"] = 1, ["000000000000000000000012"] = 12 } do
        assert.same({ { n } }, table_of(text .. "\n", { dtype = "int64" }), text)
      end
      for _, text in ipairs { "9223372036854775808", "-9223372036854775809", "1e19", "0.5", "12345678901234567.5",
        "1e-1", "1e999999999999", "inf", "9223372036854775807.1" } do
        contains(error_of(text .. "\n", { dtype = "int64" }), "'" .. text:sub(1, 20))
      end
      contains(error_of("9223372036854775808\n", { dtype = "int64" }), "is no integer from -2^63 to 2^63 - 1")
    end)

    it("takes names from a comment above a first line of numbers, as numpy.savetxt writes them", function()
      local t, header = parse("# made by x\n# a b c\n1 2 3\n4 5 6\n", { header = true, columns = { "c", "a" } })
      assert.same({ { 3, 1 }, { 6, 4 } }, t:tolist())
      assert.same({ "c", "a" }, header)
      assert.same({ { 1, 2 } }, table_of("# a,b\n1,2\n", { header = true }))
      assert.same({ { 1, 2 } }, table_of("# one comment\n2019,2020\n1,2\n", { header = true }))
      assert.same({ { 1, 2 } }, table_of("# a,b\n\n2019,2020\n1,2\n", { header = true }))
      assert.same({ { 1, 2 } }, table_of("# a,b\nx,y\n1,2\n", { header = true }))
    end)

    it("refuses a name that two columns have", function()
      contains(error_of("a,b,a\n1,2,3\n", { header = true, columns = { "a" } }),
        ":1: columns 1 and 3 are both called 'a'; choose one by its position")
      assert.same({ { 1, 2, 3 } }, table_of("a,b,a\n1,2,3\n", { header = true }))
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
