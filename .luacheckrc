std = "lua54"
max_line_length = 120
exclude_files = { "build*", "out" }
files["tests"] = { std = "+busted" }
files["lua/optlab/types"] = { ignore = { "." } }
files["site/page/filter.lua"] = { read_globals = { "pandoc" }, globals = { "Pandoc" } }
