--- The record of a run: named columns, one row at a time, in `<out>/metrics.csv`.
--
-- The bytes depend on the values alone (numbers as %.9g), so that two runs with one seed write the same file. What
-- does not repeat, such as seconds, goes to a file of its own: `lab.metrics({"epoch", "seconds"}, "timings")`.
--
-- The file takes the place of an older one when the record is opened. A row is written, as a whole, before `row`
-- returns; closing the record, which the program does at the script's end, puts the file on the disk. So a run that
-- fails or is killed leaves the rows up to then.
-- @module optlab.base.csvlog
-- @usage
-- local log = lab.metrics{"run", "epoch", "loss"}
-- log:row("adam", epoch, loss)
-- log:row{run = "adam", epoch = epoch, loss = loss}
local args = require "optlab.base.args"
local arguments = require "optlab.base.script_arguments"
local config = require "optlab.base.config"
local errors = require "optlab.base.errors"
local files = require "optlab.base.files"
local output = require "optlab.base.output"
local number = require "optlab.base.number"

local Record = {}
Record.__index = Record
Record.__name = "optlab.Metrics"

local open = {} -- records not yet closed, in the order they were opened
local taken = {} -- paths written in this run

local function quoted(text)
  if text:find('[,"\r\n]') then return '"' .. text:gsub('"', '""') .. '"' end
  return text
end

-- A value as it stands in the file; a tensor of one element counts as its number.
local function cell(value, column)
  if type(value) == "userdata" and value.item then value = value:item() end
  if type(value) == "number" then return value ~= value and "nan" or number.text(value, 9) end
  if value == nil then return "" end
  if type(value) == "string" or type(value) == "boolean" then return quoted(tostring(value)) end
  return errors.raise("Metrics:row: column '%s' cannot hold %s", column, errors.shown(value))
end

local function check(ok, message)
  if not ok then errors.raise("metrics: %s", message) end
  return ok
end

-- Values by position, as many as there are columns.
local function by_position(self, n, ...)
  if n ~= #self.columns then
    local names = table.concat(self.columns, ", ")
    errors.raise("Metrics:row: %d values for %d columns (%s)", n, #self.columns, names)
  end
  return { ... }
end

local function by_name(self, row)
  local known, values = {}, {}
  for _, column in ipairs(self.columns) do known[column] = true end
  for name in pairs(row) do
    if not known[name] then errors.unknown_option("Metrics:row", name, self.columns) end
  end
  for i, column in ipairs(self.columns) do values[i] = row[column] end
  return values
end

--- Adds a row.
-- @param ... the values in the order of the columns; or one table `{column = value}`, where missing columns stay empty
function Record:row(...)
  if not self.file then errors.raise("Metrics:row: %s is closed", self.path) end
  local first = ...
  local values = type(first) == "table" and by_name(self, first) or by_position(self, select("#", ...), ...)
  local cells = {}
  for i, column in ipairs(self.columns) do cells[i] = cell(values[i], column) end
  check(self.file:append(table.concat(cells, ",") .. "\n"))
  if config.on_row then config.on_row(self.columns, values, self.path) end
end

--- Ends the record: the file is on the disk when it returns. Closing twice does nothing.
function Record:close()
  local file = self.file
  if not file then return end
  self.file = nil
  local ok, message = file:commit()
  for i, record in ipairs(open) do
    if record == self then table.remove(open, i) break end
  end
  check(ok, message)
end

Record.__close = Record.close

function Record:__tostring()
  return ("metrics(%s: %s)"):format(self.path, table.concat(self.columns, ", "))
end

-- Makes the folder of a new file, and the output folder the run's own.
local function claim(path)
  local ok, message = files.make_folder(path:match("^(.*)/") or ".")
  if ok then ok, message = output.claim(path) end
  if not ok then errors.raise("lab.metrics: %s", message) end
end

local M = {}

local METRICS = args.declare("lab.metrics", {
  doc = "Opens a CSV file of numbers, <out>/<name>.csv, with the methods row and close.",
  positions = 2,
  { "columns", "list", of = { "string" }, least = 1, required = true,
    what = 'a list of names such as {"epoch", "loss"}', doc = "The names of the columns." },
  { "name", "path", default = "metrics", doc = "The file is <out>/<name>.csv." },
})

--- Whether this run writes a file already.
-- @tparam string path
-- @treturn boolean
function M.is_taken(path) return taken[path] or false end

--- Starts the record of a file.
-- @tparam string path
-- @tparam {string,...} columns
-- @treturn Record
function M.at(path, columns)
  claim(path)
  local self = setmetatable({ columns = columns, path = path }, Record)
  local head = {}
  for i, column in ipairs(columns) do head[i] = quoted(column) end
  self.file = check(files.grow(path, table.concat(head, ",") .. "\n"))
  taken[path] = true
  open[#open + 1] = self
  if config.on_record then config.on_record(path) end
  return self
end

--- Starts a record.
-- @tparam {string,...} columns
-- @tparam[opt="metrics"] string name the file is `<out>/<name>.csv`
-- @treturn Record with `:row(...)`, `:close()`
function M.new(...)
  arguments.settle()
  local o = METRICS:read(...)
  local path = (o.name:match("^/") and "" or config.out .. "/") .. o.name .. ".csv"
  if taken[path] then
    errors.raise("lab.metrics: this run has already written %s; give the second record a name", path)
  end
  return M.at(path, o.columns)
end

--- Closes every record that is still open; the program calls it at the script's normal end.
function M.close_all()
  while open[1] do open[1]:close() end
end

return setmetatable(M, { __call = function(_, ...) return M.new(...) end })
