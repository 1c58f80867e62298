--- One declaration of a function's arguments: their names, what they may be, their defaults. C has the same in args/.
--
--    local WARMUP = args.declare("sched.warmup", {
--      doc = "A schedule after a warm-up.", positions = 1,
--      { "schedule", "callable", required = true, doc = "The schedule that follows the warm-up." },
--      { "steps", "integer", min = 0, required = true, doc = "How many updates the warm-up lasts." },
--      { "mode", "choice", choices = { "linear", "constant" }, default = "linear", doc = "How the rate rises." },
--    })
--    function M.warmup(...)
--      local o = WARMUP:read(...) -- o.schedule, o.steps, o.mode
--
-- A row is {name, kind}, or {name, "kind|another kind"}, and
--
-- * `required`, or `default`; without either the argument is nil unless it is given
-- * of numbers and integers: `min`, `max`, `above`, `below` (all of them exclude infinities), `finite`
-- * `choices` of a choice; `of` (a row without a name), `width` and `least` of a list; `has` of an object
-- * `what` instead of the kind's words in "NAME must be ..."; with it, `test(value)`, which may refuse the value
-- * `doc`, a line for the reference
--
-- `doc` beside the rows is a sentence about the function, and `equation` a formula. What has an entry of its own among
-- the optimizers says so: `group = "optimizer"`, with `inputs`, the names of arguments that stand before the rows;
-- `paper`; `state`, rows {name, sentence}.
--
-- The kinds are those of `optlab.base.kinds`. A call gives the first `positions` arguments by position, and any
-- argument by name in one table of options, which comes last. A table of options is a table with names (string keys),
-- or an empty one where no list may stand; where a list may stand, the same table may hold that list. Objects of a
-- class are never options. Nothing that was given is dropped: unknown names, arguments given twice and too many of them
-- are errors:
--
--    CALLEE: NAME must be WHAT, got VALUE
--    CALLEE: NAME is missing; it must be WHAT
--    CALLEE: unknown option 'x'; did you mean 'y'?
--    CALLEE: too many arguments (4, at most 3 and a table of options)
-- @module optlab.base.args
local errors = require "optlab.base.errors"
local kinds = require "optlab.base.kinds"

local M = {}

local declared = {} -- callee -> declaration

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

--- Declares the arguments of a function.
-- @tparam string callee the function as users write it: "train.fit", "Figure:line"
-- @tparam table rows see above; `positions` (0): how many of the first rows may be given by position
-- @treturn Declaration
function M.declare(callee, rows)
  local self = setmetatable({
    callee = callee, doc = rows.doc, equation = rows.equation, positions = rows.positions or 0, rows = {}, by_name = {},
    group = rows.group, inputs = rows.inputs, paper = rows.paper, state = rows.state,
  }, Declaration)
  for i, row in ipairs(rows) do
    self.rows[i] = prepare(row)
    assert(not self.by_name[row.name], "an argument is declared twice")
    self.by_name[row.name] = row
  end
  declared[callee] = self
  return self
end

--- All declarations of the modules loaded so far, by the name of the function, for the reference; `pairs(lab)` loads
-- all modules. The arguments look like those of declarations in C (core.nn.declarations()).
-- @treturn {[string]=table,...} each `doc`, `equation`, `positions` and `args`, a list of {name, kind, what, required,
-- default, choices, of, doc} by name; `of` is the kind of a list's members
function M.all()
  local all = {}
  for callee, declaration in pairs(declared) do
    local list = {}
    for i, row in ipairs(declaration.rows) do
      list[i] = {
        name = row.name, kind = row.kind, what = kinds.what(row), required = row.required or false,
        default = row.default, choices = row.choices, of = row.of and row.of.kind, doc = row.doc,
      }
    end
    all[callee] = {
      doc = declaration.doc, equation = declaration.equation, positions = declaration.positions, args = list,
      group = declaration.group, inputs = declaration.inputs, paper = declaration.paper, state = declaration.state,
    }
  end
  return all
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

--- Checks one value that no declaration covers, such as a member of a table.
-- @tparam string callee
-- @tparam string name what messages call it
-- @param value
-- @tparam string kind
-- @tparam[opt] table row the limits, choices, ... of the kind
-- @return the value
-- @usage args.check("train.sweep", "runs[2].seed", run.seed, "integer")
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
    if not is_plain(given[1]) then errors.bad_value(self.callee, "options", "a table", given[1]) end
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
      errors.unknown_option(self.callee, key, self:names())
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
    local value = options[row.name]
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
