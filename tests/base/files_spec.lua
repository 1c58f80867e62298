--- Files that are replaced as a whole, files that grow, folders.
local files = require "optlab.base.files"
local program = require "tests.support.program"
local support = require "tests.support.files"

describe("files", function()
  local dir

  before_each(function() dir = support.folder() end)
  after_each(function() support.remove(dir) end)

  it("are replaced whole or not at all", function()
    assert.is_true(files.replace(dir .. "/a", "old"))
    assert.is_true(files.replace(dir .. "/a", "text\0"))
    assert.equal("text\0", files.read(dir .. "/a"))
    local ok, message = files.replace(dir .. "/no/a", "text")
    assert.is_nil(ok)
    assert.matches("^cannot write .*/no/a: No such file or directory$", message)
    assert.same({ "a" }, files.list(dir))
    assert.same({}, files.list(dir .. "/none"))
  end)

  it("keep their links and access rights when they are replaced", function()
    program.shell(dir, "echo old >a && chmod 640 a && ln -s a link")
    assert.is_true(files.replace(dir .. "/link", "new"))
    local _, listing = program.shell(dir, "readlink link; stat -c %a a; cat a")
    assert.equal("a\n640\nnew", listing)
  end)

  it("that grow have a name of their own until they are complete", function()
    assert.is_true(files.replace(dir .. "/a", "old"))
    local f = files.open_partial(dir .. "/a", dir .. "/a.partial")
    assert.is_true(f:write("1\n"))
    assert.equal("1\n", files.read(dir .. "/a.partial"))
    assert.is_true(f:write("2\n"))
    assert.equal("old", files.read(dir .. "/a"))
    assert.is_true(f:commit())
    assert.equal("1\n2\n", files.read(dir .. "/a"))
    assert.same({ "a" }, files.list(dir))
    assert.is_false(pcall(f.write, f, "3"))
    do local dropped <close> = files.open_partial(dir .. "/a", dir .. "/b") dropped:write("3") end
    assert.same({ "3", "1\n2\n" }, { files.read(dir .. "/b"), files.read(dir .. "/a") })
    local none, message = files.open_partial(dir .. "/no/a", dir .. "/no/b")
    assert.is_nil(none)
    assert.equal(("cannot write %s/no/a: No such file or directory"):format(dir), message)
  end)

  it("that could not be written are not committed", function()
    if files.kind("/dev/full") ~= "char" then pending("no /dev/full here") return end
    local f = files.open_partial(dir .. "/a", "/dev/full")
    local full = ("cannot write %s/a: No space left on device"):format(dir)
    assert.same({ nil, full }, { f:write("1") })
    assert.same({ nil, full }, { f:commit() })
    assert.equal("char", files.kind("/dev/full"))
  end)

  it("are read as a whole, or named with the reason", function()
    assert.same({ nil, "cannot open " .. dir .. "/a: No such file or directory" }, { files.read(dir .. "/a") })
    assert.same({ nil, "cannot open " .. dir .. ": Is a directory" }, { files.read(dir) })
    local bytes = ("\0\n\255x"):rep(50000)
    assert.is_true(files.replace(dir .. "/bytes", bytes))
    assert.equal(bytes, files.read(dir .. "/bytes"))
    assert.is_false(files.readable(dir .. "/a"))
  end)

  it("lie in folders that are made with those above them", function()
    assert.is_true(files.make_folder(dir .. "/x//y/z/"))
    assert.is_true(files.make_folder(dir .. "/x/y"))
    assert.equal("directory", files.kind(dir .. "/x/y/z"))
    assert.is_true(files.replace(dir .. "/file", ""))
    assert.same({ nil, ("cannot make the folder %s/file: a file of that name is in the way"):format(dir) },
      { files.make_folder(dir .. "/file/x") })
    local ok, message = files.make_folder(("x"):rep(10000))
    assert.is_nil(ok)
    assert.matches("^cannot make the folder x+%.%.%.: File name too long$", message)
  end)
end)
