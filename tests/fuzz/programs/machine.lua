--- Runs a program, line by line, in optlab and in the reference, and compares what both have after each line.
--
-- A line is Lua text that uses `lab` and the variables t1, t2, ... Both sides run the same compiled line. A call that
-- must be refused raises {refused = why} in the reference; optlab must then raise an error of one line that names the
-- function, and leave everything as it was.
local lab = require "optlab"
local compare = require "tests.fuzz.programs.compare"
local reference = require "tests.fuzz.programs.reference.init"
local T = require "tests.fuzz.programs.reference.tensor"
local grad = require "tests.fuzz.programs.reference.grad"

local M = {}
M.__index = M
local differ = compare.differ

-- A variable whose line was dropped.
local function undefined(_, name) error({ undefined = name }, 0) end

function M.new()
  T.grad_mode = true
  lab.set_grad_enabled(true)
  local right = setmetatable({ lab = reference, math = math }, { __index = undefined })
  local m = { right = right, real = { lab = lab, math = math }, known = {}, versions = 0, over = false, lines = 0 }
  return setmetatable(m, M)
end

local function each_slot(m)
  local list = {}
  for name, r in pairs(m.right) do
    if T.is_tensor(r) then list[#list + 1] = name end
  end
  table.sort(list)
  return list
end

local function count_versions(m, names)
  local n = 0
  for _, name in ipairs(names) do n = n + m.right[name]._storage.version end
  return n
end

-- Open results first: the reference takes their values over, also where others share their memory.
local function compare_slots(m, all)
  local names = each_slot(m)
  local versions = count_versions(m, names)
  all = all or versions ~= m.versions
  for pass = 1, 2 do
    for _, name in ipairs(names) do
      local r, t = m.right[name], m.real[name]
      if not lab.is_tensor(t) then differ("value", "%s is %s, right: a tensor", name, tostring(t)) end
      local open = compare.is_open(r)
      if pass == 1 and open or pass == 2 and (all or m.known[name] ~= r) then compare.tensor(name, r, t) end
    end
  end
  for _, name in ipairs(names) do
    local r, t = m.right[name], m.real[name]
    m.known[name] = r
    if r._requires and not r._node then compare.gradient(name, r, t) end
  end
  m.versions = count_versions(m, names)
end

-- An error of optlab: a position, then the name of the function that the line calls, then what is wrong.
local function check_message(line, message)
  if type(message) ~= "string" or not message:match("^%[string[^\n]*%]:1: [^\n]+$") then
    differ("message", "not one line with a position: %s", tostring(message))
  end
  local text = message:match("%]:1: (.*)$")
  for name in line:gmatch("[:.]([%a_]+)[({]") do
    if text:find(name, 1, true) then return end
  end
  if line:match("t%d+%[") and text:match("^t%[[%a]+%]") then return end
  if line:match("[%*%+%-/%^]") and (text:match("^Tensor:__%l+: ") or text:match("^%l+: ")) then return end
  differ("message", "does not name the function: %s", text)
end

local function call(chunk, env)
  debug.setupvalue(chunk, 1, env)
  return pcall(chunk)
end

--- Runs one line. Returns true, or false where both sides refused it; raises a difference.
function M:line(line)
  local chunk, complaint = load(line)
  if not chunk then error(complaint .. " in " .. line) end
  grad.may_refuse = false
  self.lines = self.lines + 1
  local fine, why = call(chunk, self.right)
  if not fine and (type(why) ~= "table" or not why.refused) then
    if type(why) == "table" and why.undefined then return false end
    error(("the reference: %s\n in %s"):format(tostring(why), line), 0)
  end
  local ok, message = call(chunk, self.real)
  if fine and not ok then
    if grad.may_refuse and tostring(message):match("changed") then
      self.over = true -- an honest refusal; .grad of some leaves may be there
      return false
    end
    differ("refused", "%s", tostring(message))
  end
  if not fine and ok then differ("accepted", "no error, right: refused (%s)", why.refused) end
  if not fine then check_message(line, message) end
  compare_slots(self, not fine)
  return fine
end

function M:finish()
  if not self.over then compare_slots(self, true) end
end

--- Runs a list of lines; returns nil, or the number of the line where a difference was found, and the difference.
function M.run(lines)
  local m = M.new()
  for i, line in ipairs(lines) do
    local ok, what = pcall(m.line, m, line)
    if not ok then return i, what end
    if m.over then return nil end
  end
  local ok, what = pcall(m.finish, m)
  if not ok then return #lines, what end
end

return M
