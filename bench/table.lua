--- Prints and draws what bench/table measured: a row for each piece of work, a column for each program.
-- A row's first line has the medians, then PyTorch's time over that of the eager step, the target and whether it is
-- met; the second line has the ranges, and the same three of the compiled step.
local lab = require "optlab"
local plot = lab.plot
local p = lab.params { measured = { default = "out/table/measured.txt", help = "lines: row program number" } }

local measured, rounds = dofile "bench/measured.lua" (p.measured)

-- {row, its name, unit, eager = target, compiled = target}; a target is {the most it may be, the least ratio}.
local SECTIONS = {
  { "one training step of the regression (5 features, batch of 10)",
    { "airfoil-SGD", "SGD", "us", eager = { 3, 40 }, compiled = { 0.115, 380 } },
    { "airfoil-SGD-calls", "SGD, by call", "us", peer = "airfoil-SGD" },
    { "airfoil-SGD-call", "SGD, one batch", "us", peer = "airfoil-SGD", compiled = { 0.27 } },
    { "airfoil-SGD-number", "SGD, a number", "us", peer = "airfoil-SGD", compiled = { 0.18 } },
    { "airfoil-Adam", "Adam", "us", eager = { 3.5 }, compiled = { 0.17 } },
    { "airfoil-Adam-calls", "Adam, by call", "us", peer = "airfoil-Adam" },
    { "airfoil-Adam-call", "Adam, one batch", "us", peer = "airfoil-Adam" },
    { "airfoil-Adam-number", "Adam, a number", "us", peer = "airfoil-Adam" } },
  { "Adam's update alone",
    { "adam-1000", "1e3 parameters", "us", eager = { nil, 20 } },
    { "adam-100000", "1e5 parameters", "us", eager = { nil, 2.5 } },
    { "adam-10000000", "1e7 parameters", "ms", eager = { nil, 4 } } },
  { "element by element",
    { "exp-1000", "exp, 1e3 floats", "us", eager = { nil, 1.4 } },
    { "exp-100000", "exp, 1e5", "us", eager = { nil, 1.4 } },
    { "exp-10000000", "exp, 1e7", "ms", eager = { nil, 1.4 } },
    { "tanh-1000", "tanh, 1e3", "us", eager = { nil, 3.5 } },
    { "tanh-100000", "tanh, 1e5", "us", eager = { nil, 3.5 } },
    { "tanh-10000000", "tanh, 1e7", "ms", eager = { nil, 3.5 } },
    { "add-1000", "add, 1e3", "us" },
    { "add-100000", "add, 1e5", "us" },
    { "add-10000000", "add, 1e7", "ms" } },
  { "product of two square matrices (OpenBLAS in both)",
    { "product-64", "64 x 64", "us", eager = { nil, 0.95 } },
    { "product-128", "128 x 128", "us", eager = { nil, 0.95 } },
    { "product-256", "256 x 256", "us", eager = { nil, 0.95 } },
    { "product-512", "512 x 512", "ms", eager = { nil, 0.95 } },
    { "product-1024", "1024 x 1024", "ms", eager = { nil, 0.95 } } },
  { "LeNet, training step of 256 images (C: as many operations at sgemm's rate)",
    { "lenet-1", "1 thread", "ms", eager = { nil, 2.8 } },
    { "lenet-2", "2 threads", "ms", eager = { nil, 3.2 } } },
  { "programs",
    { "momentum", "momentum.lua (1)", "s", eager = { 0.5 } },
    { "sweep", "1,000 fits (2)", "s", compiled = { 0.03 } },
    { "lockstep", "a step of one (2)", "us", compiled = { 0.012 } },
    { "lenets", "8 LeNets (4)", "s" },
    { "map", "250,000 descents (5)", "s", compiled = { 10 } },
    { "resident", "memory (3)", "MB", eager = { 40 } },
    { "mallocs", "mallocs (3)", "calls", eager = { 0 } } },
}
local NOTES = [[
ratio: PyTorch's median over optlab's; target: the time at most, the ratio at least. A row's second
line is the compiled step's: the regression an epoch at a time (step:run); by call, from Lua with a
loader's batches; one batch, the same one each time; a number, that with lab.compile(fn, {numbers = true}).
(1) experiments/momentum.lua, start to last figure; PyTorch: "import torch" alone; C: gnuplot alone
(2) train.sweep: the regression 1,000 times, 2 epochs each; what one step adds to 1,600 of them, rows in
order, on one thread
(3) resident memory after a million eager SGD steps, and calls of malloc during them
(4) train.sweep: 8 LeNets side by side; C: the same runs one after the other, each on all threads
(5) train.descend with points: 1,000 steps of Adam on a function of two numbers
One thread, but for LeNet on two, and for (1), (2) and (5) on all cores.]]
local PROGRAMS = { "eager", "compiled", "pytorch", "floor" }
local UNITS = { us = 1, ms = 1e3, s = 1e6, MB = 1, calls = 1 }

-- --- text ------------------------------------------------------------------------------------------------------------

-- Three digits, at most three of them behind the point.
local function digits(x)
  if x == 0 then return "0" end
  local places = math.max(0, math.min(3, 2 - math.floor(math.log(x, 10))))
  return ("%." .. places .. "f"):format(x)
end

local function ratio_of(row, program)
  local ours, theirs = (measured[row[1]] or {})[program], (measured[row.peer or row[1]] or {}).pytorch
  return ours and theirs and theirs[1] / ours[1]
end

local function times(ratio)
  return ratio and (ratio < 10 and "%.2fx" or "%.0fx"):format(ratio) or ""
end

-- "26x", "<= 3 us, >= 40x", "yes, no" for the eager or the compiled step of a row.
local function judged(row, program)
  local ratio, wanted, met = ratio_of(row, program), {}, {}
  local most, least = table.unpack(row[program] or {}, 1, 2)
  local ours = (measured[row[1]] or {})[program]
  if ours and most then
    wanted[1] = ("<=%g%s"):format(most, row[3] == "calls" and "" or row[3])
    met[1] = ours[1] / UNITS[row[3]] <= most and "yes" or "no"
  end
  if ratio and least then
    wanted[#wanted + 1] = (">=%gx"):format(least)
    met[#met + 1] = ratio >= least and "yes" or "no"
  end
  return times(ratio), table.concat(wanted, " "), table.concat(met, " ")
end

local LINE = "%-19s%12s %12s %12s %12s %6s %-15s %s"

local function print_row(row)
  local unit, medians, ranges = UNITS[row[3]], {}, {}
  for i, program in ipairs(PROGRAMS) do
    local m = (measured[row[1]] or {})[program]
    medians[i] = m and digits(m[1] / unit) or "-"
    ranges[i] = m and digits(m[2] / unit) .. ".." .. digits(m[3] / unit) or ""
  end
  local function line(name, cells, program)
    cells[5], cells[6], cells[7] = judged(row, program)
    print((LINE:format(name, table.unpack(cells, 1, 7)):gsub("%s+$", "")))
  end
  line(("%s, %s"):format(row[2], row[3]), medians, "eager")
  line("", ranges, "compiled")
end

print(("Medians of %d interleaved rounds, below them smallest..largest"):format(rounds))
print(LINE:format("", "eager", "compiled", "PyTorch", "C", "ratio", "target", "met"))
for _, section in ipairs(SECTIONS) do
  print(section[1])
  for i = 2, #section do print_row(section[i]) end
end
print(NOTES)

-- --- figure ----------------------------------------------------------------------------------------------------------

local DRESS = {
  floor = { label = "plain C", color = "#9a9a9a", style = "d" },
  pytorch = { label = "PyTorch", color = "C2", style = "o" },
  eager = { label = "optlab", color = "C1", style = "o" },
  compiled = { label = "optlab, compiled", color = "C3", style = "s" },
}
local TIMES = {
  { 0.1, "0.1 us" }, { 1, "1 us" }, { 10, "10 us" }, { 100, "100 us" }, { 1e3, "1 ms" }, { 1e4, "10 ms" },
  { 1e5, "0.1 s" }, { 1e6, "1 s" },
}
local PREFIX = { "step, ", "Adam's update, ", "", "product, ", "LeNet, ", "" }

-- The rows that are times, downwards, with a gap between sections: each gets its place, ticks their names.
local function place_rows()
  local rows, ticks, at = {}, {}, 0
  for i, section in ipairs(SECTIONS) do
    for j = 2, #section do
      local row = section[j]
      if row[3]:match("s$") and row[3] ~= "calls" then
        row.at = at
        rows[#rows + 1] = row
        ticks[#ticks + 1] = { at, PREFIX[i] .. row[2]:gsub(" %(%d%)$", "") }
        at = at - 1
      end
    end
    at = at - 0.6
  end
  return rows, ticks
end

-- The points of one program, with a line from the smallest to the largest measurement.
local function draw(fig, rows, program)
  local x, y, dress = {}, {}, DRESS[program]
  for _, row in ipairs(rows) do
    local m = (measured[row[1]] or {})[program]
    if m then
      x[#x + 1], y[#y + 1] = m[1], row.at
      fig:line({ m[2], m[3] }, { row.at, row.at }, { color = dress.color, width = 2.5 })
    end
  end
  fig:points(x, y, { label = dress.label, color = dress.color, style = dress.style, size = 1.3 })
end

-- To the right of all points of a row, how many times as fast as PyTorch the eager and the compiled step are.
local function write_ratios(fig, rows)
  for _, row in ipairs(rows) do
    local ratios, right = {}, 0
    for _, program in ipairs { "eager", "compiled" } do
      ratios[#ratios + 1] = ratio_of(row, program) and times(ratio_of(row, program))
    end
    for _, m in pairs(measured[row[1]] or {}) do right = math.max(right, m[3]) end
    if #ratios > 0 then
      fig:text(table.concat(ratios, ", "), { right * 1.6, row.at - 0.28 }, { size = 9, color = "#777777" })
    end
  end
end

local rows, ticks = place_rows()
local last = rows[#rows].at
local fig = plot.figure {
  title = "Time of each piece of work, and PyTorch's over optlab's", logx = true, xlim = { 0.02, 5e6 },
  xticks = TIMES, yticks = ticks, ylim = { last - 0.7, 0.7 }, size = { 860, math.floor(90 - 21 * last) },
  legend = "below",
}
for _, program in ipairs { "floor", "pytorch", "eager", "compiled" } do draw(fig, rows, program) end
write_ratios(fig, rows)
fig:save("table")
