--- `optlab help [NAME]`: what the reference says about a name.
-- @module optlab.cli.commands.help
return {
  name = "help",
  summary = "explains a layer, an optimizer, a function: optlab help SGD",
  usage = "optlab help [NAME]",
  build = function(parser)
    parser:argument("word"):args("?")
      :description("a name, such as SGD, train.fit or Tensor:mm, or a command; by default all names")
  end,
  completes = { word = "name" },
  run = function(values)
    local help, commands = require "optlab.cli.help", require "optlab.cli.commands"
    local word = values.word
    if not word then return io.write(help.overview()) and true end
    local text, message = help.about(word)
    local command = commands.find(word)
    if text then io.write(text, command and ("\n'optlab %s --help' explains the command.\n"):format(word) or "") end
    if not text and command then return commands.run(command, { "--help" }) end
    return text and true, message
  end,
}
