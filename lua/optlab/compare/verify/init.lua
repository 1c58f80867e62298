--- Whether a run that is done again gives the same bits.
--
-- Compared are its status, its records (.csv), the scripts of its figures (.gp), and the tensors and checkpoints that
-- it saved, byte by byte. Pictures, which another gnuplot draws differently, and what was printed are not compared.
-- @module optlab.compare.verify
local again = require "optlab.compare.verify.again"
local files = require "optlab.base.files"
local order = require "optlab.base.order"
local uv = require "luv"

local M = {}

local COMPARED = { "%.csv$", "%.gp$", "%.safetensors$", "%.npy$", "%.npz$", "%.pt$", "%.ckpt$" }

-- --- files ----------------------------------------------------------------------------------------------------------

local function is_compared(name)
  for _, pattern in ipairs(COMPARED) do
    if name:find(pattern) then return true end
  end
  return false
end

-- The files of a run that are compared, also in folders below it, by their names.
local function files_of(run, below, into)
  into = into or {}
  for _, name in ipairs(files.list(run.path .. (below or ""))) do
    local inner = (below or "") .. "/" .. name
    local stat = uv.fs_lstat(run.path .. inner)
    if stat and stat.type == "directory" and inner ~= "/code" then files_of(run, inner, into) end
    if stat and stat.type == "file" and is_compared(name) then into[inner:sub(2)] = run.path .. inner end
  end
  return into
end

local function is_text(name) return name:find "%.csv$" or name:find "%.gp$" end

-- The first line in which two texts differ: its number and both lines.
local function first_difference(a, b)
  local n, next_a, next_b = 0, (a .. "\n"):gmatch "([^\n]*)\n", (b .. "\n"):gmatch "([^\n]*)\n"
  while true do
    n = n + 1
    local x, y = next_a(), next_b()
    if x ~= y or not x then return n, x, y end
  end
end

local function shown(line)
  if not line then return "no line" end
  return "'" .. (#line > 60 and line:sub(1, 57) .. "..." or line) .. "'"
end

local function compare_file(name, old_path, new_path)
  if not new_path then return name .. ": was not written this time" end
  if not old_path then return name .. ": was not written the first time" end
  local old, message = files.read(old_path)
  local new, why = files.read(new_path)
  if not (old and new) then return ("%s: %s"):format(name, message or why) end
  if old == new then return nil end
  if not is_text(name) then return ("%s: %d bytes, now %d, not the same ones"):format(name, #old, #new) end
  local n, x, y = first_difference(old, new)
  return ("%s: line %d was %s, now %s"):format(name, n, shown(x), shown(y))
end

-- Names of the files that are the same, and lines about those that are not.
local function compare_files(run, new)
  local old_files, new_files, names = files_of(run), files_of(new), {}
  for name in pairs(old_files) do names[#names + 1] = name end
  for name in pairs(new_files) do
    if not old_files[name] then names[#names + 1] = name end
  end
  local same, different = {}, {}
  for _, name in ipairs(order.sort(names)) do
    local problem = compare_file(name, old_files[name], new_files[name])
    table.insert(problem and different or same, problem or name)
  end
  return same, different
end

-- --- why ------------------------------------------------------------------------------------------------------------

local function union(a, b)
  local names, seen = {}, {}
  for _, t in ipairs { a, b } do
    for name in pairs(t) do
      if not seen[name] then names[#names + 1] = name end
      seen[name] = true
    end
  end
  return order.sort(names)
end

local function sum_text(sum)
  if sum == nil then return "not read" end
  return sum == "stand-in" and "a stand-in" or "sha256 " .. sum:sub(1, 12)
end

-- Why a run failed or diverged, without the place of the script, which is another one.
local function end_of(run)
  local text = run.error or run.diverged
  return text and text:match("^[^\n]*"):gsub("^%./", "")
end

-- What is not as it was: versions, code, data, seed, the error.
local function reasons(run, new)
  local list = {}
  for _, name in ipairs(union(run.versions, new.versions)) do
    local old, now = run.versions[name], new.versions[name]
    if old ~= now then list[#list + 1] = ("%s: was %s, now %s"):format(name, old or "unknown", now or "unknown") end
  end
  for _, place in ipairs { "code", "data" } do
    for _, name in ipairs(union(run[place], new[place])) do
      local old, now = run[place][name], new[place][name]
      if old ~= now then
        list[#list + 1] = ("%s %s: was %s, now %s"):format(place, name, sum_text(old), sum_text(now))
      end
    end
  end
  if run.seed ~= new.seed then
    list[#list + 1] = ("seed: was %s, now %s"):format(tostring(run.seed), tostring(new.seed))
  end
  local old, now = end_of(run), end_of(new)
  if run.status == new.status and old ~= now then
    list[#list + 1] = ("%s: was '%s', now '%s'"):format(run.status, old or "", now or "")
  end
  return list
end

local function status_line(run, new)
  if run.status == new.status then return nil end
  local why = new.error and (" (%s)"):format(new.error:match "^[^\n]*") or ""
  return ("status: was %s, now %s%s"):format(run.status, new.status, why)
end

--- Runs a run again and compares.
-- @tparam Run run
-- @treturn ?table same = {names of files}, different = {lines}, reasons = {lines about what is not as it was}; nil and
-- a message where it cannot be done again
function M.run(run)
  return again.with(run, function(new)
    local same, different = compare_files(run, new)
    local status = status_line(run, new)
    if status then table.insert(different, 1, status) end
    return { same = same, different = different, reasons = reasons(run, new), status = new.status }
  end)
end

return M
