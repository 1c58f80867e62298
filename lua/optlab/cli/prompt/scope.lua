--- The locals of the prompt: `local x = 1` on one line is there on the next, as if both stood in one chunk.
--
-- A line is compiled inside a function whose locals are those of the lines before it, and these share their values with
-- the functions that were made of them: after `local n = 0` and `function inc() n = n + 1 end` each call of inc changes
-- the n that the next line sees. A line's own top-level locals are kept when it is through, or as far as it came where
-- it failed. Only variables with <close> end with their line, and those that a goto of the line would jump over (`lost`
-- is the name of one).
-- @module optlab.cli.prompt.scope
local lexer = require "optlab.cli.prompt.lexer"

local M = {}
local Scope = {}
Scope.__index = Scope

local KEEP = "keep_the_locals_of_this_line"
local MOST = 150 -- of a line: Lua allows a function 200 locals
local CHUNK = "=prompt"

--- A scope without locals.
-- @treturn table
function M.new()
  return setmetatable({ boxes = {}, attributes = {}, names_of_chunk = {} }, Scope)
end

-- --- boxes: a function and the place of the variable among its upvalues ----------------------------------------------

local function new_box(value)
  return { fn = function() return value end, at = 1 }
end

local function place_of(fn, name)
  for at = 1, 255 do
    local found = debug.getupvalue(fn, at)
    if not found then return nil end
    if found == name then return at end
  end
end

--- The value of a local.
-- @tparam string name
-- @return the value
-- @treturn boolean whether there is such a local
function Scope:get(name)
  local box = self.boxes[name]
  if not box then return nil, false end
  return select(2, debug.getupvalue(box.fn, box.at)), true
end

--- The names of the locals, in no order.
-- @treturn {string,...}
function Scope:names()
  local names = {}
  for name in pairs(self.boxes) do names[#names + 1] = name end
  return names
end

function Scope:put(entry, box)
  self.boxes[entry.name] = box
  self.attributes[entry.name] = entry.attribute
end

-- --- keeping what a line has declared --------------------------------------------------------------------------------

-- Takes the variables of a function that returns them in order. One that the compiler knows to be constant is no
-- variable of the function.
local function keep(self, kept, keeper)
  local values = table.pack(keeper())
  for i, entry in ipairs(kept) do
    local at = place_of(keeper, entry.name)
    self:put(entry, at and { fn = keeper, at = at } or new_box(values[i]))
  end
end

-- The locals that outlive their line, each once.
local function to_keep(locals)
  local kept, last = {}, {}
  for _, entry in ipairs(locals) do last[entry.name] = entry end
  for _, entry in ipairs(locals) do
    if last[entry.name] == entry and entry.attribute ~= "close" and entry.name ~= "_ENV" then
      kept[#kept + 1] = entry
    end
  end
  return #kept <= MOST and kept or {}
end

--- Keeps the locals that a line which fails has at that moment; for the handler of its error.
-- @tparam function chunk
function Scope:save_failing(chunk)
  local wanted = {}
  for _, entry in ipairs(self.names_of_chunk[chunk] or {}) do wanted[entry.name] = entry end
  for level = 2, 200 do
    local info = debug.getinfo(level, "f")
    if not info then return end
    if info.func == chunk then
      for i = 1, 200 do
        local name, value = debug.getlocal(level, i)
        if not name then return end
        if wanted[name] then self:put(wanted[name], new_box(value)) end
        wanted[name] = nil
      end
    end
  end
end

-- --- compiling -------------------------------------------------------------------------------------------------------

-- The text with a call that hands over its locals, at its end or before its return.
local function with_keeping(text, kept, returns)
  if #kept == 0 then return text end
  local names = {}
  for i, entry in ipairs(kept) do names[i] = entry.name end
  local call = (" %s(function() return %s end) "):format(KEEP, table.concat(names, ", "))
  if returns then return text:sub(1, returns - 1) .. call .. text:sub(returns) end
  return text .. "\n" .. call
end

-- The names that a text may mean by the scope's locals.
function Scope:used_by(text)
  local used = {}
  for name in pairs(lexer.names(text)) do
    if self.boxes[name] and #used < MOST then used[#used + 1] = name end
  end
  table.sort(used)
  return used
end

-- Loads a text inside a function that has the scope's locals, and gives it their variables; nil and a message where
-- that does not compile.
function Scope:load_inside(text, kept, name)
  local used, heads = self:used_by(text), { KEEP }
  for i, local_name in ipairs(used) do
    heads[i + 1] = local_name .. (self.attributes[local_name] == "const" and " <const>" or "")
  end
  local head = ("local %s = ...; return function(...) "):format(table.concat(heads, ", "))
  local outer, message = load(head .. text .. "\nend", name)
  if not outer then return nil, message end
  local chunk = outer(function(keeper) keep(self, kept, keeper) end)
  for _, local_name in ipairs(used) do
    local at, box = place_of(chunk, local_name), self.boxes[local_name]
    if at then debug.upvaluejoin(chunk, at, box.fn, box.at) end
  end
  return chunk
end

--- Compiles a line. An expression is a line that returns it.
-- @tparam string text
-- @tparam[opt] string name of the chunk
-- @treturn[1] function
-- @treturn[2] nil
-- @treturn[2] string what is wrong with it
-- @treturn[2] boolean whether more lines may complete it
function Scope:compile(text, name)
  name = name or CHUNK
  local expression = load("return " .. text, name) and "return " .. text
  local plain, message = load(expression or text, name)
  if not plain then return nil, message, message:match("<eof>$") ~= nil end
  if expression then return self:load_inside(expression, {}, name) end
  local locals, returns = lexer.top_level(text)
  local kept = to_keep(locals)
  local chunk = self:load_inside(with_keeping(text, kept, returns), kept, name)
  if not chunk then
    chunk, message = self:load_inside(text, {}, name)
    self.lost = chunk and #kept > 0 and kept[1].name
    return chunk, message, false
  end
  self.names_of_chunk = { [chunk] = kept }
  return chunk
end

return M
