--- The values on contour lines: each stands in a gap of its line and is turned along it.
-- @module optlab.plot.gnuplot.elements.contour_labels
local number = require "optlab.plot.gnuplot.number"
local text = require "optlab.plot.gnuplot.text"
local ticks = require "optlab.plot.gnuplot.ticks"

local M = {}

local SIZE = 9 -- of the font, in pixels
local GAP = 4 -- pixels on both sides of a text

-- A line in pixels, with the length of the way to each point.
local function measured(line, view)
  local out = { x = {}, y = {}, at = {} }
  for i = 1, #line.x do
    local px, py = view:pixel(line.x[i], line.y[i])
    out.x[i], out.y[i] = px, py
    out.at[i] = i == 1 and 0 or out.at[i - 1] + math.sqrt((px - out.x[i - 1]) ^ 2 + (py - out.y[i - 1]) ^ 2)
  end
  out.length = out.at[#out.at]
  return out
end

-- The point at a distance from the start of a line, and the index of the point before it.
local function point_at(path, distance)
  local lo, hi = 1, #path.at
  while hi - lo > 1 do
    local mid = (lo + hi) // 2
    if path.at[mid] <= distance then lo = mid else hi = mid end
  end
  local whole = path.at[hi] - path.at[lo]
  local share = whole > 0 and (distance - path.at[lo]) / whole or 0
  return path.x[lo] + (path.x[hi] - path.x[lo]) * share, path.y[lo] + (path.y[hi] - path.y[lo]) * share, lo
end

-- A place for a text of a width whose middle is at a share of a line, if the line is nearly straight there.
local function place_at(path, share, width)
  local from, to = share * path.length - width / 2, share * path.length + width / 2
  if from < 0 or to > path.length then return nil end
  local ax, ay, first = point_at(path, from)
  local bx, by, last = point_at(path, to)
  local chord = math.sqrt((bx - ax) ^ 2 + (by - ay) ^ 2)
  if chord < 0.9 * width then return nil end
  if bx < ax then ax, ay, bx, by, from, to = bx, by, ax, ay, to, from end
  return {
    x = (ax + bx) / 2, y = (ay + by) / 2, angle = math.deg(math.atan(by - ay, bx - ax)), straight = chord / width,
    from = math.min(from, to), to = math.max(from, to), first = first, last = last, path = path,
  }
end

local SHARES = { 0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82, 0.1, 0.9 }

-- The first free place on one of a level's lines, the longest line first.
local function find(paths, width, panel, taken)
  for _, path in ipairs(paths) do
    for _, share in ipairs(path.length > 0 and SHARES or {}) do
      local place = place_at(path, share, width)
      if place then
        local x, y = panel.view:data(place.x, place.y)
        if panel:is_free(x, y, taken) then return place, x, y end
      end
    end
  end
end

-- The pieces of a line that are left beside a gap.
local function broken(line, place, view)
  local before, after = { x = {}, y = {}, level = line.level }, { x = {}, y = {}, level = line.level }
  for i = 1, place.first do before.x[i], before.y[i] = line.x[i], line.y[i] end
  local x, y = view:data((point_at(place.path, place.from)), (select(2, point_at(place.path, place.from))))
  before.x[#before.x + 1], before.y[#before.y + 1] = x, y
  x, y = view:data((point_at(place.path, place.to)), (select(2, point_at(place.path, place.to))))
  after.x[1], after.y[1] = x, y
  for i = place.last + 1, #line.x do
    after.x[#after.x + 1], after.y[#after.y + 1] = line.x[i], line.y[i]
  end
  return before, after
end

local function paths_of(el, level, view)
  local paths = {}
  for _, line in ipairs(el.lines) do
    if line.level == level and #line.x > 1 then
      local path = measured(line, view)
      path.line, path.rank = line, #paths
      paths[#paths + 1] = path
    end
  end
  table.sort(paths, function(p, q)
    if p.length ~= q.length then return p.length > q.length end
    return p.rank < q.rank
  end)
  return paths
end

local function write(panel, el, words, place, x, y)
  panel:label(("%s at %s,%s center front rotate by %s noenhanced %s textcolor %s"):format(text.quote(words),
    number.format(x, true), number.format(y, true), number.format(math.floor(place.angle + 0.5)), panel:font(SIZE),
    el.color or el.cycle and "linetype " .. el.cycle or "rgb ink"))
end

--- Writes the value of each level on one of its lines; a level without a free place stays without.
-- @tparam table el a contour with levels and lines
-- @tparam table panel
-- @treturn {table,...} the lines with gaps where the texts are
function M.place(el, panel)
  local taken, texts, gaps = {}, ticks.texts(el.levels), {}
  for i, level in ipairs(el.levels) do
    local width = text.extent(texts[i], SIZE) + 2 * GAP
    local place, x, y = find(paths_of(el, level, panel.view), width, panel, taken)
    if place then
      gaps[place.path.line] = place
      write(panel, el, texts[i], place, x, y)
    end
  end
  local lines = {}
  for _, line in ipairs(el.lines) do
    if gaps[line] then
      lines[#lines + 1], lines[#lines + 2] = broken(line, gaps[line], panel.view)
    else
      lines[#lines + 1] = line
    end
  end
  return lines
end

return M
