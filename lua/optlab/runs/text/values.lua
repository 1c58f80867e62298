--- Values of a run as tables and lists show them.
-- @module optlab.runs.text.values
local decimal = require "optlab.base.number"
local order = require "optlab.base.order"

local M = {}

--- A value in short: six digits of a number, a list with commas.
-- @param value
-- @treturn string
function M.short(value)
  if type(value) == "table" then
    local items = {}
    for i, item in ipairs(value) do items[i] = M.short(item) end
    return table.concat(items, ",")
  end
  if type(value) ~= "number" then return tostring(value) end
  return value ~= value and "nan" or decimal.text(value, 6)
end

--- The same so that it can be read back: all digits of a number.
-- @param value
-- @treturn string
function M.whole(value)
  if math.type(value) ~= "float" then return M.short(value) end
  if value ~= value then return "nan" end
  local text = decimal.text(value, 15)
  return decimal.parse(text) == value and text or decimal.text(value, 17)
end

--- A time: "0.52 s", "12.3 s", "4:05 min", "2:03:04 h", "" for none and for one that is not finite.
-- @tparam ?number seconds
-- @treturn string
function M.time(seconds)
  if not (seconds and seconds < math.huge) then return "" end
  if seconds < 9.995 then return ("%.2f s"):format(seconds) end
  if seconds < 59.95 then return ("%.1f s"):format(seconds) end
  local s = math.floor(seconds + 0.5)
  if s < 3600 then return ("%d:%02d min"):format(s // 60, s % 60) end
  return ("%d:%02d:%02d h"):format(s // 3600, s // 60 % 60, s % 60)
end

-- Which final value stands for a run: the loss, or the first that is none of a part of the run ("adam.loss").
local PREFERRED = { "loss", "test_loss", "train_loss" }

--- The name of the value that stands for a run; nil without any.
-- @tparam table run
-- @treturn ?string
function M.main_quantity(run)
  for _, name in ipairs(PREFERRED) do
    if run.final[name] then return name end
  end
  local names = order.names(run.final)
  for _, name in ipairs(names) do
    if not name:find(".", 1, true) then return name end
  end
  return names[1]
end

return M
