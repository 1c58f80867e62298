--- Runs as folders that TensorBoard reads: DIR/12-momentum/events.out.tfevents...; where a run recorded several lines,
-- each in a folder of its own.
--
-- A value's time is not recorded by a run. It is taken as spread evenly from the start of the run to its end, so the
-- files are the same each time.
-- @module optlab.compare.export.tensorboard
local curves = require "optlab.compare.curves"
local events = require "optlab.compare.export.events"
local files = require "optlab.base.files"
local runs_room = require "optlab.runs"

local M = {}

-- --- time -----------------------------------------------------------------------------------------------------------

-- Days from 1970-01-01 to a day of the Gregorian calendar.
local function days(year, month, day)
  year = month <= 2 and year - 1 or year
  local era = year // 400
  local of_era = year - era * 400
  local of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
  return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
end

--- The seconds since 1970 of a time such as "2026-03-01T10:12:05Z".
-- @tparam ?string text
-- @treturn integer 0 for what is no time
function M.seconds(text)
  local y, mo, d, h, mi, s = tostring(text):match "^(%d+)%-(%d+)%-(%d+)T(%d+):(%d+):(%d+)"
  if not y then return 0 end
  return days(math.tointeger(y), math.tointeger(mo), math.tointeger(d)) * 86400 + math.tointeger(h) * 3600
    + math.tointeger(mi) * 60 + math.tointeger(s)
end

-- --- lines ----------------------------------------------------------------------------------------------------------

local function is_whole(list)
  for _, v in ipairs(list) do
    if not math.tointeger(v) then return false end
  end
  return true
end

-- The steps of a curve: those that it recorded, or its x if these are whole, or 1, 2, 3, ...
local function steps_of(line)
  if line.steps and is_whole(line.steps) then return line.steps end
  if is_whole(line.x) then return line.x end
  local steps = {}
  for i = 1, #line.x do steps[i] = i end
  return steps
end

-- The curves of a run by the names of their lines, in the order in which these come.
local function by_name(run)
  local list, known = {}, {}
  for _, line in ipairs(curves.of_run(run, runs_room.series)) do
    local name = line.name or ""
    if not known[name] then
      known[name] = { name = name }
      list[#list + 1] = known[name]
    end
    table.insert(known[name], line)
  end
  return list
end

-- --- files ----------------------------------------------------------------------------------------------------------

local LONGEST = 200 -- bytes of a folder's name; file systems take 255

-- The name of a run or a line as that of a folder, another one for each name in `used`.
local function folder_name(name, used)
  name = name:sub(1, LONGEST):gsub("[\0-\32/\\\127]", "_")
  name = name:match "^%.*$" and "_" .. name or name
  local free, n = name, 1
  while used[free] do
    n = n + 1
    free = ("%s_%d"):format(name, n)
  end
  used[free] = true
  return free
end

-- The events of some curves in the order of their steps.
local function text_of(run, lines)
  local start, points = M.seconds(run.started), {}
  for rank, line in ipairs(lines) do
    local steps = steps_of(line)
    for i, value in ipairs(line.y) do
      points[#points + 1] = { math.tointeger(steps[i]), rank, i, line.quantity, value, i / #line.y }
    end
  end
  table.sort(points, function(a, b)
    for k = 1, 3 do
      if a[k] ~= b[k] then return a[k] < b[k] end
    end
    return false
  end)
  local parts = { events.frame(events.version(start)) }
  for _, p in ipairs(points) do
    parts[#parts + 1] = events.frame(events.scalar(start + (run.seconds or 0) * p[6], p[1], p[4], p[5]))
  end
  return table.concat(parts), #points
end

local function write(folder, run, lines)
  local text, points = text_of(run, lines)
  local ok, message = files.make_folder(folder)
  if ok then
    ok, message = files.replace(("%s/events.out.tfevents.%d.optlab"):format(folder, M.seconds(run.started)), text)
  end
  return ok and points, message
end

-- The files of one run in a folder; returns how many there are, and how many values.
local function export_run(run, folder)
  local parts, points, used = by_name(run), 0, {}
  for _, part in ipairs(parts) do
    local inside = #parts > 1 and part.name ~= "" and "/" .. folder_name(part.name, used) or ""
    local n, message = write(folder .. inside, run, part)
    if not n then return nil, message end
    points = points + n
  end
  return #parts, points
end

--- Writes event files.
-- @tparam {Run,...} runs
-- @tparam string folder
-- @treturn ?integer how many files; nil and a message
-- @treturn integer how many values
-- @treturn {string,...} names of runs without curves
function M.write(runs, folder)
  local count, points, empty, used = 0, 0, {}, {}
  for _, run in ipairs(runs) do
    local n, more = export_run(run, folder .. "/" .. folder_name(run.name, used))
    if not n then return nil, more end
    if n == 0 then empty[#empty + 1] = run.name end
    count, points = count + n, points + more
  end
  return count, points, empty
end

return M
