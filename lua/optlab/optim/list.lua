--- The optimizers that there are: `optim.list`.
-- @module optlab.optim.list
local args = require "optlab.base.args"
local core = require "optlab.core"
local matrix = require "optlab.optim.matrix"
local wrappers = require "optlab.optim.wrappers"

local M = {}

local LIST = args.declare("optim.list", {
  doc = "The built-in optimizers, a list of {name =, defaults =, needs =, wraps =}, sorted by name: hyperparameters "
    .. "with their defaults, what step() asks for (\"loss\", \"closure\", \"graph\" or nil), and whether the optimizer "
    .. "is made around another one.",
  { "wrappers", "flag", default = false,
    doc = "Whether optimizers that are made around another one are listed, too." },
})

local INPUTS = { params = true, optimizer = true }

-- The hyperparameters among the rows of a declaration, with their defaults; lists are copied.
local function defaults_of(rows)
  local defaults = {}
  for _, row in ipairs(rows) do
    if not INPUTS[row.name] then
      local value = row.default
      defaults[row.name] = type(value) == "table" and table.move(value, 1, #value, 1, {}) or value
    end
  end
  return defaults
end

local function entry_of(declaration, name)
  local first = declaration.args[1]
  return {
    name = name, defaults = defaults_of(declaration.args), needs = declaration.needs,
    wraps = first ~= nil and first.name == "optimizer",
  }
end

-- The declarations of what is written in Lua are made when it is loaded.
local function add_lua(list, room, folder)
  for name, file in pairs(room.FILES) do
    room.constructor(name, folder .. file)
    list[#list + 1] = entry_of(args.all()["optim." .. name], name)
  end
end

--- The built-in optimizers.
-- @tparam[opt] table options see the declaration above
-- @treturn {table,...} sorted by name
-- @usage for _, entry in ipairs(optim.list()) do print(entry.name, entry.defaults.lr) end
function M.list(...)
  local o, all, list = LIST:read(...), {}, {}
  for _, declaration in ipairs(core.optim.declarations()) do
    if declaration.state then all[#all + 1] = entry_of(declaration, declaration.name) end
  end
  add_lua(all, matrix, "optlab.optim.matrix.")
  add_lua(all, wrappers, "optlab.optim.wrappers.")
  for _, entry in ipairs(all) do
    if o.wrappers or not entry.wraps then list[#list + 1] = entry end
  end
  table.sort(list, function(a, b) return a.name:lower() < b.name:lower() end)
  return list
end

return M
