--- Words of a command line for a POSIX shell.
-- @module optlab.base.text.shell
local M = {}

--- A word as a shell must read it: in quotes where it has to be.
-- @tparam string text
-- @treturn string
function M.word(text)
  if text:find "^[%w_./=:,+@%%-]+$" then return text end
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

return M
