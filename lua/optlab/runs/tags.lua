--- Names that a user gives to runs: the lines of tags.txt in their directories.
-- @module optlab.runs.tags
local files = require "optlab.base.files"
local order = require "optlab.base.order"
local reader = require "optlab.runs.reader"

local M = {}

local function check(tag)
  if tag == "" or tag:find "%c" or tag:find "^%s" or tag:find "%s$" or tag:find "^[-@]" then
    return nil, ("a tag is a word or a line that does not begin with '-' or '@', got '%s'"):format(tag)
  end
  if tag:find "^%d+$" or tag:find "^%d+%.%.%d+$" or tag == "last" then
    return nil, ("'%s' means a run; use another tag"):format(tag)
  end
  return true
end

local function write(run, tags)
  run.tags = order.sort(tags)
  return files.replace(run.path .. "/tags.txt", #tags > 0 and table.concat(tags, "\n") .. "\n" or "", true)
end

--- Gives runs a tag.
-- @tparam {table,...} runs
-- @tparam string tag
-- @treturn ?boolean true, or nil and a message
function M.add(runs, tag)
  local ok, message = check(tag)
  if not ok then return nil, message end
  for _, run in ipairs(runs) do
    local tags = { tag }
    for _, other in ipairs(reader.tags(run.path)) do
      if other ~= tag then tags[#tags + 1] = other end
    end
    ok, message = write(run, tags)
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
    local rest, had = {}, false
    for _, other in ipairs(reader.tags(run.path)) do
      if other == tag then had = true else rest[#rest + 1] = other end
    end
    if had then
      local ok, message = write(run, rest)
      if not ok then return nil, message end
      count = count + 1
    end
  end
  return count
end

return M
