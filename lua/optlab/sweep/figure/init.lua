--- The figure that fits a sweep: curves over time where nothing but choices and seeds vary, a sensitivity curve for one
-- number, a map for two, dots for more; small multiples by a choice.
-- @module optlab.sweep.figure
local curves = require "optlab.sweep.figure.curves"
local dots = require "optlab.sweep.figure.dots"
local heat = require "optlab.sweep.figure.heat"
local params = require "optlab.params.values"
local sensitivity = require "optlab.sweep.figure.sensitivity"

local M = {}

local MOST_PANELS = 12

local function is_number(entry) return (entry.kind == "number" or entry.kind == "integer") and not entry.choices end

local function split(varied)
  local numbers, choices = {}, {}
  for _, entry in ipairs(varied) do
    local into = is_number(entry) and numbers or choices
    into[#into + 1] = entry
  end
  return numbers, choices
end

-- "adam", or "method adam, nesterov true" where several choices vary.
local function labeller(choices)
  return function(group)
    local parts = {}
    for i, entry in ipairs(choices) do
      local text = params.text(group.values[entry.name])
      parts[i] = #choices > 1 and entry.name .. " " .. text or text
    end
    return table.concat(parts, ", ")
  end
end

-- The groups by the values of the choices, in the order of the cells.
local function panels_of(groups, label_of)
  local panels, known = {}, {}
  for _, group in ipairs(groups) do
    local label = label_of(group)
    if not known[label] then
      known[label] = { label = label, groups = {} }
      panels[#panels + 1] = known[label]
    end
    table.insert(known[label].groups, group)
  end
  return panels
end

-- A figure, or a grid of them.
local function save(figures, columns, title)
  if #figures == 1 then return figures[1]:save "sweep" end
  local cols = math.min(columns, #figures)
  local rows = math.ceil(#figures / cols)
  local grid = { cols = cols, title = title, size = { 400 * cols, 290 * rows + 30 } }
  for i, fig in ipairs(figures) do grid[i] = fig end
  return require("optlab.plot").grid(grid):save "sweep"
end

-- The panels that have something to show.
local function filled(panels)
  local list = {}
  for _, panel in ipairs(panels) do
    local any = false
    for _, group in ipairs(panel.groups) do any = any or group.median ~= nil end
    if any then list[#list + 1] = panel end
  end
  return list
end

-- A panel for each choice; `draw(panel, title)` makes one.
local function multiples(o, panels, columns, draw)
  local figures = {}
  for i = 1, math.min(#panels, MOST_PANELS) do
    figures[i] = draw(panels[i], #panels > 1 and panels[i].label or o.title)
  end
  local more = #panels > MOST_PANELS and (" (%d of %d choices)"):format(MOST_PANELS, #panels) or ""
  return save(figures, columns, o.title .. more)
end

local function axis_of(o, entry)
  return { words = o.words.given[entry.name], sampled = o.words.options.sample ~= nil }
end

local function one_number(o, groups, panels, entry)
  local frame = sensitivity.frame(groups, o.sign)
  if not frame then return nil end
  if #panels > 1 and #groups[1].cells > 1 then o.title = o.title .. ", median and middle half of the seeds" end
  return multiples(o, panels, 3, function(panel, title)
    return sensitivity.panel { groups = panel.groups, entry = entry, axis = axis_of(o, entry), metric = o.metric,
      title = title, frame = frame, sign = o.sign, alone = #panels == 1 }
  end)
end

local function two_numbers(o, groups, panels, x, y)
  local frame = heat.frame(groups, o.sign)
  if not frame then return nil end
  return multiples(o, panels, 2, function(panel, title)
    return heat.panel { groups = panel.groups, x = x, y = y, metric = o.metric, title = title, frame = frame,
      sign = o.sign }
  end)
end

local function many_numbers(o, groups, numbers, label_of)
  local frame = sensitivity.frame(groups, o.sign)
  if not frame then return nil end
  local figures = {}
  for i, entry in ipairs(numbers) do
    figures[i] = dots.panel { groups = groups, entry = entry, axis = axis_of(o, entry), metric = o.metric,
      frame = frame, sign = o.sign, label_of = label_of }
  end
  return save(figures, 3, o.title)
end

local function no_number(o, groups, ranked, label_of)
  local fig = curves.figure { groups = ranked, metric = o.metric, title = o.title, sign = o.sign, label_of = label_of }
  if fig then return fig:save "sweep" end
  local frame = sensitivity.frame(groups, o.sign)
  if not frame then return nil end
  for i, group in ipairs(groups) do group.place = i end
  return dots.names({ groups = groups, metric = o.metric, title = o.title, frame = frame, label_of = label_of })
    :save "sweep"
end

local function is_whole_grid(panels, x, y)
  for _, panel in ipairs(panels) do
    if not heat.is_grid(panel.groups, x.name, y.name) then return false end
  end
  return true
end

--- Draws the figure "sweep" into config.out.
-- @tparam table o `plan`, `words`, `metric`, `sign`, `sweep`
-- @tparam {table,...} groups in the order of the cells
-- @tparam {table,...} ranked the same, the best first
function M.draw(o, groups, ranked)
  local numbers, choices = split(o.plan.varied)
  local label_of = labeller(choices)
  local panels = filled(panels_of(groups, label_of))
  o.title = ("%s: %s"):format(o.sweep.experiment, o.metric)
  if #numbers == 0 then return no_number(o, groups, ranked, label_of) end
  if #numbers == 1 then return one_number(o, groups, panels, numbers[1]) end
  if #numbers == 2 and is_whole_grid(panels, numbers[1], numbers[2]) then
    return two_numbers(o, groups, panels, numbers[1], numbers[2])
  end
  return many_numbers(o, groups, numbers, label_of)
end

return M
