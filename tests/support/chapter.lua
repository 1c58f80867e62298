--- The book's chapter: its sections in order, and what there is of each in experiments/.
local files = require "tests.support.files"
local script_text = require "optlab.base.text.script_text"

local M = {}

-- Script, title in the book, number of exercises, and those that nothing can compute (a discussion, ImageNet).
M.sections = {
  { script = "optimization-intro", title = "Optimization and Deep Learning", exercises = 4, without = { [3] = true } },
  { script = "convexity", title = "Convexity", exercises = 8 },
  { script = "gd", title = "Gradient Descent", exercises = 5 },
  { script = "sgd", title = "Stochastic Gradient Descent", exercises = 5 },
  { script = "minibatch-sgd", title = "Minibatch Stochastic Gradient Descent", exercises = 3 },
  { script = "momentum", title = "Momentum", exercises = 4 },
  { script = "adagrad", title = "Adagrad", exercises = 6 },
  { script = "rmsprop", title = "RMSProp", exercises = 4 },
  { script = "adadelta", title = "Adadelta", exercises = 4 },
  { script = "adam", title = "Adam", exercises = 4 },
  { script = "lr-scheduler", title = "Learning Rate Scheduling", exercises = 5, without = { [3] = true } },
}

--- The names of the exercises' scripts, "exercises/gd-1", in the book's order.
function M.exercises()
  local names = {}
  for _, section in ipairs(M.sections) do
    for n = 1, section.exercises do
      if not (section.without or {})[n] then names[#names + 1] = ("exercises/%s-%d"):format(section.script, n) end
    end
  end
  return names
end

--- The opening comment of a script, "gd" or "exercises/gd-1".
function M.head(name) return script_text.opening_comment(files.read(("experiments/%s.lua"):format(name))) end

--- The scripts in a folder of experiments/, "claims/sgd-unbiased", sorted; what scripts share is none.
function M.scripts(folder)
  local names = {}
  for _, file in ipairs(files.names("experiments/" .. folder)) do
    local name = file:match("^(.*)%.lua$") and folder .. "/" .. file:sub(1, -5)
    if name and not M.head(name):find("@module", 1, true) then names[#names + 1] = name end
  end
  return names
end

--- Those of some names that are missing in a set.
function M.missing(names, set)
  local list = {}
  for _, name in ipairs(names) do
    if not set[name] then list[#list + 1] = name end
  end
  return list
end

return M
