--- In what two runs differ: parameters, versions, data, and line by line the script and the modules.
-- @module optlab.compare.difference
local diff = require "optlab.base.text.diff"
local files = require "optlab.base.files"
local model = require "optlab.compare.model"
local order = require "optlab.base.order"
local shown = require "optlab.runs.text.values"

local M = {}

local NONE = "none"

local function union(a, b)
  local names = {}
  for name in pairs(a) do names[name] = true end
  for name in pairs(b) do names[name] = true end
  return order.names(names)
end

-- "lr: 0.1 -> 0.2" of the names in two tables whose values are not the same.
local function unlike(a, b, text_of)
  local lines = {}
  for _, name in ipairs(union(a, b)) do
    local x, y = text_of(a[name]), text_of(b[name])
    if x ~= y then lines[#lines + 1] = ("%s: %s -> %s"):format(name, x, y) end
  end
  return lines
end

local function value_text(value) return value == nil and NONE or shown.whole(value) end

local function sum_text(sum)
  if sum == nil then return NONE end
  return sum == "stand-in" and "a stand-in" or "sha256 " .. sum:sub(1, 12)
end

local function add_section(lines, title, list)
  if #list == 0 then return end
  lines[#lines + 1] = title
  for _, line in ipairs(list) do lines[#lines + 1] = "  " .. line end
end

-- --- code -----------------------------------------------------------------------------------------------------------

-- {{path in a, path in b}, ...}: the scripts are a pair, whatever their names; a module is one with that of its name.
local function code_pairs(a, b)
  local script_a, script_b = model.script_name(a), model.script_name(b)
  local list = { { script_a, script_b } }
  for _, name in ipairs(union(a.code, b.code)) do
    local in_a, in_b = a.code[name] and name ~= script_a, b.code[name] and name ~= script_b
    if in_a or in_b then list[#list + 1] = { in_a and name or nil, in_b and name or nil } end
  end
  return list
end

local function read(run, name)
  if not name then return "" end
  return files.read(("%s/code/%s"):format(run.path, name))
end

local function label(run, name) return name and ("%s/code/%s"):format(run.name, name) or "/dev/null" end

-- Two files that have the same lines may differ in the last line's end.
local function add_code(lines, a, b, pair, context)
  local x, y = pair[1], pair[2]
  if not (x or y) or a.code[x or ""] == b.code[y or ""] then return end
  local old, message = read(a, x)
  local new, why = read(b, y)
  lines[#lines + 1], lines[#lines + 2] = "--- " .. label(a, x), "+++ " .. label(b, y)
  if not (old and new) then
    lines[#lines + 1] = "(the copy cannot be read: " .. (message or why) .. ")"
    return
  end
  local changes = (old == "" or new == "") and {} or diff.unified(old, new, { context = context })
  if old == "" or new == "" then
    local sign, text = old == "" and "+" or "-", old == "" and new or old
    text = text:match "\n$" and text or text .. "\n"
    for line in text:gmatch "([^\n]*)\n" do changes[#changes + 1] = sign .. line end
  elseif #changes == 0 then
    changes[1] = "(the same lines; the end of the last one differs)"
  end
  table.move(changes, 1, #changes, #lines + 1, lines)
end

--- In what two runs differ.
-- @tparam Run a
-- @tparam Run b
-- @tparam[opt=3] integer context how many equal lines stand around a change of the code
-- @treturn {string,...} lines; none where nothing differs
function M.lines(a, b, context)
  local lines = {}
  add_section(lines, "run", unlike({ experiment = a.experiment, seed = a.seed, status = a.status },
    { experiment = b.experiment, seed = b.seed, status = b.status }, value_text))
  add_section(lines, "parameters", unlike(a.parameters, b.parameters, value_text))
  add_section(lines, "versions", unlike(a.versions, b.versions, value_text))
  add_section(lines, "data", unlike(a.data, b.data, sum_text))
  add_section(lines, "final values", unlike(a.final, b.final, value_text))
  for _, pair in ipairs(code_pairs(a, b)) do add_code(lines, a, b, pair, context) end
  return lines
end

return M
