-- busted inside the program: optlab scripts/specs.lua [busted's arguments]
require "busted.runner" { standalone = false }
