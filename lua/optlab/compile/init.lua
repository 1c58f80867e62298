--- `lab.compile(fn)`: a training step recorded while it runs and from then on replayed in C, to the bit the same.
--
--    local step = lab.compile(function(X, y)
--      opt:zero_grad()
--      local l = loss(net(X), y)
--      l:backward()
--      opt:step()
--      return l
--    end)
--    for X, y in loader:batches() do print(step(X, y):item()) end
--    local losses = step:run(loader)      -- an epoch without any Lua
--
-- The first two calls with arguments of a shape run as plain Lua and are recorded; later ones replay the plan. What
-- cannot be recorded is an error at the line of the script. docs/compile.md says how it works.
-- @module optlab.compile
local core = require "optlab.core"
local errors = require "optlab.base.errors"

local FN = "lab.compile"

--- Compiles a step.
-- @tparam function fn takes tensors (data, without gradients), numbers, strings, booleans; returns tensors or such
-- @tparam[opt] table options `fallback = true`: a step that cannot be recorded runs on as plain Lua instead of raising
--   (then `step.eager` is true and `step.reason` says why)
-- @treturn CompiledStep call it like fn; `step:run(loader)`, `step:pass(loader)`; the fields `recordings`, `replays`
return function(fn, options)
  errors.check_function(fn, FN, "the step")
  options = errors.check_options(options, { "fallback", "check" }, FN)
  return core.compile.compile(fn, options.fallback or false, options.check ~= false)
end
