--- `optlab` alone: the experiments there are, a line each.
-- @module optlab.cli.listing
local config = require "optlab.base.config"
local files = require "optlab.base.files"
local script_text = require "optlab.cli.script_text"

local M = {}

-- The scripts of a folder and of the folders in it: {name, first sentence}. A file whose comment says @module is what
-- scripts share, and no script.
local function find_in(folder, prefix, found)
  for _, name in ipairs(files.list(folder)) do
    local path = folder .. "/" .. name
    if name:match("%.lua$") then
      local comment = script_text.opening_comment(files.read(path) or "")
      if not comment:find("\n@module ", 1, true) then
        found[#found + 1] = { prefix .. name:sub(1, -5), script_text.first_sentence(comment) }
      end
    elseif files.kind(path) == "directory" then
      find_in(path, prefix .. name .. "/", found)
    end
  end
  return found
end

local function print_entry(name, text, column)
  local lines = script_text.fill(text, 80 - column - 4)
  for i, line in ipairs(lines) do
    local head = i == 1 and "  " .. name or ""
    print((head .. (" "):rep(column + 4 - #head) .. line):match("^(.-)%s*$"))
  end
end

--- The experiments of the current folder, or else the installed ones.
-- @treturn {{string,string},...} name ("momentum", "custom/optimizer") and first sentence of each
function M.find()
  local found = find_in("experiments", "", {})
  if #found == 0 then found = find_in(config.root:gsub("/$", "") .. "/experiments", "", {}) end
  return found
end

--- Prints the list.
function M.print()
  local found = M.find()
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
  print("What a name does: optlab help SGD")
  print("All options:      optlab --help")
end

return M
