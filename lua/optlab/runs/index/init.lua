--- The index of runs: a copy of what their directories say, in SQLite, so that questions about thousands are answered
-- at once.
--
-- Whoever asks brings it up to date before; runs never touch it. Where there can be none, the directories are read, and
-- that is said.
-- @module optlab.runs.index
local config = require "optlab.base.config"
local database = require "optlab.runs.index.database"
local files = require "optlab.base.files"
local reader = require "optlab.runs.reader"
local record = require "optlab.runs.record"
local say = require "optlab.base.notice"
local update = require "optlab.runs.index.update"
local where = require "optlab.runs.where"

local M = {}

-- --- the source of a query ----------------------------------------------------------------------------------------

local quote = database.quote

local COLUMNS = {}
for _, name in ipairs(where.FIELDS) do COLUMNS[name] = true end

local Source = {}
Source.__index = Source

local function condition_of(o)
  local parts = {}
  for _, name in ipairs { "kind", "experiment", "status", "sweep" } do
    if o[name] then parts[#parts + 1] = name .. " = " .. quote(o[name]) end
  end
  if o.tag then parts[#parts + 1] = "instr(tags, " .. quote("\n" .. o.tag .. "\n") .. ")" end
  if o.top then parts[#parts + 1] = "(sweep IS NULL OR sweep NOT IN (SELECT name FROM runs WHERE kind = 'sweep'))" end
  return #parts > 0 and " WHERE " .. table.concat(parts, " AND ") or ""
end

--- The keys of the runs that pass the filters, in the order of their numbers.
-- @tparam table o
-- @tparam[opt] integer last only the last ones
function Source:keys(o, last)
  local sql = "SELECT id FROM runs" .. condition_of(o) .. " ORDER BY number DESC, name DESC"
  local keys, n = {}, 0
  for id in self.db:rows(sql .. (last and " LIMIT " .. last or "")) do n, keys[n + 1] = n + 1, id end
  for i = 1, n // 2 do keys[i], keys[n + 1 - i] = keys[n + 1 - i], keys[i] end
  return keys
end

--- How many runs pass the filters.
function Source:count(o) return self.db:value("SELECT count(*) FROM runs" .. condition_of(o)) end

--- How many cells of a sweep have which status.
function Source:statuses(sweep)
  local counts = {}
  local sql = "SELECT status, count(*) FROM runs WHERE sweep = " .. quote(sweep) .. " GROUP BY status"
  for status, count in self.db:rows(sql) do counts[status] = count end
  return counts
end

local function set_of(tags)
  local set = {}
  for _, tag in ipairs(reader.split_tags(tags or "")) do set[tag] = true end
  return set
end

-- A column of the table of runs by id.
local function column(self, name)
  local values = {}
  for id, value in self.db:rows(("SELECT id, %s FROM runs"):format(name)) do values[id] = value end
  return values
end

-- The table of all parameters or final values of each run.
local function part(self, name)
  local values = {}
  local sql = "SELECT run, name, type, value FROM fields WHERE part = '%s'"
  for id, field, kind, value in self.db:rows(sql:format(name:sub(1, 1))) do
    values[id] = values[id] or {}
    values[id][field] = update.value(kind, value)
  end
  return values
end

local function field(self, name)
  local values = {}
  local sql = "SELECT run, type, value FROM fields WHERE name = %s ORDER BY part" -- "f" first, "p" takes its place
  for id, kind, value in self.db:rows(sql:format(quote(name))) do values[id] = update.value(kind, value) end
  return values
end

local function load_values(self, name)
  if name == "tags" then
    local sets = {}
    for id, tags in self.db:rows "SELECT id, tags FROM runs" do sets[id] = set_of(tags) end
    return sets
  end
  if COLUMNS[name] then return column(self, name) end
  if name == "parameters" or name == "final" then return part(self, name) end
  return field(self, name)
end

--- The value of a name for a key.
function Source:value(key, name)
  local values = self.values[name]
  if not values then
    values = load_values(self, name)
    self.values[name] = values
  end
  local value = values[key]
  if value == nil and (name == "parameters" or name == "final" or name == "tags") then return {} end
  return value
end

--- The names that some run has.
function Source:known()
  local known = where.known {}
  for name in self.db:rows "SELECT DISTINCT name FROM fields" do known[name] = true end
  return known
end

-- A run that goes on, or whose run.json is damaged, is read from its directory.
local function run_of(folder, name, text, status, tags, final)
  local path = folder .. "/" .. name
  local fields = status ~= "running" and text ~= "" and record.decode(text)
  if not fields then return reader.read(path) end
  fields.status = status
  fields.final = fields.final or record.decode_value(final or "{}")
  return reader.complete(fields, path, tags)
end

--- The runs of some keys.
function Source:load(keys)
  local runs = {}
  if #keys == 0 then return runs end
  for first = 1, #keys, 500 do
    local list = table.concat(keys, ",", first, math.min(first + 499, #keys))
    local sql = "SELECT id, name, text, status, tags, final FROM runs WHERE id IN (" .. list .. ")"
    for id, name, text, status, tags, final in self.db:rows(sql) do
      runs[id] = run_of(self.folder, name, text, status, reader.split_tags(tags or ""), final)
    end
  end
  local ordered = {}
  for _, key in ipairs(keys) do ordered[#ordered + 1] = runs[key] end
  return ordered
end

--- Ends the use of the index.
function Source:close() self.db:close() end

-- --- opening ------------------------------------------------------------------------------------------------------

local function open(folder)
  local db, problem = database.open(folder)
  if not db then return nil, problem end
  if problem then say("the index of %s was damaged and is built again", folder) end
  local ok, why = pcall(update.update, db, folder)
  if ok then return setmetatable({ db = db, folder = folder, values = {} }, Source) end
  db:close()
  if type(why) ~= "table" then error(why, 0) end
  return nil, why.message, db.inode
end

-- After a failure: the index made anew if it was damaged.
local function recover(folder, message, inode)
  if inode and database.is_damage(message) then
    say("the index of %s was damaged and is built again", folder)
    database.remove(folder, inode)
    local source, problem = open(folder)
    if source then return source end
    message = problem
  end
  say("without an index, %s is read as a whole: %s", folder, message)
  return nil
end

--- The index of the folder of runs, brought up to date.
-- @treturn ?table a source for optlab.runs.query, to be closed; nil where there is none: the directories are to be read
function M.open()
  local folder = config.runs
  if not files.readable(folder) then return nil end
  local source, message, inode = open(folder)
  return source or recover(folder, message, inode)
end

--- The index in the place of one that has failed while it was asked, and is closed.
-- @tparam table source
-- @tparam string message
-- @treturn ?table as `open`
function M.reopen(source, message) return recover(source.folder, message, source.db.inode) end

--- Makes the index anew.
-- @treturn ?integer the number of runs in it, or nil and a message
function M.rebuild()
  local folder = config.runs
  if not files.readable(folder) then return 0 end
  database.remove(folder)
  local source, message = open(folder)
  if not source then return nil, ("cannot make the index of %s: %s"):format(folder, message) end
  local count = source:count {}
  source:close()
  return count
end

return M
