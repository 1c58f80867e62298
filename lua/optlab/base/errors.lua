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
  error(M.visible(M.where() .. message), 0)
end

--- A text for the terminal: names of files come from anywhere, and a terminal obeys escape sequences in them. Control
-- characters but line breaks and tabs are spelled out, "\x1b".
-- @tparam string text
-- @treturn string
function M.visible(text)
  return require("optlab.core").system.visible(text)
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

local FEW = 20 -- names that a message lists, at most

-- Appends the names among a table's keys.
local function add_names(names, t)
  for name in next, t do
    if type(name) == "string" and not name:find "^__" then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

--- Raises about a field that a table does not have.
-- @tparam string title what users call the table, "lab.nn", "a history"
-- @tparam string key
-- @tparam table known whose keys are the names that there are; few are listed where there is no guess
-- @tparam[opt] table others whose keys are further names
function M.no_field(title, key, known, others)
  local names = add_names({}, known)
  local list = #names > 0 and #names <= FEW and (" (it has %s)"):format(table.concat(names, ", ")) or ""
  local hint = M.hint(key, add_names(names, others or {}))
  return M.raise("%s has no '%s'%s", title, key, hint ~= "" and hint or list)
end

-- Raises about a negative place in a list. Those behind its end, where loops stop, are nil, and so is 0: scripts ask
-- for what stands before the first entry, list[i - 1] or 0.
local function no_entry(key)
  if key >= 0 then return nil end
  return M.raise("a list has no entry %d: the first is list[1], the last list[#list]", key)
end

local LIST = {
  strict = true,
  __index = function(_, key) return math.type(key) == "integer" and no_entry(key) or nil end,
}

--- Makes reading list[-1] an error, which as Python counts is the last entry.
-- @tparam table list
-- @treturn table list
function M.counted(list) return setmetatable(list, LIST) end

--- Makes reading an unknown name of a table an error that guesses what was meant, instead of a nil that fails later.
-- @tparam table t a module's table, a class, a table of results
-- @tparam string title what users call it, "lab.nn", "a history"
-- @tparam[opt] table others further names: the value that reading one gives, false for nil
-- @treturn table t
function M.strict(t, title, others)
  others = others or {}
  return setmetatable(t, {
    strict = true,
    __index = function(self, key)
      local other = others[key]
      if math.type(key) == "integer" and other == nil then return no_entry(key) end
      if other ~= nil or type(key) ~= "string" or key:find "^__" then return other or nil end
      return M.no_field(title, key, self, others)
    end,
  })
end

--- Whether a value is a table and no object: it has no metatable, or only that of `strict`.
-- @param value
-- @treturn boolean
function M.is_plain(value)
  if type(value) ~= "table" then return false end
  local mt = getmetatable(value)
  return mt == nil or (type(mt) == "table" and rawget(mt, "strict") == true)
end

-- --- what was given ----------------------------------------------------------------------------------------------

--- A value as error messages show it: 'x', 3, true, nothing, a table, a tensor of shape (2, 3), an optlab.Optimizer.
-- @param value
-- @treturn string
function M.shown(value)
  return require("optlab.core").system.shown(value)
end

--- Raises about a value: "CALLEE: NAME must be WHAT, got VALUE", or that it is missing.
-- @tparam string callee the function as users write it
-- @tparam string name the argument
-- @tparam string what "an integer of at least 1"
-- @param value what was given
function M.bad_value(callee, name, what, value)
  if value == nil then M.raise("%s: %s is missing; it must be %s", callee, name, what) end
  local tensor = what:find "^an? number" or what:find "^an? integer"
  local item = tensor and type(value) == "userdata" and require("optlab.core").tensor.is_tensor(value)
    and value:numel() == 1 and "; its number is x:item()" or ""
  M.raise("%s: %s must be %s, got %s%s", callee, name, what, M.shown(value), item)
end

--- Raises about a name that there is not.
-- @tparam string callee
-- @tparam string word what was written
-- @tparam {string,...} names the options there are
-- @tparam[opt] string instead what to write instead, where that is known
function M.unknown_option(callee, word, names, instead)
  local hint = instead and "; write " .. instead or M.hint(word, names)
  if #names == 0 then hint = " (there are no options)" end
  if hint == "" then hint = " (options: " .. table.concat(names, ", ") .. ")" end
  M.raise("%s: unknown option '%s'%s", callee, word, hint)
end

return M
