-- busted inside the program: optlab scripts/specs.lua [busted's arguments]
require("optlab.base.script_arguments").declared() -- the arguments are busted's
require("optlab.base.config").no_keep = true
package.loaded["optlab.base.notice"] = function() end -- no words among busted's dots; specs of notices run the program

-- Runs that specs start are kept in a folder of their own, which is gone at the end.
local uv = require "luv"
local runs = assert(uv.fs_mkdtemp(uv.os_tmpdir() .. "/optlab-spec-runs-XXXXXX"))
uv.os_setenv("OPTLAB_RUNS", runs)
local exit = os.exit
os.exit = function(...) -- luacheck: ignore 122
  package.loaded["tests.support.files"] = nil
  require("tests.support.files").remove(runs)
  exit(...)
end

require "busted.runner" { standalone = false }
