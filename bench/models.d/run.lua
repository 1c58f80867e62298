--- Times the rows of bench/models with OMP_NUM_THREADS threads: this program, and PyTorch in peer.py, take turns.
-- Appends to a file a line "row threads optlab PyTorch limit" for each row and round, in microseconds; the limit is how
-- long the row would take at sgemm's rate, or as a copy of as many bytes. A row's name has "_" where the table has " ".
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
  only = { default = "", help = "patterns of the rows' names, separated by commas" },
  peer = { default = "/usr/bin/python3", help = "the Python that has torch" },
  progress = { default = false, help = "tell on the terminal which row is being timed" },
  answers = { default = "", help = "a named pipe" },
  measured = { default = "out/models/measured.txt", help = "a file to append to" },
}

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

-- Float32 sums in another order differ in the last digits, and training makes more of it.
local function compare(row, ours, theirs)
  local i = 0
  for word in theirs:gmatch "%S+" do
    i = i + 1
    local a, b = ours[i], assert(tonumber(word), theirs)
    local close = math.abs(a - b) <= 2e-3 * math.abs(b) + 1e-6
    if not close then
      error(("%s: number %d is %.9g in optlab, %.9g in PyTorch"):format(row.name, i, a, b), 0)
    end
  end
  assert(i == #ours, row.name)
end

local function round(row, work)
  local ours = timer(work.step, threads)
  local theirs = ask "time"
  local name, limit = row.name:gsub(" ", "_"), limits(row, work, threads)
  measured:write(("%s %d %.3f %s %.3f\n"):format(name, threads, ours, theirs, limit))
  measured:flush()
end

local function wanted(row)
  for pattern in p.only:gmatch "[^,]+" do
    if row.name:find(pattern) then return true end
  end
  return p.only == ""
end

for _, row in ipairs(rows) do
  if wanted(row) then
    tell(("%d thread%s: %s"):format(threads, threads > 1 and "s" or "", row.name))
    lab.manual_seed(1)
    local work = row.open()
    compare(row, work.first, ask("open " .. row.peer))
    for _ = 1, p.rounds do round(row, work) end
    work = nil -- luacheck: ignore
    collectgarbage()
  end
end
tell ""
measured:close()
peer:close()
