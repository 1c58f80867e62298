--- The experiments there are: `optlab` alone shows the sections of the book, `optlab list` a line for each script.
--
-- A script in experiments/ itself is a section. claims/SECTION-TOPIC and exercises/SECTION-NUMBER belong to the section
-- whose name they begin with; other scripts in folders stand for themselves. A file whose comment says @module is what
-- scripts share, and no script.
-- @module optlab.cli.listing
local config = require "optlab.base.config"
local errors = require "optlab.base.errors"
local files = require "optlab.base.files"
local script_text = require "optlab.base.text.script_text"

local M = {}

-- The sections in the book's order; others follow, by name.
local ORDER = {
  "optimization-intro", "convexity", "gd", "sgd", "minibatch-sgd", "momentum", "adagrad", "rmsprop", "adadelta", "adam",
  "lr-scheduler", "lenet",
}
local place = {}
for i, name in ipairs(ORDER) do place[name] = i end

-- --- finding them ----------------------------------------------------------------------------------------------------

-- The scripts of a folder and of the folders in it: {name, first sentence}.
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

-- Whether a section comes before another.
local function before(a, b)
  local i, j = place[a.name] or math.huge, place[b.name] or math.huge
  if i ~= j then return i < j end
  return a.name < b.name
end

-- The section whose name, with a dash, begins the name of a claim or an exercise: the longest; nil without one.
local function owner(name, by_name)
  local kind, rest = name:match("^(%l+)/(.*)$")
  if kind ~= "claims" and kind ~= "exercises" then return nil end
  for at = #rest, 1, -1 do
    local section = rest:sub(at, at) == "-" and by_name[rest:sub(1, at - 1)]
    if section then return section, kind, rest:sub(at + 1) end
  end
end

local function number_first(a, b)
  local i, j = tonumber(a.short), tonumber(b.short)
  if i and j then return i < j end
  return a.short < b.short
end

-- Sections {name, text, claims, exercises} in order, each claim and exercise {name, text, short}; and the other scripts
-- {name, text}.
local function arrange(found)
  local by_name, sections, others = {}, {}, {}
  for _, entry in ipairs(found) do
    if not entry[1]:find("/", 1, true) then
      local section = { name = entry[1], text = entry[2], claims = {}, exercises = {} }
      by_name[section.name] = section
      sections[#sections + 1] = section
    end
  end
  for _, entry in ipairs(found) do
    local section, kind, short = owner(entry[1], by_name)
    if section then
      table.insert(section[kind], { name = entry[1], text = entry[2], short = short })
    elseif entry[1]:find("/", 1, true) then
      others[#others + 1] = { name = entry[1], text = entry[2] }
    end
  end
  table.sort(sections, before)
  for _, section in ipairs(sections) do
    table.sort(section.claims, number_first)
    table.sort(section.exercises, number_first)
  end
  return sections, others
end

--- The experiments of the current folder, or else the installed ones.
-- @treturn {{string,string},...} name ("momentum", "custom/optimizer") and first sentence of each
function M.find()
  local found = find_in("experiments", "", {})
  if #found == 0 then found = find_in(config.root:gsub("/$", "") .. "/experiments", "", {}) end
  return found
end

-- --- printing them ---------------------------------------------------------------------------------------------------

-- A name that is wider than its column has a line of its own.
local function print_entry(name, text, column)
  local lines = script_text.fill(text, 80 - column - 4)
  if #name > column then table.insert(lines, 1, "") end
  for i, line in ipairs(lines) do
    local head = i == 1 and "  " .. name or ""
    print((head .. (" "):rep(column + 4 - #head) .. line):match("^(.-)%s*$"))
  end
end

-- The width of the names, within reason.
local function column_of(entries)
  local column = 0
  for _, entry in ipairs(entries) do column = math.min(math.max(column, #entry.name), 26) end
  return column
end

local function print_entries(entries, column)
  for _, entry in ipairs(entries) do print_entry(entry.name, entry.text, column) end
end

-- "exercises 1 2 4", "claims noise, spectrum"; nothing for an empty list.
local function shorts(word, list, separator)
  if #list == 0 then return {} end
  local names = {}
  for i, entry in ipairs(list) do names[i] = entry.short end
  return { word .. " " .. table.concat(names, separator) }
end

local function print_section(section, column)
  print_entry(section.name, section.text, column)
  for _, line in ipairs(shorts("claims", section.claims, ", ")) do print_entry("", line, column) end
  for _, line in ipairs(shorts("exercises", section.exercises, " ")) do print_entry("", line, column) end
end

-- The first claim or exercise of a section of that name, or else of any; nil without one.
local function first_of(sections, kind, name)
  for _, section in ipairs(sections) do
    if section[kind][1] and (name == nil or section.name == name) then return section[kind][1].name end
  end
  return name and first_of(sections, kind, nil)
end

local function example(label, command) print(("%-18s%s"):format(label, command)) end

local function print_examples(sections)
  local name = "NAME"
  for _, section in ipairs(sections) do name = section.name == "momentum" and "momentum" or name end
  local claim, exercise = first_of(sections, "claims", name), first_of(sections, "exercises", name)
  example("Run one:", ("optlab experiments/%s.lua"):format(name))
  if claim then example("A claim:", ("optlab experiments/%s.lua"):format(claim)) end
  if exercise then example("An exercise:", ("optlab experiments/%s.lua"):format(exercise)) end
  if claim or exercise then example("A line for each:", ("optlab list %s"):format(name)) end
  example("Its parameters:", ("optlab experiments/%s.lua --help"):format(name))
  example("A script:", "optlab my.lua")
  example("Try things out:", "optlab -i")
  example("What a name does:", "optlab help SGD")
  example("All options:", "optlab --help")
end

--- Prints the sections, with their claims and exercises by their short names, and how to go on.
function M.print()
  local sections, others = arrange(M.find())
  local column = math.max(column_of(sections), column_of(others))
  print("optlab studies the optimization algorithms of deep learning. Its experiments:\n")
  for _, section in ipairs(sections) do print_section(section, column) end
  print_entries(others, column)
  if #sections + #others == 0 then print("  (none found: there is no folder experiments/ here)") end
  print()
  print_examples(sections)
end

--- Prints a line for each script: of all, or of a section.
-- @tparam ?string name the section
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string what is wrong with the name
function M.print_all(name)
  local sections, others = arrange(M.find())
  local entries, names = {}, {}
  for _, section in ipairs(sections) do
    names[#names + 1] = section.name
    if name == nil or section.name == name then
      entries[#entries + 1] = section
      for _, kind in ipairs { "claims", "exercises" } do
        table.move(section[kind], 1, #section[kind], #entries + 1, entries)
      end
    end
  end
  if name == nil then table.move(others, 1, #others, #entries + 1, entries) end
  if #entries == 0 and name then
    local hint = errors.hint(name, names)
    return nil, ("there is no section '%s'%s"):format(name, hint ~= "" and hint or " (optlab --list shows them)")
  end
  print_entries(entries, column_of(entries))
  return true
end

return M
