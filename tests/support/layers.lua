--- Layers and calls as the tables of tests/reference write them: Lua expressions such as "nn.Linear(3, 2)".
local lab = require "optlab"
local tensors = require "tests.support.tensors"

local M = {}

local NAMES = { lab = lab, nn = lab.nn, F = lab.nn.functional, f64 = tensors.f64, math = math }

--- The value of an expression; env: names of the caller's own in it.
function M.eval(source, env)
  return assert(load("return " .. source, source, "t", setmetatable(env or {}, { __index = NAMES })))()
end

return M
