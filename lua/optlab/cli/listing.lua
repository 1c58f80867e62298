--- `optlab` alone: the experiments there are, a line each.
-- @module optlab.cli.listing
local config = require "optlab.config"
local source = require "optlab.cli.source"

local M = {}

local function read(path)
  local f = io.open(path)
  local text = f and f:read("a")
  if f then f:close() end
  return text or ""
end

-- Words filled into lines of `width`.
local function fill(text, width)
  local lines, line = {}, ""
  for word in text:gmatch("%S+") do
    if line ~= "" and #line + 1 + #word > width then
      lines[#lines + 1], line = line, word
    else
      line = line == "" and word or line .. " " .. word
    end
  end
  lines[#lines + 1] = line
  return lines
end

-- The scripts of a folder and of the folders in it.
local function find(folder, prefix, found)
  local files = require "optlab.files"
  for _, name in ipairs(files.list(folder)) do
    local path = folder .. "/" .. name
    if name:match("%.lua$") then
      found[#found + 1] = { prefix .. name:sub(1, -5), source.first_sentence(source.opening_comment(read(path))) }
    elseif files.kind(path) == "directory" then
      find(path, prefix .. name .. "/", found)
    end
  end
  return found
end

local function print_entry(name, text, column)
  local lines = fill(text, 80 - column - 4)
  for i, line in ipairs(lines) do
    local head = i == 1 and "  " .. name or ""
    print((head .. (" "):rep(column + 4 - #head) .. line):match("^(.-)%s*$"))
  end
end

--- Prints the list. Experiments of the current folder come first, else the installed ones.
function M.print()
  local found = find("experiments", "", {})
  if #found == 0 then found = find(config.root:gsub("/$", "") .. "/experiments", "", {}) end
  local column, example = 0, "NAME"
  for _, entry in ipairs(found) do
    column = math.min(math.max(column, #entry[1]), 30)
    if entry[1] == "momentum" then example = entry[1] end
  end
  print("optlab studies the optimization algorithms of deep learning. Its experiments:\n")
  for _, entry in ipairs(found) do print_entry(entry[1], entry[2], column) end
  if #found == 0 then print("  (none found: there is no folder experiments/ here)") end
  print(("\nRun one:          optlab experiments/%s.lua"):format(example))
  print(("Its parameters:   optlab experiments/%s.lua --help"):format(example))
  print("A script:         optlab my.lua")
  print("Try things out:   optlab -i")
  print("All options:      optlab --help")
end

return M
