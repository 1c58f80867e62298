--- Prints what bench/optimizers measured.
local lab = require "optlab"
local p = lab.params { measured = { default = "out/optimizers/measured.txt", help = "lines: row program number" } }
local measured = dofile "bench/measured.lua" (p.measured)

print "A step on 50 tensors of 64 x 64, us, medians; wanted: 5 times as fast as PyTorch"
print(("%-12s %10s %10s %10s %7s %7s"):format("", "eager", "compiled", "PyTorch", "eager", "compiled"))
for _, entry in ipairs(dofile "bench/optimizers.d/settings.lua") do
  local row = measured[entry[1]]
  local eager, compiled = row.eager[1], row.compiled[1]
  local peer = row.pytorch and row.pytorch[1]
  print(("%-12s %10.1f %10.1f %10s %7s %7s"):format(entry[1], eager, compiled, peer and ("%.1f"):format(peer) or "-",
    peer and ("%.1fx"):format(peer / eager) or "", peer and ("%.1fx"):format(peer / compiled) or ""))
end

print "\nThe text of a built-in optimizer as a rule of one's own, over the built-in one's time; wanted: 2.5, 1e7 1.3"
print(("%-12s %8s %8s %8s %8s %8s"):format("", "1e3", "1e4", "1e5", "1e6", "1e7"))
for _, name in ipairs { "Adam", "AdaBelief", "Lion" } do
  local cells = {}
  for i, n in ipairs { 1000, 10000, 100000, 1000000, 10000000 } do
    local row = measured[("rule-%s-%d"):format(name, n)]
    cells[i] = ("%8.2f"):format(row.own[1] / row["built-in"][1])
  end
  print(("%-12s %s"):format(name, table.concat(cells, " ")))
end
