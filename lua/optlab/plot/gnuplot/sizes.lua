--- Sizes in pixels of what lies around frames whose places are computed.
-- @module optlab.plot.gnuplot.sizes
return {
  LINE = 18, -- the height of a line of text
  MARKS = 8, -- between a frame and the texts of its marks
  BELOW = 32, -- from a frame to below the texts of its marks, as the svg terminal sets them (it leaves the most room)
  GAP = 9, -- around a frame without texts
  BAR = 14, -- the width of a colour bar
}
