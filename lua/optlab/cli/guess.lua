--- What an undefined global was probably meant to be: a name that is there, or one of optlab's.
-- @module optlab.cli.guess
local errors = require "optlab.base.errors"
local order = require "optlab.base.order"
local python = require "optlab.cli.python"

local M = {}

-- The tables of lab in which a name is looked for, in this order.
local PARTS = {
  "", "nn", "optim", "sched", "data", "plot", "train", "autograd", "func", "linalg", "nn.functional", "nn.init",
}

local function part_of(lab, path)
  local part = lab
  for name in path:gmatch("[^.]+") do part = part[name] end
  return part
end

-- The names of lab and its parts: the name alone -> how it is written, "Linear" -> "nn.Linear".
local function library_names(lab)
  local written = {}
  for _, path in ipairs(PARTS) do
    for name in pairs(part_of(lab, path)) do
      if type(name) == "string" and not written[name] and not name:match("^_") then
        written[name] = (path == "" and "lab" or path) .. "." .. name
      end
    end
  end
  return written
end

--- The guess: "; did you mean 'lab.zeros'?", or "".
-- @tparam string word
-- @tparam {string,...} names those that could have been written instead
-- @tparam[opt=""] string prefix of optlab's parts, "lab." in scripts
-- @treturn string
function M.hint(word, names, prefix)
  local lab = package.loaded["optlab"]
  local written = type(lab) == "table" and library_names(lab) or {}
  local function library(name)
    local path = written[name]
    return (path:match("^lab%.") and path or (prefix or "") .. path)
  end
  if written[word] then return ("; did you mean '%s'?"):format(library(word)) end
  local near = errors.nearest(word, names)
  if near then return ("; did you mean '%s'?"):format(near) end
  near = errors.nearest(word, order.names(written))
  return near and ("; did you mean '%s'?"):format(library(near)) or ""
end

--- The guess at a global that is not there, which may be a name of Python.
-- @tparam string word
-- @tparam {string,...} names those that could have been written instead
-- @tparam[opt=""] string prefix of optlab's parts, "lab." in scripts
-- @treturn string
function M.global(word, names, prefix) return python.name(word) or M.hint(word, names, prefix) end

--- The names of the globals there are.
-- @treturn {string,...} sorted
function M.globals()
  local names = {}
  for name in next, _G do
    if type(name) == "string" then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

return M
