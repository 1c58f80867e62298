--- `optlab new NAME [--kind KIND]`: writes a script to start from.
-- @module optlab.cli.commands.new
local function build(parser)
  local new, names, lines = require "optlab.cli.new", {}, {}
  for i, kind in ipairs(new.KINDS) do
    names[i] = kind[1]
    lines[i] = ("%s: %s"):format(kind[1], kind[2])
  end
  parser:argument("name"):description("the script's name; .lua is added if it is missing")
  parser:option("--kind"):argname("KIND"):choices(names):default("descent")
    :description("the kind of script. " .. table.concat(lines, "; ") .. ".")
end

local function run(values)
  local new = require "optlab.cli.new"
  local path, message = new.write(values.name, values.kind)
  if not path then return nil, message end
  print(("%s is written. Run it: optlab %s"):format(path, new.command_word(path)))
  return true
end

return {
  name = "new", summary = "writes a commented script to start from: optlab new my",
  usage = "optlab new NAME [--kind KIND]",
  doc = "Writes a script with comments, which runs at once and can then be changed. An existing file is never "
    .. "replaced.",
  completes = { name = "value" }, build = build, run = run,
}
