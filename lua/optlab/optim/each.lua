--- Built-in optimizers with a hyperparameter that differs from element to element: a learning rate for each point.
--
-- The text of the rule is compiled once more, with a state of the parameter's shape in place of the hyperparameter. The
-- element with rate lr gets the bits that the optimizer itself gives it.
-- @module optlab.optim.each
local config = require "optlab.base.config"
local core = require "optlab.core"
local errors = require "optlab.base.errors"
local files = require "optlab.base.files"

local M = {}

local definitions -- name -> definition

local function definition_of(name)
  if not definitions then
    definitions = {}
    local folder = config.lib .. "optim/rules/"
    for _, room in ipairs(files.list(folder)) do
      for _, file in ipairs(files.list(folder .. room, "%.lua$")) do
        local found = require(("optlab.optim.rules.%s.%s"):format(room, file:gsub("%.lua$", "")))
        definitions[found.name] = found
      end
    end
  end
  return definitions[name]
end

local function place_of(name) return name .. "_each" end

-- The text with other names for some of its names.
local function renamed(text, names)
  return (text:gsub("%f[%a_][%a_][%w_]*", function(word) return names[word] and place_of(word) end))
end

-- The text with tensors in place of some hyperparameters. A line that is done only `if` one of them is not 0 is done
-- always, with the element's own value; `where` one of them is not 0 becomes a comparison.
local function rule_of(definition, names)
  local lines = {}
  for line in (renamed(definition.rule, names) .. "\n"):gmatch "(.-)\n" do
    line = line:gsub("where%(%s*([%w_]+_each)%s*,", "where(%1 * %1 > 0,")
    local text, condition = line:match "^(.-)%s+if%s+([%w_]+)%s*$"
    local name = condition and condition:match "^(.*)_each$"
    lines[#lines + 1] = name and names[name] and text or line
  end
  return table.concat(lines, "\n")
end

local made = {} -- "Adam lr" -> constructor

local function constructor(definition, names)
  local list = {}
  for name in pairs(names) do list[#list + 1] = name end
  table.sort(list)
  local key = definition.name .. " " .. table.concat(list, " ")
  if made[key] then return made[key] end
  local defaults, state = {}, {}
  for _, row in ipairs(definition.hyper) do defaults[row[1]] = row[2] end
  for _, row in ipairs(definition.state or {}) do
    state[#state + 1] = {
      name = row[2], when = not names[row.when] and row.when or nil, start = row.start, number = row.number,
      per = row.per,
    }
  end
  for _, name in ipairs(list) do -- loaded and never assigned, as state may be that does not start at 0
    state[#state + 1] = { name = place_of(name), start = 1 }
  end
  made[key] = require("optlab.optim.define").define {
    name = definition.name, defaults = defaults, state = state, rule = rule_of(definition, names),
  }
  return made[key]
end

local function check_names(callee, definition, each)
  for name, value in pairs(each) do
    local default
    for _, row in ipairs(definition.hyper) do
      if row[1] == name then default = row[2] end
    end
    if type(default) ~= "number" then
      errors.raise("%s: %s of optim.%s must be a number, got %s", callee, name, definition.name, errors.shown(value))
    end
  end
end

--- Options with the largest value of each tensor in its place.
-- @tparam table options
-- @tparam {[string]=Tensor,...} each hyperparameters by name
-- @treturn table
function M.sample(options, each)
  local out = {}
  for key, value in pairs(options) do out[key] = value end
  for key, value in pairs(each) do out[key] = value:max():item() end
  return out
end

--- Whether hyperparameters of an optimizer can be tensors: not where its rule computes numbers of them.
-- @tparam string callee for messages
-- @tparam string name of a built-in optimizer that is a rule
-- @tparam {[string]=Tensor,...} each hyperparameters by name
-- @treturn boolean
function M.is_possible(callee, name, each)
  local definition = definition_of(name)
  if not definition then return false end
  check_names(callee, definition, each)
  return (pcall(constructor, definition, each))
end

--- Makes an optimizer of which some hyperparameters are tensors of the parameters' shape.
-- @tparam string callee for messages
-- @tparam {Tensor,...} params
-- @tparam string name of a built-in optimizer that is a rule
-- @tparam table options the other ones
-- @tparam {[string]=Tensor,...} each hyperparameters by name
-- @treturn Optimizer
function M.optimizer(callee, params, name, options, each)
  local optim = require "optlab.optim"
  local definition = type(name) == "string" and optim[name] and definition_of(name)
  if not definition then
    errors.raise("%s: a hyperparameter can be a tensor of optimizers that are rules, by their names: "
      .. "{\"Adam\", lr = t}", callee)
  end
  optim[name]({ core.tensor.zeros(1) }, M.sample(options, each)) -- refuses what it does not have
  check_names(callee, definition, each)
  local ok, make = pcall(constructor, definition, each)
  if not ok then
    errors.raise("%s: these hyperparameters of optim.%s cannot be tensors: %s", callee, name, tostring(make))
  end
  local opt = make(params, options)
  local dict = opt:state_dict()
  for i, p in ipairs(params) do
    dict.state[i] = { step = 0 }
    for key, value in pairs(each) do dict.state[i][place_of(key)] = value:expand(p.shape) end
  end
  opt:load_state_dict(dict)
  return opt
end

return M
