--- Contour lines and filled bands of a function on a grid, by marching squares.
-- Every line is directed so that higher ground lies on its left. A crossed grid edge then is the end of one segment
-- and the start of exactly one other, and joining the segments is following a table. A saddle cell is decided by the
-- mean of its corners. The .gp holds the lines themselves, so gnuplot draws them in one pass.
-- @module optlab.plot.contour
local M = {}

local S, E, N, W = 1, 2, 3, 4

-- Segments by the corners that lie above: 1 south-west, 2 south-east, 4 north-east, 8 north-west.
local SEGMENTS = {
  [0] = {}, { S, W }, { E, S }, { E, W }, { N, E }, false, { N, S }, { N, W },
  { W, N }, { S, N }, false, { E, N }, { W, E }, { S, E }, { W, S }, {},
}
local SADDLE = {
  [5] = { [true] = { S, E, N, W }, [false] = { S, W, N, E } },
  [10] = { [true] = { W, S, E, N }, [false] = { E, S, W, N } },
}

-- The segments of a cell with corner values a (south-west), b, c, d (counter-clockwise), or nil when one is no number.
local function cell_segments(a, b, c, d, level)
  local case = (a >= level and 1 or 0) + (b >= level and 2 or 0) + (c >= level and 4 or 0) + (d >= level and 8 or 0)
  if case == 0 or case == 15 then return nil end
  if a ~= a or b ~= b or c ~= c or d ~= d then return nil end
  return SEGMENTS[case] or SADDLE[case][(a + b + c + d) / 4 >= level]
end

-- Links edge to edge over all cells. Returns next: edge -> edge, and the starts in the order of the cells.
-- Edge numbers: horizontal edge from node (i, j) is 2k, vertical 2k + 1, with k = (j - 1) nx + i.
local function link(grid, level)
  local z, nx, follow, starts = grid.z, #grid.x, {}, {}
  for j = 1, #grid.y - 1 do
    local low, high = z[j], z[j + 1]
    for i = 1, nx - 1 do
      local segments = cell_segments(low[i], low[i + 1], high[i + 1], high[i], level)
      if segments then
        local k = (j - 1) * nx + i
        local edges = { 2 * k, 2 * (k + 1) + 1, 2 * (k + nx), 2 * k + 1 }
        for s = 1, #segments, 2 do
          local from = edges[segments[s]]
          follow[from] = edges[segments[s + 1]]
          starts[#starts + 1] = from
        end
      end
    end
  end
  return follow, starts
end

-- Where the level crosses between two neighbouring values; beside minus infinity it passes through the other node.
local function cross(z1, z2, level)
  if z1 == -math.huge then return 1 end
  if z2 == -math.huge then return 0 end
  return (level - z1) / (z2 - z1)
end

local function point(grid, level, edge)
  local nx = #grid.x
  local k = edge // 2 - 1
  local i, j = k % nx + 1, k // nx + 1
  local x, y, z = grid.x, grid.y, grid.z
  if edge % 2 == 0 then
    return x[i] + (x[i + 1] - x[i]) * cross(z[j][i], z[j][i + 1], level), y[j]
  end
  return x[i], y[j] + (y[j + 1] - y[j]) * cross(z[j][i], z[j + 1][i], level)
end

-- Walks from an edge to the end of its line or around its loop, unlinking on the way.
local function walk(grid, level, follow, start)
  local line, edge = { x = {}, y = {}, level = level }, start
  repeat
    local n = #line.x + 1
    line.x[n], line.y[n] = point(grid, level, edge)
    local after = follow[edge]
    follow[edge] = nil
    edge = after
  until not edge
  return line
end

--- The lines of one level.
-- @tparam table grid {x, y, z} as of arrays.grid
-- @number level
-- @treturn {table,...} lines {x = array, y = array, level = level}; a loop ends where it begins
function M.lines(grid, level)
  local follow, starts = link(grid, level)
  local inner, lines = {}, {}
  for _, edge in ipairs(starts) do inner[follow[edge]] = true end
  for pass = 1, 2 do -- first the lines that enter from outside, then the loops
    for _, edge in ipairs(starts) do
      if follow[edge] and (pass == 2 or not inner[edge]) then lines[#lines + 1] = walk(grid, level, follow, edge) end
    end
  end
  return lines
end

-- The grid inside a ring of minus infinities at the border's own coordinates, so that every line becomes a loop.
local function ringed(grid)
  local nx, ny = #grid.x, #grid.y
  local x, y, z = { grid.x[1] }, { grid.y[1] }, {}
  for i = 1, nx do x[i + 1] = grid.x[i] end
  for j = 1, ny do y[j + 1] = grid.y[j] end
  x[nx + 2], y[ny + 2] = grid.x[nx], grid.y[ny]
  for j = 0, ny + 1 do
    local row = {}
    for i = 0, nx + 1 do
      local v = grid.z[j] and grid.z[j][i]
      row[i + 1] = v and v == v and v or -math.huge
    end
    z[j + 1] = row
  end
  return { x = x, y = y, z = z }
end

local function signed_area(loop)
  local area, x, y = 0, loop.x, loop.y
  for i = 1, #x - 1 do area = area + x[i] * y[i + 1] - x[i + 1] * y[i] end
  return area / 2
end

--- Loops that, painted one over the other in this order, fill the bands between the levels.
-- Lines of different levels never cross, so whatever lies inside a loop is smaller than it: large loops come first. On
-- the inside of a counter-clockwise loop the ground is higher than its level, inside a clockwise one it is lower.
-- @tparam table grid
-- @tparam {number,...} levels ascending
-- @treturn {table,...} loops {x, y, band}: band k lies between levels[k] and levels[k + 1], band 0 below all
function M.bands(grid, levels)
  local loops, padded = {}, ringed(grid)
  for k, level in ipairs(levels) do
    for _, loop in ipairs(M.lines(padded, level)) do
      local area = signed_area(loop)
      if area ~= 0 then
        loop.area, loop.high, loop.rank = math.abs(area), area > 0, #loops
        loop.band = loop.high and k or k - 1
        loops[#loops + 1] = loop
      end
    end
  end
  table.sort(loops, function(p, q)
    if p.area ~= q.area then return p.area > q.area end
    if p.high ~= q.high then return p.high end
    return (p.rank < q.rank) == p.high and p.rank ~= q.rank
  end)
  return loops
end

return M
