--- The order of names by their bytes, the same in every locale: Lua's `<` asks the locale. What ends up in files, or
-- decides in which order random numbers are drawn, is sorted with this.
-- @module optlab.base.order
local system = require("optlab.core").system

local M = {}

--- Whether a name comes before another.
-- @function less
-- @tparam string a
-- @tparam string b
-- @treturn boolean
M.less = system.string_less

--- Sorts a list of names.
-- @tparam {string,...} names
-- @treturn {string,...} the same list
function M.sort(names)
  table.sort(names, M.less)
  return names
end

--- The names in a table, sorted.
-- @tparam table t
-- @treturn {string,...}
function M.names(t)
  local names = {}
  for name in pairs(t) do names[#names + 1] = name end
  return M.sort(names)
end

return M
