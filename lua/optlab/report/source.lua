--- Files of a run's directory, with a limit on what a page takes of them.
--
-- The directory may come from somebody else: only regular files inside it are read, never where a link leads.
-- @module optlab.report.source
local files = require "optlab.base.files"
local uv = require "luv"

local M = {}

-- "a/b.lua", but neither "/a" nor "../a".
local function is_inside(name)
  if name:match("^/") or name == "" or name:find("\0", 1, true) then return false end
  for part in name:gmatch("[^/]+") do
    if part == ".." then return false end
  end
  return true
end

-- No folder on the way and not the file itself may be a link.
local function stat_of(path, name)
  local so_far, stat = path, nil
  for part in name:gmatch("[^/]+") do
    so_far = so_far .. "/" .. part
    stat = uv.fs_lstat(so_far)
    if not stat or stat.type == "link" then return nil end
  end
  return stat and stat.type == "file" and stat or nil
end

--- The size of a file of a run.
-- @tparam string path of the run's directory
-- @tparam string name of the file in it
-- @treturn ?integer nil where there is no such file
function M.size(path, name)
  local stat = is_inside(name) and stat_of(path, name)
  return stat and stat.size or nil
end

--- The bytes of a file of a run.
-- @tparam string path of the run's directory
-- @tparam string name of the file in it
-- @tparam integer most bytes; a longer file is not read
-- @treturn ?string nil where there is no such file, or it is longer
function M.read(path, name, most)
  local size = M.size(path, name)
  if not size or size > most then return nil end
  return (files.read(path .. "/" .. name))
end

--- The beginning and the end of a long text, cut between lines.
-- @tparam string text
-- @tparam integer most bytes
-- @treturn string the text, or its beginning
-- @treturn ?string its end, where something is left out between
-- @treturn ?integer how many bytes are left out
function M.cut(text, most)
  if #text <= most then return text end
  local head = text:sub(1, most // 3)
  head = head:match("^(.*\n)") or head
  local tail = text:sub(-(most - most // 3))
  tail = tail:match("^[^\n]*\n(.*)$") or tail
  return head, tail, #text - #head - #tail
end

return M
