--- A data set: tensors `X` (rows first) and `y`, and where they come from.
-- @classmod Dataset
local args = require "optlab.base.args"
local errors = require "optlab.base.errors"
local is_tensor = require("optlab.core").tensor.is_tensor

local Dataset = { __name = "Dataset" }
Dataset.__index = errors.strict(Dataset, "a data set", setmetatable({
  X = false, y = false, path = false, note = false, transform = false, classes = false,
}, {
  __index = function(_, key)
    if type(key) == "string" then return nil end
    errors.raise("a data set has no elements; its rows are those of X and y: data.X[1], data.y[1]")
  end,
}))

local SUBSET = args.declare("Dataset:subset", {
  doc = "Rows `from` to `to` as a data set that shares the memory.",
  positions = 2,
  { "from", "integer", min = 1, required = true, doc = "The first row." },
  { "to", "integer", min = 1, doc = "The last row; by default that of the data set." },
})
local SPLIT = args.declare("data.split", {
  doc = "Cuts a data set into consecutive parts, which share its memory.",
  positions = 2,
  { "data", "dataset", required = true, doc = "A data set or any {X = tensor, y = tensor}." },
  { "sizes", "list", of = { "integer", min = 1 }, least = 1, what = "a list of sizes such as {8000, 2000}",
    required = true, doc = "Number of rows of each part." },
})

--- Makes one; only `name` and `X` are needed.
-- @tparam table fields `name`, `X`, `y`; `path` of the file read; `stand_in` (true if the program made the data up)
-- and `note` (then a few words for a figure's title); `transform`, which `data.loader` applies to a uint8 `X`;
-- what else the data set offers
-- @treturn Dataset
function Dataset.new(fields)
  fields.stand_in = fields.stand_in or false
  return setmetatable(fields, Dataset)
end

-- Tensors that belong to the columns of X, not to its rows.
local OF_COLUMNS = { mean = true, std = true, hessian = true, eigenvalues = true, centers = true }

-- Whether a field has an entry for each row of X.
local function has_rows(ds, key, value)
  return is_tensor(value) and not OF_COLUMNS[key] and value:dim() > 0 and #value == #ds.X
end

-- The rows from..to of any {X=tensor, y=tensor}, also of other tensors with as many rows.
local function rows(ds, from, to)
  local part = {}
  for key, value in pairs(ds) do
    part[key] = has_rows(ds, key, value) and value:narrow(1, from, to - from + 1) or value
  end
  return Dataset.new(part)
end

--- The rows from..to, both included; they share the data set's memory.
-- @tparam integer from
-- @tparam[opt] integer to the last row by default
-- @treturn Dataset
-- @usage local last = ds:subset(9001)
function Dataset:subset(...)
  local o, n = SUBSET:read(...), #self.X
  args.check("Dataset:subset", "from", o.from, "integer", { min = 1, max = n })
  local to = args.check("Dataset:subset", "to", o.to or n, "integer", { min = o.from, max = n })
  return rows(self, o.from, to)
end

--- Cuts a data set into consecutive parts; they share its memory. Rows that are left over belong to none.
-- @tparam table ds a data set or any {X=tensor, y=tensor}
-- @tparam {integer,...} sizes how many rows each part has
-- @treturn Dataset as many as there are sizes
-- @usage local train, test = data.split(ds, { 8000, 2000 })
function Dataset.split(...)
  local o = SPLIT:read(...)
  local ds, parts, done, n = o.data, {}, 0, #o.data.X
  for i, size in ipairs(o.sizes) do
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
  local y = self.y and ", y " .. shape(self.y) or ""
  local text = ("Dataset %s: X %s%s, %s"):format(self.name, shape(self.X), y, self.X.dtype)
  return self.note and text .. ", " .. self.note or text
end

return Dataset
