--- `optlab help [NAME]` and `?NAME` at the prompt: what the reference says about a name, for a terminal of 80 columns.
--
-- A name is a whole one ("optim.SGD"), its last part ("SGD", "fit") or a space ("optim"); upper and lower case count
-- only where there are several.
-- @module optlab.cli.help
local call = require "optlab.reference.call"
local entries = require "optlab.reference.entries"
local errors = require "optlab.base.errors"
local script_text = require "optlab.base.text.script_text"
local typed = require "optlab.reference.typed"

local M = {}

-- Of the terminal, at most 80 columns.
local function width() return math.max(40, math.min(require("optlab.core").system.columns(), 80)) end

-- --- one entry ------------------------------------------------------------------------------------------------------

-- Text filled into lines that begin with an indent.
local function filled(text, indent)
  local lines = script_text.fill(text, width() - #indent)
  return indent .. table.concat(lines, "\n" .. indent) .. "\n"
end

local function indented(text, indent)
  return indent .. text:gsub("\n", "\n" .. indent) .. "\n"
end

local function facts(row)
  local default = call.default(row)
  if row.required then return call.kind(row) .. ", required" end
  return call.kind(row) .. (default ~= "" and ", default " .. default or "")
end

-- A name, and lines about it: beside it if it is short.
local function item(name, ...)
  local text, indent = "", (" "):rep(6)
  for _, paragraph in ipairs { ... } do text = text .. filled(paragraph, indent) end
  return "  " .. name .. "\n" .. text
end

local function section(title, rows, describe)
  if not rows or #rows == 0 then return nil end
  local items = {}
  for i, row in ipairs(rows) do items[i] = item(row.name, describe(row)) end
  return title .. ":\n" .. table.concat(items)
end

local function see_also(entry)
  local other = entry.functional or entry.layer
  if not other then return nil end
  return ("See also: %s\n"):format(other.callee)
end

-- What the types for editors say about a function or a field.
local function typed_text(entry)
  local blocks = { filled(entry.signature, ""):gsub("\n$", "") .. "\n" }
  local function add(block) blocks[#blocks + 1] = block end
  if entry.doc ~= "" then add(filled(entry.doc, "")) end
  if entry.kind then add(filled("A field: " .. entry.kind .. ".", "")) end
  add(section("Arguments", entry.args, function(arg) return arg.kind .. (arg.optional and ", optional" or "") end))
  if (entry.returns or "") ~= "" then add(filled("Returns: " .. entry.returns .. ".", "")) end
  if entry.method then add(("Also a method: %s\n"):format(entry.method)) end
  return table.concat(blocks, "\n")
end

--- An entry as text.
-- @tparam table entry
-- @treturn string lines of at most 80 columns, "\n" at the end
function M.text(entry)
  if entry.signature then return typed_text(entry) end
  local blocks = { call.signature(entry, width()) .. "\n", filled(entry.doc, "") }
  local function add(block) blocks[#blocks + 1] = block end
  if entry.equation then add(indented(entry.equation, "  ")) end
  add(section("Arguments", entry.args, function(row) return facts(row), row.doc end))
  add(section(entry.group == "optimizer" and "State of each parameter" or "Tensors", entry.state, function(row)
    return (row.kind and row.kind .. ": " or "") .. row.doc
  end))
  for _, inner in ipairs(entry.tables or {}) do add(M.text(inner)) end
  if entry.paper then add(filled("Paper: " .. entry.paper, "")) end
  add(see_also(entry))
  return table.concat(blocks, "\n")
end

-- --- lists ----------------------------------------------------------------------------------------------------------

-- A line or two for each entry.
local function list_of(found)
  local lines = {}
  for i, entry in ipairs(found) do
    local what = entry.doc ~= "" and entry.doc or entry.kind or ""
    lines[i] = "  " .. (entry.signature or entry.callee) .. "\n" .. (what ~= "" and filled(what, (" "):rep(6)) or "")
  end
  return table.concat(lines)
end

-- The optimizers as a table, and the functions of their space.
local function catalogue_of(found)
  local catalogue = require "optlab.reference.catalogue"
  local columns, others = {}, {}
  for i, title in ipairs(catalogue.TITLES) do columns[i] = { title = title, cut = i == #catalogue.TITLES } end
  for _, entry in ipairs(found) do
    if entry.group ~= "optimizer" then others[#others + 1] = entry end
  end
  local text = require("optlab.base.text.table").render(columns, catalogue.rows(), { format = "text", width = width() })
  return text:gsub("\n*$", "\n") .. "\n" .. filled(catalogue.LEGEND, "") .. "\n" .. list_of(others)
end

-- A line for each entry: its name, and as much of the sentence as there is room for.
local function lines_of(found)
  local lines, most = {}, 0
  for _, entry in ipairs(found) do most = math.max(most, #entry.name) end
  for i, entry in ipairs(found) do
    local doc = (entry.doc .. " "):match "^(.-)[.:;] " or entry.doc
    local cut = require("optlab.base.text.line").cut(doc, width() - most - 4, "…")
    lines[i] = ("  %-" .. most .. "s  %s\n"):format(entry.name, cut)
  end
  return table.concat(lines)
end

-- How the members of a space are listed, if not as others.
local LISTS = { optim = catalogue_of, sched = lines_of }

-- Without the tables that functions take, which are shown with these.
local function names_of(list)
  local names = {}
  for _, entry in ipairs(list) do
    if not entry.name:find(": ", 1, true) then names[#names + 1] = entry.name end
  end
  return table.concat(names, " ")
end

-- --- looking a name up ----------------------------------------------------------------------------------------------

local function with_dot(callee) return (callee:gsub(":", ".", 1)) end

local cached

--- Everything that has help: the declarations, and what only the types for editors describe. A function of `lab` that
-- is a method of tensors names it: `method`.
-- @treturn {table,...} sorted by callee
function M.all()
  if cached then return cached end
  local list, by_callee = {}, {}
  for _, source in ipairs { entries.all(), typed.all() } do
    for _, entry in ipairs(source) do
      local key = entry.callee:find(": ", 1, true) and entry.callee or with_dot(entry.callee)
      if not by_callee[key] then
        list[#list + 1] = entry
        by_callee[key] = entry
      end
    end
  end
  for _, entry in ipairs(list) do
    local method = entry.space == "lab" and by_callee["Tensor." .. entry.name]
    entry.method = method and method.callee or nil
  end
  table.sort(list, function(a, b)
    local la, lb = a.callee:lower(), b.callee:lower()
    if la ~= lb then return la < lb end
    return a.callee < b.callee
  end)
  cached = list
  return list
end

-- Those that pass a test; a method of tensors goes without saying beside the function of lab.
local function select_entries(test)
  local found, named = {}, {}
  for _, entry in ipairs(M.all()) do
    if test(entry) then
      found[#found + 1] = entry
      if entry.method then named[entry.method] = true end
    end
  end
  local kept = {}
  for _, entry in ipairs(found) do
    if not named[entry.callee] then kept[#kept + 1] = entry end
  end
  return kept
end

-- The tests of a name, the strictest first.
local function tests_of(name)
  name = with_dot(name)
  local lower = name:lower()
  return {
    function(entry) return with_dot(entry.callee) == name end,
    function(entry) return entry.name == name end,
    function(entry) return with_dot(entry.callee):lower() == lower end,
    function(entry) return entry.name:lower() == lower end,
  }
end

local function hint(name)
  local known = {}
  for _, entry in ipairs(M.all()) do
    known[#known + 1] = name:find("[.:]") and entry.callee or entry.name
  end
  return errors.hint(name, known)
end

--- The names by space.
-- @treturn string
function M.overview()
  local spaces, order = {}, {}
  for _, entry in ipairs(M.all()) do
    if not spaces[entry.space] then
      spaces[entry.space] = {}
      order[#order + 1] = entry.space
    end
    table.insert(spaces[entry.space], entry)
  end
  local lines = { "optlab help NAME explains one of these; optlab help SPACE lists a space.\n\n" }
  for _, space in ipairs(order) do lines[#lines + 1] = space .. "\n" .. filled(names_of(spaces[space]), "  ") end
  return table.concat(lines)
end

--- What there is to say about a name.
-- @tparam string name "SGD", "optim.SGD", "optim"; "lab." before it is passed over
-- @treturn ?string text; nil for an unknown name
-- @treturn ?string then a message with a guess at what was meant
function M.about(name)
  name = name:gsub("%(%)$", "")
  local short = name:gsub("^lab%.", "")
  for _, wanted in ipairs { name, short } do
    local members = select_entries(function(entry) return entry.space == wanted end)
    if #members > 0 then return wanted .. "\n" .. (LISTS[wanted] or list_of)(members) end
    for _, test in ipairs(tests_of(wanted)) do
      local found = select_entries(test)
      if #found == 1 then return M.text(found[1]) end
      if #found > 1 then return ("There are several '%s':\n%s"):format(name, list_of(found)) end
    end
  end
  return nil, ("the reference has no '%s'%s ('optlab help' lists its names)"):format(name, hint(short))
end

return M
