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

  it("replace a link that they must not follow", function()
    program.shell(dir, "echo precious >a && ln -s a link")
    assert.is_true(files.replace(dir .. "/link", "new", true))
    assert.same({ "precious\n", "new" }, { files.read(dir .. "/a"), files.read(dir .. "/link") })
    assert.equal("file", require("luv").fs_lstat(dir .. "/link").type)
  end)

  it("do not replace what is no regular file", function()
    program.shell(dir, "mkfifo fifo; mkdir folder")
    for name, what in pairs { fifo = "a FIFO", folder = "a directory" } do
      local message = ("cannot write %s/%s: it is %s, not a regular file"):format(dir, name, what)
      assert.same({ nil, message }, { files.replace(dir .. "/" .. name, "text") })
      assert.same({ nil, message }, { files.grow(dir .. "/" .. name, "text") })
    end
    assert.same({ nil, "cannot write /dev/null: it is a device, not a regular file" },
      { files.replace("/dev/null", "text") })
  end)

  it("that grow are there with their first line, in the place of the old file", function()
    program.shell(dir, "echo precious >b && ln -s b a")
    local f = files.grow(dir .. "/a", "1\n")
    assert.equal("1\n", files.read(dir .. "/a"))
    assert.is_true(f:append("2\n"))
    assert.equal("1\n2\n", files.read(dir .. "/a"))
    assert.is_true(f:commit())
    assert.equal("1\n2\n", files.read(dir .. "/a"))
    assert.equal("precious\n", files.read(dir .. "/b"))
    assert.is_false(pcall(f.append, f, "3"))
    do
      local open <close> = files.grow(dir .. "/a", "3\n")
      assert.is_true(open:append("4\n"))
    end
    assert.equal("3\n4\n", files.read(dir .. "/a"))
    local none, message = files.grow(dir .. "/no/a", "")
    assert.is_nil(none)
    assert.equal(("cannot write %s/no/a: No such file or directory"):format(dir), message)
  end)

  it("without a name are for other programs", function()
    local t <close> = files.scratch()
    local uv = require "luv"
    local ended = false
    uv.spawn("sh", { args = { "-c", "echo text >/dev/fd/3" }, stdio = { nil, nil, nil, t:fd() } },
      function() ended = true end)
    while not ended do uv.run("once") end
    assert.equal("text\n", t:read())
    t:close()
    assert.is_false(pcall(t.read, t))
  end)

  it("that a killed process left behind are removed by the next, those of a living one are not", function()
    local lost, other, alive = ".optlab-0123456789abcdef.part", ".optlab-0123456789abcdeg.part",
      ".optlab-2123456789abcdef.part"
    local _, out = program.shell(dir, ([[
      echo lost >%s; echo other >%s; ln -s %s .optlab-1123456789abcdef.part; echo alive >%s
      exec 9<%s; flock 9; %s -e 'require("optlab.base.files").replace("new", "text")'
      ls -A | grep part$]]):format(lost, other, other, alive, alive, program.quoted(program.path)))
    assert.equal(("%s\n.optlab-1123456789abcdef.part\n%s\n"):format(other, alive), out)
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

  it("makes temporary folders below $TMPDIR, or in /tmp where that is empty", function()
    local uv = require "luv"
    local before = os.getenv "TMPDIR"
    uv.os_setenv("TMPDIR", "")
    local path = files.temporary_folder "spec"
    uv.os_setenv("TMPDIR", "/nowhere")
    local none, message = files.temporary_folder "spec"
    if before then uv.os_setenv("TMPDIR", before) else uv.os_unsetenv "TMPDIR" end
    assert.matches("^/tmp/optlab%-spec%-", path)
    assert.equal("directory", files.kind(path))
    assert(uv.fs_rmdir(path))
    assert.is_nil(none)
    assert.matches("^cannot make a temporary folder: ENOENT", message)
  end)
end)

describe("order.names", function()
  it("gives the names in a table by their bytes", function()
    assert.same({ "B", "a", "é" }, require("optlab.base.order").names { a = 1, ["é"] = 2, B = 3 })
  end)
end)
