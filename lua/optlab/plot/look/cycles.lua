--- The colours that lines, bars and categories take in turn.
-- Every two colours of a cycle differ for all readers, the colour-blind included: tests/plot/palettes_spec.lua computes
-- by how much.
-- @module optlab.plot.look.cycles
local M = {}

local LISTS = {
  -- matplotlib's ten hues in its order, moved as far apart as needed.
  default = "#1f77b4 #ff7f0e #229e71 #c21e27 #a778f0 #8d5950 #d47eb3 #7d7e80 #b7ab66 #07c6de",
  -- The same hues for a dark background.
  dark = "#5fb0ea #ff9d45 #8fd7ad #ef655a #8f77fc #be9188 #f9afd3 #a1a3a7 #edde8f #5cf3ff",
  -- M. Okabe and K. Ito, Color Universal Design, 2008.
  okabe_ito = "#0072b2 #e69f00 #009e73 #d55e00 #cc79a7 #56b4e9 #f0e442 #000000",
  -- P. Tol, Colour Schemes, 2021.
  bright = "#4477aa #ee6677 #228833 #ccbb44 #66ccee #aa3377 #bbbbbb",
  muted = "#cc6677 #332288 #ddcc77 #117733 #88ccee #882255 #44aa99 #999933 #aa4499 #dddddd",
}

--- The names of the cycles, in order.
-- @treturn {string,...}
function M.names()
  return { "default", "dark", "okabe_ito", "bright", "muted" }
end

--- The colours of a cycle.
-- @string name
-- @treturn ?{string,...} "#rrggbb"; nil if there is none of that name
function M.get(name)
  if not LISTS[name] then return nil end
  local out = {}
  for color in LISTS[name]:gmatch("%S+") do out[#out + 1] = color end
  return out
end

return M
