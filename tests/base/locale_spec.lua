--- Files do not depend on the locale: a script, or a host program of the module, may call setlocale.
local files = require "tests.support.files"
local program = require "tests.support.program"
local lab = require "optlab"

-- A locale made for the spec (localedef, of Debian's package locales) and what it does to 1.5 in Lua's own format.
local LOCALES = {
  { "de_DE", "UTF-8", "de_DE.UTF-8", "1,5" },          -- a comma
  { "de_DE", "ISO-8859-1", "de_DE.ISO-8859-1", "1,5" }, -- where bytes of UTF-8 are control characters
  { "tr_TR", "ISO-8859-9", "tr_TR.ISO-8859-9", "1,5" }, -- where I is no capital i
}

-- Writes everything, reads everything, prints what it read.
local SCRIPT = [[
local lab = require "optlab"
if arg[1] ~= "" then assert(os.setlocale(arg[1], "all"), "no such locale") end
print(("%g"):format(1.5))
local t = lab.tensor({ 0.1, 1e-30, -2.5e300 }, { dtype = "float64" })
local deep = { x = 0.1, [0.25] = lab.ones(1), i = 3, ["Àé"] = "Ü" }
lab.save("a.safetensors", { [1.5] = t, B = 1, a = 2, ["À\128"] = 1e-7, deep = deep },
  { metadata = { note = "À 1.5" } })
local back, metadata = lab.load("a.safetensors")
print(back[1.5][1]:item() == 0.1, back["À\128"] == 1e-7, back.deep.x == 0.1, back.deep[0.25], back.deep["Àé"],
  metadata.note)
local m = lab.metrics({ "loss", "step" }, "m")
m:row(1.5, 3) m:row(-1e-30, 4.25) m:close()
local table_back = lab.data.csv("out/m.csv", { header = true, dtype = "float64" })
print(table_back[{ 1, 1 }]:item() == 1.5, table_back[{ 2, 1 }]:item() == -1e-30)
local f = io.open("c.csv", "w") f:write("1.5;INF;NAN;NULL;1234567890.123456789\n") f:close()
local c = lab.data.csv("c.csv", { dtype = "float64", na = -1 })
print(c[{ 1, 2 }]:item() == math.huge, c[{ 1, 3 }]:item() == -1, c[{ 1, 4 }]:item() == -1,
  c[{ 1, 5 }]:item() == 1234567890.123456789)
lab.plot.set_format("none")
local figure = lab.plot.figure { title = 0.5, xlabel = "x", xlim = { 0.5, 2.5 }, ylim = { -1.25, 1.25 } }
figure:line({ 0.5, 1.5, 2.5 }, { 0.1, -0.2, 1 / 3 }, { label = 2.5 })
figure:save("f")
lab.plot.images(lab.rand(2, 3, 3) * 0 + 0.5, { labels = { 0.5, "a" } }):save("g")
lab.save("t.npy", t)
print(lab.load("t.npy")[2]:item() == 1e-30)
local ok, message = pcall(lab.data.csv, "c.csv", { na = 0.5, dtype = "int64" })
print(message:match("na=(%S+)"))
]]

describe("files", function()
  local dir
  before_each(function() dir = files.folder() end)
  after_each(function() files.remove(dir) end)

  -- Runs the script; returns its output without the first line, that line, and the bytes of all files.
  local function run(locale)
    local own = dir .. "/" .. (locale == "" and "C" or locale) .. "-run"
    assert(require("luv").fs_mkdir(own, 448))
    files.write(own .. "/a.lua", SCRIPT)
    local line = ("LOCPATH='%s' %s a.lua '%s' --out out"):format(dir, program.quoted(program.path), locale)
    local status, out, err = program.shell(own, line)
    assert.equal(0, status, err)
    local bytes = {}
    for _, name in ipairs { "a.safetensors", "out/m.csv", "out/f.gp", "out/g.gp", "t.npy" } do
      bytes[name] = files.read(own .. "/" .. name)
    end
    return out:match("\n(.*)"), out:match("^[^\n]*"), bytes
  end

  for _, locale in ipairs(LOCALES) do
    local source, charset, name, shown = table.unpack(locale)
    it("are the same in the locale " .. name, function()
      local made = program.shell(dir, ("localedef -i %s -f %s ./%s"):format(source, charset, name))
      if not files.exists(dir .. "/" .. name .. "/LC_NUMERIC") then
        return pending("localedef cannot make " .. name .. ": " .. made)
      end
      local said, _, bytes = run("")
      local said_there, format, bytes_there = run(name)
      assert.equal(shown, format)
      assert.equal(said, said_there)
      assert.is_nil(said:find("false"), said)
      for file, text in pairs(bytes) do assert.equal(text, bytes_there[file], file) end
    end)
  end

  it("hold numbers that number.text writes and number.parse reads", function()
    local number = require "optlab.base.number"
    for text, value in pairs { ["1.5"] = 1.5, ["-2e-3"] = -0.002, ["12"] = 12,
      ["9223372036854775807"] = math.maxinteger, ["9223372036854775808"] = 2 ^ 63,
      ["1e2"] = 100.0, ["inf"] = math.huge, ["0.1"] = 0.1 } do
      assert.equal(value, number.parse(text))
      assert.equal(math.type(value), math.type(number.parse(text)), text)
    end
    for _, text in ipairs { "", "1,5", "0x10", "nan", " 1", "1 ", "1.5\0", ".", "e5", "1e", "--1" } do
      assert.is_nil(number.parse(text), text)
    end
    assert.same({ "0.1", "0.10000000000000001", "3", "-inf", "2.0", "1e+20" }, { number.text(0.1, 9),
      number.text(0.1, 17), number.text(3, 5), number.text(-math.huge, 9), number.shown(2.0), number.shown(1e20) })
    assert.is_nil(rawget(lab, "format_number"))
  end)
end)
