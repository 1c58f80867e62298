--- A table that keeps its names in the order of their first assignment, as Python's OrderedDict does.
--
-- `d[name]` reads and writes as in any table; `pairs(d)` and `for name, value in d do` visit the names in order.
-- @module optlab.nn.ordered_dict
local M = {}

local order_of = setmetatable({}, { __mode = "k" }) -- d -> {names in order, position = {name -> position}}

-- What comes after `previous`; names whose value has become nil are passed over.
local function following(d, previous)
  local order = order_of[d]
  for i = (order.position[previous] or 0) + 1, #order do
    local name = order[i]
    local value = rawget(d, name)
    if value ~= nil then return name, value end
  end
end

local META = {
  __name = "optlab.OrderedDict",
  __pairs = function(d) return following, d, "" end,
  __call = function(d, _, previous) return following(d, previous or "") end,
  __newindex = function(d, name, value)
    local order = order_of[d]
    if not order.position[name] then
      order[#order + 1] = name
      order.position[name] = #order
    end
    rawset(d, name, value)
  end,
}

--- Makes an empty one.
-- @treturn table
function M.new()
  local d = setmetatable({}, META)
  order_of[d] = { position = {} }
  return d
end

--- Whether a value is such a table.
-- @treturn boolean
function M.is(value)
  return getmetatable(value) == META
end

return M
