--- Prints the table of bench/models from its measurements, lines "row@threads program number".
-- Of each row: PyTorch's time over optlab's, the median and the range over the rounds; the times; the share of sgemm's
-- rate, or of the memory's, that optlab reaches.
local lab = require "optlab"
local p = lab.params { measured = { default = "out/models/measured.txt", help = "lines: row@threads program number" } }

-- Operations in Gflop of a row, or bytes in GB that it has to move at least. A convolution from c to o channels with
-- k x k taps and s x s outputs takes 2 c o k^2 s^2 an image, and twice that backward (once where it meets the data).
local function conv(n, c, o, k, s, passes) return 2 * n * c * o * k * k * s * s * (passes or 3) / 1e9 end
local function linear(n, i, o) return 6 * n * i * o / 1e9 end
local function floats(n) return 4 * n / 1e9 end

local GFLOP = {
  logreg = linear(128, 784, 10) * 2 / 3,
  mlp = linear(128, 784, 1000) * 2 / 3 + linear(128, 1000, 500) + linear(128, 500, 100) + linear(128, 100, 10),
  lenet = conv(256, 1, 6, 5, 28, 2) + conv(256, 6, 16, 5, 10) + linear(256, 400, 120) + linear(256, 120, 84),
  net_2c2d = conv(128, 1, 32, 5, 28, 2) + conv(128, 32, 64, 5, 14) + linear(128, 3136, 1024) + linear(128, 1024, 10),
  net_3c3d = conv(128, 3, 64, 5, 28, 2) + conv(128, 64, 96, 3, 12) + conv(128, 96, 128, 3, 6) + linear(128, 1152, 512)
    + linear(128, 512, 256),
  resnet8 = conv(128, 3, 16, 3, 32, 2) + 2 * conv(128, 16, 16, 3, 32) + conv(128, 16, 32, 3, 16)
    + conv(128, 32, 32, 3, 16) + conv(128, 16, 32, 1, 16) + conv(128, 32, 64, 3, 8) + conv(128, 64, 64, 3, 8)
    + conv(128, 32, 64, 1, 8),
  vae = conv(64, 1, 64, 4, 14, 2) + conv(64, 64, 64, 4, 7) * 2 + conv(64, 1, 64, 4, 7) + conv(64, 64, 64, 4, 14) * 2
    + linear(64, 12544, 784),
  char_lstm = 2 * 2 * linear(2500, 128, 512) + linear(2500, 128, 64),
  char_gru = 2 * 2 * linear(2500, 128, 384) + linear(2500, 128, 64),
  gpt = 2 * (linear(2048, 64, 192) + linear(2048, 64, 64) + 2 * linear(2048, 64, 256)) + linear(2048, 64, 46)
    + 2 * 2 * 6 * 128 * 64 * 64 * 16 / 1e9,
  ["conv-k3-s2"] = conv(64, 16, 32, 3, 14), ["conv-k4-s2"] = conv(64, 16, 32, 4, 14),
  ["conv-k5-s2"] = conv(64, 16, 32, 5, 14), ["conv-k7-s2"] = conv(64, 3, 64, 7, 16),
  ["conv-k3-16-32"] = conv(64, 16, 32, 3, 28), ["conv-k5-16-32"] = conv(64, 16, 32, 5, 28),
  ["conv-k3-64-64"] = conv(64, 64, 64, 3, 8), ["conv-k3-64-96"] = conv(64, 64, 96, 3, 14),
  ["conv_transpose-k4-s2"] = conv(64, 64, 64, 4, 7), bmm = 6 * 128 * 64 * 64 * 16 / 1e9,
  ["linear-3d"] = linear(2048, 64, 192), attention = 12 * 128 * 64 * 64 * 16 / 1e9, ["mm-256"] = 2 * 256 ^ 3 / 1e9,
  ["mm-512"] = 2 * 512 ^ 3 / 1e9, ["mm-1024"] = 2 * 1024 ^ 3 / 1e9, lstm = 2 * linear(2500, 128, 512) * 5 / 6,
  ["solve-256"] = 2 / 3 * 256 ^ 3 / 1e9,
}
local GB = {
  ["softmax-2"] = floats(2 * 512 ^ 2), ["softmax-1"] = floats(2 * 512 ^ 2), ["softmax-fb"] = floats(5 * 512 ^ 2),
  ["log_softmax-fb"] = floats(5 * 256000), ["cross_entropy-10"] = floats(2 * 1280),
  ["cross_entropy-96"] = floats(2 * 98304), ["cross_entropy-1000"] = floats(2 * 128000),
  ["cross_entropy-50000"] = floats(2 * 1600000), layer_norm = floats(5 * 131072),
  ["max_pool-2"] = floats(2.5 * 1605632), ["max_pool-3-s2"] = floats(2.5 * 3211264),
  ["avg_pool-2"] = floats(2.5 * 1605632), ["batch_norm-2d"] = floats(5 * 1048576), relu = floats(5e6),
  tanh = floats(5e6), silu = floats(5e6), gelu = floats(5e6), ["exp-1e5"] = floats(2e5), ["sum-2"] = floats(512 ^ 2),
  ["row-max"] = floats(2 * 512 ^ 2), cat = floats(4 * 512 ^ 2), ["select-50"] = floats(2 * 320000),
  ["transpose-512"] = floats(2 * 512 ^ 2), ["transpose-2048"] = floats(2 * 2048 ^ 2),
  ["randperm-10000"] = 80000 / 1e9, index_select = floats(2 * 262144),
  ["index_select-fb"] = floats(4 * 262144 + 640000),
  embedding = floats(4 * 131072), ["conv-depthwise"] = floats(5 * 524288),
}
local TRAININGS = { "logreg", "mlp", "lenet", "net_2c2d", "net_3c3d", "resnet8", "vae", "char_lstm", "char_gru",
  "gpt" }
local TARGETS = { net_3c3d = 2, resnet8 = 2, net_2c2d = 1.8, vae = 1.6, char_lstm = 1.3, char_gru = 1.3, gpt = 1.3,
  lstm = 1.3, ["softmax-2"] = 1.5, ["softmax-1"] = 1.5, ["softmax-fb"] = 1.5, ["log_softmax-fb"] = 1.5,
  ["cross_entropy-10"] = 1.5, ["cross_entropy-96"] = 1.5, ["cross_entropy-1000"] = 1.5, ["cross_entropy-50000"] = 1.5 }

-- lists[threads][row][program] = {number of each round}, and the rows in their order.
local lists, order = {}, {}
for line in io.lines(p.measured) do
  local row, threads, program, number = line:match "^(%S+)@(%d+) (%S+) (%S+)$"
  local t = lists[threads] or {}
  lists[threads] = t
  if not t[row] then
    t[row] = {}
    order[#order + 1] = not order[row] and row or nil
    order[row] = true
  end
  t[row][program] = t[row][program] or {}
  table.insert(t[row][program], tonumber(number))
end

local function spread(list)
  local sorted = { table.unpack(list) }
  table.sort(sorted)
  local n = #sorted
  return (sorted[(n + 1) // 2] + sorted[n // 2 + 1]) / 2, sorted[1], sorted[n]
end

local function shown(us) return us < 1e3 and ("%.1f us"):format(us) or ("%.2f ms"):format(us / 1e3) end

-- PyTorch's time over that of a program, by rounds.
local function ratio(theirs, ours)
  local list = {}
  for i = 1, math.min(#theirs, #ours) do list[i] = theirs[i] / ours[i] end
  return spread(list)
end

local function line(row, program, numbers, rates)
  local ours, theirs = numbers[program], numbers.pytorch
  if not (ours and theirs) then return end
  local median = spread(ours)
  local of_flop, of_bytes = GFLOP[row], GB[row]
  local share = of_flop and ("%3.0f %% of sgemm"):format(100 * of_flop / (median / 1e6) / rates.sgemm)
    or of_bytes and ("%3.0f %% of memory"):format(100 * of_bytes / (median / 1e6) / rates.memory) or ""
  local middle, least, most = ratio(theirs, ours)
  local target = TARGETS[row] or 1
  print(("%-22s %-9s %6.2fx (%.2f-%.2f)  target %.1f %-6s %11s %11s  %s"):format(row, program, middle, least, most,
    target, middle >= target and "met" or "missed", shown(median), shown((spread(theirs))), share))
end

for _, threads in ipairs { "1", "2" } do
  local t = lists[threads]
  if t and t["rate-sgemm"] then
    local rates = { sgemm = spread(t["rate-sgemm"].optlab), memory = spread(t["rate-memory"].optlab) }
    print(("\n%s thread%s: sgemm %.0f Gflop/s, memory %.1f GB/s; PyTorch's time over optlab's, optlab, PyTorch"):format(
      threads, threads == "1" and "" or "s", rates.sgemm, rates.memory))
    for _, row in ipairs(TRAININGS) do
      for _, program in ipairs { "eager", "compiled" } do
        if t[row] then line(row, program, t[row], rates) end
      end
    end
    for _, row in ipairs(order) do
      if t[row] then line(row, "optlab", t[row], rates) end
    end
  end
end
