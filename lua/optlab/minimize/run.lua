--- What all methods share: the tests that end a minimization, the path, the result.
-- @module optlab.minimize.run
local errors = require "optlab.base.errors"
local short = require "optlab.base.short"

local Run = {}
Run.__index = Run

local Result = { __name = "optlab.MinimizeResult" }
Result.__index = errors.strict(Result, "the result of lab.minimize", {
  gradient_norm = false, path = false, violation = false, reason = false, message = false,
})

function Result:__tostring()
  return ("f = %s after %d steps, %d evaluations: %s"):format(short.number(self.f), self.steps, self.evaluations,
    self.message)
end

-- Why it stopped, as a sentence; those of CONVERGED are what a method is looking for.
local CONVERGED = { gradient = true, value = true, step = true, target = true }
local MESSAGE = {
  gradient = "the gradient is within gtol",
  value = "the value changes by no more than ftol",
  step = "the step is within xtol",
  target = "the value is at most target",
  steps = "max_steps is reached",
  evaluations = "max_evaluations is reached",
  callback = "the callback said stop",
  ["line search"] = "no step along the direction lowers the value any more",
  rounding = "the value has not changed by more than rounding for ten steps; gtol cannot be reached here",
  ["not finite"] = "the value is not finite",
}

--- Starts.
-- @tparam table o the options of lab.minimize
-- @tparam Objective objective
function Run.new(o, objective)
  return setmetatable({ o = o, objective = objective, steps = 0, path = o.path and {} or nil }, Run)
end

local function largest(v) return v:abs():amax():item() end

local ROUNDING, PATIENCE = 4 * 2.0 ^ -52, 10

-- Whether steps of a method with gradients only move the rounding.
local function is_stuck(self, f, g)
  if not (g and self.f) then return false end
  local changed = math.abs(self.f - f) > ROUNDING * math.max(math.abs(f), math.abs(self.f))
  self.still = changed and 0 or (self.still or 0) + 1
  return self.still >= PATIENCE
end

-- Whether the method may stop at x, for a reason that is not that it is out of time.
local function converged(self, x, f, g)
  local o = self.o
  if g and largest(g) <= o.gtol then return "gradient" end
  if o.target and f <= o.target then return "target" end
  if not self.f then return nil end
  local scale = math.max(math.abs(f), math.abs(self.f), 1)
  if o.ftol > 0 and f <= self.f and self.f - f <= o.ftol * scale then return "value" end
  if o.xtol > 0 and largest(x - self.x) <= o.xtol * math.max(1, largest(x)) then return "step" end
end

-- What ends any method: its user, or that it has taken long enough.
local function limits(self, x, f, more)
  local o = self.o
  if o.callback then
    local state = { x = self.objective:point(x), f = f, step = self.steps, evaluations = self.objective.evaluations }
    for name, value in pairs(more or {}) do state[name] = value end
    if o.callback(state) == "stop" then self.reason = "callback" end
  end
  if not self.reason and self.steps >= o.max_steps then self.reason = "steps" end
  if not self.reason and self.objective.evaluations >= o.max_evaluations then self.reason = "evaluations" end
end

--- Notes the point that the method has come to; the first call is that of the starting point.
-- @tparam Tensor x
-- @tparam number f
-- @tparam ?Tensor g the gradient, if the method has it
-- @tparam ?table more numbers by name for the callback
-- @treturn boolean whether to stop
function Run:at(x, f, g, more)
  local stuck = is_stuck(self, f, g)
  self.reason = f ~= f and "not finite" or converged(self, x, f, g) or stuck and "rounding" or nil
  if self.f then self.steps = self.steps + 1 end
  self.x, self.f, self.g = x, f, g
  if self.path then self.path[#self.path + 1] = self.objective:point(x) end
  if not self.reason then limits(self, x, f, more) end
  return self.reason ~= nil
end

--- Notes an evaluation of a program that does not tell its steps: each counts as one.
-- @treturn boolean whether to stop
function Run:note(x, f)
  local o = self.o
  self.steps = self.evaluated and self.steps + 1 or 0
  self.evaluated = true
  if f == f and (not self.best or f < self.best.f) and not (o.inequality or o.equality) then
    self.best = { x = x, f = f }
  end
  if self.path then self.path[#self.path + 1] = self.objective:point(x) end
  if o.target and self.best and self.best.f <= o.target then self.reason = "target" end
  if not self.reason then limits(self, x, f) end
  return self.reason ~= nil
end

--- Ends at a point, for a reason.
function Run:finish(x, f, reason) self.x, self.f, self.reason = x, f, reason end

--- Ends with a reason of the method's own.
function Run:stop(reason) self.reason = reason end

function Run:result()
  local objective = self.objective
  return setmetatable({
    x = objective:point(self.x), f = self.f, gradient_norm = self.g and largest(self.g) or nil, steps = self.steps,
    evaluations = objective.evaluations, gradients = objective.gradients, hessians = objective.hessians,
    converged = CONVERGED[self.reason] or false, reason = self.reason, message = MESSAGE[self.reason], path = self.path,
    method = self.o.method, violation = self.violation,
  }, Result)
end

return Run
