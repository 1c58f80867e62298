--- The path of a module through the containers around it, for error messages: "(layer 1 'Linear' of Sequential)".
--
-- A container calls `adopt` when it receives a module. The tables below are weak, so they keep no module alive.
-- @module optlab.nn.module_path
local core = require "optlab.core".nn
local errors = require "optlab.base.errors"

local M = {}

local parent_of = setmetatable({}, { __mode = "kv" })
local label_of = setmetatable({}, { __mode = "k" })
local MAX_DEPTH = 16 -- a module may, by mistake, contain itself

local function contains(m, wanted, seen)
  if m == wanted then return true end
  if seen[m] then return false end
  seen[m] = true
  for _, child in ipairs(getmetatable(m).own_children(m)) do
    if contains(child[2], wanted, seen) then return true end
  end
  return false
end

--- Records that `child` is inside `parent`.
-- @tparam table parent
-- @param child a module
-- @tparam string label as messages show it: "1 'Linear'"
-- Raises if the child contains the parent.
function M.adopt(parent, child, label)
  if contains(child, parent, {}) then
    errors.raise("%s: a module cannot contain itself; %s does", (getmetatable(parent).describe(parent)), label)
  end
  parent_of[child] = parent
  label_of[child] = label
end

--- What `adopt` was told of a module that lies in another; nil where nothing was.
function M.label(m) return label_of[m] end

--- The containers around a module, innermost first.
-- @param m a module
-- @treturn string " (layer 1 'Linear' of Sequential)", or "" for a module outside any container
function M.text(m)
  local parts = {}
  while parent_of[m] and #parts < MAX_DEPTH do
    local parent = parent_of[m]
    parts[#parts + 1] = ("layer %s of %s"):format(label_of[m], (getmetatable(parent).describe(parent)))
    m = parent
  end
  return #parts > 0 and (" (%s)"):format(table.concat(parts, ", ")) or ""
end

core.set_module_path(M.text)

return M
