--- Brings the index up to date: compares the stamps of all directories with those that it holds.
-- @module optlab.runs.index.update
local database = require "optlab.runs.index.database"
local files = require "optlab.base.files"
local directory = require "optlab.runs.directory"
local reader = require "optlab.runs.reader"
local record = require "optlab.runs.record"
local uv = require "luv"

local M = {}

local quote = database.quote
local ROWS = 400 -- of one statement
local RECENT = 0.1 -- seconds; a directory that changed so shortly ago may change again without another time

-- --- values -------------------------------------------------------------------------------------------------------

-- The type and the value of a parameter or a final quantity as the table `fields` holds them.
local function field_of(value)
  if type(value) == "number" then return value ~= value and "nan" or "n", value end
  if type(value) == "boolean" then return "b", tostring(value) end
  if type(value) == "table" then return "l", record.encode_value(value) end
  return "s", tostring(value)
end

--- The value that a row of `fields` holds.
-- @tparam string type
-- @param value
function M.value(type, value)
  if type == "nan" then return 0 / 0 end
  if type == "b" then return value == "true" end
  if type == "l" then return record.decode_value(value) end
  return value
end

-- --- one run ------------------------------------------------------------------------------------------------------

-- A stamp that another change could leave as it is, and that of a run under way, count for nothing.
local function trusted(stamp, run, now)
  if run.status == "running" then return "" end
  for time in stamp:gmatch "(%d+%.%d+)%.%d+ " do
    if math.abs(now - tonumber(time)) < RECENT then return "" end
  end
  return stamp
end

local RUN_COLUMNS = "(id, name, number, stamp, kind, experiment, status, sweep, seconds, started, host, seed, tags, "
  .. "text, final)"

local function run_row(id, run, stamp)
  local text = run.status ~= "damaged" and files.read(run.path .. "/" .. record.NAME) or ""
  local tags = #run.tags > 0 and "\n" .. table.concat(run.tags, "\n") .. "\n" or nil
  local values = {
    id, run.name, run.number, stamp, run.kind, run.experiment, run.status, run.sweep or false, run.seconds or false,
    run.started or false, run.host or false, math.tointeger(run.seed) or false, tags or false, text,
    not text:find('"final"', 1, true) and record.encode_value(run.final) or false, -- the run could not write it
  }
  for i, value in ipairs(values) do values[i] = value == false and "NULL" or quote(value) end
  return "(" .. table.concat(values, ",") .. ")"
end

local function add_fields(rows, id, part, values)
  for name, value in pairs(values) do
    local kind, stored = field_of(value)
    rows[#rows + 1] = ("(%d,'%s',%s,'%s',%s)"):format(id, part, quote(name), kind, quote(stored))
  end
end

local function insert(db, into, rows)
  for first = 1, #rows, ROWS do
    local last = math.min(first + ROWS - 1, #rows)
    db:execute("INSERT INTO " .. into .. " VALUES " .. table.concat(rows, ",", first, last))
  end
end

-- --- all ----------------------------------------------------------------------------------------------------------

-- What is in the index: id and stamp by name.
local function indexed(db)
  local ids, stamps = {}, {}
  for id, name, stamp in db:rows "SELECT id, name, stamp FROM runs" do ids[name], stamps[name] = id, stamp end
  return ids, stamps
end

local function remove(db, ids)
  for first = 1, #ids, ROWS do
    local list = table.concat(ids, ",", first, math.min(first + ROWS - 1, #ids))
    db:execute("DELETE FROM runs WHERE id IN (" .. list .. ")")
    db:execute("DELETE FROM fields WHERE run IN (" .. list .. ")")
  end
end

local MANY = 1000
local BATCH = 200 -- runs whose rows are in memory at once

local function add(db, folder, names, stamps)
  local sec, usec = uv.gettimeofday()
  local now, id = sec + usec / 1e6, db:value "SELECT coalesce(max(id), 0) FROM runs"
  for first = 1, #names, BATCH do
    local runs, fields = {}, {}
    for i = first, math.min(first + BATCH - 1, #names) do
      local run = reader.read(folder .. "/" .. names[i])
      if uv.fs_stat(run.path) then -- it may have been removed since the names were read
        id = id + 1
        add_fields(fields, id, "p", run.parameters)
        add_fields(fields, id, "f", run.final)
        runs[#runs + 1] = run_row(id, run, trusted(stamps[names[i]], run, now))
      end
    end
    for _, row in ipairs(runs) do db:execute("INSERT INTO runs " .. RUN_COLUMNS .. " VALUES " .. row) end
    insert(db, "fields (run, part, name, type, value)", fields)
  end
end

-- The runs to be read, and the rows that are no longer true.
local function compare(db, names, stamps)
  local ids, old = indexed(db)
  local new, gone, there = {}, {}, {}
  for _, name in ipairs(names) do
    there[name] = true
    if old[name] ~= stamps[name] then
      new[#new + 1] = name
      gone[#gone + 1] = ids[name]
    end
  end
  for name, id in pairs(ids) do
    if not there[name] then gone[#gone + 1] = id end
  end
  return new, gone
end

--- Reads what has changed into the index.
-- @tparam Database db
-- @tparam string folder
-- @treturn integer the number of runs that were read
function M.update(db, folder)
  local names, stamps = directory.names(folder)
  local new, gone = compare(db, names, stamps)
  if #new == 0 and #gone == 0 then return 0 end
  db:transaction(function()
    new, gone = compare(db, names, stamps) -- another process may have done it
    local many = #new > MANY and #new > #names / 2
    remove(db, gone)
    if many then db:index_fields(false) end
    add(db, folder, new, stamps)
    if many then db:index_fields(true) end
  end)
  return #new
end

return M
