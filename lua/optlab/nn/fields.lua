--- The fields of a module written in Lua: which of them are parameters, buffers and modules, and in which order.
--
-- A field that is a module is a child, a leaf tensor that requires a gradient is a parameter, and register_buffer adds
-- buffers. A plain table in a field, such as {nn.Linear(2, 3), nn.Linear(3, 1)}, holds children and parameters too,
-- also ones that are put into it later: "layers.0", "layers.1", then those with names in alphabetical order. Fields are
-- in the order of assignment, those of one statement in the order in which they stand there: `self.a, self.b = x, y`
-- registers a first, though Lua assigns from the right.
-- @module optlab.nn.fields
local core = require "optlab.core".nn
local errors = require "optlab.base.errors"
local module = require "optlab.nn.module"
local module_path = require "optlab.nn.module_path"

local M = {}

local SAMPLE = 100 -- entries of a table, at most, that are looked at for the first module or parameter

-- instance -> {keys in order; others = keys that held something else at first, in order; kind = {key -> "parameter" or
-- "buffer"}, parameters = {tensor -> true}, statement = the last one that assigned}
local fields_of = setmetatable({}, { __mode = "k" })

local function is_tensor(value) return core.kind(value) == "tensor" end

local is_plain = errors.is_plain

local function is_parameter(value) return is_tensor(value) and value.requires_grad and value.is_leaf end

-- Whether a value may be listed.
local function has_place(value) return module.is_module(value) or is_plain(value) or is_parameter(value) end

-- --- registering ----------------------------------------------------------------------------------------------------

-- The values that wait in the registers of the function at a level: in `self.a, self.b = x, y` b is assigned first, and
-- x waits there meanwhile.
local function waiting_values(level, value)
  local found = {}
  for i = 1, 250 do
    local name, waits = debug.getlocal(level + 1, i)
    if not name then break end
    -- a register may still hold a tensor that was closed, of which nothing can be asked
    local is_whole, placed = pcall(has_place, waits)
    if name:sub(1, 1) == "(" and not rawequal(waits, value) and is_whole and placed then found[waits] = true end
  end
  return found
end

-- Where a new field belongs: before the others of its statement, else at the end. `level`: the function that assigns.
local function place_for(fields, value, level)
  local info, statement = debug.getinfo(level + 1, "lf"), fields.statement
  if statement and statement.waiting[value] and info and info.func == statement.func
    and info.currentline == statement.line then
    return statement.place
  end
  local place = #fields + 1
  if info and info.currentline > 0 then
    local waiting = waiting_values(level + 1, value)
    fields.statement = { func = info.func, line = info.currentline, place = place, waiting = waiting }
  end
  return place
end

local function remove(list, key)
  for i, known in ipairs(list) do
    if known == key then
      table.remove(list, i)
      return
    end
  end
end

-- Forgets a field that is nil at the moment.
local function forget(fields, key)
  remove(fields, key)
  remove(fields.others, key)
  fields.kind[key] = nil
end

-- A name of a method may only be taken by a function that does the method's work.
local function check_name(self, key, value)
  local method = self.class[key]
  local library = module.methods[key] or key == "register_buffer" or key == "extend"
  if key == "class" or (type(method) == "function" and (library or type(value) ~= "function")) then
    errors.raise("%s: a field cannot be called '%s', which is %s; use another name", self.class.name, key,
      key == "class" and "the class of the module" or "a method of modules")
  end
  local joined = type(key) == "string" and (key == "" or key:find(".", 1, true))
  if joined and (module.is_module(value) or is_tensor(value)) then
    errors.raise("%s: the name of a tensor or module cannot be '%s': names of what lies inside are joined by dots",
      self.class.name, key)
  end
end

--- Assigns a field that the instance does not have: the `__newindex` of modules.
function M.set(self, key, value)
  check_name(self, key, value)
  local fields = fields_of[self]
  forget(fields, key)
  if has_place(value) then
    table.insert(fields, place_for(fields, value, 2), key)
  else
    table.insert(fields.others, key)
  end
  if module.is_module(value) then module_path.adopt(self, value, ("'%s'"):format(key)) end
  rawset(self, key, value)
end

--- Assigns a buffer.
function M.set_buffer(self, key, value)
  check_name(self, key, value)
  local fields = fields_of[self]
  forget(fields, key)
  fields[#fields + 1] = key
  fields.kind[key] = "buffer"
  rawset(self, key, value)
end

--- Makes a table an instance without fields.
function M.start(self)
  fields_of[self] = { others = {}, kind = {}, parameters = setmetatable({}, { __mode = "k" }) }
end

-- --- listing --------------------------------------------------------------------------------------------------------

-- What a value is in a field of this key, or in a table in a field (key nil). A tensor that once was a parameter stays
-- one while it is frozen.
local function kind_of(fields, key, value)
  if module.is_module(value) then return "child" end
  if not is_tensor(value) then return nil end
  if key and fields.kind[key] then return fields.kind[key] end
  if fields.parameters[value] then return "parameter" end
  if not is_parameter(value) then return nil end
  fields.parameters[value] = true
  if key then fields.kind[key] = "parameter" end
  return "parameter"
end

-- Whether a table may hold modules or parameters: one of its first entries is one, or a table. Long lists of numbers
-- are not walked through at each call.
local function is_worth_a_look(fields, t)
  local seen = 0
  for _, value in next, t do
    if is_plain(value) or kind_of(fields, nil, value) then return true end
    seen = seen + 1
    if seen == SAMPLE then return false end
  end
  return false
end

local function names_in(t)
  local names = {}
  for key in next, t do
    if type(key) == "string" then names[#names + 1] = key end
  end
  table.sort(names)
  return names
end

-- Calls visit(name, value, kind) for the modules and parameters in a table and in the tables in it.
local function visit_table(fields, t, prefix, visit, open)
  if open[t] or not is_worth_a_look(fields, t) then return end
  open[t] = true
  local function entry(name, value, key)
    local kind = kind_of(fields, nil, value)
    if kind then
      visit(prefix .. "." .. name, value, kind, t, key)
    elseif is_plain(value) then
      visit_table(fields, value, prefix .. "." .. name, visit, open)
    end
  end
  for i = 1, #t do entry(tostring(i - 1), t[i], i) end
  for _, name in ipairs(names_in(t)) do entry(name, t[name], name) end
  open[t] = nil
end

--- Calls visit(name, value, kind, holder, key) for each parameter, buffer and child, in order; kind is "parameter",
-- "buffer" or "child"; the value is holder[key].
function M.visit(self, visit)
  local fields = fields_of[self]
  local function visit_keys(keys)
    for _, key in ipairs(keys) do
      local value = rawget(self, key)
      local kind = kind_of(fields, key, value)
      if kind then
        visit(tostring(key), value, kind, self, key)
      elseif is_plain(value) then
        visit_table(fields, value, tostring(key), visit, {})
      end
    end
  end
  visit_keys(fields)
  visit_keys(fields.others)
end

--- Puts a tensor in the place of the parameter or buffer of that name, whatever it is.
function M.swap(self, name, tensor)
  local parameters = fields_of[self].parameters
  M.visit(self, function(found, old, kind, holder, key)
    if found == name and kind ~= "child" then
      parameters[old], parameters[tensor] = nil, kind == "parameter" or nil
      rawset(holder, key, tensor)
    end
  end)
end

--- Makes `copy` an instance with the fields of self, of which copied(value) is the copy.
function M.copy(self, copy, copied)
  local from = fields_of[self]
  local to = { others = {}, kind = {}, parameters = setmetatable({}, { __mode = "k" }) }
  for i, key in ipairs(from) do to[i] = key end
  for i, key in ipairs(from.others) do to.others[i] = key end
  for key, kind in pairs(from.kind) do to.kind[key] = kind end
  for tensor in pairs(from.parameters) do to.parameters[copied(tensor)] = true end
  fields_of[copy] = to
end

--- The function that lists {name, value} of a kind.
function M.lister(wanted)
  return function(self)
    local list = {}
    M.visit(self, function(name, value, kind)
      if kind == wanted then list[#list + 1] = { name, value } end
    end)
    return list
  end
end

return M
