--- Options that were given to the script and that nobody has declared yet.
--
-- Whether a script will declare its parameters (lab.params) cannot be known before it does. What is still undeclared
-- when the first record, progress bar, figure or training begins, or when the script ends, is refused: an option is
-- never passed over in silence, and a misspelt one costs no long run. A script that reads its words from the table
-- `arg` reads its options itself.
-- @module optlab.base.script_arguments
local M = {}

local refuse -- raises; nil when nothing is left to be declared
local done = false -- the script has read its options

--- Says that there are such options.
-- @tparam function fn called by `settle`; raises an error that names them
function M.expect_declaration(fn)
  if not done then refuse = fn end
end

--- The script has read its options.
function M.declared()
  refuse, done = nil, true
end

--- The table `arg` for a script: as soon as one of its words or their number is asked for, nothing is refused any more.
-- @tparam table words the script at 0, its words from 1
-- @treturn table
function M.watched(words)
  local function read(key)
    if key == nil or (type(key) == "number" and key >= 1) then M.declared() end
  end
  return setmetatable({}, {
    __name = "arg",
    __index = function(_, key)
      read(key)
      return words[key]
    end,
    __newindex = function(_, key, value) words[key] = value end,
    __len = function()
      read()
      return #words
    end,
    __pairs = function()
      read()
      return next, words, nil
    end,
  })
end

--- Raises if options are left that nobody has declared. To be called by what should not begin with wrong options.
-- `M.on_settle`, a function or nil, is called each time.
function M.settle()
  local fn = refuse
  refuse = nil
  if fn then fn() end
  if M.on_settle then M.on_settle() end
end

return M
