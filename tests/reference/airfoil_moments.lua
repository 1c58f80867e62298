-- Prints the means and covariances that lua/optlab/data/airfoil.lua keeps, from the real table. Plain Lua, sums in
-- double:
--
--   lua5.4 tests/reference/airfoil_moments.lua ../shared/data/airfoil_self_noise.dat
local rows = {}
local path = assert(arg[1], "usage: airfoil_moments.lua FILE")
for line in io.lines(path) do
  local row = {}
  for field in line:gmatch("[^\t\r]+") do row[#row + 1] = assert(tonumber(field)) end
  assert(#row == 6, "6 columns expected")
  rows[#rows + 1] = row
end

local mean = { 0, 0, 0, 0, 0, 0 }
for _, row in ipairs(rows) do
  for j = 1, 6 do mean[j] = mean[j] + row[j] end
end
for j = 1, 6 do mean[j] = mean[j] / #rows end

local function covariance(a, b)
  local sum = 0
  for _, row in ipairs(rows) do sum = sum + (row[a] - mean[a]) * (row[b] - mean[b]) end
  return sum / #rows
end

local function list(n, value)
  local t = {}
  for j = 1, n do t[j] = (j == 4 and "\n    " or "") .. ("%.17g"):format(value(j)) end
  return (table.concat(t, ", "):gsub(", \n", ",\n"))
end

print(("local ROWS = %d"):format(#rows))
print("local MEAN = { " .. list(6, function(j) return mean[j] end) .. " }")
print("local COVARIANCE = {")
for i = 1, 6 do print("  { " .. list(i, function(j) return covariance(i, j) end) .. " },") end
print("}")
