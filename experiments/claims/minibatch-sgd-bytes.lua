--- How many bytes a second come from which memory, and what does a call cost?
-- Book section: "Minibatch Stochastic Gradient Descent". Claim: a processor of 16 cores with
-- AVX-512 can take in 10^12 bytes a second, memory gives less than a tenth of that; memory is read
-- in wide pieces, and in sequence it is cheaper than here and there; every call from the script has
-- a cost.
--
-- One thread adds 1 to a vector in place: it reads and writes 4 bytes per element, and the next
-- pass finds the vector in the fastest cache that it fits into. In the longest vector it then adds
-- 1 to every 16th element alone (a cache line holds 16), and picks elements in order and at random
-- places.
-- The figure: "bytes", the rate by the size of the vector. What to see: on the left the cost of a
-- call alone, so the rate grows with the size; then a peak, where the vector fits into the nearest
-- cache, and a step down for each further one.
-- Times differ from run to run: they are printed and drawn, not recorded.
local lab = require "optlab"
local plot = lab.plot

local p = lab.params {
  most = {default = 24, min = 6, max = 28, help = "the longest vector has 2^this elements"},
  seconds = {default = 0.01, help = "for each length, at least two passes"},
}
lab.set_num_threads(1)

-- The least seconds that a call of f took.
local function shortest(f)
  local start, best, tries = lab.clock(), math.huge, 0
  while tries < 2 or lab.clock() - start < p.seconds do
    local before = lab.clock()
    f()
    best, tries = math.min(best, lab.clock() - before), tries + 1
  end
  return best
end

-- The book's arithmetic: 2 GHz, 16 cores, 32 bytes at a time. A register of AVX-512 holds 512 bits, 64 bytes.
local processor, right = 2e9 * 16 * 32, 2e9 * 16 * 64
print(("the book's processor: 2e9 x 16 x 32 = %.3g bytes a second; but AVX-512"):format(processor))
print(("  means 64 bytes: %.3g. Memory with 1e11 gives %.3f and %.3f of these"):format(right, 1e11 / processor,
  1e11 / right))
lab.train.record("processor", 0, {bytes = processor, avx512 = right, memory_share = 1e11 / right})

local sizes, rates = {}, {}
for k = 4, p.most do
  local x = lab.zeros(1 << k)
  local seconds = shortest(function() x:add_(1) end)
  sizes[#sizes + 1], rates[#rates + 1] = 4 << k, 8 * (1 << k) / seconds / 1e9
  if k == 4 then print(("a call for 16 elements takes %.0f ns, nearly all of it the call"):format(seconds * 1e9)) end
end
local best = 1
for i, rate in ipairs(rates) do
  if rate > rates[best] then best = i end
end
print(("in place + 1, one thread: %.1f GB/s with %d KiB, %.1f GB/s with %d MiB"):format(rates[best], sizes[best] >> 10,
  rates[#rates], sizes[#sizes] >> 20))

local n = 1 << p.most
local x = lab.zeros(n)
local sixteenth = x[{{1, n, 16}}]
print(("+ 1 to all of %d numbers: %.2f ms, to every 16th: %.2f ms"):format(n,
  shortest(function() x:add_(1) end) * 1000, shortest(function() sixteenth:add_(1) end) * 1000))
local picks = math.min(n, 1 << 15)
local order, random = lab.arange(1, picks + 1, {dtype = "int64"}), lab.randint(1, n + 1, {picks})
print(("%d numbers picked in order: %.1f ns each, at random places: %.1f ns each"):format(picks,
  shortest(function() x:index_select(1, order) end) / picks * 1e9,
  shortest(function() x:index_select(1, random) end) / picks * 1e9))

local ticks = {{64, "64 B"}, {1 << 10, "1 KiB"}, {1 << 15, "32 KiB"}, {1 << 20, "1 MiB"}, {1 << 26, "64 MiB"}}
plot.figure {title = "Adding 1 to a vector in place, one thread", xlabel = "size of the vector", ylabel = "GB/s",
  logx = true, logy = true, xticks = ticks}:line(sizes, rates, {style = "-o"}):save("bytes")
