--- How lines look: one of six colours, and one of four kinds of dashes for the next six.
-- @module optlab.report.chart.style
local M = {}

local COLOURS, DASHES = 6, 4

--- The classes of a style.
-- @tparam integer style from 0
-- @treturn string
function M.classes(style)
  return ("c%d d%d"):format(style % COLOURS, style // COLOURS % DASHES)
end

-- The values of a column in the order of the groups: their positions from 0, and how many there are.
local function positions(column, groups, runs)
  local position, n = {}, 0
  for _, group in ipairs(groups) do
    local value = column.of(runs[group.members[1]])
    if not position[value] then position[value], n = n, n + 1 end
  end
  return position, n
end

-- Where two columns make the groups, one is the colour and the other one the dashes, if there are enough of both.
local function by_two(columns, groups, runs)
  local colour, dash = columns[1], columns[2]
  local at_colour, n_colours = positions(colour, groups, runs)
  local at_dash, n_dashes = positions(dash, groups, runs)
  if n_dashes > n_colours then
    colour, dash, at_colour, at_dash = dash, colour, at_dash, at_colour
    n_colours, n_dashes = n_dashes, n_colours
  end
  if n_colours > COLOURS or n_dashes > DASHES then return nil end
  return function(group)
    local run = runs[group.members[1]]
    return at_colour[colour.of(run)] + COLOURS * at_dash[dash.of(run)]
  end
end

--- Gives each group its style.
-- @tparam {table,...} columns that make the groups
-- @tparam {table,...} groups whose field `style` is set
-- @tparam {Run,...} runs
function M.assign(columns, groups, runs)
  local of = #columns == 2 and by_two(columns, groups, runs)
  for i, group in ipairs(groups) do group.style = of and of(group) or i - 1 end
end

return M
