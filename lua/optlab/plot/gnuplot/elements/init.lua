--- How each thing in a figure becomes gnuplot commands: one function a kind, called in the order of drawing.
-- An element is a table {kind=, label=, color=, ...} made by a method of a figure. Its function puts data into the
-- panel's datablocks and one or more items into its plot command. They are in the files of this folder.
-- @module optlab.plot.gnuplot.elements
local M = {}

for _, name in ipairs { "lines", "areas", "contours", "maps", "solids", "points", "boxes", "tables" } do
  for kind, write in pairs(require("optlab.plot.gnuplot.elements." .. name)) do M[kind] = write end
end
M.grid_rows = nil

return M
