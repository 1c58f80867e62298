-- busted inside the program: optlab scripts/specs.lua [busted's arguments]
require("optlab.base.arguments").declared() -- the arguments are busted's
require "busted.runner" { standalone = false }
