-- busted inside the program: optlab scripts/specs.lua [busted's arguments]
require("optlab.base.script_arguments").declared() -- the arguments are busted's
require "busted.runner" { standalone = false }
