--- Errors that a call must raise, and the place they must name: the line that made the call.
local assert = require "luassert"
local text = require "tests.support.text"

local M = {}

local HERE = debug.getinfo(1, "S").short_src

-- The spec file that called a function of this module.
local function spec_file()
  local level = 3
  while debug.getinfo(level, "S").short_src == HERE do level = level + 1 end
  return debug.getinfo(level, "S").short_src
end

-- The file of the line that calls the library: the spec's where f is a function of the spec; else f is the library's
-- own function, and the line stands in this file.
local function calling_file(f, spec)
  local defined = type(f) == "function" and debug.getinfo(f, "S").short_src
  return defined == spec and spec or HERE
end

--- The whole message of the error that f(...) must raise.
function M.message(f, ...)
  local ok, message = pcall(f, ...)
  assert.is_false(ok, "expected an error")
  return tostring(message)
end

--- The same without its beginning "file:line: ", which must name the line that calls the library.
function M.text(f, ...)
  local message = M.message(f, ...)
  local file, rest = message:match("^(.-):%d+: (.*)$")
  assert.equal(calling_file(f, spec_file()), file, message)
  return rest
end

--- f(...) must raise an error of one line that names the line of the call, only this one, and contains the text.
function M.fails(expected, f, ...)
  local message = M.text(f, ...)
  assert.is_nil(message:find("\n", 1, true), message)
  assert.is_nil(message:match("%.lua:%d+:"), message)
  text.contains(message, expected)
end

--- f() must raise an error in whose message, the place included, all the parts stand.
function M.says(f, ...)
  text.contains(M.message(f), ...)
end

return M
