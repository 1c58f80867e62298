-- busted inside the program: optlab scripts/specs.lua [busted's arguments]
require("optlab.base.script_arguments").declared() -- the arguments are busted's
package.loaded["optlab.base.notice"] = function() end -- no words among busted's dots; specs of notices run the program
require "busted.runner" { standalone = false }
