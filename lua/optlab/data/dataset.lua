--- A data set: tensors `X` (rows first) and `y`, and where they come from.
-- @classmod Dataset
local Dataset = { __name = "Dataset" }
Dataset.__index = Dataset

--- Makes one; only `name`, `X` and `y` are needed.
-- @tparam table fields `name`, `X`, `y`; `path` of the file read; `stand_in` (true if the program made the data up)
-- and `note` (then a few words for a figure's title); what else the data set offers
-- @treturn Dataset
function Dataset.new(fields)
  fields.stand_in = fields.stand_in or false
  return setmetatable(fields, Dataset)
end

function Dataset:__len() return #self.X end

local function shape(t) return "(" .. table.concat(t.shape, ", ") .. ")" end

function Dataset:__tostring()
  local text = ("Dataset %s: X %s, y %s, %s"):format(self.name, shape(self.X), shape(self.y), self.X.dtype)
  return self.note and text .. ", " .. self.note or text
end

return Dataset
