--- A data set: tensors `X` (rows first) and `y`, and where they come from.
-- @classmod Dataset
local errors = require "optlab.base.errors"

local Dataset = { __name = "Dataset" }
Dataset.__index = Dataset

--- Makes one; only `name`, `X` and `y` are needed.
-- @tparam table fields `name`, `X`, `y`; `path` of the file read; `stand_in` (true if the program made the data up)
-- and `note` (then a few words for a figure's title); `transform`, which `data.loader` applies to a uint8 `X`;
-- what else the data set offers
-- @treturn Dataset
function Dataset.new(fields)
  fields.stand_in = fields.stand_in or false
  return setmetatable(fields, Dataset)
end

-- The rows from..to of any {X=tensor, y=tensor}.
local function rows(ds, from, to)
  local part = {}
  for key, value in pairs(ds) do part[key] = value end
  part.X = ds.X:narrow(1, from, to - from + 1)
  part.y = ds.y and ds.y:narrow(1, from, to - from + 1)
  return Dataset.new(part)
end

--- The rows from..to, both included; they share the data set's memory.
-- @tparam integer from
-- @tparam[opt] integer to the last row by default
-- @treturn Dataset
-- @usage local last = ds:subset(9001)
function Dataset:subset(from, to)
  local n = #self.X
  from = errors.check_integer(from, "Dataset:subset", "from", 1, n)
  to = errors.check_integer(to or n, "Dataset:subset", "to", from, n)
  return rows(self, from, to)
end

--- Cuts a data set into consecutive parts; they share its memory. Rows that are left over belong to none.
-- @tparam table ds a data set or any {X=tensor, y=tensor}
-- @tparam {integer,...} sizes how many rows each part has
-- @treturn Dataset as many as there are sizes
-- @usage local train, test = data.split(ds, { 8000, 2000 })
function Dataset.split(ds, sizes)
  if type(ds) ~= "table" or not ds.X then
    errors.raise("data.split: a data set {X=tensor, y=tensor} is needed, got %s", errors.shown(ds))
  end
  if type(sizes) ~= "table" or #sizes == 0 then
    errors.raise("data.split: a list of sizes is needed, such as {8000, 2000}, got %s", errors.shown(sizes))
  end
  local parts, done, n = {}, 0, #ds.X
  for i, size in ipairs(sizes) do
    size = errors.check_integer(size, "data.split", ("sizes[%d]"):format(i), 1, math.maxinteger)
    if size > n - done then
      errors.raise("data.split: part %d is to have %d rows, but of %d rows %d are left", i, size, n, n - done)
    end
    parts[i] = rows(ds, done + 1, done + size)
    done = done + size
  end
  return table.unpack(parts)
end

function Dataset:__len() return #self.X end

local function shape(t) return "(" .. table.concat(t.shape, ", ") .. ")" end

function Dataset:__tostring()
  local text = ("Dataset %s: X %s, y %s, %s"):format(self.name, shape(self.X), shape(self.y), self.X.dtype)
  return self.note and text .. ", " .. self.note or text
end

return Dataset
