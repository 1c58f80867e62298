--- The problems of Moré, Garbow and Hillstrom for bench/minimize.py, which asks on standard input: a line a question, a
-- line an answer.
--
--    list                      how many problems there are
--    problem I                 starts problem I: its name, its published minima and its starting point
--    restart                   starts it again
--    value X.. | gradient X..  the sum of squares at X, and its gradient
--    residuals X.. | jacobian X..
--    solve METHOD              lab.minimize with it
--    report                    evaluations of f, of gradients; of f until at a minimum, or 0; the least f; seconds
local lab = require "optlab"
local mgh = require "tests.support.mgh"

local current, count

local function reset()
  count = { values = 0, gradients = 0, until_solved = 0, best = math.huge, started = lab.clock() }
end

-- Published minima have six digits; where one is 0, values this small count as it.
local function is_minimum(f)
  for _, m in ipairs(current.minima) do
    if math.abs(f - m) <= (m == 0 and 1e-6 or 1e-5 * math.max(1e-3, math.abs(m))) then return true end
  end
  return false
end

local function note(f, gradients)
  count.values, count.gradients = count.values + 1, count.gradients + gradients
  count.best = math.min(count.best, f ~= f and math.huge or f)
  if count.until_solved == 0 and is_minimum(f) then count.until_solved = count.values end
end

local function text(t)
  local numbers = t:reshape(-1):tolist()
  for i, x in ipairs(numbers) do numbers[i] = ("%.17g"):format(x) end
  return table.concat(numbers, " ")
end

local function sum(x) return (current.residuals(x) ^ 2):sum() end

local answer = {}

function answer.list() return tostring(#mgh) end

function answer.problem(words)
  current = mgh[math.tointeger(words[1])]
  reset()
  return ("%s|%s|%s"):format(current.name, table.concat(current.minima, " "), text(current.start))
end

function answer.restart()
  reset()
  return "ok"
end

function answer.value(_, x)
  local f = sum(x):item()
  note(f, 0)
  return ("%.17g"):format(f)
end

function answer.gradient(_, x)
  local f = sum(x:requires_grad_())
  f:backward()
  note(f:item(), 1)
  return ("%.17g %s"):format(f:item(), text(x.grad))
end

function answer.residuals(_, x)
  local r = current.residuals(x)
  note((r ^ 2):sum():item(), 0)
  return text(r)
end

function answer.jacobian(_, x)
  count.gradients = count.gradients + 1
  return text((lab.func.jacobian(current.residuals)(x)))
end

local SQUARES = { levenberg_marquardt = true, gauss_newton = true }

function answer.solve(words)
  local method = words[1]
  local f = SQUARES[method] and current.residuals or sum
  local r = lab.minimize(function(x)
    local y = f(x)
    if not SQUARES[method] then
      note(y:item(), 0)
    elseif not x.requires_grad then -- a Jacobian is not an evaluation
      note((y ^ 2):sum():item(), 0)
    end
    return y
  end, current.start, { method = method, gtol = SQUARES[method] and 1e-8 or 1e-6, max_evaluations = 20000 })
  assert(count.values == r.evaluations)
  count.gradients = r.gradients
  return r.reason
end

function answer.report()
  return ("%d %d %d %.17g %.3f"):format(count.values, count.gradients, count.until_solved, count.best,
    lab.clock() - count.started)
end

for line in io.lines() do
  local words = {}
  for word in line:gmatch "%S+" do words[#words + 1] = word end
  local question = table.remove(words, 1)
  local numbers = {}
  for i, word in ipairs(words) do numbers[i] = tonumber(word) end
  local x = #numbers > 0 and lab.tensor(numbers, { dtype = "float64" }) or nil
  local ok, result = pcall(answer[question], words, x)
  io.write(ok and result or "error " .. tostring(result):gsub("\n", " "), "\n")
  io.flush()
end
