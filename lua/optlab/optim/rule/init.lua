--- Update rules: from text to what C runs.
-- @module optlab.optim.rule
local compile = require "optlab.optim.rule.compile"
local errors = require "optlab.base.errors"
local flatten = require "optlab.optim.rule.flatten"
local parse = require "optlab.optim.rule.parse"

local M = {}

--- The names under which a rule finds a hyperparameter: those of a tuple's members are numbered, betas gives beta1 and
-- beta2.
-- @tparam string name
-- @tparam ?integer width members of a tuple, else nil
-- @treturn {string,...}
function M.names_of(name, width)
  if not width then return { name } end
  local names, stem = {}, name:match "^(.*)s$" or name
  for i = 1, width do names[i] = stem .. i end
  return names
end

--- Compiles a rule, or raises with the place in its text.
-- @tparam string callee for messages
-- @tparam table definition see `optlab.optim.rule.compile`
-- @treturn table the program, and its lists for C in `lists`
function M.program(callee, definition)
  local ok, program = pcall(compile.program, definition)
  if ok then return flatten.lists(program), program end
  if type(program) ~= "table" then error(program, 0) end
  local line, column, picture = parse.place(definition.rule, program.pos)
  return errors.raise("%s: rule, line %d, column %d: %s\n%s", callee, line, column, program.message, picture)
end

return M
