--- A question before something is removed.
-- @module optlab.cli.commands.runs.confirm

--- Asks on a terminal; without one, `-y` has to be given.
-- @tparam string question
-- @tparam boolean yes whether -y was given
-- @treturn ?boolean whether it may be done; nil and a message where nobody can be asked
return function(question, yes)
  if yes then return true end
  if not require("optlab.core").system.isatty("stdin") then
    return nil, "nobody can be asked here; -y removes without a question"
  end
  io.write(question, " [y/N] ")
  io.flush()
  local answer = io.read "l" or ""
  return answer:lower():match "^%s*y" ~= nil
end
