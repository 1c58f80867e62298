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

--- Raises about a field that a module's table does not have.
-- @tparam string title what users call the table, "lab.nn"
-- @tparam string key
-- @param ... tables whose keys are the names that there are
function M.no_field(title, key, ...)
  local names = {}
  for _, known in ipairs { ... } do
    for name in next, known do names[#names + 1] = name end
  end
  table.sort(names)
  return M.raise("%s has no '%s'%s", title, key, M.hint(key, names))
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
      return M.no_field(name, key, module)
    end,
  })
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
  M.raise("%s: %s must be %s, got %s", callee, name, what, M.shown(value))
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
