--- Sessions of random programs: program after program until there were enough operations, and the report of a
-- difference.
local lab = require "optlab"
local compare = require "tests.fuzz.programs.compare"
local compiled = require "tests.fuzz.programs.compiled"
local generate = require "tests.fuzz.programs.generate"
local machine = require "tests.fuzz.programs.machine"
local shrink = require "tests.fuzz.programs.shrink"

local M = {}

local LENGTH, LARGE_LENGTH = 60, 20

-- --- programs against the reference ---------------------------------------------------------------------------------

-- Runs a program of so many lines as they are made. Returns the lines, and what differs at the last one.
local function run_new(seed, options, length)
  local g, m, lines = generate.new(seed, options), machine.new(), {}
  lab.manual_seed(seed)
  for i = 1, length do
    lines[i] = g:line(m.right)
    local ok, what = pcall(m.line, m, lines[i])
    if not ok then return lines, what end
    if m.over then return lines end
  end
  local ok, what = pcall(m.finish, m)
  if not ok then return lines, what end
  return lines
end

local function same_kind(found, what)
  return type(found) == "table" and found.difference == what.difference and found
end

local function script(seed, lines, what)
  local text = { "-- " .. what.difference .. ": " .. what.detail:gsub("\n", "\n-- "), 'local lab = require "optlab"',
    ("lab.manual_seed(%d)"):format(seed) }
  table.move(lines, 1, #lines, #text + 1, text)
  local shown = lines[#lines]:match("(t%d+)")
  text[#text + 1] = shown and ("print(%s)"):format(shown)
  return table.concat(text, "\n")
end

local function shrunk(seed, lines, what)
  if type(what) ~= "table" then return tostring(what) .. "\n" .. table.concat(lines, "\n") end
  return script(seed, shrink(lines, what, function(rest)
    lab.manual_seed(seed)
    local at, found = machine.run(rest)
    return at and same_kind(found, what), at and table.move(rest, 1, at, 1, {})
  end))
end

local function against_reference(options, length)
  return function(seed)
    local lines, what = run_new(seed, options, length)
    return #lines, what and shrunk(seed, lines, what)
  end
end

-- --- one thread and two ---------------------------------------------------------------------------------------------

-- What a program leaves in its variables, as text.
local function left(seed, lines, threads)
  local env, before = { lab = lab, math = math }, lab.get_num_threads()
  lab.manual_seed(seed)
  lab.set_num_threads(threads)
  for _, line in ipairs(lines) do
    local chunk = assert(load(line))
    debug.setupvalue(chunk, 1, env)
    pcall(chunk)
  end
  lab.set_num_threads(before)
  local text = {}
  for name, x in pairs(env) do
    if lab.is_tensor(x) then text[#text + 1] = name .. " " .. compare.bits(x) .. " " .. compare.bits(x.grad) end
  end
  table.sort(text)
  return table.concat(text, "\n")
end

local function threads_differ(seed, lines) return left(seed, lines, 1) ~= left(seed, lines, 2) end

local function large(options)
  return function(seed)
    local lines, what = run_new(seed, options, LARGE_LENGTH)
    if what then return #lines, shrunk(seed, lines, what) end
    if not threads_differ(seed, lines) then return #lines end
    what = { difference = "threads", detail = "one thread and two leave different bits" }
    return #lines, script(seed, shrink(lines, what, function(rest) return threads_differ(seed, rest) and what end))
  end
end

-- --- steps as they are and compiled ---------------------------------------------------------------------------------

-- At least so many steps of a session must have been replayed, or the test would not say much.
local replayed, steps = 0, 0

local function step(seed)
  local pieces = compiled.make(seed)
  local what, fn = compiled.run(pieces)
  steps = steps + 1
  if type(fn) ~= "function" and fn and fn.replays > 0 then replayed = replayed + 1 end
  local operations = compiled.CALLS * #pieces
  if not what then return operations end
  local shapes = pieces.shapes
  pieces, what = shrink(pieces, what, function(rest)
    rest.shapes = shapes
    return same_kind(compiled.run(rest), what)
  end)
  pieces.shapes = shapes
  return operations, "-- " .. what.detail:gsub("\n", "\n-- ") .. "\n" .. compiled.script(pieces)
end

-- --- sessions -------------------------------------------------------------------------------------------------------

--- The kinds of programs. Each is a function of a seed that runs one, and returns how many lines it had, and a script
-- if something differs.
local KINDS = {
  plain = against_reference({}, LENGTH),
  grad = against_reference({ grad = true }, LENGTH),
  medium = against_reference({ medium = true, slots = 8 }, LENGTH // 2),
  medium_grad = against_reference({ medium = true, slots = 8, grad = true }, LENGTH // 2),
  large = large { large = true, slots = 5 },
  large_grad = large { large = true, slots = 5, grad = true },
  step = step,
}

-- Of 24 programs: one large, two of medium size, three steps, the others small.
local function kind_of(n)
  if n % 24 == 0 then return n % 48 == 0 and "large" or "large_grad" end
  if n % 12 == 1 then return n % 24 == 1 and "medium" or "medium_grad" end
  return n % 8 == 7 and "step" or n % 3 == 0 and "grad" or "plain"
end

--- Runs programs until there were that many operations, each run of a line counting. Returns a table of numbers, and,
-- where something differs, a script that shows it. only: one kind of programs.
function M.run(operations, seed, only)
  local done, n = 0, 0
  replayed, steps = 0, 0
  while done < operations do
    n = n + 1
    local own = seed * 1000003 + n
    local lines, report = KINDS[only or kind_of(n)](own)
    done = done + lines
    if report then
      return { operations = done, programs = n }, ("-- seed %d, program %d\n%s"):format(seed, n, report)
    end
  end
  return { operations = done, programs = n, steps = steps, replayed = replayed }
end

M.kinds = {}
for name in pairs(KINDS) do table.insert(M.kinds, name) end
table.sort(M.kinds)

return M
