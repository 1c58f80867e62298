--- scripts/check_layers.lua: this tree passes, and a planted fault in a copy of a room does not.
local files = require "tests.support.files"

local function check(root)
  local pipe = assert(io.popen(("lua5.4 scripts/check_layers.lua '%s' 2>&1"):format(root)))
  local text = pipe:read "a"
  return pipe:close() == true, text
end

describe("the direction of includes and requires", function()
  local root

  -- A tree of two C rooms and two Lua rooms that passes.
  before_each(function()
    root = files.folder()
    for _, room in ipairs { "src/base", "src/optim", "lua/optlab/base", "lua/optlab/train" } do
      os.execute(("mkdir -p '%s/%s'"):format(root, room))
    end
    files.write(root .. "/src/base/err.h", "\n")
    files.write(root .. "/src/optim/optimizer.c", '#include "base/err.h"\n')
    files.write(root .. "/lua/optlab/base/errors.lua", "return {}\n")
    files.write(root .. "/lua/optlab/train/fit.lua", 'local errors = require "optlab.base.errors"\n')
  end)

  after_each(function() files.remove(root) end)

  it("holds in this tree", function()
    local ok, text = check "."
    assert.equal("", text)
    assert.is_true(ok)
  end)

  it("holds in the small tree of these specs", function() assert.is_true(check(root)) end)

  it("fails where a lower room includes a higher one", function()
    files.write(root .. "/src/base/err.h", '\n#include "optim/optimizer.h"\n')
    local ok, text = check(root)
    assert.is_false(ok)
    assert.is_truthy(text:find("src/base/err.h:2: base may not name optim (optim/optimizer.h)", 1, true), text)
  end)

  it("fails where a lower room requires a higher one", function()
    files.write(root .. "/lua/optlab/base/errors.lua", 'return require("optlab.train.fit")\n')
    local ok, text = check(root)
    assert.is_false(ok)
    assert.is_truthy(text:find("base/errors.lua:1: base may not name train (train/fit/)", 1, true), text)
  end)

  it("fails for a room that is not listed, a crowded folder and a long file", function()
    os.execute(("mkdir -p '%s/src/attic'"):format(root))
    files.write(root .. "/src/attic/old.c", ("\n"):rep(501))
    for i = 1, 16 do files.write(("%s/src/base/b%d.h"):format(root, i), "\n") end
    local ok, text = check(root)
    assert.is_false(ok)
    assert.is_truthy(text:find("src/attic/old.c: lies in no room", 1, true), text)
    assert.is_truthy(text:find("src/attic/old.c: 501 lines, at most 500", 1, true), text)
    assert.is_truthy(text:find("src/base: 17 files, at most 16", 1, true), text)
  end)
end)
