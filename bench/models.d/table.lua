--- Prints what bench/models measured, and which rows are behind their targets.
local lab = require "optlab"
local list = dofile "bench/models.d/rows.lua"
local p = lab.params {
  measured = { default = "out/models/measured.txt", help = "lines: row threads optlab PyTorch limit" },
}

-- measured[row][threads] = {optlab = {...}, ratio = {...}, share = {...}}, a number a round
local measured, counts, seen = {}, {}, {}
for line in io.lines(p.measured) do
  local name, threads, ours, theirs, limit = line:match "^(.+) (%d+) (%S+) (%S+) (%S+)$"
  threads = tonumber(threads)
  if not seen[threads] then seen[threads], counts[#counts + 1] = true, threads end
  measured[name] = measured[name] or {}
  local m = measured[name][threads] or { optlab = {}, ratio = {}, share = {} }
  measured[name][threads] = m
  table.insert(m.optlab, tonumber(ours))
  table.insert(m.ratio, theirs / ours)
  table.insert(m.share, limit / ours)
end

local function median(list_)
  table.sort(list_)
  local n = #list_
  return (list_[(n + 1) // 2] + list_[n // 2 + 1]) / 2
end

-- Three digits.
local function digits(x)
  return ("%." .. math.max(0, math.min(2, 2 - math.floor(math.log(math.max(x, 0.01), 10)))) .. "f"):format(x)
end

local function time(us)
  if us < 1000 then return digits(us) .. " us" end
  return digits(us / 1000) .. " ms"
end

local function ratio(m, target)
  local x = median(m.ratio)
  local share = median(m.share)
  return x, ("%5s%s %-11s%4s"):format(digits(x), x < target and "<" or " ",
    digits(m.ratio[1]) .. "-" .. digits(m.ratio[#m.ratio]), share > 0 and ("%.0f%%"):format(share * 100) or "")
end

table.sort(counts)
local head = { ("%-35s"):format "" }
for _, threads in ipairs(counts) do
  head[#head + 1] = ("%-23s"):format(("%d thread%s"):format(threads, threads > 1 and "s" or ""))
end
print((table.concat(head):gsub(" +$", "")))
print(("%-25s%9s"):format("", "optlab") .. ("  ratio   range    limit"):rep(#counts))
local rounds, behind = 0, {}
for _, row in ipairs(list) do
  local m = measured[row.name]
  if m then
    local first = m[counts[1]] or select(2, next(m))
    rounds = math.max(rounds, #first.ratio)
    local cells = {}
    for i, threads in ipairs(counts) do
      local x
      x, cells[i] = nil, (" "):rep(22)
      if m[threads] then x, cells[i] = ratio(m[threads], row.target) end
      if x and x < row.target then
        behind[#behind + 1] = ("  %s, %d thread%s: %s of %s"):format(row.name, threads, threads > 1 and "s" or "",
          digits(x), digits(row.target))
      end
    end
    local name = row.name
    print((#name > 25 and name .. "\n" .. (" "):rep(25) or ("%-25s"):format(name))
      .. ("%9s "):format(time(median(first.optlab))) .. table.concat(cells, " "))
  end
end
print(([[
optlab: a step or a call, %d thread%s. ratio: PyTorch's time over optlab's, median
of up to %d rounds, smallest to largest; "<" marks one below its target. limit:
share of sgemm's rate (products) or of that of a copy of as many bytes (others).]]):format(counts[1] or 0,
  counts[1] == 1 and "" or "s", rounds))
if #behind > 0 then print("Below the target:\n" .. table.concat(behind, "\n")) end
