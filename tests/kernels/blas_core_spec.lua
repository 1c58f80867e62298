-- OpenBLAS's kernels on processors that it does not know.
local files = require "tests.support.files"
local program = require "tests.support.program"

local dir
before_each(function() dir = files.folder() end)
after_each(function() files.remove(dir) end)

-- How OpenBLAS describes itself, with a setting for `env`.
local function described(setting)
  local _, out = program.shell(dir, ("env %s %s -e %s"):format(setting, program.quoted(program.path),
    program.quoted 'print(require("optlab.core").runs.versions().openblas)'))
  return out
end

describe("OpenBLAS", function()
  local info = files.exists "/proc/cpuinfo" and files.read "/proc/cpuinfo" or ""

  it("uses vectors of AVX wherever the processor has them", function()
    if not info:find "%f[%w]avx2%f[%W]" then return pending "this processor has no AVX2" end
    for _, old in ipairs { "Prescott", "Core2", "Generic" } do
      assert.is_nil(described("-u OPENBLAS_CORETYPE"):find(old, 1, true))
    end
  end)

  it("uses what OPENBLAS_CORETYPE asks for", function()
    local text = described "OPENBLAS_CORETYPE=Prescott"
    if not text:find "DYNAMIC_ARCH" then return pending "this OpenBLAS has kernels for one processor" end
    assert.matches("Prescott", text, 1, true)
  end)
end)
