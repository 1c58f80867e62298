--- Reads calls by their declaration (`optlab.base.args`).
-- @module optlab.base.args.reader
local errors = require "optlab.base.errors"
local kinds = require "optlab.base.kinds"

local M = {}

local NOTHING = {}

local Declaration = {}
Declaration.__index = Declaration

-- A row {name, kind, ...}, or {kind, ...} of a list's members, with its fields named.
local function prepare(row, is_member)
  row.name, row.kind = not is_member and row[1] or nil, row[is_member and 1 or 2]
  if row.of then prepare(row.of, true) end
  row.takes = kinds.takes(row)
  return row
end

--- Makes a declaration one that reads calls.
-- @tparam table self as `optlab.base.args.declare` made it
function M.prepare(self)
  self.rows, self.by_name = {}, {}
  for i, row in ipairs(self.given) do
    self.rows[i] = prepare(row)
    assert(not self.by_name[row.name], "an argument is declared twice")
    self.by_name[row.name] = row
  end
  setmetatable(self, Declaration)
end

--- The same declaration under another name, for tables that are read at several places.
-- @tparam string callee what messages call it
-- @treturn Declaration not among those of `all`
function Declaration:called(callee)
  local copy = setmetatable({}, Declaration)
  for key, value in pairs(self) do copy[key] = value end
  copy.callee = callee
  return copy
end

--- The names of the arguments, in order.
-- @treturn {string,...}
function Declaration:names()
  local names = {}
  for i, row in ipairs(self.rows) do names[i] = row.name end
  return names
end

-- --- values ---------------------------------------------------------------------------------------------------------

local function take(callee, row, value)
  local taken, at, member_row, member = kinds.accept(value, row)
  if taken ~= nil then return taken end
  if at then errors.bad_value(callee, row.name .. at, kinds.what(member_row, member), member) end
  return errors.bad_value(callee, row.name, kinds.what(row, value), value)
end

-- See optlab.base.args.check.
function M.check(callee, name, value, kind, row)
  local copy = { name, kind }
  for key, limit in pairs(row or {}) do copy[key] = limit end
  return take(callee, prepare(copy), value)
end

local function default(row)
  local value = row.default
  return type(value) == "table" and { table.unpack(value) } or value
end

-- --- a call ---------------------------------------------------------------------------------------------------------

local function is_plain(value)
  local mt = getmetatable(value)
  return type(value) == "table" and not (type(mt) == "table" and rawget(mt, "__name"))
end

local function has_names(t)
  for key in next, t do
    if type(key) == "string" then return true end
  end
  return false
end

-- Whether the value at a position is the table of options: `row` is what may stand there otherwise.
local function is_options(value, row, is_last)
  if not is_plain(value) or (row and row.takes == "table") then return false end
  return has_names(value) or (is_last and next(value) == nil and not (row and row.takes == "list"))
end

-- Where the table of options stands among n arguments; nil without one.
local function find_options(self, given, n)
  if self.positions == 0 and n > 0 then
    if not is_plain(given[1]) then
      local example = self.rows[1] and (", such as {%s = ...}"):format(self.rows[1].name) or ""
      errors.bad_value(self.callee, "options", "a table" .. example, given[1])
    end
    return 1
  end
  for i = 1, n do
    if is_options(given[i], i <= self.positions and self.rows[i] or nil, i == n) then return i end
  end
  return nil
end

local function check_names(self, options, list)
  for key in next, options do
    if type(key) ~= "string" and not (list and math.type(key) == "integer") then
      errors.raise("%s: options are given by name, got the key %s", self.callee, errors.shown(key))
    end
    if type(key) == "string" and not self.by_name[key] then
      errors.unknown_option(self.callee, key, self:names(), self.hints and self.hints[key])
    end
  end
end

local function too_many(self, n)
  local limit = self.positions == 0 and "a table of options" or tostring(self.positions)
  if self.positions > 0 and #self.rows > self.positions then limit = limit .. " and a table of options" end
  errors.raise("%s: too many arguments (%d, at most %s)", self.callee, n, limit)
end

--- Reads a call.
-- @param ... the function's arguments; of a method, without the object
-- @treturn table the values by name, defaults filled in
function Declaration:read(...)
  if #self.rows == 0 and select("#", ...) == 0 then return NOTHING end
  local given, n = { ... }, select("#", ...)
  while n > 0 and given[n] == nil do n = n - 1 end
  local at = find_options(self, given, n)
  local options = at and given[at] or {}
  if at then
    local row = at <= self.positions and self.rows[at] or nil
    local list = row and row.takes == "list" and #options > 0
    check_names(self, options, list)
    given[at] = list and { table.unpack(options) } or nil
    if at < n and at <= self.positions then
      errors.raise("%s: the table of options must be the last argument", self.callee)
    end
  end
  if n > self.positions + (at == self.positions + 1 and 1 or 0) then too_many(self, n) end
  local o = {}
  for i, row in ipairs(self.rows) do
    local value = rawget(options, row.name)
    if i <= self.positions and given[i] ~= nil then
      if value ~= nil then errors.raise("%s: %s is given twice, by position and by name", self.callee, row.name) end
      value = given[i]
    end
    if value ~= nil then
      o[row.name] = take(self.callee, row, value)
    elseif row.required then
      errors.bad_value(self.callee, row.name, kinds.what(row), nil)
    else
      o[row.name] = default(row)
    end
  end
  return o
end

return M
