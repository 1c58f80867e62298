--- Times the rows of bench/models with OMP_NUM_THREADS threads: this program, and PyTorch in peer.py, take turns.
-- Appends to a file a line "row threads optlab PyTorch limit" for each row and round, in microseconds; the limit is how
-- long the row would take at sgemm's rate, or as a copy of as many bytes.
--
-- The peer reads commands from its input, a line each, and answers with a line:
--   open NAME    the first losses of a training, or what an operation gives, numbers to be compared
--   time         microseconds a step or a call of what was opened last
local lab = require "optlab"
local limits = dofile "bench/models.d/limits.lua"
local rows = dofile "bench/models.d/rows.lua"
local timer = dofile "bench/models.d/timer.lua"
local p = lab.params {
  rounds = { default = 5, help = "how often each row is timed" },
  seconds = { default = 4.0, help = "no round of a row begins later than this, but two are made" },
  only = { default = "", help = "rows whose names contain one of these, separated by commas" },
  peer = { default = "/usr/bin/python3", help = "the Python that has torch" },
  progress = { default = false, help = "tell on the terminal which row is being timed" },
  answers = { default = "", help = "a named pipe" },
  measured = { default = "out/models/measured.txt", help = "a file to append to" },
}

-- The rows that --only names, in the order of the table; a word that none contains is an error.
local function chosen()
  if p.only == "" then return rows end
  local picked, list = {}, {}
  for word in p.only:lower():gmatch "[^,]+" do
    local found = false
    for _, row in ipairs(rows) do
      if row.name:lower():find(word, 1, true) then found, picked[row] = true, true end
    end
    if not found then
      local names = {}
      for i, row in ipairs(rows) do names[i] = row.name end
      error(("bench/models: no row has '%s' in its name; the rows are:\n  %s"):format(word,
        table.concat(names, "\n  ")), 0)
    end
  end
  for _, row in ipairs(rows) do list[#list + 1] = picked[row] and row or nil end
  return list
end
local list = chosen()

local threads = lab.get_num_threads()
local peer = assert(io.popen(("%s bench/models.d/peer.py %d > %s"):format(p.peer, threads, p.answers), "w"))
local answers = assert(io.open(p.answers))
local measured = assert(io.open(p.measured, "a"))

local function ask(command)
  peer:write(command, "\n")
  peer:flush()
  return assert(answers:read(), "bench/models: PyTorch's program has ended")
end

local function tell(text)
  if p.progress then io.stderr:write(("\r%-60s\r%s"):format("", text)) end
end

-- What differs between the first numbers of both programs, or nil. Float32 sums in another order differ in the last
-- digits, and training makes more of it.
local function difference(ours, theirs)
  local i = 0
  for word in theirs:gmatch "%S+" do
    i = i + 1
    local a, b = ours[i], assert(tonumber(word), theirs)
    local close = a and math.abs(a - b) <= 2e-3 * math.abs(b) + 1e-6
    if not close then return ("number %d is %.9g in optlab, %.9g in PyTorch"):format(i, a or 0 / 0, b) end
  end
  if i < #ours then return ("%d numbers in optlab, %d in PyTorch"):format(#ours, i) end
end

local function round(row, work)
  local ours = timer(work.step, threads)
  local theirs = ask "time"
  measured:write(("%s %d %.3f %s %.3f\n"):format(row.name, threads, ours, theirs, limits(row, work, threads)))
  measured:flush()
end

-- A row is opened in both programs and timed; false if their numbers differ.
local function measure(row)
  tell(("%d thread%s: %s"):format(threads, threads > 1 and "s" or "", row.name))
  lab.manual_seed(1)
  local work = row.open()
  local differs = difference(work.first, ask("open " .. row.peer))
  if differs then
    tell ""
    io.stderr:write(("bench/models: %s is not timed: %s\n"):format(row.name, differs))
    return false
  end
  local start, done = lab.clock(), 0
  repeat
    round(row, work)
    done = done + 1
  until done >= p.rounds or done >= 2 and lab.clock() - start > p.seconds
  return true
end

local agree = true
for _, row in ipairs(list) do
  agree = measure(row) and agree
  collectgarbage()
end
tell ""
measured:close()
peer:close()
if not agree then os.exit(1) end
