--- The data that a training is evaluated on: one set, called "test", or several by name.
-- @module optlab.train.eval_sets
local errors = require "optlab.base.errors"
local field = require("optlab.base.kinds").field
local order = require "optlab.base.order"

local M = {}

--- What messages say the option must be.
M.WHAT = "a data set {X = tensor, y = tensor}, a loader, or a table of such by name"

local function is_set(data)
  return field(data, "batches") ~= nil or (type(data) == "table" and rawget(data, "X") ~= nil)
end

local function check_name(name, fn)
  if type(name) ~= "string" or not name:match("^%a[%w_]*$") or name == "train" then
    errors.raise("%s: the sets of eval_data are given by name, such as valid or test (train is the training data), "
      .. "got the name %s", fn, errors.shown(name))
  end
end

-- The set whose loss is the recorded one comes first.
local function put_first(sets)
  for _, name in ipairs { "test", "valid" } do
    for i, set in ipairs(sets) do
      if set.name == name then table.insert(sets, 1, table.remove(sets, i)) end
    end
  end
  return sets
end

--- The evaluation sets of the option eval_data.
-- @param data
-- @tparam string fn who asks, for messages
-- @treturn {table,...} each `name` and `data`; the loss of the first one is the recorded one
function M.read(data, fn)
  if data == nil then return {} end
  if is_set(data) then return { { name = "test", data = data } } end
  if type(data) ~= "table" or next(data) == nil then errors.bad_value(fn, "eval_data", M.WHAT, data) end
  local names, sets = {}, {}
  for name, set in pairs(data) do
    check_name(name, fn)
    if not is_set(set) then errors.bad_value(fn, "eval_data." .. name, "a data set {X =, y =} or a loader", set) end
    names[#names + 1] = name
  end
  for i, name in ipairs(order.sort(names)) do sets[i] = { name = name, data = data[name] } end
  return put_first(sets)
end

return M
