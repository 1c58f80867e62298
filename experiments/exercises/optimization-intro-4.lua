--- Why is it hard to balance a ball on a saddle, and can optimization use that?
-- Book section: "Optimization and Deep Learning", exercise 4.
--
-- (a) On x1^2 - x2^2 a step of gradient descent shrinks x1 by 1 - 2η and stretches x2 by 1 + 2η:
-- the least deviation from the ridge grows exponentially. Of size s it becomes 1 after about
-- ln(1/s) / ln(1 + 2η) steps. Only x2 = 0 to the last digit stays on the saddle point.
-- (b) Yes: a little noise is enough to leave a saddle point, and the time hardly depends on how
-- little it is. Noise of minibatches does this for nothing; a minimum, where all directions
-- shrink, holds it.
-- What to notice: noise that is a thousand times smaller costs the same number of steps more.
local lab = require "optlab"
local train = lab.train

local p = lab.params {
  lr = {default = 0.1, help = "learning rate η"},
  runs = {default = 100, help = "descents for each noise"},
  steps = {default = 300, help = "at most"},
}
local float64 = {dtype = "float64"}

-- Mean number of steps until |x2| > 1; nil if some run never gets there. All runs start at x2 = 0.
local function steps_to_leave(noise)
  local x2, left, total = lab.zeros(p.runs, float64), 0, 0
  for t = 1, p.steps do
    x2 = x2 - p.lr * (-2 * x2 + noise * lab.randn(p.runs, float64))
    local now = x2:abs():gt(1):sum():item()
    total, left = total + t * math.max(now - left, 0), math.max(now, left)
    if left == p.runs then return total / p.runs end
  end
end

print(steps_to_leave(0) and "without noise it left" or ("without noise x2 = 0 after %d steps"):format(p.steps))
train.record("noise", 0, {stays = steps_to_leave(0) and 0 or 1})
for _, noise in ipairs {1e-1, 1e-3, 1e-6, 1e-9, 1e-12} do
  local steps = steps_to_leave(noise)
  train.record("noise", noise, {steps = steps})
  print(("noise %5g: off the saddle point (|x2| > 1) after %5.1f steps"):format(noise, steps))
end
print(("a factor of 1000: ln(1000) / ln(1 + 2η) = %.1f steps more"):format(math.log(1000) / math.log(1 + 2 * p.lr)))
