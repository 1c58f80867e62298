--- Names that a user gives to runs: the lines of tags.txt in their directories.
-- @module optlab.runs.tags
local core = require "optlab.core"
local files = require "optlab.base.files"
local order = require "optlab.base.order"
local reader = require "optlab.runs.reader"
local uv = require "luv"

local M = {}

local TRIES = 500 -- of a hundredth of a second

local function check(tag)
  if tag == "" or tag:find "%c" or tag:find "^%s" or tag:find "%s$" or tag:find "^[-@]" then
    return nil, ("a tag is a word or a line that does not begin with '-' or '@', got '%s'"):format(tag)
  end
  if tag:find "^%d+$" or tag:find "^%d+%.%.%d+$" or tag == "last" then
    return nil, ("'%s' means a run; use another tag"):format(tag)
  end
  return true
end

-- Calls change(tags), which returns the new tags of a run, or nil where they stay. Meanwhile the folder in which the
-- run lies is locked (a run under way holds its own), so that of two processes neither undoes the other's change; on a
-- disk without locks one may.
local function edit(run, change)
  local above = uv.fs_realpath(run.path .. "/..")
  local lock = above and core.work.lock(above)
  for _ = 1, TRIES do
    if lock ~= false then break end
    uv.sleep(10)
    lock = core.work.lock(above)
  end
  if lock == false then return nil, ("%s is in use by another process"):format(above) end
  local tags, ok, message = change(reader.tags(run.path)), true, nil
  if tags then
    run.tags = order.sort(tags)
    ok, message = files.replace(run.path .. "/tags.txt", #tags > 0 and table.concat(tags, "\n") .. "\n" or "", true)
  end
  if lock then lock:free() end
  return ok, message
end

local function without(tags, tag)
  local rest = {}
  for _, other in ipairs(tags) do
    if other ~= tag then rest[#rest + 1] = other end
  end
  return rest
end

--- Gives runs a tag.
-- @tparam {table,...} runs
-- @tparam string tag
-- @treturn ?boolean true, or nil and a message
function M.add(runs, tag)
  local ok, message = check(tag)
  if not ok then return nil, message end
  for _, run in ipairs(runs) do
    ok, message = edit(run, function(tags)
      local all = without(tags, tag)
      all[#all + 1] = tag
      return all
    end)
    if not ok then return nil, message end
  end
  return true
end

--- Takes a tag away from runs that have it.
-- @tparam {table,...} runs
-- @tparam string tag
-- @treturn ?integer how many had it, or nil and a message
function M.remove(runs, tag)
  local count = 0
  for _, run in ipairs(runs) do
    local ok, message = edit(run, function(tags)
      local rest = without(tags, tag)
      if #rest == #tags then return nil end
      count = count + 1
      return rest
    end)
    if not ok then return nil, message end
  end
  return count
end

return M
