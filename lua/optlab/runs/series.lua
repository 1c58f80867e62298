--- The numbers that a run recorded, as curves: metrics.csv, history.csv and other records in its directory.
--
-- A record in long form has the columns `quantity` and `value`, and perhaps `run` and `epoch` or `step`. In any other
-- one, the first column of numbers is x, each other column of numbers is a quantity, and a column of text names the
-- run.
-- @module optlab.runs.series
local files = require "optlab.base.files"
local number = require "optlab.base.number"

local M = {}

local NOT_FINITE = { nan = 0 / 0, ["-nan"] = 0 / 0, inf = math.huge, ["-inf"] = -math.huge }

-- --- reading a table ----------------------------------------------------------------------------------------------

local function unquote(line)
  local cells, at = {}, 1
  while true do
    if line:sub(at, at) == '"' then
      local stop, text = at, ""
      repeat
        local close = line:find('"', stop + 1, true) or #line + 1
        text = text .. line:sub(stop + 1, close - 1)
        stop = close
        local doubled = line:sub(close + 1, close + 1) == '"'
        if doubled then text, stop = text .. '"', close + 1 end
      until not doubled
      cells[#cells + 1], at = text, stop + 1
    else
      local stop = line:find(",", at, true) or #line + 1
      cells[#cells + 1], at = line:sub(at, stop - 1), stop
    end
    if line:sub(at, at) ~= "," then return cells end
    at = at + 1
  end
end

local function split(line)
  if line:find('"', 1, true) then return unquote(line) end
  local cells = {}
  for cell in (line .. ","):gmatch "([^,]*)," do cells[#cells + 1] = cell end
  return cells
end

local function is_whole(row)
  return not row:find('"', 1, true) or select(2, row:gsub('"', "")) % 2 == 0
end

-- Names of columns and rows of cells. A cell in quotes may hold line breaks. A last row without its end, which a killed
-- run may leave, is left out.
local function read_rows(text)
  local rows, begun = {}, nil
  for line in text:gmatch "([^\n]*)\n" do
    begun = begun and begun .. "\n" .. line or line
    if is_whole(begun) then rows[#rows + 1], begun = split(begun), nil end
  end
  return table.remove(rows, 1) or {}, rows
end

local function value_of(cell)
  if not cell or cell == "" then return nil end
  return number.parse(cell) or NOT_FINITE[cell]
end

-- --- curves -------------------------------------------------------------------------------------------------------

-- Collects points by run and quantity, in the order in which these first occur.
local function collector(file, x_name)
  local list, known = {}, {}
  return list, function(run, quantity, x, y, row)
    local key = run .. "\0" .. quantity
    local curve = known[key]
    if not curve then
      curve = { file = file, run = run, quantity = quantity, x_name = x_name, x = {}, y = {} }
      known[key], list[#list + 1] = curve, curve
    end
    local n = #curve.x + 1
    curve.x[n], curve.y[n], curve.last_row = x, y, row
    return curve
  end
end

local function positions(columns)
  local at = {}
  for i, name in ipairs(columns) do at[name] = i end
  return at
end

-- Where a record has both epochs and steps, a curve has the steps in `steps`.
local function long_form(file, at, rows)
  local x_name = at.epoch and "epoch" or at.step and "step" or "row"
  local list, add = collector(file, x_name)
  for i, row in ipairs(rows) do
    local y = value_of(row[at.value])
    local curve = y and add(row[at.run] or "", row[at.quantity] or "", value_of(row[at[x_name]]) or i, y, i)
    if curve and at.epoch and at.step then
      curve.steps = curve.steps or {}
      curve.steps[#curve.x] = value_of(row[at.step]) or i
    end
  end
  return list
end

local function is_numeric(rows, column)
  local some = false
  for _, row in ipairs(rows) do
    local cell = row[column]
    if cell and cell ~= "" then
      if not value_of(cell) then return false end
      some = true
    end
  end
  return some
end

local function wide_form(file, columns, rows)
  local numeric, texts = {}, {}
  for i in ipairs(columns) do
    local into = is_numeric(rows, i) and numeric or texts
    into[#into + 1] = i
  end
  local x_column = #numeric > 1 and table.remove(numeric, 1)
  local list, add = collector(file, x_column and columns[x_column] or "row")
  for i, row in ipairs(rows) do
    local names = {}
    for k, column in ipairs(texts) do names[k] = row[column] end
    local x = x_column and value_of(row[x_column]) or i
    for _, column in ipairs(numeric) do
      local y = value_of(row[column])
      if y then add(table.concat(names, " "), columns[column], x, y, i) end
    end
  end
  return list
end

--- The curves in the text of a record.
-- @tparam string file its name
-- @tparam string text
-- @treturn {table,...} see optlab.runs.series
function M.parse(file, text)
  local columns, rows = read_rows(text)
  local at = positions(columns)
  if at.quantity and at.value then return long_form(file, at, rows) end
  return wide_form(file, columns, rows)
end

local function append(list, more) return table.move(more, 1, #more, #list + 1, list) end

local function read(path, file)
  local text = files.readable(path .. "/" .. file .. ".csv") and files.read(path .. "/" .. file .. ".csv")
  return text and M.parse(file, text) or {}
end

--- All curves of a run's directory: those of metrics.csv first, then those of history.csv, then other records by name.
-- @tparam string path
-- @treturn {table,...}
function M.read(path)
  local list = append(read(path, "metrics"), read(path, "history"))
  for _, name in ipairs(files.list(path, "%.csv$")) do
    local file = name:gsub("%.csv$", "")
    if file ~= "metrics" and file ~= "history" then append(list, read(path, file)) end
  end
  return list
end

-- The last value of each quantity of one record; where several runs recorded it, "run.quantity" for each, too.
local function last_values(curves, into)
  local latest, count = {}, {}
  for _, curve in ipairs(curves) do
    local quantity = curve.quantity
    count[quantity] = (count[quantity] or 0) + 1
    if not latest[quantity] or curve.last_row > latest[quantity].last_row then latest[quantity] = curve end
  end
  for quantity, curve in pairs(latest) do
    if into[quantity] == nil then into[quantity] = curve.y[#curve.y] end
  end
  for _, curve in ipairs(curves) do
    local name = curve.run .. "." .. curve.quantity
    if count[curve.quantity] > 1 and curve.run ~= "" and into[name] == nil then into[name] = curve.y[#curve.y] end
  end
end

-- Curves of history.csv that say how a training went, not what came out.
local CIRCUMSTANCES = { lr = true, grad_norm = true }

local function outcomes(curves)
  local list = {}
  for _, curve in ipairs(curves) do
    if not CIRCUMSTANCES[curve.quantity] then list[#list + 1] = curve end
  end
  return list
end

--- The last value of each quantity that a run recorded, in metrics.csv, else in history.csv; of the latter not the
-- learning rate and the gradient's norm.
-- @tparam string path of its directory
-- @treturn {[string]=number,...}
function M.final(path)
  local final = {}
  last_values(read(path, "metrics"), final)
  last_values(outcomes(read(path, "history")), final)
  return final
end

return M
