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
--    local quick = lab.compile(update, {numbers = true}) -- the loss as a number, not as a tensor
--    local losses = step:run(loader)      -- an epoch without any Lua
--
-- The first two calls with arguments of a shape run as plain Lua and are recorded; later ones replay the plan. What
-- cannot be recorded is an error at the line of the script. docs/explanation/compile.md says how it works.
-- @module optlab.compile
local args = require "optlab.base.args"
local core = require "optlab.core"

local COMPILE = args.declare("lab.compile", {
  doc = "Makes a training step that is recorded while it runs and is then replayed in C.",
  positions = 1,
  { "step", "function", required = true,
    doc = "The step: takes tensors without gradients, numbers, strings and booleans; returns such values." },
  { "fallback", "flag", default = false,
    doc = "Whether a step that cannot be recorded runs as plain Lua; step.reason then says why." },
  { "numbers", "flag", default = false,
    doc = "Whether results with one element, such as the loss, are returned as numbers instead of tensors, which is "
      .. "faster." },
  { "check", "flag", default = true, doc = "Whether the second recording is compared with the first." },
})

--- Compiles a step.
-- @tparam function step
-- @tparam[opt] table options see the declaration above
-- @treturn CompiledStep call it like fn; `step:run(loader)`, `step:pass(loader)`; the fields `recordings`, `replays`
return function(...)
  local o = COMPILE:read(...)
  return core.compile.compile(o.step, o.fallback, o.check, false, o.numbers)
end
