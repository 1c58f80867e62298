--- Errors that teach: raised at the line of the user's script, with a guess at what was meant.
--
-- Three kinds of failure: a bad argument raises (naming the function, the argument and what was given); the world
-- failing (a file, gnuplot) returns nil and a message or raises with the path and the system's words; a mistake of
-- ours is an assert.
-- @module optlab.base.errors
local M = {}

-- Functions whose source lies under this folder are optlab's own; positions skip them.
local LIB = "@" .. (debug.getinfo(1, "S").source:match("^@(.*)base/errors%.lua$") or "optlab/")

--- Whether a function is one of optlab's own Lua modules.
-- @tparam table info what `debug.getinfo(level, "S")` gives
-- @treturn boolean
function M.is_own(info)
  return info.source:sub(1, #LIB) == LIB
end

--- The innermost line that is not optlab's own.
-- @treturn string "script.lua:12: ", or "" where there is none
function M.where()
  for level = 2, 250 do
    local info = debug.getinfo(level, "Sl")
    if not info then return "" end
    if info.currentline > 0 and not M.is_own(info) then
      return ("%s:%d: "):format(info.short_src, info.currentline)
    end
  end
  return ""
end

--- Raises an error at the user's line.
-- @tparam string fmt message, or a format if more arguments follow
-- @usage errors.raise("train.fit: epochs must be positive, got %d", n)
function M.raise(fmt, ...)
  local message = select("#", ...) > 0 and fmt:format(...) or fmt
  error(M.where() .. message, 0)
end

-- --- did you mean -------------------------------------------------------------------------------------------------

--- The name that was probably meant.
-- @tparam string word what was written
-- @tparam {string,...} names what there is
-- @treturn ?string the nearest name by edit distance if it is near enough, else nil
function M.nearest(word, names)
  return require("optlab.core").system.nearest(word, names)
end

--- "; did you mean 'x'?" or "".
-- @tparam string word
-- @tparam {string,...} names
-- @treturn string
function M.hint(word, names)
  local name = M.nearest(word, names)
  return name and ("; did you mean '%s'?"):format(name) or ""
end

--- Makes reading an unknown name of a module's table an error that guesses what was meant, instead of a nil that fails
-- later.
-- @tparam table module
-- @tparam string name what users call it, "lab.nn"
-- @treturn table module
function M.strict(module, name)
  return setmetatable(module, {
    __index = function(_, key)
      if type(key) ~= "string" then return nil end
      local names = {}
      for known in pairs(module) do names[#names + 1] = known end
      table.sort(names)
      return M.raise("%s has no '%s'%s", name, key, M.hint(key, names))
    end,
  })
end

-- --- checks -------------------------------------------------------------------------------------------------------

-- A value as an error message shows it.
local function shown(value)
  if type(value) == "string" then return ("%q"):format(value) end
  if type(value) == "number" or type(value) == "boolean" then return tostring(value) end
  if value == nil then return "nothing" end
  local mt = getmetatable(value)
  local name = type(mt) == "table" and rawget(mt, "__name")
  return "a " .. (type(name) == "string" and name or type(value))
end
M.shown = shown

--- Raises unless every key of an options table is known.
-- @tparam ?table options nil is fine
-- @tparam {string,...} names the keys there are
-- @tparam string fn the function's name as users write it
-- @treturn table the options, `{}` for nil
function M.check_options(options, names, fn)
  if options == nil then return {} end
  if type(options) ~= "table" then M.raise("%s: expected a table of options, got %s", fn, shown(options)) end
  local known = {}
  for _, name in ipairs(names) do known[name] = true end
  for key in pairs(options) do
    if not known[key] then
      local word = tostring(key)
      local hint = M.hint(word, names)
      if hint == "" then hint = " (options: " .. table.concat(names, ", ") .. ")" end
      M.raise("%s: unknown option '%s'%s", fn, word, hint)
    end
  end
  return options
end

local function checker(kind, article)
  return function(value, fn, what)
    if type(value) ~= kind then M.raise("%s: %s must be %s, got %s", fn, what, article, shown(value)) end
    return value
  end
end

--- Each raises unless `value` has the type, and returns it: `check_string(value, fn, what)`.
-- @function check_string
M.check_string = checker("string", "a string")
M.check_function = checker("function", "a function")
M.check_table = checker("table", "a table")
M.check_boolean = checker("boolean", "true or false")

local function in_range(value, fn, what, lo, hi)
  if value ~= value or (lo and value < lo) or (hi and value > hi) then
    local range = lo and hi and ("in %s..%s"):format(lo, hi)
      or lo and "at least " .. lo or hi and "at most " .. hi or "a number"
    M.raise("%s: %s must be %s, got %s", fn, what, range, tostring(value))
  end
  return value
end

--- Raises unless `value` is a number within the limits.
-- @tparam number value
-- @tparam string fn the function's name
-- @tparam string what the argument's name
-- @tparam[opt] number lo
-- @tparam[opt] number hi
-- @treturn number value
function M.check_number(value, fn, what, lo, hi)
  if type(value) ~= "number" then M.raise("%s: %s must be a number, got %s", fn, what, shown(value)) end
  return in_range(value, fn, what, lo, hi)
end

--- The same for integers (3.0 counts as 3).
-- @treturn integer value
function M.check_integer(value, fn, what, lo, hi)
  local n = type(value) == "number" and math.tointeger(value)
  if not n then M.raise("%s: %s must be an integer, got %s", fn, what, shown(value)) end
  return in_range(n, fn, what, lo, hi)
end

--- Raises unless `value` is one of `names`.
-- @tparam string value
-- @tparam {string,...} names
-- @tparam string fn
-- @tparam string what
-- @treturn string value
function M.check_choice(value, names, fn, what)
  for _, name in ipairs(names) do
    if name == value then return value end
  end
  local hint = type(value) == "string" and M.hint(value, names) or ""
  return M.raise("%s: %s must be one of %s, got %s%s", fn, what, table.concat(names, ", "), shown(value), hint)
end

return M
