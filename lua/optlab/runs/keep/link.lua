--- out/x, which leads to the last run of x.
-- @module optlab.runs.keep.link
local config = require "optlab.base.config"
local files = require "optlab.base.files"
local record = require "optlab.runs.record"
local say = require "optlab.base.notice"
local uv = require "luv"

local M = {}

local function is_link(path)
  local stat = uv.fs_lstat(path)
  return stat and stat.type == "link"
end

--- Whether a path is a link to a run's directory, as this module makes them, or to one that is gone.
-- @tparam string path
-- @treturn boolean
function M.leads_to_run(path)
  local target = is_link(path) and uv.fs_readlink(path) or ""
  if not target:find "%f[^/\0]%d+%-[^/]+$" then return false end
  return not uv.fs_stat(path) or files.readable(path .. "/" .. record.NAME)
end

-- The text of the link: relative where the folder of runs is, so that both can be moved together.
local function target_of(link, path)
  local above = link:match "^(.*)/" or "."
  if path:sub(1, 1) == "/" then return path end
  if is_link(above) then return uv.fs_realpath(path) or path end
  return ("../"):rep(select(2, above:gsub("[^/]+", ""))) .. path
end

-- A folder that an earlier version or --no-keep wrote, or a link of the user's, gets another name.
local function move_away(link)
  if uv.fs_rmdir(link) then return true end -- it was empty
  for i = 1, 1000 do
    local old = link .. ".old" .. (i > 1 and i or "")
    if not uv.fs_lstat(old) then
      local ok, message = uv.fs_rename(link, old)
      if ok then say("%s, which an earlier run wrote, is called %s now; %s leads to the last run", link, old, link) end
      return ok, message
    end
  end
  return nil, "too many old folders"
end

local function replace(link, path)
  local temporary = ("%s.%d-%d"):format(link, uv.os_getpid(), uv.hrtime())
  local ok, message = uv.fs_symlink(target_of(link, path), temporary)
  if not ok then return nil, message end
  ok, message = uv.fs_rename(temporary, link)
  if not ok then uv.fs_unlink(temporary) end
  return ok, message
end

--- Makes out/x lead to a run. Where it cannot be made, that is said, and the run goes on.
-- @tparam string link "out/x"
-- @tparam string path of the run's directory
function M.point(link, path)
  local ok, message = files.make_folder(link:match "^(.*)/" or ".")
  if ok and uv.fs_lstat(link) and not M.leads_to_run(link) then ok, message = move_away(link) end
  if ok then ok, message = replace(link, path) end
  if not ok then say("%s does not lead to the run: %s", link, message) end
end

--- For a run that is not kept: its files go to out/x, a folder, where a link that leads to a run makes room.
function M.leave()
  if rawget(config, "out") ~= nil then return end
  config.out = config.default_out(config.script)
  if M.leads_to_run(config.out) then uv.fs_unlink(config.out) end
end

return M
