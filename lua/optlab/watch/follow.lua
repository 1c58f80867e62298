--- A record of numbers that grows (metrics.csv, history.csv), read as far as it is whole.
-- @module optlab.watch.follow
local series = require "optlab.runs.series"
local uv = require "luv"

local Follower = {}
Follower.__index = Follower

local M = {}

--- A reader of a file that need not be there yet.
-- @tparam string path
-- @treturn Follower
function M.new(path) return setmetatable({ path = path, at = 0, file = path:match "([^/]+)%.csv$" }, Follower) end

-- The bytes from a place to the end of the last whole line.
local function read_from(path, at, size)
  local file = io.open(path, "rb")
  if not file then return "" end
  file:seek("set", at)
  local text = file:read(size - at) or ""
  file:close()
  return text:match "^.*\n" or ""
end

--- What has come since the last call.
-- @treturn {table,...} pieces of curves, see optlab.runs.series
-- @treturn boolean whether the file is another one than before, with which everything begins anew
function Follower:read()
  local stat = uv.fs_stat(self.path)
  if not stat then return {}, false end
  local is_new = self.inode ~= nil and (stat.ino ~= self.inode or stat.size < self.at)
  if is_new then self.at, self.head = 0, nil end
  self.inode = stat.ino
  if stat.size == self.at then return {}, is_new end
  local text = read_from(self.path, self.at, stat.size)
  self.at = self.at + #text
  if not self.head then self.head, text = text:match "^([^\n]*\n)(.*)$" end
  if not self.head or text == "" then return {}, is_new end
  return series.parse(self.file, self.head .. text), is_new
end

return M
