--- The interactive prompt, `optlab -i`.
--
-- An expression shows its value; a statement that is not complete asks for more lines; an error ends nothing; `?name`
-- or `help name` shows what the reference says about a name. `lab` and its parts (`nn`, `optim`, ...) are globals here.
-- Tab completes names and fields, Ctrl-C drops the line, Ctrl-D ends.
-- @module optlab.cli.prompt
local error_report = require "optlab.cli.error_report"

local M = {}

local PARTS = { "nn", "optim", "sched", "data", "plot", "train", "autograd", "func" }
local MOST = 40 -- fields shown of a table

-- --- showing values -------------------------------------------------------------------------------------------------

--- What an object prints about itself; one without __tostring of its own shows its class and no internals.
-- @tparam table t
-- @treturn ?string nil for a table that is no object
function M.object_text(t)
  local mt = getmetatable(t)
  if type(mt) ~= "table" then return mt ~= nil and tostring(t) or nil end
  if mt.__tostring then return tostring(t) end
  local name = rawget(mt, "__name")
  if type(name) == "string" and not mt.__pairs and rawlen(t) == 0 then return (name:gsub("^optlab%.", "")) end
  return nil
end

-- A key or a value inside a table: short, on one line if it can be.
local function short(value)
  if type(value) == "string" then return ("%q"):format(value):gsub("\\\n", "\\n") end
  if type(value) == "function" then return "function" end
  if type(value) == "table" then return M.object_text(value) or "{...}" end
  return (tostring(value):gsub("\n", "\n    "))
end

local function sorted_keys(t)
  local keys = {}
  for key in next, t do keys[#keys + 1] = key end
  table.sort(keys, function(a, b)
    local na, nb = type(a) == "number", type(b) == "number"
    if na and nb then return a < b end
    if na ~= nb then return na end
    return tostring(a) < tostring(b)
  end)
  return keys
end

-- {1, 2, x = 3}: one level of a table.
local function show_table(t)
  local cells, width = {}, 0
  for i, key in ipairs(sorted_keys(t)) do
    if i > MOST then
      cells[#cells + 1] = "..."
      break
    end
    local name = ""
    if key ~= #cells + 1 then
      name = type(key) == "string" and key:match("^[%a_][%w_]*$") or ("[%s]"):format(short(key))
      name = name .. " = "
    end
    cells[#cells + 1] = name .. short(t[key])
    width = width + #cells[#cells] + 2
  end
  if #cells == 0 then return "{}" end
  if width > 76 then return "{\n  " .. table.concat(cells, ",\n  ") .. "\n}" end
  return "{" .. table.concat(cells, ", ") .. "}"
end

local function show(value)
  if type(value) == "table" then return M.object_text(value) or show_table(value) end
  if type(value) == "string" then return (short(value)) end
  return tostring(value)
end

-- --- completion -----------------------------------------------------------------------------------------------------

local KEYWORDS = {
  "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil", "not",
  "or", "repeat", "return", "then", "true", "until", "while",
}

-- The table of names behind __index. Tensors and modules have a C function there that keeps its methods as an upvalue.
local function index_table(value)
  local mt = debug.getmetatable(value)
  local index = mt and rawget(mt, "__index")
  if type(index) == "function" then index = select(2, debug.getupvalue(index, 1)) end
  return type(index) == "table" and index or nil
end

-- Adds the names of a table, and of the tables behind its __index, that begin with `head`.
local function collect(value, head, found)
  for _ = 1, 10 do
    if type(value) ~= "table" then value = index_table(value) end
    if type(value) ~= "table" then return end
    for name in next, value do
      if type(name) == "string" and name:sub(1, #head) == head and name:match("^[%a_][%w_]*$")
        and (head ~= "" or name:sub(1, 1) ~= "_") then
        found[name] = true
      end
    end
    value = index_table(value)
  end
end

-- What the path before "a.b:c" stands for. Reads fields, calls nothing.
local function owner_of(path)
  local value = _G
  for name in path:gmatch("[%a_][%w_]*") do
    if type(value) ~= "table" then return nil end
    value = rawget(value, name)
    if value == nil then return nil end
  end
  return value
end

local function common_prefix(names)
  local prefix = names[1]
  for _, name in ipairs(names) do
    while name:sub(1, #prefix) ~= prefix do prefix = prefix:sub(1, -2) end
  end
  return prefix
end

-- Names in columns, as ls shows them.
local function in_columns(names)
  local width = 0
  for _, name in ipairs(names) do width = math.max(width, #name + 2) end
  local across = math.max(1, require("optlab.core").system.columns() // width)
  local down = (#names + across - 1) // across
  local lines = {}
  for row = 1, down do
    local cells = {}
    for i = row, #names, down do cells[#cells + 1] = names[i] .. (" "):rep(width - #names[i]) end
    lines[row] = table.concat(cells):gsub("%s+$", "")
  end
  return table.concat(lines, "\n")
end

--- What Tab does.
-- @tparam string text the line up to the cursor
-- @treturn string what to insert
-- @treturn ?string the names to choose from, when there are several
function M.complete(text)
  local path, head = text:match("([%a_][%w_%.]*[%.:])([%w_]*)$")
  if not path then path, head = "", text:match("[%a_]?[%w_]*$") end
  if text == "" or text:match("^%s+$") then return "  " end
  local found, names = {}, {}
  collect(owner_of(path), head, found)
  if path == "" then
    for _, word in ipairs(KEYWORDS) do
      if word:sub(1, #head) == head then found[word] = true end
    end
  end
  for name in pairs(found) do names[#names + 1] = name end
  if #names == 0 then return "" end
  table.sort(names)
  local rest = common_prefix(names):sub(#head + 1)
  if #names > 1 and rest == "" then return "", in_columns(names) end
  return rest
end

-- --- the loop -------------------------------------------------------------------------------------------------------

-- ~/.local/state/optlab/history, or nil where no such file can be.
local function history_file()
  local home = os.getenv("HOME")
  local state = os.getenv("XDG_STATE_HOME")
  if not state or state == "" then state = home and home .. "/.local/state" end
  if not state then return nil end
  local ok = require("optlab.base.files").make_folder(state .. "/optlab")
  return ok and state .. "/optlab/history" or nil
end

-- A function for the text, or nil and a message and whether more lines may complete it.
local function compile(text)
  local fn = load("return " .. text, "=prompt")
  if fn then return fn end
  local message
  fn, message = load(text, "=prompt")
  return fn, message, message and message:match("<eof>$") ~= nil
end

-- Prints the help on a name.
local function explain(name)
  local help = require "optlab.cli.help"
  if name == "" then
    io.write(help.overview())
  else
    local text, message = help.about(name)
    io.write(text or message .. "\n")
  end
end

-- The function that "?name" and "help name" stand for; nil for other lines.
local function help_on(line)
  local name = line:match("^%s*%?%s*(.-)%s*$") or line:match("^%s*help%s+([%a_][%w_.:]*)%s*$")
  return name and function() explain(name) end
end

-- A global that says what to type when its name alone is typed.
local function hint_object(text, call)
  return setmetatable({}, { __name = "hint", __tostring = function() return text end, __call = call })
end

local HELP = 'help SGD or ?SGD explains a name, "?" alone lists all names; lab, nn, optim, sched, data, plot, train '
  .. "are ready;\nTab completes names; Ctrl-D ends."

-- Says that a local is lost, for a line that declares one and does not use it.
local function hint_of_local(text)
  local name = text:match("^%s*local%s+function%s+([%a_][%w_]*)") or text:match("^%s*local%s+([%a_][%w_]*)")
  if not name or name == "function" then return end
  local times = 0
  for word in text:gmatch("[%a_][%w_]*") do times = times + (word == name and 1 or 0) end
  if times > 1 then return end
  io.stdout:flush()
  io.stderr:write(("(%s is lost at the end of its line: leave out 'local' to keep it)\n"):format(name))
end

-- Reads until a chunk is complete. Gives a function; or nil at the end of the input; or false if there is nothing to
-- run.
local function read_chunk(host)
  local text
  while true do
    local line = host.prompt.read(text and ">> " or "> ")
    if line == nil then
      if text then error_report.show(select(2, load(text, "=prompt"))) end
      return nil
    end
    if not line then return false end
    if line:match("%S") then host.prompt.remember(line) end
    local help = not text and help_on(line)
    if help then return help end
    text = text and text .. "\n" .. line or line:gsub("^=", "return ")
    local fn, message, incomplete = compile(text)
    if fn then return fn, text end
    if not incomplete then
      error_report.show(message)
      return false
    end
  end
end

local function print_results(ok, ...)
  if not ok then return error_report.show((...)) end
  for i = 1, select("#", ...) do
    local shown, problem = xpcall(show, error_report.handler, (select(i, ...)))
    if shown then print(problem) else error_report.show(problem) end
  end
end

local function set_globals()
  local lab = require "optlab"
  _G.lab = lab
  for _, name in ipairs(PARTS) do _G[name] = lab[name] end
  _G.help = hint_object(HELP, function(_, name) explain(tostring(name or "")) end)
  for _, name in ipairs { "exit", "quit" } do
    _G[name] = hint_object("Ctrl-D ends the prompt, and so does os.exit().", function() os.exit(true) end)
  end
end

-- Pictures that the last line asked for are there when the next prompt is.
local function finish_figures()
  local plot = package.loaded["optlab.plot"]
  if not plot then return end
  local ok, message = plot.wait()
  if not ok then error_report.show(message) end
end

-- Those that a Ctrl-C kept from being drawn.
local function abandon_figures()
  local runner = package.loaded["optlab.plot.draw.runner"]
  if runner then runner.abandon() end
end

-- Reads and runs a line. False at the end of the input.
local function turn(host)
  local fn, text = read_chunk(host)
  if fn then print_results(xpcall(fn, error_report.handler)) end
  if text then hint_of_local(text) end
  if fn ~= nil then finish_figures() end
  return fn ~= nil
end

--- Runs the prompt until the input ends.
-- @tparam table host functions of src/main.c
function M.run(host)
  set_globals()
  host.prompt.open(history_file(), M.complete)
  if require("optlab.core").system.isatty("stdin") then
    local version = require("optlab.core").version
    print(("optlab %s  (lab, nn, optim, ... are ready; ?SGD explains; Ctrl-D ends)"):format(version))
  end
  local goes_on = true
  while goes_on do
    local ok, problem = host.attempt(function() goes_on = turn(host) end, error_report.handler)
    if not ok then
      error_report.show(problem)
      abandon_figures()
    end
    error_report.interrupted = nil
  end
  host.prompt.close()
end

return M
