--- `optlab list [SECTION]`: a line for each script.
-- @module optlab.cli.commands.list
return {
  name = "list",
  summary = "shows a line for each script: optlab list momentum",
  usage = "optlab list [SECTION]",
  build = function(parser)
    parser:argument("section"):args("?"):description("a section of the book; by default all scripts")
  end,
  completes = { section = "section" },
  run = function(values) return require("optlab.cli.listing").print_all(values.section) end,
}
