--- Text columns of tables, and tables written by data.write_csv.
local lab = require "optlab"
local files = require "tests.support.files"
local message = require("tests.support.errors").message
local contains = require("tests.support.text").contains
local data = lab.data

describe("text tables", function()
  local dir
  setup(function() dir = files.folder() end)
  teardown(function() files.remove(dir) end)
  local function write(text) return files.write(dir .. "/a.csv", text) end

  describe("data.csv's categories", function()
    local TEXT = "size,colour,kind\n1.5,red,b\n2,blue,a\n3,red,\"c, d\"\n"

    it("number the texts of a column in the order of the texts", function()
      local t, names, categories = data.csv(write(TEXT), { header = true, categories = { "colour", 3 } })
      assert.same({ { 1.5, 2, 2 }, { 2, 1, 1 }, { 3, 2, 3 } }, t:tolist())
      assert.same({ "size", "colour", "kind" }, names)
      assert.same({ [2] = { "blue", "red" }, [3] = { "a", "b", "c, d" } }, categories)
    end)

    it("count by the columns that are read", function()
      local t, names, categories = data.csv(write "red;1\nblue;2\n", { columns = { 2, 1 }, categories = { 1 } })
      assert.same({ { 1, 2 }, { 2, 1 } }, t:tolist())
      assert.is_nil(names)
      assert.same({ [2] = { "blue", "red" } }, categories)
    end)

    it("take given texts alone, in their order", function()
      local known = { colour = { "red", "green", "blue" }, kind = { "b", "a", "c, d" } }
      local t, _, categories = data.csv(write(TEXT), { header = true, categories = known, dtype = "float64" })
      assert.same({ { 1.5, 1, 1 }, { 2, 3, 2 }, { 3, 1, 3 } }, t:tolist())
      assert.same(known.colour, categories[2])
      contains(message(data.csv, write(TEXT), { header = true, categories = { 3, colour = { "red" } } }),
        "a.csv:3: column 2 (colour): 'blue' is none of the categories")
    end)

    it("hold many texts", function()
      local lines = {}
      for i = 1, 3000 do lines[i] = ("w%04d,%d"):format((i * 7) % 1500, i) end
      local t, _, categories = data.csv(write(table.concat(lines, "\n")), { categories = { 1 } })
      assert.equal(1500, #categories[1])
      for i = 1, 3000, 271 do assert.equal((i * 7) % 1500 + 1, t[{ i, 1 }]:item()) end
    end)

    it("may be missing", function()
      local t = data.csv(write "b,1\n,2\na,3\n", { categories = { 1 }, na = 0 / 0 })
      assert.equal(2, t[{ 1, 1 }]:item())
      assert.is_true(t[{ 2, 1 }]:item() ~= t[{ 2, 1 }]:item())
      contains(message(data.csv, write "b,1\n,2\n", { categories = { 1 } }), "a.csv:2: column 1: no value")
      contains(message(data.csv, write "b,1\n", { categories = { 1 }, na = 0 }), "with categories, na must be nan")
    end)

    it("hold given texts that else stand for no value", function()
      local words = { "NA", "", "nan", "DE" }
      local t = data.csv(write 'NA,1\n"",2\nnan,3\nDE,4\n', { header = false, categories = { 1 }, na = 0 / 0 })
      assert.equal(1, t[{ 4, 1 }]:item())
      assert.equal(3, t:narrow(2, 1, 1):isnan():to("int64"):sum():item())
      t = data.csv(write 'country,n\nNA,1\n"",2\nnan,3\nDE,4\n', { header = true, categories = { country = words } })
      assert.same({ { 1, 1 }, { 2, 2 }, { 3, 3 }, { 4, 4 } }, t:tolist())
      t = data.csv(write "country,n\nNA,1\nnull,2\n",
        { header = true, categories = { country = words }, na = 0 / 0 })
      assert.equal(1, t[{ 1, 1 }]:item())
      assert.is_true(t[{ 2, 1 }]:isnan():item() ~= 0)
    end)

    it("say what is wrong", function()
      local header = write "a,b\nx,1\n"
      contains(message(data.csv, header, { header = true, categories = { a = { "x", "y", "x" } } }),
        "categories: 'x' stands twice in a list")
      contains(message(data.csv, header, { header = true, categories = { 1, a = { "x" } } }),
        "categories: column 1 is named twice")
      contains(message(data.csv, header, { header = true, categories = { a = { "x\0y" } } }),
        "categories must be texts without a byte 0")
      contains(message(data.csv, write "b,1\n", { categories = { "x" } }), "names need header=true")
      contains(message(data.csv, write "b,1\n", { categories = { 3 } }), "categories: column 3 is not read")
      contains(message(data.csv, write "b,1\n", { categories = { true } }), "categories must be a list of positions")
      contains(message(data.csv, write "b,1\n", { categories = { 1 }, dtype = "int64" }),
        "categories are for tables of float32 or float64")
      contains(message(data.csv, write "b,x\n", { categories = { 1 } }), "column 2: 'x' is not a number")
    end)
  end)

  describe("data.write_csv", function()
    local path
    before_each(function() path = dir .. "/w.csv" end)

    it("gives every number back", function()
      for _, dtype in ipairs { "float32", "float64" } do
        local t = lab.randn({ 300, 3 }, { dtype = dtype }) * 1e10
        t[{ 1, 1 }], t[{ 2, 2 }], t[{ 3, 1 }] = 0.1, 1 / 0, -1e-30
        data.write_csv(path, t)
        assert.equal(0, data.csv(path, { dtype = dtype }):ne(t):to("int64"):sum():item())
      end
      local big = lab.tensor({ { math.maxinteger, math.mininteger }, { 0, -1 } }, { dtype = "int64" })
      data.write_csv(path, big:t())
      assert.same(big:t():tolist(), data.csv(path, { dtype = "int64" }):tolist())
    end)

    it("writes short numbers shortly, names, and nothing for nan", function()
      data.write_csv(path, lab.tensor { { 1, 0.1 }, { 0 / 0, -2.5 } }, { names = { "a", "b c" } })
      assert.equal('a,"b c"\n1,0.1\n,-2.5\n', files.read(path))
      data.write_csv(path, lab.tensor { 1, 0 / 0 })
      assert.equal("1\nnan\n", files.read(path))
      data.write_csv(path, lab.zeros(0, 2), { names = { "a", "b" }, delimiter = ";" })
      assert.equal("a;b\n", files.read(path))
    end)

    it("writes categories as texts", function()
      local words = { [2] = { "red", "light, blue", 'a "b"', "#1" } }
      local t = lab.tensor { { 1, 2 }, { 2, 1 }, { 3, 3 }, { 4, 4 } }
      data.write_csv(path, t, { categories = words, names = { "n", "colour" } })
      local back, names, categories = data.csv(path, { header = true, categories = { colour = words[2] } })
      assert.same(t:tolist(), back:tolist())
      assert.same({ "n", "colour" }, names)
      assert.same(words, categories)
      contains(message(data.write_csv, path, lab.tensor { { 5 } }, { categories = { { "a" } } }),
        "column 1 has 1 categories, but holds 5")
    end)

    it("says what is wrong", function()
      contains(message(data.write_csv, path, lab.zeros(1, 1, 1)), "table must be of shape (rows, columns) or (rows)")
      contains(message(data.write_csv, path, lab.zeros(1, 2), { names = { "a" } }), "1 names for 2 columns")
      contains(message(data.write_csv, path, lab.zeros(1, 2), { delimiter = "." }), "delimiter must be one sign")
      local t = lab.ones(1, 2)
      contains(message(data.write_csv, path, t, { names = { "a", 3 } }),
        "names[2] must be a text without a byte 0, got 3")
      contains(message(data.write_csv, path, t, { names = { "a\0", "b" } }), "names[1] must be a text without a byte 0")
      contains(message(data.write_csv, path, t, { categories = { [3] = { "a" } } }),
        "categories has the key 3, which is none of the columns 1 to 2")
      contains(message(data.write_csv, path, t, { categories = { colour = { "a" } } }),
        "categories has the key 'colour'")
      contains(message(data.write_csv, path, t, { categories = { [2] = "a" } }),
        "categories[2] must be a list of texts")
      contains(message(data.write_csv, dir .. "/none/w.csv", lab.zeros(1, 2)), "cannot write")
    end)
  end)
end)
