--- The file of the index: opening it, statements, what is done where it is damaged or cannot be used.
--
-- SQLite by LuaSQL; WAL, so that those who read do not wait for one who writes; a writer waits for another one.
-- @module optlab.runs.index.database
local core = require("optlab.core").runs
local uv = require "luv"

local M = {}

M.VERSION = 1
local PATIENCE = 5000 -- milliseconds

local SCHEMA = [[
CREATE TABLE runs (id INTEGER PRIMARY KEY, name TEXT UNIQUE, number INTEGER, stamp TEXT, kind TEXT, experiment TEXT,
  status TEXT, sweep TEXT, seconds REAL, started TEXT, host TEXT, seed INTEGER, tags TEXT, text TEXT, final TEXT);
CREATE INDEX by_number ON runs (number);
CREATE INDEX by_sweep ON runs (sweep) WHERE sweep IS NOT NULL;
CREATE TABLE fields (run INTEGER, part TEXT, name TEXT, type TEXT, value)]]

-- Of the large table; making them afterwards is faster where much is added.
local INDEXES = {
  by_name = "CREATE INDEX IF NOT EXISTS by_name ON fields (name)",
  by_run = "CREATE INDEX IF NOT EXISTS by_run ON fields (run)",
}

local Database = {}
Database.__index = Database

-- --- statements ---------------------------------------------------------------------------------------------------

local function fail(message) error({ message = (tostring(message):gsub("^LuaSQL: ", "")) }, 0) end

--- Runs a statement; raises {message =} where it fails.
-- @tparam string sql
-- @return a cursor, or the number of rows
function Database:execute(sql)
  local result, message = self.connection:execute(sql)
  if not result then fail(message) end
  return result
end

-- What `fetch` gives; its error is nil and a message, as the end is nil alone.
local function row_of(value, ...)
  if value == nil and ... ~= nil then fail((...)) end
  return value, ...
end

--- Iterates over the rows of a query: their values, of which the first is never NULL.
-- @tparam string sql
function Database:rows(sql)
  local cursor = self:execute(sql)
  self.cursors[cursor] = true -- an error may keep it from being read to its end, which closes it
  return function() return row_of(cursor:fetch()) end
end

--- The first value of the first row.
-- @tparam string sql
function Database:value(sql)
  local cursor = self:execute(sql)
  local value, message = cursor:fetch()
  cursor:close()
  if value == nil and message ~= nil then fail(message) end
  return value
end

--- A value as a literal of SQL.
-- @param value nil, a number or a text
-- @treturn string
function M.quote(value)
  if value == nil or value ~= value then return "NULL" end
  if math.type(value) == "integer" then return ("%d"):format(value) end
  if value == math.huge then return "9e999" end
  if value == -math.huge then return "-9e999" end
  if type(value) == "number" then return require("optlab.base.number").text(value, 17) end
  return "'" .. value:gsub("%z", ""):gsub("'", "''") .. "'"
end

--- Does several statements as one, or none of them.
-- @tparam function fn
function Database:transaction(fn)
  self:execute "BEGIN IMMEDIATE"
  local ok, problem = pcall(fn)
  local done, why = pcall(self.execute, self, ok and "COMMIT" or "ROLLBACK")
  if not ok then error(problem, 0) end
  if not done then error(why, 0) end
end

--- Makes the indexes of the table `fields`, or drops them while much is added.
-- @tparam boolean wanted
function Database:index_fields(wanted)
  for name, sql in pairs(INDEXES) do self:execute(wanted and sql or "DROP INDEX IF EXISTS " .. name) end
end

--- Closes the file.
function Database:close()
  for cursor in pairs(self.cursors) do cursor:close() end
  self.connection:close()
  self.environment:close()
end

-- --- opening ------------------------------------------------------------------------------------------------------

function M.file(folder) return folder .. "/.index.sqlite" end

local function set_up(self)
  self:value(("PRAGMA busy_timeout = %d"):format(PATIENCE))
  self:execute "PRAGMA synchronous = NORMAL" -- of this connection; the mode below belongs to the file
  local version = self:value "PRAGMA user_version"
  if version == M.VERSION then return end
  self:value "PRAGMA journal_mode = WAL"
  self:transaction(function()
    if self:value "PRAGMA user_version" == M.VERSION then return end -- another process was faster
    for _, name in ipairs { "runs", "fields" } do self:execute("DROP TABLE IF EXISTS " .. name) end
    for statement in SCHEMA:gmatch "[^;]+" do self:execute(statement) end
    self:index_fields(true)
    self:execute(("PRAGMA user_version = %d"):format(M.VERSION))
  end)
end

local function connect(folder)
  local ok, sql = pcall(require, "luasql.sqlite3")
  if not ok then
    return nil, "LuaSQL for SQLite is not installed (Debian: lua-sql-sqlite3, LuaRocks: luasql-sqlite3)"
  end
  local environment = sql.sqlite3()
  local connection, message = environment:connect(M.file(folder))
  if not connection then return nil, tostring(message) end
  local self = setmetatable({ environment = environment, connection = connection, cursors = {} }, Database)
  local stat = uv.fs_stat(M.file(folder))
  self.inode = stat and stat.ino
  local fine, problem = pcall(set_up, self)
  if fine then return self end
  self:close()
  if type(problem) ~= "table" then error(problem, 0) end
  return nil, problem.message, self.inode
end

--- Whether a message says that the file is no index, rather than that it cannot be used now.
-- @tparam string message
-- @treturn boolean
function M.is_damage(message)
  return message:find("malformed", 1, true) ~= nil or message:find("not a database", 1, true) ~= nil
    or message:find("no such ", 1, true) ~= nil or message:find("disk image", 1, true) ~= nil
end

--- Removes the index.
-- @tparam string folder
-- @tparam[opt] integer inode of the file that is meant; another one, which a faster process has made, stays
function M.remove(folder, inode)
  local file = M.file(folder)
  local stat = uv.fs_stat(file)
  if inode and stat and stat.ino ~= inode then return end
  for _, suffix in ipairs { "-wal", "-shm", "" } do uv.fs_unlink(file .. suffix) end
end

--- Opens the index of a folder; one that is damaged is made anew.
-- @tparam string folder
-- @treturn ?Database nil and a message where there can be none
-- @treturn boolean|string whether it had been damaged; the message
function M.open(folder)
  if core.is_remote(folder) then return nil, "the disk belongs to another machine, where SQLite's locks do not work" end
  local self, message, inode = connect(folder)
  if self then return self, false end
  if not M.is_damage(message) then return nil, message end
  M.remove(folder, inode)
  self, message = connect(folder)
  return self, self and true or message
end

return M
