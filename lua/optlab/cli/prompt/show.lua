--- Values as the prompt shows them.
-- @module optlab.cli.prompt.show
local M = {}

local MOST = 40 -- fields shown of a table
local WIDTH = 76

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
local function table_text(t)
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
  if width > WIDTH then return "{\n  " .. table.concat(cells, ",\n  ") .. "\n}" end
  return "{" .. table.concat(cells, ", ") .. "}"
end

--- A value.
-- @param value
-- @treturn string
function M.text(value)
  if type(value) == "table" then return M.object_text(value) or table_text(value) end
  if type(value) == "string" then return (short(value)) end
  return tostring(value)
end

return M
