--- Time of a map: Adam on Rosenbrock's function from a grid of starting points (train.descend{points = true}). Prints
-- seconds; --check compares some of them with the same descent alone.
local lab = require "optlab"
local p = lab.params {
  side = { default = 500, help = "points along a side of the grid" }, steps = { default = 1000, help = "updates" },
  check = false,
}

local function rosenbrock(x, y) return (1 - x) ^ 2 + 100 * (y - x ^ 2) ^ 2 end

local axis = lab.linspace(-2, 2, p.side)
local grid = lab.stack(lab.meshgrid({ axis, axis }, { indexing = "xy" }), -1)
local how = { "Adam", lr = 0.01 }

local start = lab.clock()
local map = lab.train.descend(rosenbrock, grid, how, p.steps, { points = true })
print(("%d descents of %d steps in %.3f s on %d threads"):format(p.side ^ 2, p.steps, lab.clock() - start,
  lab.get_num_threads()))

for i = 1, p.check and p.side or 0, 97 do
  local path = lab.train.descend(rosenbrock, grid[i][i]:tolist(), how, p.steps)
  local x, y = table.unpack(map.points[i][i]:tolist())
  assert(path[#path][1] == x and path[#path][2] == y)
end
