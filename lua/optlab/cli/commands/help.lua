--- `optlab help [NAME]`: what the reference says about a name.
-- @module optlab.cli.commands.help
return {
  name = "help",
  summary = "explains a layer, an optimizer, a function: optlab help SGD",
  usage = "optlab help [NAME]",
  build = function(parser)
    parser:argument("word"):args("?"):description("a name, such as SGD or train.fit; by default all names")
  end,
  completes = { word = "name" },
  run = function(values)
    local help = require "optlab.cli.help"
    local text, message = help.overview(), nil
    if values.word then text, message = help.about(values.word) end
    if not text then return nil, message end
    io.write(text)
    return true
  end,
}
