--- `optlab diff RUN RUN`: in what two runs differ, with their code line by line.
-- @module optlab.cli.commands.compare.diff
local function read_context(text)
  local n = math.tointeger(tonumber(text))
  return n and n >= 0 and n or nil, "--context must be an integer of at least 0, got '" .. text .. "'"
end

local function run(values)
  local list = {}
  for i, word in ipairs { values.first, values.second } do
    local found, message = require("optlab.runs").read(word)
    if not found then return nil, "diff: " .. message end
    list[i] = found
  end
  local errors = require "optlab.base.errors"
  local lines = require("optlab.compare.difference").lines(list[1], list[2], values.context)
  for _, line in ipairs(lines) do print((errors.visible(line:gsub("\t", "        ")))) end
  if #lines == 0 then
    print(("%s and %s have the same parameters, seed, versions, data, code and final values"):format(list[1].name,
      list[2].name))
  end
  return true
end

return {
  name = "diff", summary = "shows in what two runs differ, with their code line by line",
  usage = "optlab diff RUN RUN [--context N]",
  doc = "Shows in what two runs differ: parameters, seed, versions, data, final values, and the script and modules line"
    .. " by line, from the copies that the runs have.",
  completes = { first = "RUN", second = "RUN" }, reads_runs = true, run = run,
  build = function(parser)
    parser:argument("first"):argname("RUN"):description("12, 12-momentum, last, or a directory")
    parser:argument("second"):argname("RUN"):description("the other one")
    parser:option("--context"):argname("N"):convert(read_context):default("3")
      :description("equal lines around a change")
  end,
}
