--- `optlab verify RUN`: runs it again and compares the bits.
-- @module optlab.cli.commands.compare.verify
local UNKNOWN = "nothing that is recorded has changed: the script may depend on the time, on files that it opens "
  .. "itself, or on the order of pairs()"

local function print_list(title, lines)
  print(title)
  for _, line in ipairs(lines) do print("  " .. line) end
end

local function run(values)
  local found, message = require("optlab.runs").read(values.run)
  if not found then return nil, "verify: " .. message end
  local result, wrong = require("optlab.compare.verify").run(found)
  if not result then return nil, ("verify: %s: %s"):format(found.name, wrong) end
  if #result.different == 0 then
    local what = #result.same > 0 and table.concat(result.same, ", ") or "no records and no figures"
    print(("%s: the same bits (%s, %s)"):format(found.name, result.status, what))
    if #result.reasons > 0 then print_list("although not everything is as it was:", result.reasons) end
    return true
  end
  print_list(("%s: differs"):format(found.name), result.different)
  if #result.same > 0 then print("the same: " .. table.concat(result.same, ", ")) end
  print_list("why it may:", #result.reasons > 0 and result.reasons or { UNKNOWN })
  return nil, ("verify: %s is not what it was"):format(found.name)
end

return {
  name = "verify", summary = "runs a run again and compares the bits",
  usage = "optlab verify RUN",
  doc = "Repeats a run from its own copies of script and modules, with the same parameters, seed and data, "
    .. "in a temporary folder, and compares records, figures' scripts and tensors byte by byte. "
    .. "Exit status 1 if they differ.",
  completes = { run = "RUN" }, reads_runs = true, run = run,
  build = function(parser)
    parser:argument("run"):description("12, 12-momentum, last, or a directory")
  end,
}
