--- What a user sees of an error: one line, then the chain of the user's own calls if there is one.
-- @module optlab.cli.error_report
local config = require "optlab.base.config"
local errors = require "optlab.base.errors"

-- `chunk`: the function of a line typed at the prompt.
local M = {}

local MOST = 12 -- frames shown

local function name_of(info)
  if info.what == "main" or info.func == M.chunk then return "in main chunk" end
  if info.name then return ("in %s '%s'"):format(info.namewhat == "method" and "method" or "function", info.name) end
  return ("in function <%s:%d>"):format(info.short_src, info.linedefined)
end

-- The lines of the user's own frames, innermost first. Looks at the first 200 levels only: a stack overflow has many
-- more.
local function user_frames()
  local frames = {}
  for level = 3, 200 do
    local info = debug.getinfo(level, "Slnf")
    if not info then break end
    if info.currentline > 0 and not errors.is_own(info) then
      if #frames == MOST then
        frames[#frames + 1] = "\t..."
        break
      end
      frames[#frames + 1] = ("\t%s:%d: %s"):format(info.short_src, info.currentline, name_of(info))
    end
  end
  return frames
end

-- An error raised inside optlab's modules without errors.raise: the user's line goes first, ours into brackets.
local function at_user_line(text)
  for level = 4, 200 do -- above the handler
    local info = debug.getinfo(level, "Sl")
    if not info then return text end
    if info.currentline > 0 then
      local place = ("%s:%d: "):format(info.short_src, info.currentline)
      local where = errors.where()
      if not errors.is_own(info) or text:sub(1, #place) ~= place or where == "" then return text end
      local module = info.source:sub(#config.lib + 2)
      return ("%s%s (in optlab/%s:%d)"):format(where, text:sub(#place + 1), module, info.currentline)
    end
  end
  return text
end

-- The twenty file names that require looked for are of no use to most.
local function shorten(text)
  if config.full_traceback then return text end
  return text:match("^([^\n]*module '[^']*' not found):\n\tno field") or text
end

-- What was probably meant: a name in place of an undefined one, a colon in place of a dot, Lua's words for Python's.
local function hint_of(text)
  local name = text:match(" a nil value %(global '([%a_][%w_]*)'%)$")
  if name then
    local guess = require "optlab.cli.guess"
    return guess.global(name, guess.globals(), "lab.")
  end
  local python = require "optlab.cli.python"
  local operation = python.operation(text)
  if operation then return operation end
  if text:find "attempt to concatenate a optlab%.Tensor value" then
    return "; x:item() is the number of a tensor with one element, tostring(x) the text of any"
  end
  if text:find "attempt to index a boolean value" then
    return "; x == y is true or false, x:eq(y) compares tensors element by element"
  end
  if text:find "for iterator" then return require("optlab.cli.iterator").hint(3) end
  local fn = text:match "bad argument #%d+ to '(%w+)' %(number expected, got optlab%.Tensor%)$"
  local lab = fn and math[fn] and package.loaded["optlab"]
  if lab and rawget(lab, fn) then return ("; of a tensor: lab.%s(x)"):format(fn) end
  local hint = require("optlab.cli.colon").hint(3) -- of what the handler was called for
  local called = text:match "attempt to call a nil value %(%a+ '([%a_]+)'%)$"
  return hint == "" and called and python.method(called) or hint
end

local function text_of(err)
  if type(err) == "string" then
    local text = at_user_line(shorten(err))
    return text .. hint_of(text)
  end
  local mt = getmetatable(err)
  if type(err) == "number" or (type(mt) == "table" and mt.__tostring) then return tostring(err) end
  return ("(error object is a %s value)"):format(type(err))
end

-- Loaded here, because an error may also come before the library is found.
local function interrupt() return require("optlab.core").interrupt end

--- Message handler for xpcall. Where the script was broken off by a signal it is remembered in `M.interrupted`.
-- @param err the error
-- @treturn table {text, traceback}
function M.handler(err)
  local interrupted = interrupt().requested()
  if interrupted and M.interrupted then return M.interrupted end
  local text = interrupted and errors.where() .. "interrupted" or text_of(err)
  local trace
  if config.full_traceback then
    trace = debug.traceback(nil, 2)
  else
    local frames = user_frames()
    if #frames > 1 or (#frames == 1 and interrupted) then
      trace = "stack traceback:\n" .. table.concat(frames, "\n")
    end
  end
  local problem = { text = text, traceback = trace }
  if interrupted then M.interrupted = problem end
  return problem
end

--- Writes an error to standard error; its text is remembered in `M.last`.
-- @param problem what `handler` returned, or a plain message
function M.show(problem)
  if type(problem) ~= "table" then problem = { text = tostring(problem) } end
  M.last = problem.text
  io.stdout:flush()
  require("optlab.base.terminal.area").leave()
  local rank = config.rank_label and config.rank_label .. ": " or ""
  local trace = problem.traceback and errors.visible(problem.traceback) .. "\n" or ""
  io.stderr:write(("optlab: %s%s\n%s"):format(rank, errors.visible(problem.text), trace))
end

return M
