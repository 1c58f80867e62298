--- The program finds its Lua modules in each kind of tree that it is installed in.
local files = require "tests.support.files"
local program = require "tests.support.program"
local text = require "tests.support.text"
local uv = require "luv"

describe("The program", function()
  local dir

  before_each(function() dir = files.folder() end)
  after_each(function() files.remove(dir) end)

  -- A copy of the program at one place of a tree, and the Lua modules at another; runs a script there.
  local function run(binary, modules)
    local function make(path) assert(os.execute("mkdir -p " .. program.quoted(dir .. "/" .. path))) end
    make(binary)
    make(modules)
    assert(uv.fs_copyfile(program.path, dir .. "/" .. binary .. "/optlab"))
    assert(uv.fs_symlink(uv.cwd() .. "/lua/optlab", dir .. "/" .. modules .. "/optlab"))
    files.write(dir .. "/a.lua", 'print(require("optlab").zeros(2):numel())')
    return program.shell(dir, binary .. "/optlab a.lua")
  end

  for _, tree in ipairs {
    { "build", "build/share/optlab/lua" }, { "bin", "share/optlab/lua" },
    { "bin", "share/lua/5.4" }, { "lib/luarocks/rocks-5.4/optlab/scm-1/bin", "share/lua/5.4" },
  } do
    it(("finds %s from %s"):format(tree[2], tree[1]), function()
      assert.same({ 0, "2\n", "" }, { run(table.unpack(tree)) })
    end)
  end

  it("says so where there are none", function()
    local status, _, err = run("bin", "elsewhere")
    assert.equal(1, status)
    text.contains(err, "cannot find its Lua modules")
  end)
end)
